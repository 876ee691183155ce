"""Contributed memory as it is read: proposals, records shown, the audit."""
