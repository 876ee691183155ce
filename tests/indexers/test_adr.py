"""Decision documents: every dialect and trap seen in real repositories, as a snippet."""

from __future__ import annotations

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.decisions.adr import extract
from indexers.decisions.location import is_candidate
from indexers.decisions.status import dates, normalise
from indexers.facts import Decision
from indexers.parse import parse_file
from indexers.registry import language_of

NYGARD = """# 5. Help comments

Date: 2016-02-13

## Status

Accepted

Amended by [9. Help scripts](0009-help-scripts.md)

## Context

Users want help.

## Decision

Write usage in comments.

## Consequences

None.
"""


def fields(text: str, path: str = "doc/adr/0005-x.md") -> tuple[str, str, str]:
    """(title, status, date); the status in brackets when it is implied."""
    found = extract(path, text)
    assert found is not None
    status = found.status if found.status_source == "explicit" else f"({found.status})"
    return found.title, status, found.date


def test_nygard_sections() -> None:
    """Title without number, status section, date line, texts of decision and context; amended is accepted."""
    found = extract("doc/adr/0005-help-comments.md", NYGARD)
    assert found is not None
    assert (found.title, found.status, found.status_source) == ("Help comments", "accepted", "explicit")
    assert (found.date, found.line, found.number) == ("2016-02-13", 1, "0005")
    assert (found.supersedes, found.superseded_by) == ((), ())
    assert (found.decision, found.context) == ("Write usage in comments.", "Users want help.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Use X\n\n- Status: accepted\n- Date: 2020-09-24\n\n## Decision\n", ("Use X", "accepted", "2020-09-24")),
        ("---\nstatus: on hold\ndate: 2021-01-02\n---\n# Use X\n", ("Use X", "proposed", "2021-01-02")),
        ("---\nstatus: 'rejected' # why not\n---\n# Use X\n", ("Use X", "rejected", "")),
        ("# Use X\n|Meta|Value|\n|---|---|\n|Date|2020-04-30|\n|Status|Done|\n", ("Use X", "accepted", "2020-04-30")),
        ("# Use X\n\n| Status | Date |\n|--|--|\n| Draft | 2020-04-30 |\n", ("Use X", "proposed", "2020-04-30")),
        ("# Use X\n\n**Status:** Deprecated\n\n**Date**: 12 Feb 2016\n", ("Use X", "deprecated", "2016-02-12")),
        (
            "# ADR 001: Use X\n## Changelog\n- 2020-08-11: more\n- 2020-07-09: draft\n## Status\n*Accepted*, in v7\n",
            ("Use X", "accepted", "2020-07-09"),
        ),
        ("# [DEPRECATED] Use X\n\n## Decision\n\nX\n", ("Use X", "deprecated", "")),
        ("# Use X (superseded)\n\n## Decision\n\nX\n", ("Use X", "superseded", "")),
        ("# Use X\n\n> [!WARNING]\n> This ADR has been superseded by [Y](0009-y.md).\n", ("Use X", "superseded", "")),
        ("# Use X\n\n## Status: Withdrawn\n\n## Decision\n\nX\n", ("Use X", "withdrawn", "")),
        ("# Use X\n\n## Status\n\n- [ ] Proposed\n- [x] Accepted\n", ("Use X", "accepted", "")),
        ("# Use X\n\n## Status\n\n~~Proposed~~ Rejected\n", ("Use X", "rejected", "")),
        ("# Use X\n\n## Status\n\nAccepted\n\nSuperseded by ADR-9\n", ("Use X", "superseded", "")),
        ("# Use X\n\nStatus: [ADOPTED](/README.md#adopted) (may be RETIRED later)\n", ("Use X", "accepted", "")),
        ("Use X\n=====\n\nStatus\n------\n\nAccepted\n", ("Use X", "accepted", "")),
        ("\ufeff# Use X\r\n\r\n## Status\r\n\r\nRejected\r\n", ("Use X", "rejected", "")),
    ],
)  # fmt: skip
def test_dialects(text: str, expected: tuple[str, str, str]) -> None:
    """Lists, front matter, tables, bold lines, change logs, title tags, admonitions and headings all count."""
    assert fields(text) == expected


