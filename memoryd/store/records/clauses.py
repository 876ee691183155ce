"""One form for a clause that may be turned round: who acts, whether they must, what they do, to what, where.

"X must be signed by Y" becomes "Y must sign X", without "by Y" the order "sign X"; "X is read by Y" becomes "Y reads
X", "X is used" "we use X". Where a negation or a quantifier could change what it holds of, nothing is turned. A fact
stays apart from a rule: "errors are swallowed" is not "errors must be swallowed".
"""

from __future__ import annotations

import re

_MODAL = r"(?:must|should|shall|needs? to|ha(?:ve|s) to|ought to)"
_PLACE = r"(?:in|on|at|for|from|within|during|under)"
_VERB = r"[\w-]{1,40}+"
_ORDER = re.compile(rf"^(?:(?:we|you) )?{_MODAL}\b(?! be\b)|\b(?:we|you) {_MODAL}\b")
_OBLIGATION = re.compile(rf"(?<!not )\b{_MODAL}\b")
_MUST_BE = re.compile(
    rf"(.{{1,200}}?) (?:{_MODAL}|(?:is|are) to|(may)(?= not be ))((?: always| not| never)*) be((?: always)?)"
    rf" ({_VERB})(.*)"
)
_MANNER = r"(?:hand|default|name|design|convention|accident|mistake)\b"  # by which something is done, and who
_IS_DONE_BY = re.compile(rf"(.{{1,200}}?) (?:is|are)( not| never)? ({_VERB}) by (?!{_MANNER})(.{{1,200}})")
_ONLY_BY = re.compile(rf"(.{{1,200}}?) (?:is|are|(can|may)(?= be )) (?:be )?({_VERB}) only by (.{{1,200}})")
_IS_DONE = re.compile(rf"(.{{1,200}}?) (?:is|are)( not)? ({_VERB})(?! by (?!{_MANNER}))(.*)")
_IS_THE = re.compile(r"([^,]{1,200}?) (is|are) (the (?!same\b)[^,]{1,200})")
_IS_THE_ONLY = re.compile(r"([^,]{1,200}?) (?:is|are) the only (?!one)(\w+) (?:that|which|who) ([^,]{1,200})")
_BY_AGENT = re.compile(
    r" by ((?!(?:the|a|an) (?:book|end|time|way|next)\b)(?:(?:the|a|an|our|your)\b[^,]{1,80}|\w+(?<!ing)s))"
)
_IS_OR_MUST_BE_DONE = re.compile(rf"([^,]{{1,200}}?) (is|are|{_MODAL} be) ({_VERB})((?: [^,]*)?)")
_NOT_DONE = re.compile(rf"(?: instead of |,? (?:and |but )?not )({_VERB})(.*)")
_ORDER_OF = re.compile(rf"(?!do\b|not\b|never\b|we\b|you\b)({_VERB}) ([^,]{{1,200}})")
_NOT_IT = re.compile(rf", (?:and |but )?(?:do not|never|not) ({_VERB}) (?:it|them)\b(.*)")
_PREPOSITION = re.compile(rf"\b(?:({_PLACE})|of|to|with|without|by|into|before|after)\b")
_ITEM = r"(?!\d|the\b|an?\b|then\b|not\b)[^\s,\d][^\s,]*"
_LIST = re.compile(
    rf"(?:\b{_PLACE}|^\w+|\b(?:not|never) \w+)"
    rf" ({_ITEM}(?:, {_ITEM}){{0,12}},? (or|and) {_ITEM})(?= {_PLACE} |$)"
)
_LIST_PARTS = re.compile(r",? (?:or|and) |, ")
_UNSURE_SUBJECT = re.compile(r"\b(?:not|no|none|never|nothing|nobody|neither|nor|only|it|they|this|that)\b|,")
_UNSURE_REST = re.compile(rf"\bby (?!{_MANNER})|{_UNSURE_SUBJECT.pattern}")
_QUANTIFIER = re.compile(
    r"\b(?:all|each|every|any|some|most|many|few|both|several|one)\b|(?<![\w.:])\d+(?![.:]?\w)|,"
)
_IRREGULAR = {
    "bound": "bind", "built": "build", "chosen": "choose", "done": "do", "drawn": "draw", "driven": "drive",
    "found": "find", "frozen": "freeze", "given": "give", "held": "hold", "hidden": "hide", "kept": "keep",
    "left": "leave", "made": "make", "run": "run", "sent": "send", "set": "set", "shown": "show", "taken": "take",
    "thrown": "throw", "written": "write", "read": "read", "put": "put", "split": "split", "caught": "catch",
    "brought": "bring", "overridden": "override", "rebuilt": "rebuild", "rewritten": "rewrite", "known": "know",
}  # fmt: skip
_NO_VERB = frozenset(
    ("indeed", "need", "red", "speed", "based", "supposed", "required", "embed", "seed", "feed")
)


