"""Symbols, references, and what depends on what."""
