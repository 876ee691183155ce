"""What files say of themselves: constraint comments, reasons, debts, deprecations, change logs."""

# ruff: noqa: E501 - sources and messages are lines, and pairs belong together

from __future__ import annotations

import pytest

from indexers.decisions import changelog, comments
from indexers.parse import parse_file


def evidence(path, language, text):
    return [(e.kind, e.line, e.subject) for e in parse_file(path, language, text.encode()).evidence]


@pytest.mark.parametrize(
    "sentence",
    [
        "Don't pass SERVER_NAME, otherwise it's used and the actual host is ignored, which breaks host matching.",
        "--env-file must come first so that it is eagerly evaluated before --app.",
        "Eventlet/gevent patching must happen before importing anything else, so these tools must be at top-level.",
        "setgid must happen before setuid (otherwise it may fail because of insufficient privileges).",
        "We intentionally skip this when the type was provided because the caller already merged the options.",
        "Workaround for a bug in MSVC, which would reject the constructor.",
    ],
)
def test_what_binds_the_reader_is_a_constraint(sentence):
    """A demand or an intention with its consequence or reason."""
    assert comments.score(sentence) >= comments.SERVED


@pytest.mark.parametrize(
    "sentence",
    [
        "If the connection is dead, we can't write a status to it.",
        "Otherwise don't do anything and return the pointer to the object.",
        "Set the name of the list that is shown to users.",
        "Do we need to keep this because of the old clients?",
        "This is never called because the iterator is empty.",
        "Don't enable compression if content is already encoded.",
        "We know that the graph is connected, so the sum must be 1 for the source.",
        "There should not be anything else after this, since the parser stopped.",
        "We shouldn't get here because of the test above.",
        "Panic because this indicates a bug in the program.",
        "The measure may not match the others because it is based on the logical clock.",
        "They can always be placed at the back without breaking the order.",
    ],
)
def test_narration_is_no_constraint(sentence):
    """What the code does, a condition, a question: none of it binds."""
    assert comments.score(sentence) < comments.SERVED


def test_comments_of_every_language_are_read():
    """# and // and /* */ alike; `#:` documentation, dead code, directives and licence heads are none."""
    python = (
        "# Copyright 2020 Ann. Must not be removed because of the licence.\n\nimport os\n"
        "# This must stay before the import of threading, otherwise it deadlocks.\nx = 1\n"
        "#: The salt must never be empty, otherwise sessions break.\ny = 2\n"
        "# type: ignore must not be removed because of mypy\nz = 3\n"
        "# if must(never):\n#     return otherwise(breaks)\nw = 4  # TODO: split this\n"
    )
    assert evidence("a.py", "python", python) == [("constraint", 4, ""), ("debt", 12, "TODO")]
    go = "package a\n\nfunc f() {\n\t// The lock must be held here, otherwise the map is corrupted.\n\tg()\n}\n"
    assert evidence("a.go", "go", go) == [("constraint", 4, "")]
    java = "class A {\n  void f() {\n    /* Do not call close here, because that would deadlock the pool. */\n    g();\n  }\n}\n"
    assert evidence("A.java", "java", java) == [("constraint", 3, "")]
    rust = "fn f() {\n    // SAFETY: the pointer must not be null, otherwise this is undefined behavior.\n    g();\n}\n"
    assert evidence("a.rs", "rust", rust) == [("constraint", 2, "")]


def test_tests_and_generated_files_have_to_say_more():
    """What a test expects is no demand; a generated file's remarks are its generator's."""
    text = "def test_a():\n    # The queue must not be shared, otherwise it breaks.\n    f()\n"
    assert evidence("tests/test_a.py", "python", text) == []
    assert evidence("regress/a.sh", "bash", "# Fake output must not flush them before it ends.\nf\n") == []
    generated = "/* A Bison parser, made by GNU Bison. */\nint f() {\n  // Do not change this, otherwise it breaks.\n  return 1;\n}\n"
    assert evidence("p.c", "c", generated) == []


def test_a_deprecation_names_what_it_is_about():
    """Decorator, attribute, doc tag and warning; the definition, or the function that warns."""
    python = (
        "import warnings\n\n@deprecated\ndef old():\n    pass\n\n\ndef new(x):\n    warnings.warn(\n"
        "        \"'x' is deprecated, use y\",\n        DeprecationWarning,\n    )\n"
    )
    assert evidence("a.py", "python", python) == [("deprecation", 3, "old"), ("deprecation", 9, "new")]
    go = "package a\n\n// Old does it.\n//\n// Deprecated: use New.\nfunc Old() {}\n"
    assert evidence("a.go", "go", go) == [("deprecation", 5, "Old")]
    java = "class A {\n  @Deprecated\n  void old() {}\n}\n"
    assert evidence("A.java", "java", java) == [("deprecation", 2, "A.old")]
    rust = '#[deprecated(note = "use b")]\npub fn a() {}\n'
    assert evidence("a.rs", "rust", rust) == [("deprecation", 1, "a")]
    script = "/**\n * @deprecated use b\n */\nexport function a() {}\n"
    assert evidence("a.js", "javascript", script) == [("deprecation", 2, "a")]


def test_change_logs_are_entries_under_their_version():
    """The newest on top, each with its version; a fragment is one entry."""
    log = "Changes\n=======\n\nVersion 2.1\n-----------\n\n-   Drop simplejson. :issue:`3555`\n-   Add x,\n    in two lines.\n\n2.0\n---\n* Old\n"
    found = [(e.subject, e.line, e.quote) for e in changelog.entries("CHANGES.rst", log)]
    assert found == [
        ("2.1", 7, "Drop simplejson. :issue:`3555`"),
        ("2.1", 8, "Add x, in two lines."),
        ("2.0", 13, "Old"),
    ]
    (fragment,) = changelog.entries("newsfragments/12.bugfix.rst", "Mend the pool.\n")
    assert (fragment.subject, fragment.quote) == ("12.bugfix.rst", "Mend the pool.")
    assert list(changelog.entries("docs/history_of_art.md", "- one\n")) == []
