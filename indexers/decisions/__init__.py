"""Readers of what a project declared: decision documents and their kin."""
