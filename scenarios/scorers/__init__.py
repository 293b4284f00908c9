"""Scorers that belong to the scenarios here; they read trajectories only."""
