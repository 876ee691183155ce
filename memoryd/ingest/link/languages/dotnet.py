"""What holds in all C# files of one .NET project: ``global using``, and ``<Using>`` of the project's file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from indexers.languages.csharp import GLOBAL_USING
from memoryd.ingest.link.places import upwards
from memoryd.ingest.link.view import LinkView

_PROPERTIES = "Directory.Build.props"
_PROJECTS = "*.csproj"
MANIFESTS = frozenset({_PROJECTS, _PROPERTIES})
_USING = re.compile(r"<Using\s[^<>]*")
_INCLUDE = re.compile(r"\sInclude\s*=\s*[\"']([\w.]+)[\"']")
_ALIAS = re.compile(r"\sAlias\s*=")


def global_usings(view: LinkView, path: str) -> tuple[str, ...]:
    """The namespaces and types that every file of the project of ``path`` uses."""
    usings = view.fixpoints("dotnet usings", lambda: _read(view), {})
    if not usings:
        return ()
    for folder in upwards(posixpath.dirname(path)):
        if folder in usings:
            return usings[folder]
    return ()


def _read(view: LinkView) -> Mapping[str, tuple[str, ...]]:
    """By folder of the project; ``""`` for what belongs to none."""
    projects: dict[str, dict[str, None]] = {"": {}}
    for path, text in view.texts(_PROJECTS):
        projects.setdefault(posixpath.dirname(path), {}).update(dict.fromkeys(_included(text)))
    for path, item in view.binding("csharp", GLOBAL_USING):
        folder = next(folder for folder in upwards(posixpath.dirname(path)) if folder in projects)
        projects[folder][item.module] = None
    for path, text in view.texts(_PROPERTIES):
        above, included = posixpath.dirname(path), dict.fromkeys(_included(text))
        for folder, usings in projects.items():
            if above in upwards(folder):
                usings.update(included)
    return {folder: tuple(usings) for folder, usings in projects.items()}


def _included(text: str) -> Iterator[str]:
    for element in _USING.findall(text):
        found = _INCLUDE.search(element)
        if found and not _ALIAS.search(element):
            yield found[1]
