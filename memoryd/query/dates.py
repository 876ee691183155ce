"""Days and moments as people write them; everything in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_AGE = re.compile(r"(\d{1,5})\s*(m|h|d|w|min|hours?|days?|weeks?)(\s+ago)?")
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)


def day(time_s: int) -> str:
    """ISO day, ``""`` for 0 and for times beyond the calendar."""
    try:
        return (_FIRST_DAY + timedelta(seconds=time_s)).strftime("%Y-%m-%d") if time_s else ""
    except OverflowError:
        return ""


def moment(text: str, now_s: int) -> int | None:
    """Epoch seconds of an ISO day or time, or of an age (``3d``, ``12h``, ``2 weeks ago``); None for others."""
    age = _AGE.fullmatch(text.strip().lower())
    if age:
        return now_s - int(age[1]) * _SECONDS[age[2][0]]
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
