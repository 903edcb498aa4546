"""A long conversation with a real daemon and a real Blender: what must stay flat, and what must be answered. See scripts/soak."""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from client import Client, Json, error_text  # noqa: E402
from samples import Sample, growth_per_s, take_sample  # noqa: E402
from work import Call, Work  # noqa: E402
from world import World  # noqa: E402

AT_ONCE = 4  # calls in flight
GAP_S = 0.1  # between two calls
SAMPLE_EVERY_S = 5.0
ANSWER_WITHIN_S = 120.0
WARM_UP = 0.2  # of the time: what grows before that is not counted
# A growth below both is noise of the allocator: of the run as a whole, and of an hour.
NOISE_KB = 1024.0
NOISE_KB_PER_H = 1024.0


class Listener(Client):
    def next_message(self, patience: float) -> Json | None:
        """The oldest message that was not taken; None when none comes."""
        with self._changed:
            self._changed.wait_for(lambda: self._messages or self._ended, max(patience, 0))
            if self._messages:
                return self._messages.pop(0)
            if self._ended:
                raise AssertionError("the daemon ended" + self.log())
            return None


class Soak:
    def __init__(self, client: Listener, seed: int) -> None:
        self.client = client
        self.random = random.Random(seed)
        self.work = Work(self.random)
        self.open: dict[int, Call] = {}
        self.outcomes: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.longest: tuple[float, str] = (0.0, "-")
        self.progress = 0
        self.faults: list[str] = []
        self.samples: list[Sample] = []

    def run(self, seconds: float) -> None:
        begin = time.monotonic()
        next_sample = begin
        while (now := time.monotonic()) < begin + seconds:
            if now >= next_sample:
                self.come_to_rest()
                self.samples.append(take_sample(self.client, time.monotonic() - begin))
                next_sample = time.monotonic() + SAMPLE_EVERY_S
            self.send(self.work.next())
            self.listen(GAP_S * self.random.uniform(0.5, 1.5))
            while sum(call.cancelled_at is None for call in self.open.values()) >= AT_ONCE:
                self.listen(GAP_S)
        self.come_to_rest()
        self.samples.append(take_sample(self.client, time.monotonic() - begin))

    def come_to_rest(self) -> None:
        """Until nothing runs: a connection is open, and nobody uses it."""
        while any(not call.cancel_after for call in self.open.values()):
            self.listen(GAP_S)
        # Served in turn: when it is answered, what was cancelled before it has ended.
        self.send(Call("read", "get_scene_info"))
        while any(not call.cancel_after or call.cancelled_at is None for call in self.open.values()):
            self.listen(GAP_S)
        for call in self.open.values():
            self.outcomes["cancelled: no answer"] += 1
        self.open.clear()

    def send(self, call: Call) -> None:
        token = f"t{len(self.sent)}-{sum(self.sent.values())}" if call.progress else None
        request = self.client.start_call(call.tool, call.arguments, token) if call.tool \
            else self.client.start(call.method)
        call.sent_at, call.token = time.monotonic(), token
        self.open[request] = call
        self.sent[call.kind] += 1

    def listen(self, patience: float) -> None:
        until = time.monotonic() + patience
        while True:
            message = self.client.next_message(until - time.monotonic())
            if message is None:
                break
            self.receive(message)
        now = time.monotonic()
        for request, call in self.open.items():
            if call.cancel_after and call.cancelled_at is None and now > call.sent_at + call.cancel_after:
                self.client.notify("notifications/cancelled", {"requestId": request, "reason": "soak"})
                call.cancelled_at = now
            if now > call.sent_at + ANSWER_WITHIN_S:
                raise AssertionError(f"no answer to {call.kind} within {ANSWER_WITHIN_S:g} s" + self.client.log())

    def receive(self, message: Json) -> None:
        if "method" in message:
            self.progress += 1
            token = message.get("params", {}).get("progressToken")
            if token not in {call.token for call in self.open.values()}:
                self.fault(f"progress of nothing: {token}")
            return
        call = self.open.pop(message.get("id"), None)
        if call is None:
            self.fault(f"an answer to nothing: {message['raw'][:200]!r}")
            return
        outcome = outcome_of(message)
        waited = time.monotonic() - call.sent_at
        if call.cancelled_at is not None:
            outcome = f"cancelled: {outcome} all the same"
        elif outcome != call.expected:
            self.fault(f"{call.kind}: {outcome}, not {call.expected}: {message['raw'][:300]!r}")
        self.outcomes[outcome] += 1
        self.longest = max(self.longest, (waited, call.kind))

    def fault(self, text: str) -> None:
        self.outcomes["FAULT"] += 1
        if len(self.faults) < 20:
            self.faults.append(text)


