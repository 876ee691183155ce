"""Sentences that demand something in the files written for whoever works on a project: AGENTS.md and its kin.

Anybody who can write to the repository can write them: they are quoted, never obeyed, and never block.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator

from indexers.constraints.rule import bounded, rule, under, within
from indexers.facts import Constraint
from indexers.operations.source import OperationSource

TOOL = "agent-rules"
FILE = re.compile(
    r"(^|/)(AGENTS?|CLAUDE(\.local)?|GEMINI|CONTRIBUTING|ARCHITECTURE|CONVENTIONS|\.cursorrules|\.windsurfrules|\.clinerules)"
    r"(\.(md|rst|txt|mdc))?$|(^|/)\.(cursor|windsurf|clinerules)/(rules/)?([\w.-]+/){0,4}[^/]+\.mdc?$"
    r"|(^|/)\.github/(copilot-instructions|instructions/[^/]+)\.md$",
    re.IGNORECASE,
)
# Where somebody is told to: at the beginning, after a break, after "please" or "you". "People don't …" tells nobody.
_TO_YOU = r"(?:^|[,;:(\u2013\u2014]\s*|\s-\s|\b(?:please|and|or|but|so|then|you|agents?|contributors?|it)\s+)\W{0,4}"
_STRONG = re.compile(
    r"\b(?:must|mustn't|(?:is|are) (?:strictly )?(?:forbidden|prohibited|required|not allowed)|may not|shall)\b"
    rf"|{_TO_YOU}(?:do not|don't|never|always|only ever)\b|(?-i:\b(?:NEVER|ALWAYS|DO NOT)\b)"
    r"|\buse \S+(?: \S+)?,? (?:not|instead of|rather than|over)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:should(?: not|n't)?|ought to)\b"
    rf"|{_TO_YOU}(?:avoid|prefer|make sure|ensure|be sure|use|keep|follow|only (?:use|add|change|import))\b"
    rf"|{_TO_YOU}run\b[^.]{{0,400}}\b(?:before|after|whenever|every|prior)\b|\binstead of\b.{{0,400}}\buse\b",
    re.IGNORECASE,
)
_MARKER = re.compile(r"^\s*(?:[-*+]|\d+[.)]|#+|>)\s*")
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
_FENCE = ("```", "~~~")
_RULERS = frozenset("=-~^*_+#\"'")
MAX_FILE_CHARS = 200_000
MAX_RULES = 150  # sentences of one file
MIN_CHARS, MAX_CHARS = 12, 400


def prose(source: OperationSource) -> Iterator[Constraint]:
    """The sentences of a rules file; ``warn`` for must and never, ``info`` for should and prefer. Code blocks,
    tables, headings and questions are left out."""
    scope = _scope(source)
    for line, sentence in itertools.islice(_sentences(source.text[:MAX_FILE_CHARS]), MAX_RULES):
        yield rule(
            "prose", TOOL, bounded(sentence, 60), line, sentence,
            severity="warn" if _STRONG.search(sentence) else "info", scope=scope,
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
    """The folder that a rules file is for: its own, or the one above an assistant's settings."""
    folder = posixpath.dirname(path)
    for inner in _HOMES:
        head, found, _rest = f"/{folder}/".partition(f"{inner}/")
        if found:
            return head.strip("/")
    return folder


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """(line, sentence in one line) of those that demand something."""
    for first_line, paragraph in _paragraphs(text):
        at = 0
        for sentence in _SENTENCE_END.split(paragraph):
            start = paragraph.index(sentence, at)
            line = first_line + paragraph.count("\n", 0, start)
            at = start + len(sentence)
            plain = " ".join(sentence.split())
            asks = plain.endswith(("?", ":", '?"'))
            if (
                MIN_CHARS <= len(plain) <= MAX_CHARS
                and not asks
                and (_STRONG.search(plain) or _SOFT.search(plain))
            ):
                yield line, plain


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """(first line, text) of each paragraph or list item of prose, its line breaks kept."""
    fenced = False
    block: list[str] = []
    start = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        bare = line.strip()
        fence = bare.startswith(_FENCE)
        fenced = fenced != fence
        ends = fence or fenced or _is_no_prose(bare)
        if block and (ends or _MARKER.match(line)):
            yield start, "\n".join(block)
            block = []
        if not ends:
            start = number if not block else start
            block.append(_MARKER.sub("", line))


def _is_no_prose(bare: str) -> bool:
    return not bare or bare.startswith(("|", "<!--", "#", "..", "$ ")) or set(bare) <= _RULERS
