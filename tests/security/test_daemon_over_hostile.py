"""S1, S8, S9, S11: the whole daemon over a hostile checkout, as a user would run it in there."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import Hostile

REPOSITORY = Path(__file__).resolve().parents[2]
# Assembled here so that no scanner takes this file for a leak; each must be in no file of ours, nor in an answer.
KEY = "AKIA" + "Z7QF3MLD9XWTKP2N"
TOKEN = "ghp_" + "k3Jx9QmZ2vLrT8sWcY4bNfH6dGpA1eRu5oMi"
OUTSIDE = "canary-outside-of-the-root"
DENIED = "canary-in-a-denied-file"
SECRETS = (KEY, TOKEN, OUTSIDE, DENIED)
TRICK = "\x1b]0;owned\x07\x1b[31mred\u202e\u200b"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]")


class Checkout(Hostile):
    """The hostile repository with secrets and terminal tricks in contents, messages, names and branches, links
    that lead out of it, and modules that Python would import from its working directory."""

    def _files(self) -> None:
        super()._files()
        (self.marks.parent / "outside.py").write_text(f"leak = '{OUTSIDE}'\n")
        (self.root / "link.py").symlink_to("../outside.py")
        (self.root / "up").symlink_to("..")
        (self.root / ".env").write_text(f"DATABASE={DENIED}\n")
        (self.root / "src/keys.py").write_text(
            f'"""Cookie keys. {TRICK}"""\nKEY = "{KEY}"\n\n\ndef sign_cookie():\n'
            f"    # because {TOKEN} expired {TRICK}\n    return KEY\n"
        )
        (self.root / f"src/odd{TRICK}.py").write_text("def odd_name():\n    return 1\n")
        (self.root / ".memoryd.toml").write_text("[index]\nexclude = ['nothing']\n")
        run = f"import pathlib\npathlib.Path({str(self.marks / 'imported')!r}).touch()\n"
        for name in ("memoryd", "indexers", "json", "sitecustomize", "usercustomize", "numpy", "msgspec"):
            (self.root / f"{name}.py").write_text(run)

    def _commit(self, message: str) -> str:
        with (self.root / "src/keys.py").open("a") as keys:
            keys.write(f"# {message}\n")
        self.plain_git("add", "-A")
        body = f"Sign the cookie {message} {TRICK}\n\nThe key was {KEY}, in place of {TOKEN}. {TRICK}\n"
        self.plain_git("commit", "-q", "-m", body)
        return self.plain_git("rev-parse", "HEAD")

    def _plant(self) -> None:
        self.plain_git("checkout", "-q", "-b", f"topic/{TOKEN}")
        super()._plant()


class User:
    """``memoryd`` at a prompt inside of the checkout."""

    def __init__(self, base: Path, checkout: Checkout) -> None:
        self.home, self.checkout = base / "memory", checkout
        self.said = ""

    def run(self, *arguments: str, quoted: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home.parent),
            "PYTHONPATH": str(REPOSITORY),
        }
        done = subprocess.run(
            [sys.executable, "-P", "-m", "memoryd", *arguments],
            env={**environment, "MEMORYD_HOME": str(self.home)},
            cwd=self.checkout.root, capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.said += (
            "" if quoted else done.stdout + done.stderr
        )  # a question is quoted back with what is in it
        return done

    def files(self) -> list[Path]:
        return [path for path in self.home.rglob("*") if path.is_file() and not path.is_symlink()]


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """After ``up``, a commit's index and every kind of question; the daemon still runs."""
    base = tmp_path_factory.mktemp("hostile")
    checkout = Checkout(base)
    before = checkout.fingerprint()
    user = User(base, checkout)
    try:
        assert user.run("up").returncode == 0, user.said
        for question in (
            ("search", "sign the cookie"),
            ("symbol", "sign_cookie"),
            ("why", "src/keys.py"),
            ("why", "src/keys.py:5"),
            ("history", "src/keys.py"),
            ("impact", "src/keys.py"),
            ("search", "sign the cookie", "--rev", checkout.first),
            ("search", "odd_name", "--json"),
            ("history", "src/keys.py", "--json"),
            ("status",),
            ("doctor",),
        ):
            done = user.run(*question)
            assert done.returncode in (0, 1), (question, done.stderr)
        for nonsense in (TRICK, f"no-such-{TRICK}"):
            assert user.run("why", "src/keys.py", "--rev", nonsense).returncode == 2
        assert checkout.fingerprint() == before
        yield user
    finally:
        user.run("daemon", "stop")


def test_it_answered_at_all(user: User) -> None:
    """The silence below proves something: files, commits and tricks were read and are told about."""
    found = user.run("search", "sign the cookie").stdout
    assert "src/keys.py" in found
    assert "Sign the cookie" in user.run("history", "src/keys.py").stdout


def test_nothing_of_the_checkout_ran(user: User) -> None:
    """S1: no hook, filter, helper or module of the checkout was started by any process of ours."""
    assert user.checkout.ran() == set()


def test_no_secret_is_stored_logged_or_told(user: User) -> None:
    """S9: keys in contents, messages and names, denied files and files behind links are nowhere."""
    for path in user.files():
        data = path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in data], path
    assert not [secret for secret in SECRETS if secret in user.said]


def test_a_secret_cannot_be_searched_for(user: User) -> None:
    """What was redacted is not found by its words either: no hit says that a guess was right."""
    import json

    answer = json.loads(user.run("search", KEY, "--json", quoted=True).stdout)
    assert answer["hits"] == []


def test_the_terminal_is_not_steered(user: User) -> None:
    """S8: nothing that was printed holds a control, bidi or invisible character."""
    assert _CONTROLS.findall(user.said) == []


def test_log_lines_are_plain(user: User) -> None:
    """No control character of the checkout reaches daemon.log."""
    assert _CONTROLS.findall((user.home / "daemon.log").read_text()) == []


def test_everything_is_private(user: User) -> None:
    """S11: each folder is 0700 and each file and socket 0600, stores and their companions included; a link has no
    mode of its own."""
    for path in [user.home, *user.home.rglob("*")]:
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path}: {mode:o}"
