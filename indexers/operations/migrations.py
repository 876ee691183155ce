"""Database migrations: Django, Alembic, and those that a file's name tells."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact

_DJANGO = re.compile(r"^class\s+Migration\b", re.M)
_DEPENDENCIES = re.compile(r"^[ \t]+dependencies\s*(?::[^=\n]*)?=\s*\[([^\[\]]*)\]", re.M)
_PAIR = re.compile(r"""\(\s*["']([\w.]+)["']\s*,\s*["'](\w+)["']\s*(?:,\s*)?\)""")
_STEP = re.compile(r"""migrations\.([A-Z]\w+)\(\s*(?:name=|model_name=)?(?:["'](\w+)["'])?""")
_REVISION = re.compile(r"""^revision\s*(?::[^=\n]*)?=\s*["']([\w-]+)["']""", re.M)
_DOWN = re.compile(r"^down_revision\s*(?::[^=\n]*)?=\s*([^\n]+)", re.M)
_TABLE = re.compile(
    r"""\b(create|alter|drop)[ _]table\s*(?:\(\s*)?(?:if\s+(?:not\s+)?exists\s+)?[:"'`\[]?(\w[\w.]*)""", re.I
)
NAMED = (
    (re.compile(r"(?:^|/)db/(?:\w+_)?migrate/(\d{10,14}_\w+)\.rb$"), "Rails"),
    (re.compile(r"(?:^|/)database/migrations/(?:[\w-]+/){0,4}(\d{4}_\d\d_\d\d_\d+_\w+)\.php$"), "Laravel"),
    (re.compile(r"(?:^|/)prisma/migrations/([\w-]+)/migration\.sql$"), "Prisma"),
    (re.compile(r"(?:^|/)([VURB]?\d[\w.]{0,60}__\w+|R__\w+)\.(?:sql|java)$"), "Flyway"),
    (re.compile(r"(?:^|/)migrations?/(?:[\w-]+/){0,4}(\d+_[\w.-]+)\.up\.sql$"), "golang-migrate"),
    (re.compile(r"(?:^|/)(?:Migrations|migrations)/(\d{14}_\w+)\.cs$"), "Entity Framework"),
    (re.compile(r"(?:^|/)(?:migrations?|sql|schema)/(\d[\w.-]*)\.sql$"), "SQL"),
)


def django(source: OperationSource) -> Iterator[Operation]:
    """A module in a folder ``migrations`` with a class Migration."""
    found = _DJANGO.search(source.text)
    if not found or source.name == "__init__.py":
        return
    app = posixpath.basename(posixpath.dirname(source.folder)) or "app"
    wanted = _DEPENDENCIES.search(source.text)
    needs = [f"{label}.{name}" for label, name in _PAIR.findall(wanted[1])] if wanted else []
    steps = [f"{step} {name}".strip() for step, name in _STEP.findall(source.text[:64_000])]
    yield fact(
        "migration", f"{app}.{source.name.removesuffix('.py')}", source.line_of_char(found.start()),
        end_line=len(source.lines), detail=f"Django: {', '.join(dict.fromkeys(steps))}", targets=needs,
    )  # fmt: skip


def alembic(source: OperationSource) -> Iterator[Operation]:
    revision, down = _REVISION.search(source.text), _DOWN.search(source.text)
    if revision and down:
        title = source.text.lstrip().lstrip("\"'").strip().split("\n", 1)[0]
        yield fact(
            "migration", revision[1], source.line_of_char(revision.start()),
            detail=f"Alembic: {title}", targets=re.findall(r"""["']([\w-]+)["']""", down[1]),
        )  # fmt: skip


def named(source: OperationSource) -> Iterator[Operation]:
    for pattern, tool in NAMED:
        found = pattern.search(source.path)
        if found:
            tables = [f"{verb.lower()} {table}" for verb, table in _TABLE.findall(source.text[:64_000])]
            yield fact(
                "migration", found[1], 1, end_line=len(source.lines),
                detail=f"{tool}: {', '.join(dict.fromkeys(tables))}".removesuffix(": "),
            )  # fmt: skip
            return
