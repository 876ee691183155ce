"""decisions and record: what was decided, by whom, and what a person or an agent says about it."""

from __future__ import annotations

import re

import pytest
from rows import Rows

from indexers.facts import Decision, FileChange
from memoryd.errors import StoreError, UsageError
from memoryd.query.decisions.answers import DecisionsRequest
from memoryd.query.decisions.listing import decisions
from memoryd.query.decisions.supersession import Book
from memoryd.query.records.answers import ProposalsRequest
from memoryd.query.records.listing import proposals
from memoryd.query.rules.project_rules import rules
from memoryd.records.answers import JudgeRequest, RecordRequest, RetractRequest, SupersedeRequest
from memoryd.records.judge import confirm, forget, retract, supersede
from memoryd.records.propose import record
from memoryd.store.index.queries.decision_queries import DecisionRow
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records

ANN, AGENT = "human:ann", "agent:bot"
BOOK = (
    "a/adr/0001-x.md",
    "a/adr/0002-y.md",
    "b/adr/0001-z.md",
    "keps/sig/9-k/kep.yaml",
    "f/0003-p/README.md",
    "c/adr/0007-q.md",
)


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path / "index.db")


@pytest.fixture
def store(tmp_path):
    opened = Records.open(tmp_path / "records.db")
    yield opened
    opened.close()


def adr(rows, name: str, title: str, status: str = "accepted", **more) -> str:
    path = f"docs/adr/{name}.md"
    source = more.pop("status_source", "explicit")
    rows.file(
        path,
        f"# {title}\n",
        language="markdown",
        decision=Decision(title, status, source, more.pop("date", ""), 1, **more),
    )
    return path


def by_id(answer):
    return {d.id.rpartition("/")[2]: d for d in answer.decisions}


# -- documents


def test_a_decision_says_where_it_is_written_and_how_sure_its_status_is(rows):
    """Id by path, number as an alias; an implied status is marked and less sure; the date may come from git."""
    adr(rows, "0005-use-tabs", "Use tabs", number="0005", status_source="implied_by_merge")
    rows.commit("add", [FileChange("A", "docs/adr/0005-use-tabs.md")], day=10)
    (d,) = decisions(rows.context(), DecisionsRequest()).decisions
    assert (d.id, d.aliases) == ("docs/adr/0005-use-tabs", ("0005-use-tabs", "0005", "5"))
    assert (d.status, d.status_source, d.confidence) == ("accepted", "implied_by_merge", 0.9)
    assert (d.path, d.line, d.date, d.tier, d.kind) == (
        "docs/adr/0005-use-tabs.md",
        1,
        "1970-01-11",
        "declared",
        "adr",
    )


@pytest.mark.parametrize(
    "reference", ["1", "ADR-0001", "0001-old.md", "./0001-old.md#why", "docs/adr/0001-old.md", "The old way"]
)
def test_supersession_stated_on_one_side_binds_both(rows, reference):
    """However the newer names the older, the older one is superseded and both know the other."""
    adr(rows, "0001-old", "The old way", number="0001")
    adr(rows, "0002-new", "The new way", number="0002", supersedes=(reference,))
    found = by_id(decisions(rows.context(), DecisionsRequest()))
    assert found["0001-old"].status == "superseded"
    assert found["0001-old"].superseded_by == ("docs/adr/0002-new",)
    assert found["0002-new"].supersedes == ("docs/adr/0001-old",)
    assert found["0002-new"].status == "accepted"


@pytest.mark.parametrize(
    ("path", "reference", "named"),
    [
        ("a/adr/0002-y.md", "0001-x.md#top", "a/adr/0001-x.md"),
        ("a/adr/0002-y.md", "../../b/adr/0001-z.md", "b/adr/0001-z.md"),
        ("a/adr/0002-y.md", "/keps/sig/9-k/README.md", "keps/sig/9-k/kep.yaml"),
        ("a/adr/0002-y.md", "https://host/o/r/blob/main/f/0003-p/README.md", "f/0003-p/README.md"),
        ("a/adr/0002-y.md", "https://host/o/r/pull/9", ""),
        ("a/adr/0002-y.md", "ADR-1", "a/adr/0001-x.md"),
        ("c/adr/0007-q.md", "1", ""),
    ],
)
def test_a_reference_names_one_document_or_none(path, reference, named):
    """Relative and absolute paths, URLs, folders and numbers name a document; a number means the one beside it."""
    book = Book([_document(at) for at in BOOK])
    assert book.find(path, reference) == named


