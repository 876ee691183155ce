"""Fits the words of questions to one project: numpy alone, no clock, no disk.

Only what a word adds to a *question* is learned; chunks keep the vectors of the shipped model. So nothing is embedded
again, vectors of two models never meet, and going back is leaving a table out. A word that the shipped model does not
know begins at nothing and is moved to where it was asked for.

The loss is that of the shipped model's training (InfoNCE), with chunks of the project itself to tell from; which chunk
of a changed file was meant is not known, so all of them share the credit (the sum of their likelihoods counts).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


class TuningSettings(Struct, frozen=True):
    """``others``: chunks to tell the right ones from, drawn anew each batch; ``rate``: a step of Adam, where a typical
    word has length 1; ``pull`` holds words at the shipped model; ``focus_chunks``: a question with more right chunks
    than that counts less, by the square root."""

    epochs: int = 4
    batch: int = 64
    others: int = 2_048
    rate: float = 0.01
    temperature: float = 0.08
    pull: float = 0.001
    focus_chunks: int = 5
    seed: int = 1


SETTINGS = TuningSettings()


class Base(Protocol):
    """The shipped model, as far as it is needed here."""

    def question_rows(self, terms: NDArray[np.uint32]) -> Floats:
        """What each term adds to a question's vector; zero rows for unknown ones."""


