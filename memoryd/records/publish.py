"""A record as a decision document in the project's own dialect, folder and numbering. Nothing is written here."""

from __future__ import annotations

import hashlib
import posixpath
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, structs

from memoryd.errors import UsageError
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.records.shown import item, records_of
from memoryd.query.safe_text import one_line, quote
from memoryd.records import adr_dialect
from memoryd.records.adr_dialect import DocumentDialect, Facts
from memoryd.records.answers import PublishAnswer, PublishRequest
from memoryd.store.index import reader
from memoryd.store.index.queries import decision_queries, graph_queries
from memoryd.store.index.queries.decision_queries import DecisionRow
from memoryd.store.records.values import Record, is_person
from memoryd.store.records.writer import Records

DEFAULT_FOLDER = "docs/decisions"
MAX_TITLE_CHARS = 80
MAX_SLUG_CHARS = 60
SAMPLES = 5  # newest documents that are tried as a model
ENDINGS = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc", ".txt")
_OTHER_COLLECTIONS = frozenset("rfc rfcs rfd keps kep peps enhancements proposals".split())  # noqa: SIM905
_NAME = re.compile(
    r"(?P<prefix>[A-Za-z]{0,12}[-_ ]?)(?P<number>\d{1,8})(?:(?P<gap>[-_ .]{1,3})(?P<slug>.*))?"
)
_DATED = re.compile(r"(?:19|20)\d\d[01]\d[0-3]\d")
_LOG4BRAINS_FOLDER = re.compile(r"(?m)^[^\S\n]*(?:-\s*)?adrFolder:\s*[\"']?([^\"'\s#]+)")
_REASON = re.compile(
    r"(?<!\s)[,;]?\s+(?:because|since|so that|otherwise|in order to|due to)\s", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=\w)[.!?](?=\s|$)|\n")


class Naming(Struct, frozen=True):
    """How files of the folder are called. ``number``: of the next, ``""``: they have none; ``gap``: between number
    and words, None: no words follow; ``glue``: between words; ``as_folder``: NAME/README.md."""

    prefix: str = ""
    number: str = ""
    gap: str | None = "-"
    glue: str = "-"
    ending: str = ".md"
    as_folder: bool = False


def publish(ctx: Context, request: PublishRequest) -> PublishAnswer:
    """The document as it would be written. Raises UsageError for a record that no person confirmed, that is
    published already, or for a path that is no place for it."""
    stored = _confirmed(ctx, request.id)
    rows = decision_queries.decisions(ctx.index, ctx.view.id)
    folder, where = _folder(ctx, rows, stored)
    siblings = [row for row in rows if _home(row.path) == folder]
    today = day(int(time.time()))
    naming = _naming(ctx, folder, siblings, today)
    title = title_of(stored.text)
    path = request.path.strip() or _path(folder, naming, title)
    _check_path(ctx, path)
    dialect, sample = _dialect(ctx, siblings or rows, naming.ending)
    if not path.endswith(dialect.ending):
        dialect, sample = adr_dialect.DEFAULT, ""
    facts = Facts(
        title=title,
        day=today,
        people=_person(ctx, stored),
        number=naming.number,
        text=stored.text,
        context=_context(ctx, stored),
        supersedes=_older(ctx, stored, rows, path),
    )
    text = adr_dialect.write(dialect, facts)
    digest = hashlib.sha256(f"{path}\n{text}".encode()).hexdigest()
    if request.digest and request.digest != digest:
        raise UsageError(
            "the document has changed since it was shown",
            where=path,
            next_step="run the command again and look at the new one",
        )
    learnt = f"{dialect.name}, as in {sample}" if sample else "MADR, as there is none to follow"
    return PublishAnswer(
        ctx.freshness,
        record=item(ctx, stored),
        path=path,
        text=text,
        dialect=f"{one_line(learnt)}; {where}",
        diff=_diff(path, text),
        digest=digest,
        written=False,
        message=f"This would be written to {one_line(path)}.",
    )


def linked(ctx: Context, records: Records, draft: PublishAnswer, path: str, actor: str) -> PublishAnswer:
    """The draft as written, once the record knows its file; ``path`` ``""`` takes that back."""
    stored = records.set_published(draft.record.id, path, actor)
    message = f"Written to {one_line(path)}; it is yours to edit and to commit."
    return structs.replace(draft, record=item(ctx, stored), written=bool(path), message=message)


