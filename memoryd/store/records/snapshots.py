"""Copies of records.db: restored when it is damaged, dropped when something was forgotten for good."""

from __future__ import annotations

import time
from pathlib import Path

from memoryd.errors import StoreError
from memoryd.store import sqlite
from memoryd.store.records import audit


def restore_newest(path: Path, snapshots: Path) -> str:
    """Put the newest snapshot in the place of a damaged ``path``; the damaged files stay beside it. Returns
    what was done and lost, in words. Raises StoreError when there is no snapshot."""
    found = sorted(snapshots.glob("records-*.db"))
    if not found:
        raise StoreError(
            "records.db is damaged and there is no snapshot",
            where=str(path),
            next_step="keep the file; `sqlite3 records.db .recover` may save its rows",
        )
    aside = f"damaged-{int(time.time())}"
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(part.with_name(f"{path.name}.{aside}{suffix}"))
    source = sqlite.connect(found[-1])
    try:
        sqlite.backup(source, path)
        rows = audit.length(source)
    finally:
        source.close()
    return f"restored {found[-1].name} ({rows} audit rows); what came later is only in {path.name}.{aside}"


def drop_copies(path: Path) -> None:
    """Delete the copies beside ``path`` that an upgrade or a repair left: they hold what was forgotten since."""
    for pattern in (f"{path.name}.layout*.bak", f"{path.name}.damaged-*"):
        for copy in path.parent.glob(pattern):
            copy.unlink(missing_ok=True)
