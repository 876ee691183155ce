"""What conventions are mined from: the places where a project could have done this or that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from indexers.facts import Import
from memoryd.store.index.queries.survey_queries import SurveyFile, SurveySymbol

CODE = frozenset(("function", "method", "class", "interface", "struct", "trait", "enum", "type", "constant"))


class NamingCase(Struct, frozen=True):
    """One place where the project could have done this or that, and what it did."""

    value: str
    place: str


class ReadFile(Struct, frozen=True):
    """``bases``: (qualname, base as written); ``lines``: the file's text."""

    file: SurveyFile
    symbols: Sequence[SurveySymbol]
    imports: Sequence[Import]
    bases: Sequence[tuple[str, str]]
    lines: Sequence[str]


def symbols(read: Iterable[ReadFile]) -> Iterator[tuple[ReadFile, SurveySymbol]]:
    return ((one, symbol) for one in read for symbol in one.symbols)
