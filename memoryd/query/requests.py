"""What all requests share: the base, and the types of their arguments with the limits. The request of a verb stands
beside the verb, with its answer.

The common arguments ``project``, ``rev``, ``format`` and ``max_tokens`` are taken off by the server before;
an unknown field is refused by name, never ignored. Fields have the names of the CLI flags and MCP arguments.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

NOT_BLANK = r"\S"
Text = Annotated[str, Meta(min_length=1, max_length=16_384, pattern=NOT_BLANK)]
LongText = Annotated[
    str, Meta(min_length=1, max_length=61_440, pattern=NOT_BLANK)
]  # a whole issue with its logs
TargetText = Annotated[str, Meta(min_length=1, max_length=1_024, pattern=NOT_BLANK)]
Path = Annotated[str, Meta(min_length=1, max_length=1_024)]
OptionalText = Annotated[str, Meta(max_length=1_024)]
RecordId = Annotated[str, Meta(min_length=1, max_length=1_024)]
Limit = Annotated[int, Meta(ge=1, le=10_000)]
Offset = Annotated[int, Meta(ge=0, le=100_000_000)]
MaxTokens = Annotated[int, Meta(ge=50, le=20_000)]


class Request(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all requests."""
