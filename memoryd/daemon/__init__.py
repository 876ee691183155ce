"""The background process: one per user, owner of every store, front door of every surface."""
