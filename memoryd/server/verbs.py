"""Every verb that can be asked over the socket, in one table: arguments in, answer value out.

Questions are answered by ``memoryd.query``, whose modules are imported on their first use, so that the
daemon listens before numpy is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any

import msgspec
from msgspec import Struct, structs

from memoryd.errors import UsageError
from memoryd.query import requests
from memoryd.query.text.budget import Rendered
from memoryd.server import contributed, housekeeping, params
from memoryd.server.argument_errors import in_words
from memoryd.server.service import Call, Service

Run = Callable[[Service, Call, Any], Awaitable[Any]]
SEARCH = "memoryd.query.search.answers:SearchRequest"


class Verb(Struct, frozen=True):
    """``request``: the type of the verb's own arguments (or where to find it); ``run`` answers with a Struct;
    ``is_missing``: the answer is that what was named does not exist, or that a change is blocked."""

    name: str
    request: type | str
    run: Run
    is_missing: Callable[[Any], bool] = lambda _: False


class Question:
    """A verb answered by ``module:function(ctx, request)`` of memoryd.query, in a thread."""

    def __init__(self, place: str) -> None:
        self.place = place

    async def __call__(self, service: Service, call: Call, request: Any) -> Any:
        return await service.read(call, lambda ctx: _found(self.place)(ctx, request))


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(f"memoryd.query.{module}"), name)


async def _edges(service: Service, call: Call, request: requests.EdgesRequest) -> Any:
    """The graph page by page: each edge is a row, the answer is the last page."""
    ask = Question("graph.symbols:edges")
    while True:
        answer = await ask(service, call, request)
        if call.common.format == "text" or not answer.truncated:
            return answer
        await call.on_rows(answer.edges)
        request = structs.replace(request, offset=request.offset + len(answer.edges))


async def _brief(service: Service, call: Call, request: requests.BriefRequest) -> Any:
    tokens = call.common.max_tokens or service.config.search.brief_max_tokens
    request = structs.replace(request, max_tokens=tokens)
    return await Question("briefing.brief:brief")(service, call, request)


async def _changes(service: Service, call: Call, request: requests.ChangesRequest) -> Any:
    seen_s = await service.last_seen_s(call) if request.since == "last" else 0
    request = structs.replace(request, last_seen_s=seen_s)
    return await Question("briefing.changes:changes")(service, call, request)


async def _check(service: Service, call: Call, request: requests.CheckRequest) -> Any:
    """The change is read by ingest, then judged on the view that it leads to: the commit of a range is answered
    from its own view unless the work tree stands on it."""
    change = await service.change(call, request)
    if (
        change.head
        and not call.common.rev
        and change.head != await service.read(call, lambda ctx: ctx.view.head)
    ):
        call = structs.replace(call, common=structs.replace(call.common, rev=change.head))
    return await service.read(call, lambda ctx: _found("check.verdict:check")(ctx, request, change))


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("search", SEARCH, Question("search.hybrid:search")),
        Verb(
            "symbol", requests.SymbolRequest, Question("graph.symbols:symbol"), lambda a: a.definition is None
        ),
        Verb("refs", requests.RefsRequest, Question("graph.symbols:refs")),
        Verb("edges", requests.EdgesRequest, _edges),
        Verb("impact", requests.ImpactRequest, Question("graph.impact:impact")),
        Verb("cochange", requests.CochangeRequest, Question("history.coupling:cochange")),
        Verb("why", requests.WhyRequest, Question("briefing.why:why")),
        Verb("history", requests.HistoryRequest, Question("history.topic:history")),
        Verb("reverts", requests.RevertsRequest, Question("history.reverts:reverts")),
        Verb("decisions", requests.DecisionsRequest, Question("decisions.listing:decisions")),
        Verb("check", requests.CheckRequest, _check, lambda a: a.verdict == "BLOCK"),
        Verb("brief", requests.BriefRequest, _brief),
        Verb("changes", requests.ChangesRequest, _changes),
        Verb("conventions", requests.ConventionsRequest, Question("history.conventions:conventions")),
        Verb("operations", requests.OperationsRequest, Question("structure.operations:operations")),
        Verb("overview", requests.OverviewRequest, Question("structure.overview:overview")),
        Verb("hotspots", requests.HotspotsRequest, Question("history.hotspots:hotspots")),
        Verb("record", requests.RecordRequest, contributed.record),
        Verb("proposals", requests.ProposalsRequest, Question("records.listing:proposals")),
        Verb("confirm", requests.JudgeRequest, contributed.confirm),
        Verb("retract", requests.RetractRequest, contributed.retract),
        Verb("restore", requests.JudgeRequest, contributed.restore),
        Verb("supersede", requests.SupersedeRequest, contributed.supersede),
        Verb("forget", requests.JudgeRequest, contributed.forget),
        Verb("publish", requests.PublishRequest, contributed.publish),
        Verb("export", requests.ExportRequest, contributed.export),
        Verb("import", requests.ImportRequest, contributed.take_in),
        Verb("audit", requests.AuditRequest, Question("records.listing:audit"), lambda a: not a.ok),
        Verb("status", requests.StatusRequest, housekeeping.status),
        Verb("doctor", params.DoctorParams, housekeeping.doctor, housekeeping.has_failed),
        Verb("up", params.IndexParams, housekeeping.index),
        Verb("index", params.IndexParams, housekeeping.index),
        Verb("tune", params.TuneParams, housekeeping.tune),
        Verb("projects", params.ProjectsParams, housekeeping.projects),
        Verb("config", params.NoParams, housekeeping.config),
        Verb("serve", params.ServeParams, housekeeping.serve),
        Verb("daemon_status", params.NoParams, housekeeping.daemon_status),
        Verb("daemon_stop", params.NoParams, housekeeping.daemon_stop),
    )
}

_COMMON = frozenset(params.Common.__struct_fields__)


_SHORT = {"why": 400, "history": 400}  # tokens: asked before every edit, so they say the most telling first

_LONG = frozenset(("brief", "overview"))  # answered in search.brief_max_tokens


class Answered(Struct, frozen=True):
    """``value``: the answer; ``call``: with the common arguments taken off; ``max_tokens``: of its text."""

    verb: Verb
    call: Call
    value: Any
    max_tokens: int


async def respond(service: Service, call: Call, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one socket request: ``{"json": …}`` or ``{"text": …}``, and ``exit_code`` 1 where nothing was
    found and that is a failure. Raises MemorydError."""
    answered = await ask(service, call, name, arguments)
    missing = {"exit_code": 1} if answered.verb.is_missing(answered.value) else {}
    if answered.call.common.format == "json":
        return {"json": answered.value, **missing}
    return {"text": rendered(answered).text, **missing}


