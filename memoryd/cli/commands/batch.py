"""``--batch``: JSON lines in, JSON lines out, in order, each answer written as soon as it is there."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from typing import Any

from memoryd.cli.connection.client import ClientCall, DaemonReply
from memoryd.cli.connection.session import Session, params
from memoryd.cli.terminal.output import note, print_json_lines
from memoryd.errors import UsageError

READ_BYTES = 1 << 16
ROW_LIMIT_BYTES = 1 << 20


class Rows:
    """Calls from the rows on a descriptor. A row's ``id``, ``rev`` and ``field`` count; other keys, such as
    the expected answers of a test set, are not looked at. Raises UsageError naming the bad line."""

    def __init__(self, descriptor: int, verb: str, field: str, rest: dict[str, Any]) -> None:
        self._descriptor, self._verb, self._field, self._rest = descriptor, verb, field, rest
        self._lines: list[bytes] = []
        self._part = b""
        self._at_end = False
        self._number = 0

    def fileno(self) -> int:
        return self._descriptor

    @property
    def ended(self) -> bool:
        return self._at_end and not self._lines

    def read(self) -> None:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except OSError as error:  # a folder, for one
            raise _unreadable("--batch", error) from error
        *lines, self._part = (self._part + data).split(b"\n")
        if not data:
            self._at_end = True
            lines.append(self._part)
        if len(self._part) > ROW_LIMIT_BYTES:
            raise self._bad("is longer than 1 MiB")
        self._lines = [*reversed(lines), *self._lines]

    def ready(self) -> ClientCall | None:
        while self._lines:
            self._number += 1
            line = self._lines.pop().strip()
            if line:
                return self._call(line)
        return None

    def _call(self, line: bytes) -> ClientCall:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._bad(f"is no JSON: {error}") from error
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get(self._field), str):
            raise self._bad(f'is no object with "id" and "{self._field}"')
        own = {self._field: row[self._field]}
        if row.get("rev"):
            own["rev"] = row["rev"]
        return ClientCall(row["id"], self._verb, {**self._rest, **own})

    def _bad(self, what: str) -> UsageError:
        return UsageError(
            f"line {self._number} of the batch {what}",
            where="--batch",
            next_step=f'write one {{"id": …, "{self._field}": "…"}} per line',
        )


def run(args: Namespace, field: str) -> int:
    """Answer each row; a row that fails is a line with ``error`` and the others go on. Exit code 3 then."""
    if getattr(args, field):
        raise UsageError(f"--batch takes the {field} from its rows", next_step=f"leave out {field.upper()}")
    rest = {name: value for name, value in params(args, as_json=True).items() if name != field}
    descriptor = _open(args._batch)
    session = Session()
    rows = failed = 0
    for answer in session.daemon.ask_all(Rows(descriptor, args._verb, field, rest)):
        print_json_lines([_line(answer)])
        sys.stdout.flush()
        rows += 1
        failed += answer.error is not None
    if failed:
        note(f"{failed} of {rows} rows failed: see `error` in their lines")
    return 3 if failed else 0


def _line(answer: DaemonReply) -> dict[str, Any]:
    if answer.error:
        return {"id": answer.key, "error": answer.error.values}
    return {"id": answer.key, **((answer.result or {}).get("json") or {})}


def _open(place: str) -> int:
    """A descriptor to read from; ``-`` is stdin."""
    if place == "-":
        return 0
    try:
        return os.open(place, os.O_RDONLY)
    except OSError as error:
        raise _unreadable(place, error) from error


def _unreadable(place: str, error: OSError) -> UsageError:
    return UsageError(
        f"cannot read the batch: {error.strerror}",
        where=place,
        next_step="name a file of JSON lines, or `-` for stdin",
    )
