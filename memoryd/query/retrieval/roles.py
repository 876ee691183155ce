"""What part a file plays in its project, as search weighs it: it expects the place to look at in source code."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["code", "test", "doc", "config", "example", "generated", "decision"]
ROLES: tuple[Role, ...] = get_args(Role)


def weighed_as(role: str) -> Role:
    """``role``: as the store has it (indexers.facts.FileRole); what supports tests counts with them."""
    return next((known for known in ROLES if known == role), "test")


def kind_of(role: Role) -> Literal["code", "doc", "decision"]:
    """The kind of hit that a file of this role makes."""
    return role if role in ("doc", "decision") else "code"
