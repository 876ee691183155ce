"""Every setting, once: the fields below are the file, the environment variables, the flags and their help.

Precedence, lowest first: the defaults here, ``$MEMORYD_HOME/config.toml``, ``MEMORYD_<SECTION>_<KEY>``
in the environment, ``--<section>-<key>`` flags. A wrong name or value is refused by name (UsageError).
A ``.memoryd.toml`` inside a repository is hostile data: it can only narrow what is read (``narrow``).
A child process gets what is in effect as one JSON value (``for_child``, ``of_parent``) and reads nothing else.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct, structs

from memoryd.errors import UsageError
from memoryd.paths import Paths, default_paths

__all__ = ["Config", "Paths", "default_paths", "for_child", "load", "narrow", "of_parent", "settings"]

PositiveInt = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Port = Annotated[int, Meta(ge=0, le=65535)]


class Section(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """One ``[section]`` of the configuration."""


def _doc(text: str) -> Meta:
    return Meta(description=text)


class IndexSection(Section, frozen=True):
    """What is read from a project, and at what cost."""

    max_file_bytes: Annotated[PositiveInt, _doc("Files above this size are listed as skipped.")] = 2_097_152
    exclude: Annotated[
        tuple[str, ...], _doc("Patterns (.gitignore syntax) never read, on top of the built-in deny list.")
    ] = ()
    untracked: Annotated[bool, _doc("Also index files that git does not track and does not ignore.")] = True
    parse_workers: Annotated[
        int, Meta(ge=0, le=64, description="Parse processes; 0 = as many as there are cores, at most 8.")
    ] = 0
    parse_timeout_s: Annotated[
        Seconds,
        _doc(
            "A file whose parsing takes a fifth of it in processor time (and half of it for each MB), or six times as "
            "long by the clock, is left out by its hash."
        ),
    ] = 10.0
    unit_cpu_s: Annotated[
        Seconds,
        _doc(
            "Processor time that linking a file, or reading a commit or manifest, may take, and as much again for each "
            "MB; what takes more, twice, is left out and named in `status`."
        ),
    ] = 20.0
    worker_memory_mb: Annotated[
        int, Meta(ge=64, description="Address-space growth allowed to one parse process, in MiB.")
    ] = 512
    revision_views: Annotated[
        PositiveInt, _doc("Views of commits (--rev) kept per project; the least used goes first.")
    ] = 16


class WatchSection(Section, frozen=True):
    """How changes on disk are noticed."""

    enabled: Annotated[bool, _doc("Keep registered projects fresh as files change.")] = True
    mode: Annotated[
        Literal["auto", "native", "polling"], _doc("Native events (auto: polling where they run out).")
    ] = "auto"
    debounce_ms: Annotated[PositiveInt, _doc("Quiet time after an event before indexing.")] = 400
    max_delay_ms: Annotated[PositiveInt, _doc("Under constant change, index at least this often.")] = 2_000
    polling_s: Annotated[Seconds, _doc("Time between two looks in polling mode.")] = 5.0
    reconcile_s: Annotated[
        Seconds, _doc("Full comparison with the disk this often, because events get lost; 0 = never.")
    ] = 900.0


class DaemonSection(Section, frozen=True):
    """The background process."""

    idle_stop_s: Annotated[
        Seconds, _doc("Stop after this long without a client; 0 = never. It starts again on demand.")
    ] = 14_400.0
    ingest_idle_s: Annotated[
        Seconds, _doc("End a project's indexing process after this long without work (frees its memory).")
    ] = 60.0
    max_connections: Annotated[
        PositiveInt, _doc("Clients connected at once; fewer where few files may be open.")
    ] = 512
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _doc("Detail of daemon.log.")] = "info"
    log_max_bytes: Annotated[PositiveInt, _doc("daemon.log is rotated at this size.")] = 2_000_000
    log_files: Annotated[int, Meta(ge=0, le=50, description="Rotated logs kept.")] = 3


class SearchSection(Section, frozen=True):
    """Defaults of answers."""

    k: Annotated[int, Meta(ge=1, le=100, description="Hits returned when the caller names no number.")] = 10
    max_tokens: Annotated[
        int, Meta(ge=50, le=20_000, description="Length of an answer in tokens (about 4 characters each).")
    ] = 800
    brief_max_tokens: Annotated[int, Meta(ge=50, le=20_000, description="Length of a brief in tokens.")] = (
        1_500
    )


class LimitsSection(Section, frozen=True):
    """What one caller may ask of the daemon."""

    argument_bytes: Annotated[PositiveInt, _doc("Arguments of one tool call.")] = 65_536
    line_bytes: Annotated[
        int, Meta(ge=65_536, description="One message on the socket; a longer line is refused unread.")
    ] = 4_194_304
    deadline_s: Annotated[
        Seconds, _doc("Time for one answer, waiting included; then it is stopped with an error.")
    ] = 10.0
    parallel: Annotated[PositiveInt, _doc("Answers computed at once.")] = 4
    waiting: Annotated[
        int, Meta(ge=0, description="Calls that may wait for a free place; above it the answer is BUSY.")
    ] = 256


class VectorsSection(Section, frozen=True):
    """Meaning-based search."""

    enabled: Annotated[bool, _doc("Use vectors in search.")] = True
    tune: Annotated[
        bool,
        _doc("Learn a project's words from its history when idle, and use them where they prove better."),
    ] = True
    tune_idle_s: Annotated[
        Seconds, _doc("A project learns after this long without a question or a change.")
    ] = 60.0
    cache_from_chunks: Annotated[
        PositiveInt,
        _doc("Projects of this many chunks get a Chroma cache; comparing fewer one by one is faster."),
    ] = 1_000_000
    quality_model: Annotated[
        str,
        _doc("Folder or package of a sentence-transformers model (bi- or cross-encoder); empty = none."),
    ] = ""
    quality_fill: Annotated[
        bool,
        _doc(
            "Let the quality model read the whole project while nothing else is to do; false = best finds only."
        ),
    ] = True
    idle_stop_s: Annotated[Seconds, _doc("End the vector process after this long without work.")] = 600.0


class HttpSection(Section, frozen=True):
    """``memoryd serve --http``: MCP over streamable HTTP, on the loopback interface only."""

    port: Annotated[Port, _doc("TCP port on 127.0.0.1; 0 = any free one.")] = 8767
    allowed_origins: Annotated[
        tuple[str, ...],
        _doc(
            "Origins of web pages that may call beside the server's own, exactly as the browser sends them."
        ),
    ] = ()
    body_bytes: Annotated[PositiveInt, _doc("Largest request body.")] = 1_048_576
    max_sessions: Annotated[PositiveInt, _doc("Open MCP sessions; one more ends one that is idle.")] = 128


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings; each field is one section."""

    index: IndexSection = IndexSection()
    watch: WatchSection = WatchSection()
    daemon: DaemonSection = DaemonSection()
    search: SearchSection = SearchSection()
    limits: LimitsSection = LimitsSection()
    vectors: VectorsSection = VectorsSection()
    http: HttpSection = HttpSection()


