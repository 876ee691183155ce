"""Every kind of rule that can be executed, tool by tool: a seeded violation is found, what was there before is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from check_project import CheckedProject

from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.check.answers import CheckAnswer

Files = dict[str, str]


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    shared = ParsePool(PoolLimits(1))
    yield shared
    shared.close()


class Seed:
    """``files``: the project with its rule. ``breaks``: what a change writes; ``at``: where the verdict points,
    ``says``: words of its message."""

    def __init__(self, files: Files, breaks: Files, at: tuple[str, int], says: str) -> None:
        self.files, self.breaks, self.at, self.says = files, breaks, at, says


LINTER = '[tool.importlinter]\nroot_packages = ["app"]\n\n[[tool.importlinter.contracts]]\nname = "doors"\n'
LAYERS = LINTER + 'type = "layers"\nlayers = ["app.high", "app.left | app.right", "app.low"]\n'
PACKAGE = {
    "app/__init__.py": "",
    "app/high.py": "x = 1\n",
    "app/left.py": "",
    "app/right.py": "",
    "app/low.py": "y = 1\n",
}
INI = "[importlinter]\nroot_package = app\n\n[importlinter:contract:one]\nname = one\n"
ESLINT = '{\n  "rules": {\n    "no-restricted-imports": ["error", %s]\n  }\n}\n'
ZONES = (
    '{"rules": {"import/no-restricted-paths": ["error", {"zones": [{"target": "src/client",'
    ' "from": "src/server"}]}]}}\n'
)
DEPGUARD = (
    "linters:\n  enable:\n    - depguard\nlinters-settings:\n  depguard:\n    rules:\n      main:\n        files:\n"
    '          - "!$test"\n        deny:\n          - pkg: github.com/pkg/errors\n            desc: use fmt.Errorf\n'
)
ARCH = (
    "package a;\nimport com.tngtech.archunit.lang.ArchRule;\nclass ArchRules {\n"
    '  static final ArchRule r = noClasses().that().resideInAPackage("..service..")\n'
    '      .should().dependOnClassesThat().resideInAPackage("..web..");\n}\n'
)
RUFF = (
    '[tool.ruff.lint]\nselect = ["TID"]\n\n[tool.ruff.lint.flake8-tidy-imports.banned-api]\n'
    '"json".msg = "Use orjson."\n'
    '"os.popen".msg = "Use subprocess."\n'
)
DENY = '[bans]\ndeny = [\n    { crate = "openssl", reason = "use rustls" },\n]\n'
CARGO = '[package]\nname = "a"\nversion = "0.1.0"\n\n[dependencies]\nserde = "1"\n'
CRUISER = (
    'module.exports = {\n  forbidden: [\n    {\n      name: "no-server-in-client",\n      severity: "error",\n'
    '      from: { path: "^src/client/" },\n      to: { path: "^src/server/" },\n    },\n  ],\n};\n'
)

SEEDS = {
    "layers, in pyproject.toml": Seed(
        {"pyproject.toml": LAYERS, **PACKAGE}, {"app/low.py": "y = 1\nfrom app.high import x\n"},
        ("app/low.py", 2), "a higher layer",
    ),
    "layers, relative import of a module": Seed(
        {"pyproject.toml": LAYERS, **PACKAGE}, {"app/low.py": "y = 1\n\n\ndef f():\n    from . import high\n"},
        ("app/low.py", 5), "a higher layer",
    ),
    "layers, a name more in a statement over several lines": Seed(
        {"pyproject.toml": LAYERS, **PACKAGE, "app/low.py": "from app import (\n    other,\n)\n", "app/other.py": ""},
        {"app/low.py": "from app import (\n    other,\n    high,\n)\n"}, ("app/low.py", 3), "a higher layer",
    ),
    "layers, independent siblings": Seed(
        {"pyproject.toml": LAYERS, **PACKAGE}, {"app/left.py": "import app.right\n"},
        ("app/left.py", 1), "independent sibling",
    ),
    "layers, over another module": Seed(
        {"pyproject.toml": LAYERS, **PACKAGE, "app/between.py": "import app.high\n"},
        {"app/low.py": "y = 1\nimport app.between\n"}, ("app/low.py", 2), "app.low now imports app.high indirectly",
    ),
    "layers, the far end of a chain": Seed(
        {"pyproject.toml": LAYERS, **PACKAGE, "app/low.py": "import app.between\n", "app/between.py": ""},
        {"app/between.py": "import app.high\n"}, ("app/between.py", 1), "app.low now imports app.high indirectly",
    ),
    "layers in containers, below src": Seed(
        {".importlinter": INI + "type = layers\nlayers =\n    high\n    low\ncontainers =\n    app\n",
         "src/app/__init__.py": "", "src/app/high.py": "", "src/app/low.py": ""},
        {"src/app/low.py": "from app import high\n"}, ("src/app/low.py", 1), "a higher layer",
    ),
    "forbidden, of an outside package": Seed(
        {".importlinter": INI + "type = forbidden\nsource_modules = app.low\nforbidden_modules = django\n", **PACKAGE},
        {"app/low.py": "y = 1\nfrom django.db import models\n"}, ("app/low.py", 2), "django.db.models",
    ),
    "forbidden, in setup.cfg, over another module": Seed(
        {"setup.cfg": INI + "type = forbidden\nsource_modules = app.low\nforbidden_modules = app.high\n", **PACKAGE,
         "app/between.py": "import app.high\n"},
        {"app/low.py": "import app.between\n"}, ("app/low.py", 1), "now imports app.high indirectly",
    ),
    "forbidden, of an outside package over another module": Seed(
        {".importlinter": INI + "type = forbidden\nsource_modules = app.low\nforbidden_modules = rich\n", **PACKAGE,
         "app/between.py": "from rich.console import Console\n"},
        {"app/low.py": "import app.between\n"}, ("app/low.py", 1), "now imports rich indirectly",
    ),
    "forbidden, of an outside package at the far end": Seed(
        {".importlinter": INI + "type = forbidden\nsource_modules = app.low\nforbidden_modules = rich\n", **PACKAGE,
         "app/between.py": "", "app/low.py": "import app.between\n"},
        {"app/between.py": "import rich\n"}, ("app/between.py", 1), "app.low now imports rich indirectly",
    ),
    "independence": Seed(
        {".importlinter": INI + "type = independence\nmodules =\n    app.left\n    app.right\n", **PACKAGE},
        {"app/right.py": "from app.left import x\n"}, ("app/right.py", 1), "independent sibling",
    ),
    "protected": Seed(
        {".importlinter": INI + "type = protected\nprotected_modules = app.low\nallowed_importers = app.left\n",
         **PACKAGE}, {"app/right.py": "import app.low\n"}, ("app/right.py", 1), "forbidden",
    ),
    "ruff, a module": Seed(
        {"pyproject.toml": RUFF, "a.py": "import os\n"}, {"a.py": "import os\nimport json\n"}, ("a.py", 2), "json",
    ),
    "ruff, a function": Seed(
        {"pyproject.toml": RUFF, "a.py": "import os\n"}, {"a.py": "from os import popen\n"}, ("a.py", 1), "os.popen",
    ),
    "ruff, a function through its module": Seed(
        {"pyproject.toml": RUFF, "a.py": "import os\n"}, {"a.py": "import os\nx = os.popen('ls')\n"},
        ("a.py", 2), "os.popen",
    ),
    "ruff, a function through a module of another name": Seed(
        {"pyproject.toml": RUFF, "a.py": "import os as system\n"},
        {"a.py": "import os as system\n\n\ndef f():\n    return system.popen\n"}, ("a.py", 5), "os.popen",
    ),
    "flake8-tidy-imports": Seed(
        {"setup.cfg": "[flake8]\nbanned-modules =\n    mock = use unittest.mock\n", "a.py": ""},
        {"a.py": "import mock\n"}, ("a.py", 1), "mock",
    ),
    "eslint, an exact path": Seed(
        {".eslintrc.json": ESLINT % '"lodash"', "a.js": "import x from 'y';\n"},
        {"a.js": "import x from 'y';\nimport _ from 'lodash';\n"}, ("a.js", 2), "lodash",
    ),
    "eslint, a pattern": Seed(
        {".eslintrc.json": ESLINT % '{"patterns": ["@app/*/src", "!@app/ui/src"]}', "a.ts": ""},
        {"a.ts": "import { x } from '@app/core/src';\n"}, ("a.ts", 1), "@app/core/src",
    ),
    "eslint, a name": Seed(
        {".eslintrc.json": ESLINT % '{"paths": [{"name": "react", "importNames": ["useMemo"]}]}', "a.tsx": ""},
        {"a.tsx": "import { useState, useMemo } from 'react';\n"}, ("a.tsx", 1), "react",
    ),
    "eslint, a zone": Seed(
        {".eslintrc.json": ZONES, "src/client/a.ts": "", "src/server/db.ts": "export const x = 1;\n"},
        {"src/client/a.ts": "import { x } from '../server/db';\n"}, ("src/client/a.ts", 1), "../server/db",
    ),
    "dependency-cruiser": Seed(
        {".dependency-cruiser.js": CRUISER, "src/client/a.js": "", "src/server/db.js": ""},
        {"src/client/a.js": "import '../server/db.js';\n"}, ("src/client/a.js", 1), "../server/db",
    ),
    "depguard": Seed(
        {".golangci.yml": DEPGUARD, "go.mod": "module x\n", "a.go": "package a\n"},
        {"a.go": 'package a\n\nimport "github.com/pkg/errors"\n'}, ("a.go", 3), "github.com/pkg/errors",
    ),
    "archunit": Seed(
        {"src/test/java/a/ArchRules.java": ARCH, "src/main/java/a/service/S.java": "package a.service;\nclass S {}\n"},
        {"src/main/java/a/service/S.java": "package a.service;\nimport a.web.Page;\nclass S {}\n"},
        ("src/main/java/a/service/S.java", 2), "a.web.Page",
    ),
    "cargo-deny": Seed(
        {"deny.toml": DENY, "Cargo.toml": CARGO}, {"Cargo.toml": CARGO + 'openssl = "0.10"\n'},
        ("Cargo.toml", 7), "openssl",
    ),
}  # fmt: skip


def blocking(answer: CheckAnswer) -> list[tuple[str, int, str]]:
    return [(f.path, f.line, f.message) for f in answer.findings if f.severity == "block"]


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_violation_blocks_and_is_then_baseline(name: str, tmp_path: Path, pool: ParsePool) -> None:
    """A violation that a change adds blocks at its line with the rule's words; once committed it blocks nobody."""
    seed = SEEDS[name]
    project = CheckedProject(tmp_path / "p", pool, seed.files)
    project.stage(seed.breaks)
    answer = project.check()
    found = blocking(answer)
    assert [(path, line) for path, line, _ in found] == [seed.at], answer
    assert seed.says in found[0][2]
    finding = answer.findings[0]
    assert answer.verdict == "BLOCK"
    assert finding.quote
    assert finding.source.partition(":")[0] in seed.files
    project.commit("Break it", {})
    project.stage({path: f"{text}\n\n" for path, text in seed.breaks.items()})
    assert project.check().verdict != "BLOCK"