def title_of(text: str) -> str:
    """The first sentence without its reason, as a title."""
    first = _SENTENCE.split(text.strip(), maxsplit=1)[0]
    short = _REASON.split(first, maxsplit=1)[0].strip(" .,;:")
    line = quote(short or first, MAX_TITLE_CHARS)
    return line[:1].upper() + line[1:]


def _confirmed(ctx: Context, record_id: str) -> Record:
    stored = records_of(ctx).get(record_id)
    if stored is None:
        raise UsageError(
            "there is no such record", where=record_id, next_step="`memoryd proposals --status ''` lists all"
        )
    if stored.status != "confirmed":
        raise UsageError(
            f"only what a person confirmed is published; this is {stored.status}",
            where=record_id,
            next_step=f"memoryd confirm {record_id}",
        )
    if stored.published and graph_queries.file_at(ctx.index, ctx.view.id, stored.published):
        raise UsageError(
            f"it is published already: {one_line(stored.published)}",
            where=record_id,
            next_step="edit that file; it is the project's",
        )
    return stored


# -- where


def _folder(ctx: Context, rows: Sequence[DecisionRow], stored: Record) -> tuple[str, str]:
    """(the folder of the new document, why there)."""
    adr_dir = _tidy(_text(ctx, ".adr-dir"))
    if _is_plain(adr_dir):
        return adr_dir, "the folder that .adr-dir names"
    anchors = [anchor.partition(":")[0] for anchor in stored.anchors]
    named = [_tidy(f) for f in _LOG4BRAINS_FOLDER.findall(_text(ctx, ".log4brains.yml")[:20_000])]
    homes = Counter({folder: 1 for folder in named if _is_plain(folder)})
    why = "the folder that .log4brains.yml names" if homes else "where the project keeps its decisions"
    if not homes:
        homes = Counter(_home(row.path) for row in rows)
        homes = Counter(
            {f: n for f, n in homes.items() if posixpath.basename(f).lower() not in _OTHER_COLLECTIONS}
        )
    if not homes:
        return DEFAULT_FOLDER, "the usual folder, as the project has none"
    near = {folder: max((_shared(folder, anchor) for anchor in anchors), default=0) for folder in homes}
    return min(homes, key=lambda folder: (-near[folder], -homes[folder], folder.count("/"), folder)), why


def _home(path: str) -> str:
    """The folder whose documents are numbered together."""
    folder, _, name = path.rpartition("/")
    inside = posixpath.splitext(name)[0].lower() == "readme" and _NAME.fullmatch(posixpath.basename(folder))
    return folder.rpartition("/")[0] if inside else folder


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common from the root."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(one.count("/"), other.count("/")))


def _tidy(path: str) -> str:
    return path.strip().removeprefix("./").rstrip("/")


def _is_plain(path: str) -> bool:
    """Relative, inside the project, and no more than a path. Whoever writes checks again, on the disk."""
    return bool(path) and "\n" not in path and len(path) <= 400 and not any(
        part in ("", ".", "..", ".git") for part in path.split("/")
    )  # fmt: skip


def _check_path(ctx: Context, path: str) -> None:
    if not _is_plain(path) or not path.endswith(ENDINGS):
        raise UsageError(
            f"`{quote(path, 200)}` is no path for a decision document",
            where="path",
            next_step=f"give a path below the project's root that ends in {', '.join(ENDINGS)}",
        )
    if graph_queries.file_at(ctx.index, ctx.view.id, path):
        raise UsageError(
            f"{quote(path, 200)} exists; nothing is overwritten", where="path", next_step="name another file"
        )


# -- its name


