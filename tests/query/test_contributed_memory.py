"""Contributed memory as it is shown: anchors through renames, contradictions, trust, and moving it about."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from rows import Rows, rename

from indexers.facts import CommitNote, Decision, FileChange
from indexers.secrets import redact_text
from memoryd.errors import UsageError
from memoryd.query.briefing.brief import brief
from memoryd.query.briefing.brief_answers import BriefRequest
from memoryd.query.briefing.why import why
from memoryd.query.briefing.why_answers import WhyRequest
from memoryd.query.decisions.answers import DecisionsRequest
from memoryd.query.decisions.listing import decisions
from memoryd.query.records.answers import AuditRequest, ProposalsRequest
from memoryd.query.records.listing import audit, proposals
from memoryd.query.records.shown import item
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.records.answers import ExportRequest, ImportRequest, JudgeRequest, RecordRequest, RetractRequest
from memoryd.records.exchange import exported, imported
from memoryd.records.judge import confirm, restore, retract
from memoryd.records.propose import record
from memoryd.store.records.values import NewRecord, Origin, Record
from memoryd.store.records.writer import Records

ANN, AGENT = "human:ann", "agent:bot"
TOKEN = "ghp_" + "k3Jx9QmZ2vLrT8sWcY4bNfH6dGpA1eRu5oMi"


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path / "index.db")


@pytest.fixture
def store(tmp_path):
    opened = Records.open(tmp_path / "records.db")
    yield opened
    opened.close()


def note(text: str, *anchors: str, kind: str = "lesson") -> RecordRequest:
    return RecordRequest(kind=kind, text=text, anchors=anchors)


def foreign(text: str, id_: str = "o1") -> Record:
    """As an export brings it."""
    return Record(id_, "decision", text, "confirmed", "human:eve", 1, "", "", ("app/db.py",))


def moved(shown) -> dict[str, tuple[str, str]]:
    return {place.anchor: (place.now, place.state) for place in shown.moved}


# -- anchors


@pytest.mark.parametrize(
    "anchor",
    ["app/db.py", "app", "app/db.py:3", "app/db.py:Db.open", "app/db.py:open", "app/*.py", "Db.open", "Db", "db.py",
     "db.py:Db", "./app/db.py"],
)  # fmt: skip
def test_an_anchor_that_means_something_here_is_nothing_to_mention(rows, store, anchor):
    """Paths, folders, lines, symbols, bare names, globs and endings of paths."""
    rows.file(
        "app/db.py",
        "class Db:\n    def open(self):\n        pass\n",
        [("Db", "class", 1), ("Db.open", "method", 2)],
    )
    answer = record(rows.context(records=store), store, note("x", anchor), AGENT)
    assert answer.record.moved == ()
    assert "No file or symbol is called" not in answer.message


@pytest.mark.parametrize(
    "anchor", ["app/gone.py", "gone/", "app/db.py:99", "app/db.py:Gone", "lib/*.py", "Gone"]
)
def test_an_anchor_that_means_nothing_is_kept_and_said(rows, store, anchor):
    """The file may still come; the answer names what is missing now."""
    rows.file("app/db.py", "x = 1\n")
    answer = record(rows.context(records=store), store, note("x", anchor), AGENT)
    assert answer.record.anchors == (anchor,)
    assert [place.state for place in answer.record.moved] == ["lost"]
    assert f"No file or symbol is called `{anchor}` now." in answer.message


def test_anchors_follow_renames_one_after_the_other(rows, store):
    """a → b → c, with the symbol or line behind; `why` of the new name finds the record."""
    rows.commit("add", [FileChange("A", "a.py")])
    rows.commit("first", [rename("a.py", "b.py")])
    rows.commit("second", [rename("b.py", "lib/c.py")])
    rows.file("lib/c.py", "def f():\n    pass\n", [("f", "function", 1, 2)])
    ctx = rows.context(records=store)
    shown = record(ctx, ctx.records, note("Keep f pure", "a.py", "b.py:f", "a.py:2"), ANN).record
    assert shown.anchors == ("a.py", "a.py:2", "b.py:f")
    assert moved(shown) == {
        "a.py": ("lib/c.py", "moved"),
        "a.py:2": ("lib/c.py:2", "moved"),
        "b.py:f": ("lib/c.py:f", "moved"),
    }
    assert [i.quote for i in why(ctx, WhyRequest(target="lib/c.py:f")).items if i.kind == "record"] == [
        "Keep f pure"
    ]
    by_path = decisions(ctx, DecisionsRequest(path="lib"))
    assert [d.title for d in by_path.decisions] == ["Keep f pure"]


def test_a_folder_that_was_renamed_is_followed(rows, store):
    """Where most of its files went."""
    rows.commit("add", [FileChange("A", "old/a.py"), FileChange("A", "old/b.py")])
    rows.commit("move", [rename("old/a.py", "new/a.py"), rename("old/b.py", "new/b.py")])
    rows.file("new/a.py", "x = 1\n")
    rows.file("new/b.py", "x = 1\n")
    assert moved(record(rows.context(records=store), store, note("x", "old"), ANN).record) == {
        "old": ("new", "moved")
    }


def test_a_symbol_that_went_to_another_file_is_followed_while_there_is_one_of_its_name(rows, store):
    """With two of the name nobody knows which it is: lost, but the file remains."""
    rows.file("a.py", "x = 1\n")
    rows.file("b.py", "def load():\n    pass\n", [("load", "function", 1)])
    ctx = rows.context(records=store)
    shown = record(ctx, ctx.records, note("x", "a.py:load"), ANN).record
    assert moved(shown) == {"a.py:load": ("b.py:load", "moved")}
    rows.file("c.py", "def load():\n    return 1\n", [("load", "function", 1)])
    assert moved(item(rows.context(records=store), store.get(shown.id))) == {"a.py:load": ("a.py", "lost")}


def test_after_a_force_push_a_record_keeps_its_text_and_its_anchors_are_lost(tmp_path, store):
    """F14: the commit that brought the file is no longer reachable; the record says so and stays whole."""
    before, after = Rows(tmp_path / "before.db"), Rows(tmp_path / "after.db")
    before.commit("base", [FileChange("A", "base.py")])
    before.commit("feature", [FileChange("A", "feature.py")])
    before.file("feature.py", "x = 1\n")
    shown = record(before.context(records=store), store, note("Keep it", "feature.py"), ANN).record
    assert (shown.head_lost, shown.moved) == (False, ())
    after.commit("base", [FileChange("A", "base.py")])
    after.commit("another", [FileChange("M", "base.py")])
    after.file("base.py", "y = 1\n")
    other = "f" * 40
    kept = item(
        after.context(records=store),
        Record(shown.id, "lesson", "Keep it", "confirmed", ANN, 1, other, "", ("feature.py",)),
    )
    assert (kept.text, kept.anchors, kept.head_lost) == ("Keep it", ("feature.py",), True)
    assert moved(kept) == {"feature.py": ("", "lost")}


# -- contradictions, undo, taking back


def test_a_contradiction_is_said_and_both_are_kept(rows, store):
    """The answer names the other record, who said it and how to settle it."""
    rows.file("app/db.py", "x = 1\n")
    ctx = rows.context(records=store)
    known = record(ctx, ctx.records, note("Use redis for sessions", "app/db.py"), ANN).record
    answer = record(ctx, ctx.records, note("Never use redis for sessions", "app"), AGENT)
    assert answer.record.conflicts_with == (known.id,)
    assert (
        f"It contradicts {known.id} (confirmed, claimed, human:ann): “Use redis for sessions”."
        in answer.message
    )
    assert "Both are kept" in answer.message
    listed = proposals(ctx, ProposalsRequest(status="")).records
    assert {r.id: r.conflicts_with for r in listed} == {
        known.id: (answer.record.id,),
        answer.record.id: (known.id,),
    }


def test_a_clients_writes_are_shown_before_they_are_taken_back(rows, store):
    """A preview changes nothing; then the proposals go, what a person confirmed stays; `restore` undoes it."""
    ctx = rows.context(records=store)
    bad, good = (record(ctx, ctx.records, note(text), AGENT).record for text in ("A bad rule", "A good rule"))
    confirm(ctx, ctx.records, JudgeRequest(id=good.id), ANN)
    asked = RetractRequest(by=AGENT, since="1h", preview=True)
    preview = retract(ctx, ctx.records, asked, ANN)
    assert ([r.id for r in preview.records], [r.id for r in preview.kept]) == ([bad.id], [good.id])
    assert store.get(bad.id).status == "proposed"
    done = retract(ctx, ctx.records, RetractRequest(by=AGENT, since="1h"), ANN)
    assert [r.status for r in done.records] == ["retracted"]
    assert store.get(good.id).status == "confirmed"
    assert restore(ctx, ctx.records, JudgeRequest(id=bad.id), ANN).record.status == "proposed"


@pytest.mark.parametrize(
    ("request_", "actor", "what"),
    [
        (RetractRequest(), ANN, "needs a record's id"),
        (RetractRequest(by=AGENT), ANN, "name the client and the time"),
        (RetractRequest(since="1h"), ANN, "name the client and the time"),
        (RetractRequest(id="x", by=AGENT, since="1h"), ANN, "name the client and the time"),
        (RetractRequest(by=AGENT, since="soon"), ANN, "no time or age"),
        (RetractRequest(by=ANN, since="1h"), ANN, "record by record"),
        (RetractRequest(by=AGENT, since="1h", preview=True), AGENT, "only a person"),
    ],
)
def test_a_retraction_that_is_not_clear_is_refused(rows, store, request_, actor, what):
    """Nothing is guessed where much could go."""
    with pytest.raises(UsageError, match=what):
        retract(rows.context(records=store), store, request_, actor)


def test_the_audit_says_who_did_what_and_whether_it_is_whole(rows, store):
    """Newest first, by actor and time; a change behind its back shows."""
    ctx = rows.context(records=store)
    made = record(ctx, ctx.records, note("A rule"), AGENT).record
    confirm(ctx, ctx.records, JudgeRequest(id=made.id, reason="seen"), ANN)
    shown = audit(ctx, AuditRequest())
    assert [(e.actor, e.action, e.status, e.reason) for e in shown.entries] == [
        (ANN, "confirmed", "confirmed", "seen"),
        (AGENT, "add", "proposed", ""),
    ]
    assert (shown.ok, shown.total) == (True, 2)
    assert [e.actor for e in audit(ctx, AuditRequest(by=AGENT, since="1h")).entries] == [AGENT]
    store._conn.execute("UPDATE record SET text = 'Another rule'")
    broken = audit(ctx, AuditRequest(limit=1))
    assert not broken.ok
    assert "BROKEN" in broken.state


# -- trust


def test_a_hundred_writes_of_an_agent_outrank_nothing(rows, store):
    """In decisions, why and brief: what a person confirmed, then documents, then agents' proposals, then imports."""
    rows.file("app/db.py", "x = 1\n")
    text = "Store sessions in redis, see app/db.py"
    rows.file("docs/adr/0001-sessions.md", "# Store sessions in redis\n", language="markdown",
              decision=Decision("Store sessions in redis", "accepted", "explicit", "", 1, decision=text))  # fmt: skip
    ctx = rows.context(records=store)
    store.bring_in(
        [foreign(f"Store sessions in redis, import {n}", f"o{n}") for n in range(20)], "import:evil"
    )
    for n in range(100):
        record(
            ctx, ctx.records, note(f"Store sessions in redis, rule {n}", "app/db.py", kind="decision"), AGENT
        )
    person = record(
        ctx, ctx.records, note("Store the sessions in redis, for now", "app/db.py", kind="decision"), ANN
    ).record
    assert store.count("confirmed") == 1

    def ranks(sources):
        order = [
            0 if ANN in s or person.id in s else 1 if "adr" in s else 2 if AGENT in s else 3 for s in sources
        ]
        assert order == sorted(order)
        return order

    listed = decisions(ctx, DecisionsRequest(limit=1000)).decisions
    assert len(ranks([f"{d.author} {d.path}" for d in listed])) == 122
    assert all(d.status_source == "import" and d.tier == "proposed" for d in listed[-20:])
    topic = decisions(ctx, DecisionsRequest(topic="sessions redis", limit=1000)).decisions
    unconfirmed = [d.tier == "proposed" for d in topic]
    assert unconfirmed == sorted(unconfirmed)
    ranks([f"{d.author} {d.path}" for d in topic if d.tier == "proposed"])
    reasons = why(ctx, WhyRequest(target="app/db.py", limit=1000)).items
    tiers = [{"declared": 0, "evidence": 1, "proposed": 2}[i.tier] for i in reasons]
    assert tiers == sorted(tiers)
    proposed = [i.author for i in reasons if i.tier == "proposed"]
    assert proposed == [AGENT] * 100 + ["import:evil"] * 20


