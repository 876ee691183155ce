"""Notices changes in a work tree and in its git directory. What it says is a hint; the scan is the truth.

The only importer of watchdog, of which it uses the inotify binding: one descriptor and one callback for
all folders, since an observer per folder is a thread per folder, and one recursive observer watches the
ignored folders too. Where that binding does not exist or the kernel's limits are reached, it looks at the
tree every few seconds instead, and says so in ``degraded``.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from memoryd.errors import MemorydError
from memoryd.ingest.files.ignore_files import GITIGNORE, MEMORYIGNORE, join
from memoryd.ingest.files.rooted_files import RootedFiles
from memoryd.ingest.git.directory import GitDir
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.watch.debounce import PendingPaths
from memoryd.ingest.watch.folders import IsIgnored, hidden_of, printable, visible
from memoryd.ingest.watch.limits import EventsRefused, no_instance, no_watch
from memoryd.ingest.watch.mounts import sends_no_events
from memoryd.ingest.watch.polling import FolderState

if TYPE_CHECKING:
    from watchdog.observers.inotify_c import InotifyEvent, InotifyFD

log = logging.getLogger(__name__)

_GIT_NAMES = frozenset(
    {"HEAD", "index", "index.lock", "packed-refs", "rebase-merge", "rebase-apply", "shallow"}
)
_RULE_NAMES = frozenset({GITIGNORE, MEMORYIGNORE})
_BRANCH_FOLDERS_LIMIT = 1000
_BATCH = 10_000  # notices taken before the clock is looked at again


class WatchSettings(Struct, frozen=True):
    """``quiet_s``: report after this long without a change, at the latest after ``max_delay_s``.
    ``polling_s``: between two looks in polling mode. ``mode``: ``auto`` polls only where it must."""

    quiet_s: float = 0.3
    max_delay_s: float = 2.0
    polling_s: float = 5.0
    mode: Literal["auto", "native", "polling"] = "auto"


DEFAULTS = WatchSettings()


class Watcher:
    """Calls ``on_paths`` with relative paths that may have changed (a folder stands for all below it), and
    ``on_rescan`` with a reason when paths cannot tell: ``git`` (HEAD, a branch, the index or a rebase
    moved), ``ignore-rules``, ``overflow`` (events were lost), ``storm`` (too many), ``polling`` (the mode
    changed), ``root`` (the folder itself went away).

    Both are called from the watcher's own thread, never after ``stop`` has returned. ``is_ignored`` gets
    many relative paths and returns those not to look at; after ``on_rescan`` it is asked anew. ``mode`` is
    ``native`` or ``polling``; ``degraded`` says what is wrong and ``next_step`` what to do about it, both ``""``
    when all is well.
    """

    def __init__(
        self,
        root: Path,
        is_ignored: IsIgnored,
        on_paths: Callable[[frozenset[str]], None],
        on_rescan: Callable[[str], None],
        settings: WatchSettings = DEFAULTS,
    ) -> None:
        self.mode: Literal["native", "polling"] = "native"
        self.degraded = self.next_step = ""
        self._root, self._is_ignored, self._settings = root, is_ignored, settings
        self._on_paths, self._on_rescan = on_paths, on_rescan
        self._queue: SimpleQueue[Notice | None] = SimpleQueue()
        self._pending = PendingPaths(settings.quiet_s, settings.max_delay_s)
        self._native: Inotify | None = None
        self._snapshot: FolderState | None = None
        self._next_look_s = 0.0
        self._reporting = False
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=f"watch {root.name}", daemon=True)

    def start(self) -> None:
        """Watch from now on: a change after this returns is reported. Raises Unreadable (the root)."""
        deaf = sends_no_events(self._root) if self._settings.mode == "auto" else ""
        if deaf or self._settings.mode == "polling":
            self._poll(deaf, "keep the project on a local disk" if deaf else "")
        else:
            self._go_native()
        self._thread.start()

    @property
    def is_waiting(self) -> bool:
        """Something changed that was not reported yet."""
        return bool(self._pending) or self._reporting or not self._queue.empty()

    def stop(self) -> None:
        """End its threads. May be called twice, and from a callback."""
        self._stopping.set()
        self._queue.put(None)
        if self._thread.is_alive() and current_thread() is not self._thread:
            self._thread.join()
        if self._native is not None:
            self._native.close()

    # --- the thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._take(self._notices())
            if self._stopping.is_set():
                return
            if self._snapshot is not None and time.monotonic() >= self._next_look_s:
                self._look(self._snapshot)
            if self._pending.wait_s(time.monotonic()) == 0.0:
                self._reporting = True
                try:
                    self._report()
                finally:
                    self._reporting = False

    def _notices(self) -> list[Notice]:
        """All that came since; waits until something comes or is due."""
        now_s = time.monotonic()
        waits = [self._pending.wait_s(now_s), self._next_look_s - now_s if self._snapshot else None]
        due = [max(0.0, wait) for wait in waits if wait is not None]
        found: list[Notice] = []
        try:
            notice = self._queue.get(timeout=min(due)) if due else self._queue.get()
            while notice is not None and len(found) < _BATCH:
                found.append(notice)
                notice = self._queue.get_nowait()
        except Empty:
            pass
        return found

    def _take(self, notices: Iterable[Notice]) -> None:
        now_s = time.monotonic()
        new_folders: set[str] = set()
        for notice in notices:
            if notice.rescan:
                self._pending.rescan(notice.rescan, now_s)
            elif notice.path.rpartition("/")[2] in _RULE_NAMES:
                self._pending.rescan("ignore-rules", now_s)
            elif printable(notice.path):
                self._pending.path(notice.path, now_s)
                if notice.new_folder:
                    new_folders.add(notice.path)
            if notice.rescan == "overflow" and self._native is not None:
                self._native.forget_all()
                new_folders = {""}
            elif notice.rescan == "root":
                self.degraded = "the folder was moved, removed or unmounted"
                self.next_step = "`memoryd up` at its new place, or mount it again"
        if new_folders:  # before the quiet time is over: what appears in them must not be missed
            self._follow(new_folders.difference(hidden_of(new_folders - {""}, self._is_ignored)))

    def _report(self) -> None:
        paths, reasons = self._pending.take()
        try:
            for reason in reasons:
                self._on_rescan(reason)
        except (
            MemorydError
        ) as error:  # the project is in a bad state; it is looked at again when that changes
            log.warning("%s: %s", self._root, error)
        if "ignore-rules" in reasons:  # asked after the report: now the new rules answer
            self._follow({""})
        elif "git" in reasons:  # a branch name with a slash is a new folder
            self._follow(())
        shown = paths.difference(hidden_of(paths, self._is_ignored))
        if shown and not self._stopping.is_set():
            self._on_paths(shown)

    # --- native

    def _go_native(self) -> None:
        try:
            self._native = Inotify(self._root, self._queue.put)
        except EventsRefused as refused:
            self._fall_back(refused)
        except ImportError:
            self._poll("file events of this system are not supported", "")
        else:
            self._follow({""})

    def _follow(self, folders: Iterable[str]) -> None:
        """Watch these folders and all visible ones below; those already watched cost little."""
        if self._native is None:
            return
        try:
            self._native.watch_git(discover(self._root))
            with RootedFiles(self._root) as rooted:
                for folder, _listing in visible(folders, rooted, self._is_ignored):
                    if self._stopping.is_set():
                        return
                    self._native.watch(folder)
        except EventsRefused as refused:
            self._fall_back(refused)
        except MemorydError as error:
            log.warning("%s: %s", self._root, error)
            self._pending.rescan("root", time.monotonic())

    def _fall_back(self, refused: EventsRefused) -> None:
        self._poll(refused.what, refused.next_step)
        self._pending.rescan("polling", time.monotonic())

    # --- polling

    def _poll(self, reason: str, next_step: str) -> None:
        if self._native is not None:
            self._native.close()
            self._native = None
        if reason:
            self.degraded = f"{reason}; changes are noticed every {self._settings.polling_s:g} s"
            self.next_step = next_step
        self._snapshot = FolderState(self._root, self._is_ignored)
        self._next_look_s = time.monotonic() + self._settings.polling_s
        self.mode = "polling"

    def _look(self, snapshot: FolderState) -> None:
        try:
            self._take(Notice(path) for path in snapshot.changes())
            if snapshot.git_moved():
                self._take([Notice(rescan="git")])
        except MemorydError as error:
            log.warning("%s: %s", self._root, error)
            self._take([Notice(rescan="root")])
        self._next_look_s = time.monotonic() + self._settings.polling_s


class Notice(Struct, frozen=True):
    """Either a changed path (``new_folder``: one that is not watched yet) or a reason to look at all."""

    path: str = ""
    new_folder: bool = False
    rescan: str = ""


class Inotify:
    """The kernel's events of many folders, turned into notices by a thread of watchdog.

    Raises EventsRefused where the kernel gives none, ImportError where the system has no inotify.
    """

    def __init__(self, root: Path, put: Callable[[Notice], None]) -> None:
        from watchdog.observers import inotify_c

        names = inotify_c.InotifyConstants
        self._appeared = names.IN_CREATE | names.IN_MOVED_TO
        self._left = names.IN_DELETE | names.IN_MOVED_FROM
        # Without "opened" and "closed unwritten": with them, walking a tree floods the queue by itself.
        self._mask: Any = (
            self._appeared | self._left | names.IN_MODIFY | names.IN_CLOSE_WRITE | names.IN_DELETE_SELF
            | names.IN_MOVE_SELF | names.IN_ONLYDIR | names.IN_DONT_FOLLOW | names.IN_EXCL_UNLINK
        )  # fmt: skip
        self._root, self._put = root, put
        self._lock = Lock()
        self._folders: dict[int, str] = {}  # watch descriptor -> relative folder
        self._watches: dict[str, int] = {}  # and back
        self._git_watches: dict[Path, int] = {}
        self._git_names: dict[int, frozenset[str]] = {}  # the names that matter there; none: all do
        self._closed = False
        try:
            self._inotify: InotifyFD = inotify_c.InotifyFD()
        except OSError as error:
            raise no_instance(error) from error
        self._inotify.start()

    def watch(self, folder: str) -> None:
        """Report what happens directly in the folder (``""``: the root). One that is gone is left alone."""
        if folder in self._watches:
            return
        descriptor = self._add(self._root / folder)
        if descriptor is None:
            return
        with self._lock:
            old = self._folders.get(descriptor)
            if old is not None and self._watches.get(old) == descriptor:
                del self._watches[old]  # it was moved here meanwhile
            self._folders[descriptor] = folder
            self._watches[folder] = descriptor

    def watch_git(self, directory: GitDir | None) -> None:
        """Report moves of HEAD, branches and the index."""
        if directory is None:
            return
        wanted = {folder: _GIT_NAMES for folder in (directory.git_dir, directory.common_dir)}
        wanted |= dict.fromkeys((directory.common_dir / "reftable", *_branch_folders(directory)), frozenset())
        for folder, names in wanted.items():
            if folder not in self._git_watches and (descriptor := self._add(folder)) is not None:
                with self._lock:
                    self._git_watches[folder], self._git_names[descriptor] = descriptor, names

    def forget_all(self) -> None:
        """After lost events nobody knows which folder a watch is on: start over."""
        with self._lock:
            descriptors = [*self._folders, *self._git_names]
            for known in (self._folders, self._watches, self._git_watches, self._git_names):
                known.clear()
        self._remove(descriptors)

    def close(self) -> None:
        """End its thread; nothing is put afterwards."""
        if not self._closed:
            self._closed = True
            self._inotify.stop()
            self._inotify.join()

    # --- called by watchdog's thread

    def on_event(self, event: InotifyEvent) -> None:
        """One event of one watched folder."""
        name = os.fsdecode(event.name)
        with self._lock:
            folder, git_names = self._folders.get(event.wd), self._git_names.get(event.wd)
        if git_names is not None and (not git_names or name in git_names):
            self._put(Notice(rescan="git"))
        if folder is None:
            return
        if not name:  # about the folder itself; its parent tells the rest
            if not folder:
                self._put(Notice(rescan="root"))
        elif (path := join(folder, name)) == ".git":
            self._put(Notice(rescan="git"))
        else:
            if event.is_directory and event.mask & self._left:
                self._forget(path)
            self._put(Notice(path, new_folder=bool(event.is_directory and event.mask & self._appeared)))

    def on_watch_deleted(self, descriptor: int) -> None:
        """The folder is gone, and its watch with it."""
        with self._lock:
            folder = self._folders.pop(descriptor, None)
            if folder is not None and self._watches.get(folder) == descriptor:
                del self._watches[folder]
            if self._git_names.pop(descriptor, None) is not None:
                self._git_watches = {path: wd for path, wd in self._git_watches.items() if wd != descriptor}

    def on_queue_overflow(self) -> None:
        """The kernel dropped events."""
        self._put(Notice(rescan="overflow"))

    def _forget(self, folder: str) -> None:
        """A folder left: what happens in it elsewhere is none of this project's business."""
        prefix = f"{folder}/"
        with self._lock:
            gone = [path for path in self._watches if path == folder or path.startswith(prefix)]
            descriptors = [self._watches.pop(path) for path in gone]
            for descriptor in descriptors:
                self._folders.pop(descriptor, None)
        self._remove(descriptors)

    # --- the binding

    def _add(self, folder: Path) -> int | None:
        """Its watch descriptor; None when the folder is gone or unreadable. Raises EventsRefused."""
        binding: Any = self._inotify
        try:
            descriptor: int = binding.add_callback(os.fsencode(folder), self._mask, self, id(self))
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        except OSError as error:
            raise no_watch(error) from error
        return descriptor if descriptor >= 0 else None

    def _remove(self, descriptors: Iterable[int]) -> None:
        binding: Any = self._inotify
        binding.remove_callbacks([(descriptor, id(self)) for descriptor in descriptors])


def _branch_folders(directory: GitDir) -> list[Path]:
    """The folders of branch names; a link among them is not followed."""
    found = [directory.common_dir / "refs" / "heads"]
    for folder in found:
        try:
            with os.scandir(folder) as entries:
                inner = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        found += inner[: max(0, _BRANCH_FOLDERS_LIMIT - len(found))]
    return found
