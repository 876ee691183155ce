"""A record of another branch says so in every answer; only what no branch has is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anchor_truth import IndexedProject

from indexers.facts import Change
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.briefing.brief import brief
from memoryd.query.briefing.brief_answers import BriefRequest
from memoryd.query.briefing.why import why
from memoryd.query.briefing.why_answers import WhyRequest
from memoryd.query.check.answers import CheckRequest
from memoryd.query.check.verdict import check
from memoryd.query.context import Context
from memoryd.query.decisions.answers import DecisionsRequest
from memoryd.query.decisions.listing import decisions
from memoryd.query.records.answers import ProposalsRequest
from memoryd.query.records.listing import proposals
from memoryd.query.search.answers import SearchRequest
from memoryd.query.search.hybrid import search
from memoryd.query.text.render import render
from memoryd.records.answers import RecordRequest
from memoryd.records.propose import record
from memoryd.store.records.writer import Records

ALPHA = "def alpha():\n    total = 1\n    return total\n"
BETA = "def beta(order):\n    order.lock()\n    return order.pay()\n"
SAID = "recorded on the branch feat"


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(PoolLimits(1, 10.0, 512 * 1024 * 1024))
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path, pool: ParsePool) -> IndexedProject:
    """On main, which has not what the branch feat has."""
    made = IndexedProject(tmp_path / "p", pool)
    made.save({"a.py": ALPHA}, "Begin")
    made.git("switch", "-q", "-c", "feat")
    made.save({"a.py": ALPHA, "b.py": BETA}, "Beta")
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.db")
    yield opened
    opened.close()


def told(ctx: Context, store: Records, *anchors: str) -> None:
    """At the commit of the view."""
    request = RecordRequest(kind="constraint", text="Beta is never called twice", anchors=anchors)
    record(ctx, store, request, "human:ann")


def answers(ctx: Context) -> dict[str, str]:
    asked = {
        "why": why(ctx, WhyRequest(target="a.py")),
        "brief": brief(ctx, BriefRequest(task="call beta twice", paths=("a.py",))),
        "decisions": decisions(ctx, DecisionsRequest()),
        "search": search(ctx, SearchRequest(query="is beta called twice")),
        "proposals": proposals(ctx, ProposalsRequest(status="confirmed")),
        "check": check(ctx, CheckRequest(), Change("a change", ())),
    }
    return {name: render(answer, 2_000) for name, answer in asked.items()}


def test_every_answer_says_of_which_branch_a_record_is(project: IndexedProject, store: Records) -> None:
    """It is not lost, whatever this checkout lacks of it."""
    with project.opened(store) as ctx:
        told(ctx, store, "a.py", "b.py:beta")
    project.git("switch", "-q", "main")
    with project.opened(store) as ctx:
        for verb, text in answers(ctx).items():
            assert SAID in text, verb
            assert "b.py:beta is not in this checkout" in text or verb in ("brief",), verb
            assert "lost" not in text, verb


def test_a_record_of_this_history_says_nothing_of_branches(project: IndexedProject, store: Records) -> None:
    """Nor does one whose branch was merged."""
    with project.opened(store) as ctx:
        told(ctx, store, "a.py", "b.py:beta")
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-ff", "-m", "Merge", "feat")
    with project.opened(store) as ctx:
        for verb, text in answers(ctx).items():
            assert "recorded on" not in text, verb
            assert "not in this checkout" not in text, verb


def test_what_no_branch_has_is_gone(project: IndexedProject, store: Records) -> None:
    """The branch was deleted: its commit is in none, and its place is lost."""
    with project.opened(store) as ctx:
        told(ctx, store, "b.py:beta")
    project.git("switch", "-q", "main")
    project.git("branch", "-q", "-D", "feat")
    with project.opened(store) as ctx:
        text = answers(ctx)["proposals"]
    assert "is in no branch here" in text
    assert "b.py:beta is lost" in text


def test_a_lost_place_is_said_in_every_answer(project: IndexedProject, store: Records) -> None:
    """Nowhere as certain; `check` lists the rule as one that nobody can check, for it does not know what it governs."""
    with project.opened(store) as ctx:
        told(ctx, store, "b.py:beta")
    project.save({"a.py": ALPHA, "b.py": "def gamma(till):\n    return till.coins\n"}, "Drop beta")
    with project.opened(store) as ctx:
        asked = {
            **answers(ctx),
            "why": render(why(ctx, WhyRequest(target="b.py")), 2_000),
            "brief": render(brief(ctx, BriefRequest(task="call beta twice", paths=("b.py",))), 2_000),
        }
        other = render(why(ctx, WhyRequest(target="b.py:gamma")), 2_000)
    for verb, text in asked.items():
        assert "b.py:beta is lost: not found again" in text, verb
        said = [line for line in text.splitlines() if "Beta is never called twice" in line]
        assert said, verb
        assert not any("1.00]" in line for line in said), verb
    assert "not checkable" in asked["check"]
    assert "never called twice" not in other
