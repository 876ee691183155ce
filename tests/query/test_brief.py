"""brief: what a senior engineer hands over before a task, on a small repository that is really parsed."""

from __future__ import annotations

import pytest
from check_project import CheckedProject
from msgspec import structs

from memoryd.errors import UsageError
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.briefing.brief import brief
from memoryd.query.briefing.brief_answers import BriefAnswer, BriefItem, BriefRequest
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.text.render import rendered
from memoryd.store import sqlite
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records

SESSION = '''"""Sessions of the shop."""


class Session:
    def sign_cookie(self, value: str) -> str:
        # The salt must not change, otherwise every session breaks.
        salted = value + "salt"
        # TODO: rotate the key
        return salted

    def drop(self) -> None:
        self.gone = True
'''
FORMS = ("colour", "size", "shape", "price", "weight", "brand", "stock", "label", "photo", "video")
USES = "from shop.session import Session\n\n\n"
FILES = {
    "AGENTS.md": "Never change the cookie format without a migration.\n\nBe kind.\n",
    "docs/adr/0001-hmac.md": "# Cookies are signed with HMAC\n\n## Status\n\nAccepted\n\n"
    "## Decision\n\nWe sign in shop/session.py.\n",
    "shop/__init__.py": "",
    "shop/session.py": SESSION,
    "shop/keys.py": "def newest(ring):\n    return ring[-1]\n",
    "shop/views.py": f"{USES}def home(value):\n    return Session().sign_cookie(value)\n",
    "shop/app.py": "from shop.views import home\n\n\ndef main():\n    return home('x')\n",
    "shop/billing.py": "def charge(amount):\n    return amount * 2\n",
    "tests/test_session.py": f"{USES}def test_sign():\n    assert Session().sign_cookie('a')\n",
    "tests/test_billing.py": "from shop.billing import charge\n\n\ndef test_charge():\n    assert charge(1) == 2\n",
    **{f"shop/forms/{name}.py": f"def {name}(form):\n    return form.{name}\n" for name in FORMS},
}
TASK = "sign the session cookie with the newest key"


class BriefedProject(CheckedProject):
    def brief(self, task: str = TASK, *, records: Records | None = None, **asked: object) -> BriefAnswer:
        conn = sqlite.connect(self._index, readonly=True)
        ctx = structs.replace(
            self._context(conn, f"worktree:{self.root}"), lexical=LexicalIndex(), records=records
        )
        try:
            return brief(ctx, BriefRequest(task=task, **asked))  # type: ignore[arg-type]
        finally:
            conn.close()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    pool = ParsePool(PoolLimits(1))
    made = BriefedProject(tmp_path_factory.mktemp("brief") / "p", pool, FILES)
    for number in range(
        3
    ):  # keys.py never imports session.py; only their past says that they belong together
        made.commit(
            f"Sign the cookie, part {number}",
            {
                "shop/session.py": SESSION + f"\n\nPART = {number}\n",
                "shop/keys.py": FILES["shop/keys.py"] + f"\n\nPART = {number}\n",
            },
        )
    twice = made.commit("Sign the session cookie twice", {"shop/billing.py": "TWICE = 1\n"})
    made.git("revert", "--no-commit", twice)
    made.git("commit", "-q", "--author=Bob <bob@example.org>", "-m",
             f'Revert "Sign the session cookie twice"\n\nThis reverts commit {twice}.')  # fmt: skip
    made.index()
    yield made
    pool.close()


def titles(answer: BriefAnswer) -> list[str]:
    return [section.title.partition(" (")[0] for section in answer.sections]


def items(answer: BriefAnswer, title: str) -> tuple[BriefItem, ...]:
    return next((s.items for s in answer.sections if s.title.partition(" (")[0] == title), ())


def test_a_brief_goes_from_rules_to_recent_changes(project, tmp_path):
    """Sections come in order of authority, each item with its source."""
    store = Records.open(tmp_path / "records.db")
    store.add(
        NewRecord("lesson", "Rotating the cookie key needs two releases", "agent:bot", ("shop/session.py",))
    )
    answer = project.brief(records=store, paths=("shop/session.py",))
    store.close()
    assert titles(answer) == [
        "rules of the project", "decisions", "similar past changes", "warnings", "where to look", "depends on it",
        "tests", "conventions of that folder", "recent commits to these files",
    ]  # fmt: skip
    assert [i.text for i in items(answer, "rules of the project")] == [
        "“Never change the cookie format without a migration.”"
    ]
    assert [i.kind for i in items(answer, "decisions")] == ["adr", "lesson"]
    assert all(item.source for section in answer.sections for item in section.items)


def test_where_to_look_names_functions_as_they_are_declared(project):
    """The place is a function with its signature and its lines, not only a file."""
    best = items(project.brief("sign_cookie returns str"), "where to look")[0]
    assert (best.text, best.source) == (
        "Session: def sign_cookie(self, value: str) -> str",
        "shop/session.py:5-9",
    )


def test_warnings_are_what_was_undone_and_what_comments_there_forbid_or_owe(project):
    """A revert about the task comes first, then constraint comments, then debts; each with its place."""
    found = [(item.kind, item.source.partition(" ")[0]) for item in items(project.brief(), "warnings")]
    assert [kind for kind, _ in found] == ["revert", "constraint", "debt"]
    assert [source for kind, source in found if kind != "revert"] == [
        "shop/session.py:6",
        "shop/session.py:8",
    ]


def test_a_file_that_only_history_ties_to_the_place_is_named(project):
    """Common commits are said with the file that they are shared with."""
    answer = project.brief("drop a Session")
    companion = next(
        i for i in items(answer, "may have to change too") if i.source.startswith("shop/keys.py")
    )
    assert "changed in 4 of 4 commits of shop/session.py" in companion.text
    # shop/keys.py came with session.py in the first commit, and changed with it three times


