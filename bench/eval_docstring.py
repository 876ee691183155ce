"""How well search finds a function by what its documentation says.

    MEMORYD_EVAL_REPOS=clones python bench/eval_docstring.py [--repos owner/name,…] [--home FOLDER] [--minilm]

One query per function: the first sentence of its docstring or doc comment. The pool is every documented function
or method of three lines or more in the source files (no tests, examples, generated or vendored files) of clones
that the shipped model was never trained on, at most ``CAP`` of one repository; each is a file of its own, so that
its path says nothing. Leak controls: the documentation is cut out, its function too where the sentence still stands
in the code, and the function's own name is taken out of the query (the signature stays in the code). A sentence
that documents several functions is no query; they stay in the pool, each code once.
The real command indexes the pool; the ranking is the product's (``memoryd.query.search.ranking``), with its parts alone
beside it. ``--minilm``: also with all-MiniLM-L6-v2 in the place of the shipped model. Nothing mined is kept.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from ablation import Views
from measure import Home
from minilm import MAX_CHARS, Encoder
from msgspec import Struct
from numpy.typing import NDArray
from search_sets import Ranked, Row, source_of
from significance import MEASURES, figures

from indexers import registry
from indexers.facts import Symbol
from indexers.roles import role_of
from memoryd.ingest.git.cat_file import Answers
from memoryd.query.retrieval.dense import above
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.top_k import order
from memoryd.query.search import ranking
from memoryd.query.search.ranking import WEIGHTS, Array, RankingEvidence
from training.mine import repositories
from training.pairs import summary

OUTSIDE = (
    "celery/celery", "encode/starlette", "kedro-org/kedro", "mwaskom/seaborn", "pallets/flask", "psf/requests",
    "pylint-dev/pylint", "simonw/datasette", "wagtail/wagtail", "caddyserver/caddy", "cli/cli", "gin-gonic/gin",
    "casey/just", "sharkdp/bat", "axios/axios", "vuejs/core", "google/gson", "square/okio", "fluent/fluentd",
)  # fmt: skip
CAP = 1_000
MIN_LINES = 3
MAX_FILE_BYTES = 300_000
DEPTH = 10  # MRR@10: further down counts as not found
POOL = "docstring"


class Function(Struct, frozen=True):
    """``query``: what its documentation says first, without ``name``; ``code``: itself without documentation."""

    repository: str
    path: str
    name: str
    query: str
    code: str


def sources(clone: Path) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of the source files of HEAD that the clone has."""
    git = ["git", "-C", str(clone)]
    listed = subprocess.run([*git, "ls-tree", "-rz", "--name-only", "HEAD"], capture_output=True, check=True)
    paths = [
        p
        for p in listed.stdout.decode("utf-8", "replace").split("\0")
        if p and role_of(p, registry.language_of(p, b"") or "") == "code"
    ]
    asked = "".join(f"HEAD:{path}\n" for path in paths).encode()
    answer = subprocess.run([*git, "cat-file", "--batch"], input=asked, capture_output=True, check=True)
    for path, data in zip(paths, Answers(iter([answer.stdout]), MAX_FILE_BYTES), strict=True):
        if data is not None:
            yield path, data


def functions(repository: str) -> list[Function]:
    """The documented functions of a clone; over ``CAP``, those whose place has the smallest digests."""
    found = []
    for path, data in sources(source_of(repository)):
        language = registry.language_of(path, data)
        if language:
            for symbol in registry.extract(language, data).symbols:
                if one := _function(repository, path, language, symbol, data):
                    found.append(one)
    return sorted(found, key=_digest)[:CAP]


def _digest(one: Function) -> bytes:
    return hashlib.sha256(f"{one.path}\0{one.name}\0{one.query}".encode()).digest()


def _function(repository: str, path: str, language: str, symbol: Symbol, data: bytes) -> Function | None:
    if symbol.kind not in ("function", "method") or symbol.is_declaration:
        return None
    sentence = summary(symbol.doc)
    query = without_name(sentence, symbol.name)
    first = data.rfind(b"\n", 0, symbol.start_byte) + 1
    code = textwrap.dedent(data[first : symbol.end_byte].decode("utf-8", "replace"))
    if language == "python":
        code = without_docstring(code)
    lines = sum(bool(line.strip()) for line in code.split("\n"))
    if len(query.split()) < 3 or lines < MIN_LINES or _flat(sentence) in _flat(code):
        return None
    return Function(repository, path, symbol.name, query, code)


def without_name(sentence: str, name: str) -> str:
    """The sentence without the function's name: where it begins with it (as Go's do), and anywhere when the name
    is no plain word."""
    own = rf"(?<!\w){re.escape(name)}(?!\w)(?:\(\))?"
    plain = name.islower() and name.isalpha()
    return " ".join(re.sub(rf"^{own}" if plain else own, " ", sentence).split())


def without_docstring(code: str) -> str:
    """Python code without the first docstring in it; as it is where it cannot be read."""
    try:
        node = ast.parse(code).body[0]
    except (SyntaxError, ValueError, IndexError):
        return code
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
        lines = code.split("\n")
        doc = node.body[0]
        return "\n".join(lines[: doc.lineno - 1] + lines[doc.end_lineno :])
    return code


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def pool(names: Sequence[str]) -> list[Function]:
    """The functions of all clones, each code once."""
    found = {_flat(one.code): one for name in reversed(names) for one in reversed(functions(name))}
    return list(reversed(found.values()))


