"""Many clients at once over the Unix socket: how long each verb takes, whether one who asks for much keeps others
waiting, and what reading costs while another project is being indexed.

    python bench/load.py PROJECT [--clients 1 8 32 50] [--seconds 20] [--indexing LARGE_PROJECT]

Each client asks one question after the other without a pause; questions are symbols, files and commit subjects of
the project, none the same as the one before.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from measure import MEMORYD, Home, load_line, used

VERBS = ("search", "symbol", "why", "brief", "refs", "impact")
LINE_BYTES = 1 << 24
NOTHING_THERE = 2  # the exit code of a question about a name that means nothing
GREEDY = 30  # questions that one client has under way at once
Times = dict[str, list[float]]


class Asker:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, root: Path) -> None:
        self._reader, self._writer, self._root = reader, writer, root
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def ask(self, verb: str, params: dict[str, Any]) -> float:
        """Seconds until the answer, which may be that there is nothing of that name. Raises RuntimeError where it was
        refused, or took too long."""
        number, start_s = next(self._numbers), time.perf_counter()
        self._waiting[number] = asyncio.get_running_loop().create_future()
        asked = {"project": str(self._root), "format": "text", **params}
        self._writer.write(
            json.dumps({"jsonrpc": "2.0", "id": number, "method": verb, "params": asked}).encode() + b"\n"
        )
        answer = await self._waiting[number]
        if "error" in answer and answer["error"]["data"]["exit_code"] != NOTHING_THERE:
            raise RuntimeError(answer["error"]["data"])
        return time.perf_counter() - start_s

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            message = json.loads(line)
            if waiting := self._waiting.pop(message.get("id"), None):
                waiting.set_result(message)

    def close(self) -> None:
        self._listening.cancel()
        self._writer.close()


@asynccontextmanager
async def connected(home: Home, root: Path) -> AsyncIterator[Asker]:
    reader, writer = await asyncio.open_unix_connection(home.folder / "daemon.sock", limit=LINE_BYTES)
    hello = {"memoryd": 1, "role": "cli", "cwd": str(root), "version": "bench"}
    writer.write(json.dumps(hello).encode() + b"\n")
    asker = Asker(reader, writer, root)
    try:
        yield asker
    finally:
        asker.close()


class Questions:
    """About one project, each client's in an order of its own."""

    def __init__(self, root: Path) -> None:
        files = subprocess.check_output(["git", "-C", root, "ls-files"], text=True).splitlines()
        self._files = [name for name in files if re.search(r"\.(py|go|ts|js|java|rs|rb)$", name)][:300]
        texts = ((root / name).read_text(errors="replace") for name in self._files)
        found = {
            name for text in texts for name in re.findall(r"\b(?:def|class|func|function|fn) (\w{4,})", text)
        }
        self._names = sorted(found)
        log = subprocess.check_output(
            ["git", "-C", root, "log", "-300", "--no-merges", "--format=%s"], text=True
        )
        self._tasks = [line for line in log.splitlines() if len(line.split()) >= 4]

    def of(self, client: int, verbs: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
        chosen = random.Random(client)
        for verb in itertools.cycle(chosen.sample(verbs, len(verbs))):
            yield verb, self._params(verb, chosen)

    def _params(self, verb: str, chosen: random.Random) -> dict[str, Any]:
        if verb == "search":
            return {"query": chosen.choice(self._tasks)}
        if verb == "brief":
            return {"task": chosen.choice(self._tasks)}
        if verb == "why":
            return {"target": chosen.choice([chosen.choice(self._names), chosen.choice(self._files)])}
        return (
            {"name": chosen.choice(self._names)}
            if verb == "symbol"
            else {"target": chosen.choice(self._names)}
        )


async def clients_ask(
    home: Home, root: Path, count: int, seconds: float, verbs: tuple[str, ...] = VERBS
) -> tuple[Times, int]:
    """The times of each verb, and how many questions were refused or failed."""
    questions, times, failed = Questions(root), defaultdict[str, list[float]](list), 0
    end_s = time.perf_counter() + seconds

    async def client(number: int) -> None:
        nonlocal failed
        async with connected(home, root) as asker:
            for verb, params in questions.of(number, verbs):
                if time.perf_counter() >= end_s:
                    return
                try:
                    times[verb].append(await asker.ask(verb, params))
                except RuntimeError:
                    failed += 1

    await asyncio.gather(*(client(number) for number in range(count)))
    return times, failed


async def beside_a_greedy_one(home: Home, root: Path, seconds: float) -> tuple[Times, Times]:
    """A second client's times of `symbol` alone, then beside one that has ``GREEDY`` briefs under way."""
    alone, _ = await clients_ask(home, root, 1, seconds / 2, ("symbol",))
    questions = Questions(root)

    async def greedy(asker: Asker, number: int) -> None:
        for verb, params in questions.of(1000 + number, ("brief",)):
            await asker.ask(verb, params)

    async with connected(home, root) as asker:
        tasks = [asyncio.create_task(greedy(asker, number)) for number in range(GREEDY)]
        await asyncio.sleep(1)
        beside, _ = await clients_ask(home, root, 1, seconds, ("symbol",))
        for task in tasks:
            task.cancel()
    return alone, beside


def row(label: str, times: list[float]) -> str:
    found = sorted(1000 * one for one in times)
    if not found:
        return f"| {label} | 0 | | | |"
    p99 = found[min(len(found) - 1, int(len(found) * 0.99))]
    return f"| {label} | {len(found)} | {found[len(found) // 2]:.0f} | {p99:.0f} | {found[-1]:.0f} |"


def table(title: str, times: Times, failed: int = 0) -> str:
    everything = [one for found in times.values() for one in found]
    rows = [row(verb, times[verb]) for verb in VERBS if verb in times] + [row("all", everything)]
    head = ["| verb | answers | p50 ms | p99 ms | worst ms |", "|---|---|---|---|---|"]
    return "\n".join([f"{title}; {failed} refused or failed", "", *head, *rows, ""])


def daemon_cpu_s(home: Home) -> float:
    return used(home)["memoryd.daemon"].cpu_s


def measure(home: Home, root: Path, options: argparse.Namespace) -> None:
    print(load_line())
    home.run("up", str(root))
    for verb in VERBS:  # the cost of one, and what is read once
        before_s = daemon_cpu_s(home)
        times, failed = asyncio.run(clients_ask(home, root, 1, options.seconds / 5, (verb,)))
        cost_ms = 1000 * (daemon_cpu_s(home) - before_s) / max(1, len(times[verb]))
        print(row(f"{verb}, one client, {cost_ms:.1f} ms cpu each, {failed} failed", times[verb]))
    for count in options.clients:
        times, failed = asyncio.run(clients_ask(home, root, count, options.seconds))
        print(table(f"{count} clients", times, failed), flush=True)
    for count in options.clients:
        times, failed = asyncio.run(clients_ask(home, root, count, options.seconds / 2, ("search", "symbol")))
        print(table(f"{count} clients, search and symbol alone", times, failed), flush=True)
    alone, beside = asyncio.run(beside_a_greedy_one(home, root, options.seconds))
    print(
        table("one client alone", alone),
        table(f"beside one with {GREEDY} briefs under way", beside),
        sep="\n",
    )
    if options.indexing:
        _while_indexing(home, root, options)


def _while_indexing(home: Home, root: Path, options: argparse.Namespace) -> None:
    idle, failed = asyncio.run(clients_ask(home, root, 1, options.seconds))
    print(table("one client, nothing is indexed", idle, failed), flush=True)
    command = [*MEMORYD, "up", str(options.indexing)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=home.environment, **silent) as indexing:
        time.sleep(2)
        busy, failed = asyncio.run(clients_ask(home, root, 1, options.seconds))
        ended = " (it ended before)" if indexing.poll() is not None else ""
        print(table(f"one client while another project is indexed{ended}", busy, failed), flush=True)
        indexing.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("project", type=Path)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8, 32, 50])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--indexing", type=Path)
    options = parser.parse_args()
    scratch = tempfile.TemporaryDirectory(prefix="memoryd-load-", ignore_cleanup_errors=True)
    with scratch as folder, Home(Path(folder)) as home:
        measure(home, options.project.resolve(), options)


if __name__ == "__main__":
    main()
