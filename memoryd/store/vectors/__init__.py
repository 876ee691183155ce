"""The vector worker and its client, Chroma as a cache, the quality model."""
