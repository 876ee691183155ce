"""Every verb of the command line, in one table and in the order of the help.

Convention of the arguments' names: what begins with ``_`` stays in the client; everything else goes to the
daemon under its own name (``--path`` may be repeated: ``paths``).
"""

from __future__ import annotations

from memoryd.cli.arguments import (
    client_verbs,
    code_verbs,
    history_verbs,
    index_verbs,
    memory_verbs,
    project_verbs,
)
from memoryd.cli.arguments.cli_verb import CliVerb

VERBS: dict[str, CliVerb] = {
    **index_verbs.VERBS,
    **code_verbs.VERBS,
    **history_verbs.VERBS,
    **memory_verbs.VERBS,
    **project_verbs.VERBS,
    **client_verbs.VERBS,
}
