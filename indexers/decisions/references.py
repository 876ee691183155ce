"""What a decision document says that it is about: paths, globs and names of code, as written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexers.decisions.document import Document

_LINK = re.compile(r"\[[^\[\]\n]{0,300}\]\(\s*<?([^()\s<>]{1,300}+)>?[^()\n]{0,100}\)")
_CODE = re.compile(r"``?([^`\n]{2,200})``?")
_PATH = re.compile(
    r"(?<![\w/.@:-])(?:\./)?((?:[\w@.+*-]{1,80}/){1,12}(?:[\w@+*-][\w@.+*-]{0,80})?|[\w@+-][\w@.+-]{0,80}\.[a-z]{1,5}\b)"
    r"(?![\w/]|\()"
)
_GLOB = re.compile(r"[\w@.+*?/-]{2,120}")
_NAME = re.compile(
    r"[A-Za-z_$][\w$]{0,80}(?:(?:\.|::|#)[A-Za-z_$][\w$]{0,80}){0,6}(?:\(\))?|[\w@.+/-]{1,120}:[A-Za-z_][\w.]{0,80}"
)
_HAS_FORM = re.compile(r"[a-z][A-Z]|_|\(\)$|\.|::|#|:|^[A-Z][a-z]\w*$")
_DOMAIN = re.compile(r"(?i)^(?:www\.|[\w-]+\.(?:com|org|io|net|dev)\b)|^\d|\.\.\.|://|^[ei]\.[ge]\b|\.$")
MAX_REFERENCES = 80


def references(path: str, document: Document) -> tuple[str, ...]:
    """In order, each once: targets of relative links (as paths from the root), paths and globs, names of code in
    back-ticks. Whether they exist is for who knows the view; examples in code fences are not read."""
    found: dict[str, None] = {}
    folder = posixpath.dirname(path)
    for section in document.sections:
        for line in section.lines:
            for _at, reference in sorted(_of_line(folder, line)):
                found[reference] = None
                if len(found) >= MAX_REFERENCES:
                    return tuple(found)
    return tuple(found)


def _of_line(folder: str, line: str) -> Iterator[tuple[int, str]]:
    """(where in the line, reference)."""
    for link in _LINK.finditer(line):
        bare = link[1].partition("#")[0].partition("?")[0]
        if bare and "://" not in bare and not bare.startswith(("mailto:", "/#")):
            place = (
                bare.lstrip("/") if bare.startswith("/") else posixpath.normpath(posixpath.join(folder, bare))
            )
            if not place.startswith(".."):
                yield link.start(), place
    line = _LINK.sub(lambda link: " " * len(link[0]), line)
    for code in _CODE.finditer(line):
        text = code[1].strip()
        if _DOMAIN.search(text):
            continue
        if "*" in text and "/" in text and _GLOB.fullmatch(text):
            yield code.start(1), text.removeprefix("./")
        elif _NAME.fullmatch(text) and _HAS_FORM.search(text):
            yield code.start(1), text
    for path in _PATH.finditer(line):
        if not _DOMAIN.search(path[1]) and path[1].strip("./"):
            yield path.start(), path[1].rstrip(".")
