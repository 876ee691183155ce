"""Turn trained vectors into the shipped files: ``python -m training.export MODEL.npz [FOLDER]``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from memoryd.embedding.static import DATA, FILES


def export(trained: Path, folder: Path) -> None:
    """Write the three arrays of ``memoryd.embedding.static``: int8 rows, each using the whole range."""
    with np.load(trained, allow_pickle=False) as model:
        hashes, vectors = model["hashes"], model["vectors"]
        weights = np.stack([model["code"], model["query"]])
    peaks = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    rows = np.rint(vectors / peaks * 127).astype(np.int8)
    scaled = (weights * peaks[:, 0] / 127).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in zip(FILES, (hashes.astype(np.uint32), rows, scaled), strict=True):
        np.save(folder / name, array, allow_pickle=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    options = parser.parse_args()
    export(options.trained, options.folder)


if __name__ == "__main__":
    main()
