"""What a file is before it is parsed: its kind by its path, its bytes as text, a notebook as its cells."""
