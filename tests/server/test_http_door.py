"""MCP over HTTP: only on loopback, only for the exact hosts, origins and the token."""

from __future__ import annotations

import http.client
import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import MODERN, Client, RunningDaemon, until
from http_door import Door

from memoryd.server.http import token


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    home = tmp_path_factory.mktemp("http") / "m"
    daemon = RunningDaemon(home, "--http-allowed-origins", "https://page.example").ready()
    opened = Door(daemon)
    opened.daemon = daemon
    yield opened
    assert daemon.end() < 2
    assert daemon.process.returncode == 0


MATRIX = [
    # Host, Origin, status ({p}: the door's own port)
    ("127.0.0.1:{p}", None, 200),
    ("localhost:{p}", None, 200),
    ("127.0.0.1:{p}", "http://127.0.0.1:{p}", 200),
    ("localhost:{p}", "http://localhost:{p}", 200),
    ("127.0.0.1:{p}", "https://page.example", 200),
    ("127.0.0.1:{p}", "http://localhost:3000", 403),
    ("127.0.0.1:{p}", "http://127.0.0.1:1", 403),
    ("127.0.0.1:{p}", "http://evil.example", 403),
    ("127.0.0.1:{p}", "null", 403),
    ("127.0.0.1:{p}", "https://127.0.0.1:{p}", 403),
    ("127.0.0.1:{p}", "http://127.0.0.1:{p}.evil.example", 403),
    ("127.0.0.1:{p}", "https://page.example.evil.example", 403),
    ("127.0.0.1:{p}", "HTTP://LOCALHOST:{p}", 403),
    ("127.0.0.1", None, 421),
    ("localhost", None, 421),
    ("127.0.0.1:1", None, 421),
    ("evil.example", None, 421),
    ("evil.example:{p}", "http://localhost:{p}", 421),
    ("127.0.0.1:{p}.evil.example", None, 421),
    ("0.0.0.0:{p}", None, 421),
    ("[::1]:{p}", None, 421),
    ("", None, 421),
]


@pytest.mark.parametrize(("host", "origin", "status"), MATRIX)
def test_host_and_origin_are_exact(door: Door, host: str, origin: str | None, status: int) -> None:
    """Only the door's own names with its own port are served; only named origins may call."""
    headers = {"Host": host.format(p=door.port)}
    if origin:
        headers["Origin"] = origin.format(p=door.port)
    assert door.post(**headers)[0] == status


@pytest.mark.parametrize("secret", ["", "x", "A" * 43, "é" * 20, " "])
def test_no_token_no_answer(door: Door, secret: str) -> None:
    """Without the exact token there is a 401 that names the scheme, and nothing else."""
    status, text, headers = door.post(secret=secret.encode().decode("latin-1"))
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"
    assert "memoryd" not in text


PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


@pytest.mark.parametrize(
    ("origin", "headers", "status"),
    [
        ("https://page.example", PREFLIGHT, 200),
        ("https://page.example", {}, 401),
        ("http://127.0.0.1:{p}", PREFLIGHT, 401),  # a page of the door's own needs none
        ("https://evil.example", PREFLIGHT, 403),
        (None, PREFLIGHT, 401),
    ],
)
def test_only_preflights_of_named_pages_need_no_token(
    door: Door, origin: str | None, headers: dict[str, str], status: int
) -> None:
    """A browser asks without the token whether a page may call; nothing else is answered without it."""
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
    named = {"Origin": origin.format(p=door.port)} if origin else {}
    connection.request("OPTIONS", "/mcp", headers={**named, **headers})
    response = connection.getresponse()
    assert response.status == status
    assert response.getheader("access-control-allow-origin") == (origin if status == 200 else None)
    connection.close()


