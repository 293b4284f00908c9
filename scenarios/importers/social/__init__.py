"""Readers of published sets of social questions."""
