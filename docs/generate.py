"""Write the parts of the documents that repeat what the code says. ``python docs/generate.py [--check]``.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; everything else is written by hand
and stays. docs/cli.md has a section per verb, in the order of the help: a new verb gets one, and the hand-written
text of a section stays in it.
"""

from __future__ import annotations

import re
import sys
import textwrap
import types
from argparse import Action
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import msgspec  # noqa: E402
from msgspec import Struct  # noqa: E402

from memoryd import config  # noqa: E402
from memoryd.cli.arguments.cli_verb import CliVerb  # noqa: E402
from memoryd.cli.arguments.parser import verb_parser  # noqa: E402
from memoryd.cli.arguments.verbs import VERBS  # noqa: E402
from memoryd.query.answers import Freshness  # noqa: E402
from memoryd.server.mcp.resources import LISTED  # noqa: E402
from memoryd.server.mcp.tools import TOOLS  # noqa: E402
from memoryd.server.verbs import VERBS as ASKED  # noqa: E402

COMMON = {"-h", "--help", "-C", "--project", "--json", "--rev", "--max-tokens"}  # told once, for all verbs
WIDTH = 140
MANY_FIELDS = 6
_END = "<!-- end -->"
_PART = re.compile(r"<!-- generated: ([\w ]+) -->\n(.*?)<!-- end -->\n", re.S)
_VERB = re.compile(r"(?m)^## memoryd (\w+)\n")


def documents() -> dict[str, str]:
    """File name → content, for every document with generated parts."""
    return {
        "cli.md": _cli((HERE / "cli.md").read_text()),
        "mcp.md": _filled((HERE / "mcp.md").read_text(), {"tools": _tools, "resources": _resources}),
        "config.md": _filled((HERE / "config.md").read_text(), {"settings": _settings}),
    }


def _filled(text: str, parts: dict[str, Callable[[], str]]) -> str:
    return _PART.sub(lambda match: _part(match[1], parts[match[1]]()), text)


def _part(name: str, content: str) -> str:
    return f"<!-- generated: {name} -->\n{content.strip()}\n{_END}\n"


def _table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    head = f"| {' | '.join(header)} |" if any(header) else "|" + " |" * len(header)
    lines = (f"| {' | '.join(cells)} |" for cells in rows)
    return "\n".join([head, "|" + "---|" * len(header), *lines])


# -- the command line


