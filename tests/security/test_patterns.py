"""No text of a repository can make a regular expression of ours take more than linear time.

A new pattern that fails here is mended by a bound (``{0,200}``), a look-behind in front of what it begins with
(``(?<!\\s)\\s+$``), a possessive loop, or classes that have nothing in common where loops follow each other; or it is
listed below with the reason why its text is short. See `regex_cost` for what is decided.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from pattern_census import PACKAGES, ROOT, Use, uses
from regex_automaton import NotRead, greatest_bound
from regex_cost import attacks, verdict

from indexers import profiles, secret_tokens

_NODE = "matched at the beginning of a node or symbol of its own, inside the parse worker's budget"
_ONCE_A_LINE = "matched once at the beginning of a line, up to its end"
_OWN_TEXT = "linear: what the first part has read in vain, the second takes"
_CLIENTS = "matched at the beginning of a piece of a client's expression that RE2 has taken"

NOT_LINEAR = {
    ("indexers.languages.shared.cfamily", "_STATIC"): "looks at 200 bytes of a symbol",
    ("indexers.languages.shared.cmacros", "_PROTOTYPE"): "2,000 bytes before at most 5,000 macros, in the parse worker",
    ("indexers.constraints.rule", "_COMMENT"): "looks at the first 1,000 characters of at most 12 lines",
    ("indexers.languages.dockerfile", "_INSTRUCTION"): _ONCE_A_LINE,
    ("indexers.languages.go", "_PARAMETER"): _NODE,
    ("indexers.languages.python", "_ASSIGNMENT"): _NODE,
    ("indexers.languages.python", "_TARGETS"): _NODE,
    ("indexers.languages.python", "_CAST"): _NODE,
    ("indexers.languages.python", "_CLASS_CALL"): _NODE,
    ("indexers.languages.python", "_STRING"): "the text of one annotation or assignment, in the parse worker",
    ("indexers.languages.rust", "_CHAIN_BEFORE"): "looks at 100 bytes",
    ("indexers.languages.rust", "_VISIBLE"): _NODE,
    ("indexers.languages.rust", "_MACRO_EXPORT"): "looks at 200 bytes",
    ("indexers.languages.rust", "_PATH"): "looks at the bytes of one attribute, a bounded number",
    ("indexers.languages.scala", "_CLAUSE"): _OWN_TEXT,
    ("indexers.languages.toml", "_TABLE"): _ONCE_A_LINE,
    ("indexers.languages.toml", "_KEY"): _ONCE_A_LINE,
    ("indexers.operations.routes.dotnet_routes", "_METHOD"): "looks at the first 500 characters of a line",
    ("indexers.operations.source", "_MANY_DOTS"): "reads 48 characters for each of 100 dots, from a dot on",
    ("memoryd.cli.install.jsonc", "_TOKEN"): "tokens follow each other; one that does not end ends the reading",
    ("memoryd.cli.install.toml_section", "_TOKEN"): "a string that does not end is taken up to the end of the text",
    ("memoryd.query.exact.patterns", "_CLASS"): _CLIENTS,
    ("memoryd.query.exact.patterns", "_ONE_OF_MANY"): _CLIENTS,
    ("memoryd.query.search.mentions", "_PATH"): _OWN_TEXT,
    ("memoryd.store.records.wording", "TOKEN"): _OWN_TEXT,
    ("indexers.method_shape", "_GENERIC"): "looks at a signature of less than 400 characters",
    ("memoryd.store.records.statements", "_INSTEAD"): "read again only from each « instead of » of 400 characters",
}  # fmt: skip
"""(module, variable or function) of patterns that the check cannot call linear → why they take no time all the same."""

MADE_AT_RUN_TIME = {
    (
        "indexers.languages.dockerfile",
        "_DockerfileReader._heredoc_end",
    ): "around a word of at most 60 letters",
    ("indexers.languages.rust", "_says"): "around an escaped name",
    ("indexers.languages.shared.ecmascript_types", "_bounds"): "around an escaped name",
    ("indexers.languages.hcl", "_HclReader._heredoc"): "around a word of at most 61 letters",
    ("indexers.secret_tokens", "_tables"): "a tree of our own literals",
    ("indexers.secret_tokens", "TokenRule.head"): "our own data, checked below; reads 100 bytes",
    ("indexers.secret_tokens", "TokenRule.tail"): "our own data, checked below",
    ("indexers.secrets", "_character_kinds"): "four classes of one character",
    ("memoryd.query.rules.tool_semantics", "_said_once"): "around an escaped name",
    ("indexers.found_tests", "_file_names"): "globs of our own data, with atomic groups",
    ("indexers.found_tests", "_pattern"): "our own data, on one name or path",
    ("indexers.found_tests", "_bytes_pattern"): "our own data, on the first bytes of a line",
    ("indexers.files.path_facts", "_names"): "globs of our own data, with atomic groups",
    ("indexers.profiles", "called_unseen"): "our own data, checked below; whole names",
    ("indexers.profiles", "only_changes"): "our own data, checked below; whole names",
    ("indexers.profiles", "_base_names"): "globs of our own data, with atomic groups",
    ("memoryd.globs.names", "name_test"): "globs with atomic groups: each star takes the earliest match",
    ("memoryd.globs.names", "_is_one"): "matched with one character",
}
"""Patterns that only running the code tells → of what they are made."""


def _key(use: Use) -> tuple[str, str]:
    return use.module, use.name


def _problem(use: Use) -> str:
    assert use.pattern is not None
    try:
        found = verdict(use.pattern, use.flags, anywhere=use.anywhere, whole=use.whole)
    except NotRead as error:
        return f"cannot be read: {error}"
    return f"{found.problem}, such as many times {found.pump!r}" if found.problem else ""


@pytest.mark.timeout(600)  # twenty seconds of processor time, on whatever is left of the machine
def test_every_pattern_is_linear_or_its_text_is_short() -> None:
    """Each regular expression in the source is linear by a static check, or listed with a reason why not."""
    found = {use: _problem(use) for use in uses() if use.pattern is not None}
    wrong = [
        f"{u.module}:{u.line} {u.name}: {p}" for u, p in found.items() if p and _key(u) not in NOT_LINEAR
    ]
    assert wrong == []
    assert {_key(use) for use, problem in found.items() if problem} == NOT_LINEAR.keys(), (
        "the list is out of date"
    )


def test_patterns_made_at_run_time_are_known() -> None:
    """A pattern that is put together from data is listed with what it is made of."""
    assert {_key(use) for use in uses() if use.pattern is None} == MADE_AT_RUN_TIME.keys()


def test_every_rule_of_a_token_is_linear() -> None:
    """What is compiled of ``secrets.toml`` is held to the same."""
    found = {name: verdict(rule.rest, anywhere=False).problem for name, rule in secret_tokens.rules().items()}
    assert {name: problem for name, problem in found.items() if problem} == {}


def test_every_expression_of_a_language_table_is_linear() -> None:
    """Those of ``indexers/languages/*.toml`` that are matched with whole names of a repository."""
    expressions = {
        (language, expression)
        for language, profile in profiles.profiles().items()
        for expression in (*profile.called_unseen.values(), profile.only_changes)
    }
    found = {one: verdict(one[1], anywhere=False, whole=True).problem for one in expressions}
    assert expressions
    assert {one: problem for one, problem in found.items() if problem} == {}


def _imports_of_re() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module in ("re", "regex"):
                    yield f"{path}:{node.lineno}"
                if isinstance(node, ast.Import):
                    for alias in node.names:
                        if alias.name == "regex" or (alias.name == "re" and alias.asname):
                            yield f"{path}:{node.lineno}"


def test_patterns_can_be_found() -> None:
    """`re` is imported under its own name only, so that the census sees each of its patterns. RE2 is linear whatever
    the pattern."""
    assert list(_imports_of_re()) == []
    assert len(uses()) > 500


@pytest.mark.parametrize(
    ("pattern", "anywhere", "is_linear"),
    [
        (r"\s+$", True, False),
        (r"\s+$", False, True),
        (r"(?<!\s)\s++$", True, True),
        (r"\w+:", True, False),
        (r"\b\w+:", True, True),
        (r"\w+", True, True),
        (r"a(?:.*z)?", True, False),
        (r"(?:\w+)(?:\s+\w+)*", True, True),
        (r"(?:a|a)*b", False, False),
        (r"(?:a*)*b", False, False),
        (r"(?:[^\"\n]|\\.)*\"", False, False),
        (r"(?s)/\*.*?\*/", True, False),
        (r"(?s)/\*.*?(?:\*/|\Z)", True, True),
        (r"(?m)^\s*-", True, False),
        (r"(?m)^[^\S\n]*-", True, True),
        (r"(?m)^\s*-\s*[\"']?([^\"'#\n]+?)[\"']?\s*$", True, False),
        (r"(?:\s{0,4}\.\s{0,4}){100}", True, False),
        (r"\s{0,300}\s{0,300}x", True, False),
        (r"\s{0,300}x", True, True),
        (r"(?=.*foo)bar", True, False),
        (r"(\w+)\s+\1", False, False),
    ],
)
def test_the_check_knows_the_classics(pattern: str, anywhere: bool, is_linear: bool) -> None:
    """The check calls linear what is, and nothing that is not."""
    try:
        assert (verdict(pattern, anywhere=anywhere).problem == "") == is_linear
    except NotRead:
        assert not is_linear


