"""For daemons of tests that have this folder on PYTHONPATH: the Python that runs the tests shows terminals to people,
and only a `tests-agent` is an agent. What judges is the daemon's own code and what the kernel tells."""

import sys

if "memoryd.daemon" in sys.orig_argv:
    from memoryd.server.callers import judgement

    data = judgement.KnownPrograms(frozenset(("tests-agent",)), (), frozenset(), frozenset(), frozenset())
    judgement.known = lambda: data
    judgement._shows_terminals = lambda process, above, data: process.program.startswith("python")
