"""Functions that are called as if the type of their first operand had them (extensions of C# and Kotlin)."""

from __future__ import annotations

from abc import abstractmethod

from memoryd.ingest.link.definitions import DefinitionTarget, of_method
from memoryd.ingest.link.names import NameResolver
from memoryd.ingest.link.resolution import Meanings, Resolved, any_of, less_sure
from memoryd.ingest.link.type_text import type_name

ANY_TYPE = "*"  # as what a function extends: a parameter of its own that stands for a type


class Extensions(NameResolver):
    """Which of the functions that a file sees extends the type of a value."""

    @abstractmethod
    def held(self, meanings: Meanings) -> Meanings:
        """The values behind names: a variable's value, everything else as it is."""

    @abstractmethod
    def typed(self, path: str, scope: str, text: str) -> Meanings:
        """Values of the written type, with what it says of their parts."""

    @abstractmethod
    def linear(self, owner: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
        """``owner`` and its bases in the order in which a member is looked for."""

    def _extended(self, path: str, meanings: Meanings, name: str, receiver: str) -> Meanings:
        """The functions that the file sees under ``name`` and that extend one of these values. Of a value whose type
        is not known, the only one that it sees, if no type of the project has such a member."""
        seen = self.rules(path).extended(self.view, path, name)
        values = self.held(meanings) if seen else ()
        if all(value.kind == "outside" and not value.written for value in values):
            is_type = receiver[:1].isupper() and receiver.isidentifier()
            only = len(seen) == 1 and not is_type and self._is_no_member(path, name, seen[0])
            return less_sure(any_of(seen), False) if only else ()
        fitting = [target for target in seen if any(self._extends(target, value) for value in values)]
        own = [target for target in fitting if ANY_TYPE not in self._extended_types(target)]
        return less_sure(any_of(own or fitting), False)

    def _is_no_member(self, path: str, name: str, function: DefinitionTarget) -> bool:
        """Whether no other definition of that name belongs to a type, and no library gives methods that name."""
        named = self.view.named(self.view.language(path), name).by(of_method)
        return name not in self.rules(path).common_methods and all(m.target == function for m in named)

    def _extends(self, function: DefinitionTarget, value: Resolved) -> bool:
        texts = self._extended_types(function)
        if ANY_TYPE in texts:
            return True
        if value.kind == "outside":
            return value.written is not None and type_name(value.written.text) in map(type_name, texts)
        if value.kind != "instance":
            return False
        around = function.qualname.rpartition(".")[0]
        wanted = {
            m.target for t in texts for m in self.typed(function.path, around, t) if m.kind == "instance"
        }
        return not wanted.isdisjoint(self.linear(value.target))

    def _extended_types(self, function: DefinitionTarget) -> tuple[str, ...]:
        """The types that the functions of that name extend, as written."""
        return tuple(h.type_text for h in self.entry(function.path, f"{function.qualname}.this").hints)
