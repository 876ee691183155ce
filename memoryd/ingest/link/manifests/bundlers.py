"""Aliases of modules that no tsconfig states: those of bundlers and test runners, Deno's import map, frameworks' own.

A configuration in JavaScript is never run. Read is an object after ``alias`` (Vite, webpack, Rollup, Babel's
module-resolver) or ``moduleNameMapper`` (Jest), or a list of ``find`` and ``replacement``, whose targets are made of
string literals, the configuration's own folder and the functions that join paths. What is written otherwise is not
understood.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct

from memoryd.ingest.link.manifests.json_text import jsonc, member
from memoryd.ingest.link.view import LinkView

_TOOLS = (
    "vite", "vitest", "electron.vite", "webpack", "rollup", "babel", "jest", "metro", "astro", "svelte", "nuxt", "next",
    "quasar", "rspack", "rsbuild", "craco", "vue",
)  # fmt: skip
SCRIPTS = tuple(f"{tool}.config.{end}" for tool in _TOOLS for end in ("js", "ts", "mjs", "mts", "cjs", "cts"))
DOCUMENTS = ("deno.json", "deno.jsonc", ".babelrc", ".babelrc.json", "babel.config.json", "jest.config.json")
_STRING = re.compile(r"""'([^'\n\\]{0,300})'|"([^"\n\\]{0,300})"|`([^`\n\\$]{0,300})`""")
_KEY = re.compile(r"""\s*(?:'([^'\n\\]{1,200})'|"([^"\n\\]{1,200})"|([\w$]{1,100}))\s{0,9}:""")
_COMMENT = re.compile(r"""('[^'\n]*+'?|"[^"\n]*+"?|`[^`]*+`?)|//[^\n]*|/\*.*?(?:\*/|\Z)""", re.S)
_ALIAS = re.compile(r"\b(alias|moduleNameMapper)\b['\"]?\s{0,9}[:=]\s{0,9}([\[{])")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_JOINS = frozenset((
    "path", "resolve", "join", "__dirname", "fileURLToPath", "URL", "new", "import", "meta", "url", "dirname",
    "process", "cwd", "node", "normalizePath", "rootDir",
))  # fmt: skip
_MAX_TEXT_CHARS = 200_000
_MAX_ALIASES = 200
_MAX_OBJECTS = 20  # of one configuration: each is read to its end, which a hostile one never writes


class Alias(Struct, frozen=True):
    """``name`` and what lies below it are ``target``, from the project's root. ``whole``: only ``name`` itself is."""

    name: str
    target: str
    whole: bool = False

    def of(self, module: str) -> str | None:
        """The path that ``module`` means."""
        if module == self.name:
            return self.target
        below = self.name if self.name.endswith("/") else f"{self.name}/"
        if self.whole or not module.startswith(below):
            return None
        return posixpath.join(self.target, module[len(below) :])


def aliases(view: LinkView) -> dict[str, tuple[Alias, ...]]:
    """Folder → the aliases that hold in it and below, as its configurations state them."""
    found: dict[str, list[Alias]] = {}
    for name in SCRIPTS:
        for path, text in view.texts(name):
            folder = posixpath.dirname(path)
            found.setdefault(folder, []).extend(_of_script(folder, text[:_MAX_TEXT_CHARS]))
    for name in DOCUMENTS:
        for path, text in view.texts(name):
            folder = posixpath.dirname(path)
            found.setdefault(folder, []).extend(_of_document(folder, jsonc(text)))
    return {folder: tuple(stated[:_MAX_ALIASES]) for folder, stated in found.items() if stated}


def of_framework(view: LinkView, folder: str, data: Mapping[str, Any]) -> Iterator[Alias]:
    """What a framework gives every project of its own, by the dependencies of its package.json in ``folder``."""
    needed = {name for of in ("dependencies", "devDependencies") for name in member(data, of)}
    if "@sveltejs/kit" in needed:
        yield Alias("$lib", posixpath.join(folder, "src/lib"))
    if "nuxt" in needed:
        app = posixpath.join(folder, "app")
        source = app if view.is_folder(app) else folder  # Nuxt 4, else the root itself
        yield from (Alias(name, folder or ".") for name in ("~~", "@@"))
        yield from (Alias(name, source or ".") for name in ("~", "@"))
    if "@vue/cli-service" in needed:
        yield Alias("@", posixpath.join(folder, "src"))


