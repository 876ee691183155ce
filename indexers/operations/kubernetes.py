"""Kubernetes manifests and Helm charts: workloads with their images; a chart's dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact
from indexers.yaml_tree import Yaml, documents

_KINDS = frozenset(
    (
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Service",
        "Ingress",
        "Pod",
        "ReplicaSet",
        "HTTPRoute",
    )
)
IS_MANIFEST = re.compile(rb"^apiVersion:[^\n]*$", re.M)


def manifest(source: OperationSource) -> Iterator[Operation]:
    if not IS_MANIFEST.search(source.data):
        return
    for document in documents(source.text):
        kind, name = document.get("kind").text, document.get("metadata", "name").text
        if kind in _KINDS and name and document.get("apiVersion").text:
            containers = _containers(document)
            images = [container.get("image").text for container in containers]
            started = [word for c in containers for word in (*c.get("command").texts, *c.get("args").texts)]
            detail = f"image {', '.join(filter(None, images))}" if any(images) else kind
            yield fact(
                "service", f"{kind}/{name}", document.line, end_line=document.end_line, detail=detail,
                targets=[*images, " ".join(started)],
            )  # fmt: skip


def _containers(document: Yaml) -> list[Yaml]:
    spec = document.get("spec")
    for inner in (spec.get("jobTemplate", "spec", "template", "spec"), spec.get("template", "spec"), spec):
        if inner.get("containers").entries:
            return inner.get("containers").entries
    return []


def chart(source: OperationSource) -> Iterator[Operation]:
    for document in documents(source.text):
        name = document.get("name").text
        if name and document.get("apiVersion").text:
            yield fact(
                "package",
                name,
                document.get("name").line,
                detail=f"Helm chart {document.get('version').text}".strip(),
            )
            for needed in document.get("dependencies").entries:
                title, version = needed.get("name").text, needed.get("version").text
                if title:
                    yield fact(
                        "dependency",
                        title,
                        needed.line,
                        detail=version,
                        targets=[f"{title} {version}".strip()],
                    )
