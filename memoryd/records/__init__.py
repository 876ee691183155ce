"""The write side of contributed memory: propose, judge, exchange, publish."""
