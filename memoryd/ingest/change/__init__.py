"""A process of its own that reads one change for `check`."""
