"""A run as one page that stands alone."""