def test_tests_that_reach_the_place_come_first(project):
    """A test is named by what it runs; one of other code is not."""
    found = items(project.brief("sign_cookie returns str"), "tests")
    assert (found[0].source, found[0].text.partition(";")[0]) == ("tests/test_session.py", "test_sign")
    assert "tests/test_billing.py" not in [item.source for item in found]


def test_dependents_are_files_that_use_the_place(project):
    """Users are counted per file; tests stand in their own section."""
    assert [item.source for item in items(project.brief("sign_cookie returns str"), "depends on it")] == [
        "shop/app.py"
    ]


def test_a_brief_of_something_else_is_silent(project):
    """Search always finds the least unlike; a brief says nothing instead, and what it looked through."""
    answer = project.brief("bake a chocolate cake with cherries")
    assert [title for title in titles(answer) if title != "rules of the project"] == []
    assert project.brief("paint").searched in ("", "rules files, decisions, records, code and history")


def test_a_file_named_in_the_task_is_looked_at_whatever_else_the_task_says(project):
    """Of a task in words that the project does not know, the path is enough."""
    answer = project.brief("Fehlerhafte Rundung beheben in shop/billing.py")
    assert items(answer, "where to look")[0].source.startswith("shop/billing.py")


def test_a_brief_keeps_its_budget(project):
    """A small budget cuts items, never the order of authority, and says so."""
    answer = project.brief(paths=("shop/session.py",), max_tokens=150)
    assert titles(answer)[0] == "rules of the project"
    assert answer.truncated
    for tokens in (150, 400, 1_500):
        text = rendered(project.brief(paths=("shop/session.py",), max_tokens=tokens), tokens).text
        assert len(text) <= 4 * tokens


def test_a_long_issue_is_a_task(project):
    """What search reads, a brief reads: a pasted issue with its log."""
    answer = project.brief("sign_cookie fails\n" + "traceback line of the log\n" * 2_000)
    assert items(answer, "where to look")[0].source == "shop/session.py:5-9"


PARAGRAPH = (
    "Customers complain since last week that they are thrown out of their accounts in the middle of what they do,"
    " mostly in the evening when a lot goes on, and support cannot see any reason for that; please find out what"
    " is wrong, the cookie of a session is perhaps signed with another value or salt, now that we rotate keys,"
    " so that every session breaks at the change and is gone"
)
RECIPE = (
    "Every weekend my grandmother baked a chocolate tart with cherries for all of us, and she said that the secret was"
    " to let the butter become soft before one stirs it into the sugar, since the dough turns out heavy otherwise, and"
    " then nobody wants a second piece of it in the afternoon, not even with whipped cream and a large cup of tea"
)


@pytest.mark.parametrize("end", [", ", ".\n\n"])
def test_a_task_of_a_whole_paragraph_is_no_silence(project, end):
    """Regression: no piece of code holds a fair part of 60 words, so the brief was empty. In one line or in several,
    of which the first says nothing of the matter."""
    task = PARAGRAPH.replace(", ", end)
    assert len(task.split()) >= 44
    assert items(project.brief(task), "where to look")[0].source.startswith("shop/session.py")


@pytest.mark.parametrize("end", [", ", ".\n\n"])
def test_a_paragraph_of_something_else_is_silent(project, end):
    """However long it is: some of its words stand somewhere by chance."""
    answer = project.brief(RECIPE.replace(", ", end))
    assert [title for title in titles(answer) if title != "rules of the project"] == []


def test_the_list_of_files_is_short_and_the_rest_is_counted(project):
    """Files far behind the best are a number; who asks for a longer text gets them."""
    few, many = project.brief(), project.brief(max_tokens=3_000)
    named = {len([i for s in answer.sections for i in s.items if i.kind == "file"]) for answer in (few, many)}
    assert few.truncated
    assert few.next == f"memoryd brief '{TASK}' --max-tokens 3000"
    assert named == {0, 1}


def test_the_command_for_more_does_not_repeat_a_long_task(project):
    """In the text; the structured answer has it whole, so that a program can ask it."""
    answer = project.brief(PARAGRAPH)
    assert PARAGRAPH in answer.command
    assert rendered(answer, 1_500).next in ("", "memoryd brief '<the same text>' --max-tokens 3000")
    assert PARAGRAPH[-80:] not in rendered(answer, 1_500).text


def test_a_path_that_does_not_exist_is_refused(project):
    """An argument that means nothing is named."""
    with pytest.raises(UsageError, match=r"nope\.py"):
        project.brief("x", paths=("nope.py",))


def test_an_empty_project_has_no_brief(tmp_path):
    """Nothing known gives no sections and says what was searched."""
    pool = ParsePool(PoolLimits(1))
    empty = BriefedProject(tmp_path / "p", pool, {"notes.txt": "\n"})
    empty.index()
    answer = empty.brief("paint the fence")
    pool.close()
    assert (answer.sections, answer.searched) == ((), "rules files, decisions, records, code and history")


def test_what_is_kept_of_the_last_brief_is_not_of_an_older_state(
    project,
):  # the last here: it adds to the project
    """A commit that came since counts."""

    def companion() -> str:
        found = items(project.brief("drop a Session"), "may have to change too")
        return next(item.text for item in found if item.source.startswith("shop/keys.py"))

    before = companion()
    text = {path: FILES[path] + "\n\nMORE = 1\n" for path in ("shop/session.py", "shop/keys.py")}
    project.commit("Rotate the key of sessions", text)
    project.index()
    assert "4 of 4 commits of shop/session.py" in before
    assert "5 of 5 commits of shop/session.py" in companion()
