"""What may have changed: events, polling, debounce."""
