"""Answer values to text within a budget of tokens."""
