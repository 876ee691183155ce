"""Decisions as of a commit or a branch: the shapes of public collections, as small real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_project import CheckedProject

from memoryd.ingest.git.repository import Git
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionItem
from memoryd.query.decisions.answers import DecisionsRequest
from memoryd.query.decisions.listing import decisions
from memoryd.store import sqlite
from memoryd.store.index import reader

FRESH = Freshness("", "", "main", False, 0, False, "ready")


@pytest.fixture(scope="module")
def pool():
    workers = ParsePool(PoolLimits(workers=1))
    yield workers
    workers.close()


class Collection(CheckedProject):
    """A repository of decisions; one store for all that is asked."""

    def decided(self, rev: str | None = None, **asked: object) -> dict[str, DecisionItem]:
        """Last part of the id → item, as of ``rev``."""
        view_name = self.index(rev)
        conn = sqlite.connect(self._index, readonly=True)
        git = Git.open(self.root)
        assert git is not None
        try:
            view = reader.view(conn, view_name)
            assert view is not None
            ctx = Context(
                index=conn, records=None, view=view, lexical=None, embedder=None, freshness=FRESH,  # type: ignore[arg-type]
                root=str(self.root), text_at=lambda sha, path: git.file_at(sha, path) or b"",
            )  # fmt: skip
            answer = decisions(ctx, DecisionsRequest(**asked))  # type: ignore[arg-type]
        finally:
            conn.close()
        return {item.id.rpartition("/")[2]: item for item in answer.decisions}


@pytest.fixture
def begin(tmp_path: Path, pool: ParsePool):
    return lambda files: Collection(tmp_path / "project", pool, files)


# -- log4brains: superseded later, accepted before

NUMBER = "20200926-use-the-number-as-the-id"
SLUG = "20201016-use-the-slug-as-the-id"
ACCEPTED = "# Use the number as the id\n\n- Status: {status}\n- Date: 2020-09-26\n\n## Decision Outcome\n\nNumbers.\n"


def test_as_of_a_commit_between_the_two_the_older_decision_is_in_force(begin) -> None:
    """log4brains: now superseded by the slug; as of a commit before that, accepted; both from one store."""
    project = begin(
        {f"docs/adr/{NUMBER}.md": ACCEPTED.format(status="accepted"), ".log4brains.yml": "project: {}\n"}
    )
    between = project.git("rev-parse", "HEAD")
    successor = (
        f"# Use the slug as the id\n\n- Status: accepted\n- Date: 2020-10-16\n\n"
        f"## Decision\n\nSlugs.\n\n## Links\n\n- Supersedes [{NUMBER}]({NUMBER}.md)\n"
    )
    stated = f"superseded by [{SLUG}]({SLUG}.md)"
    last = project.commit(
        "Use slugs",
        {f"docs/adr/{NUMBER}.md": ACCEPTED.format(status=stated), f"docs/adr/{SLUG}.md": successor},
    )
    now = project.decided()
    assert (now[NUMBER].status, now[NUMBER].superseded_by) == ("superseded", (f"docs/adr/{SLUG}",))
    assert (now[NUMBER].valid_from, now[NUMBER].valid_to) == (between, last)
    assert (now[SLUG].status, now[SLUG].supersedes) == ("accepted", (f"docs/adr/{NUMBER}",))
    then = project.decided(between)
    assert list(then) == [NUMBER]
    assert (then[NUMBER].status, then[NUMBER].date, then[NUMBER].valid_to) == ("accepted", "2020-09-26", "")
    assert project.decided(last)[NUMBER].status == "superseded"


def test_two_branches_decide_differently_from_one_store(begin) -> None:
    """The same document, accepted on one branch and rejected on the other; a third exists on one of them alone."""
    adr = "# 1. Use tabs\n\n## Status\n\n{status}\n\n## Decision\n\nTabs.\n"
    project = begin({"doc/adr/0001-use-tabs.md": adr.format(status="Proposed")})
    project.git("checkout", "-q", "-b", "spaces")
    project.commit(
        "Use spaces",
        {
            "doc/adr/0001-use-tabs.md": adr.format(status="Rejected"),
            "doc/adr/0002-use-spaces.md": "# 2. Use spaces\n",
        },
    )
    project.git("checkout", "-q", "main")
    project.commit("Use tabs", {"doc/adr/0001-use-tabs.md": adr.format(status="Accepted")})
    main, spaces = (project.git("rev-parse", name) for name in ("main", "spaces"))
    assert {k: v.status for k, v in project.decided(spaces).items()} == {
        "0001-use-tabs": "rejected", "0002-use-spaces": "accepted",
    }  # fmt: skip
    assert {k: v.status for k, v in project.decided(main).items()} == {"0001-use-tabs": "accepted"}
    assert {k: v.status for k, v in project.decided().items()} == {"0001-use-tabs": "accepted"}


# -- adr-tools 5


def test_an_amended_decision_is_not_superseded(begin) -> None:
    """adr-tools 5: accepted, amended by 9."""
    adr = "# {title}\n\nDate: {date}\n\n## Status\n\nAccepted\n\n{link}\n"
    five = adr.format(
        title="5. Help comments", date="2016-02-13", link="Amended by [9. Scripts](0009-help-scripts.md)"
    )
    nine = adr.format(
        title="9. Help scripts", date="2018-12-14", link="Amends [5. Help](0005-help-comments.md)"
    )
    project = begin({"doc/adr/0005-help-comments.md": five, "doc/adr/0009-help-scripts.md": nine})
    found = project.decided()
    old = found["0005-help-comments"]
    assert (old.status, old.status_source, old.date, old.superseded_by) == (
        "accepted",
        "explicit",
        "2016-02-13",
        (),
    )
    assert old.amended_by == ("doc/adr/0009-help-scripts",)
    assert found["0009-help-scripts"].amends == ("doc/adr/0005-help-comments",)


# -- MADR 0003, 0008, 0013, 0016

FENCED = """\
# Add a status field

