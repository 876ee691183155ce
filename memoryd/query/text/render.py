"""Answers as compact text, each within its budget. What is quoted from a repository comes out as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import msgspec
from msgspec import Struct

from memoryd.query.safe_text import safe_line, safe_text
from memoryd.query.text.budget import Page, Rendered, TextSection, as_command, fit

MIN_TOKENS = 50


@runtime_checkable
class Readable(Protocol):
    """A value that knows how it reads."""

    def page(self) -> Page:
        """The value as text, before it is fitted into a budget."""


def render(answer: Struct, max_tokens: int) -> str:
    """The answer in at most ``max_tokens`` times 4 characters."""
    return rendered(answer, max_tokens).text


def rendered(answer: Struct, max_tokens: int, spell: Callable[[str], str] = as_command) -> Rendered:
    """The text, with how much of the answer it shows. ``spell``: see ``fit``."""
    page = answer.page() if isinstance(answer, Readable) else _plain(answer)
    return fit(page, max(max_tokens, MIN_TOKENS), spell)


def _plain(answer: Struct) -> Page:
    """Any other value: its fields, line by line."""
    lines = [line for name in answer.__struct_fields__ for line in _field(name, getattr(answer, name))]
    return Page(head="", sections=[TextSection(items=lines, main=True)])


def _field(name: str, value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [f"{name}: none"] if not value else [f"{name}:", *(f"  {_short(entry)}" for entry in value)]
    if isinstance(value, dict):
        return [f"{name}:", *(f"  {safe_line(str(key))}: {_short(entry)}" for key, entry in value.items())]
    if isinstance(value, Struct):
        return [
            f"{name}:",
            *(f"  {field}: {_short(getattr(value, field))}" for field in value.__struct_fields__),
        ]
    return [f"{name}: {_short(value)}"]


def _short(value: Any) -> str:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, Struct):
        return "  ".join(_short(getattr(value, field)) for field in value.__struct_fields__)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe_line(msgspec.json.encode(value).decode())
