"""Fitting an answer into a budget: what matters is kept, what is left off is counted, and the rest is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from memoryd.query.safe_text import one_line, safe_text

CHARS_PER_TOKEN = 4
_SIDE_SHARE = 0.4  # of the space: the most that side sections may hold back from the main one


def _nothing_more(_: int) -> str:
    return ""


def as_command(command: str) -> str:
    """The question that shows more, as one types it in a shell: as answers have it."""
    return command


class TextSection(Struct, frozen=True):
    """A list under a ``title`` (``""``: none). ``total`` is the exact number, the ``before`` items of earlier pages
    included. A side section is sure of its first ``keep`` items where space allows; the main one takes what is
    left, in order."""

    items: Sequence[str]
    total: int = -1
    title: str = ""
    keep: int = 0
    main: bool = False
    before: int = 0

    @property
    def count(self) -> int:
        """Items of this page and the later ones."""
        return max(self.total - self.before, len(self.items))


class Page(Struct, frozen=True):
    """An answer before fitting: ``head`` is always shown, then the sections, then the command for the rest
    (``more(n)``: when n items of the main section are shown; ``rest``: when only side sections were cut), then
    ``foot``."""

    head: str
    sections: Sequence[TextSection] = ()
    foot: str = ""
    more: Callable[[int], str] = _nothing_more
    rest: str = ""


class Rendered(Struct, frozen=True):
    """``total``, ``shown``: items of the main section (of all sections where there is none). ``by_title``: items shown
    of each section."""

    text: str
    total: int = 0
    shown: int = 0
    truncated: bool = False
    next: str = ""
    by_title: Mapping[str, int] = {}


def fit(page: Page, max_tokens: int, spell: Callable[[str], str] = as_command) -> Rendered:
    """``page`` in at most ``max_tokens`` times 4 characters and free of unsafe ones, whatever its contents. ``spell``:
    the command for the rest as who reads it can ask it; ``""`` where that cannot be."""
    room = max_tokens * CHARS_PER_TOKEN
    page = _safe(page, room, spell)
    foot = _cut(page.foot, room // 2)
    reserve = len(foot) + 1 + min(max(len(page.more(0)), len(page.rest)) + 20, room // 3)
    head = _cut(page.head, max(40, room - reserve - room // 4))
    counts = _choose(page.sections, room - reserve - len(head))
    main = next((i for i, section in enumerate(page.sections) if section.main), None)
    if main is not None and page.sections[main].items and not counts[main]:
        # it is cut: else the next page would be this one again
        counts = [int(i == main) for i in range(len(counts))]
    left_off = any(count < section.count for count, section in zip(counts, page.sections, strict=True))
    shown = counts[main] if main is not None else sum(counts)
    counted = page.sections if main is None else [page.sections[main]]
    total = sum(section.before + section.count for section in counted)
    main_is_cut = main is None or shown < page.sections[main].count
    more = (page.more(shown) if main_is_cut else page.rest) if left_off else ""
    body = [
        line for section, count in zip(page.sections, counts, strict=True) for line in _lines(section, count)
    ]
    tail = ([f"next: {more}"] if more else []) + ([foot] if foot else [])
    text = _joined([head, *body] if head else body, tail, room)
    by_title = {section.title: count for section, count in zip(page.sections, counts, strict=True)}
    return Rendered(text=text, total=total, shown=shown, truncated=left_off, next=more, by_title=by_title)


def _safe(page: Page, room: int, spell: Callable[[str], str]) -> Page:
    """``page`` with unsafe characters spelled out in whatever may come to be shown of it."""
    sections = [
        TextSection(
            [safe_text(item) for item in s.items[: room // 2]],
            s.before + s.count,
            one_line(s.title),
            s.keep,
            s.main,
            s.before,
        )
        for s in page.sections
    ]
    return Page(
        safe_text(page.head),
        sections,
        one_line(page.foot),
        lambda shown: _spelt(page.more(shown), spell),
        _spelt(page.rest, spell),
    )


def _spelt(command: str, spell: Callable[[str], str]) -> str:
    return one_line(spell(command)) if command else ""


def _choose(sections: Sequence[TextSection], room: int) -> list[int]:
    """How many items of each section: kept side items, then the main section, then the other side items. What is not
    shown costs a line as well."""
    counts = [0] * len(sections)
    room -= sum(map(_hidden_size, sections))
    side_room = int(room * _SIDE_SHARE)
    for i, section in enumerate(sections):
        if not section.main:
            counts[i], used = _take(section, min(section.keep, len(section.items)), side_room)
            side_room, room = side_room - used, room - used
    for i, section in enumerate(sections):
        if section.main:
            counts[i], used = _take(section, len(section.items), room)
            room -= used
    for i, section in enumerate(sections):
        if not section.main:
            before = _size(section, counts[i])
            counts[i], used = _take(section, len(section.items), room + before)
            room -= used - before
    return counts


def _take(section: TextSection, most: int, room: int) -> tuple[int, int]:
    """The greatest number of items, up to ``most``, that fit with the section's own lines; and what they add to the
    line that stands where nothing is shown."""
    count, size = 0, _own_size(section)
    while count < most:
        bigger = size + len(section.items[count]) + 1
        if bigger > room:
            break
        count, size = count + 1, bigger
    return count, size if count else 0


def _size(section: TextSection, count: int) -> int:
    """What ``count`` items add to the line that stands where nothing is shown."""
    return _own_size(section) + sum(len(item) + 1 for item in section.items[:count]) if count else 0


def _own_size(section: TextSection) -> int:
    """The title and the line about what is left off, without the line that they stand for."""
    title = len(section.title) + 1 if section.title else 0
    return title + len("  … 1000000 more\n") - _hidden_size(section)


def _hidden_size(section: TextSection) -> int:
    """The line that says that nothing of the section is shown."""
    return len(f"{section.title} 1000000 not shown\n") if section.count and section.title else 0


def _lines(section: TextSection, count: int) -> list[str]:
    if not count:
        return (
            [f"{section.title} {section.count} not shown".strip()] if section.count and section.title else []
        )
    lines = [section.title] if section.title else []
    lines += section.items[:count]
    if count < section.count:
        lines.append(f"  … {section.count - count} more")
    return lines


def _joined(lines: list[str], tail: list[str], room: int) -> str:
    """The last guard: a text that is still too long loses its middle, never its tail."""
    end = "\n".join(tail)
    start = _cut("\n".join(lines), room - len(end) - 1 if end else room)
    return f"{start}\n{end}" if end and start else start or end


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[: most - 1] + "…" if most > 0 else ""
