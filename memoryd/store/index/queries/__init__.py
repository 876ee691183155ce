"""Rows of index.db to values; one table family = one module."""
