"""``memoryd install CLIENT`` and ``uninstall CLIENT``: show the change, ask, keep a backup, write."""

from __future__ import annotations

import difflib
import json
import re
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from memoryd.cli.connection import project
from memoryd.cli.install import assistants, config_file
from memoryd.cli.install.assistants import Assistant
from memoryd.cli.install.jsonc import UnreadableJson
from memoryd.cli.terminal.consent import need_somebody, print_diff, says_yes
from memoryd.cli.terminal.output import print_json, print_text
from memoryd.errors import MemorydError, UsageError
from memoryd.paths import Paths, default_paths

ATTEMPTS = 3  # assistants rewrite their files while they run
LINE_LIMIT = 160  # characters of a diff line shown

Edit = Callable[[str], str]


class ConfigPlace(NamedTuple):
    """The file that is edited. ``new_mode``: its mode when it is created."""

    client: str
    assistant: Assistant
    file: Path
    new_mode: int


def run(args: Namespace) -> int:
    """``install``: our server into the client's file."""
    paths, place = default_paths(), _place(args)
    entry = assistants.server_entry(place.assistant, args._scope)

    def edit(text: str) -> str:
        return assistants.with_server(place.assistant, text, entry)

    before = _text(place)
    changed = _apply(args, paths, place, edit, entry)
    if changed and not args._print:
        _remember(paths, place, before)
        if not args._json:
            print_text(f"{place.assistant.title}: {place.assistant.reload}")
    return 0


def run_uninstall(args: Namespace) -> int:
    """``uninstall``: our server out of the client's file, and what install had to create with it."""
    paths, place = default_paths(), _place(args)
    made = _memory(paths).get(str(place.file), {})

    def edit(text: str) -> str:
        return assistants.without_server(place.assistant, text, drop_section=bool(made.get("section")))

    if _apply(args, paths, place, edit, None) and not args._print:
        if made.get("file") and (_text(place) or "").strip() in ("", "{}"):
            config_file.remove(place.file)
        _forget(paths, place)
    return 0


def _place(args: Namespace) -> ConfigPlace:
    chosen = assistants.assistant(args._client)
    if args._scope == "user":
        if args._project:
            raise UsageError("-C names a project, but the scope is user", next_step="add --scope project")
        return ConfigPlace(args._client, chosen, config_file.target(chosen.user_file, None), 0o600)
    root = Path(project.git_root(project.folder(args._project)))
    return ConfigPlace(args._client, chosen, config_file.target(root / chosen.project_file, root), 0o644)


def _text(place: ConfigPlace) -> str | None:
    data = config_file.read(place.file)
    return None if data is None else _decode(place, data)


def _decode(place: ConfigPlace, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _unreadable(place, f"it is no UTF-8 text (byte {error.start})") from error


def _apply(
    args: Namespace, paths: Paths, place: ConfigPlace, edit: Edit, entry: dict[str, Any] | None
) -> bool:
    """Show, ask, back up, write; False when the file says already what it should. Raises MemorydError."""
    for _ in range(ATTEMPTS):
        data = config_file.read(place.file)
        before = "" if data is None else _decode(place, data)
        after = _edited(place, edit, before)
        if after == before:
            _report(args, place, changed=False, diff="", saved="", entry=entry)
            return False
        diff = _diff(place, before, after)
        if args._print or not _agreed(args, place, diff):
            _report(args, place, changed=False, diff=diff, saved="", entry=entry)
            return False
        saved = "" if data is None else str(config_file.backup(paths, place.client, place.file, data))
        try:
            config_file.replace(place.file, data, after.encode(), place.new_mode)
        except config_file.ChangedMeanwhile:
            continue
        _report(args, place, changed=True, diff=diff, saved=saved, entry=entry)
        return True
    raise MemorydError(
        "somebody keeps writing this file",
        where=str(place.file),
        next_step=f"close {place.assistant.title}, then try again",
    )


def _edited(place: ConfigPlace, edit: Edit, before: str) -> str:
    try:
        return edit(before)
    except UnreadableJson as error:
        raise _unreadable(place, str(error)) from error


def _unreadable(place: ConfigPlace, why: str) -> UsageError:
    return UsageError(
        f"this file is left as it is, because {why}",
        where=str(place.file),
        next_step=f"repair it, or add the server in {place.assistant.title} by hand "
        f"(docs/mcp.md shows what goes in)",
    )


def _agreed(args: Namespace, place: ConfigPlace, diff: str) -> bool:
    """``--yes``, or a person's yes after seeing the change. Raises UsageError when nobody can be asked."""
    if args._yes:
        return True
    need_somebody(
        f"this would change {place.file}",
        "see the change with --print, make it with --yes",
        as_json=args._json,
    )
    print_diff(diff)
    return says_yes("Write this?", "nothing was written")


def _report(
    args: Namespace, place: ConfigPlace, *, changed: bool, diff: str, saved: str, entry: dict[str, Any] | None
) -> None:
    if args._json:
        print_json(
            {
                "client": place.client,
                "file": str(place.file),
                "changed": changed,
                "backup": saved,
                "diff": diff,
            }
        )
        return
    if args._print:
        _print_preview(place, diff, entry)
    elif changed:
        if args._yes:
            print_diff(diff)
        print_text(f"wrote {place.file}" + (f"\nbackup: {saved}" if saved else ""))
    elif not diff:
        print_text(f"nothing to do: {place.file} says so already")


def _print_preview(place: ConfigPlace, diff: str, entry: dict[str, Any] | None) -> None:
    if entry is not None:
        print_text(
            f"{place.assistant.section}.{assistants.NAME} = {json.dumps(entry, indent=2, ensure_ascii=False)}"
        )
    print_text(f"file: {place.file}")
    print_diff(diff or "(no change)")


def _diff(place: ConfigPlace, before: str, after: str) -> str:
    """A unified diff. Values of lines that are not ours are masked: the file may hold tokens."""
    old = {_bare(line) for line in before.splitlines()}
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"{place.file} (now)",
        f"{place.file} (then)",
        lineterm="",
        n=2,
    )
    return "\n".join(_shown(line, old) for line in lines)


def _shown(line: str, old: set[str]) -> str:
    if not line.startswith(("---", "+++", "@@")) and (line[:1] != "+" or _bare(line[1:]) in old):
        line = re.sub(r'([:=]\s*)"[^"]*"', r'\1"…"', line)
    if len(line) <= LINE_LIMIT:
        return line
    return f"{line[: LINE_LIMIT // 2]} … ({len(line)} characters in this line)"


def _bare(line: str) -> str:
    return line.strip().rstrip(",")


def _memory_file(paths: Paths) -> Path:
    return paths.home / "installs.json"


def _memory(paths: Paths) -> dict[str, Any]:
    """What earlier installs had to create, by file; nothing known when the note is missing or damaged."""
    try:
        value = json.loads(config_file.read(_memory_file(paths)) or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _remember(paths: Paths, place: ConfigPlace, before: str | None) -> None:
    document = assistants.parse(place.assistant, before or "")
    made = {"file": before is None, "section": place.assistant.section not in document}
    if assistants.NAME not in document.get(place.assistant.section, {}):
        _save(paths, {**_memory(paths), str(place.file): made})


def _forget(paths: Paths, place: ConfigPlace) -> None:
    _save(paths, {file: made for file, made in _memory(paths).items() if file != str(place.file)})


def _save(paths: Paths, memory: dict[str, Any]) -> None:
    paths.prepare()
    file = _memory_file(paths)
    config_file.replace(file, config_file.read(file), json.dumps(memory, indent=2).encode() + b"\n", 0o600)
