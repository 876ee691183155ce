"""What in one file may be what an anchor was about, and how much speaks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from memoryd.query.anchors.code_at import CodeFile, innermost
from memoryd.query.anchors.lines import gaps, left_of, likeness, sites
from memoryd.store.index.queries.graph_queries import SymbolRow
from memoryd.store.records.anchor_content import AnchorContent

ALIKE = 0.5  # of a body or of the neighbours of a line: less is another one
ALIKE_ELSEWHERE = 0.7  # under another name, or in another symbol
MARGIN = 0.15  # by which the best has to be ahead of the others
MAX_SITES = 200  # lines of one file that read the same
_SAME_SYMBOL = 0.25
_MIN_LINES = 3  # of a body: shorter ones are like many others
_MIN_NEIGHBOURS = 2
_TELLING_CHARS, _TELLING_WORDS = 24, 3


class AnchorCandidate(Struct, frozen=True):
    """``name``: as a target. ``score``: compares candidates of one anchor. ``likeness``: 0..1, of its body, or of what
    stands around the line. ``fits``: enough speaks for it by itself. ``is_same_symbol``: it has the name, or lies in
    the symbol, that it had."""

    name: str
    path: str
    line: int
    score: float
    likeness: float
    fits: bool
    is_same_symbol: bool


def of_file(content: AnchorContent, file: CodeFile) -> list[AnchorCandidate]:
    """Best first."""
    if content.is_line:
        found: Iterator[AnchorCandidate] = _lines(content, file)
    elif content.qualname:
        found = _symbols(content, file)
    else:
        found = _whole(content, file)
    return sorted(found, key=lambda one: -one.score)


def between_neighbours(content: AnchorContent, file: CodeFile) -> list[str]:
    """The lines that stand where the anchored one did, between its neighbours, whatever they say."""
    return [f"{file.path}:{line}" for line in gaps(content, file.lines)[:MAX_SITES]]


def kept_lines(content: AnchorContent, file: CodeFile) -> float:
    """The share of its lines that the symbol of its name, or the file, still has; of overloads the most."""
    if not content.qualname:
        return left_of(content, file.lines.body(1, len(file.lines.plain), ""))
    same = [symbol for symbol in file.symbols if symbol.qualname == content.qualname]
    return max((left_of(content, _body(file, symbol)) for symbol in same), default=0.0)


def rivals(best: AnchorCandidate, found: Sequence[AnchorCandidate]) -> list[AnchorCandidate]:
    """Others for which nearly as much speaks, or that have its name as well or alone."""
    near = best.score - MARGIN
    return [
        one
        for one in found
        if one.name != best.name
        if (one.fits and (one.score > near or one.is_same_symbol))
        or (one.is_same_symbol and not best.is_same_symbol)
    ]


def _whole(content: AnchorContent, file: CodeFile) -> Iterator[AnchorCandidate]:
    score = likeness(content, file.lines.body(1, len(file.lines.plain), ""))
    enough = content.size >= _MIN_LINES or score == 1.0
    yield AnchorCandidate(file.path, file.path, 0, score, score, enough and score >= ALIKE, False)


def _symbols(content: AnchorContent, file: CodeFile) -> Iterator[AnchorCandidate]:
    best: dict[str, AnchorCandidate] = {}
    for symbol in file.symbols:
        score = likeness(content, _body(file, symbol))
        same = symbol.qualname == content.qualname
        name = content.qualname.rpartition(".")[2]
        enough = content.size >= _MIN_LINES or (symbol.name == name and content.size > 0)
        one = AnchorCandidate(
            name=f"{file.path}:{symbol.qualname}",
            path=file.path,
            line=symbol.line,
            score=score + (_SAME_SYMBOL if same else 0.0),
            likeness=score,
            fits=enough and score >= (ALIKE if same else ALIKE_ELSEWHERE),
            is_same_symbol=same,
        )
        known = best.get(symbol.qualname)
        if known is None or one.score > known.score:
            best[symbol.qualname] = one
    yield from best.values()


def _body(file: CodeFile, symbol: SymbolRow) -> set[int]:
    return file.lines.body(symbol.line, symbol.end_line, symbol.name)


def _lines(content: AnchorContent, file: CodeFile) -> Iterator[AnchorCandidate]:
    found = sites(content, file.lines, MAX_SITES)
    for site in found:
        around = innermost(file.symbols, site.line)
        same = (around.qualname if around else "") == content.qualname
        same = same and bool(content.qualname or file.path == content.path)
        like = max(site.near, site.wide)
        enough = is_telling(content) or site.kept >= _MIN_NEIGHBOURS or (same and file.path == content.path)
        enough = enough and (like >= ALIKE if same else like >= ALIKE_ELSEWHERE and site.near >= ALIKE)
        alone = same and len(found) == 1 and is_telling(content)
        yield AnchorCandidate(
            name=f"{file.path}:{site.line}",
            path=file.path,
            line=site.line,
            score=(site.near + site.wide) / 2 + (_SAME_SYMBOL if same else 0.0),
            likeness=like,
            fits=enough or alone,
            is_same_symbol=same,
        )


def is_telling(content: AnchorContent) -> bool:
    """The line says so much that it is hardly anywhere else."""
    return len(content.text) >= _TELLING_CHARS and len(content.text.split()) >= _TELLING_WORDS
