"""One wording for what is written in many: the sentences of a text, without what only its writer's manner put there.

Labels, list marks and emphasis go, contracted forms are written out, "make sure to" and the like are left out, "X
must be signed" becomes "sign X" and "X is read by Y" becomes "Y reads X". A fact stays apart from a rule: "errors
are swallowed" is not "errors must be swallowed".
"""

from __future__ import annotations

import re

CODE = "\u01c2"  # stands before a word that the text sets in back-ticks; a letter, so that no phrase begins after it
SIGNS = r"[^\s\w.,:;!?'\"()\[\]{}\u2026\u2013\u2014-]+"
TOKEN = re.compile(r"(?<!\w)-?\d+(?:[.:]\d+)*%?(?!\w)|\w+(?:[./:]\w+)*(?:\+\+|#)?|(?<!\S)--?(?=\w)|" + SIGNS)
_EMPHASIS = re.compile(r"(?<![\w*/.`])(\*\*?)(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\1(?![\w*/.(`])")
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*+>]|#{1,6})[ \t]+", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<![.:;!?])[.:;!?]+(?=\s|$)|\n+|\s[-–—]+\s|—")
_CONTRAST = re.compile(r"(?:\s[-–—]\s|—)(?=(?:not|never)\b)")
_LABEL = re.compile(
    r"\s*(?:adr|caution|constraint|convention|decision|fyi|hint|important|lesson|lesson learned|lesson learnt|nb|note"
    r"|remember|reminder|rule|tip|warning)\s*:\s+"
)
_OPENINGS = re.compile(
    r"(?:(?:please |do )?(?:note|keep in mind|bear in mind|be aware) that\s"
    r"|(?:(?:we|i|the team)(?: have|'ve)?|it was) (?:decided|agreed) (?:that\s|(?=(?:not )?to\s))"
    r"|(?:we|i)(?: have|'ve)? (?:learned|learnt|noticed|discovered|found|found out|concluded) that\s"
    r"|it (?:turned|turns) out that\s"
    r"|(?:currently|at the moment|at present),?\s|in this (?:project|repository|repo|codebase|code base),?\s"
    r"|(?:please|let us|let's)\s)+"
)
_MODAL = r"(?:must|should|shall|needs? to|ha(?:ve|s) to|ought to)"
_PHRASES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\bcan(?:no|')t\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
        (r"'ve\b", " have"),
        (r"'re\b", " are"),
        (r"'ll\b", " will"),
        (r"\b(it|that|there|what)'s\b", r"\1 is"),
        (r"\bwe (?=(?:do|don't|never|no longer|always) )", ""),
        (r"\b(?:do|does|must|should)? ?(?:not|never) (?:forget|fail) to\b", ""),
        (r"\b(?:make sure|be sure|remember|ensure|take care|it is important)(?: to| that)?\b", ""),
        (r"\b(?:rather than|in place of|in preference to)\b", "instead of"),
        (r"\bno longer\b", "not"),
        (r"\b(replace) (.{1,200}?) (?:with|by) (.{1,200})", r"use \3 instead of \2"),
        (r"\bprefer(?:red|s)? (.{1,200}?) over (.{1,200})", r"use \1 instead of \2"),
        (r"\bprefer (\S{1,80}) to (\S{1,80})", r"use \1 instead of \2"),
        (r"^(?:we )?(?:chose|picked|selected) (.{1,200}?) over (.{1,200})", r"chose \1 instead of \2"),
        (r"^(.{1,200}?) (?:was|were) (?:chosen|picked|selected) over (.{1,200})", r"chose \1 instead of \2"),
        (r", (?:and |but )?not (\S{1,80})$", r" instead of \1"),  # "spaces, not tabs"
        (r"(?<![\w.])(\d+(?:\.\d+)?) ?ms\b", r"\1 milliseconds"),
        (r"(?<![\w.])(\d+(?:\.\d+)?) ?(?:s|secs?)\b", r"\1 seconds"),
        (r"(?<![\w.])(\d+(?:\.\d+)?) ?mins?\b", r"\1 minutes"),
        (r"(?<![\w.])(\d+(?:\.\d+)?) ?(?:h|hrs?)\b", r"\1 hours"),
        (r"(?<![\w.])(\d+(?:\.\d+)?)(?=[kmgt]i?b\b)", r"\1 "),
    )
)  # fmt: skip
_ORDER = re.compile(rf"^(?:(?:we|you) )?{_MODAL}\b(?! be\b)|\b(?:we|you) {_MODAL}\b")
_OBLIGATION = re.compile(rf"(?<!not )\b{_MODAL}\b")
_MUST_BE = re.compile(
    rf"(.{{1,200}}?) (?:{_MODAL}|(?:is|are) to)((?: always| not| never)*) be((?: always)?) (\w+)\b(.*)"
)
_IS_DONE_BY = re.compile(r"(.{1,200}?) (?:is|are) (\w+) by (.{1,200})")
_ONLY_BY = re.compile(r"(.{1,200}?) (?:is|are|(can|may)(?= be )) (?:be )?(\w+) only by (.{1,200})")
_IS_DONE = re.compile(r"(.{1,200}?) (?:is|are)( not)? (\w+)\b(?! by\b)(.*)")
_IS_THE = re.compile(r"([^,]{1,200}?) (is|are) (the (?!same\b)[^,]{1,200})")
_UNSURE_SUBJECT = re.compile(r"\b(?:not|no|none|never|nothing|nobody|neither|nor|only|it|they|this|that)\b|,")
_UNSURE_REST = re.compile(rf"\bby\b|{_UNSURE_SUBJECT.pattern}")
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


