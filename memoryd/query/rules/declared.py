"""What files declare beside decision documents: rules of tools, sentences of rules files, DECISION comments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from indexers.facts import Constraint
from memoryd.globs.paths import in_scope, matcher
from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionItem
from memoryd.query.rules.entry import Entry
from memoryd.query.safe_text import quote
from memoryd.store.index.queries import finding_queries

EVERYWHERE = "**"
_MAX_SLUG_WORDS = 8
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OWNERS = "codeowners"
_MODULE = re.compile(r"[A-Za-z_][\w.]*$")
_CONFIDENCE = {"decision": 0.95, "constraint": 0.98, "rule": 0.8}


def constraints(ctx: Context) -> list[tuple[str, Constraint]]:
    """(path, rule) of everything that the view's files declare."""
    return finding_queries.findings(ctx.index, ctx.view.id, Constraint)


def kind_of(constraint: Constraint) -> str:
    """``decision`` for DECISION comments, ``rule`` for other prose, ``constraint`` for what a tool enforces."""
    if constraint.kind != "prose":
        return "constraint"
    return "decision" if constraint.tool == "comment" else "rule"


def decided(ctx: Context) -> list[Entry]:
    """The DECISION comments."""
    return [entry for entry in _entries(ctx) if entry.item.kind == "decision"]


def declared(ctx: Context) -> list[Entry]:
    """The rules: of tools first, then owners, then prose."""
    found = [entry for entry in _entries(ctx) if entry.item.kind != "decision"]
    return sorted(found, key=lambda entry: (entry.item.kind != "constraint", entry.title.startswith(_OWNERS)))


def governs(constraint: Constraint, path: str) -> bool:
    """Whether the rule is about the file in particular: its scope or its subject names it, not everything."""
    if constraint.subject:
        return in_scope(constraint.scope)(path) and any(_is_about(name, path) for name in constraint.subject)
    return any(glob[:1] != "!" for glob in constraint.scope) and in_scope(constraint.scope)(path)


def narrow(constraint: Constraint) -> bool:
    """Whether it is for some place, not for all files of a language."""
    return bool(constraint.subject) or any(glob[:1] not in "*!" for glob in constraint.scope)


def _is_about(subject: str, path: str) -> bool:
    """A glob that fits the path, or a dotted module that the path is in."""
    if "/" in subject or "*." in subject:
        return matcher(subject)(path)
    names = [name.strip() for name in re.split(r"[|:]", subject)]
    return any(
        f"/{path.rpartition('.')[0]}/".find(f"/{name.replace('.', '/')}/") >= 0
        for name in names
        if _MODULE.fullmatch(name)
    )


def _entries(ctx: Context) -> Iterator[Entry]:
    seen: Counter[str] = Counter()
    for path, constraint in constraints(ctx):
        name = f"{path}#{_slug(constraint)}"
        seen[name] += 1
        yield _entry(f"{name}-{seen[name]}" if seen[name] > 1 else name, path, constraint)


def _entry(id_: str, path: str, constraint: Constraint) -> Entry:
    kind = kind_of(constraint)
    title = constraint.quote if constraint.kind == "prose" else f"{constraint.tool}: {constraint.name}"
    said = " ".join(
        part for part in (constraint.message, constraint.not_checkable and _listed(constraint)) if part
    )
    day = _DAY.search(constraint.message) if kind == "decision" else None
    item = DecisionItem(
        id=id_,
        aliases=(),
        kind=kind,
        title=quote(title, 200),
        status="accepted",
        status_source="explicit",
        health="ok",
        date=day[0] if day else "",
        path=path,
        line=constraint.line,
        supersedes=(),
        superseded_by=(),
        scope=_places(constraint) or (EVERYWHERE,),
        tier="declared",
        confidence=_CONFIDENCE[kind],
        excerpt=quote(said or constraint.quote, 300),
    )
    return Entry(
        item, f"{title} {path}", f"{constraint.message}\n{constraint.quote}\n{' '.join(_names(constraint))}"
    )


def _places(constraint: Constraint) -> tuple[str, ...]:
    """The files that the rule says it is for; modules are not files yet."""
    return constraint.scope or (constraint.subject if constraint.kind == "path_protected" else ())


def _listed(constraint: Constraint) -> str:
    return "" if constraint.kind == "prose" else f"(not checkable: {constraint.not_checkable})"


def _names(constraint: Constraint) -> Sequence[str]:
    return (*constraint.subject, *constraint.target)


def _slug(constraint: Constraint) -> str:
    text = constraint.quote if constraint.kind == "prose" else constraint.name
    words = re.findall(r"\w+", text.casefold())[:_MAX_SLUG_WORDS]
    return "-".join(words) or constraint.kind
