"""``python -m memoryd``: the ``memoryd`` command without its script."""

from memoryd.cli.main import main

raise SystemExit(main())
