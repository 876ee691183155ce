"""Which names a ref may have, exactly as git-check-ref-format(1) says; white space of Unicode is nothing to git."""

from __future__ import annotations

import re

NAME_CHARACTER = r"[^\x00-\x20\x7f~^:?*\[\\]"
"""As a part of a regular expression."""
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")


def is_ref_name(name: str) -> bool:
    """Of a full name, such as ``refs/heads/main``."""
    parts = name.split("/")
    return (
        len(parts) > 1
        and not _FORBIDDEN.search(name)
        and not name.endswith(".")
        and all(part and part[0] != "." and not part.endswith(".lock") for part in parts)
    )
