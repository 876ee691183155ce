"""Verbs about the daemon and its projects rather than about code."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from msgspec import Struct

from memoryd.config import settings
from memoryd.errors import UsageError
from memoryd.query.status_answers import StatusRequest
from memoryd.server import params
from memoryd.server.service import Call, Project, Service

ANSWER_FIRST_S = 0.05  # the answer goes out before the connections end


class SettingState(Struct, frozen=True):
    """One setting in effect. ``changed``: it differs from the default."""

    name: str
    value: Any
    default: Any
    changed: bool
    doc: str
    variable: str
    flag: str


class ConfigAnswer(Struct, frozen=True):
    """``file``: where a config.toml would be read from."""

    file: str
    settings: tuple[SettingState, ...]


class ProjectsAnswer(Struct, frozen=True):
    """``forgotten``: the root that was taken off the list; ``stores``: where its index and its records stay."""

    projects: tuple[Project, ...]
    total: int
    forgotten: str = ""
    stores: str = ""


class StopAnswer(Struct, frozen=True):
    """The daemon has begun to end; ``pid`` is gone within two seconds."""

    stopping: bool
    pid: int


async def status(service: Service, call: Call, request: StatusRequest) -> Any:
    """What is known and how fresh; the daemon adds what only it knows."""
    status_of = import_module("memoryd.query.status").status
    answer = await service.read(call, lambda ctx: status_of(ctx, request), "neither")
    return await service.completed_status(call, answer)


async def doctor(service: Service, call: Call, request: params.DoctorParams) -> Any:
    return await service.doctor(call, request)


def has_failed(answer: Any) -> bool:
    """A check of the doctor failed."""
    return any(check.state == "fail" for check in getattr(answer, "checks", ()))


async def index(service: Service, call: Call, request: params.IndexParams) -> Any:
    """``up`` and ``index``: register the project, index it, answer with the summary."""
    path = request.path or call.common.project or call.peer.cwd
    if not path:
        raise UsageError("no folder was named", where="path", next_step="memoryd up PATH")
    return await service.index(call, request, path)


async def tune(service: Service, call: Call, request: params.TuneParams) -> Any:
    return await service.tune(call, request)


async def projects(service: Service, call: Call, request: params.ProjectsParams) -> ProjectsAnswer:
    gone = await service.forget_project(request.forget) if request.forget else None
    known = tuple(service.projects())
    if gone is None:
        return ProjectsAnswer(projects=known, total=len(known))
    stores = str(service.paths.project_dir(gone.key))
    return ProjectsAnswer(projects=known, total=len(known), forgotten=gone.root, stores=stores)


async def config(service: Service, call: Call, request: params.NoParams) -> ConfigAnswer:
    states = []
    for setting in settings():
        value = getattr(getattr(service.config, setting.section), setting.key)
        states.append(
            SettingState(
                name=setting.name,
                value=value,
                default=setting.default,
                changed=value != setting.default,
                doc=setting.doc,
                variable=setting.variable,
                flag=setting.flag,
            )
        )
    return ConfigAnswer(file=str(service.paths.config_file), settings=tuple(states))


async def serve(service: Service, call: Call, request: params.ServeParams) -> Any:
    answer = await service.serve_http(request.port, token=request.token)
    call.at_end(service.leave_http)
    return answer


async def daemon_status(service: Service, call: Call, request: params.NoParams) -> Any:
    return service.status()


async def daemon_stop(service: Service, call: Call, request: params.NoParams) -> StopAnswer:
    pid = service.status().pid
    asyncio.get_running_loop().call_later(ANSWER_FIRST_S, service.stop)
    return StopAnswer(stopping=True, pid=pid)
