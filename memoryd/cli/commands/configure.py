"""``memoryd config [show|get SECTION.KEY|path]``: what a daemon started here would use. Needs no daemon."""

from __future__ import annotations

import difflib
from argparse import Namespace
from typing import Any

import msgspec

from memoryd import config
from memoryd.cli.terminal.output import print_json, print_text
from memoryd.errors import UsageError
from memoryd.paths import default_paths


def run(args: Namespace) -> int:
    paths = default_paths()
    if (args._action == "get") != bool(args._name):
        raise UsageError(
            "`config get` needs a setting" if args._action == "get" else "only `config get` takes a setting",
            next_step="memoryd config get search.max_tokens",
        )
    if args._action == "path":
        _show(args, {"path": str(paths.config_file)}, str(paths.config_file))
        return 0
    values = msgspec.to_builtins(config.load(paths))
    if args._action == "get":
        value = _get(values, args._name)
        _show(args, value, _text(value))
    else:
        _show(args, values, _describe(values))
    return 0


def _get(values: dict[str, Any], name: str) -> Any:
    section, _, key = name.partition(".")
    if key in values.get(section, {}):
        return values[section][key]
    close = difflib.get_close_matches(name, [setting.name for setting in config.settings()], n=1)
    step = f"did you mean `{close[0]}`?" if close else "memoryd config lists every setting"
    raise UsageError(f"there is no setting `{name}`", where="config get", next_step=step)


def _describe(values: dict[str, Any]) -> str:
    """Every setting with its value; changed ones carry their default."""
    lines = []
    for setting in config.settings():
        value = values[setting.section][setting.key]
        changed = (
            "" if value == msgspec.to_builtins(setting.default) else f"  (default {_text(setting.default)})"
        )
        lines.append(f"{setting.name:<26} {_text(value)}{changed}")
    return "\n".join(lines)


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value else msgspec.json.encode(value).decode()


def _show(args: Namespace, value: Any, text: str) -> None:
    if args._json:
        print_json(value)
    else:
        print_text(text)
