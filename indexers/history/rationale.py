"""Which sentence of a commit message says why: scored by its words, each kind of them with its limits.

The scale: a decision, a reason and a strong word are worth 2 each; a reason in the next sentence, the name of
something in the code and a reason given at length 1; subjects and list items without a reason, short sentences,
actions without a cause and weak words cost 1, words of upkeep 2, and a commit that changes nothing but documents,
tests and their tools 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Commit, CommitNote
from indexers.history.bookkeeping import beside_code, by_machine, is_release

SERVED = 4  # a sentence that scores as much is worth reading three times in four
MAX_QUOTE_CHARS = 500
MAX_SENTENCES = 60
_READ_CHARS = 8_000
_MAX_SENTENCE_CHARS = 700
_MIN_CHARS = 25
_AT_LENGTH_CHARS = 65

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'`(])|\n(?:[^\S\n]*\n)+|\n(?=[^\S\n]*(?:[-*+•]|\d{1,2}[.)]) )")
_BULLET = re.compile(r"\A\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_DECISION = re.compile(
    r"\b(?:decided? (?:to|not|on|against)|instead of|rather than|in favou?r of|no longer|we (?:now|should"
    r"|must|need to|want)"
    r"|switch(?:ed|es|ing)? (?:back )?(?:to|from|over)|replac(?:e|ed|es|ing) .{1,60} (?:with|by)"
    r"|prefer(?:red|able|s)?\b"
    r"|turn(?:s|ed) out|(?:dropp?(?:ed|s|ing)?|remov(?:e|ed|es|ing)) support|on purpose|intentional(?:ly)?"
    r"|deliberate(?:ly)?|stop(?:s|ped)? (?:using|relying|supporting)|avoid(?:s|ed|ing)? (?:using|the use)"
    r"|get(?:s|ting)? rid of"
    r"|(?:simpler|easier|safer|better|cleaner|faster|cheaper) (?:to|than|fix|approach|way)|(?:not|well) worth"
    r"|chose(?:n)? (?:to|not)|do(?:es)? not (?:need|want)|there(?:'s| is) no (?:need|point|reason)|offers little"
    r"|should (?:not |never |rather )?be|opposite approach|used to|up to (?:the )?(?:user|caller)s?)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(?:because(?! of (?:this )?(?:pr|commit))|since (?!v?\d|then|last|commit|version|release|python"
    r"|node|go \d)\w"
    r"|so that|in order (?:to|not)|otherwise|to (?:avoid|prevent|ensure|make sure|work ?around"
    r"|guard against)|due to"
    r"|guards? against|mitigat\w+|as (?:it|this|that|they|we|there) (?:is|are|was|were|would|might|could"
    r"|can|will|do|has|have)"
    r"|as (?:it|this|that) does|the (?:reason|problem|trouble|downside|root cause|issue (?:is|was))\b"
    r"|(?:now|given) that"
    r"|which (?:broke|breaks|caused|causes|means|meant|leads?|led|would|made|makes|can|could|resulted?"
    r"|results|no longer"
    r"|did|does|is not|isn't|was not|wasn't|in turn|then)|hence|therefore|thus|this (?:way|means"
    r"|is needed|is necessary"
    r"|is required|allows|lets|avoids|prevents|ensures|makes sure)|that (?:way|means|allows|lets)\b"
    r"|lead(?:s|ing)? to|led to|(?:can|could|may|might|will|would) (?:have|otherwise|lead|cause|break"
    r"|fail|result|crash|hang)"
    r"|caus(?:e|es|ed|ing)\b|ma(?:kes?|king|de) (?:it|this|them) (?:im|un|hard|diff|easi|poss|more"
    r"|less)\w*|result(?:s|ed|ing) in"
    r"|relie[sd] on|depends? on the|assum(?:es?|ed|ing) (?:that|the)|before this|previously|until now"
    r"|prior to this)\b"
    r"|, so (?!far|called)\w|\ASo (?=\w)",
    re.I,
)
_CAUSE = re.compile(
    r"\b(?:because|since|otherwise|due to|as (?:it|this|that|they|we|there) |the (?:reason|problem|issue)"
    r"|hence|avoid"
    r"|prevent|would|which (?:broke|breaks|caused|causes|means|meant|leads?|led|would|can|could)|previously)"
    r"|, so ",
    re.I,
)
_ACTION = re.compile(
    r"\A(?:(?:also|plus|then|thus|therefore|in addition|now|finally|i|we|this (?:change|commit|patch|fix"
    r"|pr|pull request)?),? ?"
    r"(?:also |now )?){0,3}(?:have )?(?:add|us|mov|renam|chang|remov|refactor|call|writ|handl|fix|updat"
    r"|mak|implement|introduc"
    r"|creat|extract|split|replac|convert|resolv|correct|clean|simplif|improv|allow|support|switch|set"
    r"|return|pass|swap|forward"
    r"|sanitiz|rais|manag|render|enhanc|ensur|drop|enabl|disabl|adjust|tweak|rework|propos|modif|skip"
    r"|export|expos|wrap|defin"
    r"|merg|port|rewr\w*|includ|provid|mov|put|stor|check)(?:e|ed|es|d|s|ing|ies|ied|y|ting|al)?\b",
    re.I,
)
_STRONG = re.compile(
    r"\b(?:makes? (?:no |more |little )?sense|did ?n[o']t work|does ?n[o']t work|do not work"
    r"|race(?: condition)?s?\b"
    r"|dead ?locks?|regress(?:ion|ed|es)|security|vulnerab\w+|CVE-\d+|(?:backwards?|forwards?)[- ]?(?:in)?compat\w*"
    r"|memory leaks?|leak(?:s|ed|ing)?|data loss|lose data|corrupt(?:s|ed|ion|ing)?|work-?arounds?"
    r"|work(?:s|ed)? around"
    r"|never|must(?: not)?|undefined behaviou?r|crash(?:es|ed|ing)?|overflow\w*|infinite loop"
    r"|busy[- ]loop|hang(?:s|ing)?"
    r"|thread[- ]?saf\w+|performance|quadratic|expensive|slow(?:er|s|down)?|unsafe|incorrect(?:ly)?"
    r"|wrong(?:ly)?|surpris\w+"
    r"|unexpected(?:ly)?|confus\w+|ambigu\w+|bug in|limitation|trade-?offs?|cannot|can't|not possible"
    r"|impossible|unable to"
    r"|fail(?:s|ed|ing|ure)?|break(?:s|ing|age)?|broken?|panic\w*|error-prone|stall(?:s|ed)?|conflict\w*"
    r"|silently|actually"
    r"|unnecessar\w+|redundant|pointless|useless|inconsisten\w+|does not (?:allow|support|work)"
    r"|doesn't (?:allow|support)"
    r"|not (?:allowed|supported|available|necessary|required)|only (?:works?|applie[sd]|happens?"
    r"|applicable|if|when|on|for))"
    r"|\bO\([^)\n]{1,20}\)",
    re.I,
)
_WEAK_ALONE = re.compile(r"\A\W*(?:\w+\W+){0,3}?(?:now|should|must|never|cannot|can't)\b", re.I)
_UPKEEP = re.compile(
    r"\b(?:typos?|lint(?:er|ing|s)?|flake8|pep ?-?8|white ?space|formatt?ing|isort|ruff|mypy|rubocop"
    r"|gofmt|golint|clippy"
    r"|rustfmt|eslint|prettier|change ?log|changes file|docs?|docstrings?|documentation|spelling|wording"
    r"|grammar|readme"
    r"|bump(?:s|ed)?|merge(?:d|s)?|comments?|news(?:fragment)?|copyright|coverage|travis|appveyor|ci"
    r"|unused|test suite"
    r"|pre-commit|codecov|documented|tests?|testing|benchmarks?|build(?:s|ing)?)\b",
    re.I,
)
_ENTITY = re.compile(
    r"`[^`\n]{1,200}`|\b\w{1,80}\(\)|\b[a-z]{1,40}_[a-z_]{1,80}\b|\b[A-Z][a-z]{1,40}[A-Z]\w{0,80}"
    r"|\b[a-z]{1,20}[A-Z]\w{1,60}|\b[\w-]{1,80}\.(?:py|js|ts|go|rs|java|c|h|cc|cpp|rb)\b|\b[A-Z]{2,}_[A-Z_]{2,60}\b"
)
_TRAILER = re.compile(
    r"^[^\S\n]*(?:[A-Z][A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){1,4}|git-svn-id|cherry[- ]picked from|fixes|closes"
    r"|refs?|see|cc|bug"
    r"|reviewers|summary|test plan|differential revision|reviewed by|author|pull request|pr-url|change-id"
    r"|svn path)\s*:.*$"
    r"|^[^\S\n]*\(cherry picked from .*$|^[^\S\n]*(?:https?://\S+)\s*$|^[^\S\n]*>.*$",
    re.I | re.M,
)
_DECLARED = re.compile(r"^(Constraint|Rejected|Directive):[ \t]+(\S.{2,500})$", re.M)
_CHECKLIST = re.compile(r"^[^\S\n]*[-*] \[[ xX]\].*$", re.M)
_TEMPLATE = re.compile(
    r"^(?:#{1,6} .*|\*\*(?:describe|what|why|how|checklist|type of change|related|before submitting)\b.*"
    r"|(?:please|make sure|thank you|thanks for) .*|<!--.{0,500}?-->)$",
    re.I | re.M,
)
_HISTORY_WORDS = re.compile(
    r"\b(?:added|new|changed|deprecated|removed|versionadded|available|introduced) (?:in"
    r"|since) v?\d+\.\d+|since v?\d+\.\d+"
    r"|\bas requested\b|\bper (?:review|request|comments?)\b|\breview (?:comments?|feedback)\b|\bprobable cause\b"
    r"|\braise .{1,40} cause\b",
    re.I,
)
_LABEL = re.compile(r"\ABREAKING[ -]CHANGES?:\s*|\A(?:note|nb|p\.?s\.?|warning)[:,]\s*", re.I)
_CODE_LINE = re.compile(
    r"^(?: {4,}|\t)\S|^[^\S\n]*(?:\$ |>>> |#include|\+\+\+|---|@@ |diff --git|Traceback|File \")|[{};]\s*$",
    re.M,
)


def notes(commit: Commit) -> Iterator[CommitNote]:
    """At most one ``rationale``, the sentence that says best why, where one is worth serving; and a ``trailer`` for
    each decision that the message declares. Machines' messages and releases give no rationale."""
    for match in list(_DECLARED.finditer(commit.body))[:20]:
        yield CommitNote("trailer", match[1], "declared", match[2].strip())
    if by_machine(commit) or is_release(commit.subject) or "git-svn-id" in commit.subject:
        return
    score, sentence = _best(commit)
    if score >= SERVED:
        yield CommitNote("rationale", "", "", sentence[:MAX_QUOTE_CHARS], score)


