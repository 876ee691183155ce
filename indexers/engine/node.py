"""The type of a syntax node, for hooks and passes that never parse."""

from tree_sitter import Node

__all__ = ["Node"]
