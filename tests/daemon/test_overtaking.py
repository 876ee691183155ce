"""What is saved again while links are made is found at once: the queue with a real child that is slow to link."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from room_coverage import measured

from memoryd.daemon.indexing import jobs
from memoryd.daemon.indexing.jobs import IndexTarget, IngestQueue, Job
from memoryd.errors import MemorydError

# Answers the first job and every later one at once, except those whose paths name "slow": they stay in the link
# phase until they are cancelled.
_CHILD = """
import json, sys
NAMES = "files symbols references edges commits decisions chunks skipped parsed failed".split()
def say(**message): print(json.dumps(message), flush=True)
for text in sys.stdin:
    line = json.loads(text)
    if line["job"] == "cancel":
        say(id=line["id"], error={"what": "indexing was stopped", "where": "", "next_step": "", "exit_code": 3})
        continue
    say(id=line["id"], progress={"phase": "link", "done": 0, "total": 9})
    if line["paths"] != ["slow"]:
        about = {"view": "v", "head": "", "branch": "", "wall_seconds": 0.0, "seconds": {}, "cpu_seconds": 0.0}
        say(id=line["id"], result=about | dict.fromkeys(NAMES, 0))
"""
TARGET = IndexTarget("/p")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    (tmp_path / "slow_links.py").write_text(_CHILD)
    monkeypatch.setattr(jobs, "MODULE", "slow_links")
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), **measured()}


async def _linking(queue: IngestQueue, *, is_first: bool) -> Job:
    """A job of the watcher that stands in its link phase."""
    if not is_first:
        await queue.post(TARGET).done
    job = queue.post(TARGET, {"slow"})
    while not job.progress:
        await asyncio.sleep(0.01)
    return job


@pytest.mark.parametrize("is_first", [False, True])
def test_links_give_way_to_the_next_save(tmp_path: Path, environment: dict[str, str], is_first: bool) -> None:
    """A job of the watcher that only links any more ends when the next change comes, whose job links for both; but
    not when links are overdue, as after a start."""

    async def scenario() -> None:
        queue = IngestQueue(tmp_path / "index.db", tmp_path / "log", environment, 5.0, lambda *_: None)
        job = await _linking(queue, is_first=is_first)
        following = queue.post(TARGET, {"b.py"})
        if is_first:
            assert not job.canceller
        else:
            with pytest.raises(MemorydError, match="stopped"):
                await job.done
            await following.done
        await queue.close()

    asyncio.run(asyncio.wait_for(scenario(), 10))


def test_links_that_somebody_waits_for_are_made(tmp_path: Path, environment: dict[str, str]) -> None:
    """A job with a follower is never overtaken."""

    async def scenario() -> None:
        queue = IngestQueue(tmp_path / "index.db", tmp_path / "log", environment, 5.0, lambda *_: None)
        job = await _linking(queue, is_first=False)
        following = asyncio.create_task(queue.follow(job, lambda _: None))
        await asyncio.sleep(0)
        queue.post(TARGET, {"b.py"})
        assert not job.canceller
        following.cancel()
        await queue.close()

    asyncio.run(asyncio.wait_for(scenario(), 10))