def test_the_token_is_256_bits_in_a_private_file(door: Door) -> None:
    """The token file is 0600 and holds 43 base64 characters."""
    file = Path(door.answer["token_file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) == 43


def test_it_listens_on_loopback_only(door: Door) -> None:
    """The listening socket is bound to 127.0.0.1, not to every address."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    bound = {row[1] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == door.port}
    assert bound == {f"0100007F:{door.port:04X}"}


def test_a_big_body_is_refused(door: Door) -> None:
    """A body above http.body_bytes is answered with 413, whether its length is declared or not."""
    assert door.post("x" * 2_000_000)[0] == 413


def test_both_eras_over_http(door: Door) -> None:
    """A session of the handshake era and a stateless modern request list the same tools."""
    status, _, headers = door.post()
    assert status == 200
    session = {"Mcp_Session_Id": headers["mcp-session-id"], "MCP_Protocol_Version": "2025-11-25"}
    note = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert door.post(note, **session)[0] == 202
    listing = json.dumps({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}})
    legacy = _message(door.post(listing, **session)[1])
    modern_listing = json.dumps({"jsonrpc": "2.0", "id": 3, "method": "tools/list", "params": MODERN})
    modern = _message(
        door.post(modern_listing, MCP_Protocol_Version="2026-07-28", Mcp_Method="tools/list")[1]
    )
    assert legacy["result"]["tools"] == modern["result"]["tools"]


def test_half_open_requests_do_not_block_others(door: Door) -> None:
    """Fifty requests whose bodies never come leave the door usable."""
    stuck = []
    for _ in range(50):
        sock = socket.create_connection(("127.0.0.1", door.port))
        head = f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nAuthorization: Bearer {door.secret}\r\n"
        sock.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        stuck.append(sock)
    assert door.post()[0] == 200
    for sock in stuck:
        sock.close()


@pytest.mark.parametrize("body", [b"hello", b"5\r\nhello\r\n0\r\n\r\n", b""])
def test_a_body_of_two_lengths_is_refused_at_once(door: Door, body: bytes) -> None:
    """Regression: `Content-Length` beside `Transfer-Encoding` is how requests are smuggled; a body was waited for."""
    head = door.head(secret=door.secret) + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    with door.connect(head + body) as sock:
        sock.settimeout(10)
        answer = b"".join(iter(lambda: sock.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1") == 1


def test_sessions_that_nobody_uses_make_room(tmp_path: Path) -> None:
    """Regression: who had the token could open all sessions and leave them, and nobody else came in for half an hour.
    One more ends one that was never used, then the one idle longest; none with a stream open; the log says so."""
    daemon = RunningDaemon(tmp_path / "m", "--http-max-sessions", "4").ready()
    door = Door(daemon)
    streaming, older, newer, left = (_session(door) for _ in range(4))
    stream = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
    stream.request(
        "GET", "/mcp", headers={**_session_headers(door, streaming), "Accept": "text/event-stream"}
    )
    assert stream.getresponse().status == 200
    assert [_ping(door, name) for name in (newer, older)] == [200, 200]
    flood = [_session(door) for _ in range(20)]
    assert _ping(door, left) == 404, "of those idle it is the one that never asked anything"
    assert [_ping(door, name) for name in flood[:-1]] == [404] * 19
    assert [_ping(door, name) for name in (newer, older, flood[-1])] == [200] * 3
    _session(door)
    assert [_ping(door, name) for name in (newer, older, flood[-1])] == [404, 200, 200]
    assert _ping(door, streaming) == 200
    assert daemon.paths.log.read_text().count("an idle one is ended") == 21
    stream.close()
    assert daemon.end() < 2


def test_where_all_sessions_are_in_use_one_more_is_refused(tmp_path: Path) -> None:
    """It is told that there are too many; those that are there go on, and a place that becomes free is given away."""
    daemon = RunningDaemon(tmp_path / "m", "--http-max-sessions", "2").ready()
    door, streams = Door(daemon), []
    names = [_session(door) for _ in range(2)]
    for name in names:
        stream = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
        stream.request("GET", "/mcp", headers={**_session_headers(door, name), "Accept": "text/event-stream"})
        assert stream.getresponse().status == 200
        streams.append(stream)
    assert door.post()[0] == 503
    assert [_ping(door, name) for name in names] == [200, 200]
    streams[0].close()
    until(lambda: door.post()[0] == 200, "a place is free")
    assert _ping(door, names[1]) == 200
    streams[1].close()
    assert daemon.end() < 2


def _session(door: Door) -> str:
    status, _, headers = door.post()
    assert status == 200
    return headers["mcp-session-id"]


def _session_headers(door: Door, name: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {door.secret}",
        "Mcp-Session-Id": name,
        "MCP-Protocol-Version": "2025-11-25",
    }


def _ping(door: Door, name: str) -> int:
    ping = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "ping"})
    return door.post(ping, Mcp_Session_Id=name, MCP_Protocol_Version="2025-11-25")[0]


def test_it_opens_once(door: Door) -> None:
    """Asking again tells where it listens; asking for it in another way is refused."""
    with Client(door.daemon.paths) as client:
        assert client.json("serve", port=door.port) == door.answer
        assert client.error("serve", port=door.port, token=False)["exit_code"] == 2
        assert client.json("daemon_status")["http"] == door.answer["url"]


def _is_closed(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) != 0


def test_it_closes_behind_the_last_who_holds_it(tmp_path: Path) -> None:
    """A `serve` that ends, however it does, leaves no open port behind; another one still needs it."""
    daemon = RunningDaemon(tmp_path / "m").ready()
    door = Door(daemon)
    with Client(daemon.paths) as other:
        assert other.json("serve", port=door.port) == door.answer
        door.holder.close()
        assert door.post()[0] == 200
    with Client(daemon.paths) as client:
        until(lambda: client.json("daemon_status")["http"] == "" and _is_closed(door.port), "it is closed")
        assert client.json("serve", port=0)["url"]


def test_a_taken_port_is_named(door: Door, tmp_path: Path) -> None:
    """When the port is in use the error names it and a way out."""
    other = RunningDaemon(tmp_path / "m").ready()
    with Client(other.paths) as client:
        refused = client.error("serve", port=door.port)
        assert str(door.port) in refused["where"]
        assert client.json("serve", port=0)["url"] != door.answer["url"]
    with socket.create_connection(("127.0.0.1", door.port)):
        assert other.end() < 2


def test_a_disclosed_token_is_replaced(tmp_path: Path) -> None:
    """A token file that others could read is not trusted: a new token is made."""
    file = tmp_path / "token"
    first = token.read_or_create(file)
    assert token.read_or_create(file) == first
    file.chmod(0o644)
    second = token.read_or_create(file)
    assert second != first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def _message(body: str) -> dict:
    data = next((line[5:] for line in body.splitlines() if line.startswith("data: {")), body)
    return json.loads(data)
