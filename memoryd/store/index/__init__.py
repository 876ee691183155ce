"""index.db: everything derived from a project; one writer, read-only readers."""
