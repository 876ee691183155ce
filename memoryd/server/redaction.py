"""No answer, error or log line repeats a secret that a client sent, and none is kept: it is overwritten at the door.

What is stored was overwritten the same way, so a question finds what it would find with the secret. A path that holds
one is known here by its overwritten form, and found by it.
"""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct, structs

T = TypeVar("T", bound=Struct)

MIN_CHARS = 8  # of the shortest that any rule knows
# Folders of the disk, and what is read in pieces by who knows its form: a change, the lines of an export.
_EXACT = frozenset({"project", "forget", "diff", "lines"})
_ROOTS = frozenset({"IndexParams"})  # their ``path`` is a folder


def clean(text: str) -> str:
    """``text`` with what the rules take for secrets overwritten."""
    if len(text) < MIN_CHARS:
        return text
    from indexers.secrets import redact_text  # not before the first clients are served

    return redact_text(text)


def without_secrets(request: T) -> T:
    """``request`` with each text in it overwritten where it holds a secret."""
    if type(request).__name__ in _ROOTS:
        return request
    given = {name: getattr(request, name) for name in request.__struct_fields__ if name not in _EXACT}
    changed = {name: cleaned for name, value in given.items() if (cleaned := _cleaned(value)) != value}
    return structs.replace(request, **changed) if changed else request


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    return value
