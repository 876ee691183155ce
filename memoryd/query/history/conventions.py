"""What the project does nearly everywhere without saying so: mined from its files and commits, with the share that
holds, examples, and places that do otherwise. What holds less widely is no convention and is left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import structs

from indexers.files.path_facts import is_foreign
from indexers.profiles import is_test_folder, profile
from memoryd.globs.given import EVERYTHING
from memoryd.globs.paths import matcher
from memoryd.query import targets
from memoryd.query.context import Context
from memoryd.query.history.conventions_answers import ConventionItem, ConventionsAnswer, ConventionsRequest
from memoryd.query.history.conventions_cases import CODE, NamingCase, ReadFile, symbols
from memoryd.query.history.conventions_documentation import documented, parameter_styles
from memoryd.query.revision_cache import RevisionCache
from memoryd.query.safe_text import quote, safe_line
from memoryd.store.index import reader
from memoryd.store.index.queries import history_queries, survey_queries
from memoryd.store.index.queries.survey_queries import SurveyFile

MIN_SHARE = 0.9  # of the cases seen, so that with those that are not seen it still holds nearly everywhere
MIN_SEEN = 12  # cases; fewer prove nothing
MAX_FILES = 400  # of one language that are read, spread evenly
MAX_COMMITS = 400
MAX_PLACES = 3
_known: RevisionCache[tuple[ConventionItem, ...]] = RevisionCache(256)  # by folder or pattern, and language
_TYPES = frozenset(("interface", "struct", "trait", "enum", "type"))  # beside classes
_STYLES = (
    ("snake_case", re.compile(r"_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+_*").fullmatch),
    ("UPPER_CASE", re.compile(r"_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+").fullmatch),
    ("camelCase", re.compile(r"_*[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+").fullmatch),
    ("PascalCase", re.compile(r"_*[A-Z][A-Z0-9]*[a-z][a-zA-Z0-9]*").fullmatch),
    ("kebab-case", re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+").fullmatch),
)
_MIXED = "mixed"  # of several words, in none of the styles
_WORD_CHARS = re.compile(r"[\w-]+", re.ASCII).fullmatch
_JOINT = re.compile(r"[A-Za-z0-9][_-]++[A-Za-z0-9]").search
_CONVENTIONAL = re.compile(
    r"(?:feat|fix|docs|chore|refactor|test|tests|perf|ci|build|style|revert)(?:\([^)]{0,200}\))?!?: "
)
_ERROR = re.compile(r"\berror\b").search
_ERROR_LAST = re.compile(r"\berror\)?$").search
_PREFIXED = re.compile(r"[\w./-]{1,30}: \S")


def conventions(ctx: Context, request: ConventionsRequest) -> ConventionsAnswer:
    """Raises UsageError when ``path`` fits no file."""
    asked = targets.scope(ctx, request.path) if request.path else EVERYTHING
    files = [f for f in survey_queries.files(ctx.index, ctx.view.id) if asked.fits(f.path) and _is_own(f)]
    by_language: dict[str, list[SurveyFile]] = defaultdict(list)
    for file in files:
        by_language[file.language].append(file)
    found: list[ConventionItem] = []
    for language, group in sorted(by_language.items(), key=lambda row: -len(row[1])):
        if language not in ("markdown", "text", "yaml"):
            key = (asked.text, asked.is_pattern, language)
            found += _known.get(ctx, key, partial(_of_language, ctx, language, group))
    if not request.path:
        found += _of_commits(ctx)
    return ConventionsAnswer(
        ctx.freshness,
        path=asked.text,
        conventions=tuple(found),
        files=len(files),
        total=len(found),
        searched="" if found else f"{len(files)} files",
    )


def _is_own(file: SurveyFile) -> bool:
    """Written for this project: neither generated nor other people's, whose tests are tests."""
    return file.role != "generated" and not is_foreign(file.path, b"")


def _of_language(ctx: Context, language: str, files: Sequence[SurveyFile]) -> tuple[ConventionItem, ...]:
    return tuple(_mined_of_language(ctx, language, files))