class Setting(Struct, frozen=True):
    """One setting as people meet it. ``kind``: ``int``, ``float``, ``bool``, ``text``, ``list`` or the
    choices joined by ``|``."""

    section: str
    key: str
    kind: str
    default: Any
    doc: str

    @property
    def name(self) -> str:
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        return f"MEMORYD_{self.section}_{self.key}".upper()

    @property
    def flag(self) -> str:
        return f"--{self.section}-{self.key}".replace("_", "-")


def settings() -> Iterator[Setting]:
    """Every setting in file order."""
    for section in structs.fields(Config):
        hints = get_type_hints(section.type, include_extras=True)
        for field in structs.fields(section.type):
            kind, doc = _kind_and_doc(hints[field.name])
            yield Setting(section.name, field.name, kind, field.default, doc)


def _kind_and_doc(hint: Any) -> tuple[str, str]:
    doc = next((m.description for m in getattr(hint, "__metadata__", ()) if m.description), "")
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is Literal:
        return "|".join(get_args(hint)), doc
    if get_origin(hint) is tuple:
        return "list", doc
    return {str: "text"}.get(hint, hint.__name__), doc


def load(
    paths: Paths, environment: Mapping[str, str] = os.environ, flags: Mapping[str, str] | None = None
) -> Config:
    """The effective configuration. ``flags``: ``section.key`` → text as typed.

    Raises UsageError naming the setting (and the file or variable) that is unknown or has a bad value.
    """
    values = _read_file(paths.config_file)
    known = {setting.name: setting for setting in settings()}
    for name, text in environment.items():
        setting = _setting_of_variable(name, known)
        if setting:
            _assign(values, setting, text, name)
            _check({setting.section: {setting.key: values[setting.section][setting.key]}}, name)
    for name, text in (flags or {}).items():
        if name not in known:
            raise UsageError(f"there is no setting `{name}`", where="flags", next_step=_suggest(name, known))
        _assign(values, known[name], text, name)
        _check({known[name].section: {known[name].key: values[known[name].section][known[name].key]}}, name)
    return _check(values, str(paths.config_file))


