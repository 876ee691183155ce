"""What is known of the places in which a name stands: part of the answers of `refs` and `impact`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from memoryd.query.safe_text import quote
from memoryd.query.text.lines import place

_SHOWN = 3


class NamePlace(Struct, frozen=True):
    """A place in which a name stands."""

    path: str
    line: int


class Accounting(Struct, frozen=True):
    """The places (path and line) of the view in which ``name`` is used, each counted once, by the first of these that
    holds. ``accounted``: it uses the target; ``through_base``: it uses what the target overrides, and so may run it;
    ``others``: it uses another definition of that name; ``unresolved``: nothing tells which, it could be the target.
    ``in_text``: further places in which the word stands, as far as was looked: strings, files without a reader, names
    of other things, members that a class is not known to have; comments and names imported from other projects do not
    count. ``text``: ``read``, or why
    the words were not looked at: ``many`` (uses are known), ``common`` (only the first files were read), ``no-word``.
    ``gaps``: what else may hold uses that are not known, in words. ``others_are_whole``: False where the name has too
    many definitions to count the uses of all."""

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

    @property
    def is_open(self) -> bool:
        """Whether something of that name may use the target without being known to."""
        words = self.text == "read" or (self.text == "many" and self.accounted > 0)
        return bool(self.unresolved or self.in_text or self.through_base or self.gaps or not words)

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
        return "; ".join((*parts, *self._words("more ", listed), *self.gaps))

    def _words(self, more: str, listed: Collection[str]) -> Iterator[str]:
        """Where the word stands in the text, as far as was looked; ``more``: beside what was said before."""
        if self.in_text:
            least = "at least " if self.text == "common" else ""
            count = f"{least}{self.in_text} {more}{'place' if self.in_text == 1 else 'places'}"
            rest = tuple(one for one in self.first_in_text if one.path not in listed)
            yield f"the word stands in {count} ({_places(rest, self.in_text)})"
        if self.text == "no-word":
            yield "too short or common a word to look for in the text"


def _places(first: tuple[NamePlace, ...], total: int) -> str:
    shown = [place(one.path, one.line) for one in first[:_SHOWN]]
    return ", ".join([*shown, *(["…"] if total > len(shown) else [])]) if shown else "named below"
