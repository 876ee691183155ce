"""The question that shows more of an answer, as a client of MCP asks it.

Answers name it as a command line, which people type; a model that has only the tools cannot follow that.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from memoryd.server.mcp.tools import TOOLS, Tool

_MORE_TOKENS = 8_000  # where only a longer text shows the rest
_SUBJECT = {
    "brief": "task", "search": "query", "why": "target", "impact": "target", "history": "query",
    "decisions": "topic", "decision show": "id",
}  # fmt: skip
_MODES = ("--exact", "--regex")


def tool_call(command: str) -> str:
    """``memoryd VERB …`` as ``TOOL(argument=value, …)``, with JSON values. ``""`` where no tool can ask that."""
    words = shlex.split(command)[1:]
    name, words = ("decision show", words[2:]) if words[:2] == ["decision", "show"] else (words[0], words[1:])
    tool = TOOLS.get("decisions" if name == "decision show" else name)
    if tool is None:
        return ""
    found = dict(_given(tool, _SUBJECT.get(name, ""), words))
    known = tool.input_schema["properties"]
    if "offset" in found and "offset" not in known:
        del found["offset"]
        found["max_tokens"] = _MORE_TOKENS
    if not found.keys() <= known.keys():
        return ""
    return f"{tool.name}({', '.join(f'{key}={_json(value)}' for key, value in found.items())})"


def _given(tool: Tool, subject: str, words: list[str]) -> Iterator[tuple[str, Any]]:
    """Argument and value of each word or flag."""
    rest = iter(words)
    for word in rest:
        if word == "--json":
            yield "max_tokens", _MORE_TOKENS
        elif word in _MODES:
            yield "mode", word.lstrip("-")
        elif word.startswith("-") and len(word) > 1:
            known = tool.input_schema["properties"]
            name = word.lstrip("-").replace("-", "_")
            name = f"{name}s" if name not in known and f"{name}s" in known else name  # --kind, --path
            value = next(rest, "")
            kind = known.get(name, {}).get("type")
            yield name, value.split(",") if kind == "array" else int(value) if value.isdigit() else value
        else:
            yield subject or word, word


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