def test_rst_and_pep() -> None:
    """An RST document has underlined sections and field lists; a PEP an RFC-822 header."""
    rst = (
        "Use X\n#####\n\n:Date: 2021-03-04\n\nStatus\n******\n\n**Provisional**\n\nDecision\n********\n\nX.\n"
    )
    assert fields(rst, "docs/decisions/0003-use-x.rst") == ("Use X", "proposed", "2021-03-04")
    pep = "PEP: 8\nTitle: Style Guide\nStatus: Superseded\nCreated: 05-Jul-2001\n"
    pep += "Superseded-By: 9\n\nAbstract\n========\n\nText.\n"
    found = extract("peps/pep-0008.rst", pep)
    assert found is not None
    assert (found.title, found.status, found.date, found.number) == (
        "Style Guide",
        "superseded",
        "2001-07-05",
        "0008",
    )
    assert found.superseded_by == ("9",)


def test_records_known_by_their_form_outside_a_decision_folder() -> None:
    """A numbered file with an RFC's fields, or a name like ADR-12 with a status, is one anywhere; sections
    are no titles."""
    rust = (
        "- Feature Name: `private_fields`\n- Start Date: 2014-03-11\n- RFC PR: [1](x)\n\n# Summary\n\nHide.\n"
    )
    assert fields(rust, "text/0001-private-fields.md") == ("private_fields", "(accepted)", "2014-03-11")
    front = "---\ndate: 2020-12-03\ntitle: Roadmap\nstatus: Final\n---\n\n## Aim\n\nText.\n"
    assert fields(front, "content/ADR-19-roadmap.md") == ("Roadmap", "accepted", "2020-12-03")
    table = "\n.. list-table::\n\n   * - Status\n     - Accepted\n   * - Created\n     - 2020-02-23\n"
    oep = "OEP-41: Events\n##############\n" + table
    assert fields(oep, "oeps/arch/oep-0041-events.rst") == ("Events", "accepted", "2020-02-23")


def test_kep_yaml_is_the_record_and_its_readme_is_not() -> None:
    """``kep.yaml`` gives title, status, date and lists of references."""
    text = (
        'title: "Pod Cost"\nkep-number: 2255\nstatus: implementable # stage\ncreation-date: 2021-01-12\n'
        "replaces:\n  - /keps/sig-apps/1-old/README.md\nsuperseded-by:\n"
    )
    found = extract("keps/sig-apps/2255-pod-cost/kep.yaml", text)
    assert found is not None
    assert (found.title, found.status, found.date, found.number) == (
        "Pod Cost",
        "accepted",
        "2021-01-12",
        "2255",
    )
    assert (found.supersedes, found.superseded_by) == (("/keps/sig-apps/1-old/README.md",), ())
    assert extract("keps/sig-apps/2255-pod-cost/README.md", "# KEP-2255: Pod Cost\n\nStatus: draft\n") is None


def test_missing_status_is_implied_by_the_merge() -> None:
    """A status inside a code fence or a comment is an example; "Decision Drivers" is not the decision."""
    text = """---
parent: Decisions
---
# Use front matter

## Decision Drivers

* Easy to read

## Considered Options

* A

## Decision Outcome

Chosen option: "A", because

### Consequences

* Good

## Pros

```markdown
---
status: rejected
---
# Other

## Status

Superseded by [B](0099-b.md)
```

<!-- Status: deprecated -->
"""
    found = extract("docs/decisions/0013-use-front-matter.md", text)
    assert found is not None
    assert (found.status, found.status_source) == ("accepted", "implied_by_merge")
    assert found.decision == 'Chosen option: "A", because'
    assert found.superseded_by == ()


