#!/usr/bin/env python3
"""The questions of `compare.sh`, which installs what is compared: writes the logs, checks that all
programs find the same, takes turns, and writes the table of docs/performance.md.

    python3 compare.py FOLDER LLMCOST [--records N] [--rounds N] [--only NAME,…] [--print]

FOLDER holds the rivals: `venv`, `npm`, and `missing.txt` with a line for each that could not be
installed. A program whose totals are not those of the others has no time in the table, and ends the
run with 1.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import generate
import measure
from measure import Failed, Program

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
ENGINES = {"duckdb": "DuckDB", "polars": "Polars", "clickhouse": "ClickHouse (chDB)"}
# The package that each needs; ClickHouse's local engine comes from PyPI as chdb.
PACKAGES = {"duckdb": "duckdb", "polars": "polars", "clickhouse": "chdb"}
KEEP = "--keep-duplicates"
FRUGON_MOST = 500_000


class Bench:
    """What is there to be compared, and the logs."""

    def __init__(self, asked):
        self.folder, self.llmcost = Path(asked.folder).resolve(), str(Path(asked.llmcost).resolve())
        self.records, self.rounds, self.threads = asked.records, asked.rounds, os.cpu_count()
        self.python = str(self.folder / "venv/bin/python")
        self.ccusage = self.folder / "npm/node_modules/.bin/ccusage"
        self.frugon = self.folder / "venv/bin/frugon"
        missing = self.folder / "missing.txt"
        self.missing = missing.read_text().splitlines() if missing.exists() else []
        words = subprocess.run([self.llmcost, "analyze", "--help"], capture_output=True, text=True).stdout
        self.can_keep = KEEP in words
        self.versions = self.installed()
        self.wrong = []

    def installed(self):
        """Names and versions of what is compared."""
        versions = {"llmcost": subprocess.check_output([self.llmcost, "--version"], text=True).split()[-1]}
        if os.path.exists(self.python):
            listed = subprocess.check_output([self.python, "-m", "pip", "list", "--format", "json"], text=True)
            found = {package["name"]: package["version"] for package in json.loads(listed)}
            versions |= {name: found[name] for name in [*PACKAGES.values(), "frugon"] if name in found}
        if self.ccusage.exists():
            said = subprocess.run([self.ccusage, "--version"], capture_output=True, text=True)
            if said.returncode == 0:
                versions["ccusage"] = said.stdout.split()[-1]
        return versions

    def log(self, layout, records):
        """A log of `generate.py`, or one made of it; written when first asked for."""
        path = self.folder / f"{layout}-{records}"
        if path.exists():
            return str(path)
        print(f"writing {path.name}", file=sys.stderr, flush=True)
        scratch = path.with_name(f"{path.name}.part")
        if layout == "parquet":
            run = [self.llmcost, "convert", self.log("flat", records), "--format", "parquet", "--quiet", "-o", str(scratch)]
        elif layout in ("gz", "zst"):
            flat = self.log("flat", records)
            run = ["gzip", "-c", flat] if layout == "gz" else ["zstd", "-q", "-c", flat]
        else:
            words = ["--repeats", "0.01"] if layout in ("flat", "csv", "shuffled") else []
            words += ["--shuffled", "0.1"] if layout == "shuffled" else []
            layout = "flat" if layout == "shuffled" else layout
            run = [sys.executable, str(HERE / "generate.py"), layout, str(records), *words, "-o", str(scratch)]
        if layout in ("gz", "zst"):
            with open(scratch, "wb") as file:
                subprocess.run(run, check=True, stdout=file)
        else:
            subprocess.run(run, check=True)
        scratch.rename(path)
        return str(path)

    def analyze(self, path, layout, keep=False, label="llmcost", words=(), **more):
        """llmcost's own answer; none when this build cannot be asked."""
        if keep and not self.can_keep:
            print(f"left out: {label} with every record, as this build has no {KEEP}", file=sys.stderr)
            return []
        mapped = ["--map", "call_type=metadata.call_type"] if layout == "openai" else []
        kept = [KEEP] if keep else []
        command = [self.llmcost, "analyze", path, "--by", "model,call_type", *mapped, *kept, "--json", "--quiet", *words]
        return [Program(label, command, **more)]

    def engines(self, path, layout, once):
        """The same question to each engine that was installed."""
        command = [self.python, str(HERE / "rivals.py")]
        names = [name for name, package in PACKAGES.items() if package in self.versions]
        return [Program(ENGINES[name], [*command, name, layout, path, *["--once"] * once]) for name in names]


