"""What the surfaces ask of the daemon: each method finds the project, then hands the work to its room."""

from __future__ import annotations

import asyncio
import functools
import os
import pwd
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct, structs

import memoryd
from indexers.facts import Change
from memoryd.config import Config
from memoryd.daemon import doctor
from memoryd.daemon.idle_work import IdleWork
from memoryd.daemon.indexing.change_reader import DEADLINE_S, ChangeReader
from memoryd.daemon.indexing.jobs import IndexTarget
from memoryd.daemon.processes import process_memory
from memoryd.daemon.projects import last_visits
from memoryd.daemon.projects.open_projects import OpenProjects
from memoryd.daemon.tuning.tuner import TuneAnswer, Tuner
from memoryd.daemon.vouching import Vouching
from memoryd.errors import UsageError
from memoryd.ingest import documents
from memoryd.ingest.job import IndexSummary
from memoryd.paths import Paths
from memoryd.query.briefing.told import Told, Visit
from memoryd.query.check.answers import CheckRequest
from memoryd.query.context import Context
from memoryd.records.copies_answers import CopiesAnswer, RestoredAnswer, listed, restored, undone
from memoryd.records.passphrase_answer import PassphraseAnswer
from memoryd.server.callers import judgement
from memoryd.server.callers.passphrase import PassphraseFile
from memoryd.server.callers.process import processes
from memoryd.server.gate import Gate
from memoryd.server.params import DoctorParams, IndexParams, PassphraseAction, TuneParams
from memoryd.server.service import Actor, Call, Needs, Peer, Project
from memoryd.store.records.values import AGENT, TERMINAL

if TYPE_CHECKING:
    from memoryd.store.records.writer import Records

T = TypeVar("T")


class ProcessState(Struct, frozen=True):
    """``clients``: open connections; ``http``: address or empty; ``ready``: everything is imported."""

    clients: int
    http: str
    ready: bool


class Process(Protocol):
    """The process around the service: what only it can do."""

    def state(self) -> ProcessState: ...
    def stop(self) -> None: ...
    async def serve_http(self, port: int | None, *, token: bool) -> Any: ...
    async def leave_http(self) -> None: ...


class DaemonStatus(Struct, frozen=True):
    """The daemon's own state. ``clients``: open connections; ``answering``: questions being computed or
    waiting; ``ingest_pids``: indexing processes alive; ``http``: address or empty."""

    pid: int
    version: str
    home: str
    socket: str
    uptime_s: int
    clients: int
    answering: int
    projects: int
    watching: tuple[str, ...]
    indexing: tuple[str, ...]
    ingest_pids: tuple[int, ...]
    rss_mb: int
    http: str
    ready: bool