def test_supersession_is_read_in_both_directions_and_amends_is_neither() -> None:
    """Status sections, fields and link lists name the other document; another clause's links are not meant."""
    text = """# Use X

## Status

Superseded by [ADR-0020](./0020-y.md)

Amends [5](0005-z.md)

## Links

- Supersedes [old](../0001-old.md)
- Refined by [other](0031-other.md)
"""
    found = extract("adr/0002-x.md", text)
    assert found is not None
    assert (found.supersedes, found.superseded_by) == (("../0001-old.md",), ("./0020-y.md",))
    note = "# RFC 0023: Exchange\n\n- Status: ADOPTED\n"
    note += (
        "- Status Note: Replaces [RFC 0160](../0160-c/README.md) and is part of [AIP](../0302-a/README.md).\n"
    )
    note += "- Supersedes: none\n"
    found = extract("features/0023-exchange/README.md", note)
    assert found is not None
    assert found.supersedes == ("../0160-c/README.md",)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/adr/template.md", NYGARD),
        ("docs/adr/0000-adr-template.md", NYGARD),
        ("keps/NNNN-kep-template/kep.yaml", "title: KEP Template\nstatus: provisional\n"),
        ("docs/adr/README.md", NYGARD),
        ("docs/adr/index.md", NYGARD),
        ("packages/core/integration-tests/project/docs/adr/0001-first.md", NYGARD),
        ("tests/fixtures/adr/0001-first.md", NYGARD),
        ("examples/adr/0001-first.md", NYGARD),
        ("docs/adr/0001-x.md", "# [short title of solved problem and solution]\n\n- Status: proposed\n"),
        ("docs/adr/0001-x.md", "# {short title}\n\n## Decision\n\nx\n"),
        ("docs/adr/notes.md", "# Notes\n\nSome text.\n"),
        ("src/0001-parser.md", "# Parser\n\nStatus: open\n"),
        ("docs/adr/diagram.png", ""),
        ("docs/guide.md", NYGARD),
    ],
)
def test_templates_indexes_fixtures_and_other_documents_are_no_decisions(path: str, text: str) -> None:
    """What only looks like a decision document gives none."""
    assert extract(path, text) is None


def test_a_menu_of_choices_is_no_status() -> None:
    """A template's line left as it was states nothing."""
    text = "# Use X\n\n- Status: [proposed | rejected | accepted | deprecated]\n"
    assert fields(text)[1] == "(accepted)"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("imlpemented", "accepted"), ("Partly superseded", "accepted"), ("not accepted", "rejected"),
        ("no longer valid", "deprecated"), ("Reverted by [#1](x)", "deprecated"), ("STALLED", "proposed"),
        ("won't do", "rejected"), ("In Progress", "proposed"), ("TBC", ""), ("", ""), ("{status}", ""),
        ("Final", "accepted"), ("replaced", "superseded"), ("Accepted (superseded by ADR 4)", "superseded"),
        ("Was accepted, now withdrawn", "withdrawn"), ("Accepted, now deprecated", "deprecated"),
        ("Originally proposed in May; accepted in June", "accepted"), ("Was accepted in May", "accepted"),
        ("Will not be implemented", "rejected"), ("Not yet implemented", "proposed"), ("To be accepted", "proposed"),
        ("Not superseded", ""), ("Accepted, not yet implemented", "accepted"), ("Rescinded", "deprecated"),
    ],
)  # fmt: skip
def test_status_words(raw: str, status: str) -> None:
    """The words of the dialects fall into seven states; anything else states nothing."""
    assert normalise(raw) == status


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("Akzeptiert", "accepted"), ("Abgelehnt", "rejected"), ("Abgelöst durch [ADR-2](0002-y.md)", "superseded"),
        ("Noch nicht beschlossen", "proposed"), ("Accepté", "accepted"), ("Rejetée", "rejected"),
        ("Remplacée par [2](0002-y.md)", "superseded"), ("Aceptada", "accepted"), ("Obsoleto", "deprecated"),
        ("Sustituido por ADR-2", "superseded"), ("Aprovado", "accepted"), ("Substituída por ADR-2", "superseded"),
        ("Rifiutata", "rejected"), ("Vervangen door ADR-2", "superseded"), ("Voorgesteld", "proposed"),
        ("Zaakceptowana", "accepted"), ("Odrzucony", "rejected"), ("Zamítnuto", "rejected"),
        ("Föråldrad", "deprecated"), ("Kabul edildi", "accepted"), ("Отклонено", "rejected"), ("Принято", "accepted"),
        ("却下", "rejected"), ("承認済み", "accepted"), ("已废弃", "deprecated"), ("已接受", "accepted"),
        ("未通过", "rejected"), ("거부됨", "rejected"), ("승인", "accepted"),
    ],
)  # fmt: skip
def test_a_status_in_another_language(stated: str, status: str) -> None:
    """It means what the English one means."""
    assert fields(f"# X\n\n## Status\n\n{stated}\n")[1] == status


