"""Whether the kernel sees all changes below a folder; on network and host-shared file systems it does not."""

from __future__ import annotations

import re
from pathlib import Path

_REMOTE = re.compile(
    r"nfs4?|cifs|smb[23]?|smbfs|9p|afs|ceph|lustre|glusterfs|vboxsf|vmhgfs|prl_fs|drvfs|virtiofs"
    r"|fuse\.(?!ext|ntfs|overlay).*|fuse"
)


def sends_no_events(root: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """``""``, or why events of ``root`` cannot be trusted. Where mounts are not listed, nothing is known."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    kind = max((_mount(line) for line in lines), key=lambda mount: _depth(mount[0], root))[1] if lines else ""
    if not _REMOTE.fullmatch(kind):
        return ""
    return f"the file system ({kind}) does not report changes made elsewhere"


def _mount(line: str) -> tuple[str, str]:
    """(mount point, file system type) of a line of mountinfo."""
    before, _dash, after = line.partition(" - ")
    point = before.split(" ")[4] if before.count(" ") >= 4 else ""
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), point), after.split(" ")[0]


def _depth(point: str, root: Path) -> int:
    """How many components of ``root`` the mount point covers; -1 for another branch."""
    if not point or not root.is_relative_to(point):
        return -1
    return len(Path(point).parts)
