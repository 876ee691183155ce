"""Which folders an MCP client works in, as it says when it is asked (`roots/list`)."""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import Any

from mcp.shared.exceptions import MCPError

from memoryd.globs.given import cleaned

log = logging.getLogger(__name__)

ASK_S = 3.0  # a client that says nothing for so long is taken for one without roots
MAX_ROOTS = 20


class ClientRoots:
    """The roots of one connection, asked for on the first question and after the client said that they changed."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] | None = None
        self._asking = asyncio.Lock()

    def forget(self) -> None:
        self._known = None

    async def ask(self, session: Any) -> tuple[str, ...]:
        """Absolute folders; empty for a client that does not offer them."""
        client = session.client_params
        if client is None or client.capabilities.roots is None:
            return ()
        async with self._asking:
            if self._known is None:
                self._known = await _asked(session)
        return self._known


async def _asked(session: Any) -> tuple[str, ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # roots are deprecated in the newest protocol, which has none
            async with asyncio.timeout(ASK_S):
                answer = await session.list_roots()
    except (TimeoutError, MCPError, ValueError) as error:
        log.info("the client does not say its roots: %s", error)
        return ()
    paths = (cleaned(str(root.uri)) for root in answer.roots[:MAX_ROOTS])
    return tuple(path for path in paths if path.startswith("/"))
