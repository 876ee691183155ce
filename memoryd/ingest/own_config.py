"""The settings file that a project brings along: hostile data, which only narrows what is read of it."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from indexers.secrets import redact_text
from memoryd.config import Config, Narrowed, narrow
from memoryd.ingest.files.rooted_files import Unreadable
from memoryd.ingest.files.scan import Limits, read_file

OWN_CONFIG = ".memoryd.toml"
_MAX_BYTES = 65_536


def own_settings(root: Path, config: Config) -> Narrowed:
    """``config`` as the project's own file narrows it. What of the file has no effect is in ``ignored``, each
    sentence with the file's name; a file that cannot be read has none."""
    try:
        document = read_file(root, OWN_CONFIG, _MAX_BYTES)
    except Unreadable as error:
        why = () if error.reason == "vanished" else (f"it is not read ({error.reason})",)
        narrowed = structs.replace(narrow(config, b""), ignored=why)
    else:
        narrowed = narrow(config, document)
    said = tuple(f"{OWN_CONFIG}: {redact_text(sentence)}" for sentence in narrowed.ignored)
    return structs.replace(narrowed, ignored=said)


def limits_of(root: Path, config: Config) -> Limits:
    """Which files of the work tree may be looked at: the user's settings, as the project's own file narrows them."""
    narrowed = own_settings(root, config)
    return Limits(
        max_file_bytes=narrowed.max_file_bytes,
        exclude=config.index.exclude,
        project_exclude=narrowed.exclude,
        untracked=narrowed.untracked,
    )
