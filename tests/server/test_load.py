"""Many callers at once, callers that leave, callers that never read: each gets an answer or a word, none hangs."""

from __future__ import annotations

import socket
from pathlib import Path

from daemon_harness import Client, RunningDaemon, until


def answers(clients: list[Client], count: int) -> list[dict]:
    """The responses to ``count`` requests posted on each client."""
    found = []
    for client in clients:
        waiting = count
        while waiting:
            message = client.receive()
            if "id" in message:
                found.append(message)
                waiting -= 1
    return found


def test_two_hundred_parallel_calls(daemon: RunningDaemon, project: Path) -> None:
    """200 searches from 20 connections at once are all answered, and the daemon is idle afterwards."""
    clients = [Client(daemon.paths) for _ in range(20)]
    for client in clients:
        for _ in range(10):
            client.post("search", {"project": str(project), "query": "sign the session cookie"})
    found = answers(clients, 10)
    assert len(found) == 200
    assert all(message["result"]["json"]["hits"] for message in found)
    for client in clients:
        client.close()
    with Client(daemon.paths) as client:
        until(lambda: client.json("daemon_status")["answering"] == 0, "idle")
        until(lambda: client.json("daemon_status")["clients"] == 1, "connections are gone")


def test_a_thousand_calls_are_answered_or_refused(daemon: RunningDaemon, project: Path) -> None:
    """Of 1,000 calls at once each gets its answer or BUSY (-32001) with a next step; none hangs."""
    clients = [Client(daemon.paths) for _ in range(25)]
    for client in clients:
        for number in range(40):
            client.post("symbol", {"project": str(project), "name": f"sign_cookie{number % 2 or ''}"})
    found = answers(clients, 40)
    assert len(found) == 1_000
    refused = [message["error"] for message in found if "error" in message]
    assert all(error["code"] == -32001 and error["data"]["next_step"] for error in refused)
    assert len(refused) < 1_000
    for client in clients:
        client.close()


def test_many_that_connect_before_they_speak_are_all_served(daemon: RunningDaemon, project: Path) -> None:
    """As many as may be connected, also when each waits for the others before it sends its first line."""
    sockets = [socket.socket(socket.AF_UNIX) for _ in range(400)]
    for one in sockets:
        one.connect(str(daemon.paths.socket))
    hello = b'{"memoryd":1,"role":"cli","cwd":"/","version":"test"}\n'
    for one in sockets:
        one.sendall(hello + b'{"jsonrpc":"2.0","id":1,"method":"projects","params":{}}\n')
    for one in sockets:
        with one, one.makefile("rb") as lines:
            assert b'"hello"' in lines.readline()
            assert b'"result"' in lines.readline()
    with Client(daemon.paths) as client:
        until(lambda: client.json("daemon_status")["clients"] == 1, "connections are gone")


def test_a_greedy_client_does_not_starve_another(daemon: RunningDaemon, project: Path) -> None:
    """While one has as many questions under way as a connection may, another is answered and never told to wait."""
    greedy = Client(daemon.paths)
    for number in range(500):
        greedy.post("brief", {"project": str(project), "task": f"sign the session cookie {number}"})
    with Client(daemon.paths) as client:
        for _ in range(5):
            assert client.json("symbol", project=str(project), name="sign_cookie")["definition"]
        assert client.json("daemon_status")["answering"] > 100
    greedy.close()
    with Client(daemon.paths) as client:
        until(lambda: client.json("daemon_status")["answering"] == 0, "idle")


def test_one_slow_client_does_not_stop_others(daemon: RunningDaemon, project: Path) -> None:
    """A client that asks for much and reads nothing keeps nobody waiting."""
    slow = Client(daemon.paths)
    slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(200):
        slow.post("search", {"project": str(project), "query": "cookie"})
    with Client(daemon.paths) as client:
        assert client.json("search", project=str(project), query="cookie")["hits"]
    slow.close()


def test_leaving_ends_the_work(daemon: RunningDaemon, project: Path) -> None:
    """Clients that disconnect right after asking leave no work behind after a second."""
    for _ in range(30):
        leaving = Client(daemon.paths)
        leaving.post("search", {"project": str(project), "query": "cookie"})
        leaving.close()
    with Client(daemon.paths) as client:
        until(lambda: client.json("daemon_status")["answering"] == 0, "no work is left")
        until(lambda: client.json("daemon_status")["clients"] == 1, "no connection is left")


def test_idle_connections_are_cheap(daemon: RunningDaemon) -> None:
    """A hundred idle MCP clients cost less than 30 MB together."""
    before = daemon.rss_mb()
    clients = [Client(daemon.paths, role="mcp") for _ in range(100)]
    for client in clients:
        client.initialize()
    assert daemon.rss_mb() - before < 30
    for client in clients:
        client.close()


def test_too_many_clients_are_told(tmp_path: Path) -> None:
    """Above daemon.max_connections a client gets one clear error instead of silence."""
    daemon = RunningDaemon(tmp_path / "m", "--daemon-max-connections", "3").ready()
    try:
        kept = [Client(daemon.paths) for _ in range(3)]
        for client in kept:
            client.json("daemon_status")
        with Client(daemon.paths) as fourth:
            assert "max_connections" in fourth.receive()["error"]["data"]["where"]
        for client in kept:
            client.close()
    finally:
        daemon.end()


def test_idle_memory(daemon: RunningDaemon, project: Path) -> None:
    """After all that the daemon is below 150 MB."""
    assert daemon.rss_mb() < 150


def test_deep_json_is_refused(client: Client) -> None:
    """Nesting of 100,000 brackets is an error of that message alone."""
    client.raw(
        b'{"jsonrpc":"2.0","id":1,"method":"search","params":{"query":'
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}}"
    )
    message = client.receive()
    while "error" not in message:
        message = client.receive()
    assert client.json("projects")["total"] >= 0
