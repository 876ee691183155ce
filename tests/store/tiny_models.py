"""Sentence-transformers models of a few kilobytes with random weights, made in the test."""

from __future__ import annotations

import string
from pathlib import Path


def _transformer(folder: Path, *, cross: bool) -> Path:
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    folder.mkdir(parents=True)
    letters = [*string.ascii_lowercase, *string.punctuation, *string.digits]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    configuration = BertConfig(vocab_size=len(words), num_labels=1, **sizes)
    (BertForSequenceClassification if cross else BertModel)(configuration).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def cross_encoder(folder: Path) -> Path:
    """A model that reads question and text together."""
    return _transformer(folder, cross=True)


def bi_encoder(folder: Path) -> Path:
    """A model that makes vectors of 16 numbers."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(_transformer(folder / "bare", cross=False))).save(str(folder / "model"))
    return folder / "model"
