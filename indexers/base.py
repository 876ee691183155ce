"""What a language is: a module with three constants and one pure function."""

from __future__ import annotations

from typing import Protocol

from indexers.facts import FileFacts


class Language(Protocol):
    """The shape of every module in ``indexers/languages``.

    ``NAME``: the key in the registry, the store and every answer. ``EXTENSIONS``: lower case, with the dot.
    ``FILENAMES``: whole lower-case base names that have no telling extension (``sconstruct``), found in whatever case;
    names that `identify` gives to the language need not be there.
    """

    @property
    def NAME(self) -> str: ...
    @property
    def EXTENSIONS(self) -> tuple[str, ...]: ...
    @property
    def FILENAMES(self) -> tuple[str, ...]: ...

    def extract(self, source: bytes) -> FileFacts:
        """Everything that ``source`` (UTF-8, perhaps broken) says by itself. Never raises; what could not
        be understood is in ``problems``. The same bytes always give the same facts."""
        ...
