"""Which changes wait to be reported, and when they are due. No threads, no clock of its own."""

from __future__ import annotations

PATHS_LIMIT = 10_000
"""More changed paths than this are one look at everything."""


class PendingPaths:
    """Collects until it has been quiet for ``quiet_s``, but never longer than ``max_delay_s``."""

    def __init__(self, quiet_s: float, max_delay_s: float) -> None:
        self._quiet_s, self._max_delay_s = quiet_s, max_delay_s
        self._paths: set[str] = set()
        self._reasons: list[str] = []
        self._first_s = self._last_s = 0.0

    def __bool__(self) -> bool:
        return bool(self._paths or self._reasons)

    def path(self, path: str, now_s: float) -> None:
        """A file changed, or anything below a folder did."""
        self._touch(now_s)
        self._paths.add(path)
        if len(self._paths) > PATHS_LIMIT:
            self._paths.clear()
            self.rescan("storm", now_s)

    def rescan(self, reason: str, now_s: float) -> None:
        """Something happened that paths cannot tell."""
        self._touch(now_s)
        if reason not in self._reasons:
            self._reasons.append(reason)

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until it is due; None when nothing waits."""
        if not self:
            return None
        return max(0.0, min(self._last_s + self._quiet_s, self._first_s + self._max_delay_s) - now_s)

    def take(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Everything collected: (paths, reasons); it is empty afterwards."""
        taken = frozenset(self._paths), tuple(self._reasons)
        self._paths, self._reasons = set(), []
        return taken

    def _touch(self, now_s: float) -> None:
        if not self:
            self._first_s = now_s
        self._last_s = now_s
