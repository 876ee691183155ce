"""The projects that are known, their stores, views and vectors."""