def _cli(text: str) -> str:
    """The document with a section for every verb: what it takes, what is written by hand, its JSON."""
    intro, *parts = _VERB.split(text)
    by_hand = {name: _PART.sub("", body).strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
    told: dict[type, str] = {}
    sections = [_section(name, verb, by_hand.get(name, ""), told) for name, verb in VERBS.items()]
    return _filled(intro, {"freshness": _freshness}) + "\n".join(sections)


def _section(name: str, verb: CliVerb, by_hand: str, told: dict[type, str]) -> str:
    parts = [f"## memoryd {name}\n", _part("usage", _usage(name, verb)), f"{by_hand}\n" if by_hand else ""]
    answer = None if verb.own_json or name not in ASKED or not verb.question else ASKED[name].answer
    parts.append(_part("json", _json(name, verb, answer, told)) if answer else "")
    return "\n".join(part for part in parts if part)


def _usage(name: str, verb: CliVerb) -> str:
    rows = [
        (_argument(action), _escaped(action.help or ""))
        for action in verb_parser(name)._actions
        if not COMMON & set(action.option_strings) or (name == "index" and action.dest == "rev")
    ]
    table = f"\n\n{_table(('', ''), iter(rows))}" if rows else ""
    return f"{verb.help[0].upper()}{verb.help[1:]}.\n\n```console\n$ {verb.example}\n```{table}"


def _argument(action: Action) -> str:
    """The flags with their value, or the name of a positional argument."""
    value = action.metavar or "|".join(map(str, action.choices or ())) if action.nargs != 0 else ""
    names = [f"{flag} {value}".strip() for flag in action.option_strings] or [str(value)]
    return ", ".join(f"`{_escaped(name)}`" for name in names)


def _escaped(text: str) -> str:
    return text.replace("%%", "%").replace("|", "\\|")


# -- JSON


def _freshness() -> str:
    return _block([_Shapes("", {}).of(Freshness)])


def _json(name: str, verb: CliVerb, answer: Any, told: dict[type, str]) -> str:
    """The fields of the verb's JSON. ``told``: types that an earlier section wrote out, and which."""
    shapes = _Shapes(name, told)
    if verb.rows:
        rows = next(field.type for field in msgspec.structs.fields(answer) if field.name == verb.rows)
        return f"`--json`: one line for each of them:\n\n{_block([shapes.of(get_args(rows)[0])])}"
    kinds = get_args(answer) or (answer,)
    known = [f"as `memoryd {told[kind]}`" for kind in kinds if kind in told]
    fresh = [shapes.of(kind) for kind in kinds if kind not in told]
    block = f"\n\n{_block(fresh)}" if fresh else ""
    return f"`--json`: {', or'.join([*known, *([''] if fresh and known else [])])}".rstrip() + block


def _block(shapes: list[str]) -> str:
    lines = [line for shape in shapes for line in textwrap.wrap(shape, WIDTH, subsequent_indent="  ")]
    return "\n".join(["```", *lines, "```"])


class _Shapes:
    """Writes types out as the JSON of one section: each in full where it comes first; a large one that an earlier
    section wrote out is named by its verb."""

    def __init__(self, name: str, told: dict[type, str]) -> None:
        self._name, self._told = name, told
        self._here: set[type] = {Freshness}

    def of(self, kind: type[Struct]) -> str:
        self._here.add(kind)
        self._told.setdefault(kind, self._name)
        fields = (f"{field.name}{self._value(field.type)}" for field in msgspec.structs.fields(kind))
        return f"{{{', '.join(fields)}}}"

    def _value(self, kind: Any) -> str:
        """What stands behind a field's name: the fields of a type, the words of a choice, else nothing."""
        origin, inner = get_origin(kind), [one for one in get_args(kind) if one not in (types.NoneType, ...)]
        if origin is Literal:
            return f": {'|'.join(inner)}"
        if origin in (types.UnionType, tuple):
            found = self._value(inner[0]) if len(inner) == 1 else ""
            return f": [{found.removeprefix(': ')}]" if found and origin is tuple else found
        if not (isinstance(kind, type) and issubclass(kind, Struct)) or kind in self._here:
            return ""
        if kind in self._told and len(kind.__struct_fields__) > MANY_FIELDS:
            return f": as memoryd {self._told[kind]}"
        return f": {self.of(kind)}"


# -- the other documents


def _tools() -> str:
    rows = (
        (f"`{tool.name}`", ", ".join(f"`{a.name}`" for a in tool.arguments), _when(tool.description))
        for tool in TOOLS.values()
    )
    return _table(("Tool", "Arguments", "Call it"), rows)


def _when(description: str) -> str:
    """The first sentence of a tool's description says when to call it."""
    return re.split(r"[.:] ", description, maxsplit=1)[0].removeprefix("Call this ").rstrip(".")


def _resources() -> str:
    return _table(("Address", "What"), ((f"`{page['uri']}`", page["description"]) for page in LISTED))


def _settings() -> str:
    parts = []
    for section in dict.fromkeys(setting.section for setting in config.settings()):
        rows = (
            (
                f"`{s.name}`",
                f"`{msgspec.json.encode(s.default).decode()}`",
                _escaped(s.doc) + (f" One of {s.kind.replace('|', ', ')}." if "|" in s.kind else ""),
                f"`{s.variable}`, `{s.flag}`",
            )
            for s in config.settings()
            if s.section == section
        )
        about = type(getattr(config.Config(), section)).__doc__ or ""
        table = _table(("Setting", "Default", "What", "Variable, flag"), rows)
        parts.append(f"## {section}\n\n{about.replace('``', '`')}\n\n{table}\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    stale = [name for name, content in documents().items() if (HERE / name).read_text() != content]
    for name in stale if "--check" in arguments else ():
        print(f"docs/{name} is not what the code says; run python docs/generate.py")
    if "--check" in arguments:
        return 1 if stale else 0
    for name, content in documents().items():
        (HERE / name).write_text(content)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