def totals(program, output):
    """The sums by model and call type that a program printed: calls, input, reads, writes, output.
    Those of ccusage and frugon have no call type, and some no calls or nothing else."""
    if program.label.startswith("llmcost"):
        found = {}
        for group in json.loads(output)["groups"]:
            tokens = group["tokens"]
            writes = tokens["cache_write_5m"] + tokens["cache_write_1h"]
            key = (group["key"]["model"], group["key"]["call_type"])
            found[key] = (group["calls"], tokens["input"], tokens["cache_read"], writes, tokens["output"])
        return found
    if program.label == "ccusage":
        found = {}
        for month in json.loads(output)["monthly"]:
            for part in month["modelBreakdowns"]:
                counts = [part[f"{name}Tokens"] for name in ("input", "cacheRead", "cacheCreation", "output")]
                before = found.get((part["modelName"],), (None, 0, 0, 0, 0))
                found[(part["modelName"],)] = (None, *[sum(pair) for pair in zip(before[1:], counts)])
        return found
    if program.label == "frugon":
        said = re.search(r"Analyzed\s+([\d,]+) calls", output)
        if not said:
            raise Failed("frugon: does not say how many calls it analysed")
        return {(): (int(said.group(1).replace(",", "")), *[None] * 4)}
    rows = [line.split("\t") for line in output.splitlines()]
    return {(row[0], row[1]): tuple(map(int, row[2:])) for row in rows}


def as_coarse(found, like):
    """Sums no finer than others: without the call types and the counts that those have not."""
    length = max(map(len, like), default=0)
    known = [value is not None for value in next(iter(like.values()), ())]
    coarse = {}
    for key, counts in found.items():
        before = coarse.get(key[:length], (0,) * len(counts))
        coarse[key[:length]] = tuple(map(sum, zip(before, counts)))
    return {key: tuple(count if is_known else None for count, is_known in zip(counts, known))
            for key, counts in coarse.items()}


def ask(bench, title, remark, path, programs, counted):
    """A section of the table: checks that all say the same, then takes turns. `programs` begins with
    those that only read, whose output is not looked at; `counted` are the others."""
    if not counted:
        return ""
    print(f"{title}: checking", file=sys.stderr, flush=True)
    good, reference, notes = [], None, []
    for program in counted:
        try:
            code, output, complaint = measure.answer(program)
            if code != 0:
                said = complaint.strip().splitlines()[-1:] or ["nothing said"]
                raise Failed(f"{program.label}: ended with {code}: {said[0][:200]}")
            found = totals(program, output)
            if not found or (reference is not None and as_coarse(reference, found) != found):
                raise Failed(f"{program.label}: its totals are not those of {good[0].label}")
        except (Failed, ValueError, KeyError, IndexError) as error:
            notes.append(f"Not measured: {error}.")
            bench.wrong.append(f"{title}: {error}")
            continue
        reference = found if reference is None else reference
        good.append(program)
    programs = programs + good
    print(f"{title}: measuring {', '.join(program.label for program in programs)}", file=sys.stderr, flush=True)
    peaks = [measure.peak(program) for program in programs]
    runs = measure.rounds(programs, bench.rounds)
    own = next((number for number, program in enumerate(programs) if program.label == "llmcost"), None)
    size = os.path.getsize(path) if os.path.isfile(path) else sum(file.stat().st_size for file in Path(path).rglob("*.jsonl"))
    rows = []
    for number, program in enumerate(programs):
        taken = [run.seconds for run in runs[number]]
        rows.append([
            program.label, measure.seconds(measure.median(taken)), measure.seconds(min(taken)),
            measure.seconds(measure.median(run.cpu for run in runs[number])), f"{size / 1e6 / measure.median(taken):,.0f}",
            f"{measure.ratio(runs[number], runs[0]):.2f}",
            "–" if own is None else f"{measure.ratio(runs[number], runs[own]):.2f}",
            measure.mebibytes(peaks[number].all), measure.mebibytes(peaks[number].own),
            str(sum(run.others > measure.DISTURBED for run in runs[number])),
        ])
    heads = ["program", "median", "best", "CPU", "MB/s", f"× {programs[0].label}", "× llmcost", "peak memory",
             "without files", "disturbed"]
    commands = "\n".join(f"{program.shown()}" for program in programs)
    for place, name in [(str(bench.folder) + "/", ""), (bench.llmcost, "llmcost"), (str(HERE) + "/", "benches/")]:
        commands = commands.replace(place, name)
    shape = f"{size / 1e6:,.0f} MB. {remark}".strip()
    return "\n\n".join([f"### {title}", "\n".join([shape, *notes]), measure.table(heads, rows), f"```sh\n{commands}\n```"])


def lines_of(path):
    """`wc -l`, beside which everything is measured."""
    return Program("wc -l", ["wc", "-l", path])


