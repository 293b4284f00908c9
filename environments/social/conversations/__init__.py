"""Conversations that people join and leave, and who knows what after."""
