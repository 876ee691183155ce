"""HCL: the files of a folder are one Terraform module, and share their addresses; the files of another language that is
written in HCL (Nomad, Terragrunt) stand alone (Terraform, "Files and configuration structure")."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from indexers.facts import Import
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_SHARED = (".tf", ".tofu", ".tfvars", ".pkr.hcl")  # of these all that lie in one folder are one module
_MODULE = (".tf", ".tofu")
_LOCAL = ("./", "../")
_ADDRESSED = frozenset({"var", "local", "module", "data"})
_INPUT = "var"


class Terraform(LanguageRules):
    """An address is looked for in the file, then in its folder; what is asked of a module, in the folder that its
    ``source`` names."""

    reexports = False
    body_sees_members = False
    written_out = True

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        """The folder of a module, for which its main file stands. Only what begins with a dot is a folder."""
        if not item.module.startswith(_LOCAL):
            return None
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.module))
        files = [] if folder.startswith("..") else view.folder("" if folder == "." else folder)
        found = [file for file in files if file.endswith(_MODULE)]
        main = [file for file in found if posixpath.basename(file).startswith("main.")]
        return DefinitionTarget((main or found)[0]) if found else None

    def outside(self, view: LinkView, path: str, name: str) -> bool:
        """Whatever else has members is a resource, which no other module can name, or a value."""
        return name not in _ADDRESSED

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        if names[0] == "module" and len(names) > 2:
            return self._of_module(view, path, names), len(names)
        size = 3 if names[0] == "data" else 2
        return (_in_module(view, path, ".".join(names[:size])), size) if len(names) >= size else (None, 0)

    def _of_module(self, view: LinkView, path: str, names: Sequence[str]) -> DefinitionTarget | None:
        """``module.NAME.OUTPUT`` and ``module.NAME.var.INPUT``"""
        block = _in_module(view, path, ".".join(names[:2]))
        for item in view.entry(block.path, block.qualname).imports if block else ():
            inside = self.resolve(view, block.path, item) if block else None
            if inside:
                address = names[2:] if names[2] == _INPUT and len(names) > 3 else ("output", names[2])
                return _in_module(view, inside.path, ".".join(address))
        return None


def _in_module(view: LinkView, path: str, address: str) -> DefinitionTarget | None:
    """The one definition of an address that the module of the file at ``path`` has."""
    if view.entry(path, address).kind:
        return DefinitionTarget(path, address)
    if not path.endswith(_SHARED):
        return None
    place = posixpath.dirname(path), address
    found = view.named("hcl", address.rpartition(".")[2]).by(_of_place, place)
    targets = dict.fromkeys(one.target for one in found)
    return next(iter(targets)) if len(targets) == 1 else None


def _of_place(one: NamedDefinition) -> tuple[str, str] | None:
    """Rows of one address in one folder."""
    shared = one.target.path.endswith(_SHARED)
    return (posixpath.dirname(one.target.path), one.qualname) if shared else None