def test_a_published_record_is_left_to_its_document(rows, store):
    """Where the document is in the view, the list does not say the same twice."""
    ctx = rows.context(records=store)
    made = record(ctx, ctx.records, note("Use SQLite", kind="decision"), ANN).record
    store.set_published(made.id, "docs/adr/0001-use-sqlite.md", ANN)
    assert [d.id for d in decisions(ctx, DecisionsRequest()).decisions] == [made.id]
    rows.file("docs/adr/0001-use-sqlite.md", "# Use SQLite\n", language="markdown",
              decision=Decision("Use SQLite", "accepted", "explicit", "", 1))  # fmt: skip
    assert [d.id for d in decisions(rows.context(records=store), DecisionsRequest()).decisions] == [
        "docs/adr/0001-use-sqlite"
    ]


def test_a_brief_puts_imports_last(rows, store):
    """Given a path, an imported record about it stands behind an agent's about the task."""
    rows.file("app/db.py", "x = 1\n")
    store.bring_in([foreign("Drop all tables")], "import:evil")
    ctx = structs.replace(rows.context(records=store), lexical=LexicalIndex())
    record(ctx, ctx.records, note("Rotate keys weekly", kind="decision"), AGENT)
    sections = brief(ctx, BriefRequest(task="rotate keys weekly", paths=("app/db.py",))).sections
    said = [i.text for section in sections if section.title == "decisions" for i in section.items]
    assert ["Rotate" in text for text in said] == [True, False]


