"""The vocabulary of everything memoryd extracts: frozen values, no behaviour.

Conventions, in every type: ``line`` and ``end_line`` are 1-based and inclusive; ``column`` is a 0-based
byte offset in its line; ``start_byte``/``end_byte`` are 0-based, end exclusive; ``path`` is relative to
the project root with ``/``; ``qualname`` is the dotted chain of enclosing symbols inside one file
(``Outer.method``), without the module, and ``""`` means the file itself.

The types encode as MessagePack arrays (``array_like``): append fields at the end, with a default.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SymbolKind = Literal[
    "class",
    "interface",
    "struct",
    "enum",
    "trait",
    "type",
    "function",
    "method",
    "property",
    "field",
    "constant",
    "variable",
    "macro",
    "module",
    "namespace",
]
ReferenceKind = Literal["call", "inherit", "type", "read", "decorate"]
ChunkKind = Literal["function", "class", "remainder", "window", "section"]
ConstraintKind = Literal[
    "layers",
    "forbid_import",
    "require_import",
    "ban_dependency",
    "ban_pattern",
    "require_companion",
    "path_protected",
    "naming",
    "prose",
]
Severity = Literal["block", "warn", "info"]
EvidenceKind = Literal["constraint", "reason", "debt", "deprecation", "changelog", "rule"]
OperationKind = Literal[
    "entry_point",
    "route",
    "ci_job",
    "image",
    "service",
    "migration",
    "flag",
    "package",
    "dependency",
    "owner",
    "test_config",
]
FileRole = Literal["code", "test", "test-support", "doc", "config", "example", "generated"]
CommitNoteKind = Literal["rationale", "revert", "picked", "fixes", "trailer", "dependency"]


READS, WRITES = 1, 2
"""What a use does with what it uses: bits of ``Reference.access``. What is done to elements (``x[i] = …``) both reads
and writes; what a method of the value does to it (``x.append(…)``) is no matter of syntax: it reads."""


class Fact(Struct, frozen=True, array_like=True):
    """Base of all facts: immutable, compared by value."""


class Symbol(Fact, frozen=True):
    """A definition. ``signature`` is its first line without the body, ``doc`` its docstring or doc comment."""

    name: str
    qualname: str
    kind: SymbolKind
    line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str = ""
    doc: str = ""
    exported: bool = True  # visible to other files by the language's own rule
    is_declaration: bool = False  # it only announces a definition, which may stand in another file (C, C++)


class Reference(Fact, frozen=True):
    """A use of a name. For ``a.b.c()``: name ``c``, receiver ``a.b``; a call in a receiver keeps its
    parentheses (``get_db().cursor()`` -> receiver ``get_db()``); an expression that is no dotted chain
    gives receiver ``?``. Where a value of the written type T is expected the receiver is ``<T>``, where ``f``
    takes it as its first argument ``f(0)``; of a string that names code (``mock.patch("a.b")``) it stands in
    quotes (``"a"``). ``scope`` is the qualname of the enclosing symbol. Names bound locally
    (parameters, local variables) are not references, but the call of a method on one is, and in Python a
    call of the name itself."""

    name: str
    receiver: str
    kind: ReferenceKind
    line: int
    column: int
    scope: str = ""
    local: bool = (
        False  # the receiver's root is a parameter or local variable: no name of the file or its imports
    )
    given: int = -1  # how many arguments a call hands over, where methods are told apart by it (Java)
    access: int = 0  # READS, WRITES or both; 0: the syntax does not tell


class Import(Fact, frozen=True):
    """``module`` as written (leading dots kept). ``name``: the imported name, ``""`` for the module
    itself, ``*`` for all. ``alias``: the local name it binds (``""``: binds nothing). One Import per name.
    ``reexport``: the file hands it on by syntax (``export … from``, ``pub use``)."""

    module: str
    name: str
    alias: str
    line: int
    scope: str = ""
    reexport: bool = False
    type_only: bool = False


class Binding(Fact, frozen=True):
    """A local hint of a type: in ``scope``, ``name`` (``self.x`` for an attribute) is a ``type_text``.
    ``how``: ``annotation``, ``constructor`` (``x = Foo()``: ``Foo``), ``alias`` (``x = y.z``: ``y.z``),
    ``return`` (name is the function's own name, the type is written), ``receiver`` (Go, Rust: the method's self)
    or ``underlying`` (name is a type's own name: ``type Names []string``).
    The name ``return`` stands for what the function ``scope`` gives back, where no type is written; ``(0)`` for what it
    takes as its first argument (TypeScript). In the type of an alias ``$0`` is its first type parameter.
    In an ``alias``, ``x[]`` is an element of x, ``x[key]`` a key, ``x[each]`` what a loop over x gives (Python),
    ``f()[1]`` the second of the values that f gives; ``?`` is unknown. ``until``: the last line where it holds (0: as
    far as ``scope`` goes)."""

    scope: str
    name: str
    type_text: str
    line: int
    how: Literal["annotation", "constructor", "alias", "return", "receiver", "underlying"]
    until: int = 0


FIXTURE = "pytest.fixture"
"""As ``callee`` of an Argument: the test or fixture ``scope`` has the parameter ``value``."""


class Argument(Fact, frozen=True):
    """A name is handed to a call: in ``scope``, ``callee`` (a dotted chain) is called with ``value`` (a dotted chain
    that names something of the file or its imports) as its argument number ``position`` (0-based; -1 by
    ``keyword``)."""

    scope: str
    callee: str
    value: str
    line: int
    position: int = -1
    keyword: str = ""


class Comment(Fact, frozen=True):
    """A comment block (consecutive lines joined), markers stripped; ``scope`` is the enclosing qualname."""

    text: str
    line: int
    end_line: int
    scope: str = ""


class Problem(Fact, frozen=True):
    """Something the reader could not understand; never an error. ``code``: ``syntax``, ``encoding``, ``limit``."""

    code: str
    line: int
    message: str


class Chunk(Fact, frozen=True):
    """A piece of a file that search ranks. Documents: ``section``, qualname = heading path joined by `` > ``."""

    kind: ChunkKind
    qualname: str
    line: int
    end_line: int
    start_byte: int
    end_byte: int


class Decision(Fact, frozen=True):
    """A decision document (ADR, RFC …). ``status``: proposed accepted rejected deprecated superseded withdrawn, or
    unknown. ``stated``: what the document says in the place of an unknown status, or that a part is replaced.
    ``status_source``: ``explicit`` or ``implied_by_merge``. ``date``: ISO day or ``""``. ``supersedes``,
    ``superseded_by``, ``amends``, ``conflicts``: as written (paths, numbers, titles); ``in_part``: those of the first
    two that mean a part only. ``alternatives``: options that were not chosen. ``references``: paths, globs and names of
    code that it mentions, links as paths from the root."""

    title: str
    status: str
    status_source: str
    date: str
    line: int
    number: str = ""
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    decision: str = ""
    context: str = ""
    consequences: str = ""
    alternatives: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    in_part: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    stated: str = ""


class Constraint(Fact, frozen=True):
    """A declared rule of the project. ``scope``: globs of the files that it governs, relative to the project root, in
    one notation whatever the tool's own is (empty: all). ``subject`` is bound by it, ``target`` is what it speaks of,
    in the words of ``kind``:

    ``layers``: subject = module names, highest first; a lower one must not import a higher one. ``a | b`` in one entry:
    siblings that must not import each other, ``a : b``: siblings that may.
    ``forbid_import``/``require_import``: files of subject (modules or globs; none: all) must not / must import target:
    modules in the tool's own notation (import-linter's wildcards, ArchUnit's ``..``, depguard's prefixes; for eslint
    a specifier, ``glob:`` a pattern, ``m#n`` one name of m), or files, as globs that begin with ``./``.
    ``ban_dependency``: target = package names. ``ban_pattern``: target = literal texts that must not be added.
    ``require_companion``: a change of subject (globs) must come with one of target (globs).
    ``path_protected``: subject = globs that are not changed. ``naming``: names of subject match target.
    ``prose``: only people can judge it; ``quote`` is all there is.

    ``exceptions``: allowed pairs ``a -> b``, or names, or globs, or ``indirect imports``, ``type-checking imports``;
    a scope that begins with ``!`` takes files out. ``severity`` is what breaking it means: only an
    executable declared rule may ``block``. ``not_checkable``: why it cannot be executed, ``""`` when it can."""

    kind: ConstraintKind
    severity: Severity
    tool: str  # who wrote it: import-linter eslint depguard ruff archunit deptry codeowners agent-rules comment …
    name: str
    quote: str  # the rule as written, bounded
    line: int
    end_line: int
    scope: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    message: str = ""
    not_checkable: str = ""


class Evidence(Fact, frozen=True):
    """Something that a file says about itself, quoted. ``kind``: ``constraint`` (a comment that forbids or warns),
    ``reason`` (one that only explains), ``debt`` (TODO, FIXME, HACK, XXX), ``deprecation``, ``changelog`` (an
    entry), ``rule`` (a line of an agent rules file that is no Constraint). ``scope``: enclosing qualname;
    ``score``: higher is surer."""

    kind: EvidenceKind
    quote: str
    line: int
    end_line: int
    scope: str = ""
    score: int = 0
    subject: str = ""  # of a deprecation: the qualname; of a changelog entry: its version


class Operation(Fact, frozen=True):
    """A node of the operational side that a file declares. ``kind``: ``entry_point``, ``route``, ``ci_job``,
    ``image``, ``service``, ``migration``, ``flag``, ``package``, ``dependency``, ``owner``, ``test_config``.
    ``name`` identifies it inside its kind (``GET /users/{id}``, ``web``, ``requests``); ``detail`` is one line for
    people. ``targets``: what it runs, serves or needs, as written: ``module:qualname``, a path, a glob, a
    requirement; ``""``-qualname forms mean the file; of an owner, globs from the root. ``scope``: the enclosing
    qualname in code."""

    kind: OperationKind
    name: str
    line: int
    end_line: int
    detail: str = ""
    targets: tuple[str, ...] = ()
    scope: str = ""


class FileFacts(Fact, frozen=True):
    """All that one file says by itself. ``exports``: the file's own list of public names (``__all__``),
    ``None`` where it states none. ``package``: the package clause (Go, Java), else ``""``. ``parameters``:
    (qualname, names) of functions that ``arguments`` may fill. ``local_names``: where names stand that are proven to be
    local, binding and use alike; ``prose``: where strings and comments begin and end, one after the other;
    ``labels``: where names of keyword arguments and in ``__all__`` stand; all as offsets of bytes in the text, each
    less the one before."""

    language: str
    symbols: tuple[Symbol, ...] = ()
    references: tuple[Reference, ...] = ()
    imports: tuple[Import, ...] = ()
    bindings: tuple[Binding, ...] = ()
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    exports: tuple[str, ...] | None = None
    package: str = ""
    arguments: tuple[Argument, ...] = ()
    parameters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    local_names: tuple[int, ...] = ()
    prose: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()


class TestCase(Fact, frozen=True):
    """A test that the project's test tools would run. ``qualname``: of the definition that is the case
    (``is_definition``), or of the one in which a call makes it (``it("…", …)``), ``""`` for the file."""

    __test__ = False  # for pytest: no test itself

    qualname: str
    line: int
    is_definition: bool


class ParsedFile(Fact, frozen=True):
    """What a parse worker returns for one (path, blob): a pure function of path, language, bytes and
    EXTRACTOR_VERSION. ``text``: the bytes with secrets overwritten (same length, same lines).
    ``forward``: the chunks' terms, encoded by ``indexers.terms``. ``redacted``: secrets overwritten.
    ``test_parts``: qualnames of definitions that are for tests, the cases included. ``words``, ``words_apart``: the
    words of the text (``terms.FileWords``)."""

    facts: FileFacts
    chunks: tuple[Chunk, ...]
    forward: bytes
    text: bytes
    decision: Decision | None = None
    redacted: int = 0
    constraints: tuple[Constraint, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    operations: tuple[Operation, ...] = ()
    role: FileRole = "code"
    test_cases: tuple[TestCase, ...] = ()
    test_parts: tuple[str, ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    words_apart: str | None = ""


class FileChange(Fact, frozen=True):
    """One row of ``git log --raw``. ``status``: A M D R C T. ``old_path`` is set for R and C. Blob ids are hex."""

    status: str
    path: str
    old_path: str = ""
    old_blob: str = ""
    new_blob: str = ""


class Commit(Fact, frozen=True):
    """``author``/``email`` are mapped through .mailmap; ``time_s`` is the committer time, UTC epoch seconds."""

    sha: str
    parents: tuple[str, ...]
    author: str
    email: str
    time_s: int
    subject: str
    body: str
    changes: tuple[FileChange, ...]


class CommitNote(Fact, frozen=True):
    """Something that one commit says or does beside its changes; a function of that commit alone. ``subject`` by kind:

    ``rationale``: ``""``; ``quote`` is the sentence that says why, ``score`` how likely it does.
    ``revert``: what it says that it undoes; ``how``: ``stated`` (subject: a sha, maybe short), ``pull`` (``#123``),
    ``text`` (the title); ``quote`` is the reason.
    ``picked``, ``fixes``: a sha, maybe short, that it copies, or whose fault it mends.
    ``trailer``: the trailer's name (``Constraint``, ``Rejected``, ``Directive``); ``quote`` is its value.
    ``dependency``: the package; ``how``: ``added``, ``removed``, ``replaced``, ``moved`` or ``capped``;
    ``quote``: the requirements before and after, and in which manifest."""

    kind: CommitNoteKind
    subject: str
    how: str = ""
    quote: str = ""
    score: int = 0


class FileEffect(Fact, frozen=True):
    """What a commit did to the text of one file: lines that came into it, being nowhere in it before, and lines that
    went from it altogether; without their indentation, and without those that any text may have. ``problem``: why
    its text cannot be compared, ``""`` where it can."""

    path: str
    old_path: str
    added: frozenset[bytes] = frozenset()
    removed: frozenset[bytes] = frozenset()
    problem: str = ""


class LineOrigin(Fact, frozen=True):
    """A commit behind asked lines of a file. ``how``: ``changed`` (it changed them last), ``content`` (the last that
    changed more than their white space) or ``wrote`` (the lines come from it, moved here since). ``path``, ``line``:
    where the first of them stood in that commit."""

    how: Literal["changed", "content", "wrote"]
    sha: str
    path: str
    line: int


class LineOrigins(Fact, frozen=True):
    """``state``: ``committed``, ``uncommitted`` (none of the lines is in the commit as it stands now) or ``unknown``
    (git cannot say)."""

    state: Literal["committed", "uncommitted", "unknown"]
    origins: tuple[LineOrigin, ...] = ()


class BlameSpan(Fact, frozen=True):
    """Lines ``first_line`` … ``first_line + count - 1`` of a file were last changed by commit ``sha``."""

    sha: str
    first_line: int
    count: int


class Version(Fact, frozen=True):
    """What one version of a file says, as far as a check needs it: of ``facts`` the bindings are left out, all
    comments but those that silence a linter, and all references but uses of imported Python modules."""

    facts: FileFacts
    constraints: tuple[Constraint, ...] = ()
    operations: tuple[Operation, ...] = ()
    role: FileRole = "code"


class ChangedFile(Fact, frozen=True):
    """One file of a change. ``status``: A M D R (a copy is an A); ``old_path`` is set for R. ``added``: (line in the
    new version, text without its end) of what only the new version has; ``removed``: the same for the old one.
    ``old``, ``new``: None where there is no such version, or none that can be read: then ``problem`` says why."""

    path: str
    status: str
    old_path: str = ""
    added: tuple[tuple[int, str], ...] = ()
    removed: tuple[tuple[int, str], ...] = ()
    old: Version | None = None
    new: Version | None = None
    problem: str = ""


class Change(Fact, frozen=True):
    """What a check is about. ``title``: in words; ``head``: the commit it leads to, ``""`` for none yet.
    ``left_out``: (path, why) of changed files that are not in ``files``. ``unseen``: what nobody looked at, in
    sentences."""

    title: str
    files: tuple[ChangedFile, ...]
    head: str = ""
    left_out: tuple[tuple[str, str], ...] = ()
    unseen: tuple[str, ...] = ()
