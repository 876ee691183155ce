"""Which decision document replaced, changed or contradicts which, from what either side says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from memoryd.store.index.queries.decision_queries import DecisionRow

IN_FORCE = ("accepted", "deprecated", "superseded")  # what was decided once; a proposal replaces nothing yet
_FOLDER_DOCUMENTS = frozenset(("readme", "index", "kep", "adr", "rfc"))
_NUMBER = re.compile(r"\d{1,9}")
_KIND_AND_NUMBER = re.compile(r"\W*([A-Za-z]{2,6})[\s#_-]*0*(\d{1,8})(?![\w.])")
_MIN_SITE_WORDS = 3  # of a page name: no other page is called so by chance
_SEPARATOR = re.compile(r"[-_]")
_WEB_VIEW = re.compile(r"/(?:blob|tree|src)/[^/]+/(.+)$")


def identifier(path: str) -> str:
    """The path without its extension; a folder's README stands for the folder."""
    stem, _ = posixpath.splitext(path)
    folder, _, name = stem.rpartition("/")
    return folder if folder and name.lower() in _FOLDER_DOCUMENTS else stem


def slug(path: str) -> str:
    """What the document is called in its folder."""
    return identifier(path.rstrip("/")).rpartition("/")[2].lower()


class Book:
    """Finds the document that a reference names."""

    def __init__(self, rows: Sequence[DecisionRow]) -> None:
        self._paths = {row.path: row.path for row in rows} | {identifier(row.path): row.path for row in rows}
        self._by_slug: dict[str, list[str]] = {}
        self._by_number: dict[tuple[str, int], list[str]] = {}
        self._by_title: dict[str, list[str]] = {}
        self._by_kind: dict[tuple[str, int], list[str]] = {}
        for row in rows:
            self._by_slug.setdefault(slug(row.path), []).append(row.path)
            self._by_title.setdefault(_plain(row.decision.title), []).append(row.path)
            if row.decision.number.isdigit():
                key = (_home(row.path), int(row.decision.number))
                self._by_number.setdefault(key, []).append(row.path)
            if match := _KIND_AND_NUMBER.match(slug(row.path)):
                self._by_kind.setdefault((match[1].casefold(), int(match[2])), []).append(row.path)

    def find(self, path: str, reference: str) -> str:
        """The document that ``reference`` names as seen from ``path``; ``""`` when none or several fit."""
        bare = reference.partition("#")[0].partition("?")[0].strip()
        if not bare and not _NUMBER.search(reference):
            return ""
        if "://" in bare:  # another project's document, unless it is one of ours in the web view of its host
            inside = _WEB_VIEW.search(bare)
            return self.at(inside[1]) if inside else self._on_site(bare)
        found = self.at(posixpath.normpath(posixpath.join(posixpath.dirname(path), bare))) if bare else ""
        return found or (self.at(bare.lstrip("/")) if bare else "") or self._by_name(path, bare, reference)

    def _on_site(self, address: str) -> str:
        """The document of which a site's page was made: the page is called as the document is."""
        name = slug(address)
        several = self._by_slug.get(name, []) if len(_SEPARATOR.split(name)) >= _MIN_SITE_WORDS else []
        return several[0] if len(several) == 1 else ""

    def at(self, place: str) -> str:
        """The document at this path, with or without its ending."""
        return self._paths.get(place.rstrip("/"), "") or self._paths.get(identifier(place), "")

    def _by_name(self, path: str, bare: str, reference: str) -> str:
        number = _NUMBER.search(bare or reference)
        near = self._by_number.get((_home(path), int(number[0])), []) if number and "/" not in bare else []
        named = (
            self._by_slug.get(slug(bare), []),
            self._by_title.get(_plain(reference), []),
            near,
            self._of_kind(bare),
        )
        return next((several[0] for several in named if len(several) == 1), "")

    def _of_kind(self, bare: str) -> list[str]:
        """``OEP-9``: files of any folder whose names say so."""
        match = _KIND_AND_NUMBER.match(bare)
        return self._by_kind.get((match[1].casefold(), int(match[2])), []) if match else []


class Succession:
    """Relations between documents, each as path → ids of others: ``older`` (it replaces them), ``newer`` (they
    replace it), ``amends``, ``amended_by``, ``conflicts`` (both ways). ``overruled``: paths of documents that one
    which was decided says it supersedes as a whole. ``narrowed``: path → paths of those that replace a part."""

    def __init__(self, rows: Sequence[DecisionRow]) -> None:
        self.book = Book(rows)
        self.older = _empty(rows)
        self.newer = _empty(rows)
        self.amends = _empty(rows)
        self.amended_by = _empty(rows)
        self.conflicts = _empty(rows)
        self.narrowed = _empty(rows)
        self.overruled: set[str] = set()
        for row in rows:
            self._read(row)

    def _read(self, row: DecisionRow) -> None:
        for reference in row.decision.supersedes:
            old = self._other(row.path, reference)
            in_part = reference in row.decision.in_part
            _relate(self.older, self.newer, row.path, old)
            if old and row.decision.status in IN_FORCE:
                if in_part:
                    self.narrowed[old].append(row.path)
                else:
                    self.overruled.add(old)
        for reference in row.decision.superseded_by:
            new = self._other(row.path, reference)
            in_part = reference in row.decision.in_part
            _relate(self.newer, self.older, row.path, new)
            if new and in_part:
                self.narrowed[row.path].append(new)
        for reference in row.decision.amends:
            _relate(self.amends, self.amended_by, row.path, self._other(row.path, reference))
        for reference in row.decision.conflicts:
            _relate(self.conflicts, self.conflicts, row.path, self._other(row.path, reference))

    def _other(self, path: str, reference: str) -> str:
        found = self.book.find(path, reference)
        return found if found != path else ""


def _relate(there: dict[str, list[str]], back: dict[str, list[str]], one: str, other: str) -> None:
    if other and identifier(other) not in there[one]:
        there[one].append(identifier(other))
    if other and identifier(one) not in back[other]:
        back[other].append(identifier(one))


def _empty(rows: Iterable[DecisionRow]) -> dict[str, list[str]]:
    return {row.path: [] for row in rows}


def _home(path: str) -> str:
    """The folder in which a document's number is unique."""
    return posixpath.dirname(identifier(path))


def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
