"""The one error type: what went wrong, where, and what to do next."""

from __future__ import annotations

OTHER_REPOSITORY = (
    "other-repository"  # a name: what lies at a project's root is another repository than before
)
TOO_MANY_CLIENTS = (
    "too-many-clients"  # a name: there is no place, not even for the command that ends the daemon
)
# Names of what a command has to ask its person for, at the terminal.
PASSPHRASE, NEW_PASSPHRASE, WRONG_PASSPHRASE = "passphrase", "new-passphrase", "wrong-passphrase"


class MemorydError(Exception):
    """An expected failure. ``what``: one sentence; ``where``: the path, setting or argument (may be empty);
    ``next_step``: what the reader can do. ``exit_code``: the CLI's exit status (2 wrong use, 3 failure). ``name``: a
    word by which a client knows a failure that it has an answer to; mostly empty. ``freshness``: how current the index
    is that was asked, where one was."""

    exit_code = 3
    name = ""

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.next_step = what, where, next_step
        self.freshness = ""

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        step = f"\n  next: {self.next_step}" if self.next_step else ""
        fresh = f"\n  {self.freshness}" if self.freshness else ""
        return f"{self.what}{place}{step}{fresh}"

    @property
    def values(self) -> dict[str, str | int]:
        """Its fields, as they go over a wire."""
        named: dict[str, str | int] = {"name": self.name} if self.name else {}
        if self.freshness:
            named["freshness"] = self.freshness
        return {
            "what": self.what,
            "where": self.where,
            "next_step": self.next_step,
            "exit_code": self.exit_code,
            **named,
        }


class UsageError(MemorydError):
    """The request itself is wrong: an unknown argument, a target that matches nothing, a refused path."""

    exit_code = 2


class NothingThere(UsageError):
    """What was named is not there, as far as the index knows."""


class StoreError(MemorydError):
    """A store cannot be opened, read or written."""


class GitError(MemorydError):
    """git failed or answered something unreadable."""


class BusyError(MemorydError):
    """Too much at once; asking again later may work."""


class TooManyClients(BusyError):
    """As many are connected as may be."""

    name = TOO_MANY_CLIENTS
