"""What decision documents say of each other and of code; rules beside them."""

from __future__ import annotations

import pytest
from msgspec import structs
from rows import Rows, rename

from indexers.facts import Comment, CommitNote, Decision, FileChange, FileFacts
from memoryd.errors import UsageError
from memoryd.query.briefing.why import why
from memoryd.query.briefing.why_answers import WhyRequest
from memoryd.query.decisions.answers import DecisionsRequest
from memoryd.query.decisions.documents import documents
from memoryd.query.decisions.listing import decisions
from memoryd.query.rules.project_rules import rules


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path / "index.db")


def adr(rows: Rows, name: str, title: str, status: str = "accepted", **more) -> str:
    path = f"docs/adr/{name}.md"
    number = name.partition("-")[0]
    known = Decision(title, status, "explicit", "", 1, number=number if number.isdigit() else "", **more)
    rows.file(path, f"# {title}\n{known}\n", language="markdown", decision=known)
    return path


def found(rows: Rows, text_at=None, **asked):
    ctx = structs.replace(rows.context(), text_at=text_at)
    answer = decisions(ctx, DecisionsRequest(**asked))
    return {item.id.rpartition("/")[2]: item for item in answer.decisions}


def added(path: str) -> FileChange:
    return FileChange("A", path, new_blob="ab" * 20)


# -- relations


def test_an_amendment_supersedes_nothing(rows):
    """The amended decision stays in force; each names the other."""
    adr(rows, "0005-help", "Help comments")
    adr(rows, "0009-scripts", "Help scripts", amends=("0005-help.md",))
    old, new = found(rows)["0005-help"], found(rows)["0009-scripts"]
    assert (old.status, old.superseded_by, old.amended_by) == ("accepted", (), ("docs/adr/0009-scripts",))
    assert (new.supersedes, new.amends) == ((), ("docs/adr/0005-help",))


def test_who_replaces_a_part_leaves_the_rest_in_force(rows):
    """The relation is told, the status stays, and the older one is in doubt."""
    adr(rows, "1-connect", "Connect")
    rows.commit("one", [added("docs/adr/1-connect.md")])
    adr(rows, "2-invite", "Invite", supersedes=("1-connect.md",), in_part=("1-connect.md",))
    rows.commit("two", [added("docs/adr/2-invite.md")])
    old = found(rows)["1-connect"]
    assert (old.status, old.superseded_by, old.health) == ("accepted", ("docs/adr/2-invite",), "in_doubt")
    assert old.reason == "the newer decision docs/adr/2-invite replaces a part of it"


def test_a_successor_that_only_itself_names_is_derived(rows):
    """Nobody wrote "superseded" into the older one: its own status is shown beside."""
    adr(rows, "1-weight", "By weight")
    adr(rows, "2-size", "By size", supersedes=("1-weight.md",))
    old = found(rows)["1-weight"]
    assert (old.status, old.status_source, old.stated) == ("superseded", "derived", "accepted")
    assert "superseded (derived: only the newer document says so; its own status: accepted)" in old.summary()


def test_what_is_superseded_in_part_says_so(rows):
    """In the list of successors and in the text."""
    adr(
        rows,
        "1-weight",
        "By weight",
        superseded_by=("2-size.md",),
        in_part=("2-size.md",),
        stated="Partly superseded",
    )
    adr(rows, "2-size", "By size")
    old = found(rows)["1-weight"]
    assert (old.status, old.superseded_in_part_by) == ("accepted", ("docs/adr/2-size",))
    assert "accepted (stated: “Partly superseded”), superseded in part by docs/adr/2-size" in old.summary()


def test_a_status_that_is_not_understood_is_quoted(rows):
    """It is in no list of what is in force."""
    adr(rows, "1-weight", "By weight", status="unknown", stated="Blorked")
    assert "unknown (stated: “Blorked”, not understood)" in found(rows)["1-weight"].summary()
    assert found(rows, status="accepted") == {}


def test_a_page_of_a_site_names_its_document(rows):
    """By the document's whole name; a short name may be another page."""
    adr(rows, "0001-by-weight", "By weight")
    adr(rows, "0002-by-size", "By size", supersedes=("https://adr.example.org/decisions/0001-by-weight/",))
    adr(rows, "0003-x", "X", supersedes=("https://example.org/0004",))
    assert found(rows)["0002-by-size"].supersedes == ("docs/adr/0001-by-weight",)
    assert found(rows)["0003-x"].supersedes == ()


