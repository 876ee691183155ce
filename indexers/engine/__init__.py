"""From a syntax tree to facts: the passes that every grammar shares."""
