"""docker compose: services, what they are built from, what they start and mount."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact
from indexers.yaml_tree import Yaml, documents


def compose(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        for name, service in document.get("services").items.items():
            yield _service(name, service)


def _service(name: str, service: Yaml) -> Operation:
    build = service.get("build")
    context = build.text or build.get("context").text or ("." if build.items else "")
    file = build.get("dockerfile").text or ("Dockerfile" if context else "")
    command = service.get("command")
    started = [*service.get("entrypoint").texts, *command.texts]
    mounted = [
        volume.text.partition(":")[0] or volume.get("source").text
        for volume in service.get("volumes").entries
    ]
    local = [path for path in mounted if path.startswith(("./", "../"))]
    needs = list(service.get("depends_on").items) or list(service.get("depends_on").texts)
    image = service.get("image").text
    parts = [f"image {image}" if image else "", f"built from {context}" if context else ""]
    parts += [f"needs {', '.join(needs)}" if needs else "", f"starts {' '.join(started)}" if started else ""]
    return fact(
        "service", name, max(1, service.line - 1 if service.items else service.line), end_line=service.end_line,
        detail="; ".join(part for part in parts if part),
        targets=[posixpath.join(context, file) if file else "", *local, " ".join(started)],
    )  # fmt: skip