ALLOWED = {
    "downwards": ({"pyproject.toml": LAYERS, **PACKAGE}, {"app/high.py": "import app.low\n"}),
    "an ignored pair": (
        {"pyproject.toml": LAYERS + 'ignore_imports = ["app.low -> app.high"]\n', **PACKAGE},
        {"app/low.py": "import app.high\n"},
    ),
    "an ignored pair inside a chain": (
        {"pyproject.toml": LAYERS + 'ignore_imports = ["app.between -> app.*"]\n', **PACKAGE,
         "app/between.py": "import app.high\n"},
        {"app/low.py": "import app.between\n"},
    ),
    "a chain beside one that was there": (
        {".importlinter": INI + "type = forbidden\nsource_modules = app.low\nforbidden_modules = rich\n", **PACKAGE,
         "app/between.py": "import rich\n", "app/second.py": "import rich\n", "app/low.py": "import app.between\n"},
        {"app/low.py": "import app.between\nimport app.second\n"},
    ),
    "for types alone, where these do not count": (
        {"pyproject.toml": LAYERS.replace('["app"]\n', '["app"]\nexclude_type_checking_imports = true\n'), **PACKAGE},
        {"app/low.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import app.high\n"},
    ),
    "a module that only begins alike": (
        {"pyproject.toml": LAYERS, **PACKAGE, "app/higher.py": ""}, {"app/low.py": "import app.higher\n"},
    ),
    "a commented import": ({"pyproject.toml": LAYERS, **PACKAGE}, {"app/low.py": "# import app.high\n"}),
    "an import in a string": ({"pyproject.toml": LAYERS, **PACKAGE}, {"app/low.py": 'x = """\nimport app.high\n"""\n'}),
    "protected, by who may": (
        {".importlinter": INI + "type = protected\nprotected_modules = app.low\nallowed_importers = app.left\n",
         **PACKAGE}, {"app/left.py": "import app.low\n", "tests/test_low.py": "import app.low\n"},
    ),
    "depguard in a test": (
        {".golangci.yml": DEPGUARD, "go.mod": "module x\n"},
        {"a_test.go": 'package a\n\nimport "github.com/pkg/errors"\n'},
    ),
    "depguard, another package": (
        {".golangci.yml": DEPGUARD, "go.mod": "module x\n"},
        {"a.go": 'package a\n\nimport "github.com/pkg/errorsx"\n'},
    ),
    "eslint, taken out again": (
        {".eslintrc.json": ESLINT % '{"patterns": ["@app/*/src", "!@app/ui/src"]}', "a.ts": ""},
        {"a.ts": "import { x } from '@app/ui/src';\n"},
    ),
    "eslint, below an exact path": (
        {".eslintrc.json": ESLINT % '"lodash"', "a.js": ""}, {"a.js": "import fp from 'lodash/fp';\n"},
    ),
    "ruff, spared by per-file-ignores": (
        {"pyproject.toml": RUFF + '\n[tool.ruff.lint.per-file-ignores]\n"tests/**" = ["TID251"]\n'},
        {"tests/a.py": "import json\n"},
    ),
    "ruff, a local name that only looks like the module": (
        {"pyproject.toml": RUFF}, {"a.py": "import os\n\n\ndef f(os):\n    return os.popen\n"},
    ),
    "a use that moves": (
        {"pyproject.toml": RUFF, "a.py": "import os\n\nx = os.popen('a')\n"},
        {"a.py": "import os\n\n\ndef f():\n    return os.popen('a')\n"},
    ),
    "a dependency whose version changes": (
        {"deny.toml": DENY, "Cargo.toml": CARGO + 'openssl = "0.9"\n'}, {"Cargo.toml": CARGO + 'openssl = "0.10"\n'},
    ),
    "the rule and the import, both new": (
        {"pyproject.toml": LAYERS, **PACKAGE},
        {"app/low.py": "import app.high\n",
         "pyproject.toml": LAYERS + 'ignore_imports = ["app.low -> app.high"]\n'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_what_the_tool_allows_blocks_nobody(name: str, tmp_path: Path, pool: ParsePool) -> None:
    """An exception, another direction, another scope, a comment: what the tool lets pass is never a BLOCK."""
    files, change = ALLOWED[name]
    project = CheckedProject(tmp_path / "p", pool, files)
    project.stage(change)
    assert blocking(project.check()) == []


DOUBTS = {
    "noqa": ({"pyproject.toml": RUFF}, {"a.py": "import json  # noqa: TID251\n"}, "silences"),
    "nolint": (
        {".golangci.yml": DEPGUARD, "go.mod": "module x\n"},
        {"a.go": 'package a\n\nimport "github.com/pkg/errors" //nolint:depguard\n'}, "silences",
    ),
    "eslint-disable": (
        {".eslintrc.json": ESLINT % '"lodash"'},
        {"a.js": "// eslint-disable-next-line no-restricted-imports\nimport _ from 'lodash';\n"}, "silences",
    ),
    "a nearer configuration": (
        {"pyproject.toml": RUFF, "sub/ruff.toml": "line-length = 90\n"}, {"sub/a.py": "import json\n"}, "nearer",
    ),
    "archunit on tests": (
        {"src/test/java/a/ArchRules.java": ARCH},
        {"src/test/java/a/service/STest.java": "package a.service;\nimport a.web.Page;\nclass STest {}\n"}, "tests",
    ),
    "a rule that the change itself loosens": (
        {"pyproject.toml": LAYERS, **PACKAGE},
        {"app/low.py": "import app.high\n",
         "pyproject.toml": LAYERS + 'ignore_imports = ["app.low -> app.high"]\n'}, "alters the rule",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTS)
def test_where_the_tool_may_be_silent_is_a_warning(name: str, tmp_path: Path, pool: ParsePool) -> None:
    """What a comment silences, or a configuration that is not ours to read may spare, is said and does not block."""
    files, change, words = DOUBTS[name]
    project = CheckedProject(tmp_path / "p", pool, files)
    project.stage(change)
    answer = project.check()
    assert answer.verdict == "WARN", answer
    assert any(words in finding.message for finding in answer.findings)


def test_a_noqa_for_another_rule_silences_nothing(tmp_path: Path, pool: ParsePool) -> None:
    """`# noqa: F401` is about unused imports, not about banned ones."""
    project = CheckedProject(tmp_path / "p", pool, {"pyproject.toml": RUFF})
    project.stage({"a.py": "import json  # noqa: F401\n"})
    assert project.check().verdict == "BLOCK"
