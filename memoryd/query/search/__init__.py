"""A question in words: read it, retrieve, rank, show."""
