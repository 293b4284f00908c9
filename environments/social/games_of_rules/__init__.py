"""Games and customs whose rules were changed, and people who were not told."""