@pytest.mark.parametrize(
    "text",
    [
        "# X\n\nDatum: 5. März 2024\n\n## Status\n\nAbgelehnt\n\n## Entscheidung\n\nD.\n",
        "# X\n\nDate : 5 mars 2024\n\n## Statut\n\nRejeté\n\n## Décision\n\nD.\n",
        "# X\n\n- **Fecha**: 5 de marzo de 2024\n- **Estado**: Rechazado\n\n## Decisión\n\nD.\n",
        "# X\n\nData: 05/03/2024\n\n## Situação\n\nRejeitado\n\n## Decisão\n\nD.\n",
        "# X\n\n| Stato | Respinta |\n|---|---|\n| Data | 5 marzo 2024 |\n\n## Decisione\n\nD.\n",
        "---\ndatum: 2024-03-05\nstatus: Afgewezen\n---\n# X\n\n## Besluit\n\nD.\n",
        "# X\n\nДата: 5 марта 2024\n\n## Статус\n\nОтклонено\n\n## Решение\n\nD.\n",
        "# X\n\n日付：2024年3月5日\n\n## ステータス\n\n却下\n\n## 決定\n\nD.\n",
        "# X\n\n- 日期：2024年3月5日\n- 状态：已拒绝\n\n## 决策\n\nD.\n",
        "# X\n\n날짜: 2024년 3월 5일\n\n## 상태\n\n거부됨\n\n## 결정\n\nD.\n",
    ],
)
def test_documents_in_other_languages(text: str) -> None:
    """Status, date and decision are found under the names that they have there."""
    found = record(text)
    assert (found.status, found.status_source, found.date, found.decision) == (
        "rejected",
        "explicit",
        "2024-03-05",
        "D.",
    )


def test_an_english_section_called_data_is_no_date() -> None:
    """A word of another language counts in a document that has more of its words."""
    assert record("# X\n\n## Status\n\nAccepted\n\n## Data\n\nOf 2020-01-02.\n").date == ""


def test_successors_are_named_in_other_languages() -> None:
    """ "Abgelöst durch [B]" is what "superseded by [B]" is."""
    assert record("# X\n\n## Status\n\nAbgelöst durch [B](0003-b.md)\n").superseded_by == ("0003-b.md",)
    assert record("# X\n\n## Status\n\nAccepté\n\nRemplace [B](0003-b.md)\n").supersedes == ("0003-b.md",)


@pytest.mark.parametrize(
    "stated", ["Blorked", "As the board sees fit", "Ask Ada", "Kvitteret", "Not superseded"]
)
def test_a_status_that_is_not_understood_is_no_acceptance(stated: str) -> None:
    """It is shown as it stands."""
    found = record(f"# X\n\n## Status\n\n{stated}\n\n## Decision\n\nD.\n")
    assert (found.status, found.status_source, found.stated) == ("unknown", "explicit", stated)


@pytest.mark.parametrize(
    "stated", ["", "{status}", "<status>", "-", "n/a", "![status](a.svg)", "proposed | accepted | rejected"]
)
def test_a_place_for_a_status_states_none(stated: str) -> None:
    """A placeholder, a dash, a badge or a menu is as good as nothing."""
    found = record(f"# X\n\n## Status\n\n{stated}\n\n## Decision\n\nD.\n")
    assert (found.status, found.status_source, found.stated) == ("accepted", "implied_by_merge", "")


def test_dates() -> None:
    """Days are read in the usual forms; numeric ones day first, unless the text shows otherwise."""
    assert dates("2019-05-13, updated 2023-02-05") == ["2019-05-13", "2023-02-05"]
    assert dates("February 12th, 2016") == ["2016-02-12"]
    assert dates("03/04/2022") == ["2022-04-03"]
    assert dates("03/04/2022 and 12/25/2022") == ["2022-03-04", "2022-12-25"]
    assert dates("20200924-use") == ["2020-09-24"]
    assert dates("version 1.2.3 of 9999-99-99") == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(NYGARD.splitlines()), st.text(max_size=40))))
