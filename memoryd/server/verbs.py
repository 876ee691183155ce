"""Every verb that can be asked over the socket, in one table: arguments in, answer value out.

Questions are answered by ``memoryd.query``. Requests and answers are imported with the table; the functions on their
first use, so that the daemon listens before numpy is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from memoryd.config import Config, SearchSection
from memoryd.errors import MemorydError, NothingThere, UsageError
from memoryd.query.briefing.brief_answers import BriefAnswer, BriefRequest
from memoryd.query.briefing.changes_answers import ChangesAnswer, ChangesRequest
from memoryd.query.briefing.why_answers import WhyAnswer, WhyRequest
from memoryd.query.check.answers import CheckAnswer, CheckRequest
from memoryd.query.decisions.answers import DecisionsAnswer, DecisionsRequest
from memoryd.query.graph.impact_answers import ImpactAnswer, ImpactRequest
from memoryd.query.graph.symbols_answers import (
    EdgesAnswer,
    EdgesRequest,
    RefsAnswer,
    RefsRequest,
    SymbolAnswer,
    SymbolRequest,
)
from memoryd.query.history.cochange_answers import CochangeAnswer, CochangeRequest
from memoryd.query.history.conventions_answers import ConventionsAnswer, ConventionsRequest
from memoryd.query.history.history_answers import HistoryAnswer, HistoryRequest
from memoryd.query.history.hotspots_answers import HotspotsAnswer, HotspotsRequest
from memoryd.query.history.reverts_answers import RevertsAnswer, RevertsRequest
from memoryd.query.records.answers import AuditAnswer, AuditRequest, ProposalsAnswer, ProposalsRequest
from memoryd.query.search.answers import SearchAnswer, SearchRequest
from memoryd.query.search.text_answers import TextAnswer
from memoryd.query.status_answers import StatusAnswer, StatusRequest
from memoryd.query.structure.operations_answers import OperationsAnswer, OperationsRequest
from memoryd.query.structure.overview_answers import OverviewAnswer, OverviewRequest
from memoryd.query.text.budget import Rendered
from memoryd.query.text.render import rendered as as_text
from memoryd.records.answers import (
    ExportAnswer,
    ExportRequest,
    ImportAnswer,
    ImportRequest,
    JudgeRequest,
    PublishAnswer,
    PublishRequest,
    RecordAnswer,
    RecordRequest,
    RetractedAnswer,
    RetractRequest,
    SupersedeRequest,
)
from memoryd.records.copies_answers import CopiesAnswer, RestoredAnswer
from memoryd.records.passphrase_answer import PassphraseAnswer
from memoryd.server import contributed, housekeeping, params
from memoryd.server.argument_errors import in_words
from memoryd.server.redaction import without_secrets
from memoryd.server.service import Call, Needs, Service

Run = Callable[[Service, Call, Any], Awaitable[Any]]
TextLength = Literal["normal", "short", "long"]
SHORT = frozenset(("search", "symbol"))  # measured by bench/load.py: a few milliseconds
SHORT_TOKENS = 400  # of what is asked before every edit, and so says the most telling first


class Verb(Struct, frozen=True):
    """``request``: the type of the verb's own arguments. ``answer``: the type of what it answers, or a union of such
    (None: a value of the daemon's own). ``is_missing``: the answer is that what was named does not exist, or that a
    change is blocked. ``length``: of its text where the call does not say. ``defaults``: arguments that the
    configuration gives where the call does not."""

    name: str
    request: type
    answer: Any
    run: Run
    is_missing: Callable[[Any], bool] = lambda _: False
    length: TextLength = "normal"
    defaults: Callable[[Config], dict[str, Any]] = lambda _: {}


class QueryFunction:
    """A verb answered by ``module:function(ctx, request)`` of memoryd.query, in a thread."""

    def __init__(self, place: str, needs: Needs = "index") -> None:
        self.place, self.needs = place, needs

    async def __call__(self, service: Service, call: Call, request: Any) -> Any:
        """Nothing is said to be nowhere before it was looked whether it was saved this moment."""
        try:
            answer = await self._answer(service, call, request)
            if self.needs != "index" or not _is_none(answer) or not await service.look_again(call):
                return answer
        except NothingThere:
            if not await service.look_again(call):
                raise
        return await self._answer(service, call, request)

    async def _answer(self, service: Service, call: Call, request: Any) -> Any:
        return await service.read(call, lambda ctx: self.function(ctx, request), self.needs)

    @property
    def function(self) -> Callable[..., Any]:
        module, _, name = self.place.partition(":")
        found: Callable[..., Any] = getattr(import_module(f"memoryd.query.{module}"), name)
        return found


def _is_none(answer: Any) -> bool:
    return getattr(answer, "total", 1) == 0 or getattr(answer, "definition", answer) is None


async def _edges(service: Service, call: Call, request: EdgesRequest) -> Any:
    """The graph page by page: each edge is a row, the answer is the last page."""
    ask = QueryFunction("graph.symbols:edges")
    while True:
        answer = await ask(service, call, request)
        if call.common.format == "text" or not answer.truncated:
            return answer
        await call.on_rows(answer.edges)
        request = structs.replace(request, offset=request.offset + len(answer.edges))


async def _brief(service: Service, call: Call, request: BriefRequest) -> Any:
    tokens = call.common.max_tokens or service.config.search.brief_max_tokens
    request = structs.replace(request, max_tokens=tokens)
    return await QueryFunction("briefing.brief:brief")(service, call, request)


async def _changes(service: Service, call: Call, request: ChangesRequest) -> Any:
    """What is handed over by visits is noted as told as far as the answer shows it."""
    since = request.since.strip() or "last"
    if since != "last" and not since.startswith("@"):
        return await QueryFunction("briefing.changes:changes")(service, call, request)
    name, rest, offset = since.partition("+")
    if offset.isdecimal():
        request = structs.replace(request, offset=int(offset[:9]))
    visit = await service.visit(call, "" if name == "last" else name)
    visit = structs.replace(visit, rest=bool(rest))
    hand_over = QueryFunction("briefing.hand_over:hand_over").function
    answer, told = await service.read(call, lambda ctx: hand_over(ctx, request, visit))
    text = None
    if call.common.format == "text" or call.peer.surface != "cli":
        text = as_text(answer, call.common.max_tokens or service.config.search.max_tokens, call.spell)
    await service.was_told(call, visit, told(answer.shown(text)))
    return answer


async def _check(service: Service, call: Call, request: CheckRequest) -> Any:
    try:
        return await _checked(service, call, request)
    except MemorydError as error:
        error.freshness = error.freshness or await _freshness(service, call)
        raise


async def _checked(service: Service, call: Call, request: CheckRequest) -> Any:
    """The change is read by ingest, then judged on the view that it leads to: the commit of a range is answered
    from its own view unless the work tree stands on it."""
    if request.diff == "" and request.paths:  # some clients fill in every argument
        request = structs.replace(request, diff=None)
    change = await service.change(call, request)
    if (
        change.head
        and not call.common.rev
        and change.head != await service.read(call, lambda ctx: ctx.view.head)
    ):
        call = structs.replace(call, common=structs.replace(call.common, rev=change.head))
    check = QueryFunction("check.verdict:check")
    return await service.read(call, lambda ctx: check.function(ctx, request, change))


async def _freshness(service: Service, call: Call) -> str:
    """How current the index is, for an error that comes from elsewhere."""
    try:
        return await service.read(call, lambda ctx: ctx.freshness.line(), "neither")
    except MemorydError as error:
        return f"freshness: not known ({error.what})"


def _is_not_whole(answer: Any) -> bool:
    return isinstance(answer, CopiesAnswer) and not answer.whole


def _search_defaults(config: Config) -> dict[str, Any]:
    return {"k": config.search.k}


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            "search",
            SearchRequest,
            SearchAnswer | TextAnswer,
            QueryFunction("search.by_text:search"),
            defaults=_search_defaults,
        ),
        Verb(
            "symbol",
            SymbolRequest,
            SymbolAnswer,
            QueryFunction("graph.symbols:symbol"),
            lambda a: a.definition is None,
        ),
        Verb("refs", RefsRequest, RefsAnswer, QueryFunction("graph.symbols:refs")),
        Verb("edges", EdgesRequest, EdgesAnswer, _edges),
        Verb("impact", ImpactRequest, ImpactAnswer, QueryFunction("graph.impact:impact")),
        Verb("cochange", CochangeRequest, CochangeAnswer, QueryFunction("history.cochange:cochange")),
        Verb("why", WhyRequest, WhyAnswer, QueryFunction("briefing.why:why"), length="short"),
        Verb(
            "history", HistoryRequest, HistoryAnswer, QueryFunction("history.history:history"), length="short"
        ),
        Verb("reverts", RevertsRequest, RevertsAnswer, QueryFunction("history.reverts:reverts")),
        Verb("decisions", DecisionsRequest, DecisionsAnswer, QueryFunction("decisions.listing:decisions")),
        Verb("check", CheckRequest, CheckAnswer, _check, lambda a: a.verdict == "BLOCK"),
        Verb("brief", BriefRequest, BriefAnswer, _brief, length="long"),
        Verb("changes", ChangesRequest, ChangesAnswer, _changes),
        Verb(
            "conventions",
            ConventionsRequest,
            ConventionsAnswer,
            QueryFunction("history.conventions:conventions"),
        ),
        Verb(
            "operations",
            OperationsRequest,
            OperationsAnswer,
            QueryFunction("structure.operations:operations"),
        ),
        Verb(
            "overview",
            OverviewRequest,
            OverviewAnswer,
            QueryFunction("structure.overview:overview"),
            length="long",
        ),
        Verb("hotspots", HotspotsRequest, HotspotsAnswer, QueryFunction("history.hotspots:hotspots")),
        Verb("record", RecordRequest, RecordAnswer, contributed.record),
        Verb(
            "proposals",
            ProposalsRequest,
            ProposalsAnswer,
            QueryFunction("records.listing:proposals", "records"),
        ),
        Verb("confirm", JudgeRequest, RecordAnswer, contributed.confirm),
        Verb("retract", RetractRequest, RecordAnswer | RetractedAnswer, contributed.retract),
        Verb("restore", JudgeRequest, RecordAnswer, contributed.restore),
        Verb("supersede", SupersedeRequest, RecordAnswer, contributed.supersede),
        Verb("forget", JudgeRequest, RecordAnswer, contributed.forget),
        Verb("publish", PublishRequest, PublishAnswer, contributed.publish),
        Verb("export", ExportRequest, ExportAnswer, contributed.export),
        Verb("import", ImportRequest, ImportAnswer, contributed.take_in),
        Verb(
            "audit",
            AuditRequest,
            AuditAnswer,
            QueryFunction("records.listing:audit", "records"),
            lambda a: not a.ok,
        ),
        Verb(
            "records", params.RecordsParams, CopiesAnswer | RestoredAnswer, contributed.copies, _is_not_whole
        ),
        Verb("passphrase", params.PassphraseParams, PassphraseAnswer, contributed.passphrase),
        Verb("status", StatusRequest, StatusAnswer, housekeeping.status),
        Verb("doctor", params.DoctorParams, StatusAnswer, housekeeping.doctor, housekeeping.has_failed),
        Verb("up", params.IndexParams, None, housekeeping.index),
        Verb("index", params.IndexParams, None, housekeeping.index),
        Verb("tune", params.TuneParams, None, housekeeping.tune),
        Verb("projects", params.ProjectsParams, housekeeping.ProjectsAnswer, housekeeping.projects),
        Verb("config", params.NoParams, housekeeping.ConfigAnswer, housekeeping.config),
        Verb("serve", params.ServeParams, None, housekeeping.serve),
        Verb("daemon_status", params.NoParams, None, housekeeping.daemon_status),
        Verb("daemon_stop", params.NoParams, housekeeping.StopAnswer, housekeeping.daemon_stop),
    )
}

_COMMON = frozenset(params.Common.__struct_fields__)


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
    own = verb.defaults(service.config) | {k: value for k, value in arguments.items() if k not in _COMMON}
    call = structs.replace(call, common=typed(common, params.Common, name), is_short=name in SHORT)
    value = await verb.run(service, call, typed(own, verb.request, name))
    max_tokens = call.common.max_tokens or _tokens(verb.length, service.config.search)
    return Answered(verb=verb, call=call, value=value, max_tokens=max_tokens)


def _tokens(length: TextLength, limits: SearchSection) -> int:
    if length == "long":
        return limits.brief_max_tokens
    return min(limits.max_tokens, SHORT_TOKENS) if length == "short" else limits.max_tokens


def rendered(answered: Answered) -> Rendered:
    """The answer as compact text, with how much of it that shows."""
    return as_text(answered.value, answered.max_tokens, answered.call.spell)


def typed(arguments: Mapping[str, Any], request: type, verb: str) -> Any:
    """``arguments`` as a ``request``, without secrets. Raises UsageError naming the argument that is wrong."""
    names = request.__struct_fields__  # type: ignore[attr-defined]
    for key in arguments:
        if key not in names:
            raise UsageError(
                f"{verb} has no argument {str(key)[:60]!r}",
                where=f"{verb}.{str(key)[:60]}",
                next_step=f"its arguments: {', '.join(names) or 'none'}",
            )
    try:
        return without_secrets(msgspec.convert(dict(arguments), request))
    except msgspec.ValidationError as error:
        what, argument = in_words(str(error))
        raise UsageError(
            f"{verb}: {what}",
            where=f"{verb}.{argument}" if argument else verb,
            next_step=f"see `memoryd {verb.replace('_', ' ')} -h`",
        ) from error