def _best(commit: Commit) -> tuple[int, str]:
    """The earlier of equals."""
    title, *more = _SENTENCE.split(commit.subject)  # a message without an empty line is one long subject
    sentences = [(title, True), *_prose("\n\n".join([*more, commit.body]))][:MAX_SENTENCES]
    elsewhere = 3 * beside_code(commit)
    best = (0, "")
    for number, (sentence, is_heading) in enumerate(sentences):
        follows = sentences[number + 1][0] if number + 1 < len(sentences) else ""
        score = _score(sentence, follows, is_heading) - elsewhere
        if score > best[0]:
            best = (score, sentence)
    return best


def _prose(body: str) -> Iterator[tuple[str, bool]]:
    """The sentences of the message that a person wrote as prose; true for list items, which are said like subjects."""
    text = _TEMPLATE.sub("", _CHECKLIST.sub("", _TRAILER.sub("", body[:_READ_CHARS])))
    for part in _SENTENCE.split(text):
        is_item = bool(_BULLET.match(part))
        part = _BULLET.sub("", part)
        if _CODE_LINE.search(part) or len(part) > _MAX_SENTENCE_CHARS:
            continue
        sentence = _LABEL.sub("", " ".join(part.split()))
        if len(sentence) >= _MIN_CHARS:
            yield sentence, is_item


def _score(sentence: str, follows: str, is_heading: bool) -> int:
    decision, reason = bool(_DECISION.search(sentence)), bool(_REASON.search(sentence))
    strong = bool(_STRONG.search(sentence))
    score = 2 * (decision + reason + strong)
    if not score or _HISTORY_WORDS.search(sentence) or sentence.endswith(("?", ":")):
        return 0
    score += bool(_REASON.search(follows)) and not reason
    score += bool(_ENTITY.search(sentence))
    score += reason and not is_heading and len(sentence) >= _AT_LENGTH_CHARS
    score -= is_heading + (len(sentence) < 50)
    score -= bool(_ACTION.match(sentence)) and not _CAUSE.search(sentence)
    score -= score <= 3 and bool(_WEAK_ALONE.search(sentence))
    score -= 2 * bool(_UPKEEP.search(sentence))
    return score
