"""Answers as compact text, each within its budget. What is quoted from a repository comes out as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from memoryd.query import answers
from memoryd.query.check.answers import CheckAnswer
from memoryd.query.history import answers as past_answers
from memoryd.query.records import answers as memory_answers
from memoryd.query.safe_text import safe_line, safe_text
from memoryd.query.structure.operation_answers import OperationsAnswer
from memoryd.query.structure.overview_answers import OverviewAnswer
from memoryd.query.text import check_text, history_texts, memory_texts, structure_texts, texts
from memoryd.query.text.budget import Page, Rendered, Section, fit

MIN_TOKENS = 50
_PAGES: Mapping[type, Callable[[Any], Page]] = {
    answers.SymbolAnswer: texts.symbol,
    answers.RefsAnswer: texts.refs,
    answers.EdgesAnswer: texts.edges,
    answers.ImpactAnswer: texts.impact,
    answers.CochangeAnswer: texts.cochange,
    past_answers.WhyAnswer: history_texts.why,
    past_answers.HistoryAnswer: history_texts.history,
    past_answers.RevertsAnswer: history_texts.reverts,
    past_answers.ConventionsAnswer: history_texts.conventions,
    past_answers.HotspotsAnswer: history_texts.hotspots,
    OperationsAnswer: structure_texts.operations,
    OverviewAnswer: structure_texts.overview,
    answers.DecisionsAnswer: texts.decisions,
    answers.RecordAnswer: memory_texts.record,
    answers.ProposalsAnswer: memory_texts.proposals,
    memory_answers.RetractedAnswer: memory_texts.retracted,
    memory_answers.AuditAnswer: memory_texts.audit,
    memory_answers.ExportAnswer: memory_texts.exported,
    memory_answers.ImportAnswer: memory_texts.imported,
    memory_answers.PublishAnswer: memory_texts.published,
    answers.BriefAnswer: texts.brief,
    past_answers.ChangesAnswer: history_texts.changes,
    answers.StatusAnswer: texts.status,
    CheckAnswer: check_text.check,
}


def render(answer: Struct, max_tokens: int) -> str:
    """The answer in at most ``max_tokens`` times 4 characters."""
    return rendered(answer, max_tokens).text


def rendered(answer: Struct, max_tokens: int) -> Rendered:
    """The text, with how much of the answer it shows."""
    return fit(_page(answer), max(max_tokens, MIN_TOKENS))


def _page(answer: Struct) -> Page:
    make = _PAGES.get(type(answer))
    if make:
        return make(answer)
    if {"hits", "query", "total"} <= set(answer.__struct_fields__):  # search, which numpy comes with
        return texts.search(answer)
    return _plain(answer)


def _plain(answer: Struct) -> Page:
    """Any other value: its fields, line by line."""
    lines = [line for name in answer.__struct_fields__ for line in _field(name, getattr(answer, name))]
    return Page(head="", sections=[Section(items=lines, main=True)])


def _field(name: str, value: Any) -> list[str]:
    if isinstance(value, answers.Freshness):
        return [texts.freshness(value)]
    if isinstance(value, list | tuple):
        return [f"{name}: none"] if not value else [f"{name}:", *(f"  {_short(entry)}" for entry in value)]
    if isinstance(value, dict):
        return [f"{name}:", *(f"  {safe_line(str(key))}: {_short(entry)}" for key, entry in value.items())]
    if isinstance(value, Struct):
        return [
            f"{name}:",
            *(f"  {field}: {_short(getattr(value, field))}" for field in value.__struct_fields__),
        ]
    return [f"{name}: {_short(value)}"]


def _short(value: Any) -> str:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, Struct):
        return "  ".join(_short(getattr(value, field)) for field in value.__struct_fields__)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe_line(msgspec.json.encode(value).decode())
