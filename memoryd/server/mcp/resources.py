"""MCP resources: standing pages about the project, read by clients that show them to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memoryd.errors import UsageError
from memoryd.server import verbs
from memoryd.server.redaction import clean
from memoryd.server.service import Call, Service

_PROJECTS = "projects"
_PAGES = (  # name (of the verb that answers, but for the list of projects), title, description
    ("status", "Index status", "How fresh the project's memory is, what it holds, what was skipped and why."),
    (
        "overview",
        "Architecture overview",
        "Packages, layers, cycles, hubs, entry points, dependencies, tests, CI at a glance.",
    ),
    (
        "conventions",
        "Conventions",
        "What the project does nearly everywhere: names, tests, types, errors, commits; with examples.",
    ),
    (
        "hotspots",
        "Hot spots and owners",
        "The large files that change most, and who changed them.",
    ),
    (_PROJECTS, "Known projects", "The folders that memoryd keeps a memory of."),
)
LISTED: tuple[Mapping[str, Any], ...] = tuple(
    {
        "uri": f"memoryd://{name}",
        "name": name,
        "title": title,
        "description": description,
        "mime_type": "text/plain",
    }
    for name, title, description in _PAGES
)
_BY_ADDRESS = {page["uri"]: page["name"] for page in LISTED}


async def read(service: Service, call: Call, uri: str) -> str:
    """The text of a resource. Raises UsageError for an unknown address."""
    name = _BY_ADDRESS.get(uri)
    if name is None:
        raise UsageError(
            "there is no such resource", where=clean(uri[:200]), next_step="resources/list names them"
        )
    if name == _PROJECTS:
        return "\n".join(project.root for project in service.projects()) or "none"
    text: str = (await verbs.respond(service, call, name, {"format": "text"}))["text"]
    return text
