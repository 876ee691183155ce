"""Where the places are now that records are about."""