# -- export and import


def take(ctx, lines, name="team.jsonl", **more):
    return imported(ctx, ctx.records, ImportRequest(lines=tuple(lines), name=name, **more), redact_text)


def moved_over(store, tmp_path_factory, *, markdown: bool = False) -> Records:
    """All records in a store of their own."""
    there = Records.open(tmp_path_factory.mktemp("there") / "records.db")
    rows = Rows(tmp_path_factory.mktemp("index") / "index.db")
    answer = exported(rows.context(records=store), ExportRequest(markdown=markdown))
    lines = "\n".join(line.text for line in answer.lines).split("\n")
    take(rows.context(records=there), lines)
    return there


def said(stored: Record) -> tuple:
    return stored.text, stored.kind, stored.anchors, stored.head


TEXTS = st.lists(
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60).filter(lambda t: t.strip()),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS, markdown=st.booleans())
def test_what_goes_out_comes_in_again(tmp_path_factory, texts, markdown):
    """JSON lines and Markdown carry text, kind, anchors, commit and origin of every record, whatever is in them."""
    here = Records.open(tmp_path_factory.mktemp("here") / "records.db")
    for number, text in enumerate(texts):
        here.add(
            NewRecord(
                "lesson",
                text,
                (ANN, AGENT)[number % 2],
                (f"a{number}.py", f"--> {text[:20]}".strip()),
                "ab" * 20,
            )
        )
    there = moved_over(here, tmp_path_factory, markdown=markdown)
    was = [(said(r), Origin(r.id, r.actor, r.status, r.created_at_s)) for r in here.everything()[0]]
    now = [(said(r), r.origin) for r in there.everything()[0]]
    assert sorted(now, key=str) == sorted(was, key=str)
    assert {r.status for r in there.list()} == {"proposed"}
    here.close()
    there.close()


