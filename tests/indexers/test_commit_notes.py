"""What commits say and do: reverts, reasons, copies, faults mended, packages, trailers. Pure readers."""

# ruff: noqa: E501, PT018 - sources and messages are lines, and pairs belong together

from __future__ import annotations

import pytest
from growth import assert_linear

from indexers.facts import Commit, FileChange
from indexers.history import dependencies, rationale, reverts

SHA = "4d101943c80792d1e898b240c8111837b079c34e"


def commit(subject, body="", *, author="Ann", changes=("src/app.py",), time_s=0):
    rows = tuple(
        c if isinstance(c, FileChange) else FileChange("M", c, "", "aa" * 20, "bb" * 20) for c in changes
    )
    return Commit("ab" * 20, ("cd" * 20,), author, "ann@example.org", time_s, subject, body, rows)


def claims(subject, body=""):
    return [(n.how, n.subject) for n in reverts.notes(commit(subject, body)) if n.kind == "revert"]


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ('Revert "Add x"', f"This reverts commit {SHA}.", [("stated", SHA), ("text", "Add x")]),
        ('Revert "Add x" (#12)', "", [("text", "Add x")]),
        ("revert: feat(app): add x", "", [("text", "feat(app): add x")]),
        ("Undo 4d101943c8", "", [("stated", "4d101943c8")]),
        ("Fix docs", "This also reverts 4d101943c8 and 5577aabb01.",
         [("stated", "4d101943c8"), ("stated", "5577aabb01")]),
        ("Squash of a branch", f"* One\n\n* Revert \"Two\"\n\nThis reverts commit {SHA}.", [("stated", SHA)]),
        ("Merge back", f"This reverts commit {SHA}, reversing\nchanges made to {'9' * 40}.", [("stated", SHA)]),
        ("Back out PR", "Reverts owner/repo#6134", [("pull", "#6134")]),
        # not this commit's doing
        ("Reapply", "This was reverted 4d101943c8 by mistake", []),
        ("Do not revert 4d101943c8", "", []),
        ("revert revert 4d101943c8", "", []),
        ("Restore state", "It should revert 1234567 rows", []),
        ("Convert defaced pages", "", []),
    ],
)  # fmt: skip
def test_what_a_message_says_it_undoes(subject, body, expected):
    """Shas in every form, numbers of pull requests, titles; words about other commits' reverts are none."""
    assert claims(subject, body) == expected


def test_the_reason_of_a_revert_is_what_stands_beside_the_sha():
    """The statement itself is no reason; the first prose is, in the same line or below."""
    said = reverts.reason_of(f"This reverts commit {SHA}.\n\nIt deadlocked on shutdown.\n\nSigned-off-by: A")
    assert said == "It deadlocked on shutdown."
    assert (
        reverts.reason_of(f"This reverts commit {SHA}. It broke the Windows build.")
        == "It broke the Windows build."
    )
    assert reverts.reason_of(f"This reverts commit {SHA}.") == ""


def test_copies_and_mended_faults_are_named_by_explicit_words_only():
    """Cherry-picks and `Fixes:` name a sha; issue numbers and vague blame name none."""
    body = 'Fixes: 0316198dc2 ("Add y")\n\nA regression introduced in 5b86b35c81.\nFixes #123'
    body += f"\n(cherry picked from commit {SHA})"
    notes = [(n.kind, n.subject) for n in reverts.notes(commit("Mend y", body))]
    assert notes == [("picked", SHA), ("fixes", "0316198dc2"), ("fixes", "5b86b35c81")]


def reasons(subject, body="", **more):
    return [n.quote for n in rationale.notes(commit(subject, body, **more)) if n.kind == "rationale"]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Raise an error without real ContextVars", "The replacement doesn't work across asyncio tasks, hence it makes"
         " sense to error out rather than find there are odd bugs."),
        ("Use a queue", "We switched from polling because `Worker.poll()` blocked the event loop."),
        ("unix: use a heap", "With a tree that lookup is O(log n), so timers were slow; the heap makes it O(1) instead."),
        ("Fix restart", "Previously the pidfile was only removed on exit, which leads to a crash on SIGHUP."),
    ],
)  # fmt: skip
def test_a_reason_is_quoted(subject, body):
    """A decision, a cause or a consequence in prose is worth quoting, in its own sentence."""
    assert reasons(subject, body) and reasons(subject, body)[0] in body


