"""Readers of the rules that a project declares: contracts of lint tools, owners, sentences of rules files.

One module per tool; they never import each other. ``read.py`` picks them by path.
"""
