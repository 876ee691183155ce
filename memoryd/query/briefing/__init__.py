"""Answers put together from the other rooms: brief, why, changes."""
