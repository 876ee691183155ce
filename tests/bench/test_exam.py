"""The exam counts every command, shows no more than it says, keeps the arms apart, and is graded blind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

PLACE = re.compile(r"[0-9a-f]{7,40}|[^ :]+:[1-9][0-9]*")
EXAM = Path(__file__).parents[2] / "bench" / "exam"
sys.path.insert(0, str(EXAM))

import evidence  # noqa: E402
import sheet  # noqa: E402
import shell  # noqa: E402
from questions import ARMS, Fact, Question, questions  # noqa: E402

QUESTION = Question(
    id="q-1",
    repo="owner/name",
    commit="0" * 40,
    split="dev",
    kind="why",
    question="Why?",
    gold=(Fact("because", "a.py:1", 3), Fact("since then", "abc1234", 1)),
    traps=("by chance",),
)


@pytest.fixture
def exam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prepared exam of one repository with one file."""
    monkeypatch.setenv("EXAM_HOME", str(tmp_path))
    for arm in ARMS:
        clone = shell.clone_of(QUESTION.repo, arm)
        clone.mkdir(parents=True)
        (clone / "a.py").write_text("because = 1\n")
        subprocess.run(["git", "init", "-q", clone], check=True)
    return tmp_path


def test_a_command_is_run_shown_and_logged(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log's characters are those that were shown."""
    assert shell.ask(QUESTION, "grep", 1, "grep -n because a.py | cat", 5) == 0
    shown = capsys.readouterr().out
    assert shown == "1:because = 1\n"
    (entry,) = shell.logged()
    assert (entry.arm, entry.question, entry.run, entry.number) == ("grep", "q-1", 1, 1)
    assert entry.characters == len(shown)


def test_the_exit_status_is_the_commands(exam: Path) -> None:
    """Also of one that failed; it is counted all the same."""
    assert shell.ask(QUESTION, "grep", 1, "grep nothing a.py", 5) == 1
    assert len(shell.logged()) == 1


def test_after_the_limit_nothing_is_run(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each sitting has its own count: another run, question or arm begins anew."""
    assert [shell.ask(QUESTION, "grep", 1, "true", 2) for _ in range(3)] == [0, 0, shell.REFUSED]
    assert "all 2 commands are used" in capsys.readouterr().out
    assert shell.ask(QUESTION, "grep", 2, "true", 2) == 0
    assert shell.ask(QUESTION, "peer", 1, "true", 2) == 0
    assert [entry.number for entry in shell.logged()] == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("arm", "command"),
    [
        ("grep", "memoryd search x"),
        ("grep", "codegraph query x"),
        ("memoryd", "codegraph query x"),
        ("peer", "memoryd search x"),
        ("memoryd", "cat ../../questions.jsonl"),
    ],
)
def test_what_belongs_to_another_arm_or_to_the_grader_is_refused(exam: Path, arm: str, command: str) -> None:
    """And is not counted."""
    assert shell.ask(QUESTION, arm, 1, command, 5) == shell.REFUSED
    assert shell.logged() == []


def test_only_the_arms_tools_are_on_the_path(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A tool that is in no list is not found."""
    assert shell.ask(QUESTION, "grep", 1, "git status --short", 5) == 0
    assert shell.ask(QUESTION, "grep", 1, "curl --version", 5) == 127
    assert shell.refusal("memoryd", "memoryd search x", 0, 5) == ""


def test_long_output_is_cut_with_a_notice(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In characters, not bytes, and the notice says how much there was."""
    shell.ask(QUESTION, "grep", 1, "printf 'é%.0s' $(seq 30001)", 5)
    shown, notice = capsys.readouterr().out.rstrip("\n").split("\n")
    assert shown == "é" * 30_000
    assert notice == "[cut at 30,000 characters; 60,002 bytes in all]"


def test_output_of_the_exact_size_is_whole(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """30,000 characters are shown without a notice."""
    shell.ask(QUESTION, "grep", 1, "printf 'x%.0s' $(seq 30000)", 5)
    assert capsys.readouterr().out == "x" * 30_000 + "\n"


def test_a_command_without_end_is_ended(
    exam: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it started; what it printed so far is shown."""
    monkeypatch.setattr(shell, "TIMEOUT_S", 1)
    assert shell.ask(QUESTION, "grep", 1, "echo begun; while :; do :; done | cat", 5) == 124
    assert capsys.readouterr().out == "begun\n\n[ended after 1 s]\n"


def test_prepare_clones_at_the_commit_and_evidence_is_read_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work tree is that of the question's commit, not of a later one; a place that is not there is noticed."""
    origin = tmp_path / "origin" / "name"
    first, later = _commits(origin, "because = 1\n", "because = 2\n")
    monkeypatch.setenv("EXAM_HOME", str(tmp_path / "home"))
    asked = msgspec.structs.replace(QUESTION, commit=first)
    monkeypatch.setattr(shell, "questions", lambda: {asked.id: asked})
    shell.prepare("grep", str(tmp_path / "origin" / "{name}"))
    clone = shell.clone_of(asked.repo, "grep")
    assert (clone / "a.py").read_text() == "because = 1\n"
    assert evidence.read(clone, first, "a.py:1") == "because = 1"
    assert evidence.read(clone, first, first[:12]).endswith("Say 0")
    for place in ("a.py:2", "a.py:0", "b.py:1", later[:12], "abcdef0"):
        assert evidence.read(clone, first, place) is None, place


def _commits(folder: Path, *texts: str) -> list[str]:
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "-q", folder], check=True)
    for number, text in enumerate(texts):
        (folder / "a.py").write_text(text)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", f"Say {number}"], check=True)
    log = subprocess.run(
        [*git, "log", "--reverse", "--format=%H"], check=True, capture_output=True, text=True
    )
    return log.stdout.split()


def test_the_sum_has_medians_per_sitting() -> None:
    """Sittings of 1 and 3 commands: the median is 2."""
    entries = [shell.Entry("grep", "q-1", 1, 1, "true", 10, 0.5)]
    entries += [shell.Entry("grep", "q-2", 1, number, "true", 100, 0.5) for number in (1, 2, 3)]
    assert shell.summary(entries).splitlines()[2] == "| grep | 2 | 4 | 310 | 2.0 | 2 | 155 |"


def _answers(*arms: str) -> list[sheet.Answer]:
    return [sheet.Answer("q-1", arm, 1, f"{arm} says because") for arm in arms]


def test_the_sheet_hides_the_arm() -> None:
    """Neither the column nor the tool's name in the answer; gold and traps stand once per question."""
    text = sheet.sheet(sheet.labelled(_answers("grep", "memoryd"), 7), {"q-1": QUESTION})
    assert "memoryd" not in text
    assert "> [tool] says because" in text
    assert text.count("1. (weight 3) because [a.py:1]") == 1
    assert text.count("- by chance") == 1


def test_labels_depend_on_the_seed_and_not_on_the_order_of_answers() -> None:
    """So that the same call later finds the arms again, and the label tells nothing of the arm."""
    answers = _answers(*ARMS)
    assert sheet.labelled(answers, 7) == sheet.labelled(answers[::-1], 7)
    assert len({tuple(one.arm for one in sheet.labelled(answers, seed).values()) for seed in range(20)}) > 1


def test_grades_are_joined_by_arm_and_weight() -> None:
    """The fact of weight 3 out of 4 is 75 %; an answer with a false claim is not complete."""
    answers = sheet.labelled(_answers("grep", "memoryd"), 7)
    stated = {"grep": ((True, False), 0), "memoryd": ((True, True), 1)}
    grades = [sheet.Grade(label, *stated[one.arm]) for label, one in answers.items()]
    table = sheet.result(sheet.joined(answers, grades, {"q-1": QUESTION})).splitlines()
    assert table[2] == "| all | grep | 1 | 75.0% | 0 | 0 |"
    assert table[3] == "| all | memoryd | 1 | 100.0% | 0 | 1 |"


@pytest.mark.parametrize(
    ("grades", "message"),
    [
        ([], "without a grade.*A001"),
        ([("A001", (True, True)), ("A002", (True, True))], "without an answer.*A002"),
        ([("A001", (True, True)), ("A001", (True, True))], "graded twice"),
        ([("A001", (True,))], "as many facts"),
    ],
)
def test_grades_that_do_not_fit_are_errors(grades: list[tuple[str, tuple[bool, ...]]], message: str) -> None:
    """Nothing is left out in silence."""
    answers = sheet.labelled(_answers("grep"), 7)
    with pytest.raises(SystemExit, match=message):
        sheet.joined(answers, [sheet.Grade(label, facts, 0) for label, facts in grades], {"q-1": QUESTION})


def test_the_questions_are_whole() -> None:
    """Four of each repository at one commit, first the two for development; gold of 2 to 6 facts with evidence."""
    by_repo: dict[str, list[Question]] = {}
    for one in questions().values():
        by_repo.setdefault(one.repo, []).append(one)
        assert 2 <= len(one.gold) <= 6, one.id
        assert all(PLACE.fullmatch(place) for place in evidence.places(one)), one.id
        assert all(fact.fact and fact.weight in (1, 2, 3) for fact in one.gold), one.id
    for repo, each in by_repo.items():
        assert [one.split for one in each] == ["dev", "dev", "held_out", "held_out"], repo
        assert len({one.commit for one in each}) == 1, repo
    lines = (EXAM / "questions.jsonl").read_text().splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines)
