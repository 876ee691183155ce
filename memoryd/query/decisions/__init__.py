"""Decisions: found, linked to code, superseded, and how they stand now."""
