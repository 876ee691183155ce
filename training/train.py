"""Train the static term vectors: ``python -m training.train PAIRS OUT.npz``.

A text is the normalised sum of w·(1 + ln tf)·E over its terms, with one w for terms of code and one for terms
of queries. The loss is InfoNCE both ways inside batches of one repository, so that what a whole repository
has in common helps nothing. CPU only, seeded; about five CPU minutes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from msgspec import Struct
from numpy.typing import NDArray
from torch import Tensor, nn

from indexers import terms
from training.corpus import KINDS, Bags, Builder, Corpus, read_pairs, vocabulary_of
from training.mine import repositories
from training.teacher import start_vectors, surfaces


class Settings(Struct, frozen=True):
    """What a training run depends on, besides the pairs. ``mixed``: share of batches over all repositories;
    ``fillers``: share of queries that get words people add to questions."""

    size: int = 32_000
    dimensions: int = 256
    repositories: int = 3
    epochs: int = 3
    batch: int = 1_024
    rate: float = 0.002
    temperature: float = 0.08
    mixed: float = 0.25
    fillers: float = 0.3
    seed: int = 1


# Words of questions that say nothing about the code, added to some training queries as noise.
_FILLER_WORDS = """
python javascript typescript golang rust java example code function method using way get check find
add make create fix issue error bug support allow return code value
"""
FILLERS = np.array([terms.term(word) for word in _FILLER_WORDS.split()], dtype=np.uint32)


class Model(nn.Module):
    """Term vectors and the two weights of each term."""

    def __init__(self, start: NDArray[np.float32], frequency: NDArray[np.float64]) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.from_numpy(start))
        rarity = torch.from_numpy(np.log(1e-3 / (frequency + 1e-3) + 1e-3).astype(np.float32) * 0.5)
        self.code = nn.Parameter(rarity.clone())  # logarithms of w
        self.query = nn.Parameter(rarity.clone())

    def forward(self, bags: Bags, *, query: bool) -> Tensor:
        """Unit vectors (len(bags), dimensions)."""
        ids = torch.from_numpy(bags.ids)
        weights = torch.from_numpy(bags.weights) * torch.exp((self.query if query else self.code)[ids])
        summed = nn.functional.embedding_bag(
            ids, self.vectors, torch.from_numpy(bags.starts[:-1]), mode="sum", per_sample_weights=weights
        )
        return nn.functional.normalize(summed, dim=1, eps=1e-6)


def batches(corpus: Corpus, settings: Settings, chance: np.random.Generator) -> list[NDArray[np.int64]]:
    """Row numbers of the batches of one epoch, in random order."""
    found = []
    mixed = chance.random(len(corpus.kind)) < settings.mixed
    groups = [np.flatnonzero(mixed)]
    groups += [np.flatnonzero(~mixed & (corpus.repository == n)) for n in np.unique(corpus.repository)]
    for rows in groups:
        chance.shuffle(rows)
        found += [
            part for part in np.array_split(rows, max(1, len(rows) // settings.batch)) if len(part) > 16
        ]
    return [found[row] for row in chance.permutation(len(found))]


def with_fillers(bags: Bags, known: NDArray[np.int64], share: float, chance: np.random.Generator) -> Bags:
    """``bags`` with one or two filler terms added to a share of them."""
    extra = (chance.random(len(bags)) < share) * chance.integers(1, 3, len(bags))
    at = np.repeat(bags.starts[1:], extra)
    ids = np.insert(bags.ids, at, chance.choice(known, len(at)))
    weights = np.insert(bags.weights, at, 1.0)
    return Bags(ids, weights, bags.starts + np.concatenate([[0], np.cumsum(extra)]))


def loss_of(
    model: Model, corpus: Corpus, rows: NDArray[np.int64], queries: Bags, temperature: float
) -> Tensor:
    """InfoNCE, query to code and back; equal queries and equal codes are no negatives of each other."""
    asked = model(queries, query=True)
    codes = model(corpus.codes.take(rows), query=False)
    scores = asked @ codes.T / temperature
    same = torch.zeros(len(rows), len(rows), dtype=torch.bool)
    for keys in (corpus.query_key[rows], corpus.code_key[rows]):
        same |= torch.from_numpy(keys[:, None] == keys[None, :])
    same.fill_diagonal_(False)
    scores = scores.masked_fill(same, -1e4)
    gold = torch.arange(len(rows))
    return nn.functional.cross_entropy(scores, gold) + nn.functional.cross_entropy(scores.T, gold)


def train(model: Model, corpus: Corpus, vocabulary: NDArray[np.uint32], settings: Settings) -> None:
    """Fit ``model`` in place; prints a line an epoch."""
    chance = np.random.default_rng(settings.seed)
    fillers = np.flatnonzero(np.isin(vocabulary, FILLERS))
    steps_an_epoch = len(batches(corpus, settings, np.random.default_rng(settings.seed)))
    optimiser = torch.optim.Adam(model.parameters(), lr=settings.rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, total_steps=settings.epochs * (steps_an_epoch + 2), pct_start=0.1
    )
    for epoch in range(settings.epochs):
        started, total, steps = time.process_time(), 0.0, 0
        for rows in batches(corpus, settings, chance):
            queries = with_fillers(corpus.queries.take(rows), fillers, settings.fillers, chance)
            loss = loss_of(model, corpus, rows, queries, settings.temperature)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total, steps = total + loss.item(), steps + 1
        print(
            f"epoch {epoch}: loss {total / steps:.3f}, {time.process_time() - started:.0f} cpu-s", flush=True
        )


def held_out(model: Model, corpus: Corpus) -> dict[str, float]:
    """Mean reciprocal rank inside each repository's own codes, averaged over repositories, per kind."""
    sums: dict[str, list[float]] = {}
    for repository in np.unique(corpus.repository):
        rows = np.flatnonzero(corpus.repository == repository)
        with torch.no_grad():
            scores = (
                model(corpus.queries.take(rows), query=True) @ model(corpus.codes.take(rows), query=False).T
            )
        gold = scores.diagonal()[:, None]
        ranks = (scores > gold).sum(dim=1).numpy() + 1
        for kind, name in enumerate(KINDS):
            if (chosen := corpus.kind[rows] == kind).any():
                sums.setdefault(name, []).append(float((1 / ranks[chosen]).mean()))
    return {name: round(float(np.mean(values)), 4) for name, values in sums.items()}


