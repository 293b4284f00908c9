"""Worlds with a fence: what is known there, and what gestures mean."""
