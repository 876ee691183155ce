"""Search for the very text, or an expression: every line of the view that has it, and what was not looked at."""

from __future__ import annotations

import shlex

from memoryd.errors import UsageError
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.exact import patterns
from memoryd.query.exact.text_lines import FileLines, TextSearch
from memoryd.query.exact.unsearched import unsearched
from memoryd.query.search import hybrid
from memoryd.query.search.answers import SearchAnswer, SearchRequest
from memoryd.query.search.filters import wanted_files
from memoryd.query.search.text_answers import TextAnswer, TextLine
from memoryd.query.text.lines import MAX_LINE_CHARS

_BEFORE_MATCH = 80  # characters of a long line


def search(ctx: Context, request: SearchRequest) -> SearchAnswer | TextAnswer:
    """By meaning, or by text. Raises UsageError for a glob or language that fits no file of the project, an expression
    that is none, and arguments that do not go together."""
    _refuse_what_does_not_fit(request)
    return hybrid.search(ctx, request) if request.mode == "meaning" else _by_text(ctx, request)


def _refuse_what_does_not_fit(request: SearchRequest) -> None:
    is_text = request.mode != "meaning"
    wrong = {
        "kinds": is_text and request.kinds,
        "files": is_text and request.files,
        "word": request.mode != "exact" and request.word,
        "ignore_case": not is_text and request.ignore_case,
        "offset": not is_text and request.offset,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise UsageError(
                f"{name} does not go with mode {request.mode}",
                where=f"search.{name}",
                next_step=f"leave out {name}, or choose another mode (meaning, exact, regex)",
            )


def _by_text(ctx: Context, request: SearchRequest) -> TextAnswer:
    if request.mode == "exact":
        pattern = patterns.exact(request.query, fold=request.ignore_case, word=request.word)
    else:
        pattern = patterns.regex(request.query, fold=request.ignore_case)
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    wanted = wanted_files(ctx, view, request)
    lines: list[TextLine] = []
    total = files = 0
    search = TextSearch(ctx, pattern, wanted)
    for found in search.found(search.files):
        files += 1
        first = max(0, request.offset - total)
        room = request.limit - len(lines)
        lines += [_line(found, *one) for one in found.lines[first : first + room]]
        total += len(found.lines)
    rest = unsearched(ctx, len(request.query.encode()) if request.mode == "exact" else 1)
    return TextAnswer(
        ctx.freshness,
        query=request.query,
        lines=tuple(lines),
        total=total,
        files=files,
        searched=int((view.paths.alive & wanted).sum()),
        gaps=rest.gaps,
        left_out=rest.left_out,
        complete=not rest.gaps,
        **paging(_command(request), request.offset, len(lines), total),
    )


def _line(found: FileLines, number: int, start: int) -> TextLine:
    text = found.text
    first, last = text.rfind(b"\n", 0, start) + 1, text.find(b"\n", start)
    line = text[first : last if last >= 0 else len(text)].decode("utf-8", "replace")
    shown = line.strip()
    if len(shown) > MAX_LINE_CHARS:
        at = max(0, len(text[first:start].decode("utf-8", "replace")) - _BEFORE_MATCH)
        cut = line[at : at + MAX_LINE_CHARS - 2]
        shown = f"{'…' * (at > 0)}{cut}{'…' * (at + len(cut) < len(line))}"
    return TextLine(found.file.path, number, shown)


def _command(request: SearchRequest) -> str:
    if request.query.startswith("-"):
        return ""  # behind `--`, where no offset can follow it
    flags = [f"--{request.mode}", *(["--word"] if request.word else [])]
    flags += ["--ignore-case"] if request.ignore_case else []
    for name, values in (("path", request.paths), ("lang", request.langs)):
        flags += [f"--{name} {shlex.quote(value)}" for value in values]
    return f"memoryd search {shlex.quote(request.query)} {' '.join(flags)}"
