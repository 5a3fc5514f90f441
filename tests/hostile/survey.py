"""Runs the program on hostile input under limits and judges what happens, one line each.

    python3 survey.py --llmcost PATH --work FOLDER [--quick] [--only TEXT]

Ends with 1 when a row is not what it should be: a panic or a signal, a good record that is lost, too
much memory or time, a message that does not name the file.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

import rows_logs
import rows_packed
import rows_settings
import rows_system
from rows import GOOD_COST, Skipped

MIB = 1 << 20
# The user without rights on every system.
NOBODY = 65534
# What no run may ask for, whatever a row allows: the machine must survive a failure.
ADDRESSES = 14 << 30


class Ended:
    """How a run ended."""

    def __init__(self, process, row, folder):
        self.timed_out = False
        started = time.monotonic()
        timer = threading.Timer(row.seconds, self.stop, [process])
        timer.start()
        try:
            if row.act:
                row.act(process, folder)
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - started
        self.memory = usage.ru_maxrss // 1024
        self.code = process.returncode
        self.out = (folder / "out.txt").read_bytes()
        self.err = (folder / "err.txt").read_text(encoding="utf-8", errors="replace")

    def stop(self, process):
        self.timed_out = True
        process.send_signal(signal.SIGKILL)


def limits(row):
    def limit():
        addresses = row.addresses or ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for name, value in row.limits:
            resource.setrlimit(name, (value, value))
        # Python ignores it; a shell does not.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        if row.as_nobody and os.getuid() == 0:
            os.setuid(NOBODY)
        if row.ignores_size:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return limit


def run(program, row, folder):
    made = row.make(folder)
    arguments, stdin = made if isinstance(made, tuple) else (made, None)
    words = [str(program)] + [str(word) for word in arguments]
    if words[1] == "analyze" and "--format" not in words and "-o" not in words:
        words.append("--json")
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "100", "TZ": "UTC", **row.environment}
    with open(folder / "out.txt", "wb") as out, open(folder / "err.txt", "wb") as err:
        source = stdin or subprocess.DEVNULL
        process = subprocess.Popen(words, cwd=folder, stdin=source, stdout=row.stdout or out,
                                   stderr=err, env=environment, preexec_fn=limits(row))
        return Ended(process, row, folder)


def report_of(ended):
    try:
        return json.loads(ended.out)
    except ValueError:
        return None


def judge(row, ended, folder):
    """What is wrong, and what happened in a few words."""
    wrong = []
    if ended.timed_out:
        wrong.append(f"still running after {row.seconds} s")
    if "panicked" in ended.err or ended.code == 101:
        wrong.append("it panicked: " + ended.err.strip().splitlines()[0])
    elif ended.code != row.exit:
        wrong.append(f"exit code {ended.code} instead of {row.exit}: {ended.err.strip()[:200]}")
    if ended.memory > row.memory:
        wrong.append(f"{ended.memory} MiB of memory, {row.memory} allowed")
    report = report_of(ended)
    told = " ".join(ended.err.split())
    happened = told.split(" hint: ")[0][:100] if told else "nothing to say"
    if report and "totals" in report:
        good = [group for group in report["groups"] if group["key"].get("call_type") == "good"]
        calls = sum(group["calls"] for group in good)
        cost = sum(round(float(group["cost_usd"]) * 10**6) for group in good)
        if row.good is not None and (calls, cost) != (row.good, row.good * GOOD_COST):
            wrong.append(f"{calls} good calls for {cost} millionths, {row.good} expected")
        total = report["totals"]["calls"]
        if row.calls is not None and total != row.calls:
            wrong.append(f"{total} calls, {row.calls} expected")
        codes = {entry["code"]: entry["count"] for entry in report["diagnostics"]}
        for code in row.codes:
            if code not in codes:
                wrong.append(f"{code} is not told")
        said = [f"{code} {count:,}" for code, count in codes.items()]
        happened = f"{total:,} calls" + (": " + ", ".join(said) if said else "")
        told += json.dumps(report, ensure_ascii=False)
    elif row.good is not None and not ended.timed_out:
        wrong.append("no report")
    for text in row.says:
        if text not in told:
            wrong.append(f"it does not say `{text}`")
    if row.check:
        wrong.extend(row.check(folder, ended) or [])
    return wrong, happened


def main():
    # Behind a terminal an interrupt is ignored, and so it would be by what is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser()
    parser.add_argument("--llmcost", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    program = args.llmcost.resolve()
    rows_packed.PROGRAM.append(program)
    rows_system.PROGRAM.append(program)
    parts = [rows_logs, rows_packed, rows_settings, rows_system]
    # One at a time: what this program holds counts as memory of those that it starts.
    rows = (row for part in parts for row in part.rows(args.quick))
    rows = (row for row in rows if args.only in row.what and not (args.quick and row.heavy))
    count = failed = left_out = 0
    print(f"{'input':<52} {'exit':>4} {'MiB':>5} {'s':>5}  what happened")
    for count, row in enumerate(rows, 1):
        folder = args.work.resolve() / f"{count:03}"
        folder.mkdir(parents=True)
        try:
            ended = run(program, row, folder)
            wrong, happened = judge(row, ended, folder)
            failed += bool(wrong)
            print(f"{row.what:<52} {ended.code:>4} {ended.memory:>5} {ended.seconds:>5.1f}  {happened}",
                  flush=True)
            for text in wrong:
                print(f"    WRONG: {text}", flush=True)
        except Skipped as why:
            left_out += 1
            print(f"{row.what:<52} left out: {why}", flush=True)
        if row.undo:
            row.undo(folder)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{count} rows, {failed} wrong, {left_out} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
