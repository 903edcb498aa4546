"""What the benchmarks measure, as a table for people or a JSON object a line (--json) for programs."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from typing import Sequence


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a JSON object a line for each row")


@dataclass
class Row:
    """Either times of single calls (p50_us and so on) or a value with its unit, of which more is better."""

    name: str
    p50_us: float | None = None
    p90_us: float | None = None
    p99_us: float | None = None
    value: float | None = None
    unit: str | None = None
    ratio: float | None = None  # how many times better than `ratio_to`
    ratio_to: str | None = None
    goal: str | None = None
    met: bool | None = None  # None: there is no goal
    note: str = ""

    def compare(self, other: Row, at_least: float | None = None) -> None:
        """At least so many times better is the goal, if any."""
        ratio = other.p50_us / self.p50_us if self.value is None else self.value / other.value
        self.ratio, self.ratio_to = round(ratio, 2), other.name
        if at_least is not None:
            self.goal, self.met = f"≥ {at_least:g} ×", ratio >= at_least


def of_times(name: str, seconds: Sequence[float], note: str = "") -> Row:
    """Of the times of single calls, at least one."""
    ordered = sorted(seconds)

    def percentile(part: float) -> float:
        return round(ordered[int(part * (len(ordered) - 1))] * 1e6, 1)

    return Row(name, percentile(0.5), percentile(0.9), percentile(0.99), note=note)


def show(title: str, rows: Sequence[Row], as_json: bool) -> None:
    if as_json:
        for row in rows:
            names = {"name": f"{title}: {row.name}", "ratio_to": row.ratio_to and f"{title}: {row.ratio_to}"}
            print(json.dumps({**asdict(row), **names}, ensure_ascii=False), flush=True)
        return
    print(title)
    width = max(len(row.name) for row in rows)
    for row in rows:
        print(f"  {row.name:{width}}  {'  '.join(_cells(row))}", flush=True)


def _cells(row: Row) -> list[str]:
    cells = []
    if row.value is None:
        cells += [f"{name} {microseconds / 1000:8.2f} ms"
                  for name, microseconds in (("p50", row.p50_us), ("p90", row.p90_us), ("p99", row.p99_us))]
    else:
        cells.append(f"{row.value:10.1f} {row.unit}")
    if row.ratio is not None:
        cells.append(f"{row.ratio:.1f} × as fast as {row.ratio_to}")
    if row.met is not None:
        cells.append(f"goal {row.goal}: {'met' if row.met else 'missed'}")
    return cells + ([row.note] if row.note else [])
