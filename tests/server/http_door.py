"""An open HTTP door of a running daemon, and requests to it."""

from __future__ import annotations

import http.client
import json
import socket

from daemon_harness import LEGACY, Client, RunningDaemon

HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
INITIALIZE = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": LEGACY})


class Door:
    """An open HTTP door and requests to it."""

    def __init__(self, daemon: RunningDaemon, **params: object) -> None:
        self.holder = Client(daemon.paths)  # the door is open as long as who opened it is there
        self.answer = self.holder.json("serve", port=0, **params)
        self.port = int(self.answer["url"].split(":")[2].split("/")[0])
        self.secret = daemon.paths.token.read_text().strip()

    def head(self, *, secret: str = "") -> bytes:
        """A request up to its last header, which is not ended; with the token where one is given."""
        token = f"Authorization: Bearer {secret}\r\n" if secret else ""
        return f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{token}".encode()

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which this was sent."""
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        sock.sendall(sent)
        return sock

    def post(
        self, body: str = INITIALIZE, *, secret: str | None = None, **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers of one POST. ``secret`` ``""`` leaves the token out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        credentials = self.secret if secret is None else secret
        authorization = {"Authorization": f"Bearer {credentials}"} if credentials else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", "/mcp", body, {**HEADERS, **authorization, **named})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text, {name.lower(): value for name, value in response.getheaders()}
