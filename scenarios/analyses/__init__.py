"""What whole runs say: analyses that belong to the scenarios."""
