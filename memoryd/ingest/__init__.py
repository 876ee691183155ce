"""The write side: a project's files and history in, rows of index.db out."""
