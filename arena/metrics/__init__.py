"""Formulas of scores, each a pure function of numbers."""
