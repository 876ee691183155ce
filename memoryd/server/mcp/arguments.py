"""Arguments of a tool as clients send them: what is plainly meant is taken, what is wrong is refused with what would
be right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from memoryd.errors import UsageError
from memoryd.server.mcp.tools import Tool

_NOTHING = ("", "null", "none", "undefined")  # what some clients write for an argument that they leave out


def read(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments under the names of the verb's request. Raises UsageError naming what is unknown or missing."""
    for name in arguments:
        if name not in tool.fields:
            raise UsageError(
                f"{tool.name} has no argument {name[:60]!r}",
                next_step=f"its arguments: {', '.join(tool.fields)}",
            )
    schema = tool.input_schema
    needed = schema.get("required", ())
    meant = {
        name: value if name in needed else _meant(value, schema["properties"][name])
        for name, value in arguments.items()
    }
    given = {name: value for name, value in meant.items() if value is not None}
    if tool.one_of and sum(name in given for name in tool.one_of) != 1:
        raise UsageError(
            f"{tool.name} needs one of: {', '.join(tool.one_of)}",
            where=tool.name,
            next_step="give exactly one of them",
        )
    return {tool.fields[name]: value for name, value in given.items()}


def allowed(tool: Tool, error: UsageError) -> UsageError | None:
    """An error about an argument with the values that are allowed, in place of a command line; None for another."""
    verb, _, argument = error.where.partition(".")
    name = next((name for name, field in tool.fields.items() if field == argument.partition("[")[0]), "")
    if verb != tool.name or not name:
        return None
    words = _in_words(tool.input_schema["properties"][name])
    return UsageError(error.what, where=name, next_step=f"`{name}` is {words}")


def _meant(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value as the argument's type has it; None where it was not given; as it stands where it is something else."""
    kind = schema["type"]
    if isinstance(value, str) and (
        not value.strip() or (kind != "string" and value.strip().lower() in _NOTHING)
    ):
        return None
    if kind == "array":
        return _list(value, schema["items"])
    if kind == "integer":
        return _number(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _list(value: Any, items: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        value = _json(value) if value.lstrip().startswith("[") else value
    if isinstance(value, str):
        value = value.split(",") if "enum" in items else [value]
    if not isinstance(value, list):
        return value
    found = [item.strip() if isinstance(item, str) else item for item in value]
    return [item for item in found if item not in ("", None)] or None


def _number(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 12 else value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _in_words(schema: Mapping[str, Any]) -> str:
    if schema["type"] == "array":
        return f"a list, each item {_in_words(schema['items'])}"
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if schema["type"] == "integer":
        most = f" to {schema['maximum']}" if "maximum" in schema else ""
        return f"a number from {schema['minimum']}{most}"
    return "a text that is not blank"
