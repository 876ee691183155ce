"""Keeping projects fresh: a watcher per root in use, and a comparison with the disk from time to time.

Watch events are hints. What they miss is found by the periodic comparison and by the look at HEAD that
every read takes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from memoryd.config import Config
from memoryd.errors import MemorydError
from memoryd.ingest.git.repository import Git
from memoryd.ingest.own_config import OWN_CONFIG
from memoryd.ingest.watch.visibility import Visibility

if TYPE_CHECKING:
    from memoryd.ingest.watch.watcher import Watcher

log = logging.getLogger(__name__)

BEGUN_S = 5.0

Post = Callable[[str, set[str] | None], None]  # root, paths (None: look at everything)


class WatchState(Struct, frozen=True):
    """``text``: ``native``, ``polling``, ``starting``, ``off``, ``off: …`` or ``degraded: …``; ``next_step``: what to
    do then. ``well``: changes are noticed as they happen, or nobody wants them to be."""

    text: str
    next_step: str = ""

    @property
    def well(self) -> bool:
        return self.text in ("native", "polling", "off")


class Watch:
    """The watchers of all roots in use. Used from the event loop's thread only."""

    def __init__(self, config: Config, post: Post) -> None:
        self._config, self._post = config, post
        self._loop = asyncio.get_running_loop()
        self._watchers: dict[str, Watcher] = {}
        self._starting: dict[str, asyncio.Task[None]] = {}
        self._refused: dict[str, MemorydError] = {}  # root -> why it is not watched
        self._stopping: set[asyncio.Task[None]] = set()

    def begin(self, root: str) -> None:
        """Watch ``root`` from now on; setting up a large tree happens in a thread. When it is done all of the
        tree is looked at once, because nobody saw what changed before."""
        if not self._config.watch.enabled or root in self._watchers or root in self._starting:
            return
        self._refused.pop(root, None)
        self._starting[root] = asyncio.create_task(self._begin(root))

    async def _begin(self, root: str) -> None:
        this = asyncio.current_task()
        try:
            watcher = await asyncio.to_thread(self._start, root)
            if self._starting.get(root) is this:
                self._watchers[root] = watcher
            else:  # it was ended meanwhile
                self._stop(watcher)
        except MemorydError as error:
            log.warning("%s is not watched: %s", root, error)
            self._refused[root] = error
        finally:
            if self._starting.get(root) is this:
                del self._starting[root]
            self._post(root, None)

    def _start(self, root: str) -> Watcher:
        from memoryd.ingest.watch.watcher import Watcher, WatchSettings

        watch = self._config.watch
        settings = WatchSettings(
            watch.debounce_ms / 1000, watch.max_delay_ms / 1000, watch.polling_s, watch.mode
        )
        rules = _IgnoreRules(Path(root), self._config)

        def on_paths(paths: frozenset[str]) -> None:
            self._from_thread(root, None if OWN_CONFIG in paths else set(paths))  # it changes what is read

        def on_rescan(reason: str) -> None:
            log.info("looking at all of %s: %s", root, reason)
            rules.reload()
            self._from_thread(root, None)

        watcher = Watcher(Path(root), rules.hidden, on_paths, on_rescan, settings)
        watcher.start()
        return watcher

    def _from_thread(self, root: str, paths: set[str] | None) -> None:
        self._loop.call_soon_threadsafe(self._post, root, paths)

    async def begun(self, root: str) -> None:
        """Wait until a watcher that is being set up is there, or for BEGUN_S."""
        if task := self._starting.get(root):
            await asyncio.wait([task], timeout=BEGUN_S)

    def state(self, root: str) -> WatchState:
        if root in self._starting:
            return WatchState("starting", "wait for it: changes are noticed from then on")
        if refused := self._refused.get(root):
            return WatchState(f"off: {refused.what} ({refused.where})", refused.next_step)
        watcher = self._watchers.get(root)
        if watcher is None:
            return WatchState("off")
        return WatchState(
            f"degraded: {watcher.degraded}" if watcher.degraded else watcher.mode, watcher.next_step
        )

    def hears_at_once(self, root: str) -> bool:
        """Changes of the root are told as they happen."""
        watcher = self._watchers.get(root)
        return watcher is not None and watcher.mode == "native" and not watcher.degraded

    def is_waiting(self, root: str) -> bool:
        """Something changed there that was not reported yet."""
        watcher = self._watchers.get(root)
        return root in self._starting or (watcher is not None and watcher.is_waiting)

    def end(self, root: str) -> None:
        self._starting.pop(root, None)
        self._refused.pop(root, None)
        watcher = self._watchers.pop(root, None)
        if watcher:
            self._stop(watcher)

    def _stop(self, watcher: Watcher) -> None:
        """In a thread: it waits for the watcher's own, which may be waiting for git."""
        task = asyncio.create_task(asyncio.to_thread(watcher.stop))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    def roots(self) -> list[str]:
        return list(self._watchers)

    def close(self) -> None:
        """For the daemon's own end: the threads go with the process, none is waited for."""
        for task in self._starting.values():
            task.cancel()


class _IgnoreRules:
    """The ignore rules of one root, read again when one of their files changes."""

    def __init__(self, root: Path, config: Config) -> None:
        self._root, self._exclude = root, config.index.exclude
        self.reload()

    def reload(self) -> None:
        self._visibility = Visibility(self._root, Git.open(self._root), self._exclude)

    def hidden(self, paths: Collection[str]) -> frozenset[str]:
        return self._visibility.hidden(paths)