def _naming(ctx: Context, folder: str, siblings: Sequence[DecisionRow], today: str) -> Naming:
    """As most of the documents there are called; numbers go on after the highest of any file there."""
    prefix = f"{folder}/" if folder else ""
    below = graph_queries.paths_under(ctx.index, ctx.view.id, prefix, 5_000)
    stems = dict.fromkeys(posixpath.splitext(path[len(prefix) :].partition("/")[0])[0] for path in below)
    names = [m for row in siblings if (m := _NAME.fullmatch(_stem(row.path)))]
    ending = Counter(posixpath.splitext(row.path)[1] for row in siblings).most_common(1)
    as_folder = sum(_stem(row.path) != _file_stem(row.path) for row in siblings) * 2 > len(siblings)
    if siblings and not names:
        return Naming(
            glue=_glue([_stem(row.path) for row in siblings]), ending=ending[0][0], as_folder=as_folder
        )
    if not names:
        return Naming(number="0001")
    (head, gap), _ = Counter((m["prefix"], m["gap"]) for m in names).most_common(1)[0]
    if sum(bool(_DATED.fullmatch(m["number"])) for m in names) * 2 > len(names):
        number = today.replace("-", "")
    else:
        taken = [
            m["number"]
            for stem in stems
            if (m := _NAME.fullmatch(stem)) and not _DATED.fullmatch(m["number"])
        ]
        padded = any(n.startswith("0") for n in taken)
        width = max(map(len, taken)) if padded else 0
        number = str(max(map(int, taken), default=0) + 1).zfill(width)
    return Naming(head, number, gap, _glue([m["slug"] or "" for m in names]), ending[0][0], as_folder)


def _stem(path: str) -> str:
    """The name that identifies the document: its file's, or for a README its folder's."""
    return (
        posixpath.basename(posixpath.dirname(path))
        if _home(path) != posixpath.dirname(path)
        else _file_stem(path)
    )


def _file_stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _glue(slugs: Sequence[str]) -> str:
    counts = Counter(char for slug in slugs for char in slug if char in "-_ ")
    return counts.most_common(1)[0][0] if counts else "-"


def _path(folder: str, naming: Naming, title: str) -> str:
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode())
    words = words or re.findall(r"[^\W_]+", title) or ["decision"]
    slug = ""
    for word in words:
        longer = f"{slug}{naming.glue if slug else ''}{word.lower()}"
        if slug and len(longer) > MAX_SLUG_CHARS:
            break
        slug = longer[:MAX_SLUG_CHARS]
    ending = "" if naming.gap is None else f"{naming.gap}{slug}"
    name = f"{naming.prefix}{naming.number}{ending}" if naming.number else slug
    name = f"{name}/README{naming.ending}" if naming.as_folder else f"{name}{naming.ending}"
    return f"{folder}/{name}" if folder else name


# -- its content


def _dialect(ctx: Context, rows: Sequence[DecisionRow], ending: str) -> tuple[DocumentDialect, str]:
    """(dialect, the document it was learnt from): of the newest one that can serve as a model."""
    for row in sorted(rows, key=lambda row: (row.decision.number.zfill(9), row.path), reverse=True)[:SAMPLES]:
        if row.path.endswith(ending):
            text = reader.file_text(ctx.index, row.file_id).decode("utf-8", "replace")
            found = adr_dialect.read(text, ending, row.decision.number)
            if found:
                return found, row.path
    return adr_dialect.DEFAULT, ""


def _context(ctx: Context, stored: Record) -> str:
    by = quote(stored.actor.partition(":")[2], 80)
    how = "" if is_person(stored.actor) else f", confirmed by {_person(ctx, stored)}"
    said = f"Recorded on {day(stored.created_at_s)} by {by}{how} (memoryd record {stored.id})."
    about = ", ".join(f"`{one_line(anchor).replace('`', '')}`" for anchor in stored.anchors)
    return f"{said} It is about {about}." if about else said


def _person(ctx: Context, stored: Record) -> str:
    actor = stored.actor if is_person(stored.actor) else records_of(ctx).confirmed_by(stored.id)
    return quote(actor.partition(":")[2], 80)


def _older(ctx: Context, stored: Record, rows: Sequence[DecisionRow], path: str) -> tuple[str, str] | None:
    """(title, relative path) of the document of the record that this one replaces."""
    older = records_of(ctx).get(stored.supersedes) if stored.supersedes else None
    row = next((row for row in rows if older and row.path == older.published), None)
    if row is None:
        return None
    return row.decision.title, posixpath.relpath(row.path, posixpath.dirname(path) or ".")


def _text(ctx: Context, path: str) -> str:
    row = graph_queries.file_at(ctx.index, ctx.view.id, path)
    return reader.file_text(ctx.index, row.file_id).decode("utf-8", "replace") if row else ""


def _diff(path: str, text: str) -> str:
    lines = text.splitlines()
    head = ["--- /dev/null", f"+++ b/{one_line(path)}", f"@@ -0,0 +1,{len(lines)} @@"]
    return "\n".join([*head, *(f"+{line}" for line in lines)])
