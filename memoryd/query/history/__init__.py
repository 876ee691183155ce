"""Commits, reverts, co-change, hot spots, conventions and dependencies over time."""