def test_a_number_that_two_documents_share_names_neither(rows):
    """The id is the path; a shared number is an alias that has to be told apart."""
    adr(rows, "0003-a", "A")
    adr(rows, "0003-b", "B")
    adr(rows, "0004-c", "C", supersedes=("3",))
    assert found(rows)["0004-c"].supersedes == ()
    with pytest.raises(UsageError, match="2 decisions are called"):
        found(rows, id="3")


def test_a_reference_of_only_a_comment_names_nothing(rows):
    """Regression: an empty path led to the document's own folder, and it superseded itself."""
    rows.file(
        "keps/1-x/kep.yaml",
        "title: X\n",
        decision=Decision("X", "accepted", "explicit", "", 1, supersedes=("# `KEP: y`",)),
    )
    assert found(rows)["1-x"].status == "accepted"


# -- code


def test_links_say_what_is_named_and_how_sure_that_is(rows):
    """Paths, unique endings, folders, globs and symbols of the view; what it does not have is no link."""
    rows.file("src/session/cookie.py", symbols=[("Signer", "class", 1), ("Signer.sign", "method", 2)])
    rows.file("src/web/app.ts")
    rows.file("other/app.ts")
    names = (
        "src/session/cookie.py", "session/cookie.py", "src/web/", "src/**/*.ts", "Signer.sign()", "Signer::sign",
        "src.session.cookie.Signer", "app.ts", "nothing.py", "Unknown", "src/session/cookie.py:Signer",
    )  # fmt: skip
    adr(rows, "1-x", "X", references=names)
    item = found(rows)["1-x"]
    assert [(link.to, link.how, link.confidence) for link in item.links] == [
        ("src/session/cookie.py", "path", 1.0),
        ("src/web", "folder", 0.9),
        ("src/**/*.ts", "glob", 0.9),
        ("src/session/cookie.py:Signer.sign", "symbol", 0.95),
        ("src/session/cookie.py:Signer", "symbol", 0.95),
    ]
    assert item.scope == ("src/session/cookie.py", "src/web", "src/**/*.ts")
    assert "1-x" in found(rows, path="src/web/app.ts")
    assert "1-x" not in found(rows, path="other/app.ts")


def test_other_decisions_are_no_code(rows):
    """A link to another document of the collection makes no scope."""
    adr(rows, "1-x", "X")
    adr(rows, "2-y", "Y", references=("docs/adr/1-x.md",))
    item = found(rows)["2-y"]
    assert (item.links, item.health, item.reason) == (
        (),
        "unlinked",
        "no file or symbol that it names was found",
    )


def test_documents_are_read_once_for_one_state_of_the_store(rows):
    """And again after the next write."""
    adr(rows, "1-x", "X")
    first = documents(rows.context())
    assert documents(rows.context()) is first
    adr(rows, "2-y", "Y")
    assert len(documents(rows.context()).entries) == 2


# -- health: each definition, and what it does not cover


def linked(rows: Rows, *references: str, **more) -> str:
    path = adr(rows, "1-x", more.pop("title", "X"), references=references, **more)
    rows.commit("Decide X", [added(path), *(added(name) for name in references if "." in name)])
    return path


def health(rows: Rows, text_at=None) -> tuple[str, str]:
    item = found(rows, text_at)["1-x"]
    return item.health, item.reason


def test_code_that_was_named_and_deleted_is_a_doubt(rows):
    """The reason names it and the commit."""
    rows.file("src/kept.py")
    linked(rows, "src/gone.py", "src/kept.py")
    rows.commit("Remove it", [FileChange("D", "src/gone.py")])
    assert health(rows) == (
        "in_doubt",
        "`src/gone.py`, which it names, was deleted in 0000000000 (1970-01-03)",
    )


