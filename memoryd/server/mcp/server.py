"""MCP: the tools and resources over one connection or over HTTP, in both protocol eras.

The SDK's low-level server is used, not its decorators: what a tool says of itself is then exactly the table
in ``tools``, an unknown argument is refused by name, and `tools/list` is built once.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
import msgspec
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.runner import serve_dual_era_loop
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage

import memoryd
from indexers.secrets import redact_text
from memoryd.errors import MemorydError, UsageError
from memoryd.query.text.budget import Rendered
from memoryd.server import verbs
from memoryd.server.connection import Connection
from memoryd.server.mcp import arguments as tool_arguments
from memoryd.server.mcp import resources
from memoryd.server.mcp.next_call import tool_call
from memoryd.server.mcp.roots import ClientRoots
from memoryd.server.mcp.tools import INSTRUCTIONS, TOOLS, Tool
from memoryd.server.protocol import PARSE_ERROR, LineTooLong, encode, failure
from memoryd.server.service import Call, Peer, Progress, Service

log = logging.getLogger(__name__)

NAME = "memoryd"
META_KEY = "memoryd/answer"  # total, shown, truncated, next, freshness of an answer
LEAVE_S = 30.0  # for answers still to come when the client has closed its input


class Client:
    """The other end of one connection."""

    def __init__(self, peer: Peer) -> None:
        self.peer, self.roots = peer, ClientRoots()


_Context = ServerRequestContext[Client, Any]


class McpServer:
    """One MCP server for all connections; who asks is in each connection's lifespan state."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tools = types.ListToolsResult(tools=[_described(tool) for tool in TOOLS.values()])
        self.server: Server[Client] = _server(
            NAME,
            version=memoryd.__version__,
            title="memoryd: project memory",
            instructions=INSTRUCTIONS,
            website_url=None,
            lifespan=_http_lifespan,
            get_tool_input_schema=_input_schema,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_read_resource=self._read_resource,
            on_list_resource_templates=self._list_templates,
            on_list_prompts=self._list_prompts,
            on_roots_list_changed=self._roots_changed,
        )
        self._options = self.server.create_initialization_options()

    async def serve(self, connection: Connection, peer: Peer) -> None:
        """Speak MCP on ``connection`` until the client leaves. What it asked before it closed its input is
        still answered."""
        to_server, from_client = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        to_client, from_server = anyio.create_memory_object_stream[SessionMessage](0)
        pending = _Pending()
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(_write(connection, from_server, pending))
            reader = group.create_task(self._read(connection, to_server, pending))
            try:
                await serve_dual_era_loop(
                    self.server,
                    from_client,
                    to_client,
                    lifespan_state=Client(peer),
                    init_options=self._options,
                )
            finally:
                reader.cancel()
                await to_client.aclose()
                await writer

    async def _read(self, connection: Connection, to_server: Any, pending: _Pending) -> None:
        """Lines to messages. A line that is no message gets an answer, which the SDK would not give."""
        async with to_server:
            while True:
                try:
                    line = await connection.read_line()
                    if not line:
                        break
                    message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
                except LineTooLong:
                    limit = self._service.config.limits.line_bytes
                    await connection.send(_refusal(f"a message of more than {limit} bytes was dropped"))
                    continue
                except ValueError:
                    await connection.send(_refusal("this line is no JSON-RPC message"))
                    continue
                pending.came(message)
                await to_server.send(SessionMessage(message))
            gone = asyncio.create_task(connection.wait_gone())
            await asyncio.wait(
                {gone, asyncio.create_task(pending.answered.wait())},
                timeout=LEAVE_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
            gone.cancel()

    # --- what clients ask

    async def _list_tools(self, ctx: _Context, params: Any) -> types.ListToolsResult:
        return self._tools

    async def _call_tool(self, ctx: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        """The tool's text. What went wrong is a result too (``is_error``), so that the model reads it."""
        try:
            tool = TOOLS.get(params.name)
            if tool is None:
                raise UsageError(
                    f"there is no tool {params.name[:60]!r}", next_step=f"tools: {', '.join(TOOLS)}"
                )
            return await self._answer(ctx, tool, params.arguments or {})
        except MemorydError as error:
            return _failed(str(error))
        except Exception as error:
            log.exception("the tool %s failed", params.name[:40])
            return _failed(str(failure(self._service.paths, error)))

    async def _answer(self, ctx: _Context, tool: Tool, arguments: dict[str, Any]) -> types.CallToolResult:
        request = self._checked(tool, arguments)
        call = Call(await self._peer(ctx), on_progress=_progress_to(ctx), spell=tool_call)
        try:
            answered = await verbs.ask(self._service, call, tool.name, request)
        except UsageError as error:
            if better := tool_arguments.allowed(tool, error):
                raise better from error
            raise
        rendered = verbs.rendered(answered)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=rendered.text)],
            _meta={META_KEY: _meta(answered.value, rendered)},
        )

    async def _peer(self, ctx: _Context) -> Peer:
        """Who asks, and where: a client that offers its roots is asked for them."""
        peer, roots = ctx.lifespan_context.peer, await ctx.lifespan_context.roots.ask(ctx.session)
        return msgspec.structs.replace(peer, client=_client_name(ctx), roots=roots)

    async def _roots_changed(self, ctx: _Context, params: Any) -> None:
        ctx.lifespan_context.roots.forget()

    def _checked(self, tool: Tool, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments under the names of the verb's request. Raises UsageError naming what is wrong."""
        limit = self._service.config.limits.argument_bytes
        if len(encode(arguments)) > limit:
            raise UsageError(
                f"the arguments are longer than {limit} bytes",
                where=tool.name,
                next_step="send less: a question needs a few words",
            )
        return tool_arguments.read(tool, arguments)

    async def _list_resources(self, ctx: _Context, params: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=[types.Resource(**entry) for entry in resources.LISTED])

    async def _list_templates(self, ctx: _Context, params: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[])

    async def _read_resource(
        self, ctx: _Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        try:
            text = await resources.read(self._service, Call(await self._peer(ctx)), str(params.uri))
        except UsageError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from error
        except MemorydError as error:
            raise MCPError(code=types.INTERNAL_ERROR, message=str(error)) from error
        content = types.TextResourceContents(uri=params.uri, mime_type="text/plain", text=text)
        return types.ReadResourceResult(contents=[content])

    async def _list_prompts(self, ctx: _Context, params: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[])


def _server(name: str, **settings: Any) -> Server[Client]:
    """Roots are deprecated in the newest protocol and needed by the clients of the others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Server(name, **settings)


@asynccontextmanager
async def _http_lifespan(_: Server[Client]) -> Any:
    """HTTP requests name no directory: their project comes from the argument, or from the roots of the client."""
    yield Client(Peer(surface="http"))


class _Pending:
    """Requests not answered yet, and whether that is none."""

    def __init__(self) -> None:
        self._ids: set[Any] = set()
        self.answered = asyncio.Event()
        self.answered.set()

    def came(self, message: Any) -> None:
        if isinstance(message, types.JSONRPCRequest):
            self._ids.add(message.id)
            self.answered.clear()

    def went(self, message: Any) -> None:
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            self._ids.discard(message.id)
            if not self._ids:
                self.answered.set()


async def _write(connection: Connection, from_server: Any, pending: _Pending) -> None:
    async with from_server:
        async for item in from_server:
            text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
            if isinstance(item.message, types.JSONRPCError):  # the SDK repeats what was asked
                text = redact_text(text)
            await connection.send(text.encode() + b"\n")
            pending.went(item.message)


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.input_schema,
        annotations=types.ToolAnnotations(
            read_only_hint=not tool.writes, destructive_hint=False, open_world_hint=False
        ),
    )


def _input_schema(name: str) -> dict[str, Any] | None:
    return TOOLS[name].input_schema if name in TOOLS else None


def _meta(answer: Any, shown: Rendered) -> dict[str, Any]:
    """Beside the text, not in ``structured_content``: where that is there, clients show a model nothing else."""
    meta = {
        "total": shown.total,
        "shown": shown.shown,
        "truncated": shown.truncated,
        "next": shown.next,
    }
    if hasattr(answer, "freshness"):
        meta["freshness"] = msgspec.to_builtins(answer.freshness)
    return meta


def _failed(text: str) -> types.CallToolResult:
    """Errors may quote what the client sent."""
    shown = types.TextContent(type="text", text=redact_text(text))
    return types.CallToolResult(content=[shown], is_error=True)


def _refusal(message: str) -> bytes:
    return encode({"jsonrpc": "2.0", "id": None, "error": {"code": PARSE_ERROR, "message": message}})


def _client_name(ctx: _Context) -> str:
    """What the client calls itself, made harmless: letters, digits and ``.-_`` only, and no secret."""
    client = ctx.session.client_params
    name = client.client_info.name if client and client.client_info else ""
    return "".join(
        char for char in redact_text(name) if char.isascii() and (char.isalnum() or char in ".-_ ")
    )[:60]


def _progress_to(ctx: _Context) -> Callable[[Progress], None]:
    """Progress goes to clients that sent a progress token; others get none."""
    tasks: set[asyncio.Task[None]] = set()

    def report(progress: Progress) -> None:
        task = asyncio.ensure_future(
            ctx.session.report_progress(progress.done, progress.total or None, progress.phase)
        )
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return report