## Considered Options

* Use a badge
* Use YAML front matter

## Decision Outcome

Chosen option: "Use YAML front matter", because it comes out best.

## Pros and Cons of the Options

### Use YAML front matter

```markdown
---
status: on hold
---
# Other

## Status

Superseded by [B](0099-b.md)
```
"""
OUTCOME_FIRST = """\
# Outcome before the details

## Context and Problem Statement

Where does the outcome stand?

## Decision Drivers

* People read the top only

## Considered Options

* Outcome first
* Outcome last

## Decision Outcome

Chosen option: "Outcome first", because people read the top only.

### Consequences

* Good, because it is seen
"""


def test_the_dialect_of_madr(begin) -> None:
    """A fenced example states no status: implied by the merge, dated by git. On hold is proposed. The decision begins
    at the chosen option, which is no alternative."""
    project = begin(
        {
            "docs/decisions/0003-own-tools.md": "# Own tools\n\n* Status: on hold\n\n## Decision Outcome\n\nLater.\n",
            "docs/decisions/0008-add-status-field.md": FENCED,
            "docs/decisions/0013-use-yaml-front-matter.md": FENCED.replace(
                "Add a status field", "Use front matter"
            ),
            "docs/decisions/0016-outcome-first.md": OUTCOME_FIRST,
            "docs/decisions/adr-template.md": "# {short title}\n\n## Decision Outcome\n\n{outcome}\n",
            "docs/decisions/index.md": "# Decisions\n",
        }
    )
    found = project.decided()
    assert sorted(name[:4] for name in found) == ["0003", "0008", "0013", "0016"]
    for name in ("0008-add-status-field", "0013-use-yaml-front-matter"):
        item = found[name]
        assert (item.status, item.status_source, item.superseded_by) == ("accepted", "implied_by_merge", ())
        assert item.date == project.git("log", "-1", "--format=%cs")
        assert item.alternatives == ("Use a badge",)
    assert (found["0003-own-tools"].status, found["0003-own-tools"].status_source) == ("proposed", "explicit")
    assert found["0016-outcome-first"].excerpt.startswith(
        "Chosen option: “Outcome first”".replace("“", '"').replace("”", '"')
    )
    assert found["0016-outcome-first"].alternatives == ("Outcome last",)


# -- collections of a monorepo, in other dialects


def test_several_collections_of_several_dialects_in_one_repository(begin) -> None:
    """KEP, PEP, RST, Nygard and RFC beside each other; numbers count in their own folder; fixtures and templates
    are left out; a comment in code is a decision too."""
    project = begin(
        {
            "keps/sig-a/12-pods/kep.yaml": "title: Pods\nstatus: implementable\ncreation-date: 2021-01-12\n",
            "keps/sig-a/12-pods/README.md": "# KEP-12: Pods\n",
            "peps/pep-0008.rst": "PEP: 8\nTitle: Style\nStatus: Active\nCreated: 05-Jul-2001\n\nAbstract\n========\n",
            "docs/decisions/0001-use-x.rst": "Use X\n=====\n\nStatus\n------\n\nDraft\n\nDecision\n--------\n\nX.\n",
            "api/adr/0001-http.md": "# 1. HTTP\n\n## Status\n\nAccepted\n",
            "web/adr/0001-forms.md": "# 1. Forms\n\n## Status\n\nAccepted\n",
            "web/adr/0002-no-forms.md": "# 2. No forms\n\n## Status\n\nAccepted\n\nSupersedes ADR-0001\n",
            "rfcs/0007-async.md": "- Feature Name: async\n- Start Date: 2020-02-03\n\n# Summary\n\nAwait.\n",
            "tests/fixtures/adr/0001-none.md": "# 1. None\n\n## Status\n\nAccepted\n",
            "api/adr/template.md": "# NUMBER. TITLE\n\n## Status\n\nAccepted\n",
            "api/pay.py": "# DECISION: retries live in the caller\ndef pay():\n    pass\n",
        }
    )
    found = project.decided()
    assert {name: (item.kind, item.title, item.status) for name, item in found.items()} == {
        "12-pods": ("adr", "Pods", "accepted"),
        "pep-0008": ("adr", "Style", "accepted"),
        "0001-use-x": ("adr", "Use X", "proposed"),
        "0001-http": ("adr", "HTTP", "accepted"),
        "0001-forms": ("adr", "Forms", "superseded"),
        "0002-no-forms": ("adr", "No forms", "accepted"),
        "0007-async": ("adr", "async", "accepted"),
        "pay.py#retries-live-in-the-caller": ("decision", "retries live in the caller", "accepted"),
    }
    assert found["0001-forms"].superseded_by == ("web/adr/0002-no-forms",)


def test_health_changes_with_the_revision(begin) -> None:
    """Before its code was deleted the decision was well; the doubt is one of the present."""
    adr = "# 1. Sign cookies\n\n## Status\n\nAccepted\n\n## Decision\n\nSee `src/cookie.py` and `sign_cookie()`.\n"
    project = begin({"adr/0001-sign-cookies.md": adr, "src/cookie.py": "def sign_cookie():\n    return 1\n"})
    before = project.git("rev-parse", "HEAD")
    (well,) = project.decided(before).values()
    assert (well.health, [(link.to, link.how) for link in well.links]) == (
        "ok", [("src/cookie.py", "path"), ("src/cookie.py:sign_cookie", "symbol")],
    )  # fmt: skip
    gone = project.commit("Drop cookies", {"src/cookie.py": None})
    (ill,) = project.decided().values()
    assert (ill.health, ill.status) == ("in_doubt", "accepted")
    assert f"was deleted in {gone[:10]}" in ill.reason


def test_lines_are_compared_with_those_of_then(begin) -> None:
    """Two commits that rewrite most of the file leave the decision in doubt."""
    code = "".join(f"line{number} = {number}\n" for number in range(20))
    adr = "# 1. Lines\n\n## Status\n\nAccepted\n\n## Decision\n\nSee [the code](../src/lines.py).\n"
    project = begin({"adr/0001-lines.md": adr, "src/lines.py": code})
    assert project.decided()["0001-lines"].health == "ok"
    project.commit("Count down", {"src/lines.py": code.replace("line1", "down1")})
    assert project.decided()["0001-lines"].health == "ok"
    project.commit("Count twice", {"src/lines.py": code.replace("line", "twice")})
    item = project.decided()["0001-lines"]
    assert (item.health, item.reason) == (
        "in_doubt", "0 of 20 lines of src/lines.py are left after 2 commits that changed it",
    )  # fmt: skip
