""".NET project files: packages and other projects that they need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact
from indexers.operations.xml_tags import tags


def project(source: OperationSource) -> Iterator[Operation]:
    needed, runs = [], 0
    for tag in tags(source.text):
        name = tag.path[-1]
        included = tag.attributes.get("Include", "")
        if name == "PackageReference" and included:
            version = tag.attributes.get("Version", "")
            yield fact(
                "dependency", included, tag.line, detail=version, targets=[f"{included} {version}".strip()]
            )
        elif name == "ProjectReference" and included:
            path = included.replace("\\", "/")
            needed.append(posixpath.normpath(posixpath.join(source.folder, path)))
        elif name == "OutputType" and tag.text.lower() in ("exe", "winexe"):
            runs = tag.line
    title = source.name.rpartition(".")[0]
    yield fact("package", title, 1, detail=".NET project", targets=needed)
    if runs:
        yield fact("entry_point", title, runs, detail="executable project", targets=["Program.cs"])
