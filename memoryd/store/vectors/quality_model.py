"""The quality model: where it lies, what sort it is, what it is given to read, and what it must not be."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.errors import StoreError

LIBRARY = "sentence_transformers"
MAX_TEXT = 4_000  # characters of a text that are read
TEXT_VERSION = 2  # of ``chunk_text``: vectors of another one are worth nothing
NEXT_STEP = "set vectors.quality_model to a folder with a sentence-transformers model in safetensors form"
_HEAD = 200  # characters that a definition's name is looked for in
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSAFE = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib"}


class SentenceModel(Struct, frozen=True):
    """A loaded model, of one sort. ``embed`` (bi-encoder): texts → unit rows. ``judge`` (cross-encoder): question,
    texts → scores. ``batch``: how many texts take a fraction of a second."""

    batch: int
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None
    judge: Callable[[str, Sequence[str]], NDArray[np.float32]] | None = None


class _ModelModule(Struct):
    """An entry of modules.json."""

    type: str


class _Configuration(Struct):
    """config.json of a transformer."""

    architectures: list[str] = []


def chunk_text(path: str, qualname: str, body: str) -> str:
    """What the model reads of a chunk: the words of its path, what it belongs to, and its code, which begins with its
    own name as a rule. Numbers and single letters of a path say nothing, and the extension is the same everywhere."""
    words = " ".join(_WORD.findall(path.rpartition(".")[0] or path))
    owner, _, name = qualname.rpartition(".")
    said = owner if name in body[:_HEAD] else qualname
    return "\n".join(part for part in (words, said, body) if part)[:MAX_TEXT]


def problem(name: str) -> tuple[str, str]:
    """What stands in the way of the model ``name``, and what to do; two empty texts when nothing is seen."""
    if importlib.util.find_spec(LIBRARY) is None:
        return (
            f"vectors.quality_model is {name}, but {LIBRARY} is not installed",
            "pip install 'memoryd[quality]', or leave vectors.quality_model empty",
        )
    try:
        model_folder(name)
    except StoreError as error:
        return f"{error.what}: {error.where}", error.next_step
    return "", ""


def model_folder(name: str) -> Path:
    """Where the model ``name`` lies: a folder, or an installed package that carries one as ``model/``.

    Raises StoreError when there is none, or when it holds anything that runs code on loading: pickled
    weights, or modules that are not sentence-transformers' own.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir() and name.isidentifier():
        spec = importlib.util.find_spec(name)
        places = spec.submodule_search_locations if spec else None
        folder = Path(next(iter(places)), "model") if places else folder
    modules = folder / "modules.json"
    if not (modules.is_file() or is_cross_encoder(folder)):
        raise StoreError("there is no such quality model", where=name, next_step=NEXT_STEP)
    unsafe = [file.name for file in folder.rglob("*") if file.suffix in _UNSAFE]
    if unsafe:
        raise StoreError(
            f"the quality model holds {unsafe[0]}, which is not safe to load", where=name, next_step=NEXT_STEP
        )
    foreign = [part.type for part in _modules(modules) if not part.type.startswith(f"{LIBRARY}.")]
    if foreign:
        raise StoreError(f"the quality model wants the code {foreign[0]}", where=name, next_step=NEXT_STEP)
    return folder


def is_cross_encoder(folder: Path) -> bool:
    """The model reads question and text together and has no vectors."""
    try:
        configuration = msgspec.json.decode((folder / "config.json").read_bytes(), type=_Configuration)
    except (OSError, msgspec.MsgspecError):
        return False
    return any(name.endswith("ForSequenceClassification") for name in configuration.architectures)


def model_id(name: str, folder: Path) -> str:
    """The name with a digest of the configuration, the weights and the shape of the texts."""
    digest = hashlib.sha256(b"%d" % TEXT_VERSION)
    for file in sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.json")):
        digest.update(file.read_bytes())
    return f"{name}-{digest.hexdigest()[:8]}"


def _modules(file: Path) -> list[_ModelModule]:
    if not file.is_file():
        return []
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[_ModelModule])
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"modules.json cannot be read: {error}", where=str(file), next_step=NEXT_STEP
        ) from error
