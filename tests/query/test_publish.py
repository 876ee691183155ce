"""publish: a record becomes a decision document in the dialect, folder and numbering of those that are there."""

from __future__ import annotations

import time

import pytest
from growth import assert_linear
from rows import Rows

from indexers.decisions.adr import extract
from memoryd.errors import UsageError
from memoryd.records.answers import PublishRequest
from memoryd.records.publish import linked, publish, title_of
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records

ANN, AGENT = "human:ann", "agent:bot"
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
TEXT = "Use SQLite because it needs no server"

NYGARD = """\
# {n}. {title}

Date: 2020-01-01

## Status

Accepted

## Context

We have a problem.

## Decision

We will do it.

## Consequences

It gets better.
"""
BULLETS = """\
# {title}

- Status: accepted
- Deciders: Bob, Carol
- Date: 2020-01-01
- Tags: storage

Technical Story: none

## Context and Problem Statement

Which one?

## Considered Options

- one
- two

## Decision Outcome

Chosen option: "one", because it is.
"""
FRONT = """\
---
status: "Accepted"
date: 2020-01-01
deciders: [Bob, Carol]
informed: everybody
---
# ADR-{n}: {title}

## Context and Problem Statement

Which one?

## Decision Outcome

This one.

### Consequences

* Good
"""
TABLE = """\
# {title}

| Field | Value |
|---|---|
| Status | Accepted |
| Author | Bob |

## Context

Why.

## Decision

This.
"""
UNDERLINED = """\
{title}
========

Date: 2020-01-01

Status
------

Accepted

Context
-------

Why.

Decision
--------

We keep everything in storage.
"""
RST = """\
{n}. {title}
==========================

:Status: Accepted
:Date: 2020-01-01

Context
-------

Why.

Decision
--------

This.
"""
ASCIIDOC = """\
= {title}

== Status

Accepted

== Context

Why.

== Decision

This.
"""


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path / "index.db")


@pytest.fixture
def store(tmp_path):
    opened = Records.open(tmp_path / "records.db")
    yield opened
    opened.close()


def document(rows, path: str, text: str) -> None:
    rows.file(path, text, language="markdown", decision=extract(path, text))


def confirmed(store, text: str = TEXT, **more) -> str:
    return store.add(NewRecord("decision", text, ANN, **more)).record.id


def drafted(rows, store, record_id: str, **more):
    return publish(rows.context(records=store), PublishRequest(id=record_id, **more))


@pytest.mark.parametrize(
    ("template", "name", "path"),
    [
        (NYGARD, "docs/adr/{n:04}-{slug}.md", "docs/adr/0008-use-sqlite.md"),
        (BULLETS, "docs/adr/{n:03}_{slug}.md", "docs/adr/008_use_sqlite.md"),
        (FRONT, "doc/adrs/ADR-{n}-{slug}.md", "doc/adrs/ADR-8-use-sqlite.md"),
        (TABLE, "adr/ADR-{n}.md", "adr/ADR-8.md"),
        (NYGARD, "docs/adr/{n:04}-{slug}/README.md", "docs/adr/0008-use-sqlite/README.md"),
        (TABLE, "decisions/{n:04}-{slug}.markdown", "decisions/0008-use-sqlite.markdown"),
        (RST, "docs/decisions/{n:04}-{slug}.rst", "docs/decisions/0008-use-sqlite.rst"),
        (UNDERLINED, "docs/decisions/{n:04}-{slug}.md", "docs/decisions/0008-use-sqlite.md"),
        (ASCIIDOC, "docs/adr/adr-{n:02}-{slug}.adoc", "docs/adr/adr-08-use-sqlite.adoc"),
    ],
)
def test_the_document_is_in_the_dialect_of_its_neighbours(rows, store, template, name, path):
    """Name and number go on, and our own reader finds title, status, day and decision where it found the others'."""
    for n, slug in ((3, "first-choice"), (7, "second-choice")):
        slug = slug.replace("-", "_") if "_{slug}" in name else slug
        document(rows, name.format(n=n, slug=slug), template.format(n=n, title=f"Choice {n}"))
    draft = drafted(rows, store, confirmed(store, anchors=("app/db.py",)))
    assert draft.path == path
    found = extract(draft.path, draft.text)
    assert (found.title, found.status, found.status_source) == ("Use SQLite", "accepted", "explicit")
    assert found.decision == TEXT
    assert "`app/db.py`" in found.context
    assert found.date in (TODAY, "")
    assert (found.date == TODAY) == ("2020-01-01" in template)
    for foreign in (
        "Bob",
        "everybody",
        "storage",
        "Choice",
        "Options",
        "None were" if template is not NYGARD else "x!",
    ):
        assert foreign not in draft.text


