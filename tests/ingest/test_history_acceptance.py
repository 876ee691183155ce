"""The shapes of real histories, re-enacted with git: what was undone, why, and what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import Repository, digest_of, run_index

from memoryd.ingest.git.repository import Git
from memoryd.ingest.history.effects import effects, texts_at
from memoryd.ingest.history.line_origins import line_origins
from memoryd.ingest.parse.pool import ParsePool
from memoryd.query.answers import Freshness
from memoryd.query.briefing.changes import changes
from memoryd.query.briefing.changes_answers import ChangesRequest
from memoryd.query.briefing.why import why
from memoryd.query.briefing.why_answers import WhyRequest
from memoryd.query.context import Context
from memoryd.query.history.cochange import cochange
from memoryd.query.history.cochange_answers import CochangeRequest
from memoryd.query.history.commit_items import RevertItem
from memoryd.query.history.history import history
from memoryd.query.history.history_answers import HistoryRequest
from memoryd.query.history.reverts import reverts
from memoryd.query.history.reverts_answers import RevertsRequest
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.store.index import reader
from memoryd.store.sqlite import connect

TASK = "class Task:\n    def run(self):\n        return 1\n"
SIGTERM = "class Task:\n    def run(self):\n        handle_sigterm()\n        return 1\n"


class History:
    """A project whose history is asked about."""

    def __init__(self, home: Path, pool: ParsePool) -> None:
        self.repo, self._home, self._pool = Repository(home / "repo"), home, pool

    def commit(self, message: str, *, author: str = "Ada", hours: float = 24, **files: str | None) -> str:
        """Commit ``files`` (None: delete) a while after the last commit."""
        self.repo._tick += int(hours * 3600)
        for name, text in files.items():
            path = self.repo.root / name.replace("__", "/").replace("_dot_", ".")
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.repo.git("add", "-A")
        self.repo.git(
            "commit", "-q", "--allow-empty", "-m", message, f"--author={author} <{author}@example.org>"
        )
        return self.repo.git("rev-parse", "HEAD")

    def context(self) -> Context:
        run_index(self._pool, self.repo.root, self._home / "store")
        conn = connect(self._home / "store" / "index.db", readonly=True)
        view = reader.view(conn, f"worktree:{self.repo.root}")
        git = Git.open(self.repo.root)
        assert view is not None
        assert git is not None
        fresh = Freshness(view.head, view.head, "main", False, 0, False, "ready")
        return Context(
            index=conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=fresh,  # type: ignore[arg-type]
            root=str(self.repo.root), blame=git.blame,
            line_origins=lambda sha, path, text, lines: line_origins(git, sha, path, text, *lines),
            effects=lambda shas: effects(git, list(shas)),
            texts_at=lambda sha, paths: texts_at(git, sha, paths),
            patches=lambda shas: {sha: keys for sha, *keys in git.patches(shas)},
        )  # fmt: skip

    def reverts(self) -> list[RevertItem]:
        """Oldest first."""
        return list(reversed(reverts(self.context(), RevertsRequest()).reverts))


@pytest.fixture
def past(tmp_path: Path, pool: ParsePool) -> History:
    return History(tmp_path, pool)


def test_a_chain_of_reverts_is_followed_to_its_end(past: History) -> None:
    """Added, reverted, brought back, reverted again: out, and all four commits are named."""
    past.commit("start", task_dot_py=TASK)
    added = past.commit("Handle SIGTERM in the task", task_dot_py=SIGTERM)
    first = past.commit(
        f'Revert "Handle SIGTERM in the task" (#5577)\n\nThis reverts commit {added}.', task_dot_py=TASK
    )
    second = past.commit(
        f'Revert "Revert "Handle SIGTERM in the task" (#5577)" (#5586)\n\nThis reverts commit {first}.',
        task_dot_py=SIGTERM,
    )
    third = past.commit(
        f'Revert "Revert "Revert "Handle SIGTERM in the task"…"\n\nThis reverts commit {second}.',
        task_dot_py=TASK,
    )
    found = past.reverts()
    assert [(r.by, r.target, r.how, r.parity) for r in found] == [
        (first, added, "stated", "out"),
        (second, first, "stated", "in"),
        (third, second, "stated", "out"),
    ]
    assert {(r.chain, r.ends) for r in found} == {((added, first, second, third), "out")}
    answer = history(past.context(), HistoryRequest(query="handle SIGTERM in the task"))
    assert [(r.by, r.ends) for r in answer.reverts] == [(third, "out")]


def test_a_squash_that_repeats_a_revert_does_not_turn_it_round(past: History) -> None:
    """The branch's revert, told again in its squash, is listed and counts once."""
    past.commit("start", a_dot_py="x = 1\n")
    added = past.commit("Add y", a_dot_py="x = 1\ny = 2\n")
    undone = past.commit(f'Revert "Add y"\n\nThis reverts commit {added}.', a_dot_py="x = 1\n")
    past.commit(
        f'Version 5 (#56)\n\n* Revert "Add y"\n\nThis reverts commit {added}.\n\n* Add z', b_dot_py="z = 1\n"
    )
    found = past.reverts()
    assert [(r.target, r.parity) for r in found] == [(added, "out"), (added, "out")]
    assert found[0].chain == (added, undone)