def test_any_text_is_read_without_an_error(lines: list[str]) -> None:
    """Nothing that a document says can raise."""
    for path in ("adr/0001-x.md", "adr/0001-x.rst", "keps/1-x/kep.yaml"):
        extract(path, "\n".join(lines))


@pytest.mark.parametrize(
    "piece",
    ["# ", "|", "[", "- a: ", " ", "(", "this is ", "supersedes ", "{", "~~", "1/", "\n#", "a ", "\na: b"],
)
def test_hostile_repetition_is_read_in_linear_time(piece: str) -> None:
    """Half a megabyte of any mark, on one line or many."""
    one_line = "# T\n\nStatus: " + piece * (500_000 // len(piece))
    many_lines = "# T\n" + (piece * 100 + "x\n") * (5_000 // len(piece))
    assert_linear(lambda size: extract("adr/0001-x.md", one_line[:size]), len(one_line))
    assert_linear(lambda size: extract("adr/0001-x.md", many_lines[:size]), len(many_lines))


def test_candidates_by_path() -> None:
    """A folder's name, or a numbered file name, makes a candidate; source code never is one."""
    assert is_candidate("docs/architecture/adr-001-coin.md")
    assert is_candidate("text/0001-private-fields.md")
    assert is_candidate("docs/decisions/use-x.md")
    assert not is_candidate("src/decisions/engine.py")
    assert not is_candidate("docs/architecture/overview.md")


def record(text: str, path: str = "docs/adr/0002-x.md") -> Decision:
    found = extract(path, text)
    assert found is not None
    return found


def test_what_is_amended_or_contradicted_is_not_superseded() -> None:
    """Fields, status lines and link lists say it; what amends this one is no business of its own."""
    text = """# Use X

- Amends: [ADR-3](0003-c.md)

## Status

Accepted

Amended by [5](0005-z.md)

## Links

- Refines [old](0001-old.md)
- Conflicts with [other](0006-o.md)
"""
    found = record(text)
    assert (found.supersedes, found.superseded_by) == ((), ())
    assert found.amends == ("0003-c.md", "0001-old.md")
    assert found.conflicts == ("0006-o.md",)


def test_a_piece_of_a_document_is_superseded_in_part() -> None:
    """Who replaces "the invitation in [X]" leaves the rest of X in force; "[Y]" alone is all of Y."""
    text = "# RFC 1: Use X\n\n- Status: ADOPTED\n- Supersedes: the invitation in [2](0002-b.md), [3](0003-c.md)\n"
    found = record(text)
    assert found.supersedes == ("0002-b.md", "0003-c.md")
    assert found.in_part == ("0002-b.md",)


@pytest.mark.parametrize(
    ("text", "in_part"),
    [
        ("Supersedes: parts of [2](0002-b.md) and [3](0003-c.md)", ("0002-b.md", "0003-c.md")),
        ("Supersedes: the decisions made in ADR-2 and ADR-3", ("ADR-2", "ADR-3")),
        ("Supersedes: ADR-2", ()),
        ("Status: Partially superseded by [3](0003-c.md)", ("0003-c.md",)),
        ("Status: Superseded by [3](0003-c.md)", ()),
    ],
)
def test_partial_supersession_in_its_forms(text: str, in_part: tuple[str, ...]) -> None:
    """Lists and both directions; what is replaced in part stays in force and says so."""
    found = record(f"# X\n\n- {text}\n\n## Decision\n\nD.\n")
    assert found.in_part == in_part
    if "Partially" in text:
        assert (found.status, found.stated) == ("accepted", "Partially superseded by [3](0003-c.md)")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "## Considered Options\n\n* [MADR](x) 2.1 \u2013 lean\n* Formless\n* Nygard: short\n",
            ("Formless", "Nygard"),
        ),
        ("## Considered Options\n\n1. Option 1: MADR 2.1\n2. Option 2: Formless\n", ("Formless",)),
        (
            "## Alternatives considered\n\n### Formless\n\nText.\n\n### Nygard's\n\nText.\n",
            ("Formless", "Nygard's"),
        ),
        ("## Rationale and alternatives\n\nNone was good.\n", ()),
        ("## Options\n\n- MADR 2.1 (chosen)\n- **Formless**: no\n", ("Formless",)),
        (
            "## Rejected Alternatives\n\nA folder per noun\n\nThis was left, for these reasons:\n\n* One is short\n",
            ("A folder per noun",),
        ),
        (
            "## Alternatives\n\n- Formless\n\nDrawbacks:\n\n- It is slow\n\nAlso looked at:\n\n- Nygard\n",
            ("Formless", "Nygard"),
        ),
    ],
)
def test_alternatives_are_the_options_that_were_not_chosen(section: str, expected: tuple[str, ...]) -> None:
    """Items or sub-headings of a section about options, by name; the chosen one is left out."""
    text = f'# Use X\n\n{section}\n## Decision Outcome\n\nChosen option: "MADR 2.1", because it is lean.\n'
    assert record(text).alternatives == expected


