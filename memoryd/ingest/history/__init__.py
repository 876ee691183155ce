"""Commits of the view, read once."""