class Pool:
    """An indexed pool. A function is its best chunk."""

    def __init__(self, functions: list[Function], home: Home, folder: Path) -> None:
        project = folder / POOL
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir()
        for number, one in enumerate(functions):
            (project / f"f{number}{Path(one.path).suffix}").write_text(one.code, encoding="utf-8")
        home.run("index", str(project), "--json")
        self.functions = functions
        self._views = Views(folder)
        self._repository = np.array([one.repository for one in functions])
        self._of_slot: NDArray[np.int64] = np.zeros(0, np.int64)

    def queries(self) -> list[Row]:
        """The sentences that document one function only."""
        times = Counter(_flat(one.query) for one in self.functions)
        return [
            {"id": str(number), "query": one.query, "gold": [number], "repository": one.repository}
            for number, one in enumerate(self.functions)
            if times[_flat(one.query)] == 1
        ]

    def ask(self, query: Row) -> tuple[LexicalView, RankingEvidence]:
        asked = self._views.ask(query, POOL)
        if not len(self._of_slot):
            self._of_slot = np.array([int(slot.path.partition(".")[0][1:]) for slot in asked.view.slots])
        return asked.view, asked.found

    def factors(self, view: LexicalView, repository: str) -> Array:
        """The product's priors of the slots, 0 outside of ``repository`` (``""``: none is outside)."""
        own = self._repository[self._of_slot] == repository if repository else 1.0
        return ranking.priors(view, ("code",)) * own

    def best(self, view: LexicalView, scores: Array) -> list[int]:
        """The ``DEPTH`` best functions by the scores of the chunks."""
        chunks = order(scores, 10 * DEPTH)
        return list(dict.fromkeys(self._of_slot[view.chunk_slot[chunks]].tolist()))[:DEPTH]

    def texts(self, view: LexicalView) -> list[str]:
        """The code that each chunk was cut from."""
        return [self.functions[number].code for number in self._of_slot[view.chunk_slot]]


NO_MODEL = msgspec.structs.replace(WEIGHTS, chunk_vector=0.0)
Method = Callable[[LexicalView, RankingEvidence, Array], Array]
METHODS: dict[str, Method] = {
    "BM25 alone": lambda view, found, factors: found.text * factors[view.chunk_slot],
    "model alone": lambda view, found, factors: found.vectors * factors[view.chunk_slot],
    "default without the model": lambda v, e, factors: ranking.rank_chunks(v, e, factors, NO_MODEL).total,
    "default": lambda v, e, factors: ranking.rank_chunks(v, e, factors).total,
}


class MiniLm:
    """Another model's likeness of the chunks, in the place of the shipped model's."""

    def __init__(self, file: Path, texts: list[str], rows: list[Row]) -> None:
        encoder = Encoder(file)
        self._chunks = encoder.encode([text[:MAX_CHARS] for text in texts])
        vectors = encoder.encode([row["query"] for row in rows])
        self._queries = dict(zip((row["id"] for row in rows), vectors, strict=True))

    def evidence(self, found: RankingEvidence, query: Row) -> RankingEvidence:
        cosine = self._chunks @ self._queries[query["id"]]
        return msgspec.structs.replace(found, vectors=above(cosine, float(np.median(cosine))))


def measure(pool: Pool, minilm_file: Path | None) -> None:
    """Print a line for each method in the one pool, then in the query's own repository, and the default's line of
    each repository there. ``minilm_file``: where to keep the vectors of MiniLM, to compare with it."""
    rows = pool.queries()
    other = MiniLm(minilm_file, pool.texts(pool.ask(rows[0])[0]), rows) if minilm_file else None
    whole: dict[str, Ranked] = defaultdict(dict)
    within: dict[str, Ranked] = defaultdict(dict)
    for row in rows:
        view, found = pool.ask(row)
        asked = {title: (method, found) for title, method in METHODS.items()}
        if other:
            replaced = other.evidence(found, row)
            asked |= {f"{title}, MiniLM": (METHODS[title], replaced) for title in ("model alone", "default")}
        for scope, ranked in (("", whole), (row["repository"], within)):
            factors = pool.factors(view, scope)
            for title, (method, evidence) in asked.items():
                ranked[title][row["id"]] = pool.best(view, method(view, evidence, factors))
    names = list(dict.fromkeys(row["repository"] for row in rows))
    print(f"{len(pool.functions)} functions of {len(names)} repositories; cut at {DEPTH}: MRR is MRR@{DEPTH}")
    print(f"{'in one pool':<32} {'n':>4} " + " ".join(f"{measure:>6}" for measure in MEASURES))
    for title, ranked in whole.items():
        _print(title, rows, ranked)
    print("in the query's own repository")
    for title, ranked in within.items():
        _print(title, rows, ranked)
    for name in names:
        own = [row for row in rows if row["repository"] == name]
        _print(f"  default, {name}", own, within["default"])


def _print(title: str, rows: list[Row], found: Ranked) -> None:
    means = figures(rows, found).mean(axis=0)
    print(f"{title:<32} {len(rows):>4} " + " ".join(f"{mean:6.3f}" for mean in means), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repos", type=lambda text: text.split(","), default=list(OUTSIDE))
    parser.add_argument("--home", type=Path, help="keep the index here")
    parser.add_argument("--minilm", action="store_true", help="compare with all-MiniLM-L6-v2 (slow)")
    args = parser.parse_args()
    if seen := {one.name for one in repositories()} & set(args.repos):
        sys.exit(f"the shipped model was trained on {', '.join(sorted(seen))}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = (args.home or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with Home(folder / "data") as home:
            indexed = Pool(pool(args.repos), home, folder)
            measure(indexed, folder / "minilm.db" if args.minilm else None)


if __name__ == "__main__":
    main()
