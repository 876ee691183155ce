"""The answer to `check`."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer


class CheckFinding(Struct, frozen=True):
    """``severity``: ``block`` (an executable rule that the project declares fails on what the change adds), ``warn``,
    ``info``. ``rule``: its name or kind; ``message``: what is wrong, in our words; ``quote``: the rule or the commit
    as written; ``source``: ``path:line`` of the rule, a sha, or a record's id. ``line`` 0: the file as a whole."""

    severity: str
    rule: str
    path: str
    line: int
    message: str
    quote: str
    source: str


class CheckAnswer(Answer, frozen=True):
    """``verdict``: BLOCK, WARN or OK. ``change``: what was checked, in words; ``files``: how many it has.
    ``checked``: the rules and questions that were put to it; ``not_checkable``: what could not be, each with why."""

    verdict: str
    change: str
    files: int
    findings: tuple[CheckFinding, ...]
    checked: tuple[str, ...]
    not_checkable: tuple[str, ...]
    total: int = 0
    truncated: bool = False
    next: str = ""
    command: str = ""
    offset: int = 0
