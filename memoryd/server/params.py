"""What a call may carry besides its verb's own arguments, and the arguments of the daemon's own verbs.

The arguments of questions are in ``memoryd.query.requests``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

PathText = Annotated[str, Meta(max_length=4_096)]
Revision = Annotated[str, Meta(min_length=1, max_length=1_024)]


class Common(Struct, frozen=True, kw_only=True):
    """``project``: a path in it, default by the caller's directory; ``rev``: answer as of this commit, branch
    or tag, default the work tree; ``max_tokens``: length of the text, default by configuration; ``format``:
    ``text`` is rendered, ``json`` is the answer's own fields."""

    project: PathText | None = None
    rev: Revision | None = None
    max_tokens: Annotated[int, Meta(ge=50, le=20_000)] | None = None
    format: Literal["json", "text"] = "json"


class Params(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the arguments of the daemon's own verbs."""


class NoParams(Params, frozen=True):
    """The verb has no arguments of its own."""


class IndexParams(Params, frozen=True):
    """``path``: a root to index instead of the call's project; ``full``: read everything again; ``repository``: where
    another repository lay there before, whether it is the ``same`` project (a person says so), a ``new`` one, or that
    is to be asked."""

    path: PathText = ""
    full: bool = False
    repository: Literal["ask", "same", "new"] = "ask"


class DoctorParams(Params, frozen=True):
    """``digest`` answers with the canonical digest of derived state; ``repair`` rebuilds what is damaged."""

    deep: bool = False
    repair: bool = False
    digest: bool = False


class RecordsParams(Params, frozen=True):
    """``action``: list the copies of the records, restore the newest whole one, or undo that."""

    action: Literal["list", "restore", "undo"] = "list"


PassphraseAction = Literal["status", "set", "change", "remove"]


class PassphraseParams(Params, frozen=True):
    """``action``: say whether a passphrase is set, or set, change or remove it. What a person types for that is no
    argument."""

    action: PassphraseAction = "status"


class ProjectsParams(Params, frozen=True):
    """``forget``: a registered root to take off the list; its stores stay."""

    forget: PathText = ""


class TuneParams(Params, frozen=True):
    """``reset``: go back to the shipped model and stay there."""

    reset: bool = False


class ServeParams(Params, frozen=True):
    """``port``: instead of ``http.port``. ``token`` false: let in without one (protocol test suites only)."""

    port: Annotated[int, Meta(ge=0, le=65535)] | None = None
    token: bool = True
