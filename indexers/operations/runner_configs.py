"""How a project's tests are run: pytest, tox, unittest runners, jest and vitest, PHPUnit, RSpec."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping
from typing import Any

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact
from indexers.operations.xml_tags import tags

_LIST = re.compile(
    r"""\b(include|testMatch|roots|testDir|setupFiles|setupFilesAfterEnv|globalSetup|specPattern|spec)\s*:\s*(\[[^\]]{0,2000}\]|["'][^"'\n]+["'])"""
)


def pyproject(source: OperationSource) -> Iterator[Operation]:
    tool = source.toml().get("tool")
    options = tool.get("pytest") if isinstance(tool, dict) else None
    options = options.get("ini_options", options) if isinstance(options, dict) else None
    if isinstance(options, dict):
        paths = options.get("testpaths", [])
        paths = paths.split() if isinstance(paths, str) else paths
        yield fact(
            "test_config", "pytest", source.line_of("[tool.pytest"), detail=_pytest_detail(options),
            targets=[path for path in paths if isinstance(path, str)] if isinstance(paths, list) else (),
        )  # fmt: skip


def ini(source: OperationSource) -> Iterator[Operation]:
    """pytest.ini, setup.cfg, tox.ini."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    try:
        parser.read_string(source.text)
    except (configparser.Error, ValueError):
        return
    for section in parser.sections():
        options = dict(parser.items(section))
        line = source.line_of(f"[{section}]")
        if section in ("pytest", "tool:pytest"):
            yield fact(
                "test_config", "pytest", line, detail=_pytest_detail(options),
                targets=options.get("testpaths", "").split(),
            )  # fmt: skip
        elif section.startswith("testenv"):
            commands = [part.strip() for part in options.get("commands", "").split("\n") if part.strip()]
            name = f"tox {section.partition(':')[2]}".strip()
            yield fact("test_config", name, line, detail="; ".join(commands[:3]), targets=commands)


def _pytest_detail(options: Mapping[str, Any]) -> str:
    named = (
        f"{key} = {options[key]}"
        for key in ("addopts", "DJANGO_SETTINGS_MODULE", "django_settings_module", "markers")
        if options.get(key)
    )
    return "; ".join(" ".join(text.split()) for text in named)


def javascript(source: OperationSource) -> Iterator[Operation]:
    """jest, vitest, playwright, cypress and mocha configurations: what their lists of files say."""
    tool = source.name.partition(".")[0] or source.name.split(".")[1]
    found = [
        item
        for _, value in _LIST.findall(source.text[:64_000])
        for item in re.findall(r"""["']([^"'\n]+)["']""", value)
    ]
    yield fact(
        "test_config",
        tool.removesuffix("rc"),
        1,
        end_line=len(source.lines),
        detail="configuration",
        targets=found,
    )


def phpunit(source: OperationSource) -> Iterator[Operation]:
    paths = [tag.text for tag in tags(source.text) if tag.path[-2:-1] == ("testsuite",) and tag.text]
    yield fact("test_config", "phpunit", 1, end_line=len(source.lines), detail="PHPUnit", targets=paths)


def rspec(source: OperationSource) -> Iterator[Operation]:
    yield fact(
        "test_config",
        "rspec",
        1,
        end_line=len(source.lines),
        detail=" ".join(source.text.split()),
        targets=["spec"],
    )