def canonical(clause: str) -> str:
    """The clause in the one form, with ``must`` for every obligation of a subject and none for an order to the
    reader; as it is where no form fits."""
    clause = _LIST.sub(_sorted, _scoped_only(clause))
    return _obliged(clause) or _turned(clause) or _OBLIGATION.sub("must", _ORDER.sub("", clause))


def contrasted(sentence: str) -> tuple[str, ...]:
    """The two clauses of "X is squashed, not merged" and of "squash X, do not merge it", each with its X; else the
    sentence."""
    found = _NOT_DONE.search(sentence)
    done = _IS_OR_MUST_BE_DONE.fullmatch(sentence[: found.start()]) if found else None
    if found and done and _verb(done[3]) and _verb(found[1]) and not _UNSURE_SUBJECT.search(done[1]):
        return done[0], f"{done[1]} {_denied(done[2])} {found[1]}{found[2]}"
    found = _NOT_IT.search(sentence)
    order = _ORDER_OF.fullmatch(sentence[: found.start()]) if found else None
    if found and order and not _PREPOSITION.search(order[2]):
        return f"{order[0]}{found[2]}", f"not {found[1]} {order[2]}{found[2]}"
    return (sentence,)


def _denied(auxiliary: str) -> str:
    return re.sub(r" be$", " not be", auxiliary) if auxiliary.endswith(" be") else f"{auxiliary} not"


def _obliged(clause: str) -> str:
    """ "sign X" for "X must be signed", "Y must sign X" for "X must be signed by Y"; else ``""``."""
    found = _MUST_BE.fullmatch(clause)
    if found is None:
        return ""
    what, may, how, always, participle, rest = found.groups("")
    verb = _verb(participle)
    denied = "not" in how or "never" in how
    if not verb or _UNSURE_SUBJECT.search(what) or (denied and _QUANTIFIER.search(what)):
        return ""
    agent = _BY_AGENT.fullmatch(rest)
    if agent and _is_sure(f"{what} {agent[1]}"):
        return f"{agent[1]} {may or 'must'}{how}{always} {verb} {what}"
    return f"{may}{how}{always} {verb} {what}{rest}"


def _turned(clause: str) -> str:
    """ "Y reads X" for "X is read by Y", "only Y may sign X" for "X may be signed only by Y", "we sign X" for "X is
    signed", "the Z is X" for "X is the Z"; else ``""``."""
    forms = (_IS_DONE_BY, _ONLY_BY, _IS_DONE, _IS_THE, _IS_THE_ONLY)
    by, only, done, same, sole = (form.fullmatch(clause) for form in forms)
    if by and (verb := _verb(by[3])) and "instead of" not in clause and _is_sure(f"{by[1]} {by[4]}"):
        return f"{by[4]}{by[2] or ''} {verb} {by[1]}"
    if only and (verb := _verb(only[3])) and _is_sure(f"{only[1]} {only[4]}"):
        return f"only {only[4]} {only[2] or ''} {verb} {only[1]}"
    if sole and _is_sure(f"{sole[1]} {sole[3]}"):
        return f"only {sole[1]} {sole[2]} {sole[3]}"
    if same and _is_sure(f"{same[1]} {same[3]}"):
        return f"{same[3]} {same[2]} {same[1]}"
    if done and (verb := _verb(done[3])) and _is_sure(done[1]) and not _UNSURE_REST.search(done[4]):
        return f"we{done[2] or ''} {verb} {done[1]}{done[4]}"
    return ""


def _is_sure(parties: str) -> bool:
    """They are named, and not counted: so it does not matter in which order."""
    return not (_UNSURE_SUBJECT.search(parties) or _QUANTIFIER.search(parties))


def _scoped_only(clause: str) -> str:
    """ "read X only in Y" for "read X in Y only", where Y is the only place that it names."""
    found = list(_PREPOSITION.finditer(clause)) if clause.endswith(" only") else []
    if len(found) != 1 or not found[0][1]:
        return clause
    at = found[0].start()
    return f"{clause[:at]}only {clause[at:].removesuffix(' only')}"


def _sorted(found: re.Match[str]) -> str:
    """The list in alphabetical order: of alternatives, or of places; the order of steps may count."""
    items = _LIST_PARTS.split(found[1])
    placed = re.match(_PLACE + r"\b", found[0])
    if found[2] == "and" and not placed:
        return found[0]
    return found[0].removesuffix(found[1]) + f" {found[2]} ".join(sorted(items))


def _verb(participle: str) -> str:
    """The verb of a past participle, ``""`` for another word. Its ending is taken off later."""
    if participle in _IRREGULAR:
        return _IRREGULAR[participle]
    return participle if participle.endswith("ed") and participle not in _NO_VERB else ""
