"""Values that depend on each other, settled together, with the dependency keys that they looked at."""
