"""What the surfaces need from the daemon. The daemon implements it; nothing here knows how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from msgspec import Struct

from indexers.facts import Change
from memoryd.config import Config, Paths
from memoryd.query.briefing.told import Told, Visit
from memoryd.query.check.answers import CheckRequest
from memoryd.query.context import Context
from memoryd.query.text.budget import as_command
from memoryd.records.copies_answers import CopiesAnswer, RestoredAnswer
from memoryd.records.passphrase_answer import PassphraseAnswer
from memoryd.server.callers.passphrase import Typed
from memoryd.server.callers.process import PeerProcess
from memoryd.server.params import Common, DoctorParams, IndexParams, PassphraseAction, TuneParams
from memoryd.store.records.values import is_person

if TYPE_CHECKING:
    from memoryd.store.records.writer import Records

T = TypeVar("T")


class Peer(Struct, frozen=True):
    """Who is asking. ``surface``: cli, mcp or http. ``cwd``: absolute or ``""``. ``client``: name of the MCP
    client as it says itself. ``caller``: the process that may be a person's, None of one that cannot. ``session``: of
    the connection, which began at ``began_at_s``; empty and 0 where every call stands for itself. ``roots``: absolute
    folders that an MCP client says that it works in; they count before ``cwd``, where its server was started."""

    surface: str
    cwd: str = ""
    client: str = ""
    caller: PeerProcess | None = None
    session: str = ""
    began_at_s: float = 0.0
    roots: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[str, ...]:
        """Where the caller may stand, likeliest first."""
        within = (root for root in self.roots if f"{self.cwd}/".startswith(f"{root.rstrip('/')}/"))
        if self.roots:
            return tuple(dict.fromkeys([*((self.cwd,) if any(within) else ()), *self.roots]))
        return (self.cwd,) if self.cwd else ()


class Actor(Struct, frozen=True):
    """Who writes a record. ``name``: ``human:<user>`` or ``agent:<client>``; ``assurance``: how that is known, see
    ``values.ASSURANCES``; ``doubt``: why an agent is not taken for a person."""

    name: str
    assurance: str
    doubt: str = ""

    @property
    def is_person(self) -> bool:
        return is_person(self.name)


class Progress(Struct, frozen=True):
    """Where a long job is. ``total`` 0 = unknown."""

    phase: str
    done: int
    total: int
    message: str = ""


class Project(Struct, frozen=True):
    """A registered root. Work trees of one repository share ``key`` and so the stores."""

    root: str
    key: str
    added_at_s: int


# What an answer cannot be given without; it goes on without the other store, and says so.
Needs = Literal["index", "records", "neither"]
OnProgress = Callable[[Progress], None]
OnRows = Callable[[Sequence[Any]], Awaitable[None]]


def _ignore(_: Any) -> None:
    """Nobody follows the progress."""


async def _ignore_rows(_: Any) -> None:
    """Nobody takes rows."""


Ending = Callable[[], Awaitable[None]]


class Call(Struct, frozen=True):
    """One call under way: what was asked besides the verb's own arguments, by whom, and who listens. ``at_end`` takes
    what is to happen once the caller's connection has ended. ``typed``: what its person typed, of a command alone.
    ``spell``: how who asks asks for the rest of an answer. ``is_short``: its answer costs little, and goes before those
    that cost more."""

    peer: Peer
    common: Common = Common()
    on_progress: OnProgress = _ignore
    on_rows: OnRows = _ignore_rows
    at_end: Callable[[Ending], None] = _ignore
    typed: Typed = Typed()
    spell: Callable[[str], str] = as_command
    is_short: bool = False

    @property
    def folder(self) -> str:
        """Where the caller stands, absolute: paths that it gives begin there."""
        return self.common.project or next(iter(self.peer.folders), "")


class Service(Protocol):
    """The daemon as the verbs see it."""

    config: Config
    paths: Paths

    async def read(self, call: Call, work: Callable[[Context], T], needs: Needs = "index") -> T:
        """``work`` in a thread on the view that the call names. Raises BusyError, DeadlineError, UsageError, StoreError
        when what it needs cannot be read."""

    async def look_again(self, call: Call) -> bool:
        """A question found nothing. True: something was saved that the index did not know, it is worth asking again."""

    async def write_records(self, call: Call, work: Callable[[Context, Records], T]) -> T:
        """Like ``read``, with the store that records are written to. Raises StoreError where it cannot be opened."""

    async def index(self, call: Call, request: IndexParams, path: str) -> Any:
        """Register the project around ``path``, index it now and wait. Returns the ingest process's summary."""

    async def change(self, call: Call, request: CheckRequest) -> Change:
        """The change that is to be checked, read by a process of its own. Raises UsageError, DeadlineError and what
        the reader says."""

    def projects(self) -> list[Project]: ...

    async def forget_project(self, root: str) -> Project:
        """Take a root off the list; its stores stay. Raises UsageError when it is not on it."""

    async def completed_status(self, call: Call, answer: Any) -> Any:
        """A StatusAnswer with what only the daemon knows (watching, its own checks)."""

    async def doctor(self, call: Call, request: DoctorParams) -> Any: ...

    async def tune(self, call: Call, request: TuneParams) -> Any:
        """Let the project learn its words now and wait, or go back. Raises UsageError where that is switched off."""

    def status(self) -> Any:
        """The daemon's own state (a Struct)."""

    async def actor_of(self, peer: Peer) -> Actor:
        """Who writes a record: ``human:<user>`` at a terminal, else ``agent:<client>``."""

    async def vouched(self, call: Call, person: Actor, what: str) -> Actor:
        """The person who may do ``what``, known by the passphrase where one is set; the project's audit keeps wrong
        tries. Raises NeedsTyping, WrongPassphrase, BusyError, StoreError."""

    async def passphrase(
        self, call: Call, person: Actor | None, action: PassphraseAction
    ) -> PassphraseAnswer:
        """Set, change or remove the passphrase (``person``: who is judged to be one), or say whether there is one."""

    def redacted(self, text: str) -> str:
        """``text`` with what the rules take for secrets overwritten: no record ever holds one."""

    async def write_document(self, call: Call, path: str, text: str) -> None:
        """Create a file in the project that a person asked for. Raises UsageError where one is, StoreError."""

    async def forget_copies(self, call: Call) -> None:
        """Of the project's records keep only what they are now: a person forgot one for good. Raises StoreError naming
        the copies that still hold it."""

    async def record_copies(self, call: Call) -> CopiesAnswer:
        """The copies of the project's records, each looked at as a whole."""

    async def restore_records(self, call: Call, *, undo: bool) -> RestoredAnswer:
        """Put a whole copy in the place of damaged records, or undo that. Raises UsageError, StoreError."""

    async def visit(self, call: Call, name: str) -> Visit:
        """What this client was told of the checkout before, for the next hand-over; with a ``name`` an earlier one.
        Raises UsageError when that is not known."""

    async def was_told(self, call: Call, visit: Visit, told: Told) -> None:
        """From now on the client knows this."""

    async def serve_http(self, port: int | None, *, token: bool) -> Any:
        """Open the HTTP listener, or say where it already listens. Its caller holds it open until ``leave_http``."""

    async def leave_http(self) -> None:
        """One caller needs the HTTP listener no more; without any it is closed."""

    def stop(self) -> None:
        """Begin the orderly end of the daemon."""