def sentences(text: str) -> list[str]:
    """The text's sentences in lower case; words in back-ticks keep their case behind ``CODE``."""
    text = _LIST_MARK.sub("", _EMPHASIS.sub(r"\2", text.replace(CODE, "").replace("’", "'")))
    text = _CONTRAST.sub(", ", _marked(text))
    label = _LABEL.match(text)
    parts = _SENTENCE_END.split(text[label.end() :] if label else text)
    return [part for part in parts if part.strip()]


def said(sentence: str) -> str:
    """The sentence, or what is said of it before its reason, in the one wording."""
    sentence = sentence.strip(" ,")
    opening = _OPENINGS.match(sentence)
    if opening:
        sentence = sentence[opening.end() :]
    for pattern, words in _PHRASES:
        sentence = pattern.sub(words, sentence)
    return sentence


def active(clause: str) -> str:
    """ "sign X" for "X must be signed", "Y reads X" for "X is read by Y"; else the clause, with one word for every
    obligation of a subject and none for an order to the reader."""
    must, done = _MUST_BE.fullmatch(clause), _IS_DONE_BY.fullmatch(clause)
    if must and (verb := _verb(must[4])) and not _UNSURE_SUBJECT.search(must[1]):
        denied = "not" in must[2] or "never" in must[2]
        if not (denied and _QUANTIFIER.search(must[1])):
            return f"{must[2]}{must[3]} {verb} {must[1]}{must[5]}"
    if done and (verb := _verb(done[2])) and "instead of" not in clause and _is_sure(f"{done[1]} {done[3]}"):
        return f"{done[3]} {verb} {done[1]}"
    return _turned(clause) or _OBLIGATION.sub("must", _ORDER.sub("", clause))


def _turned(clause: str) -> str:
    """ "only Y may sign X" for "X may be signed only by Y", "we sign X" for "X is signed", "the Z is X" for "X is the
    Z"; else ``""``."""
    only, done, same = (form.fullmatch(clause) for form in (_ONLY_BY, _IS_DONE, _IS_THE))
    if only and (verb := _verb(only[3])) and _is_sure(f"{only[1]} {only[4]}"):
        return f"only {only[4]} {only[2] or ''} {verb} {only[1]}"
    if same and _is_sure(f"{same[1]} {same[3]}"):
        return f"{same[3]} {same[2]} {same[1]}"
    if done and (verb := _verb(done[3])) and _is_sure(done[1]) and not _UNSURE_REST.search(done[4]):
        return f"we{done[2] or ''} {verb} {done[1]}{done[4]}"
    return ""


def _is_sure(parties: str) -> bool:
    """They are named, and not counted: so it does not matter in which order."""
    return not (_UNSURE_SUBJECT.search(parties) or _QUANTIFIER.search(parties))


def _marked(text: str) -> str:
    pieces = text.split("`")
    whole = len(pieces) % 2  # else the last back-tick opens nothing
    return "".join(
        TOKEN.sub(_mark, piece) if i % 2 and (whole or i < len(pieces) - 1) else piece.casefold()
        for i, piece in enumerate(pieces)
    )


def _mark(token: re.Match[str]) -> str:
    return CODE + token[0] if token[0][0].isalpha() or token[0][0] == "_" else token[0]


def _verb(participle: str) -> str:
    """The verb of a past participle, ``""`` for another word. Its ending is taken off later."""
    if participle in _IRREGULAR:
        return _IRREGULAR[participle]
    return participle if participle.endswith("ed") and participle not in _NO_VERB else ""
