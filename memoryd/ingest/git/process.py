"""How git is started: the only place that does, and it runs nothing that a repository configures.

A hostile checkout can make git start programs (fsmonitor, hooks, filters, textconv, pagers, helpers,
lazy fetches). So: an environment made from nothing, every such setting overridden, an allow-list of
subcommands, none of which reads work-tree content, a look for planted obstacles (`obstacles.py`), and limits
on silence, output, memory and processor time (`limits.py`). The repository's configuration is never read by git:
questions about history and objects get an empty directory of ours and only the repository's object store, those about
refs and names one of ours in the place where the configuration would lie (`own_dirs.py`).
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from select import POLLIN, poll
from typing import IO

from msgspec import Struct

from memoryd.errors import GitError
from memoryd.ingest.git import obstacles, own_dirs
from memoryd.ingest.git.directory import GitDir
from memoryd.ingest.git.limits import Leash, data_limit_bytes
from memoryd.paths import default_paths

ALLOWED = frozenset(
    {
        "blame",
        "cat-file",
        "check-attr",
        "check-ignore",
        "diff-index",  # with --cached alone: else it reads the work tree
        "diff-tree",
        "for-each-ref",
        "log",
        "ls-files",
        "ls-tree",
        "rev-list",
        "rev-parse",
    }
)
OLDEST_GIT = (2, 32)  # the first that GIT_CONFIG_GLOBAL keeps from the user's own configuration

# Settings that run programs, then those that read files elsewhere, then those that would change answers.
_OVERRIDES = (
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.sshCommand=false",
    "core.askPass=", "credential.helper=", "diff.external=", "log.showSignature=false",
    "protocol.allow=never", "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
    "core.attributesFile=/dev/null", "mailmap.file=/dev/null", "blame.ignoreRevsFile=",
    "log.showRoot=true", "log.follow=false", "diff.renames=true", "i18n.logOutputEncoding=UTF-8",
)  # fmt: skip
_FLAGS = ("--no-optional-locks", "--no-pager", "--no-replace-objects")
_OUTPUT_LIMIT_BYTES = 512 * 1024 * 1024
_READ_BYTES = 1 << 20
_SUSPICIOUS_S = 1.0  # of silence: then it is looked for what git may wait for
_SILENT_CPU_S = 60
_NO_MEMORY = ("ut of memory", "Cannot allocate memory")  # how git says so
_ENDED_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


class GitSilent(GitError):
    """git was ended because it did not answer: it may hang on a planted fifo or a dead disk."""


class GitBlocked(GitSilent):
    """git was not started, or ended at once: it would wait for ever, read without an end, or follow a link."""


class GitKilled(GitError):
    """git was ended from outside, by a person or by a machine out of memory: the repository is not to blame."""


class GitTooCostly(GitError):
    """git was ended because it took more memory or processor time than it may, or answered more than is read."""


class GitCommand(Struct, frozen=True):
    """One git command. ``scope``: what it may look at: ``objects`` alone, the ``refs`` too, or the names in
    the ``worktree``. ``settings``: extra ``name=value`` overrides. ``ok``: exit codes that are answers.
    ``endless``: the caller consumes the output as it comes, whatever its size. ``index``: the name of a file in the
    git directory to take for git's index, as a commit under way has it. ``silent_cpu_s``: so much processor time it may
    take before it says something, and again."""

    subcommand: str
    args: tuple[str, ...] = ()
    stdin: bytes = b""
    scope: obstacles.Scope = "objects"
    settings: tuple[str, ...] = ()
    ok: tuple[int, ...] = (0,)
    endless: bool = False
    index: str = ""
    silent_cpu_s: int = _SILENT_CPU_S

    @property
    def reads_rules(self) -> bool:
        """It looks at `.gitignore` and `.gitattributes` of the work tree; git's index is listed without."""
        return self.scope == "worktree" and not (self.subcommand == "ls-files" and "-s" in self.args)


