"""Everyday situations: feelings, hints, lies, faux pas."""
