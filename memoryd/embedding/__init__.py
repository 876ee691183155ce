"""Chunks and queries as vectors. The shipped model is static: no network, no torch, the same everywhere."""
