"""P1: an acknowledged record is never lost, whenever the process is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memoryd.store.records.writer import Records

WRITER = """
import sys
from pathlib import Path
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records
store = Records.open(Path(sys.argv[1]))
for number in range(10_000):
    record = store.add(NewRecord("lesson", f"Rule {number} " + "x" * 500, "agent:a", (f"f{number}.py",))).record
    print(record.id, "proposed", flush=True)
    if number % 3:
        status = store.confirm(record.id, "human:ann").status
        print(record.id, status, flush=True)
    if number % 5 == 0:
        store.forget(record.id, "human:ann")
        print(record.id, "forgotten", flush=True)
    if number % 40 == 39:
        store.snapshot(Path(sys.argv[1]).parent / "snapshots")
"""


@pytest.mark.parametrize("acknowledged", [1, 2, 7, 33, 61])
def test_every_acknowledged_change_survives_kill_9(tmp_path: Path, acknowledged: int) -> None:
    """After SIGKILL in full flight each change that was told is there, what is there verifies, and writing goes on."""
    path = tmp_path / "records.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline().split() for _ in range(acknowledged)]
    writer.send_signal(signal.SIGKILL)
    told += [line.split() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()
    store = Records.open(path)
    assert store.verify().ok
    last = dict(told)  # the last of each record that was told
    for record_id, status in [*last.items()][:-1]:
        found = store.get(record_id)
        assert (found.status if found else "forgotten") == status
        assert found is None or len(found.text) > 500
    rank = ("proposed", "confirmed", "forgotten")  # the newest may have gone further than was told
    newest = store.get([*last][-1])
    assert rank.index(newest.status if newest else "forgotten") >= rank.index([*last.values()][-1])
    store.close()
