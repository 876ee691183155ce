"""How often search says that a project has no answer: to questions of other matters, and to real ones.

    python bench/eval_floor.py EVAL_FOLDER HOME

HOME: the ``--home`` of a run of ``eval_search.py``, whose views are asked again. The questions of other matters are put
to one view of each project.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ablation import Asked, Views
from search_sets import SETS, Row, rows_of

from memoryd.query.search.relevance import is_weak

EVERYDAY = """bake a chocolate cake with cherries|zzqx wibble frobnicate|paint the fence blue
how do I train for a marathon|the mitochondria is the powerhouse of the cell|best restaurants in Lisbon|asdf qwer zxcv
symptoms of vitamin D deficiency|who won the 1998 world cup|tune a guitar by ear
plant tomatoes in spring|cheap flights to Tokyo
knit a woolen scarf|my cat refuses to eat dry food|lorem ipsum dolor sit amet|translate this poem into Latin
repair a bicycle tyre|photosynthesis in desert plants|history of the Ottoman empire|mortgage interest rates in Spain"""
TECHNICAL = """kubernetes pod eviction policy|quantum chromodynamics lattice simulation|bluetooth pairing on android
solidity smart contract reentrancy|train a convolutional neural network on images|stripe subscription invoice proration
OpenGL shader compilation|SAP payroll export|DICOM medical image segmentation|drone flight controller firmware
GraphQL federation gateway|protein folding prediction|react native camera permission|terraform state locking
kafka consumer group rebalance|unity rigidbody collision|bitcoin wallet seed phrase|excel pivot table macro
MIDI sequencer latency|satellite orbit propagation"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("home", type=Path)
    args = parser.parse_args()
    views, projects = Views(args.home), {}
    for name in SETS:
        rows = rows_of(args.eval_folder, name)
        print(f"{name:<28} {told([views.ask(row, name) for row in rows])}", flush=True)
        projects |= {row.get("repo", name): (row, name) for row in rows}
    for title, questions in (("everyday matters", EVERYDAY), ("other programs", TECHNICAL)):
        asked = [
            views.ask(_instead(row, text), name)
            for row, name in projects.values()
            for text in _split(questions)
        ]
        print(f"{title:<28} {told(asked)}", flush=True)


def told(asked: Sequence[Asked]) -> str:
    weak = sum(is_weak(one.view, one.asked, one.found) for one in asked)
    return f"{weak:>4} of {len(asked):>4} told that nothing answers ({weak / max(len(asked), 1):.1%})"


def _split(questions: str) -> list[str]:
    return questions.replace("\n", "|").split("|")


def _instead(row: Row, text: str) -> Row:
    return {**row, "query": text}


if __name__ == "__main__":
    main()
