"""Runs the queries of `llmcost sql` in real engines over one made-up log, and compares what they give
with `llmcost rollup` of the same log, with a roll-up computed in Python, and, of the figures that
llmcost makes of both, with those it makes of the log itself.

    python3 check.py --llmcost PATH --work FOLDER ENGINE...

Ends with 1 when anything differs. An engine that is not installed is told and left out.
"""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import time

import engines
from compare import canonical, differences, read_csv, read_jsonl

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parent.parent / "pricing"

# The columns of the log under llmcost's own names, with what they hold.
OWN = {
    "time": "time", "provider": "text", "model": "text", "request_model": "text",
    "call_type": "text", "team": "text", "conversation": "text", "input_tokens": "whole",
    "output_tokens": "whole", "cache_read_tokens": "whole", "cache_write_tokens": "whole",
    "cache_write_5m_tokens": "whole", "cache_write_1h_tokens": "whole", "reasoning_tokens": "whole",
    "status": "text", "http_status": "whole", "error": "text", "request_id": "text",
    "latency_ms": "whole", "cost_usd": "money", "service_tier": "text", "finish_reason": "text",
    "searches": "whole", "attempt": "whole",
}
# The same log as somebody else might keep it: times as milliseconds, cached tokens inside the input,
# costs in cents, and names that want quoting.
OTHER = {
    "time": "created", "provider": "vendor", "model": "engine", "request_model": "asked",
    "call_type": "select", "team": "group", "conversation": "thread id", "input_tokens": "tok_in",
    "output_tokens": "tok_out", "cache_read_tokens": "cached", "cache_write_tokens": "written",
    "cache_write_5m_tokens": "written_5m", "cache_write_1h_tokens": "written_1h",
    "reasoning_tokens": "thought", "status": "user", "http_status": "code", "error": "order",
    "request_id": "id", "latency_ms": "took", "cost_usd": "cents", "service_tier": "tier",
    "finish_reason": "why it's over", "searches": "looked_up", "attempt": "try",
}


def other_record(record):
    """A record of the log in the other shape; one whose counts contradict each other stays out."""
    made = dict(record)
    made["time"] = engines.millis(record.get("time"))
    parts = sum(record.get(name) or 0 for name in ("cache_write_5m_tokens", "cache_write_1h_tokens"))
    written = max(record.get("cache_write_tokens") or 0, parts)
    cached = written + (record.get("cache_read_tokens") or 0)
    if made.get("input_tokens") is not None and made["input_tokens"] >= 0:
        made["input_tokens"] += max(cached, 0)
    if made.get("cost_usd") is not None:
        made["cost_usd"] = engines.times_hundred(made["cost_usd"])
    return made


class Shape:
    """A table: its name, its columns and their kinds, its rows, and the flags that explain it."""

    def __init__(self, log, table, columns, rows, flags):
        self.log, self.table, self.columns, self.rows, self.flags = log, table, columns, rows, flags


class Log:
    """A log, what its roll-up should be, and the figures that llmcost makes of it."""

    def __init__(self, args, name, calls, *more):
        self.path = args.work / f"{name}.jsonl"
        run([sys.executable, HERE / "make_log.py", self.path, calls, *more])
        self.records = read_jsonl(self.path)
        every = "hour" if more else "day"
        rolled = args.work / f"{name}-rollup.jsonl"
        run([args.llmcost, "rollup", self.path, "--by", "team", "--every", every, "--output", rolled])
        python = args.work / f"{name}-expected.jsonl"
        python.write_text(run([sys.executable, HERE / "expected.py", self.path, PRICES, every]),
                          encoding="utf-8")
        self.expected = {"llmcost rollup": canonical(read_jsonl(rolled)),
                         "Python": canonical(read_jsonl(python))}
        self.totals = totals(args.llmcost, self.path)


def written(time, place):
    """The same point in time in one of the ways in which texts state it."""
    if time is None:
        return [None, ""][place % 2]
    moment = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    millis = f".{moment.microsecond // 1000:03d}" if moment.microsecond else ""
    east = moment + datetime.timedelta(hours=5, minutes=30)
    plain = "%Y-%m-%d{}%H:%M:%S"
    return [time, moment.strftime(plain.format(" ")) + millis + "+00:00",
            east.strftime(plain.format("T")) + millis + "+05:30",
            moment.strftime(plain.format("T")) + (millis or ".000") + "999Z"][place % 4]


