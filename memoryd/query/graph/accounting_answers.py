"""What is known of the places in which a name stands: part of the answers of `refs` and `impact`."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator

from msgspec import Struct

from memoryd.query.safe_text import quote
from memoryd.query.text.lines import place

_SHOWN = 3
_TEXT_SHOWN = 2  # of lines that are no uses


class NamePlace(Struct, frozen=True):
    """A place in which a name stands."""

    path: str
    line: int


class Reconciliation(Struct, frozen=True):
    """What stands in each of the ``lines`` of the text that have the very name, as ``grep -w`` finds them; each is
    counted once, by the first of these that holds. ``used``: a use of the target; ``defined``: a definition of
    that name, of the target or another; ``through_base``, ``others``, ``unresolved``: as in Accounting;
    ``beside``: it is taken for none of these, in a file that defines the name (``impl``, recursion); ``outside``:
    it is taken for something else: of another project; ``comments``, ``documents``: they tell of it; ``local``: by
    its scope it is the name of a variable or parameter; ``prose``: in a sentence of a string or a comment behind
    code, or as the name of an argument, and as no use; ``in_words``: it is only a part of a longer name there
    (``$name``); ``unknown``: none of these. ``gaps``: what should have been looked at and was not; ``left_out``:
    what of the project never is. ``complete``: no line is unresolved, outside or unknown, and there is no gap: to
    look the name up in the text brings no other use, and no line of prose or documents that is not counted."""

    lines: int
    files: int
    used: int
    defined: int
    through_base: int
    others: int
    unresolved: int
    beside: int
    outside: int
    comments: int
    documents: int
    in_words: int
    unknown: int
    complete: bool
    first_others: tuple[NamePlace, ...] = ()
    first_outside: tuple[NamePlace, ...] = ()
    first_comments: tuple[NamePlace, ...] = ()
    first_unknown: tuple[NamePlace, ...] = ()
    local: int = 0
    prose: int = 0
    first_prose: tuple[NamePlace, ...] = ()
    first_documents: tuple[NamePlace, ...] = ()
    gaps: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def line(self, name: str) -> str:
        """What is not said of it otherwise, in one line."""
        counts = (
            (self.defined, "in definitions", ()),
            (self.comments, "in comments", self.first_comments),
            (self.beside, "beside a definition of it", ()),
            (self.local, "local", ()),
            (self.prose, "in strings", self.first_prose),
            (self.documents, "in documents", self.first_documents),
            (self.outside, "of other projects", ()),
            (self.in_words, "in longer names", ()),
        )
        more = [
            f"{count} {what}{f' ({_places(first, count, _TEXT_SHOWN)})' if first else ''}"
            for count, what, first in counts
            if count
        ]
        above = self.lines - sum(count for count, _, _ in counts)
        parts = ", ".join([*([f"{above} as above"] if above else []), *more])
        shown = f"the text has it in {self.lines} {'line' if self.lines == 1 else 'lines'}: {parts}"
        beside = f" (beside {'; '.join(self.left_out)})" if self.left_out else ""
        if self.complete:
            is_shown = all(count <= _TEXT_SHOWN for count, _, first in counts if first)
            more_text = "nothing more" if is_shown else "only more of the same text"
            return f"{shown}. COMPLETE: a text search brings {more_text}{beside}"
        rest = f"; every line: memoryd search {shlex.quote(name)} --exact --word"
        return "; ".join((f"{shown}{beside}", *self.gaps)) + rest


class Accounting(Struct, frozen=True):
    """The places (path and line) of the view in which ``name`` is used, each counted once, by the first of these that
    holds. ``accounted``: it uses the target; ``through_base``: it uses what the target overrides, and so may run it;
    ``others``: it uses another definition of that name; ``unresolved``: nothing tells which, it could be the target.
    ``in_text``: further places in which the word stands, as far as was looked: strings, files without a reader, names
    of other things, members that a class is not known to have; comments and names imported from other projects do not
    count. ``text``: ``read``, or why
    the words were not looked at: ``common`` (only the first files were read), ``no-word``.
    ``gaps``: what else may hold uses that are not known, in words. ``others_are_whole``: False where the name has too
    many definitions to count the uses of all. ``lines``: what each line of the text with the name is; None where not
    all were looked at, or a file is meant."""

    name: str
    accounted: int = 0
    through_base: int = 0
    others: int = 0
    unresolved: int = 0
    in_text: int = 0
    text: str = "read"
    first_unresolved: tuple[NamePlace, ...] = ()
    first_in_text: tuple[NamePlace, ...] = ()
    gaps: tuple[str, ...] = ()
    others_are_whole: bool = True
    lines: Reconciliation | None = None

    @property
    def is_open(self) -> bool:
        """Whether something of that name may use the target without being known to."""
        return bool(self.unresolved or self.in_text or self.through_base or self.gaps or self.text != "read")

    def of_absence(self, said: Collection[str]) -> str:
        """What an answer of none leaves open, in one line, without the gaps that were ``said``; ``""``: nothing."""
        return "; ".join((*self._words("", ()), *(gap for gap in self.gaps if gap not in said)))

    def line(self, listed: Collection[str] = ()) -> str:
        """All of it in one line, without the places in files that the answer lists anyway."""
        name = quote(self.name, 100)
        uses = f"{self.accounted} places" if self.accounted != 1 else "1 place"
        parts = [f"uses of the name {name}: {uses} accounted for"]
        parts += [f"{self.through_base} through what it overrides"] if self.through_base else []
        least = "" if self.others_are_whole else "at least "
        parts += [f"{least}{self.others} of other definitions"] if self.others else []
        if self.unresolved:
            parts += [
                f"{self.unresolved} unresolved, could be it ({_places(self.first_unresolved, self.unresolved)})"
            ]
        said = self.lines is not None and self.lines.complete
        words = () if said else self._words("more ", listed)
        first = "; ".join((*parts, *words, *self.gaps))
        return f"{first}\n{self.lines.line(self.name)}" if self.lines and self.lines.lines else first

    def _words(self, more: str, listed: Collection[str]) -> Iterator[str]:
        """Where the word stands in the text, as far as was looked; ``more``: beside what was said before."""
        if self.in_text:
            least = "at least " if self.text == "common" else ""
            count = f"{least}{self.in_text} {more}{'place' if self.in_text == 1 else 'places'}"
            rest = tuple(one for one in self.first_in_text if one.path not in listed)
            yield f"the word stands in {count} ({_places(rest, self.in_text)})"
        if self.text == "no-word":
            yield "too short or common a word to look for in the text"


def _places(first: tuple[NamePlace, ...], total: int, most: int = _SHOWN) -> str:
    shown = [place(one.path, one.line) for one in first[:most]]
    return ", ".join([*shown, *(["…"] if total > len(shown) else [])]) if shown else "named below"