class GitRunner(Struct, frozen=True):
    """Starts git for one repository.

    Raises GitError when git fails, GitTooCostly when it takes or answers too much, GitKilled when somebody ends it,
    GitBlocked at an obstacle, GitSilent when it says nothing for ``silence_s`` seconds (an endless call:
    five times that, since git sorts the history before it speaks).
    """

    root: Path
    directory: GitDir
    silence_s: float

    def output(self, call: GitCommand) -> bytes:
        """Its whole standard output."""
        return b"".join(self.stream(call))

    def stream(self, call: GitCommand) -> Generator[bytes, None, None]:
        """Its standard output as it comes. Closing the iterator early ends git."""
        in_root = obstacles.in_root(self.root) if call.reads_rules else None
        if found := in_root or obstacles.in_git_dir(self.directory, call.scope):
            raise _blocked(call, found)
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as errors:
            source.write(call.stdin)  # a file, not a pipe: no deadlock whatever its size
            source.seek(0)
            process = self._start(call, source, errors)
            assert process.stdout is not None
            leash = Leash(process.pid, call.silent_cpu_s)
            try:
                for chunk in self._chunks(call, process.stdout):
                    leash.renew()
                    yield chunk
                code = process.wait(self.silence_s)
            except subprocess.TimeoutExpired as error:
                raise self._silent(call, self.silence_s) from error
            finally:
                process.kill()
                process.wait()
                process.stdout.close()
            if code not in call.ok:
                errors.seek(0)
                raise self._ended_badly(call, code, errors.read(2000).decode("utf-8", "replace").strip())

    def _start(self, call: GitCommand, source: IO[bytes], errors: IO[bytes]) -> subprocess.Popen[bytes]:
        command, extra = self._command(call)
        try:
            return subprocess.Popen(
                command,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**environment(), **extra},
                cwd=self.root if call.scope == "worktree" else "/",
            )
        except OSError as error:  # the root or git itself went away
            raise self._failure(call, str(error)) from error

    def _chunks(self, call: GitCommand, stdout: IO[bytes]) -> Iterator[bytes]:
        descriptor, total = stdout.fileno(), 0
        silence_s = self.silence_s * (5 if call.endless else 1)
        waiting = poll()
        waiting.register(descriptor, POLLIN)
        if not waiting.poll(min(_SUSPICIOUS_S, silence_s) * 1000):
            self._look_again(call)
        while True:
            if not waiting.poll(silence_s * 1000):
                raise self._silent(call, silence_s)
            chunk = os.read(descriptor, _READ_BYTES)
            if not chunk:
                return
            total += len(chunk)
            if total > _OUTPUT_LIMIT_BYTES and not call.endless:
                raise self._too_costly(call, f"{_OUTPUT_LIMIT_BYTES >> 20} MiB to answer")
            yield chunk

    def _look_again(self, call: GitCommand) -> None:
        """Raises GitBlocked for an obstacle that was put there since, or that lies deep in the work tree."""
        found = obstacles.in_git_dir(self.directory, call.scope, anew=True)
        if not found and call.reads_rules:
            found = obstacles.in_work_tree(self.root)
        if found:
            raise _blocked(call, found)

    def _command(self, call: GitCommand) -> tuple[list[str], dict[str, str]]:
        """The command line, and what its environment has on top of ``environment()``."""
        if call.subcommand not in ALLOWED:
            raise GitError(f"git {call.subcommand} is not on memoryd's allow-list", where=str(self.root))
        ours, git_dir, common_dir = (
            default_paths().home / "git",
            self.directory.git_dir,
            self.directory.common_dir,
        )
        extra = {
            "GIT_OBJECT_DIRECTORY": str(common_dir / "objects"),
            "GIT_SHALLOW_FILE": str(common_dir / "shallow"),
        }
        if call.scope == "objects":
            git_dir = own_dirs.empty(ours, self.directory.object_format())
        else:
            extra["GIT_COMMON_DIR"] = str(own_dirs.common(ours, self.directory))
        if call.index:
            extra["GIT_INDEX_FILE"] = str(git_dir / call.index)
        place = ["--work-tree", str(self.root)] if call.scope == "worktree" else ["--bare"]
        # check-ignore never expands its paths, and refuses to be told so.
        literal = () if call.subcommand == "check-ignore" else ("--literal-pathspecs",)
        overrides = (*_OVERRIDES, f"safe.directory={self.root}", *call.settings)
        settings = (part for setting in overrides for part in ("-c", setting))
        at = ("--git-dir", str(git_dir), *place)
        return [git_path(), *_FLAGS, *literal, *at, *settings, call.subcommand, *call.args], extra

    def _ended_badly(self, call: GitCommand, code: int, message: str) -> GitError:
        if -code in _ENDED_FROM_OUTSIDE:
            return GitKilled(
                f"git {call.subcommand} was killed (signal {-code})",
                where=str(self.root),
                next_step="try again; if it happens again, see whether the machine runs out of memory",
            )
        if -code == signal.SIGXCPU or any(words in message for words in _NO_MEMORY):
            self._look_again(call)
        if -code == signal.SIGXCPU:
            return self._too_costly(call, f"{call.silent_cpu_s} s of processor time without an answer")
        if any(words in message for words in _NO_MEMORY):
            return self._too_costly(call, f"{data_limit_bytes() >> 20} MiB of memory")
        return self._failure(call, f"exit {code}: {message}")

    def _too_costly(self, call: GitCommand, detail: str) -> GitTooCostly:
        return GitTooCostly(
            f"git {call.subcommand} took more than {detail}, and was ended",
            where=str(self.root),
            next_step="the commit or file that was asked for is too large to be read; ask for another",
        )

    def _silent(self, call: GitCommand, silence_s: float) -> GitSilent:
        return GitSilent(
            f"git {call.subcommand} gave no answer in {silence_s:g} s",
            where=str(self.root),
            next_step="look for a fifo or a stale disk there",
        )

    def _failure(self, call: GitCommand, detail: str) -> GitError:
        return GitError(
            f"git {call.subcommand} failed: {detail}",
            where=str(self.root),
            next_step="run `git fsck` in the repository, then try again",
        )


