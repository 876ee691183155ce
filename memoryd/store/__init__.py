"""The only room that knows SQL, and the only one that knows Chroma."""
