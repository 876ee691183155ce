"""A daemon of a few lines that speaks the socket's contract; run as a script with MEMORYD_HOME set.

It answers at once and predictably: the CLI is what is tested. FAKE_VERSION makes it say its release.
It notes what it saw in $MEMORYD_HOME/seen.jsonl.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import memoryd
from memoryd.paths import default_paths

PATHS = default_paths()
PATHS.prepare()


def note(what: Any) -> None:
    with open(PATHS.home / "seen.jsonl", "a") as file:
        file.write(json.dumps(what) + "\n")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    hello = json.loads(await reader.readline())
    note({"hello": hello})
    role = mcp if hello["role"] == "mcp" else cli
    try:
        await role(reader, writer)
    except ConnectionError:
        pass
    finally:
        note({"closed": hello["role"]})
        writer.close()


async def mcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        message = json.loads(line)
        if message.get("die"):
            os._exit(9)
        await asyncio.sleep(message.get("sleep_s", 0))
        send(writer, {"echo": message, "pad": "x" * message.get("pad", 0)})
        await writer.drain()


async def cli(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    version = os.environ.get("FAKE_VERSION", memoryd.__version__)
    send(writer, {"jsonrpc": "2.0", "method": "hello", "params": {"version": version}})
    while line := await reader.readline():
        request = json.loads(line)
        note(request)
        answer = ANSWERS.get(request["method"], echo)
        await answer(writer, request)
        await writer.drain()


def send(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


def result(
    writer: asyncio.StreamWriter, request: dict[str, Any], value: Any, text: str, code: int = 0
) -> None:
    payload = {"json": value} if request["params"].get("format") == "json" else {"text": text}
    if code:
        payload["exit_code"] = code
    send(writer, {"jsonrpc": "2.0", "id": request["id"], "result": payload})


def error(writer: asyncio.StreamWriter, request: dict[str, Any], what: str, code: int) -> None:
    data = {"what": what, "where": "there", "next_step": "do that", "exit_code": code}
    body = {"code": -32000, "message": what, "data": data}
    send(writer, {"jsonrpc": "2.0", "id": request["id"], "error": body})


async def echo(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
    params = request["params"]
    asked = params.get("query") or params.get("target") or params.get("name") or ""
    if asked.startswith("fail"):
        error(writer, request, "it failed", int(asked[4:] or 3))
    elif asked == "hostile":
        result(writer, request, {"name": "a\x1b[31mb\u202e"}, "a\x1b[31mb\u202ec\n")
    elif asked == "nothing":
        result(writer, request, {"total": 0}, "not found; searched 3 files", code=1)
    elif asked == "garbage":
        writer.write(b"this is no json\n")
    elif asked == "vanish":
        os._exit(9)
    else:
        await asyncio.sleep(float(asked[5:]) if asked.startswith("sleep") else 0)
        result(writer, request, {"asked": params, "hits": []}, f"src/app.py:12 {asked}")


async def edges(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
    for number in range(1000):
        send(writer, {"jsonrpc": "2.0", "method": "row", "params": {"src": f"a{number}", "dst": "b"}})
    result(writer, request, {"edges": [{"src": "last", "dst": "b"}]}, "")


async def decisions(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
    result(writer, request, {"decisions": [{"id": "0001"}, {"id": "0002"}], "total": 2}, "2 decisions")


async def index(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
    for done in (0, 50, 100):
        params = {"phase": "parse", "done": done, "total": 100, "message": ""}
        send(writer, {"jsonrpc": "2.0", "method": "progress", "params": params})
    await writer.drain()
    path = request["params"]["path"]
    await asyncio.sleep(30 if path.endswith("slow") else 0)
    files = 0 if path.endswith("empty") else 3
    failed = 1 if path.endswith("failing") else 0
    seconds = {"wall_seconds": 2.5, "seconds": {"scan": 0.3, "parse": 1.9}, "cpu_seconds": 0.6}
    summary = {"files": files, "symbols": 7, "failed": failed, **seconds}
    result(writer, request, summary, "")


async def stop(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
    result(writer, request, {"stopping": True, "pid": os.getpid()}, "")
    await writer.drain()
    PATHS.socket.unlink()
    os._exit(0)


async def status(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
    result(writer, request, {"pid": os.getpid(), "version": "0.1.0", "projects": [], "http": ""}, "")


ANSWERS = {
    "edges": edges,
    "decisions": decisions,
    "index": index,
    "up": index,
    "daemon_stop": stop,
    "daemon_status": status,
}


async def main() -> None:
    server = await asyncio.start_unix_server(serve, str(PATHS.socket), limit=1 << 24)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


asyncio.run(main())
