"""Whether a sentence of a project's guide demands something of who changes its code, and says so by itself.

Advice, courtesy, what the reader will see, and how to ask and report are no rules; nor is a sentence whose subject or
object stands in another one ("It must never push"), since it is quoted alone.
"""

from __future__ import annotations

import re

# Where somebody is told to: at the beginning, after a break, after "please". "People don't …" tells nobody, "how you
# use it" and "what you do not override" neither.
_AFTER = r"(?:^|[,;:(\u2013\u2014]\s*|\s-\s|\b(?:please|and|or|but|so|then|agents?|contributors?)\s+)\W{0,4}"
STRONG = re.compile(
    r"\b(?:must|mustn't|(?:is|are) (?:strictly )?(?:forbidden|prohibited|required|not allowed)|shall)\b"
    r"|\bmay not\b(?! (?:even|always|yet|necessarily|have|know|need|want|work|seem|apply|be (?:able|clear))\b)"
    rf"|{_AFTER}(?:do not|don't|never|always|only ever)\b|(?-i:\b(?:NEVER|ALWAYS|DO NOT)\b)"
    r"|\buse \S+(?: \S+)?,? (?:not|instead of|rather than|over)\b",
    re.IGNORECASE,
)
SOFT = re.compile(
    r"\b(?:should(?: not|n't)?|ought to)\b"
    rf"|{_AFTER}(?:avoid|prefer|make sure|ensure|be sure|use|keep|follow|only (?:use|add|change|import))\b"
    rf"|{_AFTER}run\b[^.]{{0,400}}\b(?:before|after|whenever|every|prior)\b|\binstead of\b.{{0,400}}\buse\b",
    re.IGNORECASE,
)
_HERE = (
    r"(?:repo|repository|project|codebase|code base|library|package|crate|module|folder|directory|file|document|guide"
    r"|app|application|component|plugin|workspace|service|monorepo|page|rule|section|list)\b"
)
_POINTS_BACK = re.compile(
    r"^\W*(?:(?:it|they|he|she)\b|both\b(?!.{0,60}\band\b)|(?:this|that|these|those|such)\b(?! "
    + _HERE
    + "))"
    r"|\bhere\W*$"
    r"|^\W*(?:(?:please|always|never|also|then|instead|do not|don't|just|immediately|otherwise),? )*"
    r"(?!(?:if|when|once|whenever|before|after|unless|use|for|in|on|with|at|by|to|from) )[a-z]+"
    r" (?:it|them|(?:this|these|those)\b(?! " + _HERE + r")|that(?= \w+[.,;:]))(?:\b|$)",
    re.IGNORECASE,
)
_POINTS_INTO_ANOTHER = re.compile(
    r"\b(?:these|those)\b(?! (?:who|that|which|of|in|with|where)\b)|\bthis (?!" + _HERE + r")[a-z]+"
    r"|\b(?:to|with|for|of|on|before|after|starting|in) that [a-z]+|\bin (?:both|either) of\b|\bin such cases?\b",
    re.IGNORECASE,
)  # fmt: skip
_CLAUSE_END = re.compile(r"[,;]|\bunless\b|\bbecause\b")
_EXPECTED = re.compile(
    r"\byou(?:'ll| will)? should (?:(?:now|then|also|already|only) )?"
    r"(?:be (?:able|ready|good|fine|presented|prompted|greeted)|see|get|find|have|notice|end up|receive|hear"
    r"|expect|feel|know)\b"
    r"|\byour (?:\w+ ){1,3}should (?:now )?(?:be (?:available|running|ready|visible|up)|look|appear|work)\b"
    r"|\bshould (?:now )?be (?:available|running|visible|reachable|accessible|served|considered)\b"
    r"|\bshould (?:now )?(?:look|output|print|give|return|show|display|appear) (?:\w+ )?"
    r"(?:like|similar|as follows|the following)"
    r"|\bshould (?:just work|suffice|be enough|be fine|be all|be sufficient|take (?:a|about|around|less|only)|help)\b"
    r"|\b(?:this|that|it|which|everything|things) should\b"
    r"|\bfollow (?:the|these|those|our)\b[^.]{0,80}\b(?:instructions|steps|walkthrough|tutorial)\b",
    re.IGNORECASE,
)  # fmt: skip
_COURTESY = re.compile(
    r"\b(?:feel free|hesitate|worry|afraid|shy|discouraged?|intimidate\w*|personally|overwhelm\w*|unappreciated"
    r"|harass\w*|respectful|courteous|professional|welcoming|patient|thank\w*|apprecia\w*|succumb|newcomers?"
    r"|new contributors?|expect to|keep an eye|keep in mind|kind to|be nice|helpful, |\*?demand\*? them|assume good)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"\b(?:report|fil|search|submit|creat|open|rais)\w* (?:\S+ ){0,4}(?:issues?|bugs?|discussions?|tickets?)\b"
    r"|\bsecurity (?:problem|issue|bug|report|vulnerab)|\bvulnerabilit|\bbug (?:bounty|report)|\bissue tracker\b"
    r"|\byour issue\b",
    re.IGNORECASE,
)  # fmt: skip
_CHANGES = re.compile(
    r"\b(?:pull requests?|PRs?|patch\w*|commit\w*|chang\w+|implement\w*|merg\w+|cod(?:e|ing))\b",
    re.IGNORECASE,
)
_CONDUCT = re.compile(
    r"\b(?:conduct|person|people|reviewing|review a|reviewers?|abandoned|stalled)\b", re.IGNORECASE
)
_TALK = re.compile(
    r"\b(?:communit\w*|asking|(?:get|getting|need|for|general) help|support|questions?|issues?|bugs?|report\w*"
    r"|triag\w*|contact|maintainers?|resources|licen[cs]\w+|feature requests?|security|financial\w*|donat\w*"
    r"|sponsor\w*)\b",
    re.IGNORECASE,
)


def demands(sentence: str, *, is_first: bool, is_guide: bool) -> bool:
    """``is_first``: nothing stands before it in its paragraph; ``is_guide``: of a guide for contributors, which
    speaks to people who ask and report as well."""
    if not (STRONG.search(sentence) or SOFT.search(sentence)):
        return False
    if _POINTS_BACK.search(sentence):
        return False
    if not is_first and _POINTS_INTO_ANOTHER.search(_CLAUSE_END.split(sentence, maxsplit=1)[0]):
        return False
    if _EXPECTED.search(sentence) or _COURTESY.search(sentence):
        return False
    return not is_guide or not _REPORTING.search(sentence) or bool(_CHANGES.search(sentence))


def is_talk(heading: str) -> bool:
    """Whether a part of a guide for contributors is for something else than for changing the code."""
    return bool(_CONDUCT.search(heading) or (_TALK.search(heading) and not _CHANGES.search(heading)))
