"""Index jobs of each project: queue, freshness, watching, reading one change."""
