"""The human front door: thin clients of the daemon. Standard library only until a verb needs more."""