async def ask(service: Service, call: Call, name: str, arguments: Mapping[str, Any]) -> Answered:
    """The answer's value for arguments as they came in. Raises MemorydError."""
    verb = VERBS.get(name)
    if verb is None:
        raise UsageError(
            f"there is no verb {name[:40]!r}", where="method", next_step=f"verbs: {', '.join(VERBS)}"
        )
    common = {key: value for key, value in arguments.items() if key in _COMMON}
    own = {key: value for key, value in arguments.items() if key not in _COMMON}
    if name == "search":
        own.setdefault("k", service.config.search.k)
    call = structs.replace(call, common=typed(common, params.Common, name))
    value = await verb.run(service, call, typed(own, request_type(verb), name))
    limits = service.config.search
    default = limits.brief_max_tokens if name in _LONG else min(limits.max_tokens, _SHORT.get(name, 1 << 30))
    return Answered(verb=verb, call=call, value=value, max_tokens=call.common.max_tokens or default)


def rendered(answered: Answered) -> Rendered:
    """The answer as compact text, with how much of it that shows."""
    found: Rendered = _found("text.render:rendered")(answered.value, answered.max_tokens)
    return found


def request_type(verb: Verb) -> type:
    """The Struct of the verb's own arguments."""
    if isinstance(verb.request, str):
        module, _, name = verb.request.partition(":")
        return getattr(import_module(module), name)
    return verb.request


def typed(arguments: Mapping[str, Any], request: type, verb: str) -> Any:
    """``arguments`` as a ``request``. Raises UsageError naming the argument that is unknown or wrong."""
    names = request.__struct_fields__  # type: ignore[attr-defined]
    for key in arguments:
        if key not in names:
            raise UsageError(
                f"{verb} has no argument {str(key)[:60]!r}",
                where=f"{verb}.{str(key)[:60]}",
                next_step=f"its arguments: {', '.join(names) or 'none'}",
            )
    try:
        return msgspec.convert(dict(arguments), request)
    except msgspec.ValidationError as error:
        what, argument = in_words(str(error))
        raise UsageError(
            f"{verb}: {what}",
            where=f"{verb}.{argument}" if argument else verb,
            next_step=f"see `memoryd {verb.replace('_', ' ')} -h`",
        ) from error
