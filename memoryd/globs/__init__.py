"""The one glob engine: ``names`` (one name), ``paths`` (a path, and what callers mean), ``ignore`` (.gitignore).

What the signs of a tool mean is a ``Dialect``. What a tool's file says is brought into GLOB where the file is read
(owners, scopes of linters), unless no glob could say it: lines of a .gitignore, dotted names of modules. The time of a
match is bounded by the sizes of pattern and path, whoever wrote them.
"""
