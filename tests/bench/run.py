#!/usr/bin/python3
"""Runs the benchmarks, in one go on one machine: prints one table with what was measured beside its goal, and writes the same
as JSON. The ratios are what counts; the times are this machine's.

usage: run.py [--json FILE] [--peers FOLDER] [--calls N] [--blender PROGRAM] BUILD_FOLDER [SECTION...]

sections: start calls blender large memory http guards assets (blender-mcpd-bench), window (window.py), batch (batch.py); all if none
is named.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator

HERE = Path(__file__).resolve().parent
OF_THE_PROGRAM = ("start", "calls", "blender", "large", "memory", "http", "guards", "assets")
SCRIPTS = ("window", "batch")
# A section that takes longer hangs.
LIMIT_S = 1800


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="default: BUILD_FOLDER/bench.json")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="default: BUILD_FOLDER/peers")
    parser.add_argument("--calls", type=int, default=3000, help="of each kind (default: 3000)")
    parser.add_argument("--blender", default="/usr/bin/blender")
    parser.add_argument("build", type=Path)
    parser.add_argument("sections", nargs="*", metavar="SECTION")
    arguments = parser.parse_intermixed_args()
    sections = arguments.sections or [*OF_THE_PROGRAM, *SCRIPTS]
    if unknown := set(sections) - {*OF_THE_PROGRAM, *SCRIPTS}:
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    peers = (arguments.peers or arguments.build / "peers").resolve()
    subprocess.run([sys.executable, HERE / "peers.py", peers], check=True)

    measured: list[dict[str, Any]] = []
    failed = []
    print(f"{'':76} {'measured':>22}  {'ratio':>8}  goal")
    for section in sections:
        try:
            for row in run(section, arguments, peers):
                measured.append({"section": section, **row})
                print(line(row), flush=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            failed.append(section)
            print(f"{section}: {error}", file=sys.stderr)
    goals = [row["met"] for row in measured if row.get("met") is not None]
    print(f"{sum(goals)} of {len(goals)} goals met")
    where = arguments.json or arguments.build / "bench.json"
    where.write_text(json.dumps({"machine": machine(), "rows": measured}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if failed else 0


def run(section: str, arguments: argparse.Namespace, peers: Path) -> Iterator[dict[str, Any]]:
    daemon = str(arguments.build / "blender-mcpd")
    if section in OF_THE_PROGRAM:
        command = [str(arguments.build / "blender-mcpd-bench"), "--json", "--blender", arguments.blender,
                   "--calls", str(arguments.calls), "--peers", str(peers / "peers.json"), section]
    else:
        command = [sys.executable, str(HERE / f"{section}.py"), "--json", "--blender", arguments.blender,
                   "--peers", str(peers), daemon]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S)
    for text in done.stdout.splitlines():
        yield json.loads(text)
    done.check_returncode()


def line(row: dict[str, Any]) -> str:
    if row.get("p50_us") is not None:
        value = f"p50 {row['p50_us'] / 1000:.3f} ms" if row["p50_us"] >= 1000 else f"p50 {row['p50_us']:.1f} us"
    else:
        value = f"{row['value']:,.1f} {row['unit']}" if row.get("value") is not None else ""
    ratio = f"{row['ratio']:.2f}" if row.get("ratio") is not None else ""
    of = f"  × {row['ratio_to']}" if row.get("ratio_to") else ""
    goal = f"  {row['goal']}: {'met' if row['met'] else 'MISSED'}" if row.get("goal") else ""
    return f"{row['name'][:76]:76} {value:>22}  {ratio:>8}{of}{goal}".rstrip()


def machine() -> dict[str, Any]:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = {text.split(":", 1)[1].strip() for text in file if text.startswith("model name")}
    return {"processor": ", ".join(sorted(models)), "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "load": os.getloadavg()[0], "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


if __name__ == "__main__":
    sys.exit(main())
