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


class Session:
    """An MCP client of one server over stdio, by the 2025 handshake."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._number = 0
        initialize = {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "1"},
        }
        self._ask("initialize", initialize)
        self._send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')

    def tools(self) -> list[dict]:
        """What ``tools/list`` lists."""
        return self._ask("tools/list", {})["tools"]

    def call(self, tool: str, arguments: dict) -> dict:
        """The result of a tool; ends the program where it is an error."""
        result = self._ask("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise SystemExit(f"{tool} failed: {result['content']}")
        return result

    def close(self) -> None:
        """Close the server's stdin and wait for its end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=20)

    def _ask(self, method: str, params: dict) -> dict:
        self._number += 1
        self._send(_request(self._number, method, params))
        assert self._process.stdout
        while True:
            message = json.loads(self._process.stdout.readline())
            if message.get("id") == self._number and "method" not in message:
                return message["result"]

    def _send(self, line: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(line)
        self._process.stdin.flush()


def first_tools_list_ms(command: list[str], environment: dict[str, str]) -> float:
    """From process start to the complete answer of ``tools/list``."""
    start = time.perf_counter()
    session = Session(command, environment)
    tools = session.tools()
    elapsed_ms = (time.perf_counter() - start) * 1000
    if not tools:
        raise SystemExit("the server lists no tools")
    session.close()
    return elapsed_ms


def compare(home: Home, runs: int = 10) -> tuple[list[float], list[float]]:
    """(memoryd, bare SDK server) in milliseconds, taken in turn."""
    ours, bare = [], []
    for _ in range(runs):
        ours.append(first_tools_list_ms([*MEMORYD, "mcp"], home.environment))
        bare.append(first_tools_list_ms([sys.executable, "-c", BARE_SERVER], home.environment))
    return sorted(ours), sorted(bare)
