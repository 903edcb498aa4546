"""Proof by fault injection that every call has exactly one outcome. See scripts/chaos."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from report import Promise, print_table, promises, storm_rows, sweep_rows, write_junit  # noqa: E402
from storm import Storm  # noqa: E402
from sweep import Sweep  # noqa: E402


def sweep(blender: str, step: int, seed: int) -> list[Promise]:
    print(f"== one exchange, ended at every byte, of {step}" if step > 1 else "== one exchange, ended at every byte", flush=True)
    swept = Sweep(blender, step=step, first=random.Random(seed).randrange(step))
    swept.run()
    print_table(sweep_rows(swept))
    return promises("sweep", swept.ledger, swept.leaks, swept.failures)


def storm(blender: str, seed: int, edits: int, seconds: float, kill_every_s: float, stop_every_s: float) -> list[Promise]:
    print(f"== {edits} edits in a storm, at most {seconds:.0f} s, seed {seed}", flush=True)
    blown = Storm(blender, seed, edits, seconds, kill_every_s, stop_every_s)
    blown.run()
    print_table(storm_rows(blown.figures, blown.ledger))
    return promises(f"storm {seed}", blown.ledger, blown.figures.leaks, blown.figures.failures)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--edits", type=int, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--sweep-step", type=int, required=True)
    parser.add_argument("--kill-every", type=float, required=True)
    parser.add_argument("--stop-every", type=float, required=True)
    parser.add_argument("--blender", required=True)
    parser.add_argument("--junit", type=Path)
    options = parser.parse_args()

    made = sweep(options.blender, options.sweep_step, options.seeds[-1]) if options.sweep_step else []
    for seed in options.seeds:
        made += storm(options.blender, seed, options.edits, options.seconds, options.kill_every, options.stop_every)
    if options.junit:
        write_junit(options.junit, made)
    broken = [promise for promise in made if promise.broken]
    print(f"\nchaos: {'every promise was kept' if not broken else f'{len(broken)} PROMISES BROKEN'}")
    for promise in broken:
        print(f"  {promise.name}")
        for text in promise.broken:
            print(f"    {text}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
