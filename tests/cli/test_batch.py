"""``--batch``: rows in, answers out, in order and without waiting for the rows to end."""

from __future__ import annotations

import json

import pytest


def _rows(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_each_row_is_a_line_with_its_id(box, fake):
    """A row's answer is the verb's JSON plus the row's id; the other options hold for every row."""
    done = box.run(
        "search",
        "-k",
        "3",
        "--batch",
        "-",
        stdin=_rows({"id": 7, "query": "a"}, {"id": "x", "query": "b", "rev": "v1"}),
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["asked"]["query"], first["asked"]["k"]) == (7, "a", 3)
    assert (second["id"], second["asked"]["rev"]) == ("x", "v1")
    assert done.returncode == 0


@pytest.mark.parametrize("verb", ["refs", "why", "impact", "cochange"])
def test_targets_are_batched_too(box, fake, verb):
    """Verbs about a target read it from ``target``."""
    done = box.run(verb, "--batch", "-", stdin=_rows({"id": 1, "target": "f"}))
    assert json.loads(done.stdout)["asked"]["target"] == "f"


def test_order_is_kept_though_answers_come_out_of_turn(box, fake):
    """A slow row does not let later ones overtake it."""
    rows = [{"id": number, "query": f"sleep{0.2 if number == 0 else 0}"} for number in range(30)]
    done = box.run("search", "--batch", "-", stdin=_rows(*rows))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == list(range(30))


def test_a_row_is_answered_before_the_next_is_written(box, fake):
    """A caller may write a row, read its answer, then decide on the next."""
    process = box.start("search", "--batch", "-")
    for number in range(3):
        process.stdin.write(_rows({"id": number, "query": "q"}).encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    process.stdin.close()
    assert process.wait(timeout=60) == 0


def test_a_failing_row_does_not_stop_the_others(box, fake):
    """A failed row is a line with ``error``; the exit code is 3 and says how many failed."""
    done = box.run(
        "search", "--batch", "-", stdin=_rows({"id": 1, "query": "fail2"}, {"id": 2, "query": "a"})
    )
    failed, answered = map(json.loads, done.stdout.splitlines())
    assert failed == {
        "id": 1,
        "error": {"what": "it failed", "where": "there", "next_step": "do that", "exit_code": 2},
    }
    assert answered["id"] == 2
    assert done.returncode == 3
    assert "1 of 2 rows failed" in done.stderr


def test_a_file_of_rows_with_more_in_them(box, fake, tmp_path):
    """Rows may come from a file, lack the last newline, hold blank lines and other keys."""
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": 1, "query": "a", "gold": ["x"]}\n\n{"id": 2, "query": "b"}')
    done = box.run("search", "--batch", str(file))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]
    assert "gold" not in json.dumps(box.seen())


@pytest.mark.parametrize(
    "line", ["nonsense", "[1]", '{"query": "a"}', '{"id": 1}', '{"id": 1, "query": 5}', "[" * 100_000]
)
def test_a_bad_row_is_named(box, fake, line):
    """A line that is no row ends the batch with its number, exit code 2."""
    done = box.run("search", "--batch", "-", stdin=_rows({"id": 0, "query": "a"}) + line + "\n")
    assert done.returncode == 2
    assert "line 2 of the batch" in done.stderr


def test_many_big_answers_never_lock_up(box, fake):
    """Requests and answers larger than any socket buffer pass each other."""
    rows = [{"id": number, "query": "y" * 300_000} for number in range(12)]
    done = box.run("search", "--batch", "-", stdin=_rows(*rows))
    assert len(done.stdout.splitlines()) == 12
