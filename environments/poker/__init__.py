"""Limit poker for two: Hold'em, Leduc and Kuhn, with opponents of known policies."""
