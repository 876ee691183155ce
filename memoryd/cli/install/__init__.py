"""Connect coding assistants: one file of theirs at a time, shown before it is written."""