@pytest.mark.parametrize(
    ("subject", "body", "more"),
    [
        ("Fix typo in docs", "", {}),
        ("Bump requests from 2.1 to 2.2", "because of a vulnerability, instead of waiting", {}),
        ("[pre-commit.ci] autoupdate", "must replace with because instead", {}),
        ("Update x", "We decided to drop it because it must not break.", {"author": "renovate[bot]"}),
        ("Release 2.0", "We decided to drop support for 3.6 because it cannot work.", {}),
        ("Add feature", "- [ ] I decided to use this because of that instead of this", {}),
        ("Trunk r77", "git-svn-id: https://svn/x@77 because instead of", {}),
        ("Add y", "Added since 2.0 because of the cause of it.", {}),
        ("Add y", "Is it slow because of the lock instead of the queue?", {}),
        ("Mend the test", "The test failed because the server was slow, so we wait for it instead.",
         {"changes": ("tests/test_app.py", "docs/index.rst")}),
    ],
)  # fmt: skip
def test_machines_lists_and_upkeep_give_no_reason(subject, body, more):
    """Bots, releases, svn tags, check-lists, changelog wording, questions and commits beside the code say no why."""
    assert reasons(subject, body, **more) == []


def test_declared_trailers_are_kept_as_they_are():
    """Constraint, Rejected and Directive are decisions by their form."""
    body = (
        "Text.\n\nConstraint: the API answers within 100 ms\nRejected: a cache | stale reads\nReviewed-by: Bo"
    )
    notes = [(n.subject, n.quote) for n in rationale.notes(commit("Do", body)) if n.kind == "trailer"]
    assert notes == [("Constraint", "the API answers within 100 ms"), ("Rejected", "a cache | stale reads")]


