"""`passphrase`: whether one is set, and what a command about it did. How that reads."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.safe_text import safe_line
from memoryd.query.text.budget import Page, TextSection


class PassphraseAnswer(Struct, frozen=True):
    """``mark``: names the passphrase in audits, ``""`` where none is set. ``wrong``: tries since the last right one;
    ``wait_s``: how long no other is looked at. ``unnoted``: projects whose audit could not be written, and why."""

    is_set: bool
    message: str
    file: str
    mark: str = ""
    wrong: int = 0
    wait_s: int = 0
    unnoted: tuple[str, ...] = ()

    def page(self) -> Page:
        tried = f"\n{self.wrong} wrong tries since it was last given" if self.wrong else ""
        wait = f"; the next is looked at in {self.wait_s} s" if self.wait_s else ""
        return Page(
            head=f"{self.message}{tried}{wait}",
            sections=[
                TextSection(
                    items=[f"  {safe_line(said)}" for said in self.unnoted],
                    title="Audits that could not be written:",
                    main=True,
                )
            ],
        )
