"""Any other text: configuration, scripts and data without a grammar. Found by its words, in windows."""

from __future__ import annotations

from indexers.facts import FileFacts

NAME = "text"
EXTENSIONS: tuple[str, ...] = ()  # the registry decides what counts as text
FILENAMES: tuple[str, ...] = ()


def extract(source: bytes) -> FileFacts:
    """No facts beside the language."""
    return FileFacts(language=NAME)