def shapes(logs):
    """The tables that every engine is given."""
    log, hours = logs
    records = log.records
    by = ["--by", "team"]
    # Microseconds are cut off, not rounded.
    own_rows = [[record.get("time") and written(record["time"], 3),
                 *(record.get(name) for name in list(OWN)[1:])] for record in records]
    # Named as a step of the query is: neither may be taken for the other.
    yield "own names", Shape(log, "log", dict(OWN), own_rows,
                             ["--columns", ",".join(OWN), *by])
    kinds = {**OWN, "time": "whole", "cost_usd": "money"}
    columns = {OTHER[name]: kind for name, kind in kinds.items()}
    rows = [[record.get(name) for name in OWN] for record in map(other_record, records)]
    mapping = ",".join(f"{name}={column}" for name, column in OTHER.items() if name != "team")
    stated = "input_includes_cache=true,time_unit=ms,cost_unit=cents"
    yield "other names", Shape(log, "calls", columns, rows,
                               ["--map", f"{mapping},{stated},team=group", *by])
    kinds = {**OWN, "time": "text"}
    rows = [[written(record.get("time"), place), *(record.get(name) for name in list(OWN)[1:])]
            for place, record in enumerate(records)]
    yield "times as texts", Shape(log, "texts", kinds, rows,
                                  ["--columns", ",".join(OWN), "--times", "texts", *by])
    rows = [[record.get(name) for name in OWN] for record in hours.records]
    yield "hours", Shape(hours, "hours", dict(OWN), rows,
                         ["--columns", ",".join(OWN), "--every", "hour", *by])


def run(command, **more):
    """What a command writes; its complaints are shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))[:200]}\n{done.stderr[-2000:]}")
    return done.stdout


def totals(llmcost, path):
    """The bill of a log or roll-up, what caching would make of it, and the breakdown by model, to the
    last digit."""
    analysis = json.loads(run([llmcost, "analyze", path, "--by", "model,day", "--top", "0", "--json",
                               "--quiet"]))
    groups = {str(sorted(group["key"].items())): [group["cost_usd"], group["calls"], group["tokens"]]
              for group in analysis["groups"]}
    found = {"totals": analysis["totals"], "window": analysis["window"], "groups": groups}
    simulation = json.loads(run([llmcost, "simulate", path, "--cache-hit", "0.95", "--json",
                                 "--quiet"]))
    for name in ("baseline_usd", "projected_usd", "saved_usd", "saved_low_usd"):
        found[name] = simulation[name]
    return found


def check(engine, shape_name, shape, args):
    """Runs one engine over one table; what differs, in words."""
    dialect = engine.dialect
    query = args.work / f"{engine.name}-{shape_name.replace(' ', '-')}.sql"
    table = engine.table_name(shape.table)
    run([args.llmcost, "sql", "--dialect", dialect, "--table", table, *shape.flags, "--quiet",
         "--output", query])
    result = args.work / f"{query.stem}.csv"
    engine.run(shape, query, result)
    found = canonical(read_csv(result))
    told = []
    for name, rows in shape.log.expected.items():
        told += [f"{name}: {line}" for line in differences(rows, found)]
    sums = totals(args.llmcost, result)
    for name, value in shape.log.totals.items():
        if sums[name] != value:
            told.append(f"{name} of the roll-up is {str(sums[name])[:300]}, of the log "
                        f"{str(value)[:300]}")
    return told, len(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--llmcost", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--calls", default="6500")
    parser.add_argument("engines", nargs="+")
    args = parser.parse_args()
    args.llmcost = args.llmcost.resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    logs = [Log(args, "log", args.calls), Log(args, "hours", "1500", "hours")]
    failed = False
    for log in logs:
        told = differences(log.expected["Python"], log.expected["llmcost rollup"])
        failed |= report("llmcost rollup", f"{log.path.stem} against Python", told,
                         len(log.expected["Python"]), 0)
    for name in args.engines:
        if name == "parsed":
            failed |= check_parsed(args, logs)
            continue
        engine, why = engines.find(name, args.work)
        if engine is None:
            print(f"left out   {name}: {why}")
            continue
        try:
            for shape_name, shape in shapes(logs):
                start = time.monotonic()
                told, rows = check(engine, shape_name, shape, args)
                failed |= report(name, shape_name, told, rows, time.monotonic() - start)
        except Exception as error:  # Each engine has errors of its own; all of them fail the check.
            failed |= report(name, "not run", [str(error)[:3000]], 0, 0)
        finally:
            engine.stop()
    return int(failed)


def check_parsed(args, logs):
    """The queries of engines that cannot be run here, held against a parser of their dialects."""
    failed = False
    for dialect, table in engines.PARSED.items():
        for shape_name, shape in shapes(logs):
            query = args.work / f"parsed-{dialect}-{shape_name.replace(' ', '-')}.sql"
            run([args.llmcost, "sql", "--dialect", dialect, "--table", table, *shape.flags, "--quiet",
                 "--output", query])
            try:
                told = engines.parse(dialect, query)
            except ImportError:
                print(f"left out   {dialect}, parsed: sqlglot is not installed")
                continue
            failed |= report(dialect, f"parsed, {shape_name}", told, 0, 0)
    return failed


def report(name, what, told, rows, seconds):
    """One line a check; whether it failed."""
    word = "differs" if told else "equal"
    print(f"{word:<10} {name}, {what}: {rows} rows, {seconds:.1f} s", flush=True)
    for line in told:
        print(f"           {line}")
    return bool(told)


if __name__ == "__main__":
    sys.exit(main())