def test_a_rename_explains_what_is_gone(rows):
    """Code that moved is no doubt: what the decision names is followed to where it is, and `why` there knows it."""
    rows.file("src/new.py", "def pay():\n    pass\n", [("pay", "function", 1, 2)])
    rows.file("lib/till/drawer.py")
    adr(rows, "1-x", "X", references=("src/old.py", "src/old.py:pay", "src/till/", "src/gone.py"))
    rows.commit(
        "Decide X", [added(f"src/{name}.py") for name in ("old", "till/drawer")] + [added("docs/adr/1-x.md")]
    )
    rows.commit(
        "Move it", [rename("src/old.py", "src/new.py"), rename("src/till/drawer.py", "lib/till/drawer.py")]
    )
    item = found(rows)["1-x"]
    assert [(link.to, link.how) for link in item.links] == [
        ("src/new.py", "path"),
        ("src/new.py:pay", "symbol"),
        ("lib/till", "folder"),
    ]
    assert all(link.confidence < 1 for link in item.links)
    assert item.health == "ok"
    said = why(rows.context(), WhyRequest(target="src/new.py")).items
    assert [(one.kind, one.path) for one in said if one.kind == "decision"] == [
        ("decision", "docs/adr/1-x.md")
    ]


def test_an_id_survives_a_renamed_folder(rows):
    """The former ones are aliases, whole or with the file's ending; what another document was called is none."""
    known = Decision("X", "accepted", "explicit", "", 1, number="1")
    rows.file("docs/decisions/1-x.md", "# X\n", language="markdown", decision=known)
    rows.file(
        "docs/decisions/2-y.md", "# Y\n", language="markdown", decision=structs.replace(known, title="Y")
    )
    rows.commit("One", [added("adr/1-x.md"), added("adr/3-z.md")])
    rows.commit(
        "Move", [rename("adr/1-x.md", "docs/adr/1-x.md"), rename("adr/3-z.md", "docs/decisions/2-y.md")]
    )
    rows.commit("Again", [rename("docs/adr/1-x.md", "docs/decisions/1-x.md")])
    assert {"docs/adr/1-x", "adr/1-x"} <= set(found(rows)["1-x"].aliases)
    assert "adr/3-z" not in found(rows)["2-y"].aliases
    for name in ("adr/1-x", "docs/adr/1-x.md", "docs/decisions/1-x"):
        assert [item.title for item in found(rows, id=name).values()] == ["X"]


def test_a_reference_that_never_resolved_proves_nothing(rows):
    """Most dangling references are examples; what was gone before the decision is none either."""
    rows.commit("Before", [added("src/ancient.py")])
    rows.commit("Before, too", [FileChange("D", "src/ancient.py")])
    rows.file("src/kept.py")
    adr(rows, "1-x", "X", references=("src/example.py", "src/ancient.py", "src/kept.py"))
    rows.commit("Decide X", [added("docs/adr/1-x.md")])
    assert health(rows) == ("ok", "")


def test_age_alone_is_no_doubt(rows):
    """Ten years of other work change nothing."""
    rows.file("src/kept.py")
    linked(rows, "src/kept.py")
    rows.commit("Ten years later", ["src/other.py"], day=3_650)
    assert health(rows) == ("ok", "")


def test_a_reverted_implementation_is_a_doubt_until_it_comes_back(rows):
    """A commit that names the decision was reverted: parity counts."""
    rows.file("src/kept.py")
    linked(rows, "src/kept.py")
    done = rows.commit("Implement ADR-1 in the session", ["src/kept.py"])
    undo = rows.commit(
        'Revert "Implement ADR-1 in the session"', ["src/kept.py"], body=f"This reverts commit {done}."
    )
    assert health(rows)[0] == "in_doubt"
    assert "was reverted" in health(rows)[1]
    rows.commit('Revert "Revert …"', ["src/kept.py"], body=f"This reverts commit {undo}.")
    assert health(rows) == ("ok", "")


def test_a_newer_decision_that_opposes_is_a_doubt(rows):
    """Because it says so, or because it chooses what this one rejected for the same code; a proposal is none."""
    rows.file("src/store.py")
    linked(rows, "src/store.py", title="Store in SQLite", alternatives=("Use PostgreSQL", "Files"))
    adr(rows, "2-y", "Use PostgreSQL for everything", "proposed", references=("src/store.py",))
    rows.commit("Propose", [added("docs/adr/2-y.md")])
    assert health(rows) == ("ok", "")
    adr(rows, "2-y", "Use PostgreSQL for everything", references=("src/store.py",))
    assert health(rows) == (
        "in_doubt",
        "the newer decision docs/adr/2-y chooses “Use PostgreSQL”, which this one rejected",
    )
    adr(rows, "2-y", "Other", conflicts=("1-x.md",))
    assert health(rows) == ("in_doubt", "the newer decision docs/adr/2-y contradicts it")