def test_a_numbered_title_gets_the_new_number(rows, store):
    """`# 7. …` is followed by `# 8. …`, `# ADR-7: …` by `# ADR-8: …`."""
    document(rows, "docs/adr/0007-choice.md", NYGARD.format(n=7, title="Choice"))
    document(rows, "web/docs/adr/0004-choice.md", FRONT.format(n="0004", title="Choice"))
    plain = drafted(rows, store, confirmed(store))
    web = drafted(rows, store, confirmed(store, "Use one bundle", anchors=("web/src/a.ts",)))
    assert plain.text.startswith("# 8. Use SQLite\n")
    assert web.path == "web/docs/adr/0005-use-one-bundle.md"
    assert "\n# ADR-0005: Use one bundle\n" in web.text


def test_a_project_without_decisions_gets_the_usual_form(rows, store):
    """docs/decisions/0001-….md, MADR with front matter."""
    rows.file("app.py", "x = 1\n")
    draft = drafted(rows, store, confirmed(store))
    assert draft.path == "docs/decisions/0001-use-sqlite.md"
    found = extract(draft.path, draft.text)
    assert (found.status, found.date, found.decision) == ("accepted", TODAY, TEXT)
    assert "decision-makers: ann\n" in draft.text


@pytest.mark.parametrize(
    ("file", "text", "folder"),
    [
        (".adr-dir", "design/adr\n", "design/adr"),
        (".adr-dir", "../../etc\n", "docs/decisions"),
        (".adr-dir", "/etc\n", "docs/decisions"),
        (".adr-dir", ".git/hooks\n", "docs/decisions"),
        (".log4brains.yml", "project:\n  name: x\n  adrFolder: ./docs/log/\n", "docs/log"),
        (".log4brains.yml", "project:\n  adrFolder: ../log\n", "docs/decisions"),
    ],
)
def test_the_projects_own_setting_names_the_folder(rows, store, file, text, folder):
    """.adr-dir and .log4brains.yml count while they name a folder of the project, and nothing else."""
    rows.file(file, text, language="text")
    draft = drafted(rows, store, confirmed(store))
    assert draft.path.rpartition("/")[0] == folder


def test_days_as_numbers_go_on_with_today(rows, store):
    """log4brains names files by day."""
    document(rows, "docs/adr/20200926-use-markdown.md", BULLETS.format(title="Use Markdown"))
    draft = drafted(rows, store, confirmed(store))
    assert draft.path == f"docs/adr/{TODAY.replace('-', '')}-use-sqlite.md"


def test_templates_and_any_other_file_take_their_numbers(rows, store):
    """The next number is free among all files of the folder, not only among those that are decisions."""
    document(rows, "docs/adr/0001-choice.md", NYGARD.format(n=1, title="Choice"))
    rows.file("docs/adr/0009-notes.txt", "no decision\n", language="text")
    assert drafted(rows, store, confirmed(store)).path == "docs/adr/0010-use-sqlite.md"


