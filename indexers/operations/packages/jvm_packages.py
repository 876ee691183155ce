"""Maven's pom.xml and Gradle's build files: modules, dependencies, main classes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact
from indexers.operations.xml_tags import tags

_GRADLE = re.compile(
    r"^\s*(\w*(?:[iI]mplementation|[aA]pi|[cC]ompile|[cC]ompileOnly|[rR]untimeOnly|kapt|ksp|[aA]nnotationProcessor"
    r"|classpath))\s*(?:\(\s*)?(?:platform\s*\(\s*|enforcedPlatform\s*\(\s*)?"
    r"(?:[\"']([\w.-]+):([\w.-]+)(?::([\w.+\-$\{\}\[\](), ]*))?[\"']|project\(\s*(?:path:\s*)?[\"']([\w:.-]+)[\"'])"
)
_MAIN = re.compile(r"^\s*mainClass(?:Name)?(?:\s*(?:=|\.set\()\s*|\s+)\(?[\"']([\w.$]+)[\"']")
_ROOT = re.compile(r"^\s*rootProject\.name\s*=\s*[\"']([^\"']+)[\"']")
_INCLUDE = re.compile(r"^\s*include\s*(?:\(\s*)?([\"'].*)")
_QUOTED = re.compile(r"[\"']([\w:./-]+)[\"']")


def pom(source: OperationSource) -> Iterator[Operation]:
    fields: dict[str, str] = {}
    start, modules = 1, []
    package = ""
    for tag in tags(source.text):
        name, parent = tag.path[-1], tag.path[-2:-1]
        if tag.path == ("project", "artifactId"):
            package, line = tag.text, tag.line
        elif parent == ("modules",) and name == "module":
            modules.append(tag.text)
        elif name == "mainClass" and "." in tag.text:
            yield fact("entry_point", tag.text, tag.line, detail="main class", targets=[tag.text])
        elif name == "dependency":
            yield from _dependency(fields, start)
            fields, start = {"in": "/".join(tag.path)}, tag.line
        elif parent == ("dependency",) and fields:
            fields[name] = tag.text
    yield from _dependency(fields, start)
    if package:
        yield fact("package", package, line, detail="Maven artifact", targets=modules)


def _dependency(fields: dict[str, str], line: int) -> Iterator[Operation]:
    artifact = fields.get("artifactId")
    if artifact and "plugin" not in fields["in"] and "dependencyManagement" not in fields["in"]:
        name = f"{fields.get('groupId', '')}:{artifact}"
        version, scope = fields.get("version", ""), fields.get("scope", "")
        label = "dev (test)" if scope == "test" else scope
        yield fact(
            "dependency",
            name,
            line,
            detail=f"{version} {label}".strip(),
            targets=[f"{name}:{version}".rstrip(":")],
        )


def gradle(source: OperationSource) -> Iterator[Operation]:
    for number, line in enumerate(source.lines, 1):
        found = _GRADLE.match(line[:500])
        if found and found[2]:
            label = "dev (test)" if found[1].startswith(("test", "androidTest")) else ""
            name = f"{found[2]}:{found[3]}"
            yield fact(
                "dependency", name, number, detail=f"{found[4] or ''} {label}".strip(),
                targets=[f"{name}:{found[4] or ''}".rstrip(":")],
            )  # fmt: skip
        main = _MAIN.match(line[:500])
        if main:
            yield fact("entry_point", main[1], number, detail="main class", targets=[main[1]])


def gradle_settings(source: OperationSource) -> Iterator[Operation]:
    for number, line in enumerate(source.lines, 1):
        root = _ROOT.match(line[:1000])
        if root:
            yield fact("package", root[1], number, detail="Gradle build")
        included = _INCLUDE.match(line[:1000])
        for module in _QUOTED.findall(included[1]) if included else ():
            folder = module.strip(":").replace(":", "/")
            yield fact("package", module, number, detail="Gradle module", targets=[folder])
