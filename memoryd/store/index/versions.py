"""What made the rows of index.db: the layout of its tables, the readers, the linker.

Whoever makes them give something else adds a line to a history; the line's number is the new version, and an index of
an earlier one is brought up before it answers. tests/versions compares digests of all cases, and demands it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from memoryd.store import sqlite
from memoryd.store.index import reader

EXTRACTOR_HISTORY = {
    1: "first version",
    2: "owners and the scopes of eslint, ruff and rules files are globs from the root that mean what the tool means",
    3: "what part a file plays, how many test cases are in it, and which of its definitions are for tests",
    4: "any text is read, in its encoding, and notebooks as code; roles know generators; keys of data are no symbols",
    5: "decision documents in other languages, statuses that are not understood, what is superseded in part",
    6: "the types of the parameters and results of Go's methods",
    7: "what loops and subscripts of Python take from containers",
    8: "dependencies of PDM, uv and Hatch; which manifest and section a package came to, left, or moved to",
    9: "what C# and Kotlin extend; global using; Kotlin: bodies on one line, names in backticks; PHP: properties",
    10: "C: designated initialisers use members; the tag of a struct is one beside a variable of its name",
    11: "what a function of JavaScript gives back that stands in parentheses, or is an object",
    12: "more kinds of tokens and passwords are overwritten, also in names of authors and paths of commits",
    13: "modules of HCL; calls, views and lists of tables of SQL; computed folders of Bash; public imports of Protobuf",
    14: "TypeScript: members of object types, and uses of members by the type that is expected of a value",
    15: "how many arguments Java's methods take and are given; own names of functions that are CommonJS modules",
    16: "Elixir: what `use` is told, delegation, `__MODULE__`, pipes without brackets, protocols by their whole name",
    17: "strings that name code: what is patched, mocked, imported by name, and settings of Django",
    18: "stages of RFCs, statuses in braces, parts of a dated RFC, which are no decisions of their own",
    19: "Scala: what extensions and implicit classes extend, chained package clauses, type parameters with a variance",
    20: "advice, expectations and sentences that point elsewhere are no rules; docs/agents.md is none for agents",
    21: "code that writes a key block is no key block",
    22: "Python: decorators, what is connected to signals, protocols, names of parameters; decorators of TypeScript",
    23: "scripts and markup of Svelte and Astro; globs of Vite, types that `declare module` adds to",
    24: "code that is named dockerfile.py is no Dockerfile",
    25: "the words of the text, by which any piece of it is found",
    26: "a line over a line of signs is a heading of a guide, and no rule",
    27: "headers of C++ behind long comments; casts and parentheses, flags of C++; classes and listed names of Lua",
    28: "tokens behind escapes of escapes, of quoted-printable mail and behind colours are overwritten",
    29: "tokens with a telling beginning are overwritten behind letters and digits too",
    30: "whether a use reads or writes; fields of Rust's struct literals and patterns, member initialisers of C++",
    31: "C++: what stands in front of ``::``, macros around declarations, bodies behind macros",
    32: "amalgamations, and style sheets of Javadoc, are generated",
    33: "style sheets of JSDoc and Doxygen are other people's",
    34: "where names are proven to be local, and where strings, comments and names of arguments stand",
    35: "PHP: types that comments write, results, elements of loops, what is caught, static properties",
    36: "C++: several macros in front of a definition; aliases, structured bindings, what is passed on",
    37: "names proven to be local behind their binding; strings of more languages; writes of Kotlin, PHP, Ruby, Lua",
    38: "PHP: classes with the name of one that the language brings",
    39: "JavaScript: members that a prototype is given by another name",
}
"""Version → what changed in what is read, and why. Add a line whenever the same bytes would give other facts, chunks,
terms or notes of a commit: files and history are then read again."""
EXTRACTOR_VERSION = max(EXTRACTOR_HISTORY)

LINKER_HISTORY = {
    1: "first version",
    2: "workspaces of package.json and pnpm may name folders by choices, and take some out",
    3: "the same edges; Rust and C note other keys, since the definitions of a name are told apart once for all files",
    4: "keys that many values share are noted as one; a member is looked for in 100 classes at most",
    5: "values that wait for each other over a detour; what a star brings is noted by its name, not file by file",
    6: "overrides; what is unresolved, by name; no edge by name alone from a type that the project does not define",
    7: "the same edges as before; what an include or a glob brings is noted by its name as well",
    8: "elements of Python's containers; what the methods of written types give, where a variable holds that",
    9: "objects that are written out override the methods of the type that they are declared to be of",
    10: "names without a namespace, extensions, partial classes, global using; constants of modules in Ruby; Swift",
    11: "Rust: crates by the names of their libraries; functions that are called as their modules",
    12: "a constructor of C# is no name that the class or one that inherits from it sees",
    13: "aliases of bundlers, test runners, Deno and frameworks; any tsconfig by reference; `this` in accessors",
    14: "the same edges; the aliases of frameworks are read once for all files",
    15: "addresses of HCL, types of Protobuf, tables and routines of SQL; what Bash sources",
    16: "TypeScript: members of aliases, unions and what is given to them; what functions and components take",
    17: "Java: the method above that takes so many arguments; what a CommonJS module hands out beside what it is",
    18: "Elixir: imports, what modules that are used quote, aliases of parts of names; callbacks are overridden",
    19: "uses of what a string names",
    20: "Scala: companions, members of objects as a whole, order of imports, extensions; nothing of no package is seen",
    21: "Java: files without a package see those of their folder",
    22: "Python: hooks of plugins, functions connected to signals, protocols that no class names",
    23: "components of Svelte and Astro; the files of a glob; members that other files add to types",
    24: "C++: elements of arrays and containers, iterators; Lua: objects, what classes inherit, globals",
    25: "whether an edge to data reads or writes it",
    26: "C++: the type inside of one that a template gives",
    27: "PHP: elements of arrays and collections; a field that is called like a method",
    28: "C++: elements of loops, pairs, maps and their iterators",
}
"""Version → what changed in the edges, and why. Add a line whenever the same facts would give other edges, or other
keys of what a file depends on: all files are then linked again."""
LINKER_VERSION = max(LINKER_HISTORY)

_EXTRACTOR, _LINKER = "extractor", "linker"  # keys of meta


def is_read_by_us(conn: sqlite3.Connection) -> bool:
    """Files and history were read by this version of the readers."""
    return reader.meta(conn, _EXTRACTOR) == str(EXTRACTOR_VERSION)


def is_linked_by_us(conn: sqlite3.Connection) -> bool:
    """The edges were drawn by this version of the linker."""
    return reader.meta(conn, _LINKER) == str(LINKER_VERSION)


def is_current(conn: sqlite3.Connection) -> bool:
    """The index is of this layout and these versions: what is read from it is what a new index would say."""
    newest = sqlite.newest_layout("index")
    return sqlite.layout(conn) == newest and is_read_by_us(conn) and is_linked_by_us(conn)


def note_ours(conn: sqlite3.Connection) -> None:
    """What is written from now on is made by these versions."""
    for key, version in ((_EXTRACTOR, EXTRACTOR_VERSION), (_LINKER, LINKER_VERSION)):
        conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(version)))
    sqlite.note_version(conn)


def open_current(index: Path) -> sqlite3.Connection | None:
    """A connection for reading; None where there is no index, or one that has to be brought up first."""
    if not index.is_file():
        return None
    conn = sqlite.connect(index, readonly=True)
    if is_current(conn):
        return conn
    conn.close()
    return None
