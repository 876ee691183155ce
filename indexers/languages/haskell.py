"""Haskell: types with constructors and fields, classes, instances (methods by the class), functions, imports."""

from __future__ import annotations

import re

from msgspec.structs import replace

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node
from indexers.facts import FileFacts, ReferenceKind

NAME = "haskell"
EXTENSIONS = (".hs", ".hs-boot", ".hsc")
FILENAMES: tuple[str, ...] = ()

_IMPORT = re.compile(r"import\s+(?:safe\s+)?(qualified\s+)?(?:\"[^\"]*\"\s*)?([\w.']+)\s*(qualified\b)?")
_AS = re.compile(r"\s{0,200}as\s+([\w.']+)")
_LIST = re.compile(r"\s{0,200}(?:(hiding)\s{0,200})?\(")
_NAME = re.compile(
    r"(?:(?:type|pattern)\s+)?([\w']+|\([^()\s]{1,20}\))(?:\s*\([^()]*(?:\([^()]*\)[^()]*){0,50}\))?"
)
_COMMENT = re.compile(r"--[^\n]*|\{-.{0,300}?-\}", re.S)


def extract(source: bytes) -> FileFacts:
    """The facts of a Haskell file."""
    return _GRAMMAR.extract(source)


def _import(file: FileBuilder, node: Node) -> None:
    """``import M (a, B(..))`` gives names, ``import M`` all of them, ``import qualified M as N`` the module N."""
    text = _COMMENT.sub(" ", file.text(node))
    found = _IMPORT.match(text)
    if found is None:
        return
    module, at = found[2], node.start_byte
    renamed = _AS.match(text, found.end())
    listed = _LIST.match(text, renamed.end() if renamed else found.end())
    is_qualified = bool(found[1] or found[3])
    if renamed or is_qualified:
        file.add_import(at, module, "", renamed[1] if renamed else module)
    if is_qualified:
        return
    if listed is None or listed[1]:
        file.add_import(at, module, "*", "")
        return
    for name in _NAME.finditer(text, listed.end()):
        file.add_import(at, module, name[1].strip("()"), name[1].strip("()"))


def _qualified(file: FileBuilder, node: Node) -> None:
    """``M.insert``: names may end in primes, which no chain has."""
    module, name = node.named_children[0], node.named_children[-1]
    if name.type in ("variable", "constructor", "name"):
        is_call = node.start_byte in file.starts("applied")
        kind: ReferenceKind = "type" if name.type == "name" else "call" if is_call else "read"
        file.add_use(name.start_byte, file.text(name), file.text(module).rstrip("."), kind)


def _listed(file: FileBuilder, node: Node) -> None:
    """An export list; a type is exported by its name whatever it shows of itself."""
    named = node.child_by_field_name("variable") or node.child_by_field_name("type")
    named = named or node.child_by_field_name("operator")
    if named is not None:
        file.exports = [*(file.exports or ()), file.text(named).strip("()")]


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """Exported is what the list names, with its parts; without a list, all that is not local."""
    facts = type_text.merge_clauses(file, facts)
    if facts.exports is None:
        return facts
    public = set(facts.exports)
    symbols = [
        symbol
        if not public.isdisjoint((symbol.qualname.partition(".")[0], symbol.name))
        else replace(symbol, exported=False)
        for symbol in facts.symbols
    ]
    return replace(facts, symbols=tuple(symbols))


_PRELUDE = frozenset(
    b"""Applicative Bool Bounded Char Double Either Enum Eq False FilePath Float Foldable Functor GT IO IOError Int
    Integer Integral Just Left LT EQ Maybe Monad MonadFail Monoid Nothing Num Ord Ordering Rational Read ReadS
    Real RealFloat RealFrac Right Semigroup Show ShowS String Traversable True Word abs all and any appendFile
    asTypeOf break ceiling compare concat concatMap const curry cycle div divMod drop dropWhile either elem
    enumFrom error even exp fail filter flip floor fmap foldMap foldl foldl1 foldr foldr1 fromEnum fromInteger
    fromIntegral fst gcd getLine head id init interact ioError iterate last lcm length lines log lookup map mapM
    mapM_ mappend max maxBound maximum maybe mconcat mempty min minBound minimum mod negate not notElem null odd
    or otherwise pi pred print product properFraction pure putStr putStrLn quot quotRem read readFile readIO
    readLn recip rem repeat replicate return reverse round scanl scanr seq sequence sequenceA sequence_ show
    showParen showString shows sin snd span splitAt sqrt subtract succ sum tail take takeWhile toEnum toInteger
    toRational traverse truncate uncurry undefined unlines until unwords unzip userError words writeFile zip zip3
    zipWith Type""".split()
)

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_haskell",
        queries=("haskell.scm",),
        hooks={
            "package": type_text.package,
            "import": _import,
            "listed": _listed,
            "instance": type_text.container_use("inherit", _PRELUDE),
            "qualified": _qualified,
        },
        data=frozenset({"applied"}),
        builtins=_PRELUDE,
        doc_prefixes=(b"-- |", b"--|", b"{-|", b"{- |"),
        finish=_finish,
    )
)
