"""How many uses across files have an edge, and how many exact edges are right, told by another reader.

``python bench/across_gold.py hcl CLONE``: addresses by their text (``var.x``, ``local.x``, ``module.x``, resources and
data), each in its folder. ``proto CLONE``: the types of fields and methods by the descriptors that ``protoc`` writes of
each file that it can compile (it and the package ``protobuf`` have to be installed). ``elixir CLONE [STUBS.ex]``: what
the compiler calls, expands and builds in ``lib``, where the name stands in that line (``elixir_calls.exs``).
"""

from __future__ import annotations

import posixpath
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "ingest")]

from across_files import sources  # noqa: E402
from in_memory import Project  # noqa: E402


class Use(NamedTuple):
    """Line ``line`` of ``path`` uses what line ``at_line`` of ``at`` defines."""

    path: str
    line: int
    at: str
    at_line: int


def hcl(files: dict[str, str]) -> set[Use]:
    """Addresses in the same folder, inputs and outputs of modules with a local source, by regular expressions alone."""
    places, sources_, asked = defaultdict(list), {}, []
    code = {
        path: re.sub(r"(?m)^[ \t]*(?:#|//).*|[ \t]#[ \t].*", "", text)
        for path, text in files.items()
        if path.endswith(".tf")
    }
    for path, text in code.items():
        folder, kind, label = posixpath.dirname(path), "", ""
        for number, line in enumerate(text.split("\n"), 1):
            block = re.match(r'(\w+)\s*(?:"([^"]+)")?\s*(?:"([^"]+)")?\s*\{', line)
            kind, label = (block[1], block[2]) if block else (kind, label)
            if block and kind in _ADDRESSES:
                places[folder, _ADDRESSES[kind].format(*block.groups())].append((path, number))
            key = re.match(r"  (\w+)\s*=(?!=)", line)
            if key and kind == "locals":
                places[folder, f"local.{key[1]}"].append((path, number))
            elif key and kind == "module" and key[1] == "source":
                sources_[folder, label] = line.partition('"')[2].rpartition('"')[0]
            elif key and kind == "module":
                asked.append((path, number, f"module.{label}.var.{key[1]}"))
            for used in re.finditer(
                r"(?<![\w.-])(?:data\.)?[a-z]\w*(?:\[[^\]]*\])?(?:\.[\w-]+(?:\[[^\]]*\])?)+", line
            ):
                asked.append((path, number, re.sub(r"\[[^\]]*\]", "", used[0])))
    found = set()
    for path, number, address in asked:
        folder, parts = posixpath.dirname(path), address.split(".")
        found.update(
            Use(path, number, *place)
            for place in places[folder, ".".join(parts[: 3 if parts[0] == "data" else 2])]
        )
        inner = sources_.get((folder, parts[1]), "") if parts[0] == "module" and len(parts) > 2 else ""
        if inner.startswith("."):
            inside = posixpath.normpath(posixpath.join(folder, inner))
            inside, wanted = (
                "" if inside == "." else inside,
                ".".join(parts[2:4]) if parts[2] == "var" else f"output.{parts[2]}",
            )
            found.update(Use(path, number, *place) for place in places[inside, wanted])
    return {use for use in found if use.path != use.at}


_ADDRESSES = {
    "variable": "var.{1}",
    "module": "module.{1}",
    "resource": "{1}.{2}",
    "data": "data.{1}.{2}",
    "output": "output.{1}",
}


def proto(files: dict[str, str]) -> set[Use]:
    """What protoc says of the files."""
    roots = ["", *(root for root in _ROOTS if any(path.startswith(f"{root}/") for path in files))]
    places: dict[str, tuple[str, int]] = {}
    uses: list[tuple[str, int, str]] = []
    for path in (p for p in files if p.endswith(".proto")):
        for file in _compiled(Path(sys.argv[2]), path, roots):
            lines = {tuple(at.path): at.span[0] + 1 for at in file.source_code_info.location}
            package = f".{file.package}" if file.package else ""
            for kind, items in ((4, file.message_type), (5, file.enum_type), (6, file.service)):
                for index, item in enumerate(items):
                    for name, line, asked in _described(lines, (kind, index), package, item):
                        places[name] = path, line
                        uses += [(path, at, type_) for at, type_ in asked]
    return {
        Use(path, line, *places[name])
        for path, line, name in uses
        if line and name in places and places[name][0] != path
    }


