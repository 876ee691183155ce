"""``memoryd``: find the verb, run it, turn its end into an exit code.

0 answered; 1 nothing found where that is a failure, or a BLOCK verdict; 2 wrong use; 3 failure with a next
step; 130 stopped by Ctrl-C; 141 the reader of our output went away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from memoryd.cli.arguments import parser
from memoryd.cli.arguments.verbs import VERBS
from memoryd.cli.terminal import output
from memoryd.errors import MemorydError

INTERRUPTED, NO_READER = 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code and leaves nothing buffered."""
    arguments = sys.argv[1:] if arguments is None else arguments
    output.prepare_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the exit flush finds no pipe
        return NO_READER
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemorydError as error:
        output.print_error(error, as_json="--json" in arguments)
        return error.exit_code
    return code


def _run(arguments: Sequence[str]) -> int:
    args = parser.parse(arguments)
    if not args._verb:
        parser.print_overview()
        return 0
    code: int = VERBS[args._verb].run(args)
    return code
