"""Training and measuring the players of Hold'em; needs the extra `train` (numba)."""
