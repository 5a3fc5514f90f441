"""Kills runs that write files at random moments, and looks at what they leave.

    python3 kill.py --llmcost PATH --work FOLDER [--runs N] [--seed N]

Every command that writes a file is started over an old file and killed with -9 after a random part of the
time that it takes undisturbed. Then the file must be the old one or the new one, byte by byte, and what is
left beside it must not disturb the run after that. Ends with 1 when it is anything else.
"""

import argparse
import collections
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

from rows import goods

CALLS = 20_000
# The command, and what it writes.
COMMANDS = [
    ("analyze -o html", ["analyze", "usage.jsonl", "-o", "out.html"], "out.html"),
    ("analyze -o json", ["analyze", "usage.jsonl", "--json", "-o", "out.json"], "out.json"),
    ("convert -o jsonl", ["convert", "usage.jsonl", "-o", "out.jsonl"], "out.jsonl"),
    ("convert -o csv", ["convert", "usage.jsonl", "-o", "out.csv"], "out.csv"),
    ("convert -o parquet", ["convert", "usage.jsonl", "-o", "out.parquet"], "out.parquet"),
    ("convert over its own log", ["convert", "own.jsonl", "-o", "own.jsonl"], "own.jsonl"),
    ("check --save-baseline", ["check", "usage.jsonl", "--save-baseline", "baseline.json"], "baseline.json"),
    ("rollup -o jsonl", ["rollup", "usage.jsonl", "-o", "rollup.jsonl"], "rollup.jsonl"),
    ("rollup -o csv", ["rollup", "usage.jsonl", "-o", "rollup.csv"], "rollup.csv"),
    ("rollup -o parquet", ["rollup", "usage.jsonl", "-o", "rollup.parquet"], "rollup.parquet"),
    ("simulate -o html", ["simulate", "usage.jsonl", "--batch", "1", "-o", "sim.html"], "sim.html"),
    ("init --force", ["init", "usage.jsonl", "--force"], "llmcost.toml"),
    ("prices import -o folder", ["prices", "import", "litellm.json", "--checked-on", "2026-11-10", "-o",
                                 "tables/"], "tables/openai.toml"),
]
LITELLM = """{"gpt-4o": {"input_cost_per_token": 0.0000025, "output_cost_per_token": 0.00001,
"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 128000}}"""


class Case:
    """A command in a folder of its own, what it writes undisturbed, and how long that takes."""

    def __init__(self, program, folder, command):
        self.name, words, file = command
        self.words, self.folder, self.file = [program, *words], folder, folder / file
        folder.mkdir(parents=True)
        (folder / "tables").mkdir()
        (folder / "usage.jsonl").write_bytes(goods(0, CALLS))
        (folder / "own.jsonl").write_bytes(goods(0, CALLS))
        (folder / "litellm.json").write_text(LITELLM)
        started = time.monotonic()
        ended = self.start().communicate()
        self.took = time.monotonic() - started
        if not self.file.exists():
            raise SystemExit(f"{self.name} writes no file: {ended[1].decode()}")
        self.new = self.file.read_bytes()
        # An old file of its own kind: a shorter one would not show a torn end.
        self.old = {"convert over its own log": goods(0, CALLS),
                    # Only what was imported is written over.
                    "prices import -o folder": self.new + b"# old\n"}.get(self.name, b"old\n" * 5000)

    def start(self):
        environment = {"PATH": os.environ["PATH"], "COLUMNS": "100"}
        return subprocess.Popen(self.words, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def kill(self, chance):
        """What a run leaves that is killed after a random time."""
        self.file.write_bytes(self.old)
        process = self.start()
        time.sleep(chance.uniform(0, 1.1) * self.took)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = self.file.read_bytes() if self.file.exists() else b""
        if found == self.new:
            return "new"
        return "old" if found == self.old else "BROKEN"

    def is_undisturbed(self):
        """Whether a run among what the killed ones left is as the first one was."""
        self.file.write_bytes(self.old)
        self.start().communicate()
        return self.file.read_bytes() == self.new


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--llmcost", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    program, chance = str(args.llmcost.resolve()), random.Random(args.seed)
    cases = [Case(program, args.work.resolve() / f"{number}", command) for number, command in enumerate(COMMANDS)]
    left = [collections.Counter() for _ in cases]
    for run in range(args.runs):
        place = run % len(cases)
        left[place][cases[place].kill(chance)] += 1
    failed = 0
    for case, counts in zip(cases, left):
        parts, undisturbed = len(list(case.folder.rglob("*.part"))), case.is_undisturbed()
        failed += counts["BROKEN"] + (not undisturbed)
        print(f"{case.name:<26} {case.took:>5.2f} s  old {counts['old']:>3}  new {counts['new']:>3}  "
              f"broken {counts['BROKEN']:>3}  {parts:>3} halves beside it, a run among them "
              f"{'as the first' if undisturbed else 'DIFFERS'}")
        shutil.rmtree(case.folder)
    print(f"{args.runs} runs killed, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