def test_most_lines_rewritten_by_commits_of_substance_are_a_doubt(rows):
    """Half of the lines may go; so may all of them in one commit, or in commits that only format."""
    then = "".join(f"line {number}\n" for number in range(10)).encode()
    linked(rows, "src/kept.py")

    def now(kept: int) -> tuple[str, str]:
        old = "".join(f"  line {number}\n" for number in range(kept))
        rows.file("src/kept.py", old + "new\n" * 20)
        return health(rows, lambda sha, path: then)

    rows.commit("Rewrite the parser", ["src/kept.py"])
    rows.commit("Format with black", ["src/kept.py"])
    assert now(0) == ("ok", "")
    rows.commit("Handle quotes", ["src/kept.py"])
    assert now(5) == ("ok", "")
    assert now(4) == ("in_doubt", "4 of 10 lines of src/kept.py are left after 2 commits that changed it")


def test_of_a_symbol_its_own_lines_count(rows):
    """A rewritten neighbour is no doubt about the function that was named."""
    rows.file(
        "src/kept.py", "".join(f"line {number}\n" for number in range(20)), [("kept", "function", 1, 8)]
    )
    linked(rows, "src/kept.py:kept")
    for subject in ("Rewrite the rest", "Rewrite it again"):
        rows.commit(subject, ["src/kept.py"])
    then = "".join(f"line {number}\n" for number in range(8)) + "old\n" * 30
    assert health(rows, lambda sha, path: then.encode()) == ("ok", "")
    assert health(rows, lambda sha, path: b"old\n" * 30)[1] == (
        "0 of 8 lines of src/kept.py:kept are left after 2 commits that changed it"
    )


def test_a_decision_that_is_not_in_force_needs_no_health(rows):
    """Who looks for what is rejected wants the reason, not the state of code."""
    path = adr(rows, "1-x", "X", "rejected", references=("src/gone.py",))
    rows.commit("Reject X", [added(path), added("src/gone.py")])
    rows.commit("Remove", [FileChange("D", "src/gone.py")])
    assert health(rows) == ("unlinked", "")


def test_the_text_tells_a_doubt_in_one_line(rows):
    """With its reason, under the decision; in full also what was rejected."""
    linked(rows, "src/gone.py", alternatives=("Y",))
    rows.commit("Remove it", [FileChange("D", "src/gone.py")])
    listed = decisions(rows.context(), DecisionsRequest()).page().sections[0].items[0]
    assert "in doubt: `src/gone.py`, which it names, was deleted" in listed
    full = decisions(rows.context(), DecisionsRequest(id="1-x")).page().head
    assert "health: in doubt" in full
    assert "rejected alternatives: Y" in full


# -- when it held


def test_a_decision_holds_from_the_commit_that_brought_it_to_the_one_that_replaced_it(rows):
    """As commits, through renames of the document."""
    old = adr(rows, "1-x", "X")
    first = rows.commit("one", [added("docs/adr/draft.md")])
    rows.commit("name it", [rename("docs/adr/draft.md", old)])
    assert (found(rows)["1-x"].valid_from, found(rows)["1-x"].valid_to) == (first, "")
    new = adr(rows, "2-y", "Y", supersedes=("1-x.md",))
    second = rows.commit("two", [added(new)])
    assert (found(rows)["1-x"].valid_from, found(rows)["1-x"].valid_to) == (first, second)
    assert found(rows)["2-y"].valid_from == second


# -- rules beside decisions


@pytest.fixture
def ruled(rows):
    rows.file("AGENTS.md", "Never commit generated files.\n\nPrefer small functions.\n", language="markdown")
    rows.file(
        "ruff.toml",
        '[lint]\nselect = ["TID"]\n[lint.flake8-tidy-imports.banned-api]\n"requests".msg = "Use httpx."\n',
    )
    rows.file(
        "pyproject.toml",
        '[[tool.importlinter.contracts]]\nname = "core is pure"\ntype = "forbidden"\n'
        'source_modules = ["app.core"]\nforbidden_modules = ["app.web"]\n',
    )
    rows.file(
        "app/core/a.py", facts=FileFacts("python", comments=(Comment("DECISION: no retries in here", 3, 3),))
    )
    adr(rows, "1-x", "Requests are signed")
    return rows


