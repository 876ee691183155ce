"""MCP resources: standing pages about the project, read by clients that show them to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memoryd.errors import UsageError
from memoryd.server import verbs
from memoryd.server.service import Call, Service

LISTED: tuple[Mapping[str, Any], ...] = (
    {
        "uri": "memoryd://status",
        "name": "status",
        "title": "Index status",
        "description": "How fresh the project's memory is, what it holds, what was skipped and why.",
        "mime_type": "text/plain",
    },
    {
        "uri": "memoryd://overview",
        "name": "overview",
        "title": "Architecture overview",
        "description": "Packages, layers, cycles, hubs, entry points, dependencies, tests, CI at a glance.",
        "mime_type": "text/plain",
    },
    {
        "uri": "memoryd://conventions",
        "name": "conventions",
        "title": "Conventions",
        "description": "What the project does nearly everywhere: names, tests, types, errors, commits; with examples.",
        "mime_type": "text/plain",
    },
    {
        "uri": "memoryd://hotspots",
        "name": "hotspots",
        "title": "Hot spots and owners",
        "description": "Where recent change and size meet, and who knows the place.",
        "mime_type": "text/plain",
    },
    {
        "uri": "memoryd://projects",
        "name": "projects",
        "title": "Known projects",
        "description": "The folders that memoryd keeps a memory of.",
        "mime_type": "text/plain",
    },
)
_VERBS = ("status", "overview", "conventions", "hotspots")


async def read(service: Service, call: Call, uri: str) -> str:
    """The text of a resource. Raises UsageError for an unknown address."""
    if uri == "memoryd://projects":
        return "\n".join(project.root for project in service.projects()) or "none"
    verb = uri.removeprefix("memoryd://")
    if verb in _VERBS and uri != verb:
        text: str = (await verbs.respond(service, call, verb, {"format": "text"}))["text"]
        return text
    raise UsageError("there is no such resource", where=uri[:200], next_step="resources/list names them")
