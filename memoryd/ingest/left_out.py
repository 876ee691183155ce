"""What a run leaves out, since it cost the process before its end: noted when a run begins, and by the parse stage."""

from __future__ import annotations

import time

from memoryd.ingest.units import LOST_S, Ended, Units
from memoryd.store.index.queries.state import left_out_queries
from memoryd.store.index.queries.state.left_out_queries import LeftOut
from memoryd.store.index.writer import IndexWriter


def begin(writer: IndexWriter, units: Units, ended: Ended | None) -> None:
    """A run begins: note at what the process before ended, and tell ``units`` what is left out. In a transaction."""
    now_s = int(time.time())
    left_out_queries.forget_due(writer.conn, now_s)
    if ended:
        _note(writer, ended, now_s)
    units.begin(left_out_queries.known(writer.conn), left_out_queries.lost_s(writer.conn, now_s))


def _note(writer: IndexWriter, ended: Ended, now_s: int) -> None:
    """A second try shows that it was no accident; where much was lost already nobody has the time for one."""
    unit = ended.unit
    found = LeftOut(*unit.name, ended.detail)
    stays = ended.how == "cpu" and not unit.hurried
    is_late = left_out_queries.lost_s(writer.conn, now_s) > LOST_S
    note = left_out_queries.give_up if is_late else left_out_queries.note_try
    note(writer.conn, found, stays=stays, cost_s=unit.cpu_s, now_s=now_s)


def give_up_parsing(
    writer: IndexWriter, blob: bytes, language: str, problem: str, *, stays: bool, lost_s: float
) -> None:
    """The parse workers found that the file cannot be parsed."""
    found = LeftOut("parse", parse_key(blob, language), "", problem)
    left_out_queries.give_up(writer.conn, found, stays=stays, cost_s=lost_s, now_s=int(time.time()))


def parse_key(blob: bytes, language: str) -> str:
    """The content of a parse unit."""
    return f"{blob.hex()}:{language}"


def give_up_changes(writer: IndexWriter, sha: str, reason: str) -> None:
    """git could not tell within its limits what the commit changed."""
    _give_up_history(writer, LeftOut("changes", sha, "", reason))


def end_history(writer: IndexWriter, last: str) -> None:
    """Too many commits in a row cost too much: none after this one is read."""
    _give_up_history(writer, LeftOut("history", last, "", "too much was lost to commits before"))


def _give_up_history(writer: IndexWriter, found: LeftOut) -> None:
    left_out_queries.give_up(writer.conn, found, stays=True, cost_s=0.0, now_s=int(time.time()))
