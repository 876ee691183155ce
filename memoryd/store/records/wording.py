"""One wording for what is written in many: the sentences of a text, without what only its writer's manner put there.

Labels, list marks and emphasis go, contracted forms are written out, "make sure to" and the like are left out, and
what asks, forbids or prefers in a phrase of its own does so in the plain one: "it is forbidden to sign X" is "not sign
X", "prefer X over Y" is "use X instead of Y".
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
_ASSURE = r"(?:make sure|be sure|ensure|see to it|take care)"
_BANNED = r"(?:forbidden|prohibited|disallowed|not allowed|not permitted)"
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
        (rf"^{_ASSURE}(?: that)? (?!to\b|not\b|that\b)([^,]{{1,200}}?) (?:is|are) ", r"\1 must be "),
        (rf"^{_ASSURE}(?: that)? (?!to\b|not\b|that\b)(.{{1,400}})", r"\1 must"),
        (rf"\b(?:{_ASSURE}|remember|it is important)(?: to| that)?\b", ""),
        (r"^it is (?:required|necessary|mandatory) that (.{1,200}?) (?:is|are|be) ", r"\1 must be "),
        (r"^it is (?:required|necessary|mandatory) to ", ""),
        (rf"^it is {_BANNED} to ", "not "),
        (rf"^(?!\w+thing\b|string\b)(\w+ing [^,]{{1,200}}?) (?:is|are) {_BANNED}(?= [a-z]+ |$)", r"not \1"),
        (r"^(?:you|we) are (?:not allowed|not permitted|forbidden) to ", "not "),
        (r"\b(?:is|are) required to\b", "must"),
        (r"\b(ha(?:ve|s)) got to\b", r"\1 to"),
        (r"\b(?:needs?(?! to\b| not\b)|(?:must|ha(?:ve|s) to) have)\b(?= \w)", "require"),
        (r"\b(?:(?:is|are) (?:located|situated)|resides?)(?= (?:in|under|at|on)\b)", "live"),
        (r"\b(?:in (?:the )?(?:case|event) of|if there (?:is|are))\b", "if"),
        (r"\b(when|before|after|while|once|if) (?:you|we) (?!are\b|can\b|must\b|have\b|do\b)", r"\1 "),
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


def _marked(text: str) -> str:
    pieces = text.split("`")
    whole = len(pieces) % 2  # else the last back-tick opens nothing
    return "".join(
        TOKEN.sub(_mark, piece) if i % 2 and (whole or i < len(pieces) - 1) else piece.casefold()
        for i, piece in enumerate(pieces)
    )


def _mark(token: re.Match[str]) -> str:
    return CODE + token[0] if token[0][0].isalpha() or token[0][0] == "_" else token[0]