def test_a_squash_tells_a_file_only_of_what_it_took_back_there(past: History) -> None:
    """Regression: a squashed branch that names many reverts was the first reason given for every file it touched."""
    past.commit("Add beat", beat_dot_py="def tick():\n    return 1\n")
    added = past.commit("Add cache", cache_dot_py="def keep():\n    return 1\n")
    past.commit(
        f"Version 5 (#56)\n\n* Revert cache\n\nThis reverts commit {added}.\n\nThis reverts commit {'ab' * 20}.",
        beat_dot_py="def tick():\n    return 2\n", cache_dot_py="def keep():\n    return 2\n",
    )  # fmt: skip
    ctx = past.context()
    assert {item.kind for item in why(ctx, WhyRequest(target="beat.py")).items} == {"commit"}
    (told,) = [item for item in why(ctx, WhyRequest(target="cache.py")).items if item.kind == "revert"]
    assert told.note.startswith(f"reverts {added[:10]} “Add cache”")
    assert not history(ctx, HistoryRequest(query="beat.py")).reverts
    assert [r.target for r in history(ctx, HistoryRequest(query="cache.py")).reverts] == [added]


def test_bytes_that_went_back_without_a_word_are_a_revert(past: History) -> None:
    """A commit that turns an earlier one's files back undoes it, whatever both say; the reason is its subject."""
    past.commit("start", beat_dot_py="now()\n")
    tried = past.commit("beat: use utcnow", beat_dot_py="utcnow()\n")
    past.commit("meanwhile", other_dot_py="x = 1\n")
    back = past.commit(
        "beat: utcnow() did not work that well :(", hours=6, beat_dot_py="now()\n", CHANGES="beat\n"
    )
    (found,) = past.reverts()
    assert (found.by, found.target, found.how, found.parity) == (back, tried, "structural", "out")


def test_a_title_and_a_pull_request_find_their_commit(past: History) -> None:
    """`Revert "…"` without a sha, and `Reverts #12`, mean the latest such commit before."""
    past.commit("start", a_dot_py="x = 1\n")
    titled = past.commit("Make the handler compliant", a_dot_py="x = 2\n")
    numbered = past.commit("Use max age (#6134)", b_dot_py="x = 3\n")
    by_title = past.commit('Revert "Make the handler compliant" (#9)', a_dot_py="x = 5\n")
    by_number = past.commit(
        "Close connections after each task\n\nThis reverts PR #6134, it leaks connections.",
        b_dot_py="x = 6\n",
    )
    found = past.reverts()
    assert [(r.by, r.target, r.how) for r in found] == [
        (by_title, titled, "text"),
        (by_number, numbered, "pull"),
    ]
    assert found[1].reason == "it leaks connections."


def test_a_patch_is_recognised_after_the_file_has_moved_on(past: History) -> None:
    """A revert that names nothing, of lines among others that changed since, is found by these lines."""
    lines = [f"line {n}\n" for n in range(30)]
    past.commit("start", a_dot_py="".join(lines))
    added = past.commit("Cache the pool", a_dot_py="".join([*lines[:20], "cache = pool()\n", *lines[20:]]))
    past.commit("Unrelated", a_dot_py="".join(["first\n", *lines[:20], "cache = pool()\n", *lines[20:]]))
    back = past.commit("Back out the pool business for now", a_dot_py="".join(["first\n", *lines]))
    ctx = past.context()
    (found,) = reverts(ctx, RevertsRequest()).reverts
    assert (found.by, found.target, found.how, found.parity) == (back, added, "lines", "out")
    assert found.evidence == "0 of 1 lines that it added are here"


