"""Whether what a project taught the search model helps: examples and their evaluation."""
