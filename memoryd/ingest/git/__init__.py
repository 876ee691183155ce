"""The only callers of git, in a form that executes nothing of a repository."""