# -- what the check says, tried

_LENGTHS = (1_000, 4_000, 16_000)
_TOO_QUICK_S = 0.05  # of processor time: below, nothing can be said of how it grows
_GROWTH = 9.0  # four times the text: linear takes 4 times as long, quadratic 16 times
_TAIL = "\0!"  # few patterns end with that
_MAX_TRIED_BOUND = (
    100  # larger ones look quadratic up to texts of that length; the static check multiplies them
)


def _cost_s(use: Use, pattern: re.Pattern[str] | re.Pattern[bytes], text: str) -> float:
    data = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    started_s = time.process_time()
    if use.anywhere:
        for _ in pattern.finditer(data):  # type: ignore[arg-type]
            pass
    elif use.whole:
        pattern.fullmatch(data)  # type: ignore[arg-type]
    else:
        pattern.match(data)  # type: ignore[arg-type]
    return time.process_time() - started_s


def _grows(use: Use, pattern: re.Pattern[str] | re.Pattern[bytes], lead: str, pump: str, tail: str) -> bool:
    """Whether longer texts of this form cost more than they are longer. Exponential ones are seen while short."""

    def cost_s(length: int) -> float:
        return _cost_s(use, pattern, lead + pump * (length // len(pump)) + tail)

    for length in (16, 20, 24):
        if cost_s(length) > _TOO_QUICK_S and cost_s(length) > _TOO_QUICK_S:
            return True
    for shorter, longer in pairwise(_LENGTHS):
        if cost_s(longer) < _TOO_QUICK_S:
            continue
        if min(cost_s(longer) / max(cost_s(shorter), 1e-6) for _ in range(3)) > _GROWTH:
            return True
    return False


@pytest.mark.timeout(600)  # twenty seconds of processor time, on whatever is left of the machine
def test_worst_cases_take_linear_time() -> None:
    """Four times the text takes about four times as long, for the texts that each loop of each pattern likes least."""
    grown = []
    for use in uses():
        if use.pattern is None or _key(use) in NOT_LINEAR or greatest_bound(use.pattern) > _MAX_TRIED_BOUND:
            continue
        pattern = re.compile(use.pattern, use.flags)  # type: ignore[type-var]
        tried = attacks(use.pattern, use.flags, anywhere=use.anywhere, whole=use.whole)
        grown += [
            f"{use.module}:{use.line} {lead!r} + {pump!r} * n + {tail!r}"
            for lead, pump in tried
            for tail in ("", _TAIL)
            if _grows(use, pattern, lead, pump, tail)
        ]
    assert grown == []


def test_the_trial_sees_what_is_quadratic() -> None:
    """The trial itself finds a quadratic pattern, by the texts that it makes of it."""
    use = Use("", "", 0, r"[ab]+c", 0, frozenset({"search"}))
    pattern = re.compile(r"[ab]+c")
    assert any(_grows(use, pattern, lead, pump, "") for lead, pump in attacks(r"[ab]+c"))
