"""Proof by fault injection that every call has exactly one outcome. See scripts/chaos."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from storm import Storm  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--edits", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--blender", required=True)
    options = parser.parse_args()
    storm = Storm(options.blender, options.seed, options.edits, options.seconds, 60, 20)
    storm.run()
    print(storm.figures)
    print(storm.ledger.outcomes, storm.ledger.unknown, storm.ledger.longest_over, storm.ledger.checked)
    print(storm.ledger.findings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