class DaemonService:
    """Implements server.service.Service. ``projects``: what is registered and open; ``idle``: what gives way."""

    def __init__(self, paths: Paths, config: Config, gate: Gate, process: Process) -> None:
        self.paths, self.config = paths, config
        self._gate, self._process = gate, process
        self.open_projects = OpenProjects(paths, config, gate, lambda: self.idle.make_way())
        self.views = self.open_projects.views
        environment = self.open_projects.environment()
        self._change_reader = ChangeReader(paths.log, environment, config.daemon.ingest_idle_s)
        self.idle = IdleWork(self.open_projects, Tuner(paths.log, environment), gate, config)
        self._vouching = Vouching(PassphraseFile(paths.passphrase), self.open_projects)
        self._started_s = time.monotonic()
        self.project_of = self.open_projects.of_call
        self.store_of = self.open_projects.store_of

    # --- questions

    async def read(self, call: Call, work: Callable[[Context], T], needs: Needs = "index") -> T:
        project = await self.project_of(call)
        # A question about a commit is no reason to look at the work tree.
        store = self.store_of(project) if call.common.rev else await self.open_projects.use(project)
        self.idle.make_way()
        return await self.views.read(call, project, store, work, needs)

    async def look_again(self, call: Call) -> bool:
        return not call.common.rev and await self.open_projects.look_again(await self.project_of(call))

    async def change(self, call: Call, request: CheckRequest) -> Change:
        project = await self.project_of(call)
        store = self.store_of(project)
        asked = structs.asdict(request) | {
            "root": project.root,
            "index": str(store.index_file),
            "folder": call.folder,
        }
        limit_s = DEADLINE_S if call.peer.surface == "cli" else self.config.limits.deadline_s
        return await self._change_reader.read(asked | {"rev": call.common.rev or ""}, limit_s or DEADLINE_S)

    async def visit(self, call: Call, name: str) -> Visit:
        project = await self.project_of(call)
        store = self.store_of(project)
        if name:
            return await asyncio.to_thread(last_visits.again, store.folder, name)
        caller = await self._caller(call, project)
        return await asyncio.to_thread(last_visits.last, store.folder, caller)

    async def was_told(self, call: Call, visit: Visit, told: Told) -> None:
        project = await self.project_of(call)
        caller, folder = await self._caller(call, project), self.store_of(project).folder
        await asyncio.to_thread(last_visits.note, folder, caller, visit, told, time.time())

    async def _caller(self, call: Call, project: Project) -> last_visits.Caller:
        peer = call.peer
        checkout = f"{project.root}@{call.common.rev}" if call.common.rev else project.root
        actor = await self.actor_of(peer)
        return last_visits.Caller(actor.name, checkout, peer.session, peer.began_at_s or time.time())

    # --- contributed memory

    async def write_records(self, call: Call, work: Callable[[Context, Records], T]) -> T:
        store = self.store_of(await self.project_of(call))
        return await self.read(call, lambda ctx: work(ctx, store.records.writer()), "records")

    async def actor_of(self, peer: Peer) -> Actor:
        agent = f"agent:{peer.client or peer.surface}"[:200]
        if peer.caller is None:
            return Actor(agent, AGENT)
        doubt = await asyncio.to_thread(lambda: judgement.doubt(peer.caller, processes(), judgement.known()))
        if doubt:
            return Actor(agent, AGENT, doubt)
        return Actor(f"human:{_user_name(peer.caller.uid)}", TERMINAL)

    async def vouched(self, call: Call, person: Actor, what: str) -> Actor:
        return await self._vouching.vouched(call, person, what)

    async def passphrase(
        self, call: Call, person: Actor | None, action: PassphraseAction
    ) -> PassphraseAnswer:
        return await self._vouching.passphrase(call, person, action)

    def redacted(self, text: str) -> str:
        from indexers.secrets import redact_text  # not before the first clients are served

        return redact_text(text)

    async def write_document(self, call: Call, path: str, text: str) -> None:
        project = await self.project_of(call)
        if await self.views.is_bare(project):
            raise UsageError(
                "a bare repository has no files to add to",
                where=project.root,
                next_step="run it in a work tree",
            )
        await asyncio.to_thread(documents.write_new, Path(project.root), path, text.encode())

    async def forget_copies(self, call: Call) -> None:
        store = self.store_of(await self.project_of(call))
        await asyncio.to_thread(store.records.forget_copies)

    async def record_copies(self, call: Call) -> CopiesAnswer:
        project = await self.project_of(call)
        records = self.store_of(project).records
        problem = await asyncio.to_thread(records.examined)
        return listed(project.root, records.file, problem, await asyncio.to_thread(records.copies))

    async def restore_records(self, call: Call, *, undo: bool) -> RestoredAnswer:
        project = await self.project_of(call)
        records = self.store_of(project).records
        done = await asyncio.to_thread(records.restore, undo=undo)
        return undone(project.root, done) if undo else restored(project.root, done)

    # --- projects and their state

    def projects(self) -> list[Project]:
        return self.open_projects.all()

    async def forget_project(self, root: str) -> Project:
        return await self.open_projects.forget(root)

    async def index(self, call: Call, request: IndexParams, path: str) -> IndexSummary:
        if request.repository == "same":
            await self._need_same(call)
        project = await self.open_projects.register(path, request.repository)
        store = self.store_of(project)
        self.idle.make_way()
        rev = await self.views.sha(project, call.common.rev)
        job = store.queue.post(IndexTarget(project.root, rev), full=request.full, background=False)
        summary = await store.queue.follow(job, call.on_progress)
        if rev is None:
            await self.open_projects.use(project)
        return summary

    async def _need_same(self, call: Call) -> None:
        """Who says that another repository is the same project. Raises UsageError unless a person does."""
        actor = await self.actor_of(call.peer)
        if not actor.is_person:
            raise UsageError(
                "only a person may say that another repository is the same project: its records are told there",
                where="--same-project",
                next_step="run the command in a terminal of your own; --new-project leaves the records where they are",
            )
        await self._vouching.vouched_anywhere(call, actor, "say that it is the same project")

    async def tune(self, call: Call, request: TuneParams) -> TuneAnswer:
        project = await self.project_of(call)
        await self.views.embedder_known.wait()
        store, base = self.store_of(project), self.views.embedder
        self.idle.make_way()
        if request.reset:
            await asyncio.to_thread(store.learned.set_back, base)
        elif base is None or not self.config.vectors.tune:
            raise UsageError(
                "the settings of this daemon switch tuning off",
                where="vectors.enabled, vectors.tune",
                next_step="set both to true, then `memoryd daemon stop`",
            )
        else:
            view = await self.read(call, lambda ctx: ctx.view.name)
            store.learned.failed = False
            await self.idle.learn(store, view, call.on_progress)
        return store.learned.answer(project.root, base)

    async def doctor(self, call: Call, request: DoctorParams) -> Any:
        await self.open_projects.watch.begun((await self.project_of(call)).root)
        return await doctor.doctor(self, call, request)

    async def completed_status(self, call: Call, answer: Any) -> Any:
        project = await self.project_of(call)
        state = self.open_projects.watch.state(project.root)
        store = self.store_of(project)
        look = functools.partial(doctor.project_checks, project.root, self.config)
        own = (*doctor.own_checks(state, store), *await self._gate.look(look, where=project.root))
        own = (*own, *await asyncio.to_thread(self._vouching.checks))
        learned = store.learned.in_words()
        return structs.replace(answer, watch=state.text, tuning=learned, checks=(*answer.checks, *own))

    # --- the daemon itself

    def status(self) -> DaemonStatus:
        process, opened = self._process.state(), self.open_projects
        return DaemonStatus(
            pid=os.getpid(),
            version=memoryd.__version__,
            home=str(self.paths.home),
            socket=str(self.paths.socket),
            uptime_s=int(time.monotonic() - self._started_s),
            clients=process.clients,
            answering=self._gate.taken,
            projects=len(opened.all()),
            watching=tuple(sorted(opened.watch.roots())),
            indexing=opened.indexing(),
            ingest_pids=tuple(store.queue.pid for store in opened.stores() if store.queue.pid),
            rss_mb=process_memory.rss_mb(),
            http=process.http,
            ready=process.ready,
        )

    async def serve_http(self, port: int | None, *, token: bool) -> Any:
        return await self._process.serve_http(port, token=token)

    async def leave_http(self) -> None:
        await self._process.leave_http()

    def stop(self) -> None:
        self._process.stop()

    async def close(self) -> None:
        """End the children and the watchers; records are closed last."""
        self.open_projects.watch.close()
        self._change_reader.close()
        self.idle.make_way()
        await self.open_projects.close()


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
