"""Records out of the store and in again, as JSON lines or as Markdown that carries them along.

What comes in is data of unknown hands: bounded, checked field by field, redacted, and trusted less than what an
agent proposes, whatever it says of itself.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from memoryd.errors import UsageError
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.records.shown import records_of
from memoryd.query.safe_text import one_line, safe_text
from memoryd.records.answers import ExportAnswer, ExportLine, ExportRequest, ImportAnswer, ImportRequest
from memoryd.store.records import audit
from memoryd.store.records.anchor_content import AnchorContent
from memoryd.store.records.values import Record, storable
from memoryd.store.records.writer import Records

VERSION = 1
_COMMENT = re.compile(r"<!-- memoryd (\{.*\}) -->")
_LAST_DAY_S = 253_402_300_799  # the last second of year 9999

_Id = Annotated[str, Meta(max_length=64, pattern=r"^[0-9A-Za-z._-]*\Z")]
_Line = Annotated[str, Meta(max_length=210)]


class ExportedRecord(Struct, frozen=True):
    """A record as a line of an export has it. What else is in the line is not looked at."""

    id: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+\Z")]
    kind: Annotated[str, Meta(max_length=20)]
    text: Annotated[str, Meta(min_length=1, max_length=8_192)]
    status: Annotated[str, Meta(pattern=r"^(proposed|confirmed|retracted|superseded)\Z")]
    actor: _Line = ""
    created_at_s: Annotated[int, Meta(ge=0, le=_LAST_DAY_S)] = 0
    head: Annotated[str, Meta(pattern=r"^[0-9a-f]{0,64}\Z")] = ""
    supersedes: _Id = ""
    anchors: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=1_024)], ...], Meta(max_length=20)
    ] = ()
    contents: Annotated[tuple[AnchorContent, ...], Meta(max_length=20)] = ()


class _Entry(Struct, frozen=True):
    """Any line of an export: a head, a record or an entry of the audit."""

    memoryd: str = ""
    version: int = VERSION
    record: ExportedRecord | None = None
    audit: Any = None


def exported(ctx: Context, request: ExportRequest) -> ExportAnswer:
    """Every record, oldest first, then every entry of the audit."""
    store = records_of(ctx)
    records, entries = store.everything()
    head = {
        "memoryd": "records",
        "version": VERSION,
        "exported_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "records": len(records),
        "entries": len(entries),
        "audit_head": entries[-1].hash if entries else "",
    }
    lines = _markdown(ctx.root, head, records, entries) if request.markdown else _json(head, records, entries)
    return ExportAnswer(
        ctx.freshness, records=len(records), entries=len(entries), lines=tuple(map(ExportLine, lines))
    )


def imported(
    ctx: Context, records: Records, request: ImportRequest, redact: Callable[[str], str]
) -> ImportAnswer:
    """Take in the records among the lines. Lines of Markdown without a record are passed over; a line that should
    hold one and does not raises UsageError with its number, and nothing of the request is kept."""
    source = f"import:{one_line(redact(storable(request.name)))[:200] or 'stdin'}"
    found = [
        _checked(record, redact)
        for number, line in enumerate(request.lines, request.first_line)
        if (record := _record_of(line.strip(), number, request.name))
    ]
    added = records.bring_in(found, source)
    taken = sum(result.created for result in added)
    return ImportAnswer(
        ctx.freshness,
        source=source,
        taken=taken,
        known=len(added) - taken,
        message=f"{taken} records are here as proposals of {source}, {len(added) - taken} were here already.",
    )


# -- out


def _json(
    head: dict[str, Any], records: Sequence[Record], entries: Sequence[audit.AuditRow]
) -> Iterator[str]:
    yield json.dumps(head)
    for record in records:
        yield json.dumps({"record": msgspec.to_builtins(record)})
    for entry in entries:
        yield json.dumps({"audit": msgspec.to_builtins(entry)})


def _markdown(
    root: str, head: dict[str, Any], records: Sequence[Record], entries: Sequence[audit.AuditRow]
) -> Iterator[str]:
    """For people to read; each record is carried along in a comment, so that it can be imported again."""
    yield f"# Records of {one_line(root.rpartition('/')[2]) or 'a project'}\n"
    yield f"{head['records']} records, exported by memoryd on {head['exported_at']}.\n"
    for record in records:
        yield _comment({"record": msgspec.to_builtins(record)})
        yield f"## {record.id}: {record.kind}, {record.status}, {record.assurance}\n"
        yield "\n".join(f"> {line}".rstrip() for line in safe_text(record.text).split("\n")) + "\n"
        yield "\n".join([*_facts(record), ""])
    yield "## Audit\n"
    yield "| # | When | Who | What | Record | Why |\n|---|---|---|---|---|---|"
    for entry in entries:
        cells = (
            entry.seq,
            day(entry.at_s),
            f"{entry.actor} ({entry.assurance})",
            entry.action,
            entry.record_id,
            entry.reason,
        )
        yield f"| {' | '.join(one_line(str(cell)).replace('|', '/') for cell in cells)} |"
    yield f"\nHash of the last entry: `{head['audit_head']}`"


def _facts(record: Record) -> Iterator[str]:
    yield f"- by {one_line(record.actor)} on {day(record.created_at_s)}" + (
        f" at commit {one_line(record.head)}" if record.head else ""
    )
    if record.anchors:
        yield f"- about {', '.join(f'`{one_line(anchor)}`' for anchor in record.anchors)}"
    if record.supersedes:
        yield f"- supersedes {record.supersedes}"
    if record.published:
        yield f"- published as `{one_line(record.published)}`"
    if record.origin:
        yield f"- imported: {one_line(record.origin.status)} by {one_line(record.origin.actor)} there"


def _comment(value: dict[str, Any]) -> str:
    """No text inside can end the comment."""
    text = json.dumps(value).replace("-", "\\u002d").replace(">", "\\u003e")
    return f"<!-- memoryd {text} -->"


# -- in


def _record_of(line: str, number: int, name: str) -> ExportedRecord | None:
    """The record in the line; None for a line of another sort. Raises UsageError."""
    comment = _COMMENT.fullmatch(line)
    if not comment and not line.startswith("{"):
        return None
    try:
        found = msgspec.json.decode(comment[1] if comment else line, type=_Entry)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(
            f"line {number} is no record: {one_line(str(error))[:200]}",
            where=one_line(name),
            next_step="give a file that `memoryd export` wrote; mend or remove the line",
        ) from error
    if found.version > VERSION:
        raise UsageError(
            f"the export has version {found.version}, this memoryd reads {VERSION}",
            where=one_line(name),
            next_step="upgrade memoryd",
        )
    return found.record


def _checked(record: ExportedRecord, redact: Callable[[str], str]) -> Record:
    """As the store takes it in. Its own id, actor, status and date become its origin."""
    return Record(
        id=record.id,
        kind=record.kind,
        text=redact(record.text),
        status=record.status,
        actor=redact(storable(record.actor)),
        created_at_s=record.created_at_s,
        head=record.head,
        supersedes=record.supersedes,
        anchors=tuple(map(redact, record.anchors)),
        contents=tuple(_content(one, redact) for one in record.contents if one.is_bounded),
    )


def _content(content: AnchorContent, redact: Callable[[str], str]) -> AnchorContent:
    return structs.replace(
        content,
        anchor=redact(content.anchor),
        path=redact(storable(content.path)),
        qualname=redact(storable(content.qualname)),
        text=redact(storable(content.text)),
    )
