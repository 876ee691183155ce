"""records.db: what people and agents contributed, and the audit of it."""
