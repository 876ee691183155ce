"""The exam's questions, typed, and the folders where it keeps what is not committed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

ARMS = ("grep", "memoryd", "peer")
QUESTIONS = Path(__file__).with_name("questions.jsonl")

Split = Literal["dev", "held_out"]
Kind = Literal["why", "tried-before", "impact", "companions", "where", "rule", "chain", "data"]


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a right answer says; ``evidence`` is ``path:line`` at the question's commit, or a commit."""

    fact: str
    evidence: str
    weight: int


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """A question about ``repo`` (owner/name) as it stands at ``commit``; ``traps`` are plausible and false."""

    id: str
    repo: str
    commit: str
    split: Split
    kind: Kind
    question: str
    gold: tuple[Fact, ...]
    traps: tuple[str, ...]


def questions(file: Path = QUESTIONS) -> dict[str, Question]:
    """All questions by their id, in the order of the file."""
    return {one.id: one for one in msgspec.json.Decoder(Question).decode_lines(file.read_bytes())}


def exam_folder() -> Path:
    """Holds clones, indexes, tools and the log: ``EXAM_HOME``, or ``bench/out/exam``."""
    return Path(os.environ.get("EXAM_HOME") or Path(__file__).parents[1] / "out" / "exam").absolute()
