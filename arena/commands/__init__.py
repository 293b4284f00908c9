"""The commands of `arena`, one a module."""