VALVE = "def turn(x):\n    return x\n"
BOUNDED = "def turn(x):\n    if x < 0:\n        raise ValueError('one way')\n    return min(x, 90)\n"


def undone_valve(past: History) -> str:
    """A change and its revert; the change's sha."""
    past.commit("start", valve_dot_py=VALVE)
    added = past.commit("Bound the valve", valve_dot_py=BOUNDED)
    past.commit(f'Revert "Bound the valve"\n\nThis reverts commit {added}.', valve_dot_py=VALVE)
    return added


def test_what_was_added_back_under_another_title_is_in_force(past: History) -> None:
    """The text decides, also after the file was renamed; the commit that brought the lines back is named."""
    added = undone_valve(past)
    back = past.commit("Take the bound in once more, reviewed", valve_dot_py=BOUNDED)
    past.commit("Move the valve", valve_dot_py=None, pipes__valve_dot_py=BOUNDED)
    found = next(r for r in past.reverts() if r.target == added)
    assert (found.parity, found.restored_by, found.path) == ("in", back, "pipes/valve.py")
    assert found.evidence == "3 of 3 lines that it added are here, 0 of 1 lines that it removed are here"


def test_what_is_back_in_part_is_partly_in_force(past: History) -> None:
    """Between a fifth and four fifths of its lines: neither in force nor undone."""
    undone_valve(past)
    past.commit("Refuse the wrong way", valve_dot_py=BOUNDED.replace("min(x, 90)", "x"))
    (found,) = past.reverts()
    assert found.parity == "partly"
    assert "is partly in force (2 of 3 lines that it added are here" in found.label()


def test_a_restored_change_that_was_rewritten_cannot_be_told(past: History) -> None:
    """None of its lines is there, but no revert took them: that it is undone would be a guess."""
    undone_valve(past)
    sha = past.repo.git("rev-parse", "HEAD")
    past.commit(f'Revert "Revert "Bound the valve""\n\nThis reverts commit {sha}.', valve_dot_py=BOUNDED)
    past.commit("Rewrite", valve_dot_py="class Valve:\n    limit = 90\n")
    found = next(r for r in past.reverts() if r.ends == "unknown")
    assert (found.parity, found.why) == ("unknown", "it was restored, and its lines were rewritten since")


def test_lines_that_moved_to_another_file_are_in_force(past: History) -> None:
    """A file that was cut in two has the lines of a change in either half."""
    past.commit("start", a_dot_py="def first():\n    return 1\n")
    body = "".join(f"def extra_number_{n}():\n    return 'extra text {n}'\n" for n in range(4))
    added = past.commit("Add extras", a_dot_py="def first():\n    return 1\n" + body)
    past.commit(f"Out\n\nThis reverts commit {added}.", a_dot_py="def first():\n    return 1\n")
    past.commit("Bring extras to their own file", b_dot_py=body)
    (found,) = past.reverts()
    assert (found.parity, found.path) == ("in", "b.py")


def test_a_revert_in_free_words_that_nothing_explains_says_no_more(past: History) -> None:
    """It is listed as what it says of itself; nouns and purposes are no reverts."""
    past.commit("start", a_dot_py="x = 1\n", b_dot_py="b = 1\n")
    past.commit("Revert button: rounder", a_dot_py="x = 2\n")
    past.commit("Revert to the old names", a_dot_py="x = 3\n")
    said = past.commit("Reverted the parser business", b_dot_py="b = 2\n")
    (found,) = past.reverts()
    assert (found.by, found.how, found.target, found.parity) == (said, "words", "", "unknown")
    assert "says that it reverts: “Reverted the parser business”" in found.label()


def test_what_only_looks_like_a_revert_is_none(past: History) -> None:
    """Bots, lint, releases, quick second thoughts of one author, and files retired after years."""
    past.commit("start", a_dot_py="x = 1\n", v_dot_py="1\n", w_dot_py="w = 1 \n")
    past.commit("Set x", a_dot_py="x = 2\n")
    past.commit("No, as before", hours=0.1, a_dot_py="x = 1\n")
    past.commit("Bump version to 2", v_dot_py="2\n")
    past.commit("Back to development", v_dot_py="1\n")
    past.commit("strip trailing whitespace", w_dot_py="w = 1\n")
    past.commit("Undo formatting", w_dot_py="w = 1 \n")
    past.commit("Add tooling", tool_dot_py="t = 1\n")
    past.commit("Remove tooling", hours=24 * 400, tool_dot_py=None)
    past.commit("update pin", author="renovate[bot]", a_dot_py="x = 9\n")
    past.commit("update pin", author="renovate[bot]", a_dot_py="x = 1\n")
    assert past.reverts() == []