def test_the_inverse_of_a_change_is_recognised_by_its_bytes():
    """Same files, bytes swapped; change logs do not count, machines and releases are not compared."""
    there = FileChange("M", "a.py", "", "11" * 20, "22" * 20)
    back = FileChange("M", "a.py", "", "22" * 20, "11" * 20)
    log = FileChange("M", "CHANGES.rst", "", "33" * 20, "44" * 20)
    do, undo = (
        reverts.effects(commit("Add", changes=[there])),
        reverts.effects(commit("No", changes=[back, log])),
    )
    assert (do[1], do[0]) == undo and do[0] != do[1] and do[0] % 2 == 0
    added = reverts.effects(commit("Add", changes=[FileChange("A", "b.py", "", "", "55" * 20)]))
    assert added[0] % 2 == added[1] % 2 == 1  # a whole file came
    assert reverts.effects(commit("Bump version to 1.2", changes=[there])) == (0, 0)
    assert reverts.effects(commit("x", changes=[there], author="dependabot[bot]")) == (0, 0)
    assert reverts.effects(commit("Fix lint", changes=[there])) == (0, 0)


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("pyproject.toml", '[project]\nname="a"\ndependencies=["attrs","simplejson>=2"]', '[project]\nname="a"\ndependencies=["attrs"]',
         [("removed", "simplejson")]),
        ("requirements/dev.txt", "Flask==1\n# note\npycurl\n", "Flask==1\nurllib3>=1.26\n", [("replaced", "pycurl")]),
        ("requirements.txt", "redis>=3\na\n", "redis>=3,<5\na\n", [("capped", "redis")]),
        ("requirements.txt", "redis==3\na\n", "redis==4\na\n", []),
        ("setup.py", "setup(install_requires=['a'])", "setup(install_requires=['a', 'B_c>=1'])", [("added", "b-c")]),
        ("tox.ini", "[testenv]\ndeps =\n  pytest\n  py27: simplejson\n", "[testenv]\ndeps =\n  pytest\n", [("removed", "simplejson")]),
        ("package.json", '{"dependencies":{"a":"1"}}', '{"dependencies":{"a":"1"},"devDependencies":{"chalk":"^5"}}', [("added", "chalk")]),
        ("package.json", '{"dependencies":{"a":"1"}}', '{"devDependencies":{"a":"1"}}', [("moved", "a")]),
        ("package.json", '{"dependencies":{"a":"1"}}', '{"dependencies":{"a":"2"}}', []),
        ("pyproject.toml", '[project]\ndependencies=["a","b>=1"]', '[project]\ndependencies=["a"]\n[tool.pdm.dev-dependencies]\ntest=["b>=1"]', [("moved", "b")]),
        ("pyproject.toml", '[project]\ndependencies=["a"]', '[project]\ndependencies=["a"]\n[tool.uv]\ndev-dependencies=["b"]', [("added", "b")]),
        ("pyproject.toml", '[project]\ndependencies=["a"]', '[project]\ndependencies=["a"]\n[tool.hatch.envs.test]\ndependencies=["b"]', [("added", "b")]),
        ("pyproject.toml", '[tool.poetry.dependencies]\na="1"\nb="1"', '[tool.poetry.dependencies]\na="1"\n[tool.poetry.group.dev.dependencies]\nb="1"', [("moved", "b")]),
        ("pyproject.toml", '[dependency-groups]\ntest=["a"]', '[dependency-groups]\nlint=["a"]', [("moved", "a")]),
        ("go.mod", "module x\nrequire (\n\ta.io/b v1.0.0\n)\n", "module x\nrequire (\n\ta.io/b v1.0.0\n\tc.io/d v2.0.0\n\te.io/f v1.0.0 // indirect\n)\n",
         [("added", "c.io/d")]),
        ("Cargo.toml", '[dependencies]\nserde="1"\natty="0.2"\n', '[dependencies]\nserde="1"\n', [("removed", "atty")]),
        ("Gemfile", "gem 'rack'\ngem 'console'\n", "gem 'rack'\n", [("removed", "console")]),
        ("package.json", "{broken", '{"dependencies":{"a":"1"}}', []),
        ("requirements.txt", "# This file is autogenerated by pip-compile\na==1\nb==2\n", "# This file is autogenerated by pip-compile\na==1\n", []),
    ],
)  # fmt: skip
def test_what_a_commit_does_to_packages(path, before, after, expected):
    """Added, removed, replaced, capped; version moves, broken manifests and generated ones say nothing."""
    assert dependencies.is_manifest(path)
    found = dependencies.notes(
        dependencies.packages(path, before.encode()), dependencies.packages(path, after.encode())
    )
    assert [(n.how, n.subject) for n in found] == expected


@pytest.mark.parametrize(
    "text", ["revert " * 3_000, "a(" * 5_000, "because " * 4_000, "`" * 20_000, f"reverts {SHA} " * 2_000]
)
def test_hostile_messages_cost_little(text):
    """Reading is linear: a message made to hurt takes no longer than its length."""
    assert_linear(lambda size: list(reverts.notes(commit(text[:500], text[:size]))), len(text))
    assert_linear(lambda size: list(rationale.notes(commit(text[:500], text[:size]))), len(text))


def test_a_package_that_goes_from_one_manifest_to_another_has_moved() -> None:
    """In one commit; each note says in which manifest. What comes in one manifest alone is added there."""
    packages = {
        name: dependencies.packages("package.json", f'{{"dependencies":{{{names}}}}}'.encode())
        for name, names in (("a", '"a":"1"'), ("ab", '"a":"1","b":"2"'))
    }
    changes = [
        ("web/package.json", packages["ab"], packages["a"]),
        ("package.json", packages["a"], packages["ab"]),
    ]
    (moved,) = dependencies.of_commit(changes)
    assert (moved.how, moved.subject) == ("moved", "b")
    assert moved.quote == "b 2 in web/package.json → b 2 in package.json"
    (came,) = dependencies.of_commit(changes[1:])
    assert (came.how, came.quote) == ("added", "b 2 in package.json")