_CHILD_VARIABLE = "MEMORYD_EFFECTIVE_CONFIG"


def for_child(config: Config) -> dict[str, str]:
    """The variable by which a child process gets exactly ``config``, whatever files, variables and flags say by now.

    JSON of ASCII alone: no locale, separator or control character changes a value on the way.
    """
    return {_CHILD_VARIABLE: json.dumps(msgspec.to_builtins(config))}


def of_parent(environment: Mapping[str, str] = os.environ) -> Config:
    """What the parent process gave by ``for_child``. Raises UsageError when it gave nothing."""
    try:
        return msgspec.json.decode(environment[_CHILD_VARIABLE], type=Config)
    except (KeyError, msgspec.DecodeError) as error:
        raise UsageError(
            "this process is started by the daemon, which tells it the settings",
            where=_CHILD_VARIABLE,
            next_step="run `memoryd up` instead",
        ) from error


class Narrowed(Struct, frozen=True):
    """What is left of ``[index]`` under a repository's own file. ``exclude``: the repository's patterns alone, a rule
    set apart from the user's, so that no ``!pattern`` in it lifts what the user excluded. ``ignored``: what in the
    file has no effect and why, in sentences."""

    exclude: tuple[str, ...]
    max_file_bytes: int
    untracked: bool
    ignored: tuple[str, ...] = ()