def test_the_reason_of_a_decision_is_quoted_for_its_lines(past: History) -> None:
    """`why` of a function gives the sentence that says why, with sha, date, author and line; machines give none."""
    past.commit("start", helpers_dot_py="def run():\n    return 1\n\n\ndef other():\n    return 2\n")
    sha = past.commit(
        "Raise an error if called without real ContextVars\n\nThe replacement doesn't work across asyncio tasks,"
        " hence it makes sense to error out\nrather than find there are odd bugs.",
        helpers_dot_py="def run():\n    raise RuntimeError\n\n\ndef other():\n    return 2\n",
    )
    past.commit("[pre-commit.ci] pre-commit autoupdate", author="pre-commit-ci[bot]", x_dot_py="x = 1\n")
    (item,) = why(past.context(), WhyRequest(target="run")).items
    assert (item.kind, item.sha, item.line, item.author, item.method) == ("commit", sha, 2, "Ada", "exact")
    assert item.quote.endswith("hence it makes sense to error out rather than find there are odd bugs.")
    (plain,) = why(past.context(), WhyRequest(target="other")).items
    assert (plain.quote, plain.confidence) == ("start", 0.4)


def test_a_dependency_that_went_is_remembered_with_its_reason(past: History) -> None:
    """The package's name is answered with the commit that removed it, in `why`, `history` and `changes`."""
    start = past.commit("start", tox_dot_ini="[testenv]\ndeps =\n  pytest\n  simplejson\n")
    sha = past.commit(
        "remove simplejson\n\nThe standard library is fast enough, so we decided to drop it rather than"
        " keep a backport.",
        tox_dot_ini="[testenv]\ndeps =\n  pytest\n",
    )
    ctx = past.context()
    (item,) = why(ctx, WhyRequest(target="simplejson")).items
    assert (item.kind, item.sha) == ("dependency", sha)
    (told,) = history(ctx, HistoryRequest(query="simplejson")).dependencies
    assert (told.how, told.reason.startswith("The standard library is fast enough")) == ("removed", True)
    assert [d.package for d in changes(ctx, ChangesRequest(since=start)).dependencies] == ["simplejson"]


def test_lines_are_followed_through_a_rename_and_a_split(past: History) -> None:
    """A file that was cut in two: both halves know the commits of the whole."""
    first = "".join(f"def first_{i}():\n    return {i}\n\n\n" for i in range(12))
    second = "".join(f"def second_{i}():\n    return 'number {i}'\n\n\n" for i in range(12))
    born = past.commit("Write both because one process cannot hold them otherwise", old_dot_py=first + second)
    past.commit("Rename", old_dot_py=None, whole_dot_py=first + second)
    past.commit("Split", whole_dot_py=first, half_dot_py=second)
    ctx = past.context()
    answer = history(ctx, HistoryRequest(query="half.py"))
    assert answer.names == ("half.py", "whole.py", "old.py")
    assert answer.commits[-1].sha == born
    assert {item.sha for item in why(ctx, WhyRequest(target="half.py:second_3")).items} == {born}


def test_a_force_push_leaves_the_commits_and_marks_them(past: History) -> None:
    """What was reachable once can still be asked about by its sha, and says that it is gone; reverts of it too."""
    past.commit("start", a_dot_py="x = 1\n")
    lost = past.commit("Try a cache", a_dot_py="x = 2\n")
    past.context()
    past.repo.git("reset", "-q", "--hard", "HEAD~1")
    past.commit(f"Keep it simple\n\nThis reverts commit {lost}.", b_dot_py="y = 1\n")
    ctx = past.context()
    answer = history(ctx, HistoryRequest(query=lost))
    assert (answer.mode, answer.commits[0].subject, answer.commits[0].reachable) == (
        "commit",
        "Try a cache",
        False,
    )
    (revert,) = reverts(ctx, RevertsRequest()).reverts
    assert (revert.target, revert.reachable) == (lost, False)


