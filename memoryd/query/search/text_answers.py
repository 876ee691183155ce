"""`search` for the very text: what it answers, and how that reads."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import PagedAnswer
from memoryd.query.safe_text import quote, safe_text
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import place


class TextLine(Struct, frozen=True):
    """A line in which a match begins. ``text``: without its indentation; of a long one what is around the match."""

    path: str
    line: int
    text: str


class TextAnswer(PagedAnswer, frozen=True, kw_only=True):
    """Every line of the view with ``query``, by path and line. ``total``: of them, in ``files`` files. ``searched``: of
    how many files the text was looked through. ``gaps``: what should have been, and was not, in words; ``complete``:
    there is none. ``left_out``: what of the project is never looked at."""

    query: str
    lines: tuple[TextLine, ...]
    total: int
    files: int
    searched: int
    gaps: tuple[str, ...]
    left_out: tuple[str, ...]
    complete: bool

    def page(self) -> Page:
        what = quote(self.query, 100)
        gaps = (*self.gaps, *self.left_out)
        rest = f" Not searched: {'; '.join(gaps)}." if gaps else ""
        lines, files = _counted(self.total, "line"), _counted(self.files, "file")
        if not self.total:
            return Page(
                head=f"No line has “{what}”. Searched {_counted(self.searched, 'file')}.{rest}",
                foot=self.freshness.line(),
            )
        return Page(
            head=f"{lines} in {files} of {self.searched} searched: “{what}”.{rest}",
            sections=[
                TextSection(
                    items=[f"{place(one.path, one.line)} | {safe_text(one.text)}" for one in self.lines],
                    total=self.total,
                    main=True,
                    before=self.offset,
                )
            ],
            foot=self.freshness.line(),
            more=self.rest_from,
        )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
