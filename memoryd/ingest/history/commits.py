"""Commits as they are stored: without secrets, with what they say and do beside their changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import structs

from indexers import terms
from indexers.facts import Commit, CommitNote, FileChange
from indexers.history import dependencies, rationale, reverts
from indexers.secrets import redact_text
from memoryd.ingest.git.repository import Git
from memoryd.ingest.units import Units
from memoryd.store.index.writer import CommitEntry

MAX_BODY_CHARACTERS = 20_000
_PATHS_KEPT = 1 << 16  # some 10 MB
_INDEXED_BODY_CHARACTERS = 500  # more of a message adds trailers and noise

Manifests = Mapping[tuple[str, str], dependencies.Packages]  # (path, blob) → what it asks for


def entries(git: Git, commits: Sequence[Commit], units: Units) -> Iterator[CommitEntry]:
    """One per commit, in order. Raises GitError."""
    manifests = _manifests(git, commits, units)
    for commit in commits:
        if units.leaves_out("commit", commit.sha):
            yield _without_message(commit)
        else:
            with units.at("commit", commit.sha, "", len(commit.subject) + len(commit.body)):
                found = entry(commit, manifests)
            yield found


def _without_message(commit: Commit) -> CommitEntry:
    """What is left of one whose message costs too much: who changed which files and when."""
    return CommitEntry(structs.replace(_without_secrets(commit), subject="", body=""), terms.encode([""]))


def entry(commit: Commit, manifests: Manifests | None = None) -> CommitEntry:
    """The commit's row; without ``manifests`` nothing is said of its dependencies."""
    clean = _without_secrets(commit)
    effect, inverse = reverts.effects(clean)
    stored = structs.replace(clean, body=clean.body[:MAX_BODY_CHARACTERS])
    return CommitEntry(
        stored,
        terms.encode([f"{clean.subject}\n{clean.body[:_INDEXED_BODY_CHARACTERS]}"]),
        (*rationale.notes(clean), *reverts.notes(clean), *_dependencies(commit, manifests or {})),
        effect,
        inverse,
    )


@lru_cache(maxsize=_PATHS_KEPT)
def _name(text: str) -> str:
    """A path, an author or an address without secrets; the same ones stand in commit after commit."""
    return redact_text(text)


def _without_secrets(commit: Commit) -> Commit:
    """Names of authors and files may hold a token as well: whoever commits chooses them."""
    return structs.replace(
        commit,
        subject=redact_text(commit.subject),
        body=redact_text(commit.body),
        author=_name(commit.author),
        email=_name(commit.email),
        changes=tuple(map(_clean_change, commit.changes)),
    )


def _clean_change(change: FileChange) -> FileChange:
    path, old_path = _name(change.path), _name(change.old_path)
    if (path, old_path) == (change.path, change.old_path):
        return change
    return structs.replace(change, path=path, old_path=old_path)


def _dependencies(commit: Commit, manifests: Manifests) -> list[CommitNote]:
    manifests_of = (
        (
            change.path,
            manifests.get((change.old_path or change.path, change.old_blob)) or {},
            manifests.get((change.path, change.new_blob)) or {},
        )
        for change in commit.changes
    )
    found = dependencies.of_commit(manifests_of)
    return [structs.replace(note, quote=redact_text(note.quote)) for note in found]


def _manifests(git: Git, commits: Iterable[Commit], units: Units) -> Manifests:
    """Every version of a manifest that the commits changed into another one. What is missing here (a partial clone)
    asks for nothing, nor does what is left out."""
    wanted: dict[str, set[str]] = {}
    for commit in commits:
        for change in commit.changes:
            if change.old_blob and change.new_blob and dependencies.is_manifest(change.path):
                wanted.setdefault(change.old_blob, set()).add(change.old_path or change.path)
                wanted.setdefault(change.new_blob, set()).add(change.path)
    found = {}
    for blob, data in git.blobs(sorted(wanted), dependencies.MAX_BYTES) if wanted else ():
        for path in wanted[blob]:
            if not units.leaves_out("dependencies", blob, path):
                with units.at("dependencies", blob, path, len(data)):
                    found[path, blob] = dependencies.packages(path, data)
    return found
