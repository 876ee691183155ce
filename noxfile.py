"""What a contributor does, one command each: ``nox -s setup``, then ``tests``, ``lint``, ``types``, ``generate``.

The sessions run the tools of one environment, ``.venv`` (``CI_VENV`` names another), which ``setup`` makes from
``requirements-dev.lock``. ``nox -l`` lists them.
"""

from __future__ import annotations

import os
from pathlib import Path

import nox

ENVIRONMENT = Path(os.environ.get("CI_VENV", ".venv")).absolute()
HEADER = "nox -s lock"

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "none"


def _tool(session: nox.Session, name: str, *arguments: str) -> None:
    """Run a tool of the environment."""
    tool = ENVIRONMENT / "bin" / name
    if not tool.exists():
        session.error(f"{tool} is missing: run `nox -s setup` first")
    session.run(str(tool), *arguments, external=True)


@nox.session
def setup(session: nox.Session) -> None:
    """Make or bring up the environment, from the lock. `-- --unlocked`: the newest releases."""
    session.run("bash", ".ci/install", *session.posargs, external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests. `nox -s tests -- tests/cli -x`: those of one folder."""
    _tool(session, "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format and the import contracts. `-- --fix`: mend what can be mended."""
    fix = "--fix" in session.posargs
    _tool(session, "ruff", "check", *(["--fix"] if fix else []), ".")
    _tool(session, "ruff", "format", *([] if fix else ["--check"]), ".")
    _tool(session, "lint-imports", "--no-logo")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    _tool(session, "mypy", *session.posargs)


@nox.session
def generate(session: nox.Session) -> None:
    """Write what is generated: `schemas/`, and what `docs/` repeats of the code. `-- --check`: only compare."""
    _tool(session, "python", "schemas/generate.py", *session.posargs)
    _tool(session, "python", "docs/generate.py", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel and the source archive into `dist/`."""
    _tool(session, "hatchling", "build", "--clean")


@nox.session(venv_backend="virtualenv")
def lock(session: nox.Session) -> None:
    """Write both locks for what pyproject.toml says. `-- --upgrade`: to the newest releases."""
    session.install("uv")
    common = [
        "--quiet", "--universal", "--generate-hashes", "--no-emit-index-url",
        "--python-version", "3.11", "--custom-compile-command", HEADER, "pyproject.toml",
    ]  # fmt: skip
    extras = ["--extra", "dev", "--extra", "quality", "--no-emit-package", "torch"]
    develop, use = "requirements-dev.lock", "requirements.lock"
    session.run("uv", "pip", "compile", *common, *extras, *session.posargs, "-o", develop)
    # what a user installs is what was tested
    session.run("uv", "pip", "compile", *common, "--upgrade", "--constraint", develop, "-o", use)
