"""A small project that looks real and is edited at random, by who knows where each line and function went.

What is known here is kept beside the files: nothing in them tells one line from another that reads the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

_WORDS = "order item total user cart price entry token state batch".split()  # noqa: SIM905
_VERBS = "load save parse check merge apply find build send read".split()  # noqa: SIM905
_STATEMENTS = (
    "{a} = {b}.get('{c}')",
    "if not {a}:",
    "    return None",
    "for {a} in {b}.{c}s:",
    "    {a}.{v}({b})",
    "    raise ValueError('no {a} in {b}')",
    "{a} += {b}.{c}",
    "log.info('{v} {a}')",
    "{a}.{v}({b}, {c})",
    "return {a}",
)
_ids = count(1)


@dataclass
class Line:
    text: str
    id: int = field(default_factory=lambda: next(_ids))
    family: int = 0

    def __post_init__(self) -> None:
        self.family = self.family or self.id

    def copied(self, text: str = "") -> Line:
        return Line(text or self.text, family=self.family)


@dataclass
class Function:
    name: str
    lines: list[Line]  # the first one defines it
    id: int = field(default_factory=lambda: next(_ids))
    family: int = 0

    def __post_init__(self) -> None:
        self.family = self.family or self.id

    def renamed(self, name: str) -> None:
        for line in self.lines:
            line.text = _renamed(line.text, self.name, name)
        self.name = name

    def copied(self, name: str) -> Function:
        lines = [line.copied(_renamed(line.text, self.name, name)) for line in self.lines]
        return Function(name, lines, family=self.family)


@dataclass
class File:
    functions: list[Function]
    id: int = field(default_factory=lambda: next(_ids))


def _renamed(text: str, old: str, new: str) -> str:
    return text.replace(f"{old}(", f"{new}(")


class MovingCode:
    """``files``: path → what it holds; ``edit`` changes something and says what. Python, one function after another."""

    def __init__(self, seed: int, files: int = 6, functions: int = 6) -> None:
        self.random = Random(seed)
        self.files = {
            self._new_path(): File([self._function() for _ in range(functions)]) for _ in range(files)
        }

    def texts(self) -> dict[str, str]:
        return {
            path: "\n".join(line.text for line in self._lines(file)) + "\n"
            for path, file in self.files.items()
        }

    def line_at(self, path: str, number: int) -> Line | None:
        lines = list(self._lines(self.files[path])) if path in self.files else []
        return lines[number - 1] if number <= len(lines) else None

    def functions_at(self, path: str, name: str) -> list[Function]:
        return [f for f in self.files[path].functions if f.name == name] if path in self.files else []

    def line_places(self) -> dict[int, tuple[str, int, Line]]:
        """Id of each line → where it is."""
        return {
            line.id: (path, number, line)
            for path, file in self.files.items()
            for number, line in enumerate(self._lines(file), 1)
            if line.text
        }

    def function_places(self) -> dict[int, tuple[str, Function]]:
        return {f.id: (path, f) for path, file in self.files.items() for f in file.functions}

    def edit(self) -> str:
        edits: list[Callable[[], None]] = [
            self.insert_lines, self.insert_function, self.delete_line, self.delete_function, self.rewrite_line,
            self.move_within, self.move_to_file, self.rename_file, self.rename_function, self.extract,
            self.duplicate, self.duplicate_same_name, self.take_name, self.swap, self.split_file,
        ]  # fmt: skip
        chosen = self.random.choices(edits, [6, 4, 4, 1, 4, 2, 3, 2, 3, 2, 2, 1, 1, 1, 1])[0]
        chosen()
        return chosen.__name__

    # -- edits

    def insert_lines(self) -> None:
        function = self._some_function()[1]
        at = self.random.randint(1, len(function.lines))
        function.lines[at:at] = [Line(self._statement()) for _ in range(self.random.randint(1, 3))]

    def insert_function(self) -> None:
        file = self._some_file()[1]
        file.functions.insert(self.random.randint(0, len(file.functions)), self._function())

    def delete_line(self) -> None:
        function = self._some_function()[1]
        if len(function.lines) > 3:
            del function.lines[self.random.randint(1, len(function.lines) - 1)]

    def delete_function(self) -> None:
        file, function = self._some_function()
        if len(file.functions) > 2:
            file.functions.remove(function)

    def rewrite_line(self) -> None:
        """It is another line then, in the place of the former."""
        function = self._some_function()[1]
        if len(function.lines) > 1:
            function.lines[self.random.randint(1, len(function.lines) - 1)] = Line(self._statement())

    def move_within(self) -> None:
        file, function = self._some_function()
        file.functions.remove(function)
        file.functions.insert(self.random.randint(0, len(file.functions)), function)

    def move_to_file(self) -> None:
        file, function = self._some_function()
        if len(file.functions) > 2:
            file.functions.remove(function)
            target = self._some_file()[1]
            target.functions.insert(self.random.randint(0, len(target.functions)), function)

    def rename_file(self) -> None:
        path, file = self._some_file()
        del self.files[path]
        self.files[self._new_path()] = file

    def rename_function(self) -> None:
        self._some_function()[1].renamed(self._name())

    def extract(self) -> None:
        """Lines of a function become one of their own, which is called in their place."""
        file, function = self._some_function()
        if len(function.lines) < 6:
            return
        first = self.random.randint(1, len(function.lines) - 4)
        last = first + self.random.randint(2, 3)
        name = self._name()
        taken = function.lines[first:last]
        function.lines[first:last] = [Line(f"    {name}(order)")]
        file.functions.append(Function(name, [Line(f"def {name}(order):"), *taken]))

    def duplicate(self) -> None:
        file, function = self._some_function()
        file.functions.insert(self.random.randint(0, len(file.functions)), function.copied(self._name()))

    def duplicate_same_name(self) -> None:
        function = self._some_function()[1]
        self._some_file()[1].functions.append(function.copied(function.name))

    def take_name(self) -> None:
        """A function gets a new name, and another one its old one."""
        one, other = self._some_function()[1], self._some_function()[1]
        if one is not other and one.name != other.name:
            old = one.name
            one.renamed(self._name())
            other.renamed(old)

    def swap(self) -> None:
        one, other = self._some_function()[1], self._some_function()[1]
        names = one.name, other.name
        one.renamed("swapped_away")
        other.renamed(names[0])
        one.renamed(names[1])

    def split_file(self) -> None:
        file = self._some_file()[1]
        if len(file.functions) > 5:
            half = len(file.functions) // 2
            self.files[self._new_path()] = File(file.functions[half:])
            del file.functions[half:]

    # -- pieces

    def _lines(self, file: File) -> Iterator[Line]:
        for function in file.functions:
            yield from function.lines
            yield Line("")
            yield Line("")

    def _some_file(self) -> tuple[str, File]:
        return self.random.choice(list(self.files.items()))

    def _some_function(self) -> tuple[File, Function]:
        file = self._some_file()[1]
        return file, self.random.choice(file.functions)

    def _new_path(self) -> str:
        folder = self.random.choice(("app", "lib", "core"))
        return f"{folder}/{self.random.choice(_WORDS)}_{next(_ids)}.py"

    def _name(self) -> str:
        return f"{self.random.choice(_VERBS)}_{self.random.choice(_WORDS)}_{self.random.randint(1, 400)}"

    def _function(self) -> Function:
        name = self._name()
        body = [Line(self._statement()) for _ in range(self.random.randint(2, 14))]
        return Function(name, [Line(f"def {name}({self.random.choice(_WORDS)}):"), *body])

    def _statement(self) -> str:
        pick = self.random.choice
        text = pick(_STATEMENTS).format(a=pick(_WORDS), b=pick(_WORDS), c=pick(_WORDS), v=pick(_VERBS))
        return f"    {text}"
