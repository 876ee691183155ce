"""What a user installs is the wheel, not the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("memoryd-*.whl"))


def test_the_wheel_holds_data_files_and_no_schemas(wheel: Path) -> None:
    """Queries, migrations and the model are inside; `schemas/`, tests and benchmarks are not."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"memoryd", "indexers"}
    for needed in ("memoryd/store/migrations/index/0001_initial.sql", "indexers/languages/python.scm",
                   "memoryd/embedding/data/rows.npy"):  # fmt: skip
        assert needed in names


def test_the_wheel_says_where_its_model_comes_from(wheel: Path) -> None:
    """The vectors start from an Apache-2.0 model: its notice goes wherever they go."""
    archive = zipfile.ZipFile(wheel)
    notice = next(name for name in archive.namelist() if name.endswith(".dist-info/licenses/NOTICE"))
    assert b"all-MiniLM-L6-v2" in archive.read(notice)


def test_the_installed_wheel_does_the_main_job(wheel: Path, tmp_path: Path) -> None:
    """From the wheel alone, away from the checkout: `up` indexes a repository and `search` answers."""
    site, repo = tmp_path / "site", tmp_path / "repo"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    repo.mkdir()
    (repo / "greeting.py").write_text('def greet(name):\n    """Say hello."""\n    return name\n')
    environment = os.environ | {"PYTHONPATH": str(site), "MEMORYD_HOME": str(tmp_path / "home")}

    def memoryd(*arguments: str) -> str:
        run = [sys.executable, "-P", str(site / "bin" / "memoryd"), *arguments]
        done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    try:
        assert "1 files" in memoryd("up", str(repo))
        assert "greeting.py" in memoryd("search", "greet", "-C", str(repo))
    finally:
        memoryd("daemon", "stop")
