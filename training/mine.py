"""Mine training pairs from bare clones: ``python -m training.mine CLONES OUT``.

CLONES holds folders named ``owner+name`` (a git directory, or one inside as ``repo`` or ``.git``). OUT gets
one ``owner+name.jsonl`` per repository of ``repositories.toml``, one ``owner+name.words.json`` (word → files that
have it) and ``sources.json`` with the commit of each.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from indexers import terms
from training.pairs import EXTENSIONS, Pair, hunk_code, is_prose, is_source, is_test, pairs_of

MAX_FILE_BYTES = 300_000
COMMITS = 1_500  # newest ones, per repository
HUNKS_PER_COMMIT = 3
MAX_PER_KIND = {
    "doc": 9_000, "name": 5_000, "comment": 5_000, "commit": 6_000, "section": 2_000, "detail": 5_000, "test": 3_000,
}  # fmt: skip
# git's own hunk-function drivers, so that --function-context finds methods and not only classes.
ATTRIBUTES = (
    "*.py diff=python\n*.go diff=golang\n*.rs diff=rust\n*.java diff=java\n"
    "*.c diff=cpp\n*.h diff=cpp\n*.cc diff=cpp\n*.cpp diff=cpp\n*.hpp diff=cpp\n"
)
_PREFIX = re.compile(r"^\s*(?:\[[^\]]*\]\s*)?(?:\w+(?:\([^)]*\))?!?:\s+)?")
_SUFFIX = re.compile(r"\s*(?:\(?#\d+\)?|\[[^\]]*\])\s*$")
_ROUTINE = re.compile(
    r"^(?:bump|merge|revert|release|version|prepare|update dep|upgrade dep|changelog|v?\d+\.)"
    r"|pre-commit|changelog|typo|\blint\b|whitespace|flake8|clippy|black\b|prettier",
    re.I,
)


class Repository(Struct, frozen=True):
    """A line of repositories.toml."""

    name: str
    licence: str
    held_out: bool = False


def repositories() -> list[Repository]:
    """The repositories that may be used, in file order."""
    table = tomllib.loads((Path(__file__).parent / "repositories.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table["repository"], list[Repository])


def git_dir(clones: Path, name: str) -> Path | None:
    """The git directory of ``owner/name`` under ``clones``, ``None`` when it is not there."""
    base = clones / name.replace("/", "+")
    for candidate in (base / "repo" / ".git", base / "repo", base / ".git", base):
        if (candidate / "HEAD").is_file():
            return candidate
    return None


def _git(git: Path, *arguments: str) -> list[str]:
    return ["git", "--git-dir", str(git), "-c", "core.quotePath=false", *arguments]


def _output(git: Path, *arguments: str) -> str:
    done = subprocess.run(_git(git, *arguments), capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def head(git: Path) -> str:
    """The commit that HEAD names."""
    return subprocess.run(
        _git(git, "rev-parse", "HEAD"), capture_output=True, text=True, check=True
    ).stdout.strip()


def files(git: Path) -> Iterator[tuple[str, str]]:
    """(path, text) of the source and documentation files at HEAD."""
    listing = subprocess.run(
        _git(git, "ls-tree", "-r", "-l", "-z", "HEAD"), capture_output=True, check=True
    ).stdout
    wanted = []
    for row in listing.decode("utf-8", "replace").split("\0"):
        meta, _, path = row.partition("\t")
        if is_source(path) or is_prose(path):
            _, kind, blob, size = meta.split()
            if kind == "blob" and int(size) <= MAX_FILE_BYTES:
                wanted.append((path, blob))
    command = _git(git, "cat-file", "--batch")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        for path, blob in wanted:
            reader.stdin.write(f"{blob}\n".encode())
            reader.stdin.flush()
            size = int(reader.stdout.readline().split()[2])
            yield path, reader.stdout.read(size + 1)[:size].decode("utf-8", "replace")


def subject_text(subject: str) -> str:
    """A commit subject without ticket numbers and type prefixes; ``""`` for routine ones."""
    text = _SUFFIX.sub("", _SUFFIX.sub("", _PREFIX.sub("", subject)))
    return text if len(text.split()) >= 3 and not _ROUTINE.search(text) else ""


def commits(git: Path, attributes: Path) -> Iterator[Pair]:
    """(commit subject → the function that its hunk changed), newest first."""
    patterns = [f"*.{extension}" for extension in EXTENSIONS]
    command = _git(
        git, "-c", f"core.attributesFile={attributes}", "log", f"-n{COMMITS}", "--no-merges", "--no-renames",
        "--diff-filter=M", "--no-ext-diff", "--no-textconv", "--no-color", "-p", "-W", "--format=%x01%s",
        "HEAD", "--", *patterns,
    )  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        block: list[str] = []
        for raw in process.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if line.startswith("\x01"):
                yield from _of_commit(block)
                block = []
            if len(block) < 20_000:
                block.append(line[:400])
        yield from _of_commit(block)


def _of_commit(block: list[str]) -> Iterator[Pair]:
    subject = subject_text(block[0][1:]) if block else ""
    if not subject or len(block) >= 20_000 or sum(line.startswith("diff --git") for line in block) > 8:
        return
    path, starts = "", []
    for row, line in enumerate(block):
        if line.startswith("+++ b/"):
            path = line[6:]
        elif line.startswith(("@@", "diff --git")):
            starts.append((row, path if line.startswith("@@") else ""))
    taken = 0
    for (row, where), (end, _) in zip(starts, [*starts[1:], (len(block), "")], strict=True):
        if is_source(where) and not is_test(where) and taken < HUNKS_PER_COMMIT:
            code = hunk_code(block[row + 1 : end])
            if len(code) >= 80:
                taken += 1
                yield Pair("commit", subject, where, "", code)


def mine(git: Path, seed: int) -> tuple[list[Pair], Counter[str]]:
    """The pairs of one repository, each kind sampled down to its cap, duplicates left out; and its words."""
    found: dict[str, dict[tuple[str, str], Pair]] = {kind: {} for kind in MAX_PER_KIND}
    words: Counter[str] = Counter()
    for path, text in files(git):
        words.update(set(terms.words(text)))
        for pair in pairs_of(path, text):
            found[pair.kind].setdefault((pair.query, pair.code), pair)
    with tempfile.NamedTemporaryFile("w", suffix=".gitattributes") as attributes:
        attributes.write(ATTRIBUTES)
        attributes.flush()
        for pair in commits(git, Path(attributes.name)):
            found["commit"].setdefault((pair.query, pair.code), pair)
    chance = random.Random(seed)
    kept: list[Pair] = []
    for kind, pairs in found.items():
        every = list(pairs.values())
        kept += every if len(every) <= MAX_PER_KIND[kind] else chance.sample(every, MAX_PER_KIND[kind])
    return kept, words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    encoder = msgspec.json.Encoder()
    sources: dict[str, str] = {}
    for repository in repositories():
        git = git_dir(options.clones, repository.name)
        if git is None:
            print(f"no clone of {repository.name}: left out", file=sys.stderr)
            continue
        sources[repository.name] = head(git)
        target = options.out / f"{repository.name.replace('/', '+')}.jsonl"
        if target.exists():
            continue
        pairs, words = mine(git, options.seed)
        target.with_suffix(".words.json").write_bytes(encoder.encode(words))
        target.write_bytes(b"".join(encoder.encode(pair) + b"\n" for pair in pairs))
        print(f"{repository.name}: {len(pairs)} pairs", flush=True)
    (options.out / "sources.json").write_bytes(msgspec.json.format(encoder.encode(sources)))


if __name__ == "__main__":
    main()
