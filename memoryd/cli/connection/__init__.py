"""The way to the daemon: start it, find it, ask it."""
