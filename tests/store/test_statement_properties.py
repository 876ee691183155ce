"""What must always keep two statements apart, whatever else they say: one lost to the other is lost for good."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from memoryd.store.records.similarity import SimilarRecords
from memoryd.store.records.statements import meaning, opposes, repeats
from memoryd.store.records.values import Record

SUBJECTS = (
    "the parser",
    "workers",
    "`api.client`",
    "release scripts",
    "the billing team",
    "controllers",
    "fixtures",
)
VERBS = (("sign", "signed"), ("read", "read"), ("log", "logged"), ("retry", "retried"), ("write", "written"))
OBJECTS = ("cookies", "the session table", "`auth.token`", "uploads", "error messages", "floats", "requests")
SCOPES = ("", "in tests", "before a release", "when the cache is cold", "on Mondays and Fridays", "in `web/`")
FORMS = (
    "{subject} must {verb} {object} {scope}", "{subject} {verb} {object} {scope}", "{verb} {object} {scope}",
    "{object} must be {done} by {subject} {scope}", "{object} are {done} by {subject}", "we {verb} {object} {scope}",
    "{object} are {done} {scope}", "make sure that {object} are {done} {scope}", "{object} must be {done} {scope}",
    "{subject} have to {verb} {object} {scope}", "please {verb} {object} {scope}",
)  # fmt: skip
parts = st.fixed_dictionaries(
    {
        "form": st.sampled_from(FORMS),
        "subject": st.sampled_from(SUBJECTS),
        "verb": st.sampled_from(VERBS),
        "object": st.sampled_from(OBJECTS),
        "scope": st.sampled_from(SCOPES),
    }
)
PLACED = st.sampled_from([form for form in FORMS if "{scope}" in form])
DENIED = (
    ("must be {done}", "must not be {done}"), ("must be {done}", "may not be {done}"), ("are {done}", "are not {done}"),
    ("are {done}", "are never {done}"), ("are {done}", "are no longer {done}"), ("must {verb}", "must never {verb}"),
    ("must {verb}", "should not {verb}"), ("{subject} {verb}", "{subject} do not {verb}"),
    ("we {verb}", "we don't {verb}"),
    ("please {verb}", "never {verb}"), ("please {verb}", "it is forbidden to {verb}"), ("{object}", "no {object}"),
    ("have to {verb}", "need not {verb}"), ("have to {verb}", "do not have to {verb}"),
)  # fmt: skip
AMOUNTS = (
    "", "only", "any", "some", "most", "all", "both", "at least two", "at most two", "not all", "3", "two", "no", "few",
    "many",
)  # fmt: skip
COUNTED = [
    (part, one, other)
    for part in ("subject", "object")
    for one in FORMS
    for other in FORMS
    if "{" + part + "}" in one and "{" + part + "}" in other
]
DENIALS = [(form, form.replace(*pair, 1)) for form in FORMS for pair in DENIED if pair[0] in form]


def said(known: dict, form: str = "") -> str:
    verb, done = known["verb"]
    form = form or known["form"]
    return form.format(
        subject=known["subject"], verb=verb, done=done, object=known["object"], scope=known["scope"]
    ).strip()


def assert_apart(one: str, other: str) -> None:
    """In either order, as a fact and as a rule."""
    for known, new in ((one, other), (other, one)):
        for are_rules in (False, True):
            assert not repeats(meaning(known), meaning(new), are_rules=are_rules), (known, new, are_rules)


@settings(max_examples=300, deadline=None)
@given(parts, st.sampled_from(FORMS), st.sampled_from(DENIALS))
def test_a_statement_and_its_denial_are_two(known, form, denial):
    """Whatever form the one has, and the other: active or passive, asked for or told."""
    asserted, denied = denial
    assert_apart(said(known, asserted), said(known, denied))
    assert_apart(said(known, form), said(known, denied))


@settings(max_examples=300, deadline=None)
@given(
    parts, st.sampled_from(COUNTED), st.lists(st.sampled_from(AMOUNTS), min_size=2, max_size=2, unique=True)
)
def test_how_many_and_only_keep_two_apart(known, counted, amounts):
    """Before who acts or what is acted on; that nothing stands there is one of the cases."""
    part, form, other_form = counted
    one, other = ({**known, part: f"{amount} {known[part]}".strip()} for amount in amounts)
    assert_apart(said(one, form), said(other, other_form))


@settings(max_examples=200, deadline=None)
@given(
    parts,
    st.sampled_from(
        ("{} times", "after {} seconds", "at most {} times", "for {}%", "in version {}", "on port {}")
    ),
    st.integers(0, 99),
    st.integers(0, 99),
)
def test_another_number_is_another_statement(known, words, one, other):
    """Wherever it stands."""
    assume(one != other)
    assert_apart(f"{said(known)} {words.format(one)}", f"{said(known)} {words.format(other)}")


COMPARED = (
    "at least",
    "at most",
    "more than",
    "less than",
    "fewer than",
    "exactly",
    "about",
    "up to",
    "over",
    "under",
)


@settings(max_examples=200, deadline=None)
@given(parts, st.lists(st.sampled_from(COMPARED), min_size=2, max_size=2, unique=True))
def test_another_comparison_is_another_statement(known, words):
    """Of the same number."""
    one, other = (f"{said(known)} {word} 5 times" for word in words)
    assert_apart(one, other)


@settings(max_examples=200, deadline=None)
@given(parts, st.from_regex(r"[a-z]{2,6}(_[a-z]{2,6})?", fullmatch=True), st.integers(0, 3))
def test_another_name_in_back_ticks_is_another_statement(known, name, way):
    """In another case, with an ending more, a part more, or another style."""
    other = (name.capitalize(), name + "s", "x." + name, name.replace("_", "") + "X")[way]
    for place in ("object", "subject"):
        if "{" + place + "}" in known["form"]:
            assert_apart(said({**known, place: f"`{name}`"}), said({**known, place: f"`{other}`"}))


@settings(max_examples=300, deadline=None)
@given(parts, PLACED, PLACED, st.lists(st.sampled_from(SCOPES), min_size=2, max_size=2, unique=True))
def test_another_place_time_or_condition_is_another_statement(known, form, other_form, scopes):
    """Having none is one of the cases."""
    one, other = ({**known, "scope": scope} for scope in scopes)
    assert_apart(said(one, form), said(other, other_form))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(SUBJECTS), min_size=2, max_size=2, unique=True),
    st.sampled_from(FORMS[:2] + FORMS[3:5]),
)
def test_who_acts_on_whom_keeps_two_apart(two, form):
    """Also where one of them is said in the passive."""
    one, other = two
    first = {"verb": VERBS[2], "subject": one, "object": other, "scope": ""}
    second = {"verb": VERBS[2], "subject": other, "object": one, "scope": ""}
    assert_apart(said(first, FORMS[1]), said(second, form))
    assert_apart(said(first, form), said(second, form))


@pytest.mark.parametrize("kind", ["convention", "constraint", "decision"])
def test_a_rule_is_a_rule_in_whatever_mood_it_is_said(kind):
    """A convention that "X is stored in UTC" asks to store it so; a lesson that it is so may tell of a defect."""
    records = SimilarRecords()
    records.put("1", kind, "Timestamps are stored in UTC")
    records.put("2", "lesson", "Timestamps are stored in UTC")
    assert records.repeated(kind, "Store timestamps in UTC") == ["1"]
    assert records.repeated("lesson", "Store timestamps in UTC") == []


@pytest.mark.parametrize("kind", ["convention", "constraint", "decision", "lesson"])
def test_a_rule_told_as_a_fact_opposes_what_forbids_it(kind):
    """Between rules; a lesson that it is so tells of a defect, and the rule forbids just that."""
    told, forbidden = meaning("Errors are swallowed in the loop"), meaning("Never swallow errors in the loop")
    assert opposes(told, forbidden, are_rules=True)
    assert not opposes(told, forbidden)
    records = SimilarRecords()
    records.put("1", kind, "Errors are swallowed in the loop")
    records.put("2", "constraint", "Never swallow errors in the loop")
    new = Record("2", "constraint", "Never swallow errors in the loop", "proposed", "agent:x", 0, "", "")
    assert list(records.opposing(new)) == ([] if kind == "lesson" else ["1"])
