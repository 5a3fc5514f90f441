#!/usr/bin/env python3
"""Tries `llmcost check` on logs whose truth is known: resampled from real ones.

    python3 benches/gate_simulation.py --llmcost PROGRAM [--trials N] [--jobs N] LOG...

A LOG is a file in llmcost's own JSONL (`llmcost convert` writes it). For each trial an old and a new
log are drawn from it, with replacement and by whole clusters (the conversation, else the user, else
the call), each drawn cluster under a name of its own; so the truth is known: nothing changed, or just
what was changed on purpose. The same seed draws the same logs on every machine (Python 3.9 or newer).
The experiments are described in docs/gate.md.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import accumulate
from multiprocessing import Pool
from pathlib import Path

TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
          "audio_input_tokens", "audio_cache_read_tokens", "image_input_tokens", "output_tokens",
          "reasoning_tokens", "audio_output_tokens", "image_output_tokens")
NAMES = ("provider", "model", "call_type")
WEEK_MS = 7 * 24 * 3_600_000

# What is done to the new log, and the share of what is counted that is asked for.
EXPERIMENTS = {
    "nothing": "nothing changed",
    "volume": "three times the volume",
    "mix": "another mix of call types",
    "power": "a rise by the printed minimum detectable effect",
    "rise": "half of the clusters cost 1.4 times as much (1.2 in truth)",
    "baseline": "nothing changed, against a saved baseline",
    "session": "nothing changed, by conversation",
}


class Log:
    """The clusters of a log, each a list of calls, and what tells them apart."""

    def __init__(self, path):
        records = [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]
        columns = [name for name in ("conversation", "user")
                   if any(record.get(name) for record in records)]
        self.name, self.column = Path(path).stem, columns[0] if columns else None
        clusters = {}
        for number, record in enumerate(records):
            name = record.get(self.column) if self.column else None
            call = ({name: record[name] for name in NAMES if record.get(name)},
                    {name: record[name] for name in TOKENS if record.get(name)})
            clusters.setdefault((name,) if name else number, []).append(call)
        self.clusters = list(clusters.values())
        self.is_named = [isinstance(key, tuple) for key in clusters]
        self.calls_each = len(records) / len(self.clusters)
        self.types = [Counter(names.get("call_type") for names, _ in calls).most_common(1)[0][0]
                      for calls in self.clusters]

    def join(self, other):
        """This log and another as one of two call types."""
        for log in (self, other):
            assert log.types == [None] * len(log.types), f"{log.name} has call types"
        joined = object.__new__(Log)
        joined.name, joined.column = f"{self.name}+{other.name}", self.column or other.column
        joined.clusters = [[(dict(names, call_type=log.name), tokens) for names, tokens in calls]
                           for log in (self, other) for calls in log.clusters]
        joined.is_named = self.is_named + other.is_named
        joined.calls_each = sum(map(len, joined.clusters)) / len(joined.clusters)
        joined.types = [log.name for log in (self, other) for _ in log.clusters]
        return joined

    def other_shares(self):
        """Cumulative weights of clusters by which the commonest call type becomes the rarest."""
        counts = Counter(self.types)
        ranked = [name for name, _ in counts.most_common()]
        share = {name: counts[other] for name, other in zip(ranked, reversed(ranked))}
        return list(accumulate(share[name] / counts[name] for name in self.types))


def scaled(tokens, ratio, dice):
    """Token counts times a ratio, rounded up as often as the part of a token that is left."""
    if ratio == 1:
        return tokens
    return {name: int(count * ratio + dice.random()) for name, count in tokens.items()}


def write(log, path, dice, clusters, monday, weights=None, ratios=(1,)):
    """Writes a drawn log; each cluster is scaled by one of the ratios, by chance."""
    places = dice.choices(range(len(log.clusters)), cum_weights=weights, k=clusters)
    calls = sum(len(log.clusters[place]) for place in places)
    lines, row = [], 0
    for copy, place in enumerate(places):
        ratio = dice.choice(ratios)
        for names, tokens in log.clusters[place]:
            at = row * WEEK_MS // calls
            day, ms = monday + at // 86_400_000, at % 86_400_000
            seconds, ms = divmod(ms, 1_000)
            record = {"time": f"2026-10-{day:02}T{seconds // 3_600:02}:{seconds // 60 % 60:02}:"
                              f"{seconds % 60:02}.{ms:03}Z", **names, **scaled(tokens, ratio, dice)}
            if log.is_named[place]:
                record[log.column] = f"{log.name}-{monday}-{copy}"
            lines.append(json.dumps(record))
            row += 1
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Gate:
    """The program, and what it said."""

    def __init__(self, program):
        self.program = program

    def run(self, *arguments):
        command = [self.program, "check", "--min-impact", "0", "--threads", "1", "--quiet", *arguments]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{command}: {done.stderr}")
        return done.stdout

    def judge(self, *arguments):
        found = json.loads(self.run("--json", *arguments))
        low, high = map(float, found["interval"])
        sides = found["baseline"], found["current"]
        each = [float(side["cost_usd"]) / side["units"] for side in sides]
        return {"verdict": found["verdict"], "ratio": float(found["ratio"]), "low": low, "high": high,
                "detectable": float(found["minimum_detectable_ratio"]), "raw": each[1] / each[0],
                "units": sides[0]["units"], "effective": min(side["effective_clusters"] for side in sides)}


# What all trials of a process share: a log is too large to be handed over with each of them.
SHARED = {}


def trial(job):
    """The answers of all experiments in one trial."""
    calls, number, experiments, program, seed = job
    log = SHARED["log"]
    dice, gate = random.Random(f"{seed} {log.name} {calls} {number}"), Gate(program)
    clusters = max(2, round(calls / log.calls_each))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)

        def new(times=1, **how):
            return write(log, folder / "new.jsonl", dice, times * clusters, 12, **how)

        old = write(log, folder / "old.jsonl", dice, clusters, 5)
        same = write(log, folder / "same.jsonl", dice, clusters, 12)
        found["nothing"] = gate.judge(old, same)
        if "session" in experiments and log.column == "conversation":
            found["session"] = gate.judge(old, same, "--unit", "session")
        if "baseline" in experiments:
            saved = folder / "saved.json"
            gate.run(old, "--save-baseline", saved)
            found["baseline"] = gate.judge(same, "--baseline", saved)
        if "volume" in experiments:
            found["volume"] = gate.judge(old, new(3))
        if "mix" in experiments and len(set(log.types)) > 1:
            found["mix"] = gate.judge(old, new(weights=log.other_shares()))
        if "power" in experiments:
            found["power"] = gate.judge(old, new(ratios=(found["nothing"]["detectable"],)))
        if "rise" in experiments:
            found["rise"] = gate.judge(old, new(ratios=(1, 1.4)))
    return found


def percent(part, whole):
    """A share with the half-width of its 95 % interval (Wilson), in points."""
    share, z2 = part / whole, 1.96 ** 2
    half = 1.96 / (1 + z2 / whole) * math.sqrt(share * (1 - share) / whole + z2 / 4 / whole ** 2)
    return f"{100 * share:.1f} ± {100 * half:.1f}"


def row(log, calls, name, found):
    """A line of the table."""
    truth = 1.2 if name == "rise" else 1
    count, verdicts = len(found), Counter(one["verdict"] for one in found)
    covered = sum(one["low"] <= truth <= one["high"] for one in found)
    middle = sorted(one["detectable"] for one in found)[count // 2]
    cells = [log.name, calls, round(sum(one["effective"] for one in found) / count), name, count,
             percent(verdicts["fail"], count),
             "–" if name == "power" else percent(covered, count),
             f"{100 * verdicts['inconclusive'] / count:.0f}",
             f"{100 * (middle - 1):.0f}", f"{100 * (sum(one['raw'] for one in found) / count - 1):+.0f}"]
    return "| " + " | ".join(map(str, cells)) + " |"


def save(path, log, calls, name, found):
    """Adds answers to a file."""
    with open(path, "a", encoding="utf-8") as file:
        for one in found:
            file.write(json.dumps({"log": log.name, "calls": calls, "experiment": name, **one}) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("logs", nargs="+", metavar="LOG",
                        help="a log in llmcost's JSONL; ONE+OTHER makes two call types of two logs")
    parser.add_argument("--llmcost", default="llmcost", help="the program")
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--sizes", default="300,1000,3000,10000", help="calls of the old log")
    parser.add_argument("--experiments", default=",".join(EXPERIMENTS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, help="also write every answer, one JSON record a line")
    asked = parser.parse_args()
    asked.experiments = asked.experiments.split(",")
    unknown = set(asked.experiments) - set(EXPERIMENTS)
    if unknown:
        parser.error(f"no such experiments: {', '.join(sorted(unknown))}")
    return asked


def read(text):
    one, _, other = text.partition("+")
    return Log(one).join(Log(other)) if other else Log(one)


def main():
    asked = arguments()
    print("| log | calls | effective clusters | experiment | trials | fails, % | interval holds the "
          "truth, % | inconclusive, % | detectable rise, % | raw change of cost, % |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for log in map(read, asked.logs):
        with Pool(asked.jobs, SHARED.update, [{"log": log}]) as pool:
            for calls in map(int, asked.sizes.split(",")):
                jobs = ((calls, number, asked.experiments, asked.llmcost, asked.seed)
                        for number in range(asked.trials))
                found = list(pool.imap_unordered(trial, jobs))
                for name in (name for name in EXPERIMENTS if name in asked.experiments):
                    of_name = [one[name] for one in found if name in one]
                    if of_name:
                        print(row(log, calls, name, of_name), flush=True)
                    if asked.save:
                        save(asked.save, log, calls, name, of_name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