def _document(path):
    number = re.search(r"(\d+)-", path)[1]
    return DecisionRow(path, 0, 0, Decision(path, "accepted", "explicit", "", 1, number=number))


def test_a_proposal_supersedes_nothing_yet(rows):
    """A decision stays in force until its successor is accepted."""
    adr(rows, "0001-old", "The old way", number="0001")
    adr(rows, "0002-new", "The new way", "proposed", number="0002", supersedes=("0001",))
    assert by_id(decisions(rows.context(), DecisionsRequest()))["0001-old"].status == "accepted"


def test_numbers_are_unique_in_their_folder_only(rows):
    """In a repository of several collections a number means the one beside it."""
    for folder in ("a", "b"):
        for number, more in (("1", {}), ("2", {"supersedes": ("1",)})):
            path = f"{folder}/adr/{number}.md"
            rows.file(
                path,
                path,
                decision=Decision(f"{folder}{number}", "accepted", "explicit", "", 1, number=number, **more),
            )
    found = {d.id: d for d in decisions(rows.context(), DecisionsRequest()).decisions}
    assert found["a/adr/2"].supersedes == ("a/adr/1",)
    assert found["b/adr/2"].supersedes == ("b/adr/1",)


def test_an_unknown_status_is_named_though_nothing_is_decided(rows):
    """A status that does not exist is wrong use in an empty memory as well."""
    with pytest.raises(UsageError, match="bogus"):
        decisions(rows.context(), DecisionsRequest(status="bogus"))


def test_decisions_by_topic_status_and_path(rows):
    """Topics are words in any form, paths cover what a decision names and the folders above it."""
    rows.file("src/session/cookie.py")
    rows.file("src/other.py")
    adr(rows, "1", "Sign session cookies", references=("src/session/cookie.py",))
    adr(rows, "2", "Use PostgreSQL", "rejected", references=("src/session/",))
    ctx = rows.context()
    assert [d.title for d in decisions(ctx, DecisionsRequest(topic="signing a cookie")).decisions] == [
        "Sign session cookies"
    ]
    assert [d.title for d in decisions(ctx, DecisionsRequest(status="rejected")).decisions] == [
        "Use PostgreSQL"
    ]
    assert decisions(ctx, DecisionsRequest(path="src/session/cookie.py")).total == 2
    assert decisions(ctx, DecisionsRequest(path="src/other.py")).total == 0
    assert decisions(ctx, DecisionsRequest(path="docs/adr")).total == 2
    with pytest.raises(UsageError, match=r"src/none\.py"):
        decisions(ctx, DecisionsRequest(path="src/none.py"))
    none = decisions(ctx, DecisionsRequest(topic="quaternion"))
    assert (none.total, none.searched) == (0, "2 decisions and records")


def test_a_rule_for_everything_is_no_proof_of_a_path(rows):
    """Regression: one rule for the whole project, and any path that does not exist was answered with it."""
    rows.file("src/app.py")
    rows.file("AGENTS.md", "# Rules\n\n- Never log a token.\n", language="markdown")
    ctx = rows.context()
    assert [d.kind for d in decisions(ctx, DecisionsRequest(path="src/app.py")).decisions] == ["rule"]
    with pytest.raises(UsageError, match="nowhere"):
        decisions(ctx, DecisionsRequest(path="nowhere"))


def test_one_decision_in_full(rows, store):
    """By id, path or alias the whole text comes back as data; unknown and shared names are errors that help."""
    path = adr(rows, "0001-x", "X", number="0001")
    ctx = rows.context(records=store)
    for name in ("docs/adr/0001-x", path, "0001-X", "1"):
        (d,) = decisions(ctx, DecisionsRequest(id=name)).decisions
        assert d.text == "# X\n"
    with pytest.raises(UsageError, match="no decision is called `2`"):
        decisions(ctx, DecisionsRequest(id="2"))
    with pytest.raises(UsageError, match="unknown status"):
        decisions(ctx, DecisionsRequest(status="done"))