def test_consequences_are_kept() -> None:
    """Wherever the template puts them."""
    assert record("# X\n\n## Decision\n\nX.\n\n### Consequences\n\n* Slower\n").consequences == "* Slower"


def test_references_are_what_the_text_names() -> None:
    """Relative links from the root, paths, globs, names of code; no web pages, no examples in fences, no numbers."""
    text = """# Use X

See [the code](../../src/a.py#L3), `src/web/**/*.ts`, src/lib/b.go and `Session.flush()`; `pkg::Type`, `make_it`
in config/app.toml, e.g. [here](https://example.org/src/c.py) or www.example.com or v1.2.3.

```python
from src.fenced import thing
```
"""
    assert record(text).references == (
        "src/a.py", "src/web/**/*.ts", "src/lib/b.go", "Session.flush()", "pkg::Type", "make_it", "config/app.toml",
    )  # fmt: skip


def test_a_record_in_a_folder_of_any_name_is_known_by_its_form() -> None:
    """``.adr-dir`` may name any folder: a number and the sections of a record are enough; a chapter is none."""
    text = "# 3. Use X\n\n## Context\n\nWhy.\n\n## Decision\n\nX.\n"
    assert record(text, "architecture/choices/0003-use-x.md").title == "Use X"
    assert (
        extract("book/0003-parser.md", "# 3. Parser\n\n## Context\n\nText.\n\n## Grammar\n\nText.\n") is None
    )


def test_yaml_comments_are_no_references() -> None:
    """Regression: a comment in the list of a kep.yaml was read as a document that it replaces."""
    text = 'title: X\nstatus: provisional\nreplaces:\n  # `KEP: "none"`\n  - /keps/sig-a/1-old\n'
    assert record(text, "keps/sig-a/2-x/kep.yaml").supersedes == ("/keps/sig-a/1-old",)


def test_decisions_are_read_from_every_kind_of_document() -> None:
    """Markdown, RST and YAML files alike, by the language that the registry gives them."""
    for path, data in (
        ("keps/sig-a/2-x/kep.yaml", b"title: X\nstatus: provisional\n"),
        ("docs/adr/0001-x.md", NYGARD.encode()),
        ("docs/adr/0001-x.rst", b"X\n=\n\nStatus\n------\n\nAccepted\n"),
    ):
        language = language_of(path, data)
        assert language
        assert parse_file(path, language, data).decision, path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".. note::\n\n   This OEP was replaced with :ref:`Use Y <y>`.\n\nStatus\n------\n\nReplaced\n", ("Use Y",)),
        ("# X\n\n## Status\n\nReplaced\n\n(See :ref:`Use Y`)\n", ("Use Y",)),
        ("# X\n\n## Status\n\nSuperseded, see [Y](0009-y.md)\n", ("0009-y.md",)),
        ("# X\n\nThis RFC has been superseded by `use-y-instead`.\n\n## Status\n\nSuperseded\n", ("use-y-instead",)),
        ("# X\n\n## Status\n\nAccepted, see [Y](0009-y.md)\n\n## Decision\n\nExtends [Z](0001-z.md) a lot.\n", ()),
    ],
)  # fmt: skip
def test_successors_are_named_in_many_ways(text: str, expected: tuple[str, ...]) -> None:
    """Roles of RST, slugs in back-ticks, and what the status of a replaced document points to."""
    found = record(
        text, "docs/decisions/0003-x.rst" if "===" in text or ".. " in text else "docs/decisions/0003-x.md"
    )
    assert (found.superseded_by, found.amends) == (expected, ())


