"""Blind grading: answers without their arm, in an order that a seed decides, beside the gold; later the marks, by arm.

``python bench/exam/sheet.py print --answers FILE --seed N [--split dev|held_out]``: the sheet, as Markdown.
``python bench/exam/sheet.py join --answers FILE --seed N --grades FILE``: the result by arm, split and kind.

Answers are lines of JSON with id, arm, run, text; grades are lines with label, facts (a list of true and false, in the
order of the gold) and false_claims (a number).
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from questions import QUESTIONS, Question, questions

MARKS_OF_AN_ARM = ("memoryd", "codegraph")  # an answer may name its tool


class Answer(Struct, frozen=True):
    id: str
    arm: str
    run: int
    text: str


class Grade(Struct, frozen=True):
    """Of the answer with ``label``: which facts of the gold it states, and how many things it says that are false."""

    label: str
    facts: tuple[bool, ...]
    false_claims: int


class Graded(Struct, frozen=True):
    question: Question
    answer: Answer
    grade: Grade

    def share(self) -> float:
        """Of the gold's weight, what the answer states: 0 to 1."""
        weights = [fact.weight for fact in self.question.gold]
        return sum(w for w, stated in zip(weights, self.grade.facts, strict=True) if stated) / sum(weights)


def labelled(answers: Sequence[Answer], seed: int) -> dict[str, Answer]:
    """Answers by label, those to one question together. The seed and the answers decide the labels, not their order."""
    by_question: dict[str, list[Answer]] = defaultdict(list)
    for answer in sorted(answers, key=lambda one: (one.id, one.arm, one.run)):
        by_question[answer.id].append(answer)
    chance = random.Random(seed)
    groups = list(by_question.values())
    chance.shuffle(groups)
    for group in groups:
        chance.shuffle(group)
    return {f"A{number:03}": one for number, one in enumerate((a for group in groups for a in group), 1)}


def sheet(answers: dict[str, Answer], known: dict[str, Question]) -> str:
    """The text for a grader who must not know the arms."""
    parts: list[str] = []
    last = ""
    for label, answer in answers.items():
        if answer.id != last:
            parts.append(_asked(known[answer.id]))
            last = answer.id
        text = answer.text
        for mark in MARKS_OF_AN_ARM:
            text = text.replace(mark, "[tool]").replace(mark.capitalize(), "[tool]")
        quoted = "\n".join(f"> {line}" for line in text.strip().splitlines())
        parts.append(f"### {label}\n\n{quoted}\n")
    return "\n".join(parts)


def _asked(question: Question) -> str:
    gold = "\n".join(
        f"{number}. (weight {one.weight}) {one.fact} [{one.evidence}]"
        for number, one in enumerate(question.gold, 1)
    )
    traps = "\n".join(f"- {one}" for one in question.traps) or "- none"
    place = f"{question.repo} at {question.commit[:12]}"
    return f"## {question.id}: {place}\n\n{question.question}\n\nFacts:\n\n{gold}\n\nFalse:\n\n{traps}\n"


def joined(answers: dict[str, Answer], grades: Iterable[Grade], known: dict[str, Question]) -> list[Graded]:
    """Each answer with its grade; a missing, double or misfit grade is an error, never left out."""
    by_label: dict[str, Grade] = {}
    for grade in grades:
        if grade.label in by_label:
            raise SystemExit(f"{grade.label} is graded twice")
        by_label[grade.label] = grade
    if missing := answers.keys() ^ by_label.keys():
        raise SystemExit(f"without a grade, or without an answer: {', '.join(sorted(missing))}")
    for label, grade in by_label.items():
        if len(grade.facts) != len(known[answers[label].id].gold):
            raise SystemExit(f"{label}: as many facts as the gold of {answers[label].id} are needed")
    return [Graded(known[one.id], one, by_label[label]) for label, one in answers.items()]


def result(graded: Sequence[Graded]) -> str:
    """A table per arm: of all, by split, by kind."""
    groups: dict[tuple[str, str], list[Graded]] = defaultdict(list)
    for one in graded:
        for name in ("all", one.question.split, one.question.kind):
            groups[name, one.answer.arm].append(one)
    lines = [
        "| questions | arm | answers | facts stated | complete | false claims |",
        "|---|---|---|---|---|---|",
    ]
    for (name, arm), each in sorted(groups.items(), key=lambda item: (item[0][0] != "all", item[0])):
        shares = [one.share() for one in each]
        complete = sum(one.share() == 1 and not one.grade.false_claims for one in each)
        false = sum(one.grade.false_claims for one in each)
        lines.append(
            f"| {name} | {arm} | {len(each)} | {sum(shares) / len(each):.1%} | {complete} | {false} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("print", "join"))
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--split", choices=("dev", "held_out"))
    parser.add_argument("--grades", type=Path)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    options = parser.parse_args()
    known = questions(options.questions)
    given = msgspec.json.Decoder(Answer).decode_lines(options.answers.read_bytes())
    if unknown := {one.id for one in given} - known.keys():
        raise SystemExit(f"no such question: {', '.join(sorted(unknown))}")
    answers = labelled([one for one in given if options.split in (None, known[one.id].split)], options.seed)
    if options.action == "print":
        print(sheet(answers, known), end="")
        return
    if options.grades is None:
        raise SystemExit("join needs --grades")
    grades = msgspec.json.Decoder(Grade).decode_lines(options.grades.read_bytes())
    print(result(joined(answers, grades, known)), end="")


if __name__ == "__main__":
    main()
