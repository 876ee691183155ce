"""Sentences that demand something in the files written for whoever works on a project: AGENTS.md and its kin.

Anybody who can write to the repository can write them: they are quoted, never obeyed, and never block.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from indexers.constraints import demands
from indexers.constraints.rule import bounded, rule, under, within
from indexers.facts import Constraint
from indexers.operations.source import OperationSource

TOOL = "agent-rules"
_ASSISTANTS = (
    r"(^|/)\.(cursorrules|windsurfrules|clinerules)$|(^|/)\.(cursor|windsurf|clinerules)/(rules/)?([\w.-]+/){0,4}[^/]+\.mdc?$"
    r"|(^|/)\.github/(copilot-instructions|instructions/[^/]+)\.md$"
)
# Spelled so, or at the root: docs/agents.md is a page about agents.
_NAMES = r"(AGENTS?|CLAUDE(\.local)?|GEMINI|ARCHITECTURE|CONVENTIONS)(\.(md|rst|txt|mdc))?$"
GUIDE = re.compile(r"(^|/)CONTRIBUTING(\.(md|rst|txt|mdc))?$", re.IGNORECASE)
FILE = re.compile(rf"(?i:{_ASSISTANTS}|{GUIDE.pattern}|^{_NAMES})|/{_NAMES}")
_MARKER = re.compile(r"^\s*(?:[-*+](?:\s+|$)|\d+[.)]\s+|#+\s*|>\s*)")
_MAX_TITLE_CHARS = 200
_HEADING = re.compile(rf"(#{{1,6}})\s+(.{{1,{_MAX_TITLE_CHARS}}})")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'*])")
_GLOBS = re.compile(r"(?m)^(?:globs|applyTo)[ \t]*:[ \t]*(\S[^\n]{0,400})$")
_HOMES = (
    "/.cursor/rules",
    "/.cursor",
    "/.windsurf/rules",
    "/.clinerules",
    "/.github/instructions",
    "/.github",
)
_DOCUMENTATION = re.compile(r"(?:^|(?<=/))(?:docs?|documentation|doc-site|website)/", re.IGNORECASE)
_FENCE = ("```", "~~~")
_RULERS = frozenset("=-~^*_+#\"'")
_RESTRUCTURED = (".rst", ".txt")
_MIN_UNDERLINE = 3
MAX_FILE_CHARS = 200_000
MAX_RULES = 150  # sentences of one file
MIN_CHARS, MAX_CHARS = 12, 400


def prose(source: OperationSource) -> Iterator[Constraint]:
    """The sentences of a rules file; ``warn`` for must and never, ``info`` for should and prefer. Code blocks,
    tables, headings and questions are left out."""
    scope = _scope(source)
    lines = source.text[:MAX_FILE_CHARS].splitlines()
    is_markdown = not source.path.lower().endswith(_RESTRUCTURED)
    headings = _headings(lines, is_markdown=is_markdown)
    lines = (
        lines if is_markdown else ["" if set(line) == {"~"} else line for line in lines]
    )  # no fences there
    found = _sentences(lines, headings, is_guide=bool(GUIDE.search(source.path)))
    for line, sentence in itertools.islice(found, MAX_RULES):
        yield rule(
            "prose", TOOL, bounded(sentence, 60), line, sentence,
            severity="warn" if demands.STRONG.search(sentence) else "info", scope=scope,
            not_checkable="a sentence for people",
        )  # fmt: skip


def _scope(source: OperationSource) -> tuple[str, ...]:
    """The folder of the file, or the globs of its front matter (``globs:``, ``applyTo:``) in it."""
    folder = home(source.path)
    head = "\n".join(source.lines[1:30]).partition("\n---")[0] if source.lines[0].strip() == "---" else ""
    found = _GLOBS.search(head)
    globs = [glob.strip(" \"'[]") for glob in re.split(r",(?![^{]{0,400}\})", found[1])] if found else []
    if globs and "**" not in globs:
        return tuple(under(folder, glob) if folder else glob for glob in globs if glob)
    return within(folder)


def home(path: str) -> str:
    """The folder that a rules file is for: its own, or the one above an assistant's settings; of a guide for
    contributors the one above the documentation."""
    folder = posixpath.dirname(path)
    if GUIDE.search(path):
        folder = _DOCUMENTATION.split(f"{folder}/", maxsplit=1)[0].strip("/")
    for inner in _HOMES:
        head, found, _rest = f"/{folder}/".partition(f"{inner}/")
        if found:
            return head.strip("/")
    return folder


class _Heading(Struct, frozen=True):
    level: int
    title: str


def _headings(lines: Sequence[str], *, is_markdown: bool) -> dict[int, _Heading]:
    """Line (1-based) → what it is the heading of: after `#`, or over a line of signs, whose levels are Markdown's own
    or, in reStructuredText, the order in which the signs appear."""
    found: dict[int, _Heading] = {}
    levels = {"=": 1, "-": 2} if is_markdown else dict[str, int]()
    for number, (line, below) in enumerate(pairwise([*lines, ""]), 1):
        if marked := _HEADING.match(line.strip()):
            found[number] = _Heading(len(marked[1]), marked[2])
            continue
        before = lines[number - 2].strip() if number > 1 else ""
        sign = below[:1] if _is_underline(below, line) else ""
        alone = not before or before == below.rstrip() or number - 1 in found
        if sign and alone and (not is_markdown or sign in levels):
            over = "over" if before == below.rstrip() and not is_markdown else ""
            level = levels.setdefault(sign + over, len(levels) + 1)
            found[number] = _Heading(level, line.strip()[:_MAX_TITLE_CHARS])
    return found


def _is_underline(line: str, title: str) -> bool:
    """``line`` makes a heading of the line above."""
    is_rule = len(line.rstrip()) >= _MIN_UNDERLINE and line[0] in _RULERS and len(set(line.rstrip())) == 1
    is_title = title[:1].strip() and not title.startswith("|") and not set(title.strip()) <= _RULERS
    return bool(is_rule and is_title) and not _MARKER.match(title)


def _sentences(
    lines: Sequence[str], headings: Mapping[int, _Heading], *, is_guide: bool
) -> Iterator[tuple[int, str]]:
    """(line, sentence in one line) of those that demand something."""
    for first_line, paragraph in _paragraphs(lines, headings, is_guide=is_guide):
        at = 0
        for sentence in _SENTENCE_END.split(paragraph):
            start = paragraph.index(sentence, at)
            line = first_line + paragraph.count("\n", 0, start)
            at = start + len(sentence)
            plain = " ".join(sentence.split())
            asks = plain.endswith(("?", ":", '?"'))
            is_whole = MIN_CHARS <= len(plain) <= MAX_CHARS and not asks
            if is_whole and demands.demands(plain, is_first=start == 0, is_guide=is_guide):
                yield line, plain


def _paragraphs(
    lines: Sequence[str], headings: Mapping[int, _Heading], *, is_guide: bool
) -> Iterator[tuple[int, str]]:
    """(first line, text) of each paragraph or list item of prose, its line breaks kept; of a guide without the parts
    that are for something else than changes."""
    fenced = False
    talk = 0  # the level of the heading that began such a part
    block: list[str] = []
    start = 0
    for number, line in enumerate([*lines, ""], 1):
        bare = line.strip()
        fence = bare.startswith(_FENCE)
        fenced = fenced != fence
        heading = None if fenced else headings.get(number)
        ends = fence or fenced or heading is not None or _is_no_prose(bare)
        if block and (ends or _MARKER.match(line)):
            yield start, "\n".join(block)
            block = []
        if is_guide and heading and not 0 < talk < heading.level:
            talk = heading.level if demands.is_talk(heading.title) else 0
        if not ends and not talk:
            start = number if not block else start
            block.append(_MARKER.sub("", line))


def _is_no_prose(bare: str) -> bool:
    return not bare or bare.startswith(("|", "<!--", "#", "..", "$ ")) or set(bare) <= _RULERS