def outcome_of(message: Json) -> str:
    if "error" in message:
        return "protocol error"
    if message["result"].get("isError"):
        return "tool error"
    return "result"


def judge(soak: Soak, seconds: float) -> list[str]:
    """Prints the table; what is wrong."""
    wrong = [*soak.faults]
    kept = [sample for sample in soak.samples if sample.at >= seconds * WARM_UP]
    if len(kept) < 3:
        return [*wrong, "too short to say anything: fewer than three samples"]
    first, last = kept[0], kept[-1]
    per_s = growth_per_s([(sample.at, sample.rss_kb) for sample in kept])
    grown = per_s * (last.at - first.at)
    if grown > NOISE_KB and per_s * 3600 > NOISE_KB_PER_H:
        wrong.append(f"memory grows: {grown:.0f} KB in {last.at - first.at:.0f} s")
    for name in ("fds", "threads"):
        if getattr(last, name) > getattr(first, name):
            wrong.append(f"{name} grew from {getattr(first, name)} to {getattr(last, name)}")
    if soak.progress == 0:
        wrong.append("no progress was ever reported")

    answered = sum(count for outcome, count in soak.outcomes.items() if outcome != "FAULT")
    if answered != soak.sent.total():
        wrong.append(f"{soak.sent.total()} calls, but {answered} ends")
    rows = [
        ("calls", f"{soak.sent.total()} in {seconds:.0f} s: " + listed(soak.sent)),
        ("answers", listed(soak.outcomes)),
        ("progress notes", str(soak.progress)),
        ("longest answer", f"{soak.longest[0]:.2f} s ({soak.longest[1]})"),
        ("samples", f"{len(kept)}, after {seconds * WARM_UP:.0f} s of warm-up"),
        ("daemon RSS", f"{first.rss_kb} KB first, {last.rss_kb} KB last, "
                       f"{statistics.median(sample.rss_kb for sample in kept):.0f} KB median"),
        ("slope of RSS", f"{per_s * 3600:+.0f} KB/h ({grown:+.0f} KB in the run)"),
        ("file descriptors", f"{first.fds} first, {last.fds} last"),
        ("threads", f"{first.threads} first, {last.threads} last"),
        ("Blender RSS", f"{first.blender_kb} KB first, {last.blender_kb} KB last (not judged)"),
    ]
    print()
    for name, value in rows:
        print(f"{name:<18} {value}")
    return wrong


def listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def write_samples(path: str, samples: list[Sample]) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["seconds", "rss_kb", "fds", "threads", "blender_kb"])
        writer.writerows((round(s.at, 1), s.rss_kb, s.fds, s.threads, s.blender_kb) for s in samples)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--samples", required=True)
    options = parser.parse_args()

    world = World()
    soak = None
    try:
        client = Listener(world, env={"BLENDER_MCPD_LIMITS_ENABLED": "false"})
        try:
            client.initialize()
            client.do("manage_file", action="new", discard_changes=True)
            soak = Soak(client, options.seed)
            soak.run(options.minutes * 60)
            wrong = judge(soak, options.minutes * 60)
        finally:
            client.close_input()
            try:
                code = client.wait(30)
                log = client.log()
            finally:
                client.close()
        if code != 0:
            wrong.append(f"the daemon ended with {code}")
        wrong += [line for line in log.splitlines() if "still armed" in line]
    finally:
        if soak is not None:
            write_samples(options.samples, soak.samples)
        world.close()
    print(f"\nsoak: {'flat, and every request was answered' if not wrong else 'FAILED'}; samples: {options.samples}")
    for text in wrong:
        print(f"  {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