def narrow(config: Config, document: bytes) -> Narrowed:
    """``config`` under a repository's own ``.memoryd.toml`` (``b""``: it has none).

    It may add ``index.exclude`` patterns, lower ``index.max_file_bytes`` and turn ``index.untracked`` off; whatever
    would widen is ignored. Whatever else it says has no effect and is named: a repository neither sets more nor keeps
    itself from being indexed.
    """
    try:
        values, ignored = _own_values(tomllib.loads(document.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        values, ignored = {}, ["it is no valid TOML, nothing in it has an effect"]
    theirs, ours = msgspec.convert(values, IndexSection), config.index
    return Narrowed(
        exclude=theirs.exclude,
        max_file_bytes=min(ours.max_file_bytes, values.get("max_file_bytes", ours.max_file_bytes)),
        untracked=ours.untracked and theirs.untracked,
        ignored=tuple(ignored),
    )


_NARROWING = {"index.exclude", "index.max_file_bytes", "index.untracked"}
_NAMES_SHOWN = 5


def _own_values(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values of ``[index]`` that a repository may give and that are right, and what is wrong with the others."""
    given = {
        f"{section}.{key}": value
        for section, keys in document.items()
        for key, value in (keys.items() if isinstance(keys, dict) else [("", keys)])
    }
    values: dict[str, Any] = {}
    ignored: list[str] = []
    for name in sorted(_NARROWING & given.keys()):
        value, key = given[name], name.partition(".")[2]
        if isinstance(value, list):  # what is right in it still excludes
            value = [item for item in value if isinstance(item, str)]
        try:
            msgspec.convert({key: value}, IndexSection)
        except msgspec.ValidationError:
            ignored.append(f"the value of `{name}` is wrong and has no effect")
            continue
        values[key] = value
        if value != given[name]:
            ignored.append(f"what is no text in `{name}` has no effect")
    if foreign := [name.rstrip(".") for name in given if name not in _NARROWING]:
        shown_names = ", ".join(f"`{_shown(name)}`" for name in foreign[:_NAMES_SHOWN])
        more = f" and {len(foreign) - _NAMES_SHOWN} more" if len(foreign) > _NAMES_SHOWN else ""
        allowed = ", ".join(sorted(_NARROWING))
        ignored.append(
            f"a project's own file cannot set {shown_names}{more}: no effect; allowed there: {allowed}"
        )
    return values, ignored


def _shown(name: str) -> str:
    """A name that a stranger chose: short, nothing in it steers a terminal."""
    return name[:60].encode("unicode_escape").decode("ascii")


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return _parse(path.read_bytes(), str(path))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(
            f"cannot read the configuration: {error.strerror}",
            where=str(path),
            next_step="give yourself the right to read it, or remove it",
        ) from error


def _parse(document: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(document.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(
            f"this is no valid TOML: {error}", where=where, next_step="compare with config.example.toml"
        ) from error


def _setting_of_variable(name: str, known: Mapping[str, Setting]) -> Setting | None:
    """The setting a variable names; None for variables that are not ours. A typo in the key is refused."""
    for section in Config.__struct_fields__:
        prefix = f"MEMORYD_{section}_".upper()
        if name.startswith(prefix):
            wanted = f"{section}.{name.removeprefix(prefix).lower()}"
            if wanted not in known:
                raise UsageError(
                    f"there is no setting `{wanted}`", where=name, next_step=_suggest(wanted, known)
                )
            return known[wanted]
    return None


def _assign(values: dict[str, Any], setting: Setting, text: str, where: str) -> None:
    section = values.setdefault(setting.section, {})
    if not isinstance(section, dict):
        raise UsageError(
            f"`{setting.section}` must be a table",
            where=setting.section,
            next_step=f"write [{setting.section}] and its settings below, as config.example.toml does",
        )
    if not text.isprintable() and any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(
            f"the value of `{setting.name}` is no UTF-8", where=where, next_step="write it in UTF-8"
        )
    section[setting.key] = (
        _list(setting, text, where) if setting.kind == "list" else _scalar(setting.kind, text)
    )


def _scalar(kind: str, text: str) -> Any:
    """The typed value of a variable or flag; text that does not fit is left for the check to refuse."""
    if kind == "bool":
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            text.strip().lower(), text
        )
    if kind in ("int", "float"):
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            return text
    return text


def _list(setting: Setting, text: str, where: str) -> list[str]:
    """The items of a list in a variable or flag: JSON when it begins with ``[``, else separated by commas.

    A list may say what is private: where the second form has two readings it is refused, never guessed.
    """
    if text.lstrip().startswith("["):
        try:
            return msgspec.json.decode(text, type=list[str])
        except msgspec.DecodeError as error:
            problem = f"begins with `[` and is no JSON list of texts ({error})"
    elif any(char in "\"'\\\x7f" or char < " " or (char.isspace() and char != " ") for char in text):
        problem = "has a quote, a backslash or white space that is no plain space, which commas alone cannot keep apart"
    elif "," in text and any(char in text for char in "[]{}"):
        problem = "has a comma and a bracket or brace: is the comma inside of an item?"
    else:
        return [item.strip() for item in text.split(",") if item.strip()]
    raise UsageError(
        f"the value of `{setting.name}` {problem}",
        where=where,
        next_step=f'write it as JSON, such as {setting.variable}=\'["notes,old/", "*.key"]\'',
    )


def _check(values: dict[str, Any], where: str) -> Config:
    known = {setting.name: setting for setting in settings()}
    for section, keys in values.items():
        names = [f"{section}.{key}" for key in keys] if isinstance(keys, dict) else [section]
        for name in names or [section]:
            if name not in known and not (name == section and section in Config.__struct_fields__):
                raise UsageError(
                    f"there is no setting `{name}`", where=where, next_step=_suggest(name, known)
                )
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$.")
        name = place.rstrip("`") or "the file"
        raise UsageError(
            f"the value of `{name}` is wrong: {what[0].lower()}{what[1:]}",
            where=where,
            next_step="see config.example.toml",
        ) from error


def _suggest(name: str, known: Mapping[str, Setting]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else "config.example.toml lists every setting"
