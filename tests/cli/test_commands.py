"""What a command sends, prints and exits with, against a daemon that answers at once."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest


def _request(box):
    return next(entry for entry in box.seen() if "method" in entry)


def test_a_question_carries_exactly_what_was_given(box, fake):
    """Options go to the daemon under their own names, with the project's real path, and nothing else does."""
    box.run("search", "signed", "cookie", "-k", "5", "--kind", "code,doc", "--path", "src/*", "--json")
    request = _request(box)
    assert request["method"] == "search"
    assert request["params"] == {
        "query": "signed cookie",
        "k": 5,
        "kinds": ["code", "doc"],
        "paths": ["src/*"],
        "project": os.path.realpath(box.project),
        "format": "json",
    }


def test_nothing_that_was_given_is_dropped(box, fake):
    """A zero or an empty text is an argument as well: the daemon refuses it by name."""
    box.run("search", "x", "-k", "0", "--rev", "")
    params = _request(box)["params"]
    assert (params["k"], params["rev"]) == (0, "")


def test_common_options_may_stand_before_the_verb(box, fake):
    """``memoryd -C PATH --rev R search Q`` is ``memoryd search Q -C PATH --rev R``."""
    done = box.run("-C", str(box.user), "--rev", "v1", "search", "x")
    assert done.returncode == 0
    params = _request(box)["params"]
    assert (params["project"], params["rev"]) == (os.path.realpath(box.user), "v1")


def test_text_is_printed_as_it_came(box, fake):
    """Without --json the daemon's text is the output, without colour in a pipe."""
    assert box.run("search", "x").stdout == "src/app.py:12 x\n"


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_only(box, fake, variables, coloured):
    """On a terminal places are coloured, unless NO_COLOR is set or the terminal is dumb."""
    _, written = box.on_terminal("search", "x", **variables)
    assert (b"\x1b[" in written) is coloured
    assert b"src/app.py:12" in written


def test_hostile_text_cannot_steer_the_terminal(box, fake):
    """Escape sequences and bidi marks in an answer are spelled out, in text and in JSON."""
    assert box.run("search", "hostile").stdout == "a\\x1b[31mb\\u202ec\n"
    raw = box.run("search", "hostile", "--json").stdout
    assert "\x1b" not in raw
    assert "\u202e" not in raw
    assert json.loads(raw) == {"name": "a\x1b[31mb\u202e"}


@pytest.mark.parametrize("code", [1, 2, 3])
def test_the_daemons_exit_code_is_the_commands(box, fake, code):
    """An error's exit code comes from the daemon; its place and next step are on stderr, stdout is empty."""
    done = box.run("search", f"fail{code}")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr == "memoryd: it failed (there)\n  next: do that\n"


def test_errors_are_json_when_answers_are(box, fake):
    """With --json the error on stderr is one JSON document with the same parts."""
    done = box.run("search", "fail2", "--json")
    assert json.loads(done.stderr) == {
        "error": {"what": "it failed", "where": "there", "next_step": "do that", "exit_code": 2}
    }


def test_nothing_found_is_an_exit_code_of_its_own(box, fake):
    """Where finding nothing is a failure the answer is printed and the exit code is 1."""
    done = box.run("symbol", "nothing")
    assert (done.returncode, done.stdout) == (1, "not found; searched 3 files\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["serch", "x"],
        ["search"],
        ["search", "x", "--unknown"],
        ["search", "x", "--kind", "poem"],
        ["impact"],
        ["search", "x", "-C", "/no/such/folder"],
        ["search", "x", "-C", "/etc/passwd"],
        ["search", "x", "-C", ""],
        ["up", ""],
        ["projects", "list", "somewhere"],
        ["config", "get", "no.such"],
        ["search", "x", "--batch", "-"],
        ["search", "--batch", "/no/such/file"],
        ["search", "--batch", "/"],
        ["proposals", "--status", "bogus"],
    ],
)
def test_wrong_use_exits_2_with_a_next_step(box, fake, arguments):
    """A wrong command line is answered with what is wrong and what to do, exit code 2, and asks no daemon."""
    done = box.run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("memoryd: ")
    assert "next: " in done.stderr
    assert not any("method" in entry for entry in box.seen())


@pytest.mark.parametrize("asked", ["garbage", "vanish"])
def test_a_broken_daemon_is_an_error_not_a_trace(box, fake, asked):
    """A daemon that talks nonsense or dies in the middle ends the command with exit code 3 and a next step."""
    done = box.run("search", asked)
    assert done.returncode == 3
    assert "next:" in done.stderr
    assert "Traceback" not in done.stderr


def test_edges_stream_as_json_lines(box, fake):
    """Rows sent ahead of the answer come first, then the answer's own; each is one line."""
    lines = box.run("edges").stdout.splitlines()
    assert len(lines) == 1001
    assert json.loads(lines[0]) == {"src": "a0", "dst": "b"}
    assert json.loads(lines[-1])["src"] == "last"


def test_decisions_are_json_lines_and_one_is_a_document(box, fake):
    """``decisions --json`` is a line each; ``decision show ID --json`` is the decision itself."""
    lines = box.run("decisions", "storage", "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["0001", "0002"]
    assert json.loads(box.run("decision", "show", "0001", "--json").stdout) == {"id": "0001"}


def test_a_reader_that_leaves_ends_the_command_quietly(box, fake):
    """``memoryd edges | head -1`` ends with 141 and without a word on stderr."""
    process = box.start("edges")
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr.read() == b""


def test_progress_in_a_pipe_is_plain_lines_on_stderr(box, fake):
    """Without a terminal ``index`` says each phase in a plain line on stderr and the summary on stdout."""
    done = box.run("index")
    assert done.returncode == 0
    assert done.stderr == "memoryd: parse files 0/100\n"
    assert "3 files, 7 symbols" in done.stdout


def test_the_time_of_a_run_is_told_apart_from_its_processor_time(box, fake):
    """Phases stand behind the time that passed, which they are parts of, and not behind processor time."""
    said = box.run("index").stdout
    assert "  took 2.5 s: scan 0.3 s, parse 1.9 s (processor time of all its processes: 0.6 s)\n" in said


def test_progress_on_a_terminal_is_a_bar(box, fake):
    """On a terminal ``up`` draws a bar with count and time left."""
    code, written = box.on_terminal("up", stream="stderr")
    assert code == 0
    assert b"parse files" in written
    assert b"100/100" in written


def test_an_index_without_json_noise(box, fake):
    """``index --json`` writes the summary alone: no progress, no words."""
    done = box.run("index", "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["files"] == 3


@pytest.mark.parametrize("name", ["empty", "failing"])
def test_an_index_of_nothing_or_with_losses_is_no_success(box, fake, name):
    """Indexing no file, or files that could not be parsed, is said and exits 1."""
    folder = box.project / name
    folder.mkdir()
    done = box.run("index", str(folder))
    assert done.returncode == 1
    assert "memoryd status" in done.stderr


def test_ctrl_c_cancels_the_job_and_says_how_to_go_on(box, fake):
    """Ctrl-C during ``up`` closes the connection, says that what is done stays, and exits 130."""
    folder = box.project / "slow"
    folder.mkdir()
    process = box.start("up", str(folder))
    assert b"parse" in process.stderr.readline()
    started_s = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"What is indexed stays" in said
    assert f"memoryd up {folder}".encode() in said
    assert time.monotonic() - started_s < 2
    assert b"Traceback" not in said


def test_projects_and_paths_are_named_once(box, fake):
    """A project given both as PATH and as -C is refused."""
    assert box.run("up", ".", "-C", ".").returncode == 2