def _blocked(call: GitCommand, found: obstacles.Obstacle) -> GitBlocked:
    return GitBlocked(
        f"git {call.subcommand} would {found.what}",
        where=found.path,
        next_step="remove it, or put an ordinary file in its place",
    )


@functools.cache
def git_path() -> str:
    """The git that is run, absolute; ``""`` when none is installed."""
    return shutil.which("git", path=_safe_path()) or ""


@functools.cache
def git_version() -> tuple[int, ...]:
    """Of the git that is run; empty when none is installed."""
    answer = _ask_user_git("version", home="/dev/null") if git_path() else ""
    match = re.search(r"(?<!\d)(\d+)\.(\d+)(?:\.(\d+))?", answer)
    return tuple(int(part) for part in match.groups() if part) if match else ()


@functools.cache
def user_autocrlf() -> str:
    """The *user's* own core.autocrlf, ``""`` where there is none."""
    home = os.path.expanduser("~")
    return _ask_user_git("config", "--global", "--get", "core.autocrlf", home=home).strip().lower()


@functools.cache
def user_excludes() -> str:
    """The setting that names the *user's* ignore file, in place of any that a repository chooses."""
    home = os.path.expanduser("~")
    configured = _ask_user_git("config", "--global", "--type=path", "--get", "core.excludesFile", home=home)
    config_home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    for candidate in (configured, os.path.join(config_home, "git", "ignore")):
        if candidate and os.path.isfile(candidate):
            return f"core.excludesFile={candidate}"
    return "core.excludesFile=/dev/null"


def environment() -> dict[str, str]:
    """Made from nothing: no GIT_* of the caller survives."""
    return {
        "PATH": _safe_path(),
        "HOME": "/dev/null",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def _safe_path() -> str:
    """PATH without relative entries, which a hostile working directory could fill."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if os.path.isabs(folder))


def _ask_user_git(*args: str, home: str) -> str:
    """An answer that concerns no repository: run outside of any, with the user's own configuration."""
    names = {key: value for key, value in environment().items() if key != "GIT_CONFIG_GLOBAL"}
    answer = subprocess.run(
        [git_path(), *args],
        env={**names, "HOME": home, "GIT_DIR": "/dev/null"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return os.fsdecode(answer.stdout).strip()
