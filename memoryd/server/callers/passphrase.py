"""The passphrase of this data folder: what is kept of it, and whether one that was typed is it.

One file holds all there is: who removes it by hand takes the level away, and the audits say so. Wrong tries are in it,
counted before they are looked at, so that neither a new daemon nor a killed one forgets them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import threading
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, structs

from memoryd.errors import (
    NEW_PASSPHRASE,
    PASSPHRASE,
    WRONG_PASSPHRASE,
    BusyError,
    MemorydError,
    StoreError,
    UsageError,
)
from memoryd.paths import replace_private

MIN_CHARS, MAX_BYTES = 8, 1_024
FREE_TRIES = 3  # wrong ones before the first wait
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 900.0
COST, BLOCK, LANES = 1 << 16, 8, 2  # scrypt: 64 MiB, a few tenths of a second
_MEMORY_BYTES = 1 << 29  # what a file may ask scrypt for
_SALT_BYTES, _KEY_BYTES, _FILE_BYTES = 32, 32, 4_096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

_Hex = Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){16,64}\Z")]


class Typed(Struct, frozen=True):
    """What a person typed at the command's terminal: the passphrase, and one that shall take its place."""

    passphrase: str = ""
    new: str = ""

    def __repr__(self) -> str:
        return "Typed(…)"