def test_branches_know_their_own_reverts(past: History) -> None:
    """What is undone on one branch stands on the other, from one store; a cherry-picked target is found."""
    past.commit("start", a_dot_py="x = 1\n")
    added = past.commit("Add y", a_dot_py="x = 1\ny = 1\n")
    past.repo.git("branch", "release", "HEAD~1")
    undone = past.commit(f'Revert "Add y"\n\nThis reverts commit {added}.', a_dot_py="x = 1\n")
    assert [r.by for r in past.reverts()] == [undone]
    past.repo.git("checkout", "-q", "release")
    assert past.reverts() == []
    picked = past.commit(f"Add y\n\n(cherry picked from commit {added})", a_dot_py="x = 1\ny = 1\n")
    back = past.commit(f'Revert "Add y"\n\nThis reverts commit {added}.', a_dot_py="x = 1\n")
    assert [(r.by, r.target, r.parity) for r in past.reverts()] == [(back, picked, "out")]


def test_what_changes_together_is_code_first(past: History) -> None:
    """A module and its test lead; the change log that goes with everything comes after."""
    for number in range(6):
        past.commit(
            f"Change {number}",
            backends__redis_dot_py=f"x = {number}\n",
            t__unit__test_redis_dot_py=f"assert {number}\n" if number % 3 else "assert 0\n",
            Changelog_dot_rst=f"- {number}\n",
        )
    found = cochange(past.context(), CochangeRequest(target="backends/redis.py")).files
    assert [item.path for item in found] == ["t/unit/test_redis.py", "Changelog.rst"]


def test_notes_are_the_same_however_they_came(past: History, tmp_path: Path, pool: ParsePool) -> None:
    """Indexed commit by commit, over a mailmap that makes a machine of an author, or at once: one digest."""
    past.commit("start", a_dot_py="x = 1\n", requirements_dot_txt="a\nb\n")
    past.context()
    past.commit(
        "Drop b because it leaks memory rather than freeing it", author="robo", requirements_dot_txt="a\n"
    )
    past.context()
    past.commit("Name the machine", _dot_mailmap="robo[bot] <robo@example.org>\n")
    past.context()
    run_index(pool, past.repo.root, tmp_path / "clean")
    name = f"worktree:{past.repo.root}"
    assert digest_of(tmp_path / "store", name) == digest_of(tmp_path / "clean", name)


def line_commits(past: History, target: str) -> list[tuple[str, str]]:
    """(sha, note) of what is said of the asked line."""
    answer = why(past.context(), WhyRequest(target=target))
    return [(item.sha, item.note) for item in answer.items if item.note and item.kind == "commit"]


def test_a_line_is_answered_with_the_commits_behind_it(past: History) -> None:
    """Who changed it last, who changed more than its white space, and who wrote it in another file."""
    lines = [f"value_{n} = compute_value({n})\n" for n in range(8)]
    wrote = past.commit("Compute values", old_dot_py="".join(lines))
    moved = past.commit("Split", old_dot_py="".join(lines[:3]), new_dot_py="".join(lines[3:]))
    assert line_commits(past, "new.py:2") == [
        (moved, "changed this line last"),
        (wrote, "wrote this line, as old.py:5"),
    ]
    shifted = past.commit(
        "Indent", new_dot_py="".join(["if True:\n", *("    " + line for line in lines[3:])])
    )
    assert [sha for sha, _ in line_commits(past, "new.py:3")] == [shifted, moved, wrote]


def test_a_line_of_a_changed_file_is_followed_to_the_commit(past: History) -> None:
    """Lines above that are not committed do not shift the answer; the line that is new says so."""
    first = past.commit("One", a_dot_py="one = 1\ntwo = 2\n")
    past.commit("Two", a_dot_py="one = 1\ntwo = 22\n")
    (past.repo.root / "a.py").write_text("zero = 0\none = 1\ntwo = 22\n")
    assert [sha for sha, _ in line_commits(past, "a.py:2")] == [first]
    answer = why(past.context(), WhyRequest(target="a.py:1"))
    assert answer.line_state == "uncommitted"
    assert "line 1: newer than the last commit" in answer.page().head


