"""Which commits and files only keep the books: machines' commits, change logs, lock files, tests and documents."""

from __future__ import annotations

import re

from indexers.facts import Commit

_BOT = re.compile(
    r"\[bot\]|\bbot\b|dependabot|pre-commit[- ]ci|renovate|greenkeeper|pyup|snyk|weblate|transifex"
    r"|github[- ]actions"
    r"|buildbot|semantic-release|imgbot|allcontributors",
    re.I,
)
_MACHINE_MESSAGE = re.compile(
    r"\A(?:\[pre-commit\.ci\]|(?:\w+(?:\([^)]{0,40}\))?: )?(?:bump|update) \S+ (?:requirement )?from \S+ to"
    r"|merge (?:branch|remote|pull request|tag|commit|master|main|trunk)\b|auto(?:mated|matic"
    r"|-)?\s?(?:update|merge|format)"
    r"|apply fixes from|translated using|updated? translation|l10n:|version packages\b)",
    re.I,
)
_RELEASE = re.compile(
    r"\A(?:\w+(?:\([^)]{0,40}\))?: )?(?:release|releasing|prepare|preparing|bump(?:s|ed|ing)?|version"
    r"|v?\d+\.\d+(?:\.\d+)?)\b"
    r"|\b(?:bump|start|back to|open)\b.{0,40}\b(?:version|develop\w*|dev|release)\b|\bversion (?:bump"
    r"|number)\b|\.dev\b"
    r"|\b\d+\.\d+(?:\.\d+)?[-.]?(?:dev|rc\d*|a\d|b\d)\b|\bbumped version\b|\bstill dev\b",
    re.I,
)
_UPKEEP = re.compile(
    r"\b(?:white ?space|indent(?:ation)?|format(?:ting|ted)?|lint\w*|pep ?-?8|flake8|isort|ruff|black"
    r"|gofmt|rustfmt|prettier"
    r"|eslint|clang-format|clippy|line endings|newlines?|typos?)\b",
    re.I,
)
_LEDGER = re.compile(
    r"(?:^|/)(?:CHANGE[^/]*|CHANGES|HISTORY|NEWS|RELEASES?|AUTHORS|CONTRIBUTORS|THANKS|whatsnew[^/]*)(?:\.\w+)?$"
    r"|(?:^|/)(?:newsfragments|news|topfiles|changelog\.d|changes\.d|\.changeset|changelogs?|release-?notes)/"
    r"|(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock"
    r"|poetry\.lock|uv\.lock"
    r"|Pipfile\.lock|Gemfile\.lock|composer\.lock|go\.sum)$",
    re.I,
)
_BESIDE_CODE = re.compile(
    r"(?:^|/)(?:docs?|tests?|testing|spec|specs|__tests__|examples?|\.github|\.circleci|\.azure-pipelines"
    r"|ci|\.ci|\.travis)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|(?:_test|\.test|\.spec|_spec|Test|Tests)\.\w+$|\.(?:md|rst|txt"
    r"|adoc|po|mo)$"
    r"|(?:^|/)(?:\.travis\.yml|\.pre-commit-config\.yaml|\.gitignore|appveyor\.yml|azure-pipelines\.yml"
    r"|AUTHORS|CODEOWNERS|LICENSE|COPYING|README|CHANGELOG|CHANGES|NEWS)$",
    re.I,
)
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements|constraints)[^/]*(?:/[^/]+)?\.(?:txt|in)$", re.I)


def by_machine(commit: Commit) -> bool:
    """A bot made it, or its message is one that tools write."""
    return bool(
        _BOT.search(commit.author) or _BOT.search(commit.email) or _MACHINE_MESSAGE.match(commit.subject)
    )


def is_release(subject: str) -> bool:
    """It moves a version number; the next one often moves it back."""
    return bool(_RELEASE.search(subject))


def is_upkeep(subject: str) -> bool:
    """It is about the look of the code only."""
    return bool(_UPKEEP.search(subject))


def is_ledger(path: str) -> bool:
    """A change log, news fragment or lock file: it changes whenever anything does."""
    return bool(_LEDGER.search(path))


def beside_code(commit: Commit) -> bool:
    """It changed nothing but documents, tests and what builds them; requirements are no documents."""
    paths = [change.path for change in commit.changes]
    return bool(paths) and all(_BESIDE_CODE.search(p) and not _REQUIREMENTS.search(p) for p in paths)
