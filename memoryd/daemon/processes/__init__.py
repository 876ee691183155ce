"""Child processes, the lock, the log, memory."""
