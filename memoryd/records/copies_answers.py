"""`records`: the copies of a project's records, and what putting one in place did. How that reads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from memoryd.errors import StoreError
from memoryd.query.safe_text import safe_line, safe_name
from memoryd.query.text.budget import Page, TextSection
from memoryd.store.records.copies import Copy
from memoryd.store.records.restore import Restored


class CopyItem(Struct, frozen=True):
    """A copy of records.db. ``file``: relative to ``folder``; ``entries``: of the audit; ``problem``: why it is not
    whole, ``""``: SQLite finds no damage, the audit is unbroken and every record is as it says."""

    file: str
    taken_at: str
    records: int
    entries: int
    whole: bool
    problem: str = ""

    def label(self) -> str:
        state = f"whole, {_held(self.records, self.entries)}" if self.whole else "NOT WHOLE"
        return (
            f"  {self.taken_at}  {safe_name(self.file)}: {state}{f': {self.problem}' if self.problem else ''}"
        )


class CopiesAnswer(Struct, frozen=True):
    """``whole``: records.db itself is what was written, else ``problem`` and ``next_step``. ``copies``: newest
    first."""

    root: str
    folder: str
    whole: bool
    problem: str
    next_step: str
    copies: tuple[CopyItem, ...]

    def page(self) -> Page:
        head = "records.db is whole" if self.whole else f"{self.problem}\nnext: {self.next_step}"
        none = (
            ""
            if self.copies
            else "\nThere is no copy yet: one is taken minutes after a change, and when the daemon ends."
        )
        return Page(
            head=head + none,
            sections=[
                TextSection(
                    items=[copy.label() for copy in self.copies],
                    title=f"copies in {safe_line(self.folder)}, newest first:",
                    main=True,
                )
            ],
        )


class RestoredAnswer(Struct, frozen=True):
    """``source``: the file whose rows are in place now. ``aside``: where the file lies that made way, ``""``: there was
    none. ``lost``: what is known to be lost, in sentences; empty: nothing is. ``undo``: the command, or ``""``."""

    root: str
    message: str
    source: str
    taken_at: str
    records: int
    entries: int
    aside: str
    lost: tuple[str, ...]
    undo: str

    def page(self) -> Page:
        kept = [f"The file that made way is kept: {safe_line(self.aside)}"] if self.aside else []
        way_back = [f"Undo: {self.undo}"] if self.undo else []
        return Page(
            head="\n".join([self.message, *kept, *way_back]),
            sections=[TextSection(items=[f"  {safe_line(said)}" for said in self.lost], main=True)],
        )


def listed(root: str, file: Path, problem: StoreError | None, found: Sequence[Copy]) -> CopiesAnswer:
    """``file``: records.db, with what is wrong with it."""
    items = (
        CopyItem(
            safe_name(str(copy.file.relative_to(file.parent))),
            _moment(copy.taken_s),
            copy.records,
            copy.entries,
            not copy.problem,
            copy.problem,
        )
        for copy in found
    )
    return CopiesAnswer(
        root,
        str(file.parent),
        problem is None,
        problem.what if problem else "",
        problem.next_step if problem else "",
        tuple(items),
    )


def restored(root: str, done: Restored) -> RestoredAnswer:
    """After ``records restore``."""
    end = "What is lost is listed below." if done.lost else "Nothing is lost."
    return RestoredAnswer(
        root,
        f"Restored from {done.source} of {_moment(done.taken_s)}: {_held(done.records, done.entries)}. {end}",
        done.source,
        _moment(done.taken_s),
        done.records,
        done.entries,
        done.aside,
        done.lost,
        "memoryd records undo" if done.aside else "",
    )


def undone(root: str, done: Restored) -> RestoredAnswer:
    """After ``records undo``: nothing is known of a damaged file but where it came from."""
    return RestoredAnswer(
        root,
        f"{done.source} is records.db again, as it was before it was restored.",
        done.source,
        _moment(done.taken_s),
        0,
        0,
        done.aside,
        (),
        "memoryd records restore",
    )


def _held(records: int, entries: int) -> str:
    return f"{records} {'record' if records == 1 else 'records'}, {entries} in the audit"


def _moment(at_s: int) -> str:
    return time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(at_s))
