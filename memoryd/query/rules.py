"""Rules that a project states for whoever works on it: sentences of AGENTS.md and its kin, quoted, never obeyed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from indexers import terms
from memoryd.query.context import Context
from memoryd.store import graph_rows, reader

_FILE = re.compile(
    r"(^|/)(AGENTS|CLAUDE|GEMINI|CONTRIBUTING|ARCHITECTURE|CONVENTIONS|\.cursorrules|\.windsurfrules)(\.(md|rst|txt|mdc))?$"
    r"|(^|/)\.cursor/rules/[^/]+\.mdc?$|(^|/)\.github/(copilot-instructions|instructions/[^/]+)\.md$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\b(must(?: not|n't)?|never|always|do not|don't|should not|shouldn't|should|required|forbidden|only|avoid"
    r"|make sure|ensure|prefer|use \S+ (?:instead|rather|not|over)|instead of|run)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\b(must|never|always|do not|don't|required|forbidden|instead of)\b", re.IGNORECASE)
_MARKER = re.compile(r"^\s*(?:[-*+]|\d+[.)]|#+|>)\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'*])")
_FENCE = ("```", "~~~")
_RULERS = frozenset("=-~^*_+#\"'")
MAX_FILES = 20
MAX_FILE_BYTES = 200_000
MIN_CHARS, MAX_CHARS = 12, 400


class Rule(Struct, frozen=True):
    """One sentence. ``scope``: the folder that it is for (``""``: the project); ``strength``: 2 for must and
    never, 1 for should and prefer."""

    text: str
    path: str
    line: int
    scope: str
    strength: int


def rules(ctx: Context, paths: Collection[str]) -> list[Rule]:
    """The rules in scope of ``paths``, those of the nearest folder first, in the order of their file."""
    files = [path for path in graph_rows.paths_of_view(ctx.index, ctx.view.id) if _FILE.search(path)]
    folders = {folder for path in paths for folder in _folders(path)} | {""}
    near = sorted(
        (path for path in files if scope_of(path) in folders), key=lambda path: (-len(scope_of(path)), path)
    )
    found: list[Rule] = []
    for row in sorted(
        graph_rows.files_at(ctx.index, ctx.view.id, near[:MAX_FILES]), key=lambda r: near.index(r.path)
    ):
        text = reader.file_text(ctx.index, row.file_id)[:MAX_FILE_BYTES].decode("utf-8", "replace")
        found += sentences(row.path, text)
    return found


def relevant(found: Sequence[Rule], task: str, limit: int) -> list[Rule]:
    """Those that share words with the task, then what agents must always heed; nearest scope first."""
    wanted = set(terms.terms(task))
    shared = {rule: len(wanted & set(terms.terms(rule.text))) for rule in found}
    ranked = sorted(
        found, key=lambda rule: (-min(shared[rule], 3), -rule.strength, -len(rule.scope), found.index(rule))
    )
    return [rule for rule in ranked if shared[rule] + rule.strength >= 3 or _heeded(rule)][:limit]


def _heeded(rule: Rule) -> bool:
    """A must or never in a file that is written for agents."""
    return rule.strength == 2 and "CONTRIBUTING" not in rule.path.upper()


def scope_of(path: str) -> str:
    """The folder that a rules file is for."""
    folder = posixpath.dirname(path)
    for inner in ("/.cursor/rules", "/.github/instructions", "/.github"):
        if f"/{folder}".endswith(inner):
            return f"/{folder}".removesuffix(inner).lstrip("/")
    return folder


def sentences(path: str, text: str) -> Iterator[Rule]:
    """The sentences of a rules file that demand something; code blocks, tables, headings and questions left out."""
    for first_line, paragraph in _paragraphs(text):
        at = 0
        for sentence in _SENTENCE_END.split(paragraph):
            line = first_line + paragraph.count("\n", 0, paragraph.index(sentence, at))
            at = paragraph.index(sentence, at) + len(sentence)
            plain = " ".join(sentence.split())
            if (
                MIN_CHARS <= len(plain) <= MAX_CHARS
                and not plain.endswith(("?", ":", '?"'))
                and _RULE.search(plain)
            ):
                yield Rule(plain, path, line, scope_of(path), 2 if _STRONG.search(plain) else 1)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """(first line, text) of each paragraph or list item of prose, its line breaks kept."""
    fenced = False
    block: list[str] = []
    start = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        bare = line.strip()
        fence = bare.startswith(_FENCE)
        fenced = fenced != fence
        ends = (
            fence
            or fenced
            or not bare
            or bare.startswith(("|", "<!--", "#", "..", "$ "))
            or set(bare) <= _RULERS
        )
        if block and (ends or _MARKER.match(line)):
            yield start, "\n".join(block)
            block = []
        if not ends:
            start = number if not block else start
            block.append(_MARKER.sub("", line))


def _folders(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path.strip("/"))
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