def test_an_export_has_the_audit_and_it_can_be_checked(rows, store):
    """One head, the records, every entry with the hashes that prove it."""
    ctx = rows.context(records=store)
    made = record(ctx, ctx.records, note("A rule", "a.py"), AGENT).record
    confirm(ctx, ctx.records, JudgeRequest(id=made.id), ANN)
    lines = [json.loads(line.text) for line in exported(ctx, ExportRequest()).lines]
    assert lines[0] | {"exported_at": ""} == {
        "memoryd": "records", "version": 1, "exported_at": "", "records": 1, "entries": 2,
        "audit_head": lines[-1]["audit"]["hash"],
    }  # fmt: skip
    assert lines[1]["record"]["anchors"] == ["a.py"]
    assert [line["audit"]["action"] for line in lines[2:]] == ["add", "confirmed"]
    assert lines[3]["audit"]["prev_hash"] == lines[2]["audit"]["hash"]


def test_what_is_out_of_force_stays_so(store, tmp_path_factory):
    """Retracted and superseded records arrive as such, with the link between old and new."""
    old, new = (store.add(NewRecord("lesson", text, ANN)).record for text in ("Use sha1", "Use sha256"))
    store.supersede(old.id, new.id, ANN)
    gone = store.add(NewRecord("lesson", "Use md5", ANN)).record
    store.retract(gone.id, ANN)
    there = {r.text: r for r in moved_over(store, tmp_path_factory).list()}
    assert {text: r.status for text, r in there.items()} == {
        "Use sha1": "superseded", "Use sha256": "proposed", "Use md5": "retracted",
    }  # fmt: skip
    assert there["Use sha256"].supersedes == there["Use sha1"].id


