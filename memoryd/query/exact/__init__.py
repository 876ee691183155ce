"""The very text: every line that has a piece of text or an expression, and what was not looked at."""
