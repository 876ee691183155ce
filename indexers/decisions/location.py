"""What a path says about a decision document: whether it can be one, and what identifies it."""

from __future__ import annotations

import re

KINDS = r"(?:m?adr|rfc|rfd|[a-z]ep|[bes]ip|decision)"
NUMBERED = re.compile(rf"(?i)^(?:{KINDS}[-_ ]?)?(\d{{1,8}})(?=$|[-_. ])")

_FOLDER_NAMES = """
adr adrs madr decision decisions architecture-decisions architectural-decisions architecture-decision-records
decision-records decision-log design-decisions rfc rfcs rfd keps kep enhancements proposals peps
oeps teps eips bips jeps aeps geps neps
"""
FOLDERS = frozenset(_FOLDER_NAMES.split())
_OF_A_KIND = re.compile(rf"(?i)^{KINDS}[-_ ]?\d")
_OTHER_NAMES = """
t testing __tests__ example examples sample samples template templates mock mocks e2e snapshots __snapshots__
node_modules vendor third-party spec
"""
_OTHERS = frozenset(_OTHER_NAMES.split())
_TESTS = re.compile(r"^(?!\d)(?:.*[-.])?(?:tests?|testdata|fixtures?)(?:[-.].*)?$")
_ENDINGS = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".asciidoc")
_PLACEHOLDER = re.compile(
    r"(?i)^(?:[a-z]+[-_])?(?:n{3,}|x{3,}|yyyy.*|0{3,}[-_](?:[a-z]+[-_])?template)(?=$|[-_.])"
)
_TEMPLATE = re.compile(
    r"(?i)^_|^(?:\d+[-_])?(?:[a-z]+[-_])?template(?:[-_](?:short|long|minimal|bare|full|\w\w))*$"
)
_INDEX_STEMS = """
readme index toc contents contributing changelog guide guidelines process about overview list decisions adrs
rfcs summary glossary license
"""
_INDEXES = frozenset(_INDEX_STEMS.split())
_DATED = re.compile(r"(?:19|20)\d\d[-_.](?:0\d|1[0-2])[-_.][0-3]\d(?=$|[-_. ])")
_DATED_IN_ONE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d[-_. ]\w")
_LOG = re.compile(
    r"(?i)(?:^|[-_. ])(?:change[-_]?logs?|release[-_]?notes?|release[-_]?history|what'?s[-_]?new)(?=$|[-_. ])"
)


def is_candidate(path: str) -> bool:
    """Whether the path alone allows a decision document: its ending, its folders, its name."""
    *folders, name = path.split("/")
    stem, dot, ending = name.rpartition(".")
    if any(_is_foreign(folder) for folder in folders):
        return False
    if any(_PLACEHOLDER.match(part) for part in (*folders[-1:], stem)):
        return False
    if is_kep(path):
        return True
    if (dot + ending).lower() not in _ENDINGS or _TEMPLATE.match(stem):
        return False
    if not in_decision_folder(path) and _LOG.search(stem):
        return False
    if stem.lower() in _INDEXES:
        # README.md in a numbered folder is a record; not so beside a kep.yaml, which is the record there
        return is_readme(path) and (is_dated(path) or bool(number(path))) and "keps" not in folders
    if folders and _DATED.match(folders[-1]) and not (number(path) or is_dated(path)):
        return False  # beside the README of a dated folder, which is the record
    if folders and _DATED_IN_ONE.match(folders[-1]) and not _DATED_IN_ONE.match(stem):
        return False  # parts of the record that the folder is called after
    return in_decision_folder(path) or bool(number(path)) or is_dated(path)


def is_readme(path: str) -> bool:
    return path.lower().rpartition("/")[2].startswith("readme.")


def is_kep(path: str) -> bool:
    return path.rpartition("/")[2].lower() in ("kep.yaml", "kep.yml")


def in_decision_folder(path: str) -> bool:
    return any(_plain(folder) in FOLDERS for folder in path.split("/")[:-1])


def identity(path: str) -> str:
    """The part of the path that names the record: the file's stem, or its folder for README and kep.yaml."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0]
    return folders[-1] if folders and stem.lower() in ("readme", "kep") else stem


def names_its_kind(path: str) -> bool:
    """``ADR-12-cache.md``: the name says what the document is."""
    return bool(_OF_A_KIND.match(identity(path)))


def number(path: str) -> str:
    """The digits that the name begins with, as written (``0004``), else ``""``. A year is none."""
    numbered = NUMBERED.match(identity(path))
    return numbered[1] if numbered and not is_dated(path) else ""


def is_dated(path: str) -> bool:
    """``2025-02-03-one-queue.md``, or a README in a folder that is called so."""
    return bool(_DATED.match(identity(path)))


def _is_foreign(folder: str) -> bool:
    """Folders of tests, templates, examples and dependencies: their documents decide nothing here."""
    plain = _plain(folder)
    return plain in _OTHERS or bool(_TESTS.match(plain))


def _plain(folder: str) -> str:
    return folder.lower().replace("_", "-") if not folder.startswith("__") else folder.lower()
