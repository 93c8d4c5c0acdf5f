"""How well suggest understands citizens: `python -m tests.evaluation [--split test] [--misses]`."""

import argparse
import sys
from collections import Counter
from datetime import date

from routing import load
from tests.evaluation.score import Measured, measure, questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="test", choices=["dev", "test"])
    parser.add_argument("--misses", action="store_true", help="print what went wrong; only for the dev split")
    chosen = parser.parse_args()
    if chosen.misses and chosen.split == "test":
        parser.error("who reads the test questions can no longer be measured by them; use --split dev")
    found = measure(load(), questions(chosen.split), today=date.today())  # noqa: DTZ011
    sys.stdout.write(_report(chosen.split, found) + "\n")
    if chosen.misses:
        sys.stdout.writelines(f"{one.text} | {one.organisation} => {given}\n" for one, given in found.misses)


def _report(split: str, found: Measured) -> str:
    said = Counter(one.organisation for one in found.inside)
    missed = Counter(one.organisation for one, _ in found.misses)
    lines = [
        f"{split}: {len(found.inside)} questions with an answer, {found.outside} without",
        f"by organisation: top-1 {found.top_1:.1%}, top-3 {found.top_3:.1%}",
        f"top-1 when only the answer thought of first is right: {found.exact / len(found.inside):.1%}",
        f"by topic ({found.with_topic} questions): top-1 {found.topic_1:.1%}, top-3 {found.topic_3:.1%}",
        f"not sure: {found.unsure:.1%} of those with an answer; precision when sure {found.precision:.1%}",
        f"not sure where there is no answer: {found.refused} of {found.outside}",
        f"danger heard: {found.danger}; of these 'not sure' goes first, which counts as wrong: {found.danger_first}",
        "wrong per organisation: "
        + ", ".join(f"{name} {count}/{said[name]}" for name, count in missed.most_common() if name in said),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
