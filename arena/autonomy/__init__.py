"""What episodes of autonomy tasks come to: scores, horizons, and the gate."""
