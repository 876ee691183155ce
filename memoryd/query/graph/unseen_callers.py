"""Who may run a definition without that any use of it can be seen: whoever its decorators give it to, and what calls it
by its name alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexers.profiles import called_unseen, only_changes
from memoryd.query.context import Context
from memoryd.query.safe_text import quote
from memoryd.query.targets import Target
from memoryd.query.text.lines import place
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries

_SHOWN = 3


def unseen_callers(ctx: Context, targets: Sequence[Target]) -> Iterator[str]:
    """In words, for the first of ``targets`` that are definitions."""
    meant = [target for target in targets if target.qualname][:_SHOWN]
    facts = dict(reader.file_facts(ctx.index, {target.file_id for target in meant}))
    rows = graph_queries.files_at(ctx.index, ctx.view.id, [target.path for target in meant])
    languages = {row.path_id: row.language for row in rows}
    for target in meant:
        language = languages.get(target.path_id, "")
        caller = called_unseen(language, target.qualname.rpartition(".")[2])
        if caller:
            yield f"{caller} calls what has that name without a use that could be seen"
        for ref in facts[target.file_id].references if target.file_id in facts else ():
            if ref.kind == "decorate" and ref.scope == target.qualname:
                name = f"{ref.receiver}.{ref.name}" if ref.receiver else ref.name
                if not only_changes(language, name):
                    where = place(target.path, ref.line)
                    said = "is applied to it and may register it for callers that are not seen"
                    yield f"{quote(name, 80)} {said} ({where})"
