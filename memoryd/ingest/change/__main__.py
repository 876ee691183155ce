"""The change reader: requests in on stdin, changes out on stdout, one JSON line each. It writes nothing.

A process of its own, so that a check neither waits for an index run nor brings a parser into the daemon.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from memoryd.config import Config, of_parent
from memoryd.errors import MemorydError
from memoryd.ingest.change.change import ChangeRequest, read_change
from memoryd.ingest.own_config import limits_of
from memoryd.ingest.parse.child_limits import die_with_parent
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.units import UnitNote, Units
from memoryd.store.sqlite import SqliteError


def _answer(request: ChangeRequest, pool: ParsePool, units: Units, config: Config) -> dict[str, Any]:
    try:
        limits = limits_of(Path(request.root), config)
        with units.at("change", "", "", len(request.diff or "")):
            return {"change": read_change(request, pool, limits, units)}
    except MemorydError as error:
        return {"error": error.values}
    except (SqliteError, OSError) as error:
        failure = MemorydError(
            f"the change cannot be read: {error}", where=request.root, next_step="run `memoryd doctor`"
        )
        return {"error": failure.values}
    finally:
        units.end()


def main() -> int:
    """argv: parent pid, descriptor of the note of units."""
    die_with_parent(int(sys.argv[1]))
    config = of_parent()
    pool = ParsePool(PoolLimits(2, config.index.parse_timeout_s, config.index.worker_memory_mb * 1024 * 1024))
    units = Units(UnitNote(int(sys.argv[2])), config.index.unit_cpu_s)
    decoder = msgspec.json.Decoder(ChangeRequest)
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(
            msgspec.json.encode(_answer(decoder.decode(line), pool, units, config)) + b"\n"
        )
        sys.stdout.buffer.flush()
    pool.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
