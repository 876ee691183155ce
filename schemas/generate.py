"""Write the contracts of this folder and config.example.toml from the types: ``python schemas/generate.py [--check]``.

Run as a script only: this folder is no package (docs/decisions/0004).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import get_args

import msgspec

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from indexers import facts  # noqa: E402
from memoryd import config  # noqa: E402
from memoryd.server.params import Common  # noqa: E402
from memoryd.server.verbs import VERBS  # noqa: E402


def _structs(module: ModuleType) -> list[type]:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == module.__name__
    ]
    return sorted(found, key=lambda kind: kind.__name__)


def _answers() -> list[type]:
    """What the verbs of the table answer; the daemon's own values are left out."""
    found = (verb.answer for verb in VERBS.values() if verb.answer)
    return _unique(answer for kind in found for answer in get_args(kind) or (kind,))


def _unique(types: Iterable[type]) -> list[type]:
    return sorted(set(types), key=lambda kind: kind.__name__)


def canonical(schema: object) -> object:
    """The same schema in the one form that we commit, whichever release of msgspec wrote it.

    Releases differ in the indentation of descriptions (as in the source, or dedented), in the place of ``null``
    among alternatives, and in whether an empty tuple has empty ``prefixItems``.
    """
    if isinstance(schema, list | tuple):
        return [canonical(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: canonical(value) for key, value in schema.items() if (key, value) != ("prefixItems", [])}
    if isinstance(description := tidy.get("description"), str):
        tidy["description"] = inspect.cleandoc(description)
    if isinstance(alternatives := tidy.get("anyOf"), list):
        tidy["anyOf"] = sorted(alternatives, key=lambda alternative: alternative == {"type": "null"})
    return tidy


def _schema(types: list[type]) -> bytes:
    _, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": canonical(dict(sorted(components.items()))),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def example_toml() -> str:
    """The text of config.example.toml: every setting with its help, commented out at its default."""
    lines = [
        "# memoryd configuration. Copy to $MEMORYD_HOME/config.toml and uncomment what you change.",
        "# Each setting can also be given as an environment variable or as a flag of `memoryd daemon start`;",
        '# a list there is JSON (["notes,old/", "*.key"]) or, of plain items, separated by commas (notes/,*.key).',
    ]
    section = ""
    for setting in config.settings():
        if setting.section != section:
            section = setting.section
            about = getattr(config.Config(), section).__doc__
            lines += ["", f"# {about}", f"[{section}]"]
        choices = f" ({setting.kind.replace('|', ', ')})" if "|" in setting.kind else ""
        default = msgspec.json.encode(setting.default).decode()  # JSON's scalars and lists are TOML's as well
        lines += [
            f"# {setting.doc}{choices}",
            f"#   {setting.variable}, {setting.flag}",
            f"# {setting.key} = {default}",
        ]
    return "\n".join(lines) + "\n"


def contracts() -> dict[str, bytes]:
    """Path from here → content, for every file that is written."""
    migrations = HERE.parent / "memoryd" / "store" / "migrations"
    layouts = {
        f"{kind}.sql": b"\n".join(path.read_bytes() for path in sorted((migrations / kind).glob("*.sql")))
        for kind in ("index", "records")
    }
    return {
        "facts.schema.json": _schema(_structs(facts)),
        "answers.schema.json": _schema(_answers()),
        "requests.schema.json": _schema([Common, *_unique(verb.request for verb in VERBS.values())]),
        "config.schema.json": _schema([config.Config]),
        "../config.example.toml": example_toml().encode(),
        **layouts,
    }


def main(arguments: list[str]) -> int:
    stale = [
        name
        for name, content in contracts().items()
        if not (HERE / name).exists() or (HERE / name).read_bytes() != content
    ]
    if "--check" in arguments:
        for name in stale:
            file = (HERE / name).resolve().relative_to(HERE.parent)
            print(f"{file} is not what the types say; run python schemas/generate.py")
        return 1 if stale else 0
    for name, content in contracts().items():
        (HERE / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
