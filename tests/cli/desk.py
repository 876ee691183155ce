"""A project with records: an agent's pipe and a person's terminal."""

from __future__ import annotations

import json
import subprocess
import sys

import at_terminal

COMMAND = ["-m", "memoryd"]


class Desk:
    """A project with one decision document and a running daemon; an agent's pipe and a person's terminal."""

    def __init__(self, box) -> None:
        self.box = box
        self.root = box.project
        (self.root / ".git").rmdir()
        (self.root / "docs/adr").mkdir(parents=True)
        (self.root / "docs/adr/0001-record-decisions.md").write_text(
            "# 1. Record decisions\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nWe forget.\n\n"
            "## Decision\n\nWe write them down.\n\n## Consequences\n\nWe remember.\n"
        )
        (self.root / "app.py").write_text("def store():\n    return 'redis'\n")
        identity = ["-c", "user.name=A", "-c", "user.email=a@x.y", "-c", "init.defaultBranch=main"]
        for command in (["init"], ["add", "."], ["commit", "-m", "First"]):
            subprocess.run(["git", *identity, *command], cwd=self.root, check=True, capture_output=True)
        self.agent("up")

    def agent(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        """stdout of a command without a terminal."""
        done = self.box.run(*arguments, stdin=stdin)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def person(self, *arguments: str, answer: str = "", code: int = 0) -> str:
        """What a person at a terminal sees; ``answer`` is typed when asked."""
        environment = {**self.box.environment, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "200"}
        started = at_terminal.start([sys.executable, *COMMAND, *arguments], cwd=self.root, env=environment)
        ended, said = at_terminal.said(*started, lambda text: answer if text.endswith(b"[y/N] ") else "")
        assert ended == code, said
        return said

    def proposed(self, text: str, *more: str) -> str:
        """The id of an agent's proposal."""
        return json.loads(self.agent("record", "lesson", text, *more, "--json"))["record"]["id"]

    def status(self, record_id: str) -> str:
        listed = json.loads(self.agent("proposals", "--status", "", "--json"))["records"]
        return next((r["status"] for r in listed if r["id"] == record_id), "")
