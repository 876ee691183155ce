"""What `doctor` says of watching is true, and its next step mends what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from daemon_harness import REPOSITORY, small_project

# No inotify instance is left for a daemon that is started here; then the command line as a person types it.
SCRIPT = """
from pathlib import Path
Path("/proc/sys/user/max_inotify_instances").write_text("0")
from memoryd.cli.main import main
main(["up"])
main(["doctor"])
main(["daemon", "stop"])
"""


def test_doctor_names_the_limit_that_is_reached(tmp_path: Path) -> None:
    """Without inotify instances it is max_user_instances that doctor says to raise, and never max_user_watches."""
    root = small_project(tmp_path / "p")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MEMORYD_HOME": str(tmp_path / "m")}
    done = subprocess.run(
        ["unshare", "-Ur", sys.executable, "-P", "-c", SCRIPT],
        cwd=root, env=environment | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr or "max_inotify_instances" in done.stderr:
        pytest.skip(f"no user namespaces here: {done.stderr.strip()[-100:]}")
    line = next((line for line in done.stdout.splitlines() if "WARN watch:" in line), "")
    assert line, done.stdout + done.stderr
    assert "limit of inotify instances is reached" in line
    assert "sysctl fs.inotify.max_user_instances=" in line
    assert "max_user_watches" not in line