def test_a_document_without_sections_is_known_by_its_opening() -> None:
    """The first prose below the title stands for the context; fields are none."""
    fields = "- Status: accepted\n- Date: 2020-01-01\n\n**Author:** Ann\n"
    text = f"# Use X\n\n{fields}\nX is fast\nand small.\n\n## Notes\n\nMore.\n"
    assert record(text).context == "X is fast\nand small."
    assert record("# Use X\n\n- Status: accepted\n").context == ""


@pytest.mark.parametrize(
    ("path", "is_record"),
    [
        ("decision-records/2025-02-03-one-queue/README.md", True),
        ("decision-records/2025-02-03-one-queue/measurements.md", False),
        ("docs/adr/2025-02-03-one-queue.md", True),
        ("docs/adr/0005-keep-a-changelog.md", True),
        ("docs/news/3.x-changelog.rst", False),
        ("notes/4-release-notes.md", False),
        ("docs/adr/README.md", False),
    ],
)
def test_which_files_are_records(path: str, is_record: bool) -> None:
    """A dated folder's README is one, what lies beside it none; a change log never is."""
    text = "# One queue\n\nStatus: accepted\n\n## Context\n\nC.\n\n## Decision\n\nOne.\n"
    assert (extract(path, text) is not None) == is_record


def test_a_year_is_no_number() -> None:
    """A record that is called by its day has no number that others could name."""
    found = record("# X\n\n## Decision\n\nD.\n", "docs/adr/2025-02-03-one-queue.md")
    assert (found.number, found.date) == ("", "2025-02-03")


STAGED = """---
stage: {stage}
start-date: 2018-10-20T00:00:00.000Z
prs:
  accepted: https://example.org/408
---

# Summary

Text.
"""


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("exploring", "proposed"),
        ("accepted", "accepted"),
        ("ready-for-release", "accepted"),
        ("released # FIXME: may be recommended", "accepted"),
        ("recommended", "accepted"),
        ("discontinued", "deprecated"),
        ("closed", "rejected"),
    ],
)
def test_the_stage_of_an_rfc_is_its_status(stage: str, status: str) -> None:
    """Ember and its followers: numbered, in a folder of any name, with the day on which it was begun."""
    found = extract("text/0408-class-decorators.md", STAGED.format(stage=stage))
    assert found is not None
    assert (found.title, found.status, found.status_source) == ("Class decorators", status, "explicit")
    assert found.date == "2018-10-20"


def test_a_stage_alone_makes_no_decision() -> None:
    """Other documents have stages as well."""
    text = STAGED.format(stage="released").replace("start-date", "updated")
    assert extract("text/0408-decorators.md", text) is None
    assert extract("text/0408-decorators.md", STAGED.format(stage="3")) is None


@pytest.mark.parametrize(
    ("written", "status", "source"),
    [
        ("{ accepted }", "accepted", "explicit"),
        ("{in-progress}", "proposed", "explicit"),
        ("{ rejected }", "rejected", "explicit"),
        ("{status}", "accepted", "implied_by_merge"),
        ("{ proposed | rejected | accepted }", "accepted", "implied_by_merge"),
    ],
)
def test_a_word_that_was_put_into_the_braces_of_a_template_counts(
    written: str, status: str, source: str
) -> None:
    """What the template itself has in them does not."""
    found = extract("docs/decisions/0057-output.md", f"---\nstatus: {written}\n---\n# Output\n\nText.\n")
    assert found is not None
    assert (found.status, found.status_source) == (status, source)


def test_the_parts_of_a_dated_rfc_are_no_decisions() -> None:
    """They lie in a folder that is called after its day and subject."""
    text = "# Open questions\n\nText.\n"
    assert extract("rfc/20241206-oci-registries.md", text) is not None
    assert extract("rfc/20241206-oci-registries/7-open-questions.md", text) is None
    assert extract("rfc/2024/0007-open-questions.md", text) is not None
