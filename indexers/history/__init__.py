"""Readers of what git prints."""
