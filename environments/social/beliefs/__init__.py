"""Worlds in which people hold false beliefs about where things are."""
