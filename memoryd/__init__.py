"""memoryd: the durable memory of a software project, for coding agents and people."""

__version__ = "0.1.0"
