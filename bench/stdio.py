"""First ``tools/list`` over stdio: memoryd's pipe with the daemon up, against a bare SDK server with one tool."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from measure import MEMORYD, Home

BARE_SERVER = """
from mcp.server import MCPServer
server = MCPServer("bare")
@server.tool()
def echo(text: str) -> str:
    "Echo."
    return text
server.run("stdio")
"""


def _request(number: int, method: str, params: dict) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"


def first_tools_list_ms(command: list[str], environment: dict[str, str]) -> float:
    """From process start to the complete answer of ``tools/list``, by the 2025 handshake."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    assert process.stdin
    assert process.stdout
    initialize = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    }
    process.stdin.write(_request(1, "initialize", initialize))
    process.stdin.flush()
    process.stdout.readline()
    process.stdin.write(
        b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n' + _request(2, "tools/list", {})
    )
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    elapsed_ms = (time.perf_counter() - start) * 1000
    if not answer["result"]["tools"]:
        raise SystemExit("the server lists no tools")
    process.stdin.close()
    process.wait(timeout=20)
    return elapsed_ms


def compare(home: Home, runs: int = 10) -> tuple[list[float], list[float]]:
    """(memoryd, bare SDK server) in milliseconds, taken in turn."""
    ours, bare = [], []
    for _ in range(runs):
        ours.append(first_tools_list_ms([*MEMORYD, "mcp"], home.environment))
        bare.append(first_tools_list_ms([sys.executable, "-c", BARE_SERVER], home.environment))
    return sorted(ours), sorted(bare)
