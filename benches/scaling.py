#!/usr/bin/env python3
"""How time and memory grow with the log: the table and the plot of docs/performance.md.

    python3 benches/scaling.py LLMCOST [--largest 100M] [--patience SECONDS] [--folder FOLDER] [--print]

Writes logs of 10,000 calls, of ten times as many, and so on, one at a time, and runs four commands on
each; a log goes before the next is written. The logs are flat JSONL, or all of them `.zst` when the
largest would not fit on the disk. A command is left out of a size, and the table says so, when the
sizes before let expect more than the memory that is free, or more time than `--patience`.

What was measured stays in FOLDER/scaling.json, where a run that was ended goes on. Above twenty seconds
a run is taken once, below that three times.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import generate
import measure
import plot
from measure import Program

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
SMALLEST = 10_000
RECORD_BYTES, PACKED_BYTES = 330, 55
LONG = 20

EIGHT = """
[semantic_cache]
rate = "0.1"
[context_trimming]
rate = "0.2"
[model_tiering]
share = "0.4"
to = "claude-haiku-4-5"
[concise_output]
rate = "0.2"
[output_cap]
tokens = 2000
[batch]
call_types = ["document.summary"]
[prompt_caching]
policy = "replay"
[provider_discount]
rate = "0.1"
"""
OTHERS = """
[retry_hygiene]
[free_models]
to = "meta-llama/llama-3.3-70b-instruct:free"
call_types = ["moderation"]
[structured_output]
rate = "0.02"
[parallelism]
"""
TASKS = {"analyze": "`analyze`", "simulate": "`simulate`, 12 techniques", "shapley": "Shapley of 8", "check": "`check`"}


class Scaling:
    """What is known so far, and where the logs are written."""

    def __init__(self, asked):
        self.llmcost, self.patience = str(Path(asked.llmcost).resolve()), asked.patience
        self.folder = Path(asked.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.notes = self.folder / "scaling.json"
        self.has_failed = False
        # By task and calls: seconds, bytes with and without pages of files; or why not.
        self.found = json.loads(self.notes.read_text()) if self.notes.exists() else {}
        (self.folder / "twelve.toml").write_text(EIGHT + OTHERS)
        (self.folder / "eight.toml").write_text(EIGHT)
        self.packed = not self.fits(asked.largest * RECORD_BYTES)
        if self.packed and not shutil.which("zstd"):
            sys.exit(f"error: {self.folder} is too small for {asked.largest:,} flat records, and there is no zstd")
        if self.packed and not self.fits(asked.largest * PACKED_BYTES):
            sys.exit(f"error: {self.folder} is too small for {asked.largest:,} records; take a smaller --largest")

    def fits(self, size):
        return shutil.disk_usage(self.folder).free * 0.9 > size

    def write_log(self, calls):
        """The log of one size."""
        path = self.folder / f"calls-{calls}.jsonl{'.zst' * self.packed}"
        command = [sys.executable, str(HERE / "generate.py"), "flat", str(calls)]
        with open(path, "wb") as file:
            if self.packed:
                made = subprocess.Popen(command, stdout=subprocess.PIPE)
                subprocess.run(["zstd", "-q", "-1", "-T0", "-c"], stdin=made.stdout, stdout=file, check=True)
                if made.wait() != 0:
                    sys.exit(f"error: {path.name} could not be written")
            else:
                subprocess.run(command, stdout=file, check=True)
        return path

    def program(self, task, log):
        """The command of a task; that of `check` has its baseline saved first."""
        own = [self.llmcost]
        if task == "analyze":
            words = ["analyze", str(log), "--by", "model,call_type"]
        elif task == "simulate":
            words = ["simulate", str(log), "--plan", str(self.folder / "twelve.toml")]
        elif task == "shapley":
            words = ["simulate", str(log), "--plan", str(self.folder / "eight.toml"), "--attribution"]
        else:
            baseline = self.folder / "baseline.json"
            subprocess.run([*own, "check", str(log), "--save-baseline", str(baseline), "--quiet"],
                           check=True, stdout=subprocess.DEVNULL)
            words = ["check", str(log), "--baseline", str(baseline)]
        return Program(task, [*own, *words, "--json", "--quiet"])

    def objection(self, task, calls):
        """Why a size is not tried, from what the sizes before needed."""
        before = sorted((int(size), found) for size, found in self.found.get(task, {}).items() if int(size) < calls)
        if before and before[-1][1].get("objection", "").startswith("failed"):
            return before[-1][1]["objection"]
        # A size that was not run says nothing of the next one.
        before = [(size, found) for size, found in before if "seconds" in found]
        if not before:
            return None
        size, last = before[-1]
        factor = calls / size
        if last["seconds"] * factor > self.patience:
            return f"not run: about {span(last['seconds'] * factor)}"
        # What a program takes at any size is in the smallest run.
        least = before[0][1]["own"]
        expected = least + max(0, last["own"] - least) * factor
        return f"not run: about {expected / 2 ** 30:,.1f} GiB" if expected > 0.9 * free_memory() else None

    def take(self, task, calls, log):
        """Measures one command on one log."""
        objection = self.objection(task, calls)
        if objection:
            return {"objection": objection}
        print(f"{calls:,} calls: {task}", file=sys.stderr, flush=True)
        try:
            program = self.program(task, log)
            run, peak = measure.watched(program)
            runs = [run]
            if run.seconds < LONG:
                runs = [measure.timed(program) for _ in range(3)]
        except (measure.Failed, subprocess.CalledProcessError) as error:
            print(f"error: {calls:,} calls: {error}", file=sys.stderr)
            self.has_failed = True
            return {"objection": f"failed: {error}"}
        return {"seconds": measure.median(run.seconds for run in runs), "all": peak.all, "own": peak.own or peak.all,
                "disturbed": sum(run.others > measure.DISTURBED for run in runs)}

    def measure(self, largest):
        for calls in sizes(largest):
            # What was not run may be within the patience of this time.
            open_tasks = [task for task in TASKS if "seconds" not in self.found.get(task, {}).get(str(calls), {})]
            refused = {task: self.objection(task, calls) for task in open_tasks}
            log = self.write_log(calls) if any(value is None for value in refused.values()) else None
            for task in open_tasks:
                self.found.setdefault(task, {})[str(calls)] = self.take(task, calls, log)
                self.notes.write_text(json.dumps(self.found, indent=1))
            if log:
                log.unlink()


def sizes(largest):
    calls = SMALLEST
    while calls <= largest:
        yield calls
        calls *= 10


def span(seconds):
    """A time to come, which is only guessed."""
    return f"{seconds:,.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} minutes" if seconds < 7200 else f"{seconds / 3600:,.0f} hours"


def free_memory():
    """Bytes that a new program may take."""
    try:
        with open("/proc/meminfo") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    except OSError:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def page(scaling, largest):
    """The tables: time, memory, and how both grew over the last tenfold."""
    version = subprocess.check_output([scaling.llmcost, "--version"], text=True).strip()
    form = "flat JSONL, compressed with zstd" if scaling.packed else "flat JSONL"
    disturbed = sum(found.get("disturbed", 0) for sizes_of in scaling.found.values() for found in sizes_of.values())
    text = [f"Taken on {datetime.now(timezone.utc):%Y-%m-%d} by `benches/scaling.py` with {version} on {measure.machine()}.\n"
            f"The logs are {form}; memory is without the pages of mapped files.\n"
            f"Other programs used more than 15 % of a core in {disturbed} of the runs.",
            "![Time and memory against calls, both axes logarithmic](performance-scaling.svg)"]
    for value, name, told in [("seconds", "time", measure.seconds), ("own", "memory", measure.mebibytes)]:
        rows = []
        for calls in sizes(largest):
            cells = [scaling.found[task].get(str(calls), {}) for task in TASKS]
            rows.append([f"{calls:,}", *[told(cell[value]) if value in cell else cell["objection"] for cell in cells]])
        growth = []
        for task in TASKS:
            found = [scaling.found[task].get(str(calls), {}) for calls in sizes(largest)]
            known = [cell[value] for cell in found if value in cell]
            growth.append(f"× {known[-1] / known[-2]:.1f}" if len(known) > 1 else "–")
        text.append(measure.table([f"calls, {name}", *TASKS.values()], [*rows, ["the last tenfold", *growth]]))
    return "\n\n".join(text)


def drawing(scaling, largest):
    """The plot of both."""
    panels = []
    for value, title, scale, unit in [("seconds", "Time", 1, "s"), ("own", "Memory", 2 ** 20, "MiB")]:
        lines = {}
        for task, name in TASKS.items():
            points = [(calls, scaling.found[task][str(calls)][value] / scale) for calls in sizes(largest)
                      if value in scaling.found[task][str(calls)]]
            lines[name.replace("`", "")] = points
        panels.append((title, unit, lines))
    return plot.panels(panels, "calls in the log")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("llmcost")
    parser.add_argument("--largest", type=generate.count_of, default=100_000_000)
    parser.add_argument("--patience", type=int, default=1800, help="seconds that one run may be expected to take")
    parser.add_argument("--folder", help="keeps what was measured there; a temporary folder unless given")
    parser.add_argument("--print", action="store_true", help="print the tables, and put the plot into the folder only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        asked.folder = asked.folder or scratch
        scaling = Scaling(asked)
        scaling.measure(asked.largest)
        if asked.print:
            print(page(scaling, asked.largest))
            (scaling.folder / "performance-scaling.svg").write_text(drawing(scaling, asked.largest))
        else:
            measure.put_between(DOCS / "performance.md", "scaling", page(scaling, asked.largest))
            (DOCS / "performance-scaling.svg").write_text(drawing(scaling, asked.largest))
        return 1 if scaling.has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