class Lists(Struct, frozen=True):
    """Lists of numbers, one after the other: list i is ``values[starts[i]:starts[i + 1]]``."""

    values: Integers
    starts: Integers

    @classmethod
    def of(cls, lists: list[Integers]) -> Lists:
        sizes = [len(part) for part in lists]
        values = np.concatenate([np.zeros(0, np.int64), *lists])
        return cls(values, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Integers:
        return np.diff(self.starts)

    def take(self, rows: Integers) -> tuple[Integers, Integers]:
        """(place in ``rows``, value) of every element of these lists, in their order."""
        sizes = self.sizes[rows]
        ends = np.cumsum(sizes)
        owners = np.repeat(np.arange(len(rows)), sizes)
        at = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        return owners, self.values[at + self.starts[rows][owners]]


class Lessons(Struct, frozen=True):
    """Questions, each with its distinct ``terms`` and the numbers of the ``chunks`` that answer it."""

    terms: Lists
    chunks: Lists

    def __len__(self) -> int:
        return len(self.terms)


class Words(Struct, frozen=True):
    """What words add to a question: row i, times ``scales[i]``, for the term ``hashes[i]`` (ascending)."""

    hashes: NDArray[np.uint32]
    rows: NDArray[np.int8]
    scales: Floats


def tune(
    base: Base,
    chunks: NDArray[np.int8],
    others: Integers,
    lessons: Lessons,
    names: Lessons,
    step: Callable[[int, int], None] = lambda done, total: None,
    settings: TuningSettings = SETTINGS,
) -> Words:
    """The words of ``lessons`` and ``names``, fitted. ``chunks``: vectors by number; ``others``: the numbers to tell
    from. Of ``names`` each epoch sees as many as there are lessons. ``step(done, total)`` is called for each batch.
    The same arguments give the same words, on one machine and numpy."""
    chance = np.random.default_rng(settings.seed)
    both = _joined(lessons, names)
    student = _Student(base, both, settings)
    plan = [_batches(len(lessons), len(names), settings, chance) for _ in range(settings.epochs)]
    batches = [batch for epoch in plan for batch in epoch]
    for done, rows in enumerate(batches):
        step(done, len(batches))
        drawn = others
        if len(others) > settings.others:
            drawn = chance.choice(others, settings.others, replace=False)
        student.learn(rows, drawn, chunks, _rate(done, len(batches), settings.rate))
    return student.words()


def _joined(first: Lessons, second: Lessons) -> Lessons:
    return Lessons(*(_appended(getattr(first, part), getattr(second, part)) for part in ("terms", "chunks")))


def _appended(first: Lists, second: Lists) -> Lists:
    values = np.concatenate([first.values, second.values])
    return Lists(values, np.concatenate([first.starts, second.starts[1:] + first.starts[-1]]))


def _batches(
    lessons: int, names: int, settings: TuningSettings, chance: np.random.Generator
) -> list[Integers]:
    """One epoch: all lessons and as many names, mixed."""
    chosen = chance.choice(names, min(names, lessons), replace=False) + lessons
    rows = chance.permutation(np.concatenate([np.arange(lessons), chosen]))
    return np.array_split(rows, max(1, len(rows) // settings.batch))


def _rate(done: int, total: int, rate: float) -> float:
    """A short rise, then down in a line."""
    return rate * min(1.0, (done + 1) / (0.1 * total)) * max(0.02, 1 - done / total)


class _Student:
    """The words as they are learned, in units of a typical word's length, with Adam's two moments."""

    def __init__(self, base: Base, lessons: Lessons, settings: TuningSettings) -> None:
        self._settings, self._chunks = settings, lessons.chunks
        vocabulary, numbers = np.unique(lessons.terms.values, return_inverse=True)
        self._hashes = vocabulary.astype(np.uint32)
        self._terms = Lists(numbers, lessons.terms.starts)
        self._start = base.question_rows(self._hashes)
        lengths = np.linalg.norm(self._start, axis=1)
        self._unit = float(np.median(lengths[lengths > 0])) if lengths.any() else 1.0
        self._start = self._start / np.float32(self._unit)
        self._change, self._mean, self._square = (np.zeros_like(self._start) for _ in range(3))

    def learn(self, rows: Integers, others: Integers, chunks: NDArray[np.int8], rate: float) -> None:
        """One step on the lessons ``rows``."""
        owners, terms = self._terms.take(rows)
        used, places = np.unique(terms, return_inverse=True)
        bag = np.zeros((len(rows), len(used)), np.float32)
        bag[owners, places] = 1.0
        summed = bag @ (self._start[used] + self._change[used])
        lengths = np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 0.1)  # of unknown words alone: 0
        asked = summed / lengths
        slope = self._slope(asked, rows, others, chunks)
        slope = (slope - asked * (slope * asked).sum(axis=1, keepdims=True)) / lengths
        self._adam(used, bag.T @ slope + self._settings.pull * self._change[used], rate)

    def _slope(self, asked: Floats, rows: Integers, others: Integers, chunks: NDArray[np.int8]) -> Floats:
        """Gradient of the mean loss by the unit vectors ``asked``."""
        owners, right = self._chunks.take(rows)
        shown, columns = np.unique(np.concatenate([right, others]), return_inverse=True)
        vectors = chunks[shown].astype(np.float32) / 127
        scores = asked @ vectors.T / np.float32(self._settings.temperature)
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        meant = np.zeros_like(likely)
        at = (owners, columns[: len(right)])
        meant[at] = likely[at] + np.float32(1e-30)
        error = likely / likely.sum(axis=1, keepdims=True) - meant / meant.sum(axis=1, keepdims=True)
        focus = np.sqrt(np.maximum(self._chunks.sizes[rows] / self._settings.focus_chunks, 1.0))
        error /= (focus * self._settings.temperature * len(rows)).astype(np.float32)[:, None]
        slope: Floats = error @ vectors
        return slope

    def _adam(self, used: Integers, gradient: Floats, rate: float) -> None:
        self._mean[used] = 0.9 * self._mean[used] + 0.1 * gradient
        self._square[used] = 0.99 * self._square[used] + 0.01 * gradient * gradient
        self._change[used] -= rate * self._mean[used] / (np.sqrt(self._square[used]) + 1e-8)

    def words(self) -> Words:
        """Those that were learned, as whole numbers, each row using the whole range."""
        learned = np.flatnonzero(self._change.any(axis=1))
        rows = (self._start[learned] + self._change[learned]) * np.float32(self._unit)
        peaks = np.maximum(np.abs(rows).max(axis=1, initial=0.0), 1e-9)
        return Words(
            self._hashes[learned],
            np.rint(rows / peaks[:, None] * 127).astype(np.int8),
            (peaks / 127).astype(np.float32),
        )
