"""Where a page of an answer ends and how the next one is asked for."""

from __future__ import annotations

from typing import TypedDict


class Paging(TypedDict):
    """The fields that every answer in pages has."""

    truncated: bool
    next: str
    command: str
    offset: int


def paging(command: str, offset: int, shown: int, total: int) -> Paging:
    """``command`` asks the same without an offset; ``shown`` of ``total`` items from ``offset`` are in the page."""
    end = offset + shown
    rest = end < total
    return Paging(
        truncated=rest, next=f"{command} --offset {end}" if rest else "", command=command, offset=offset
    )
