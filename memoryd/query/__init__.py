"""The read side: store in, answer values out. Never writes, never parses."""