def test_a_line_of_a_file_that_is_not_indexed_still_has_its_commit(past: History) -> None:
    """A key is never read into the index; who changed it is known all the same."""
    past.commit("Begin", a_dot_py="x = 1\n")
    sha = past.commit("Give the server a key", server_dot_key="-----BEGIN PRIVATE KEY-----\nabc\n")
    assert line_commits(past, "server.key:2") == [(sha, "changed this line last")]


def test_why_of_a_package_is_what_the_manifests_ask_for(past: History) -> None:
    """Regression: a package that two manifests name was asked back which of its properties is meant."""
    manifest = '{\n  "dependencies": {\n    "left-rope": "^1.0.0"\n  }\n}\n'
    past.commit("start", package_dot_json=manifest, web__package_dot_json=manifest)
    sha = past.commit("left-rope 2, since 1 frays", package_dot_json=manifest.replace("^1", "^2"))
    items = why(past.context(), WhyRequest(target="left-rope")).items
    assert [(i.kind, i.path, i.quote) for i in items if i.tier == "declared"] == [
        ("dependency", "package.json", "left-rope ^2.0.0"),
        ("dependency", "web/package.json", "left-rope ^1.0.0"),
    ]
    assert next(i.sha for i in items if i.kind == "commit") == sha


def test_a_fault_is_told_at_both_ends(past: History) -> None:
    """The commit that names its mistake in a later message, and the one that mends it, with files and what followed."""
    past.commit("start", a_dot_py="def f():\n    return 1\n")
    broke = past.commit("Make f faster", a_dot_py="def f():\n    return 2\n")
    mended = past.commit(
        f"Return the sum again\n\nFixes: {broke[:12]}",
        b_dot_py="x = 1\n",
        a_dot_py="def f():\n    return 3\n",
    )
    of_broken = history(past.context(), HistoryRequest(query=broke))
    assert [c.sha for c in of_broken.mended_by] == [mended]
    assert (of_broken.files, [c.sha for c in of_broken.followed]) == (("M a.py",), [mended])
    of_mender = history(past.context(), HistoryRequest(query=mended))
    assert ([c.sha for c in of_mender.mends], of_mender.files) == ([broke], ("A b.py", "M a.py"))


def test_a_topic_is_ranked_by_its_words_and_nonsense_is_not_sure(past: History) -> None:
    """Whether it was reverted is the question, not its topic; words that nobody wrote lower the score."""
    past.commit("Sign cookies with a timestamp", a_dot_py="x = 1\n")
    other = past.commit("Has been reverted and undone before", b_dot_py="y = 1\n")
    past.commit(f"Again\n\nThis reverts commit {other}.", b_dot_py="y = 22\n")
    ctx = past.context()
    asked = history(ctx, HistoryRequest(query="has signing of cookies with a timestamp been reverted?"))
    assert asked.commits[0].subject == "Sign cookies with a timestamp"
    assert asked.commits[0].score > 0.7
    assert not asked.reverts
    nonsense = history(ctx, HistoryRequest(query="quaternion flux timestamp capacitor"))
    assert nonsense.commits[0].score < 0.4


def test_a_commit_says_how_much_of_it_is_here_and_who_took_out_the_rest(past: History) -> None:
    """By file, as it is called now; code stands before documents."""
    past.commit("start", valve_dot_py=VALVE)
    bound = past.commit("Bound the valve", valve_dot_py=BOUNDED, NOTES_dot_md="The valve is bound.\n")
    past.commit("Move the valve", valve_dot_py=None, pipes__valve_dot_py=BOUNDED)
    half = past.commit("Open it wide", pipes__valve_dot_py=BOUNDED.replace("min(x, 90)", "x"))
    past.commit("Drop the notes", NOTES_dot_md=None)
    code, notes = history(past.context(), HistoryRequest(query=bound)).changes
    assert code.label().startswith(
        f"  M valve.py (2 of 3 lines that it added are here in pipes/valve.py; taken out: 1 by {half[:10]}"
    )
    assert "NOTES.md (the file is not here; taken out: 1 by " in notes.label()


def test_an_emptied_file_is_not_said_to_be_gone(past: History) -> None:
    """It is there, and none of the lines."""
    past.commit("start", a_dot_py="x = 1\n")
    added = past.commit("Count", b_dot_py="count = 1\n")
    past.commit("Empty it", b_dot_py="")
    (file,) = history(past.context(), HistoryRequest(query=added)).changes
    assert "(0 of 1 lines that it added are here; taken out: 1 by" in file.label()