def _of_document(folder: str, data: Mapping[str, Any]) -> Iterator[Alias]:
    for name, target in member(data, "imports").items():  # an import map
        if isinstance(target, str) and target.startswith((".", "/")):
            yield Alias(name, _place(folder, target), whole=not name.endswith("/"))
    for name, target in member(data, "moduleNameMapper").items():
        if isinstance(target, str):
            yield from _mapped(folder, name, target)
    plugins = data.get("plugins")
    for plugin in plugins if isinstance(plugins, list) else ():
        if isinstance(plugin, list) and len(plugin) > 1 and isinstance(plugin[1], dict):
            for name, target in member(plugin[1], "alias").items():
                if isinstance(target, str) and target.startswith((".", "/")):
                    yield Alias(name.rstrip("$"), _place(folder, target))


def _of_script(folder: str, text: str) -> Iterator[Alias]:
    text = _COMMENT.sub(lambda found: found[1] or " ", text)
    for start in islice(_ALIAS.finditer(text), _MAX_OBJECTS):
        for entry in _entries(text, start.end()):
            if start[2] == "[":
                entry = _found_entry(entry)
            key = _KEY.match(entry)
            if key is None:
                continue
            name, value = key[1] or key[2] or key[3], entry[key.end() :]
            if start[1] == "moduleNameMapper":
                strings = _strings(value)
                yield from _mapped(folder, name, strings[0]) if len(strings) == 1 else ()
            elif (target := _target(value)) is not None:
                yield Alias(name.rstrip("$"), _place(folder, target), whole=name.endswith("$"))


def _entries(text: str, start: int) -> Iterator[str]:
    """The members of the object or list that was opened before ``start``."""
    depth, begin, at = 0, start, start
    while at < len(text):
        string = _STRING.match(text, at) if text[at] in "'\"`" else None
        if string:
            at = string.end()
            continue
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and text[at] == ","):
            yield text[begin:at]
            begin = at + 1
        if depth < 0:
            return
        at += 1


def _found_entry(entry: str) -> str:
    """``{ find: '@', replacement: x }`` as ``'@': x``."""
    brace = entry.find("{")
    parts: dict[str, str] = {}
    for one in _entries(entry, brace + 1) if brace >= 0 else ():
        if key := _KEY.match(one):
            parts[key[1] or key[2] or key[3]] = one[key.end() :].strip()
    return f"{parts.get('find', '')}: {parts.get('replacement', '')}"


def _strings(value: str) -> list[str]:
    return [found[1] or found[2] or found[3] or "" for found in _STRING.finditer(value)]


def _target(value: str) -> str | None:
    """The path that an expression joins; None where it is made of anything but literals and the usual functions."""
    bare = _STRING.sub(" ", value)
    strings = _strings(value)
    if not strings or not _JOINS.issuperset(_WORD.findall(bare)):
        return None
    if len(_WORD.findall(bare)) == 0 and not strings[0].startswith((".", "/")):
        return None  # another package's name
    return posixpath.join(*(part.lstrip("/") if index else part for index, part in enumerate(strings)))


def _mapped(folder: str, pattern: str, target: str) -> Iterator[Alias]:
    """Jest's ``^@/(.*)$`` → ``<rootDir>/src/$1``."""
    place = target.replace("<rootDir>", ".", 1)
    if not place.startswith((".", "/")):
        return
    name = pattern.removeprefix("^").removesuffix("$")
    head, group, tail = name.partition("(.*)")
    plain = head.replace("\\.", ".").replace("\\/", "/")
    if re.search(r"[\\^$*+?()\[\]{}|]", plain) or tail:
        return
    if group and place.endswith("$1"):
        yield Alias(plain, _place(folder, place.removesuffix("$1")))
    elif not group and "$" not in place:
        yield Alias(plain, _place(folder, place), whole=True)


def _place(folder: str, target: str) -> str:
    """From the project's root. ``/src`` is below the configuration's folder: that is what bundlers serve as ``/``."""
    return posixpath.normpath(posixpath.join(folder, target.lstrip("/")))