def line(**fields) -> str:
    base = {
        "id": "o1",
        "kind": "lesson",
        "text": "A rule",
        "status": "confirmed",
        "actor": "human:eve",
        "created_at_s": 1,
    }
    return json.dumps({"record": {**base, **fields}})


@pytest.mark.parametrize(
    "bad",
    [
        "{", '{"record": 1}', '{"record": {}}', '{"version": 99}', '{"record":' * 2_000, line(status="trusted"),
        line(text=""), line(text="x" * 8_193), line(text=["a"]), line(id="../x"), line(kind="gossip"),
        line(created_at_s=-1), line(created_at_s=1 << 62), line(head="$(rm)"), line(anchors=["x"] * 21),
        line(anchors=[""]),
    ],
)  # fmt: skip
def test_a_hostile_line_is_refused_by_number_and_nothing_is_kept(rows, store, bad):
    """Every field has its limits; what was read before the bad line is not taken either."""
    with pytest.raises(UsageError):
        take(rows.context(records=store), [line(id="o0", text="A good rule"), bad], first_line=7)
    assert store.count() == 0


def test_what_an_import_says_is_data(rows, store):
    """Secrets are overwritten, controls spelled out when shown, other keys and lines not looked at."""
    ctx = rows.context(records=store)
    hostile = line(
        text=f"the key is {TOKEN} \x1b[31m\u202e",
        anchors=[TOKEN, "a\x07.py"],
        actor=f"human:{TOKEN}\x1b",
        trust=0,
        tier="declared",
    )
    answer = take(ctx, ["# A heading", "prose", hostile, '{"audit": {"seq": 1}}'], name="e\x1bvil")
    assert (answer.taken, answer.known, answer.source) == (1, 0, "import:e\\x1bvil")
    stored = store.list()[0]
    assert TOKEN not in str(stored)
    shown = item(ctx, stored)
    assert not {"\x1b", "\u202e", "\x07"} & set(f"{shown.text}{shown.anchors}{shown.origin}{shown.actor}")
    assert (stored.status, shown.origin.rpartition(", ")[2]) == ("proposed", "confirmed")


def test_a_record_about_what_is_gone_is_in_doubt(rows, store):
    """Gone from the project, all of it or a part: in doubt, and why. Never there: unlinked, which proves nothing."""
    rows.commit("add", [FileChange("A", "a.py")])
    rows.commit("remove", [FileChange("D", "a.py")])
    rows.file("b.py", "x = 1\n")
    ctx = rows.context(records=store)
    for text, *places in (("Gone", "a.py"), ("Never", "x.py"), ("Left", "a.py", "b.py"), ("Nowhere",)):
        record(ctx, ctx.records, note(text, *places, kind="decision"), ANN)
    found = {d.title: (d.health, d.reason) for d in decisions(ctx, DecisionsRequest()).decisions}
    gone = ("in_doubt", "a.py is lost: it is no longer in the project")
    assert found["Gone"] == found["Left"] == gone
    assert [found[t][0] for t in ("Never", "Nowhere")] == ["unlinked", "unlinked"]


def test_decisions_name_what_contradicts_them_and_stay_as_they_are(rows, store):
    """An agent's contradiction is named at the record that a person confirmed, and puts it into no doubt."""
    rows.file("a.py", "x = 1\n")
    ctx = rows.context(records=store)
    known = record(ctx, ctx.records, note("Use redis for sessions", "a.py", kind="decision"), ANN).record
    other = record(
        ctx, ctx.records, note("Never use redis for sessions", "a.py", kind="decision"), AGENT
    ).record
    first = decisions(ctx, DecisionsRequest()).decisions[0]
    assert (first.id, first.status, first.health, first.conflicts_with) == (
        known.id,
        "accepted",
        "ok",
        (other.id,),
    )


