"""Routes that web frameworks declare; one framework family = one module."""
