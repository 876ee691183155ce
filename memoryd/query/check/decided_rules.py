"""What was decided and recorded in words, as rules of a change: sentences of accepted decisions, and what a person
confirmed. Nobody can execute them: they are quoted where an added line holds what they are against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers.facts import Constraint
from memoryd.globs.given import as_pattern
from memoryd.globs.paths import is_glob
from memoryd.query import targets
from memoryd.query.anchors.anchor_place import MOVED
from memoryd.query.context import Context
from memoryd.query.decisions import listing
from memoryd.query.decisions.documents import documents
from memoryd.query.rules.change_case import Rule
from memoryd.query.rules.entry import Entry
from memoryd.query.safe_text import quote

MAX_SENTENCES = 40  # of one decision
RECORDED = "record"
DECIDED = "decision"
_BINDING = ("constraint", "convention", "decision")
_SENTENCE = re.compile(r"[^.!?\n]{1,2000}(?:[.!?](?!\s|$)[^.!?\n]{0,2000}){0,20}")
_FORBIDS = re.compile(r"(?i)\b(?:never|do not|don't|must not|mustn't|avoid|forbidden|not allowed)\b")


def decided_rules(ctx: Context) -> list[Rule]:
    """Of accepted decisions those sentences that forbid something; records as a whole, where they have a place."""
    return [*_of_records(ctx), *_of_documents(ctx)]


def without_place(ctx: Context) -> Iterator[str]:
    """Binding records of which nobody can say whether or what they govern now: each with what became of its places, or
    on which other branch it was made."""
    for entry in _binding(ctx):
        if entry.item.branch or any(not p.is_sure and p.state != MOVED for p in entry.places):
            title = f"{RECORDED} “{quote(entry.item.title, 80)}” ({entry.item.id})"
            yield f"{title}: {entry.unsure}"


def _of_records(ctx: Context) -> Iterator[Rule]:
    """A record that was about something that is gone governs what is left of it, and nothing where nothing is."""
    for entry in _binding(ctx):
        names = dict.fromkeys(name for place in entry.places for name in place.named)
        if names or not entry.places:
            scope = tuple(dict.fromkeys(_place(ctx, name) for name in names))
            yield _rule(f"record {entry.item.id}", 0, RECORDED, entry.item.title, entry.text, scope)


def _binding(ctx: Context) -> Iterator[Entry]:
    for entry in listing.entries(ctx):
        if not entry.item.path and entry.item.status == "accepted" and entry.item.kind in _BINDING:
            yield entry


def _of_documents(ctx: Context) -> Iterator[Rule]:
    found = documents(ctx)
    for entry in found.entries:
        row = found.rows.get(entry.item.path)
        if row is None or entry.item.status != "accepted":
            continue
        said = [s.strip() for s in _SENTENCE.findall(row.decision.decision) if _FORBIDS.search(s)]
        for sentence in said[:MAX_SENTENCES]:
            yield _rule(entry.item.path, entry.item.line, DECIDED, entry.item.title, sentence, ())


def _rule(path: str, line: int, tool: str, name: str, text: str, scope: Sequence[str]) -> Rule:
    said = Constraint(
        kind="prose",
        severity="warn",
        tool=tool,
        name=name,
        quote=text,
        line=line,
        end_line=line,
        scope=tuple(scope),
        not_checkable="said in words: only people can judge whether it is kept",
    )
    return Rule(path, said)


def _place(ctx: Context, anchor: str) -> str:
    """The files that an anchor is about, as a pattern."""
    if is_glob(anchor) and not targets.is_there(ctx, anchor.partition(":")[0]):
        return anchor
    found = targets.find_targets(ctx, anchor)
    return as_pattern(found[0].path if found else anchor.partition(":")[0])