def _compiled(clone: Path, path: str, roots: list[str]) -> list[Any]:
    from google.protobuf import descriptor_pb2

    with tempfile.NamedTemporaryFile() as out:
        folders = [f"-I{clone / root}" for root in reversed(roots)]
        command = ["protoc", *folders, "--include_source_info", f"-o{out.name}", str(clone / path)]
        made = subprocess.run(command, capture_output=True)
        if made.returncode:
            print("not compiled:", path, made.stderr.decode().strip().splitlines()[-1:])
            return []
        return list(descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes()).file)


def _described(lines: dict[Any, int], at: tuple[int, ...], around: str, item: Any) -> Iterator[Any]:
    """(full name, line, [(line, type that is used there)]) of a message, enum or service and all in it."""
    name, asked = f"{around}.{item.name}", []
    for number, field in enumerate(getattr(item, "field", ())):
        asked.append((lines.get((*at, 2, number, 6), 0), field.type_name))
    for number, method in enumerate(getattr(item, "method", ())):
        asked.append((lines.get((*at, 2, number, 2), 0), method.input_type))
        asked.append((lines.get((*at, 2, number, 3), 0), method.output_type))
    yield name, lines.get((*at, 1), 0), asked
    for kind, inner in ((3, getattr(item, "nested_type", ())), (4, getattr(item, "enum_type", ()))):
        for index, one in enumerate(inner):
            if len(at) > 2 or at[0] == 4:
                yield from _described(lines, (*at, kind, index), name, one)


_ROOTS = ("proto", "protos", "src/main/proto")


def _defined(text: str, begin: int, name: str) -> int:
    """The line of the first function (else callback) of that name after the line ``begin``."""
    for word in (r"def\w*", r"@\w*callback"):
        definition = re.compile(rf"\s*{word}\s+{re.escape(name)}(?![\w?!])")
        after = enumerate(text.split("\n")[begin:], begin + 1)
        line = next((number for number, line in after if definition.match(line)), 0)
        if line:
            return line
    return 0


def elixir(files: dict[str, str]) -> set[Use]:
    """What the compiler traces."""
    made = subprocess.run(
        ["elixir", str(Path(__file__).with_name("elixir_calls.exs")), *sys.argv[2:]],
        capture_output=True,
        text=True,
    )
    rows = [line.split("\t")[1:] for line in made.stdout.splitlines() if line.startswith("CALL\t")]
    modules = {}
    for path, text in files.items():
        for number, line in enumerate(text.split("\n"), 1):
            named = re.match(r"\s*(?:defmodule|defprotocol)\s+([\w.]+)\s+do", line)
            if named:
                modules[named[1]] = path, number
    found = set()
    for path, row_line, module, name in rows:
        at, begin = modules.get(module, (path, 0))
        lines = files[path].split("\n") if path in files else []
        number = int(row_line)
        word = name or module.rpartition(".")[2]
        if (
            at == path
            or number > len(lines)
            or not re.search(rf"(?<![\w@:]){re.escape(word)}\b", lines[number - 1])
        ):
            continue
        found.add(Use(path, number, at, _defined(files[at], begin, name) if name else begin))
    return {use for use in found if use.at_line}


def main(language: str, clone: str, *_: str) -> None:
    files = sources(language, Path(clone))
    gold = {"hcl": hcl, "proto": proto, "elixir": elixir}[language](files)
    project = Project(files)
    lines = {
        (path, s.qualname): s.line for path, facts in project.facts.items() for s in reversed(facts.symbols)
    }
    edges = {
        (Use(path, e.line, e.dst_path, lines.get((e.dst_path, e.dst), 0)), e.method)
        for path, link in project.links.items()
        for e in link.edges
        if e.dst_path != path and e.dst and e.method != "name-only"
    }
    drawn = {use for use, _ in edges}
    exact = {use for use, method in edges if method == "exact"}
    print(
        f"gold {len(gold)}, found {len(gold & drawn)}, exact {len(exact)}, of these in the gold {len(exact & gold)}"
    )
    for title, rows in (("missed", gold - drawn), ("exact, not in the gold", exact - gold)):
        print(f"-- {title}: {len(rows)}")
        for use in sorted(rows)[:25]:
            print(*use, "|", files[use.path].splitlines()[use.line - 1].strip()[:90])


if __name__ == "__main__":
    main(*sys.argv[1:])
