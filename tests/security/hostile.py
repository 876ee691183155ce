"""A repository in which everything that git can be made to run leaves a mark."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

HOOKS = (
    "post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout", "pre-commit", "post-commit",
    "fsmonitor-watchman", "post-rewrite", "proc-receive", "pre-push", "post-merge",
)  # fmt: skip


class Hostile:
    """``root``: the checkout. ``marks``: one file appears in it per planted program that ran."""

    def __init__(self, base: Path) -> None:
        self.root, self.marks = base / "repo", base / "marks"
        self.marks.mkdir()
        self.root.mkdir()
        self.plain_git("init", "-q", "-b", "main")
        self._files()
        self.first = self._commit("one")
        (self.root / "src/app.py").write_text("".join(f"line {n}\n" for n in range(40)) + "changed\n")
        (self.root / "src/app.py").rename(self.root / "src/main.py")
        self.tip = self._commit("two")
        self._plant()

    def ran(self) -> set[str]:
        """The planted programs that somebody started."""
        return {mark.name for mark in self.marks.iterdir()}

    def plain_git(self, *arguments: str, check: bool = True) -> str:
        """git as anybody would call it, without protection."""
        environment = {
            "PATH": os.environ["PATH"], "HOME": "/dev/null", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b.c",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@b.c", "GIT_TERMINAL_PROMPT": "0",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env=environment, check=check, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.stdout.strip()

    def fingerprint(self) -> dict[str, str]:
        """Every file, folder and link below the root with its content; changes when anything is written."""
        return {
            str(path.relative_to(self.root)): _content(path) for path in sorted(self.root.rglob("*"), key=str)
        }

    def _files(self) -> None:
        (self.root / "src").mkdir()
        (self.root / "src/app.py").write_text("".join(f"line {n}\n" for n in range(40)))
        (self.root / "lost.bin.txt").write_text("this blob goes missing\n")
        (self.root / ".gitattributes").write_text(
            "* diff=evil filter=evil merge=evil text\n*.py ident\n*.txt filter=plain\n"
        )
        (self.root / ".gitmodules").write_text(
            f'[submodule "sub"]\n\tpath = sub\n\turl = ext::{self.script("submodule-url")}\n'
            f"\tupdate = !{self.script('submodule-update')}\n"
        )

    def _commit(self, message: str) -> str:
        self.plain_git("add", "-A")
        self.plain_git("commit", "-q", "-m", message)
        return self.plain_git("rev-parse", "HEAD")

    def script(self, name: str) -> str:
        """The path of a program that leaves the mark ``name``."""
        path = self.marks.parent / f"evil-{name}"
        reads = name in ("clean", "smudge", "textconv")
        path.write_text(f'#!/bin/sh\ntouch "{self.marks}/{name}"\n{"cat" if reads else "exit 1"}\n')
        path.chmod(0o755)
        return str(path)

    def _plant(self) -> None:
        hooks = self.root / "evil-hooks"
        hooks.mkdir()
        for name in HOOKS:
            for folder in (hooks, self.root / ".git/hooks"):
                (folder / name).write_text(Path(self.script(f"hook-{name}")).read_text())
                (folder / name).chmod(0o755)
        (self.root / ".git/info/attributes").write_text("* diff=evil filter=evil\n*.txt filter=plain\n")
        (self.root / ".git/included").write_text(
            f"[core]\n\tfsmonitor = {self.script('included-fsmonitor')}\n"
        )
        with (self.root / ".git/config").open("a") as config:
            config.write(self._config(hooks))
        lost = self.plain_git("--no-pager", "rev-parse", f"{self.tip}:lost.bin.txt")
        (self.root / ".git/objects" / lost[:2] / lost[2:]).unlink()
        self._unsettle()
        for mark in self.marks.iterdir():
            mark.unlink()

    def _unsettle(self) -> None:
        """Stamps that differ from the index make git look into files, and so run filters."""
        for path in (*self.root.rglob("*.py"), *self.root.rglob("*.txt")):
            os.utime(path, (1, 1))
        (self.root / "src/new.py").write_text("n = 1\n")

    def _config(self, hooks: Path) -> str:
        run = self.script
        return f"""
[core]
\tfsmonitor = {run("fsmonitor")}
\thooksPath = {hooks}
\tpager = {run("pager")}
\teditor = {run("editor")}
\taskPass = {run("askpass")}
\tsshCommand = {run("ssh")}
\tgitProxy = {run("gitproxy")}
\talternateRefsCommand = {run("alternate-refs")}
\tattributesFile = {self.root}/.gitattributes
\tuntrackedCache = true
[diff]
\texternal = {run("diff-external")}
[diff "evil"]
\ttextconv = {run("textconv")}
\tcommand = {run("diff-command")}
[filter "evil"]
\tclean = {run("clean")}
\tsmudge = {run("smudge")}
\tprocess = {run("filter-process")}
\trequired = true
[filter "plain"]
\tclean = {run("clean")}
\tsmudge = {run("smudge")}
[merge "evil"]
\tdriver = {run("merge-driver")}
[gpg]
\tprogram = {run("gpg")}
[gpg "ssh"]
\tprogram = {run("gpg-ssh")}
[log]
\tshowSignature = true
[pager]
\tlog = {run("pager-log")}
\tblame = {run("pager-blame")}
\tls-tree = {run("pager-ls-tree")}
[alias]
\tlog = !{run("alias-log")}
\tls-files = !{run("alias-ls-files")}
[credential]
\thelper = !{run("credential")}
[interactive]
\tdiffFilter = {run("diff-filter")}
[uploadpack]
\tpackObjectsHook = {run("pack-objects-hook")}
[protocol]
\tallow = always
[protocol "ext"]
\tallow = always
[remote "origin"]
\turl = ext::{run("remote-ext")}
\tuploadpack = {run("uploadpack")}
\tpromisor = true
\tpartialclonefilter = blob:none
\tfetch = +refs/heads/*:refs/remotes/origin/*
[extensions]
\tpartialClone = origin
[maintenance]
\tauto = true
[gc]
\tauto = 1
[blame]
\tignoreRevsFile = {self.root}/.gitattributes
[submodule]
\trecurse = true
[include]
\tpath = included
[includeIf "gitdir:/**"]
\tpath = included
"""


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    if path.is_dir():
        return "folder"
    return f"{path.stat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
