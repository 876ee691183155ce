"""Which files belong to a project, and their bytes, never from outside its root."""
