"""Predicting what one would do, in any environment."""