def test_only_what_a_person_confirmed_is_published_and_once(rows, store):
    """A proposal is refused with the next step; so is a record whose document is there."""
    proposal = store.add(NewRecord("decision", "Use tabs", AGENT)).record.id
    with pytest.raises(UsageError, match="only what a person confirmed"):
        drafted(rows, store, proposal)
    store.confirm(proposal, ANN)
    draft = drafted(rows, store, proposal)
    assert "Recorded" in draft.text
    assert "by bot, confirmed by ann" in draft.text
    done = linked(rows.context(records=store), store, draft, draft.path, ANN)
    assert (done.record.published, store.get(proposal).published) == (draft.path, draft.path)
    assert drafted(rows, store, proposal).path == draft.path  # linked, but the file is not there
    document(rows, draft.path, draft.text)
    with pytest.raises(UsageError, match="published already"):
        drafted(rows, store, proposal)


@pytest.mark.parametrize(
    "path", ["../x.md", "/etc/x.md", "a/../../x.md", "x.py", ".git/x.md", "a//b.md", "x\n.md"]
)
def test_a_path_that_is_no_place_for_a_document_is_refused(rows, store, path):
    """Only a plain path below the root, with an ending of a document."""
    with pytest.raises(UsageError, match="no path for a decision document"):
        drafted(rows, store, confirmed(store), path=path)


def test_what_was_seen_is_what_is_written(rows, store):
    """The digest of a preview refuses any other document."""
    record_id = confirmed(store)
    seen = drafted(rows, store, record_id)
    assert drafted(rows, store, record_id, path=seen.path, digest=seen.digest).text == seen.text
    document(rows, seen.path.replace("use-sqlite", "other"), NYGARD.format(n=1, title="Other"))
    with pytest.raises(UsageError, match="has changed since it was shown"):
        drafted(rows, store, record_id, digest=seen.digest)


def test_a_successor_names_the_document_that_it_supersedes(rows, store):
    """The link is one that our own reader finds; the older file is left alone."""
    document(rows, "docs/adr/0001-use-mysql.md", NYGARD.format(n=1, title="Use MySQL"))
    old = confirmed(store, "Use MySQL")
    store.set_published(old, "docs/adr/0001-use-mysql.md", ANN)
    draft = drafted(rows, store, confirmed(store, supersedes=old))
    found = extract(draft.path, draft.text)
    assert (found.supersedes, found.status) == (("0001-use-mysql.md",), "accepted")


HOSTILE = """\
Use it
## Status

Superseded by 9
---
status: rejected
---
<!-- hidden -->
```
fence
| a | b |
\x1b[31m\u202e
"""


@pytest.mark.parametrize("template", [NYGARD, BULLETS, FRONT, TABLE, ""])
def test_a_text_forges_no_part_of_the_document(rows, store, template):
    """Headings, front matter, fences and comments in a record's text are prose; controls are spelled out."""
    if template:
        document(rows, "docs/adr/0001-choice.md", template.format(n=1, title="Choice"))
    draft = drafted(rows, store, confirmed(store, HOSTILE, anchors=("a`b.py", "\u202ex")))
    found = extract(draft.path, draft.text)
    assert (found.status, found.title) == ("accepted", "Use it")
    assert "hidden" in found.decision
    assert draft.text.isprintable() or not {"\x1b", "\u202e"} & set(draft.text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Use SQLite because it needs no server", "Use SQLite"),
        ("use SQLite. It needs no server.", "Use SQLite"),
        ("Keep v1.2 of the format, since clients read it", "Keep v1.2 of the format"),
        ("because I say so", "Because I say so"),
        ("x" * 200, f"X{'x' * 78}…"),
    ],
)
def test_a_title_is_the_first_sentence_without_its_reason(text, title):
    """At most 80 characters."""
    assert title_of(text) == title


@pytest.mark.parametrize("text", [" " * 8_000 + "x", "x" + ", " * 4_000, "x " * 4_000, "because " * 1_000])
def test_a_title_takes_linear_time(text):
    """Also where nothing in it ends a sentence."""
    assert_linear(lambda size: title_of(f"a{text * 16}"[:size]), 16 * len(text))
