"""Packages and their dependencies, by manifest; one ecosystem = one module."""