def questions(bench):
    """Each question as its name and a function that answers it."""
    few = max(bench.records // 5, 1)
    layouts = {"flat": ("Flat JSONL", bench.records), "claude": ("Claude Code's JSONL", few),
               "openai": ("OpenAI responses", few), "csv": ("CSV", bench.records), "parquet": ("Parquet", bench.records)}

    def every(layout):
        name, records = layouts[layout]
        path = bench.log(layout, records)
        return ask(bench, f"{name}, every record", f"{records:,} lines; a record that is there twice counts twice."
                   if layout != "parquet" else f"{records:,} calls and fewer: converting dropped what was there twice.",
                   path, [lines_of(path)], bench.analyze(path, layout, keep=True) + bench.engines(path, layout, False))

    def once(layout):
        name, records = layouts[layout]
        path = bench.log(layout, records)
        own = bench.analyze(path, layout) + bench.analyze(path, layout, label="llmcost, one thread", words=["--threads", "1"])
        return ask(bench, f"{name}, each call once", f"{records:,} lines; what has the id of a call before it is left out.",
                   path, [lines_of(path)], own + bench.engines(path, layout, True))

    def shuffled():
        path = bench.log("shuffled", bench.records)
        return ask(bench, "Flat JSONL with two orders of keys, each call once",
                   f"{bench.records:,} lines, a tenth of which have their keys in another order.",
                   path, [lines_of(path)], bench.analyze(path, "flat") + bench.engines(path, "flat", True))

    def home():
        path = bench.log("claude-home", few)
        # The same lines as in one file, which `wc` reads in one go.
        counted = bench.analyze(path, "claude")
        if "ccusage" in bench.versions:
            words = [str(bench.ccusage), "claude", "monthly", "--json", "--offline", "--breakdown", "--timezone", "UTC"]
            counted.append(Program("ccusage", words, {"CLAUDE_CONFIG_DIR": path}))
        return ask(bench, "A folder of Claude Code sessions, each call once",
                   f"{few:,} lines; compared by model, as ccusage knows no call type.",
                   path, [lines_of(bench.log("claude", few))], counted)

    def frugon():
        if "frugon" not in bench.versions:
            return ""
        records = min(few, FRUGON_MOST)
        path = bench.log("openai", records)
        counted = bench.analyze(path, "openai")
        quiet = {"COLUMNS": "200", "NO_COLOR": "1"}
        counted.append(Program("frugon", [str(bench.frugon), "analyze", path, "--no-report", "--no-progress"], quiet))
        return ask(bench, "frugon, on a smaller log",
                   f"{records:,} OpenAI responses; no time is extrapolated. frugon prints no sums of tokens, so only "
                   "the number of calls is compared; it takes no notice of cached tokens and looks for cheaper models.",
                   path, [lines_of(path)], counted)

    def packed():
        path, records = bench.log("flat", bench.records), bench.records
        counted = bench.analyze(path, "flat")
        counted += bench.analyze("-", "flat", label="llmcost, standard input", feed=path)
        for layout, program in [("gz", "gzip"), ("zst", "zstd")]:
            if subprocess.run(["which", program], stdout=subprocess.DEVNULL).returncode == 0:
                counted += bench.analyze(bench.log(layout, records), "flat", label=f"llmcost, .{layout}")
        readers = [lines_of(path)]
        readers += [Program(program, [program, "-dc", bench.log(layout, records)]) for layout, program in
                    [("gz", "gzip"), ("zst", "zstd")] if (bench.folder / f"{layout}-{records}").exists()]
        return ask(bench, "Flat JSONL by other ways", f"{records:,} lines, each call once; MB/s count the log as it is unpacked.",
                   path, readers, counted)

    found = [(f"{layout}-every", lambda layout=layout: every(layout)) for layout in layouts]
    found += [(f"{layout}-once", lambda layout=layout: once(layout)) for layout in layouts if layout != "parquet"]
    found += [("parquet-once", lambda: once("parquet")), ("shuffled", shuffled), ("home", home), ("frugon", frugon), ("packed", packed)]
    return found


def head(bench, asked):
    """When, on what and with which versions, and what is missing."""
    versions = ", ".join(f"{name} {version}" for name, version in bench.versions.items())
    lines = [f"Taken on {datetime.now(timezone.utc):%Y-%m-%d} by `benches/compare.sh` on {measure.machine()}.",
             f"Versions: {versions}, Python {sys.version.split()[0]}.",
             f"Medians of {bench.rounds} rounds; every program ended with exit code 0."]
    lines += [f"Left out: {line}." for line in bench.missing]
    if not bench.can_keep:
        lines.append(f"Left out: llmcost with every record, as this build has no `{KEEP}`.")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("llmcost")
    parser.add_argument("--records", type=generate.count_of, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="names or beginnings of names: flat,csv-once,shuffled,home,frugon,packed")
    parser.add_argument("--print", action="store_true", help="print the table instead of writing it into the page")
    asked = parser.parse_args()
    bench = Bench(asked)
    wanted = asked.only.split(",") if asked.only else [""]
    sections = [answer() for name, answer in questions(bench) if any(name.startswith(start) for start in wanted)]
    text = "\n\n".join([head(bench, asked), *filter(None, sections)])
    if asked.print:
        print(text)
    else:
        measure.put_between(PAGE, "comparison", text)
    for line in bench.wrong:
        print(f"error: {line}", file=sys.stderr)
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