def test_the_list_is_of_decisions_and_their_comments(ruled):
    """Rules are many: they come by kind, or with words or a path, after what was decided."""
    assert [(item.kind, item.tier) for item in found(ruled).values()] == [
        ("decision", "declared"),
        ("adr", "declared"),
    ]
    by_kind = found(ruled, kinds=("rule", "constraint"))
    assert [(item.kind, item.title) for item in by_kind.values()] == [
        ("constraint", "import-linter: core is pure"),
        ("constraint", "ruff: TID251 requests"),
        ("rule", "Never commit generated files."),
        ("rule", "Prefer small functions."),
    ]
    topic = decisions(ruled.context(), DecisionsRequest(topic="requests")).decisions
    assert [item.kind for item in topic] == ["adr", "constraint"]
    assert "decision" in [item.kind for item in found(ruled, path="app/core/a.py").values()]


def test_a_rule_has_an_id_and_is_shown_with_its_words(ruled):
    """Path and name; a DECISION comment by its file and first words."""
    rule = found(ruled, id="ruff.toml#tid251-requests")["ruff.toml#tid251-requests"]
    assert (rule.line, rule.status, rule.health) == (4, "accepted", "ok")
    assert "Use httpx." in rule.text
    comment = found(ruled, id="app/core/a.py#no-retries-in-here")
    assert [item.line for item in comment.values()] == [3]


def test_rules_in_scope_of_a_path_are_those_of_the_project_and_its_own(ruled):
    """A contract about other modules is left out; what a tool enforces for these files is binding."""
    ctx = ruled.context()
    inside = {rule.text: rule.binding for rule in rules(ctx, ["app/core/a.py"])}
    assert inside["import-linter: core is pure"] is True
    assert inside["ruff: TID251 requests (Use httpx.)"] is False
    assert "import-linter: core is pure" not in {rule.text for rule in rules(ctx, ["app/web/b.py"])}


def test_the_dependency_it_names_is_gone(rows):
    """A package in the title that left the manifests afterwards; one that it rejected may go."""
    rows.file("src/kept.py")
    linked(rows, "src/kept.py", title="Queue with Redis", alternatives=("Celery",))
    rows.commit("Drop celery", [], notes=[CommitNote("dependency", "celery", "removed")])
    assert health(rows) == ("ok", "")
    rows.commit("Drop redis", [], notes=[CommitNote("dependency", "redis", "removed")])
    assert health(rows)[0] == "in_doubt"
    assert "the dependency `Redis`, which it names, was removed" in health(rows)[1]
    rows.commit("Take redis back", [], notes=[CommitNote("dependency", "redis", "added")])
    assert health(rows) == ("ok", "")


def test_why_tells_the_rules_that_are_for_the_very_place(ruled):
    """A contract about the file's module and a decision in its comment; nothing that holds for all files."""
    found = why(ruled.context(), WhyRequest(target="app/core/a.py")).items
    assert [(item.kind, item.tier, item.quote.partition(":")[0]) for item in found] == [
        ("decision", "declared", "no retries in here"),
        ("constraint", "declared", "import-linter"),
    ]
    ruled.file("app/other.py")
    assert why(ruled.context(), WhyRequest(target="app/other.py")).items == ()


def test_owners_stand_in_the_list_with_what_they_own(rows):
    """As a constraint that forbids nothing, found by the path."""
    rows.file("src/db/a.sql", language="text")
    rows.file(".github/CODEOWNERS", "/src/db/ @ann\n/web/ @bob\n", language="text")
    (item,) = decisions(rows.context(), DecisionsRequest(path="src/db/a.sql")).decisions
    assert (item.title, item.scope, item.excerpt) == ("codeowners: /src/db/", ("src/db",), "/src/db/ @ann")


def test_a_number_with_its_kind_is_found_in_any_folder(rows):
    """``OEP-9`` is the file whose name says so; a bare number means a neighbour only."""
    for path, more in (
        ("oeps/archived/oep-0009-rights.rst", {"number": "0009"}),
        ("oeps/practices/oep-0066-roles.rst", {"number": "0066", "supersedes": ("OEP-9",)}),
        ("oeps/practices/oep-0067-tools.rst", {"number": "0067", "supersedes": ("9",)}),
    ):
        rows.file(path, path, decision=Decision(path, "accepted", "explicit", "", 1, **more))
    assert found(rows)["oep-0066-roles"].supersedes == ("oeps/archived/oep-0009-rights",)
    assert found(rows)["oep-0067-tools"].supersedes == ()
