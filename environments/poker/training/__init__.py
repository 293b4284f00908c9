"""Training of the Hold'em strategy that ships: external-sampling MCCFR."""