def build(files: dict[str, Path], vocabulary: NDArray[np.uint32]) -> Corpus:
    """The corpus of the named files; repository numbers follow their order."""
    builder = Builder()
    for number, file in enumerate(files.values()):
        for pair in read_pairs(file):
            builder.add(pair, number)
    return builder.corpus(vocabulary)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--teacher", default="", help="folder of a sentence-transformers model to start from")
    parser.add_argument("--threads", type=int, default=1)
    for name in Settings.__struct_fields__:
        default = getattr(Settings(), name)
        parser.add_argument(f"--{name}", type=type(default), default=default)
    options = parser.parse_args()
    settings = Settings(**{name: getattr(options, name) for name in Settings.__struct_fields__})
    torch.set_num_threads(options.threads)
    torch.manual_seed(settings.seed)
    known = {entry.name: options.pairs / f"{entry.name.replace('/', '+')}.jsonl" for entry in repositories()}
    held = {entry.name for entry in repositories() if entry.held_out}
    files = {name: file for name, file in known.items() if name not in held and file.exists()}
    words = [file.with_suffix(".words.json") for file in files.values()]
    vocabulary = vocabulary_of(words, size=settings.size, repositories=settings.repositories)
    corpus = build(files, vocabulary)
    print(f"{len(corpus.kind)} pairs of {len(files)} repositories, {len(vocabulary)} terms", flush=True)
    if options.teacher:
        start = start_vectors(options.teacher, surfaces(words, vocabulary), settings.dimensions)
    else:
        shape = (len(vocabulary), settings.dimensions)
        start = np.random.default_rng(settings.seed).normal(size=shape).astype(np.float32)
        start /= np.linalg.norm(start, axis=1, keepdims=True)
    frequency = np.bincount(corpus.codes.ids, minlength=len(vocabulary)) / len(corpus.kind)
    model = Model(start, frequency)
    test = build({name: known[name] for name in sorted(held) if known[name].exists()}, vocabulary)
    print("held out, before:", held_out(model, test), flush=True)
    train(model, corpus, vocabulary, settings)
    print("held out:", held_out(model, test), flush=True)
    np.savez(
        options.out,
        hashes=vocabulary,
        vectors=model.vectors.detach().numpy(),
        code=model.code.detach().exp().numpy(),
        query=model.query.detach().exp().numpy(),
    )


if __name__ == "__main__":
    main()