# -- health


def told(rows, store, text: str, *anchors: str, actor: str = ANN, kind: str = "decision"):
    """Recorded at the newest commit."""
    ctx = rows.context(records=store)
    return record(ctx, store, note(text, *anchors, kind=kind), actor).record


def doubts(rows, store) -> dict[str, str]:
    """What is said → why it is in doubt, `""` where it is not."""
    found = decisions(rows.context(records=store), DecisionsRequest()).decisions
    return {d.title: d.reason if d.health == "in_doubt" else "" for d in found if not d.path}


def test_a_record_is_in_doubt_when_its_dependency_is_gone(rows, store):
    """As a decision is; only what it says to use, not what it forbids or what is called so by chance, and not what came
    back or had left before."""
    rows.file("a.py", "x = 1\n")
    rows.commit("Drop kombu", [], notes=[CommitNote("dependency", "kombu", "removed")])
    texts = (
        "Use redis for sessions",
        "Never use celery",
        "Limit the requests of a client",
        "Use kombu",
        "Use attrs",
    )
    for text in (*texts, "Send mail through `django-ses`"):
        told(rows, store, text, "a.py")
    for name in ("redis", "celery", "requests", "attrs", "django-ses"):
        rows.commit(f"Drop {name}", [], notes=[CommitNote("dependency", name, "removed")])
    rows.commit("Add attrs", [], notes=[CommitNote("dependency", "attrs", "added")])
    found = doubts(rows, store)
    assert "the dependency `redis`, which it names, was removed" in found["Use redis for sessions"]
    assert "`django-ses`" in found["Send mail through `django-ses`"]
    assert [found[text] for text in texts[1:]] == ["", "", "", ""]


def test_a_record_is_in_doubt_when_a_newer_decision_contradicts_it(rows, store):
    """A document that is accepted and newer; one that was there before, or is only proposed, is none."""
    rows.file("a.py", "x = 1\n")
    rows.commit("Begin", [FileChange("A", "a.py")])
    for text in ("Cache the answers of the bank", "Retry a payment twice", "Log every refund"):
        told(rows, store, text, "a.py")
    for name, title, status in (
        ("1", "Do not cache the answers of the bank", "accepted"),
        ("2", "Never retry a payment twice", "proposed"),
    ):
        known = Decision(title, status, "explicit", "", 1, number=name)
        rows.file(f"docs/adr/{name}-x.md", f"# {title}\n", language="markdown", decision=known)
        rows.commit(title, [FileChange("A", f"docs/adr/{name}-x.md")])
    told(rows, store, "Cache answers of the bank", "a.py", kind="constraint")
    found = doubts(rows, store)
    assert found["Cache the answers of the bank"] == "the newer decision docs/adr/1-x says the opposite"
    assert [found[t] for t in ("Retry a payment twice", "Log every refund", "Cache answers of the bank")] == [
        ""
    ] * 3


def test_a_record_is_in_doubt_when_a_newer_record_contradicts_it(rows, store):
    """One that a person confirmed; the newer one is in no doubt for that."""
    rows.file("a.py", "x = 1\n")
    told(rows, store, "Use sqlite for the queue", "a.py")
    newer = told(rows, store, "Never use sqlite for the queue", "a.py")
    found = doubts(rows, store)
    assert found["Use sqlite for the queue"] == f"the newer record {newer.id} says the opposite"
    assert found["Never use sqlite for the queue"] == ""


def test_a_record_is_in_doubt_when_its_code_was_rewritten(rows, store):
    """The symbol has its name, and less than half of its lines."""
    body = [f"    step_{i}(order)" for i in range(8)]
    rows.file("a.py", "\n".join(["def pay(order):", *body]), [("pay", "function", 1, 9)])
    told(rows, store, "Pay in one go", "a.py:pay")
    rows.file(
        "a.py", "\n".join(["def pay(order):", *body[:6], "    log(order)"]), [("pay", "function", 1, 8)]
    )
    assert doubts(rows, store)["Pay in one go"] == ""
    rows.file("a.py", "def pay(order):\n    return bank.pay(order)\n", [("pay", "function", 1, 2)])
    said = doubts(rows, store)["Pay in one go"]
    assert said == "a.py:pay: its code was rewritten, 11% of its 9 lines are left"
