"""The locks say what pyproject.toml asks for, by version and hash, and nothing about the machine that wrote them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-dev.lock": [*PROJECT["dependencies"], *EXTRAS["dev"], *EXTRAS["quality"]],
}


def _pins(lock: str) -> dict[str, list[tuple[str, str]]]:
    """Name → (version, the lines of this requirement); more than one where versions of Python differ."""
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    pins: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        name, version = re.split(r"[\s;]", entry, maxsplit=1)[0].split("==")
        pins.setdefault(canonicalize_name(name), []).append((version, entry))
    return pins


@pytest.mark.parametrize("lock", ASKED)
def test_the_lock_holds_what_is_asked_for(lock: str) -> None:
    """Every dependency stands in it, at versions that pyproject.toml allows (else: ``nox -s lock``)."""
    pins = _pins(lock)
    for asked in map(Requirement, ASKED[lock]):
        found = pins.get(canonicalize_name(asked.name), [])
        assert found, f"{asked.name} is not in {lock}: run nox -s lock"
        for version, _ in found:
            assert version in asked.specifier, f"{lock} has {asked.name} {version}: run nox -s lock"


@pytest.mark.parametrize("lock", ASKED)
def test_every_pin_has_hashes(lock: str) -> None:
    """pip refuses a file that is not the one of the lock."""
    for name, versions in _pins(lock).items():
        for _, entry in versions:
            assert "--hash=sha256:" in entry, name


@pytest.mark.parametrize("lock", ASKED)
def test_the_lock_names_no_machine(lock: str) -> None:
    """No address of an index and no path: it works wherever pip finds its packages."""
    text = (ROOT / lock).read_text()
    assert re.findall(r".*(?:://|--index|--find-links|(?<![A-Za-z0-9+=])/\w).*", text) == []


def test_what_users_install_is_what_was_tested() -> None:
    """A package has the same versions in both locks."""
    tested = _pins("requirements-dev.lock")
    for name, versions in _pins("requirements.lock").items():
        assert [version for version, _ in versions] == [version for version, _ in tested[name]], name


def test_torch_has_one_version_and_stands_in_no_lock() -> None:
    """It is installed by version, for the build that fits the machine; documents and scripts name the same one."""
    named = {
        version
        for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / ".ci" / "install")
        for version in re.findall(r"torch==([\d.]+)", path.read_text())
    }
    assert len(named) == 1
    assert not any("torch" in _pins(lock) for lock in ASKED)