class NeedsTyping(UsageError):
    """The command has to ask its person for something: ``name`` says for what."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(what, next_step="run the command in a terminal of your own; it asks there")
        self.name = name


class WrongPassphrase(MemorydError):
    """What was typed is not the passphrase. ``tries``: wrong ones so far. It may be typed again at once, and ``name``
    says so, unless there is to wait."""

    exit_code = 2

    def __init__(self, tries: int, wait_s: float) -> None:
        wait = f"; no other is looked at for {wait_s:.0f} s" if wait_s else ""
        super().__init__(
            f"this is not the passphrase{wait}", next_step="docs/records.md says what to do without it"
        )
        self.tries = tries
        self.name = "" if wait_s else WRONG_PASSPHRASE


class Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """The file. ``wrong``: tries since the last right one, the last of them at ``tried_s``."""

    version: Literal[1]
    salt: _Hex
    key: _Hex
    cost: Annotated[int, Meta(ge=1 << 14, le=1 << 20)] = COST
    block: Annotated[int, Meta(ge=8, le=16)] = BLOCK
    lanes: Annotated[int, Meta(ge=1, le=8)] = LANES
    wrong: Annotated[int, Meta(ge=0)] = 0
    tried_s: float = 0.0

    @property
    def mark(self) -> str:
        """Names this passphrase in audits; nothing of it can be told from that."""
        return hashlib.sha256(bytes.fromhex(self.salt)).hexdigest()[:8]

    def wait_s(self, now_s: float) -> float:
        """How long no try is taken. A clock that was set back makes nobody wait longer than the longest."""
        if self.wrong < FREE_TRIES:
            return 0.0
        delay_s = min(FIRST_WAIT_S * 2.0 ** min(self.wrong - FREE_TRIES, 16), LONGEST_WAIT_S)
        return min(max(self.tried_s + delay_s - now_s, 0.0), delay_s)

    def is_key_of(self, text: str) -> bool:
        return hmac.compare_digest(self.key, _key(text, self))


class PassphraseFile:
    """Usable from any thread; one try at a time. Every method raises StoreError where the file is not ours alone or
    cannot be read or written: then nothing that needs the passphrase is done."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self.file = file
        self._clock = clock
        self._lock = threading.Lock()

    def kept(self) -> Kept | None:
        """None: no passphrase is set."""
        try:
            descriptor = os.open(self.file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be opened") from error
        try:
            data = self._content(descriptor)
        finally:
            os.close(descriptor)
        try:
            kept = msgspec.json.decode(data, type=Kept)
        except msgspec.DecodeError as error:
            raise self._unusable("its content is not what memoryd wrote") from error
        if kept.cost & (kept.cost - 1) or _memory(kept) > _MEMORY_BYTES:
            raise self._unusable("its content is not what memoryd wrote")
        return kept

    def wait_s(self, kept: Kept) -> float:
        return kept.wait_s(self._clock())

    def verify(self, typed: str) -> str:
        """The mark of the passphrase that was typed, ``""`` when none is set. Raises NeedsTyping, WrongPassphrase,
        BusyError while no try is taken."""
        with self._lock:
            return self._verified(typed)

    def set(self, new: str) -> str:
        """Raises UsageError where one is set already, NeedsTyping. Returns its mark."""
        with self._lock:
            if self.kept():
                raise UsageError(
                    "a passphrase is set already",
                    where=str(self.file),
                    next_step="memoryd passphrase change",
                )
            return self._put(new)

    def change(self, typed: str, new: str) -> str:
        """Raises as ``verify`` and ``set``. Returns the new mark."""
        with self._lock:
            self._need_set(self._verified(typed))
            return self._put(new)

    def remove(self, typed: str) -> str:
        """Raises as ``verify``. Returns the mark of what was removed."""
        with self._lock:
            mark = self._need_set(self._verified(typed))
            try:
                self.file.unlink()
            except OSError as error:
                raise self._unusable(error.strerror or "it cannot be removed") from error
            return mark

    # -- inside

    def _content(self, descriptor: int) -> bytes:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise self._unusable("it is no file")
        if status.st_uid != os.getuid() or status.st_mode & _OTHERS:
            raise self._unusable("it is not yours alone: another user owns it, or may read or write it")
        return os.read(descriptor, _FILE_BYTES)

    def _verified(self, typed: str) -> str:
        kept = self.kept()
        if kept is None:
            return ""
        if wait_s := self.wait_s(kept):
            raise BusyError(
                f"{kept.wrong} wrong passphrases: no other is looked at for {wait_s:.0f} s",
                where=str(self.file),
                next_step="try again then; docs/records.md says what to do without the passphrase",
            )
        if not typed:
            raise NeedsTyping(PASSPHRASE, "this needs your passphrase")
        tried = structs.replace(kept, wrong=kept.wrong + 1, tried_s=self._clock())
        self._write(tried)
        if not kept.is_key_of(typed):
            raise WrongPassphrase(tried.wrong, self.wait_s(tried))
        self._write(structs.replace(kept, wrong=0, tried_s=0.0))
        return kept.mark

    def _need_set(self, mark: str) -> str:
        if not mark:
            raise UsageError("no passphrase is set", where=str(self.file), next_step="memoryd passphrase set")
        return mark

    def _put(self, new: str) -> str:
        if not new:
            raise NeedsTyping(NEW_PASSPHRASE, "this needs a new passphrase")
        if len(new) < MIN_CHARS or len(new.encode("utf-8", "replace")) > MAX_BYTES:
            raise UsageError(
                f"a passphrase has at least {MIN_CHARS} characters, and at most {MAX_BYTES} bytes",
                next_step="take a few words that nobody else would put together",
            )
        kept = Kept(1, secrets.token_bytes(_SALT_BYTES).hex(), "00" * _KEY_BYTES)
        kept = structs.replace(kept, key=_key(new, kept))
        self._write(kept)
        return kept.mark

    def _write(self, kept: Kept) -> None:
        try:
            replace_private(self.file, msgspec.json.encode(kept))
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be written") from error

    def _unusable(self, why: str) -> StoreError:
        return StoreError(
            f"the file of the passphrase cannot be used: {why}",
            where=str(self.file),
            next_step="`chmod 600` it if it is yours; removing it takes the passphrase away, and the audits say so",
        )


def _key(text: str, kept: Kept) -> str:
    """The same key however the keyboard composes its letters."""
    typed = unicodedata.normalize("NFC", text).encode("utf-8", "replace")
    return hashlib.scrypt(
        typed,
        salt=bytes.fromhex(kept.salt),
        n=kept.cost,
        r=kept.block,
        p=kept.lanes,
        maxmem=2 * _memory(kept),
        dklen=_KEY_BYTES,
    ).hex()


def _memory(kept: Kept) -> int:
    return 128 * kept.block * (kept.cost + kept.lanes + 2)
