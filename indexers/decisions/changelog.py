"""Change logs and news fragments: what a project tells its users that it changed -> Evidence."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexers.facts import Evidence

MAX_ENTRIES = 400  # the newest of one log: they stand on top
MAX_QUOTE_CHARS = 300
_LOG = re.compile(
    r"(?:CHANGE(?:S|LOG|-?LOG)?|HISTORY|NEWS|RELEASE[-_]?NOTES)(?:[-_.]?v?\d[\w.-]*)?(?:\.\w{1,8})?\Z",
    re.I,
)
_FRAGMENT = re.compile(
    r"(?:^|/)(?:newsfragments|changelog\.d|changes\.d|news|\.changeset|changelogs/unreleased)/[^/]+\Z", re.I
)
_VERSION = re.compile(
    r"^(?:#{1,4}\s*|=+\s*)?\[?(?:version |release |v)?(\d+\.\d+(?:\.\d+)?[\w.-]{0,12}"
    r"|unreleased)\]?(?:[\s(:,-].{0,80})?$",
    re.I,
)
_ENTRY = re.compile(r"^(\s{0,6})[-*+•]\s+(\S.*)$")


def entries(path: str, document: str) -> Iterator[Evidence]:
    """``changelog``: the entries of a log, newest first as they stand; ``subject`` is the version. A fragment is one
    entry and its file's name the subject."""
    name = posixpath.basename(path)
    if _FRAGMENT.search(path) and not name.lower().startswith(("readme", "template", "_template", "config")):
        text = " ".join(document.split())
        if 10 <= len(text) <= 4_000:
            yield Evidence("changelog", text[:MAX_QUOTE_CHARS], 1, document.count("\n") + 1, "", 1, name)
    elif _LOG.match(name):
        yield from _of_log(document)


def _of_log(document: str) -> Iterator[Evidence]:
    version, found = "", 0
    start, words = 0, ""
    for number, line in enumerate([*document.splitlines(), ""], 1):
        entry = _ENTRY.match(line)
        heading = None if entry else _VERSION.match(line.strip())
        ends = not line.strip() or entry or heading
        if words and ends:
            yield Evidence(
                "changelog", " ".join(words.split())[:MAX_QUOTE_CHARS], start, number - 1, "", 1, version
            )
            words, found = "", found + 1
            if found >= MAX_ENTRIES:
                return
        if heading:
            version = heading[1]
        elif entry:
            start, words = number, entry[2]
        elif words:
            words = f"{words} {line.strip()}"