def _mined_of_language(ctx: Context, language: str, files: Sequence[SurveyFile]) -> Iterator[ConventionItem]:
    step = -(-len(files) // MAX_FILES)
    chosen = {file.file_id: file for file in files[::step]}
    defined = survey_queries.symbols(ctx.index, chosen)
    shown = dict(reader.outlines(ctx.index, chosen))
    read = [
        ReadFile(
            file,
            defined.get(id_, ()),
            shown[id_].imports,
            shown[id_].bases,
            reader.file_text(ctx.index, id_).decode("utf-8", "replace").splitlines(),
        )
        for id_, file in chosen.items()
    ]
    code = _without_copies(one for one in read if one.file.role != "test")
    sample = f"{len(read)} of its {len(files)} files" if len(read) < len(files) else ""
    yield from _of_paths(language, files)
    for topic, cases, words in (
        *_names_of(language, code),
        ("documentation", documented(code), "exported definitions {}"),
        ("documentation", parameter_styles(code), "parameters are described in {} style"),
        *(_python(code, _packages(files)) if language == "python" else ()),
        *(_go(code) if language == "go" else ()),
    ):
        item = mined(topic, words, cases, language)
        if item:
            yield structs.replace(item, sample=sample)


def _without_copies(read: Iterable[ReadFile]) -> list[ReadFile]:
    """The first of several with the same content: what a tool puts into each folder was written once."""
    seen: set[tuple[str, ...]] = set()
    found = []
    for one in read:
        content = (*one.lines, "", *(symbol.qualname for symbol in one.symbols))
        if not one.lines or content not in seen:
            found.append(one)
        seen.add(content)
    return found


def _of_paths(language: str, files: Sequence[SurveyFile]) -> Iterator[ConventionItem]:
    """What names and places alone say, of all files."""
    code = [file.path for file in files if file.role != "test"]
    tests = [file.path for file in files if file.role == "test"]
    forms = profile(language).tests.files
    folders = {path.rpartition("/")[0] for path in code}
    for topic, cases, words in (
        ("file names", _file_names(code), "files are named in {}"),
        ("tests", _test_names(tests, forms), "test files are called {}"),
        ("tests", _test_places(tests, forms, folders), "tests live {}"),
    ):
        if item := mined(topic, words, cases, language):
            yield item


def mined(topic: str, words: str, cases: Iterable[NamingCase], language: str = "") -> ConventionItem | None:
    """The convention that the cases show; ``words`` with ``{}`` for what is done. None: there is none."""
    known = list(cases)
    counts = Counter(case.value for case in known)
    if len(known) < MIN_SEEN:
        return None
    value, count = counts.most_common(1)[0]
    if count < MIN_SHARE * len(known) or not value:
        return None
    examples = list(dict.fromkeys(case.place for case in known if case.value == value))
    others = [
        f"{case.place} ({case.value})" if case.value else case.place for case in known if case.value != value
    ]
    return ConventionItem(
        topic=topic,
        rule=quote(words.format(value), 160),
        share=round(count / len(known), 3),
        seen=len(known),
        examples=tuple(map(safe_line, examples[:: max(1, len(examples) // MAX_PLACES)][:MAX_PLACES])),
        exceptions=tuple(map(safe_line, others[:MAX_PLACES])),
        language=language,
    )


# -- names


def style(name: str) -> str:
    """``""`` where one word could be any style, or where it is no name."""
    name = name.rstrip("?!=")  # of Ruby's methods
    of_words = _WORD_CHARS(name) and _JOINT(name)
    return next((label for label, fits in _STYLES if fits(name)), _MIXED if of_words else "")


def _naming(label: str, place: str) -> NamingCase:
    """A mixture is no custom, and yet does otherwise."""
    return NamingCase("" if label == _MIXED else label, place)


def _names_of(language: str, read: Sequence[ReadFile]) -> Iterator[tuple[str, list[NamingCase], str]]:
    """Constants only where more than their capitals makes them such: else it would follow from itself."""
    cases: dict[str, list[NamingCase]] = defaultdict(list)
    enums = {one.file.file_id: {s.qualname for s in one.symbols if s.kind == "enum"} for one in read}
    for one, symbol in symbols(read):
        kind = "function" if symbol.kind == "method" else "class" if symbol.kind in _TYPES else symbol.kind
        label = style(symbol.name)
        if symbol.qualname.rpartition(".")[0] in enums[one.file.file_id]:
            continue  # cases of an enum follow a custom of their own
        if symbol.kind in CODE and label and not symbol.name.startswith("__"):
            cases[kind].append(_naming(label, f"{one.file.path}:{symbol.line}"))
    types = "classes" if {symbol.kind for _, symbol in symbols(read)}.isdisjoint(_TYPES) else "types"
    yield "names", cases["function"], "functions are named in {}"
    yield "names", cases["class"], f"{types} are named in {{}}"
    if profile(language).declares_constants:
        yield "names", cases["constant"], "constants are named in {}"


def _file_names(paths: Iterable[str]) -> list[NamingCase]:
    """Every name once: a tool that wants its file called so in each folder is no custom of the project, nor is what one
    wants without an extension (``Gemfile``)."""
    names = {path.rpartition("/")[2]: path for path in paths}
    stems = {name.partition(".")[0]: path for name, path in names.items() if "." in name or name.islower()}
    return [_naming(label, path) for stem, path in stems.items() if (label := style(stem))]


# -- tests


def _test_names(paths: Iterable[str], forms: Sequence[str]) -> list[NamingCase]:
    return [NamingCase(form, path) for path in paths if (form := _form(path, forms))]


def _form(path: str, forms: Sequence[str]) -> str:
    """Which of the names that test tools look for the file has, ``""`` for none."""
    return next((form for form in forms if matcher(form)(path)), "")


def _test_places(paths: Iterable[str], forms: Sequence[str], folders: Collection[str]) -> list[NamingCase]:
    """In one tree of their own, or beside what they test. ``folders``: those that hold code which is no test."""
    found = []
    for path in paths:
        if _form(path, forms):
            parts = path.split("/")[:-1]
            home = next(filter(is_test_folder, parts), "")
            if home:
                place = f"under {'/'.join(parts[: parts.index(home) + 1])}/"
            elif "/".join(parts) in folders:
                place = "beside the code"
            else:
                place = f"in a folder of their own, {parts[0]}/" if parts else ""
            found.append(NamingCase("in `__tests__` folders" if home == "__tests__" else place, path))
    return found


# -- idioms


def _packages(files: Iterable[SurveyFile]) -> set[str]:
    """Folders of packages: of all files, since of many only some are read."""
    return {f.path.rpartition("/")[0] for f in files if f.path.endswith("/__init__.py")}


def _python(
    read: Sequence[ReadFile], packages: Collection[str]
) -> Iterator[tuple[str, list[NamingCase], str]]:
    functions = [
        (one, s) for one, s in symbols(read) if s.kind in ("function", "method") and "(" in s.signature
    ]
    yield (
        "types",
        [
            NamingCase("annotate" if "->" in s.signature else "do not annotate", f"{one.file.path}:{s.line}")
            for one, s in functions
            if s.name != "__init__" and s.signature.rstrip().endswith(":")
        ],
        "functions {} what they return",
    )
    yield (
        "imports",
        [
            NamingCase("relative" if i.module.startswith(".") else "absolute", f"{one.file.path}:{i.line}")
            for one in read
            for i in one.imports
            if i.module.startswith(".") or _package(one.file.path, i.module) in packages
        ],
        "imports inside the package are {}",
    )
    yield (
        "imports",
        [
            NamingCase(
                "begin with" if any(i.module == "__future__" for i in one.imports) else "",
                one.file.path,
            )
            for one in read
            if one.imports
        ],
        "modules {} `from __future__ import annotations`",
    )
    yield "errors", list(_exception_names(read)), "exceptions are called *{}"
    yield "logging", list(_loggers(read)), "the module's logger is called `{}`"


def _package(path: str, module: str) -> str:
    """The folder above ``path`` that is called like the module's root, as far as it is one of the first two."""
    root, folders = module.partition(".")[0], path.split("/")[:2]
    return "/".join(folders[: folders.index(root) + 1]) if root in folders else ""


def _exception_names(read: Sequence[ReadFile]) -> Iterator[NamingCase]:
    for one in read:
        lines = {symbol.qualname: symbol.line for symbol in one.symbols}
        for qualname, base in one.bases:
            if re.search(r"(?:Error|Exception)$", base):
                ending = re.search(r"(?:Error|Exception|Warning|Exit|Interrupt)$", qualname)
                yield NamingCase(
                    ending[0] if ending else "other", f"{one.file.path}:{lines.get(qualname, 1)}"
                )


def _loggers(read: Sequence[ReadFile]) -> Iterator[NamingCase]:
    for one, symbol in symbols(read):
        if symbol.qualname.lower().strip("_") in ("log", "logger"):
            yield NamingCase(symbol.name, f"{one.file.path}:{symbol.line}")


def _go(read: Sequence[ReadFile]) -> Iterator[tuple[str, list[NamingCase], str]]:
    yield (
        "errors",
        [
            NamingCase("last" if _ERROR_LAST(results) else "not last", f"{one.file.path}:{s.line}")
            for one, s in symbols(read)
            if s.kind in ("function", "method") and _ERROR(results := _go_results(s.signature))
        ],
        "an error is returned {}",
    )


def _go_results(signature: str) -> str:
    """What stands behind the parameters; of a method, behind those that follow the receiver and the name."""
    depth, lists = 0, 2 if signature.startswith("func (") else 1
    for at, sign in enumerate(signature):
        depth += (sign == "(") - (sign == ")")
        if sign == ")" and not depth:
            lists -= 1
            if not lists:
                return signature[at + 1 :].strip(" {")
    return ""


# -- commits


def _of_commits(ctx: Context) -> Iterator[ConventionItem]:
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    rows = [row for row in history_queries.newest(ctx.index, seen, MAX_COMMITS) if row.files]
    subjects: Mapping[str, str] = {row.sha: row.subject for row in rows}
    sample = f"the newest of {seen.count():,} commits" if seen.count() > MAX_COMMITS else ""

    def cases(judge: Callable[[str], str]) -> list[NamingCase]:
        return [NamingCase(judge(subject), sha[:10]) for sha, subject in subjects.items()]

    for words, judge in (
        (
            "subjects follow {}",
            lambda s: "Conventional Commits (`type(scope): …`)" if _CONVENTIONAL.match(s) else "",
        ),
        ("subjects begin with {}", lambda s: "the part they touch (`part: …`)" if _PREFIXED.match(s) else ""),
        ("subjects {}", lambda s: "name a pull request or issue (`#123`)" if re.search(r"#\d+", s) else ""),
        ("subjects have {}", lambda s: "at most 72 characters" if len(s) <= 72 else ""),
        ("subjects begin with {}", lambda s: "a capital letter" if s[:1].isupper() else "a small letter"),
    ):
        item = mined("commits", words, cases(judge))
        if item and not (
            item.rule.endswith("(`part: …`)") and "Conventional" in rule_of(cases, _CONVENTIONAL)
        ):
            yield structs.replace(item, sample=sample)


def rule_of(cases: Callable[[Callable[[str], str]], list[NamingCase]], pattern: re.Pattern[str]) -> str:
    """``Conventional`` where most subjects fit ``pattern``, so that the weaker rule goes without saying."""
    known = cases(lambda subject: "yes" if pattern.match(subject) else "")
    return "Conventional" if sum(bool(case.value) for case in known) >= MIN_SHARE * max(1, len(known)) else ""
