"""The verdict on a change: rules, quoted constraints, history, co-change and tests."""
