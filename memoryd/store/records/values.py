"""Contributed records as values: what one holds, what may be one, how far it is trusted."""

from __future__ import annotations

import re
import secrets

import msgspec
from msgspec import Struct

from indexers import terms
from memoryd.errors import UsageError
from memoryd.store.records import audit
from memoryd.store.records.anchor_content import AnchorContent

KINDS = ("decision", "lesson", "constraint", "convention", "note")
STATUSES = ("proposed", "confirmed", "retracted", "superseded")
LIVE = ("proposed", "confirmed")
MAX_TEXT_CHARS = 8_192
MAX_ANCHORS = 20
MAX_ANCHOR_CHARS = 1_024

# The order of trust; what an agent or an import says never stands before what people confirmed or committed.
CONFIRMED, DOCUMENT, PROPOSED, IMPORTED = range(4)

# How it is known who says something, least first: a program; who said of themselves to be at a terminal, which earlier
# releases believed; whom the kernel shows at one; who gave the passphrase as well.
ASSURANCES = AGENT, CLAIMED, TERMINAL, PASSPHRASE = ("agent", "claimed", "terminal", "passphrase")

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ACTOR = re.compile(r"(human|agent|import):[^\x00-\x1f]{1,200}")
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(("a", "an", "the"))


class NewRecord(Struct, frozen=True):
    """What is to be remembered. ``actor``: ``human:<user>``, ``agent:<client>`` or ``import:<source>``, set
    by the server, never by the caller; ``head``: the project's commit now, ``""`` without git. ``contents``: what
    stands at the anchors, where something does."""

    kind: str
    text: str
    actor: str
    anchors: tuple[str, ...] = ()
    head: str = ""
    supersedes: str = ""
    contents: tuple[AnchorContent, ...] = ()


class Origin(Struct, frozen=True):
    """A record as it was where it was exported. It says so itself: nothing here is trusted."""

    id: str
    actor: str
    status: str
    created_at_s: int


class Record(Struct, frozen=True):
    """One stored record. ``supersedes``: ``""`` where it replaces nothing. ``origin``: of an imported one.
    ``published``: path of the decision document written from it, ``""`` for none. ``assured``: how it is known who gave
    it its status, ``""`` of what an earlier release wrote: see ``assurance``. ``contents``: what stood at the anchors
    when they were given, of those where that is known."""

    id: str
    kind: str
    text: str
    status: str
    actor: str
    created_at_s: int
    head: str
    supersedes: str
    anchors: tuple[str, ...] = ()
    origin: Origin | None = None
    published: str = ""
    assured: str = ""
    contents: tuple[AnchorContent, ...] = ()

    def content_of(self, anchor: str) -> AnchorContent | None:
        return next((content for content in self.contents if content.anchor == anchor), None)

    @property
    def assurance(self) -> str:
        """One of ASSURANCES: how it is known who gave the record its status; of a proposal, who wrote it."""
        if self.status == "proposed" and not is_person(self.actor):
            return AGENT
        return self.assured or (AGENT if is_import(self.actor) else CLAIMED)

    @property
    def doubts(self) -> int:
        """0 for the best of ASSURANCES, more for each below it."""
        return len(ASSURANCES) - 1 - ASSURANCES.index(self.assurance)

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def trust(self) -> int:
        """CONFIRMED, PROPOSED or IMPORTED. Only a person's word raises it."""
        if self.status == "confirmed" or is_person(self.actor):
            return CONFIRMED
        return IMPORTED if is_import(self.actor) else PROPOSED


class Added(Struct, frozen=True):
    """``created`` is false where a record that says the same existed: ``record`` is that one. ``near``: records that
    say nearly the same as what was created, or the opposite."""

    record: Record
    created: bool
    near: tuple[Record, ...] = ()


def is_person(actor: str) -> bool:
    return actor.startswith("human:")


def is_import(actor: str) -> bool:
    return actor.startswith("import:")


def fingerprint(kind: str, text: str) -> bytes:
    """Equal for texts that differ only in case, punctuation, spacing, articles or word endings. The order of
    words counts: "A imports B" is not "B imports A"."""
    words = [terms.term(word) for word in _WORD.findall(text.casefold()) if word not in _ARTICLES]
    return audit.sha256([kind, words or text])


def digest(record: Record) -> str:
    """Hex digest of all that a record says. What later layouts added counts only where it is set: digests in the
    audit of an older store stay right."""
    values = [getattr(record, field) for field in record.__struct_fields__[:9]]
    added = {
        "origin": msgspec.to_builtins(record.origin),
        "published": record.published,
        "assured": record.assured,
        "contents": msgspec.to_builtins(record.contents),
    }
    given = {name: value for name, value in added.items() if value}
    return audit.sha256([*values, given] if given else values).hex()


def checked(new: NewRecord) -> NewRecord:
    """``new`` as it can be stored. Raises UsageError naming what is wrong."""
    text = storable(new.text).strip()
    anchors = tuple(dict.fromkeys(storable(anchor).strip() for anchor in new.anchors))
    if new.kind not in KINDS:
        raise UsageError(
            f"unknown kind `{new.kind}`", where="kind", next_step=f"use one of {', '.join(KINDS)}"
        )
    if not _ACTOR.fullmatch(new.actor):
        raise UsageError(
            "an actor reads `human:NAME` or `agent:NAME`", where="actor", next_step="name who writes so"
        )
    if not 0 < len(text) <= MAX_TEXT_CHARS:
        raise UsageError(
            f"a record has 1 to {MAX_TEXT_CHARS} characters, this has {len(text)}",
            where="text",
            next_step="say it in one or two sentences",
        )
    if len(anchors) > MAX_ANCHORS or any(not 0 < len(anchor) <= MAX_ANCHOR_CHARS for anchor in anchors):
        raise UsageError(
            f"at most {MAX_ANCHORS} anchors of 1 to {MAX_ANCHOR_CHARS} characters",
            where="anchors",
            next_step="name the few files or symbols that it is about",
        )
    contents = tuple(content for content in new.contents if content.anchor in anchors)
    return NewRecord(new.kind, text, new.actor, anchors, new.head, new.supersedes, contents)


def storable(text: str) -> str:
    """``text`` without what UTF-8 cannot carry (lone surrogates)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def new_id(now_s: float) -> str:
    """20 characters: 10 of time in milliseconds, then 10 random ones (50 bits)."""
    number = (int(now_s * 1_000) << 50) | secrets.randbits(50)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(95, -1, -5))
