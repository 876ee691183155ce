"""What a file declares of a project's operation: packages, entry points, CI, containers, migrations, flags, routes.

One module per source; the tables below pick by base name, by path, and by extension for what has to be seen in code.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice

import msgspec

from indexers.facts import FileFacts, Operation
from indexers.operations import (
    ci,
    codeowners,
    compose,
    dockerfile,
    flags,
    kubernetes,
    mains,
    migrations,
    runner_configs,
)
from indexers.operations.packages import (
    cargo_packages,
    dotnet_packages,
    go_packages,
    jvm_packages,
    node_packages,
    php_packages,
    python_packages,
    ruby_packages,
)
from indexers.operations.routes import (
    dotnet_routes,
    go_routes,
    java_routes,
    laravel_routes,
    node_routes,
    python_routes,
    rails_routes,
    rust_routes,
)
from indexers.operations.source import OperationSource

Reader = Callable[[OperationSource], Iterator[Operation]]
MAX_OPERATIONS = 2_000  # of one file
_MAX_TARGETS, _MAX_TARGET, _MAX_NAME, _MAX_DETAIL = 60, 300, 200, 240

_BY_NAME: dict[str, tuple[Reader, ...]] = {
    "pyproject.toml": (python_packages.pyproject, runner_configs.pyproject),
    "setup.cfg": (python_packages.setup_cfg, runner_configs.ini),
    "setup.py": (python_packages.setup_py,),
    "pipfile": (python_packages.pipfile,),
    "pytest.ini": (runner_configs.ini,),
    "tox.ini": (runner_configs.ini,),
    "package.json": (node_packages.package_json,),
    "go.mod": (go_packages.go_mod,),
    "go.work": (go_packages.go_mod,),
    "cargo.toml": (cargo_packages.cargo,),
    "pom.xml": (jvm_packages.pom,),
    "build.gradle": (jvm_packages.gradle,),
    "build.gradle.kts": (jvm_packages.gradle,),
    "settings.gradle": (jvm_packages.gradle_settings,),
    "settings.gradle.kts": (jvm_packages.gradle_settings,),
    "gemfile": (ruby_packages.gemfile,),
    "composer.json": (php_packages.composer,),
    "codeowners": (codeowners.codeowners,),
    ".gitlab-ci.yml": (ci.gitlab,),
    ".travis.yml": (ci.travis,),
    "azure-pipelines.yml": (ci.azure,),
    "jenkinsfile": (ci.jenkins,),
    "chart.yaml": (kubernetes.chart,),
    "phpunit.xml": (runner_configs.phpunit,),
    "phpunit.xml.dist": (runner_configs.phpunit,),
    ".rspec": (runner_configs.rspec,),
}
_BY_PATH: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern, re.I), reader)
    for pattern, reader in (
        (r"(?:^|/)requirements(?:[\w.-]*|/[\w./-]{0,200})\.(?:txt|in)$", python_packages.requirements),
        (r"\.gemspec$", ruby_packages.gemspec),
        (r"\.(?:cs|fs|vb)proj$", dotnet_packages.project),
        (r"(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$", ci.github_workflow),
        (r"(?:^|/)action\.ya?ml$", ci.github_action),
        (r"(?:^|/)\.circleci/config\.yml$", ci.circle),
        (r"(?:^|/)(?:docker|container)file(?:\.[\w.-]+)?$|\.(?:docker|container)file$", dockerfile.dockerfile),
        (r"(?:^|/)(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$", compose.compose),
        (r"[^/]\.ya?ml$", kubernetes.manifest),
        (r"(?:^|/)config/routes(?:/[\w/-]{1,200})?\.rb$", rails_routes.routes),
        (r"(?:^|/)routes/[\w/-]{1,200}\.php$", laravel_routes.routes),
        (r"(?:^|/)migrations/[^/]+\.py$", migrations.django),
        (r"(?:^|/)versions/[^/]+\.py$", migrations.alembic),
        (r"(?:^|/)(?:jest|vitest|playwright|cypress|wdio|karma)\.(?:config|workspace|conf)\.[cm]?[jt]s$",
         runner_configs.javascript),
        (r"(?:^|/)\.mocharc\.\w+$", runner_configs.javascript),
        (r"(?:migrat|\.sql$)", migrations.named),
    )
)  # fmt: skip
_NODE: tuple[Reader, ...] = (node_routes.routes, flags.flags)
_BY_EXTENSION: dict[str, tuple[Reader, ...]] = {
    ".py": (mains.python, python_routes.routes, flags.flags),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), _NODE),
    ".go": (mains.go, go_routes.routes, flags.flags),
    ".rs": (mains.rust, rust_routes.routes),
    ".java": (mains.java, java_routes.routes, flags.flags),
    ".kt": (mains.java, java_routes.routes, flags.flags),
    ".rb": (flags.flipper,),
    ".cs": (dotnet_routes.routes, flags.flags),
}


def operations(path: str, data: bytes, facts: FileFacts) -> tuple[Operation, ...]:
    """What the file declares, in order of line, each once. ``data``: its bytes as indexed. Never raises for what
    is in them; what cannot be read declares nothing."""
    readers = _readers(path)
    if not readers or not data:
        return ()
    source = OperationSource(path, data, facts)
    declared = islice((fact for reader in readers for fact in reader(source) if fact.name), MAX_OPERATIONS)
    found = dict.fromkeys(map(_bounded, declared))
    return tuple(sorted(found, key=lambda fact: (fact.line, fact.kind, fact.name)))


@lru_cache(maxsize=4096)  # history reads every version of a manifest
def _readers(path: str) -> tuple[Reader, ...]:
    name = posixpath.basename(path).lower()
    by_path = tuple(reader for pattern, reader in _BY_PATH if pattern.search(path))
    return (*_BY_NAME.get(name, ()), *by_path, *_BY_EXTENSION.get(posixpath.splitext(name)[1], ()))


def _bounded(fact: Operation) -> Operation:
    """In one line each, and no longer than is of use."""
    if _is_plain(fact):
        return fact
    name, detail = _line(fact.name, _MAX_NAME), _line(fact.detail, _MAX_DETAIL)
    targets = tuple([_line(target, _MAX_TARGET) for target in fact.targets[:_MAX_TARGETS]])
    return msgspec.structs.replace(fact, name=name, detail=detail, targets=targets)


def _is_plain(fact: Operation) -> bool:
    """Whether it needs no change, by one look at all of its texts together; nearly always it does not."""
    texts = "|".join((fact.name, fact.detail, *fact.targets))
    return (
        len(texts) <= _MAX_NAME
        and len(fact.targets) <= _MAX_TARGETS
        and texts.isprintable()
        and "  " not in texts
        and " |" not in texts
        and "| " not in texts
        and texts.strip() == texts
    )


def _line(text: str, most: int) -> str:
    text = " ".join(text[: 4 * most].split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
