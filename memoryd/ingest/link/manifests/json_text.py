"""JSON as tools' configurations have it, read without raising."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*+"?)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.S)


def jsonc(text: str) -> dict[str, Any]:
    """An object of JSON with comments and trailing commas; ``{}`` when it is none."""
    bare = _COMMENT.sub(lambda found: found[1] or "", text)
    try:
        found = json.loads(re.sub(r",(\s*[}\]])", r"\1", bare))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def member(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object called so in ``data``; ``{}`` where there is none."""
    found = data.get(name)
    return found if isinstance(found, dict) else {}