# -- records


def test_records_stand_beside_documents_with_their_tier(rows, store):
    """What a person confirmed leads, documents follow, proposals end the list, whatever their words."""
    adr(rows, "1", "Cookies are signed")
    store.add(NewRecord("decision", "cookies cookies cookies", AGENT))
    store.add(NewRecord("decision", "Cookies are signed twice", ANN, ("src/*.py",)))
    answer = decisions(rows.context(records=store), DecisionsRequest())
    assert [(d.tier, d.status, d.status_source) for d in answer.decisions] == [
        ("declared", "accepted", "human"), ("declared", "accepted", "explicit"), ("proposed", "proposed", "agent"),
    ]  # fmt: skip
    topic = decisions(rows.context(records=store), DecisionsRequest(topic="cookies"))
    assert topic.decisions[-1].tier == "proposed"


def test_a_hundred_proposals_outrank_nothing(rows, store):
    """Agents cannot drown what is declared."""
    adr(rows, "1", "Cookies are signed")
    for number in range(100):
        store.add(NewRecord("decision", f"Cookies are signed, says agent {number}", AGENT))
    answer = decisions(rows.context(records=store), DecisionsRequest(topic="cookies signed"))
    assert answer.decisions[0].kind == "adr"
    assert answer.total == 101


def test_recording_tells_what_happened(rows, store):
    """A new proposal names its id and how to confirm it; a known text, and an anchor that means nothing, are said."""
    rows.file("a.py")
    ctx = rows.context(records=store)
    first = record(
        ctx, ctx.records, RecordRequest(kind="lesson", text="Do not fork", anchors=("a.py", "nope.py")), AGENT
    )
    assert first.created
    assert f"memoryd confirm {first.record.id}" in first.message
    assert "`nope.py`" in first.message
    again = record(ctx, ctx.records, RecordRequest(kind="lesson", text="do NOT fork!"), AGENT)
    assert (again.created, again.record.id) == (False, first.record.id)


def test_only_a_person_judges(rows, store):
    """Confirm, retract, supersede and forget exist for people; an agent is refused by name."""
    ctx = rows.context(records=store)
    one, two = (
        record(ctx, ctx.records, RecordRequest(kind="note", text=t), AGENT).record.id for t in ("one", "two")
    )
    with pytest.raises(UsageError, match="only a person"):
        confirm(ctx, ctx.records, JudgeRequest(id=one), AGENT)
    assert confirm(ctx, ctx.records, JudgeRequest(id=one), ANN).record.status == "confirmed"
    assert supersede(ctx, ctx.records, SupersedeRequest(old=one, new=two), ANN).record.status == "confirmed"
    assert retract(ctx, ctx.records, RetractRequest(id=two, reason="wrong"), ANN).record.status == "retracted"
    assert forget(ctx, ctx.records, JudgeRequest(id=two), ANN).record.text == ""
    assert proposals(ctx, ProposalsRequest(status="")).total == 1


def test_without_records_a_list_of_them_fails_plainly(rows):
    """A records.db that cannot be opened is an error, never an empty list."""
    with pytest.raises(StoreError):
        proposals(rows.context(), ProposalsRequest())


# -- rules files


def test_the_nearest_rules_file_leads_and_others_folders_are_out_of_scope(rows):
    """Scope is the file's folder; the folders of agents' own settings stand for their parents."""
    rows.file("AGENTS.md", "You must sign commits.\n", language="markdown")
    rows.file("web/CLAUDE.md", "Never use inline styles.\n", language="markdown")
    rows.file("api/AGENTS.md", "Always validate input.\n", language="markdown")
    rows.file(".github/copilot-instructions.md", "Do not touch vendored code.\n", language="markdown")
    found = [(rule.text, rule.scope) for rule in rules(rows.context(), ["web/ui/a.ts"])]
    assert found == [
        ("Never use inline styles.", "web/**"), ("Do not touch vendored code.", ""), ("You must sign commits.", ""),
    ]  # fmt: skip
