"""history of words: commits are found by what they say and by what the code that they changed says."""

from __future__ import annotations

import pytest
from rows import Rows

from memoryd.query.history.history import history
from memoryd.query.history.history_answers import HistoryAnswer, HistoryRequest
from memoryd.query.retrieval.history_vote import Votes, later
from memoryd.query.text.render import rendered

RETRY = "def retry(call):\n    # wait with exponential backoff between attempts\n    return backoff(call)\n"
MAIL = "def send(message):\n    return smtp.send(message)\n"
PARAGRAPH = (
    "After the network drops for a moment every worker asks the broker again at once, which then refuses most of"
    " them. The attempts should be spread out: exponential backoff with some jitter, as it is done elsewhere, and"
    " a limit that one can set. What is sent meanwhile must not be lost."
)


@pytest.fixture
def rows(tmp_path):
    made = Rows(tmp_path / "index.db")
    made.file("net/retry.py", RETRY)
    made.file("net/mail.py", MAIL)
    return made


def asked(rows: Rows, query: str) -> HistoryAnswer:
    return history(rows.context(), HistoryRequest(query=query))


def test_a_commit_is_found_by_the_words_of_the_code_that_it_changed(rows):
    """Who asks does not know how the author called the change; the answer says how it was found."""
    rows.commit("Send mail", ["net/mail.py"])
    silent = rows.commit("Be kind to the others", ["net/retry.py"])
    answer = asked(rows, "exponential backoff between attempts")
    assert [commit.sha for commit in answer.commits] == [silent]
    assert "“Be kind to the others” [by its files]" in rendered(answer, 800).text


def test_of_one_file_the_newest_change_comes_first(rows):
    """Work goes on where it was left."""
    shas = [rows.commit(f"Step {number}", ["net/retry.py"]) for number in ("one", "two", "three")]
    assert [c.sha for c in asked(rows, "exponential backoff").commits] == shas[::-1]


def test_a_commit_over_many_files_says_less_about_each(rows):
    """The change of one file beats a later sweep over nine."""
    others = [f"net/part{number}.py" for number in range(8)]
    for path in others:
        rows.file(path, "def part():\n    return None\n")
    own = rows.commit("Be kind to the others", ["net/retry.py"])
    sweep = rows.commit("Sweep", ["net/retry.py", *others])
    assert [c.sha for c in asked(rows, "exponential backoff").commits] == [own, sweep]


def test_what_a_message_says_counts_more_than_a_file(rows):
    """The commit about the matter comes before one that changed its file for another reason."""
    said = rows.commit("Wait with exponential backoff between attempts", ["net/retry.py"])
    rows.commit("Add a licence header", ["net/retry.py"])
    assert asked(rows, "exponential backoff between attempts").commits[0].sha == said


def test_a_question_of_another_matter_has_no_commits(rows):
    """Neither a message nor a file holds a word of it."""
    rows.commit("Send mail", ["net/mail.py"])
    answer = asked(rows, "quaternion rotation of meshes")
    assert (answer.total, answer.commits) == (0, ())


def test_nine_commits_about_a_paragraph_are_shown_in_the_usual_budget(rows):
    """Neither the question nor the bodies of later commits take the place of the commits."""
    for number in range(9):
        title = (
            f"Spread out the attempts of worker {number} with exponential backoff, and say so in a long title"
        )
        rows.commit(
            title, ["net/retry.py"], body="It asked again at once, which the broker then refused it. " * 5
        )
    shown = rendered(asked(rows, PARAGRAPH), 800)
    assert (shown.shown, shown.total, shown.next) == (9, 9, "")
    assert shown.text.count("refused it") > 0


def test_the_command_for_the_rest_does_not_repeat_a_long_question(rows):
    """It says that the text is the same; a program has it whole in the structured answer."""
    for number in range(40):
        rows.commit(f"Attempts with exponential backoff, part {number}", ["net/retry.py"])
    answer = asked(rows, PARAGRAPH)
    shown = rendered(answer, 800)
    assert shown.next == f"memoryd history '<the same text>' --offset {shown.shown}"
    assert PARAGRAPH in answer.command
    assert (
        "memoryd history 'exponential backoff' --offset"
        in rendered(asked(rows, "exponential backoff"), 400).next
    )


def test_credit_is_what_votes_give_back():
    """By hand: file 0 has 1.0 and was changed by commits 0 and 2, file 1 has 0.5 and was changed by commit 2."""
    import numpy as np

    slots = np.array([0, 0, 1], np.int32)
    votes = Votes(np.array([7, 8, 9]), np.array([0, 1, 1, 3]), slots, later(slots))
    assert votes.later.tolist() == [1, 0, 0]
    credit = votes.credit(np.array([1.0, 0.5]))
    assert credit == pytest.approx([1 / (1 + 1 / 4), 0, (1 + 0.25) / 2**0.5])
