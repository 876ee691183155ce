"""Bytes to facts in bounded worker processes."""
