"""The local web pages that show runs: `arena view`."""
