"""Rules by hand: the kinds that no tool declares yet, and which rule holds when a change alters the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from rows import Rows

from indexers.facts import Change, ChangedFile, Constraint, FileFacts, Import, Operation, Symbol, Version
from memoryd.query.check.answers import CheckAnswer, CheckFinding, CheckRequest
from memoryd.query.check.quoted_rules import unwanted
from memoryd.query.check.verdict import check
from memoryd.query.context import Context

FACTS = FileFacts("python")


def rule(kind: str, **parts: object) -> Constraint:
    return Constraint(kind, parts.pop("severity", "block"), "people", "a rule", "as written", 1, 1, **parts)  # type: ignore[arg-type]


def changed(
    path: str, *added: str, removed: tuple[str, ...] = (), status: str = "M", **new: object
) -> ChangedFile:
    """A file whose lines from 1 on are ``added``."""
    version = Version(new.pop("facts", FACTS), **new)  # type: ignore[arg-type]
    return ChangedFile(
        path, status, added=tuple(enumerate(added, 1)), removed=tuple(enumerate(removed, 1)),
        old=None if status == "A" else Version(FACTS), new=version,
    )  # fmt: skip


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    rows = Rows(tmp_path / "index.db")
    rows.file("a.py", "x\n")
    rows.close()
    return rows.context()


def judged(ctx: Context, constraint: Constraint, *files: ChangedFile) -> CheckAnswer:
    """The answer for a change that also brings the rule, in a file of its own."""
    rules = changed("rules.toml", status="A", constraints=(constraint,))
    return check(ctx, CheckRequest(), Change("a change", (rules, *files)))


def blocks(answer: CheckAnswer) -> list[tuple[str, int]]:
    return [(f.path, f.line) for f in answer.findings if f.severity == "block"]


def test_ban_pattern(ctx: Context) -> None:
    """A banned text blocks on the added line that holds it; where it only moved it does not."""
    ban = rule("ban_pattern", target=("print(",), scope=("src/**", "!src/cli/**"))
    assert blocks(judged(ctx, ban, changed("src/a.py", "x = 1", "print(x)"))) == [("src/a.py", 2)]
    moved = changed("src/a.py", "    print(x)", removed=("print(x)",))
    assert blocks(judged(ctx, ban, moved)) == []
    for elsewhere in ("lib/a.py", "src/cli/a.py"):
        assert blocks(judged(ctx, ban, changed(elsewhere, "print(x)"))) == []


def test_ban_dependency(ctx: Context) -> None:
    """A banned package blocks where a manifest begins to name it, in whatever spelling."""
    ban = rule("ban_dependency", target=("Left_Pad",))
    named = changed(
        "package.json", '"left-pad": "1"', operations=(Operation("dependency", "left-pad", 1, 1),)
    )
    assert blocks(judged(ctx, ban, named)) == [("package.json", 1)]
    before = ChangedFile("package.json", "M", added=named.added, old=named.new, new=named.new)
    assert blocks(judged(ctx, ban, before)) == []


def test_require_companion(ctx: Context) -> None:
    """A change of the subject without its companion blocks; the companion in any state satisfies."""
    pair = rule("require_companion", subject=("schema/*.sql",), target=("docs/schema.md",))
    alone = changed("schema/a.sql", "create")
    assert blocks(judged(ctx, pair, alone)) == [("schema/a.sql", 0)]
    assert blocks(judged(ctx, pair, alone, changed("docs/schema.md", "text"))) == []
    assert blocks(judged(ctx, pair, changed("a.py", "x"))) == []


def test_path_protected(ctx: Context) -> None:
    """A protected file blocks at its first added line, or as a whole; exceptions do not."""
    guard = rule("path_protected", subject=("migrations/**",), exceptions=("migrations/README.md",))
    assert blocks(judged(ctx, guard, changed("migrations/1.sql", "x"))) == [("migrations/1.sql", 1)]
    gone = ChangedFile("migrations/1.sql", "D", old=Version(FACTS))
    assert blocks(judged(ctx, guard, gone)) == [("migrations/1.sql", 0)]
    renamed = ChangedFile(
        "old/1.sql", "R", old_path="migrations/1.sql", old=Version(FACTS), new=Version(FACTS)
    )
    assert blocks(judged(ctx, guard, renamed)) == [("old/1.sql", 0)]
    assert blocks(judged(ctx, guard, changed("migrations/README.md", "x"))) == []


def test_naming_of_symbols(ctx: Context) -> None:
    """A new definition of the kind must have the form; one that was there before need not."""
    names = rule("naming", subject=("class",), target=("*Service", "*Error"), scope=("services/**",))
    bad = Symbol("Mailer", "Mailer", "class", 1, 2, 0, 0)
    good = Symbol("MailService", "MailService", "class", 1, 2, 0, 0)
    for symbol, expected in ((bad, [("services/m.py", 1)]), (good, [])):
        file = changed("services/m.py", "class …", facts=FileFacts("python", symbols=(symbol,)))
        assert blocks(judged(ctx, names, file)) == expected
    was_there = ChangedFile(
        "services/m.py", "M", added=((1, "class Mailer(Base):"),), old=Version(FileFacts("python", symbols=(bad,))),
        new=Version(FileFacts("python", symbols=(bad,))),
    )  # fmt: skip
    assert blocks(judged(ctx, names, was_there)) == []


@pytest.mark.parametrize(
    ("style", "good", "bad"),
    [
        ("snake_case", "user_name", "userName"),
        ("camelCase", "userName", "UserName"),
        ("PascalCase", "UserName", "user_name"),
        ("kebab-case", "user-name", "user_name"),
        ("UPPER_CASE", "USER_NAME", "User"),
    ],
)
def test_naming_of_files(ctx: Context, style: str, good: str, bad: str) -> None:
    """A new file must have the form; the extension is no part of the name."""
    names = rule("naming", subject=("src/**",), target=(style,))
    assert blocks(judged(ctx, names, changed(f"src/{good}.ts", status="A"))) == []
    assert blocks(judged(ctx, names, changed(f"src/{bad}.ts", status="A"))) == [(f"src/{bad}.ts", 0)]
    assert blocks(judged(ctx, names, changed(f"src/{bad}.ts", "x"))) == []


def test_require_import(ctx: Context) -> None:
    """A new file of the subject without the import blocks, and one that drops it; one that never had it does not."""
    need = rule("require_import", subject=("src/**",), target=("future",))
    with_it = FileFacts("python", imports=(Import("future", "x", "x", 1),))
    assert blocks(judged(ctx, need, changed("src/a.py", "x", status="A"))) == [("src/a.py", 1)]
    assert blocks(judged(ctx, need, changed("src/a.py", "x", status="A", facts=with_it))) == []
    assert blocks(judged(ctx, need, changed("src/a.py", "x"))) == []
    dropped = ChangedFile(
        "src/a.py", "M", removed=((1, "from future import x"),), old=Version(with_it), new=Version(FACTS)
    )
    assert blocks(judged(ctx, need, dropped)) == [("src/a.py", 1)]


def test_severity_is_the_rules_own(ctx: Context) -> None:
    """A rule of severity warn never blocks, and info leaves the verdict OK."""
    for severity, verdict in (("block", "BLOCK"), ("warn", "WARN"), ("info", "OK")):
        ban = rule("ban_pattern", target=("eval(",), severity=severity)
        assert judged(ctx, ban, changed("a.py", "eval(x)")).verdict == verdict


def test_what_cannot_be_executed_is_listed_and_never_blocks(ctx: Context) -> None:
    """A rule that says why it cannot be executed stands under not_checkable when it governs the change."""
    riddle = rule("forbid_import", target=("x",), not_checkable="a regular expression", scope=("*.py",))
    answer = judged(ctx, riddle, changed("a.py", "import x"))
    assert answer.verdict == "OK"
    assert any("a regular expression" in entry for entry in answer.not_checkable)
    assert not any(
        "a regular expression" in e for e in judged(ctx, riddle, changed("a.md", "x")).not_checkable
    )


def test_a_rule_that_goes_with_the_change_warns(ctx: Context) -> None:
    """Taking a rule away and breaking it in one change is told, not blocked."""
    ban = rule("ban_pattern", target=("eval(",))
    loosened = ChangedFile("rules.toml", "M", old=Version(FACTS, constraints=(ban,)), new=Version(FACTS))
    answer = check(ctx, CheckRequest(), Change("a change", (loosened, changed("a.py", "eval(x)"))))
    assert answer.verdict == "WARN"
    assert "alters the rule" in answer.findings[0].message


def test_a_sentence_is_quoted_where_the_change_is_about_it(ctx: Context) -> None:
    """Prose warns when an added line holds the code that it names; otherwise it is silent."""
    said = Constraint(
        "prose", "warn", "agent-rules", "n", "Never call `requests.get` in a handler.", 3, 3, scope=("app/**",),
        not_checkable="a sentence for people",
    )  # fmt: skip
    answer = judged(ctx, said, changed("app/handler.py", "y", "x = requests.get(url)"))
    assert answer.verdict == "WARN"
    assert [(f.path, f.line, f.source) for f in answer.findings if f.severity == "warn"] == [
        ("app/handler.py", 2, "rules.toml:3")
    ]
    for silent in (
        changed("app/handler.py", "a handler is called"),
        changed("lib/a.py", "requests.get(url)"),
    ):
        assert judged(ctx, said, silent).verdict == "OK"


@pytest.mark.parametrize(
    ("sentence", "against"),
    [
        ("Never call `requests.get` in a handler.", ["requests.get"]),
        ("ALWAYS use `await using` for clean-up.", []),
        ("NEVER use `waitFor` from the library - use `vi.waitFor` instead.", ["waitFor"]),
        ("Use `makeResource()` instead of `Symbol.dispose`.", ["Symbol.dispose"]),
        ("Don't edit files under `src/generated/`, but run `make gen`.", ["src/generated/"]),
        ("Never discard a returned `error` with `_`.", []),
        ("Never use `print`.", ["print"]),
        ("Do not use `aa` or `bb`; prefer `cc`.", ["aa", "bb"]),
    ],
)
def test_what_a_sentence_is_against(sentence: str, against: list[str]) -> None:
    """Code after a negation is unwanted, up to what the sentence wants instead."""
    assert unwanted(sentence) == against


def test_owners_are_told_once_by_the_last_line_that_fits(ctx: Context) -> None:
    """CODEOWNERS is information: the last matching line names who looks at the file."""

    def owned(glob: str, owner: str, line: int) -> Constraint:
        return Constraint(
            "path_protected",
            "info",
            "codeowners",
            glob,
            f"{glob} {owner}",
            line,
            line,
            subject=(glob,),
            target=(owner,),
        )

    owners = changed(
        "CODEOWNERS", status="A", constraints=(owned("**", "@all", 1), owned("db/**", "@dba", 2))
    )
    files = (changed("db/a.sql", "x"), changed("db/b.sql", "x"))
    answer = check(ctx, CheckRequest(), Change("a change", (owners, *files)))
    told = [f for f in answer.findings if f.rule == "codeowners" and f.path.startswith("db/")]
    assert [(f.severity, f.message, f.source) for f in told] == [
        ("info", "@dba owns this and 1 more files", "CODEOWNERS:2")
    ]
    assert answer.verdict == "OK"


def test_the_worst_finding_is_the_verdict_and_stands_first(ctx: Context) -> None:
    """Findings come in order of severity; BLOCK outranks WARN."""
    both = changed(
        "rules.toml", status="A",
        constraints=(rule("ban_pattern", target=("eval(",)), rule("ban_pattern", target=("exec(",), severity="warn")),
    )  # fmt: skip
    answer = check(ctx, CheckRequest(), Change("a change", (both, changed("a.py", "exec(x)", "eval(x)"))))
    severities = [f.severity for f in answer.findings]
    assert answer.verdict == "BLOCK"
    assert severities == sorted(severities, key=["block", "warn", "info"].index)


def test_hostile_words_come_out_as_data(ctx: Context) -> None:
    """Rule texts and names with control characters are spelled out in every field."""
    ban = Constraint(
        "ban_pattern", "block", "people", "a\x1b[31m", "q\u202e", 1, 1, target=("\x1b]0;",), message="m\x07"
    )
    finding: CheckFinding = judged(ctx, ban, changed("a.py", "x\x1b]0;y")).findings[0]
    for text in (finding.rule, finding.quote, finding.message):
        assert text.isprintable(), text
