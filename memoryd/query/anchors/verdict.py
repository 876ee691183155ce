"""What the candidates for an anchor come to: here, moved, doubtful or lost. Claimed is only what one candidate alone
speaks for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from memoryd.query.anchors import candidates
from memoryd.query.anchors.anchor_place import HERE, AnchorPlace, doubtful, here, lost, moved
from memoryd.query.anchors.candidates import AnchorCandidate
from memoryd.query.anchors.code_at import CodeFile
from memoryd.query.safe_text import quote
from memoryd.store.records.anchor_content import AnchorContent

MIN_LEFT = 0.5  # of a body: less is another one under the same name
MIN_LINES = 5  # fewer are rewritten by any commit
MIN_SHARED = 0.3  # of the lines of a body: of less nothing is said
MAX_ALIKE = 5  # of what may be it, that is named
_IN_FILE, _SAME_SYMBOL, _ELSEWHERE, _WEAK = 0.95, 0.9, 0.8, 0.7
_NOT_FOUND = "not found again by its name, its lines or its words"


class Seen(Struct, frozen=True):
    """What was looked at for one anchor. ``renamed``: the new name of its file, ``""`` for none; ``home``: the file of
    its path; ``files``: that one and the others; ``found``: the candidates in all of them."""

    content: AnchorContent
    renamed: str
    home: CodeFile | None
    files: Sequence[CodeFile]
    found: Sequence[AnchorCandidate]


def settled(content: AnchorContent, home: CodeFile, near: Sequence[AnchorCandidate]) -> AnchorPlace | None:
    """In its file, in its symbol, and nothing there is as like; None where that is not so."""
    if not content.qualname and not content.is_line:
        return here(content.anchor) if candidates.kept_lines(content, home) >= MIN_LEFT else None
    best = near[0] if near else None
    if best is None or not (best.is_same_symbol and best.fits) or candidates.rivals(best, near):
        return None
    if not content.is_line:
        return here(content.anchor, best.name)
    if best.likeness < candidates.ALIKE:
        return moved(content.anchor, best.name, _WEAK, "what stood around it was rewritten")
    if best.line == content.line:
        return here(content.anchor, best.name)
    return moved(content.anchor, best.name, _IN_FILE)


def verdict(seen: Seen) -> AnchorPlace:
    content = seen.content
    fitting = sorted((one for one in seen.found if one.fits), key=lambda one: -one.score)
    if not fitting:
        return _line_without_like(seen) if content.is_line else _symbol_without_like(seen)
    best, own = fitting[0], name_of(content)
    if not content.is_line and seen.home and best.name != own and _has_name(content, seen.home):
        return doubtful(content.anchor, [own, best.name], "what has its name is other code now")
    others = candidates.rivals(best, [one for one in seen.found if one.fits or not content.is_line])
    if others:
        return doubtful(content.anchor, [one.name for one in (best, *others)], "they read alike")
    return moved(content.anchor, best.name, _confidence(seen, best))


def name_of(content: AnchorContent) -> str:
    """Where it was, as a target."""
    if content.is_line:
        return f"{content.path}:{content.line}"
    return f"{content.path}:{content.qualname}" if content.qualname else content.path


def _confidence(seen: Seen, best: AnchorCandidate) -> float:
    if best.likeness < candidates.ALIKE:
        return _WEAK
    if best.path == seen.content.path:
        return _IN_FILE if best.is_same_symbol else _ELSEWHERE
    return _SAME_SYMBOL if best.is_same_symbol or best.path == seen.renamed else _ELSEWHERE


def _symbol_without_like(seen: Seen) -> AnchorPlace:
    """Of a symbol or file: its name may be left."""
    content = seen.content
    if seen.home and _has_name(content, seen.home):
        return _named_alike(content, seen.home)
    same = [
        file
        for file in seen.files
        if _has_name(content, file) and (content.qualname or file.path == seen.renamed)
    ]
    same = [file for file in same if file.path == seen.renamed] or same
    names = [f"{file.path}:{content.qualname}".rstrip(":") for file in same]
    if not content.qualname and names:
        return moved(content.anchor, names[0], _WEAK, "by its rename: most of its lines were rewritten")
    if names:
        return doubtful(content.anchor, names, "the name is the same, the code is not")
    partly = sorted((one for one in seen.found if one.likeness >= MIN_SHARED), key=lambda one: -one.likeness)
    if partly:
        names = [one.name for one in partly[:MAX_ALIKE]]
        return doubtful(content.anchor, names, "it has only some of its lines")
    return lost(content.anchor, seen.home.path if seen.home else "", _NOT_FOUND)


def _line_without_like(seen: Seen) -> AnchorPlace:
    """A line may have been rewritten between its neighbours, stand in other surroundings, or be gone from the symbol
    in which it stood. What stands in other files as well as in its own is named only where it says much."""
    content = seen.content
    was = f"it read “{quote(content.text, 80)}”"
    own = (content.path, seen.renamed)
    between = [
        p for file in seen.files if file.path in own for p in candidates.between_neighbours(content, file)
    ]
    if between:
        return doubtful(content.anchor, between[:MAX_ALIKE], f"the line reads otherwise now: {was}")
    symbol = _symbol_around(seen)
    if symbol and content.is_definition:
        return doubtful(
            content.anchor, [f"{symbol.path}:{symbol.line}"], f"the line reads otherwise now: {was}"
        )
    alike = [o for o in seen.found if o.path in own or o.is_same_symbol or candidates.is_telling(content)]
    alike.sort(key=lambda one: (one.path != content.path, -one.score))
    if alike:
        names = [one.name for one in alike[:MAX_ALIKE]]
        return doubtful(content.anchor, names, "it reads so, but nothing around it does")
    left = symbol.name if symbol else seen.home.path if seen.home else ""
    return lost(content.anchor, left, f"{_NOT_FOUND}; {was}")


def _symbol_around(seen: Seen) -> AnchorCandidate | None:
    """Where the symbol is now in which the line stood, if one alone is like it or has its name in its file."""
    if not seen.content.qualname:
        return None
    body = structs.replace(seen.content, text="")
    found = [one for file in seen.files for one in candidates.of_file(body, file)]
    fitting = sorted((one for one in found if one.fits), key=lambda one: -one.score)
    if fitting:
        return None if candidates.rivals(fitting[0], fitting) else fitting[0]
    return next((one for one in found if one.is_same_symbol and one.path == body.path), None)


def _has_name(content: AnchorContent, file: CodeFile) -> bool:
    """The file has a symbol of its name; of a file, it is one."""
    return not content.qualname or any(symbol.qualname == content.qualname for symbol in file.symbols)


def _named_alike(content: AnchorContent, home: CodeFile) -> AnchorPlace:
    """In its place by its name, with other code."""
    left = candidates.kept_lines(content, home)
    if content.size < MIN_LINES or left >= MIN_LEFT:
        return AnchorPlace(content.anchor, name_of(content), HERE, _SAME_SYMBOL, "its code has changed")
    why = f"its code was rewritten, {left:.0%} of its {content.size} lines are left"
    return AnchorPlace(content.anchor, name_of(content), HERE, _ELSEWHERE, why)
