"""The passphrase before what only a person may do, and what the audits of the projects keep of it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from memoryd.daemon.projects.open_projects import OpenProjects
from memoryd.daemon.projects.project_records import ProjectRecords
from memoryd.errors import StoreError
from memoryd.query.status_answers import Check
from memoryd.records.passphrase_answer import PassphraseAnswer
from memoryd.server.callers.passphrase import PassphraseFile, Typed, WrongPassphrase
from memoryd.server.params import PassphraseAction
from memoryd.server.service import Actor, Call
from memoryd.store.records.values import AGENT, PASSPHRASE

if TYPE_CHECKING:
    from memoryd.store.records.writer import Records

log = logging.getLogger(__name__)

NOTED = "passphrase-"  # what the audit calls it; after it what was done
_WITHOUT = ("passphrase-removed", "passphrase-reset")
_MARK = re.compile(r"passphrase ([0-9a-f]{8})")
_FINDER = Actor("agent:memoryd", AGENT)
_DONE = {
    "set": "The passphrase is set: what only a person may do asks for it from now on.",
    "change": "The passphrase is changed.",
    "remove": "The passphrase is removed: a terminal of yours is enough again.",
}


class Vouching:
    """``projects``: those whose audits hear of the passphrase."""

    def __init__(self, file: PassphraseFile, projects: OpenProjects) -> None:
        self._file, self._projects = file, projects

    async def vouched(self, call: Call, person: Actor, what: str) -> Actor:
        """See Service."""
        project = await self._projects.of_call(call)
        records = self._projects.store_of(project).records
        return await asyncio.to_thread(self._vouched, records, call.typed, person, what)

    async def vouched_anywhere(self, call: Call, person: Actor, what: str) -> Actor:
        """For what is about no project that is registered yet: all audits hear of a wrong try."""
        return await asyncio.to_thread(self._vouched_everywhere, self._all(), call.typed, person, what)

    async def passphrase(
        self, call: Call, person: Actor | None, action: PassphraseAction
    ) -> PassphraseAnswer:
        """See Service."""
        if person is None or action == "status":
            return await asyncio.to_thread(self._state)
        return await asyncio.to_thread(self._carry_out, self._all(), call.typed, person, action)

    def _all(self) -> Mapping[str, ProjectRecords]:
        """Root → records, of every project that has some; in the event loop's thread only."""
        found = {project.root: self._projects.store_of(project).records for project in self._projects.all()}
        return {root: records for root, records in found.items() if records.file.exists()}

    def checks(self) -> tuple[Check, ...]:
        """What a person should know of it. Looks at the disk."""
        try:
            state = self._state()
        except StoreError as error:
            return (Check("passphrase", "fail", f"{error.what} ({error.where})", error.next_step),)
        if not state.wrong:
            return ()
        said = f"{state.wrong} wrong tries since it was last given"
        return (Check("passphrase", "warn", said, "`memoryd audit` says when; it was not you? change it"),)

    # -- in a thread

    def _vouched(self, records: ProjectRecords, typed: Typed, person: Actor, what: str) -> Actor:
        place = {str(records.file): records}
        mark = self._verified(place, typed, person, what)
        _try(place, lambda store: _heed(store, mark))
        return _by(person, mark)

    def _vouched_everywhere(
        self, everywhere: Mapping[str, ProjectRecords], typed: Typed, person: Actor, what: str
    ) -> Actor:
        return _by(person, self._verified(everywhere, typed, person, what))

    def _verified(self, places: Mapping[str, ProjectRecords], typed: Typed, person: Actor, what: str) -> str:
        """The mark of the passphrase; a wrong try is noted at the places."""
        try:
            return self._file.verify(typed.passphrase)
        except WrongPassphrase as error:
            self._note_wrong(places, person, error, what)
            raise

    def _carry_out(
        self, everywhere: Mapping[str, ProjectRecords], typed: Typed, person: Actor, action: PassphraseAction
    ) -> PassphraseAnswer:
        known = structs.replace(person, assurance=PASSPHRASE)
        try:
            if action == "set":
                said, known = ("set", self._file.set(typed.new)), person
            elif action == "change":
                said = ("changed", self._file.change(typed.passphrase, typed.new))
            else:
                said = ("removed", self._file.remove(typed.passphrase))
        except WrongPassphrase as error:
            self._note_wrong(everywhere, person, error, f"{action} the passphrase")
            raise
        unnoted = _note(everywhere, known, said[0], f"passphrase {said[1]}")
        return structs.replace(self._state(), message=_DONE[action], unnoted=unnoted)

    def _note_wrong(
        self, places: Mapping[str, ProjectRecords], person: Actor, error: WrongPassphrase, what: str
    ) -> None:
        log.warning("a wrong passphrase, try %d, to %s", error.tries, what)
        _note(places, person, "wrong", f"try {error.tries}, to {what}")

    def _state(self) -> PassphraseAnswer:
        kept, file = self._file.kept(), str(self._file.file)
        if kept is None:
            return PassphraseAnswer(False, "No passphrase is set: a terminal of a person is enough.", file)
        said = f"A passphrase is set ({kept.mark} in the audits): what only a person may do asks for it."
        wait_s = round(self._file.wait_s(kept))
        return PassphraseAnswer(True, said, file, kept.mark, kept.wrong, wait_s)


def _by(person: Actor, mark: str) -> Actor:
    return structs.replace(person, assurance=PASSPHRASE) if mark else person


def _note(places: Mapping[str, ProjectRecords], actor: Actor, what: str, said: str) -> tuple[str, ...]:
    """An entry in every audit; the places where there is none now, and why."""
    return _try(places, lambda store: _write(store, actor, what, said))


def _try(places: Mapping[str, ProjectRecords], work: Callable[[Records], None]) -> tuple[str, ...]:
    """Damaged records keep nobody from bringing them back. The places where it failed, and why."""
    failed = []
    for place, records in places.items():
        try:
            records.noting(work)
        except StoreError as error:
            log.error("the audit of %s cannot be written: %s", place, error)
            failed.append(f"{place}: {error.what}")
    return tuple(failed)


def _write(store: Records, actor: Actor, what: str, said: str) -> None:
    with store.assured(actor.assurance):
        store.note(actor.name, f"{NOTED}{what}", said)


def _heed(store: Records, mark: str) -> None:
    """What became of the passphrase past this audit is noted in it, before what is done without the one it knew."""
    last = next(
        (row for row in store.notes() if row.action.startswith(NOTED) and _MARK.match(row.reason)), None
    )
    before = _MARK.match(last.reason) if last and last.action not in _WITHOUT else None
    known = before[1] if before else ""
    if mark == known:
        return
    if not mark:
        log.warning("the passphrase %s is gone, and no command removed it", known)
        _write(
            store,
            _FINDER,
            "reset",
            f"passphrase {known}: its file is gone, and no command noted here removed it",
        )
    else:
        instead = f", in place of {known}" if known else ""
        _write(store, _FINDER, "found", f"passphrase {mark} is set{instead}; no command noted here did that")
