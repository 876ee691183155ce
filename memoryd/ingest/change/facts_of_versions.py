"""What the versions of changed files say: looked up where the index knows them, parsed where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from msgspec import structs

from indexers.facts import Comment, FileFacts, Reference, Version
from indexers.registry import language_of
from memoryd.ingest.change.versions import VersionPair
from memoryd.ingest.git.cat_file import blob_hash
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.parse.worker import PackedFile, ParseJob
from memoryd.store.index.queries.state import version_queries
from memoryd.store.index.queries.state.version_queries import Known

_SILENCES = re.compile(
    r"\b(noqa|nolint|nosec|eslint-disable|tslint:disable|pylint: ?disable|SuppressWarnings)\b", re.I
)
FactsOfVersions = Mapping[tuple[int, str], Version | str]
"""(number of the pair, ``old`` or ``new``) → what that version says, or why it is not known."""


def read_facts(
    pairs: Sequence[VersionPair], pool: ParsePool, known: Known, algorithm: str
) -> FactsOfVersions:
    """``algorithm``: of the repository's blob ids. Raises MemorydError when no parse worker can be started."""
    found: dict[tuple[int, str], Version | str] = {}
    of_job: dict[int, tuple[int, str]] = {}
    jobs: list[ParseJob] = []
    for key, path, data in _contents(pairs):
        language = language_of(path, data)
        if language is None:
            continue
        version = known.version(path, bytes.fromhex(blob_hash(data, algorithm)))
        if version is not None:
            found[key] = _slim(version)
        else:
            jobs.append(ParseJob(path, language, data))
            of_job[id(jobs[-1])] = key
    with closing(pool.run(jobs)) as outcomes:
        for outcome in outcomes:
            packed = outcome.packed
            said = _slim(_version(packed)) if packed else f"it cannot be parsed ({outcome.reason})"
            found[of_job[id(outcome.job)]] = said
    return found


def _contents(pairs: Sequence[VersionPair]) -> Iterator[tuple[tuple[int, str], str, bytes]]:
    for number, pair in enumerate(pairs):
        for side, path, data in (("old", pair.old_path or pair.path, pair.old), ("new", pair.path, pair.new)):
            if data is not None:
                yield (number, side), path, data


def _version(packed: PackedFile) -> Version:
    symbols = [
        (name, qualname, kind, line, end, shown)
        for name, qualname, kind, line, end, _, shown, _ in packed.symbols
    ]
    return version_queries.unpacked(packed.facts, packed.outline, symbols, packed.findings, packed.role)


def _slim(version: Version) -> Version:
    facts = structs.replace(
        version.facts,
        references=_of_imports(version.facts),
        comments=tuple(comment for comment in version.facts.comments if _silences(comment)),
    )
    return structs.replace(version, facts=facts)


def _of_imports(facts: FileFacts) -> tuple[Reference, ...]:
    """Uses of what Python imports as a module (``asyncio.create_task``): a ban may be on them."""
    if facts.language != "python":
        return ()
    bound = {item.alias.partition(".")[0] for item in facts.imports}
    return tuple(ref for ref in facts.references if ref.receiver.partition(".")[0] in bound and not ref.local)


def _silences(comment: Comment) -> bool:
    return bool(_SILENCES.search(comment.text[:4_000]))
