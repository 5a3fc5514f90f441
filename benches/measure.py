#!/usr/bin/env python3
"""Runs commands in turn, several rounds, and prints medians beside each other.

    python3 measure.py FILE ROUNDS LABEL COMMAND [LABEL COMMAND ...]

A command is one text, split as a shell would. The commands take turns within a round, so that a
machine that slows down slows all of them. Peak memory comes from GNU time where there is one: a
process started by Python otherwise never shows less than Python itself.
"""

import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def gnu_time():
    """The path of GNU time, if this machine has it."""
    path = shutil.which("time")
    if path is None:
        return None
    asked = subprocess.run([path, "--version"], capture_output=True, text=True)
    return path if "GNU" in asked.stdout + asked.stderr else None


def run(command, timer):
    """Seconds and peak memory in KiB of one run."""
    with tempfile.NamedTemporaryFile("r") as note:
        words = shlex.split(command)
        if timer:
            words = [timer, "-f", "%M", "-o", note.name, *words]
        start = time.perf_counter()
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{command}: exit code {child.returncode}")
        if timer:
            return seconds, int(note.read().split()[-1])
        # macOS counts bytes, Linux KiB.
        return seconds, used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)


def main():
    path, rounds, *pairs = sys.argv[1:]
    commands = dict(zip(pairs[::2], pairs[1::2]))
    timer = gnu_time()
    size = os.path.getsize(path)
    runs = {label: [] for label in commands}
    for command in commands.values():
        run(command, timer)  # Not counted: fills the page cache.
    for _ in range(int(rounds)):
        for label, command in commands.items():
            runs[label].append(run(command, timer))
    medians = {label: statistics.median(seconds for seconds, _ in taken)
               for label, taken in runs.items()}
    first = next(iter(medians.values()))
    print(f"{size / 1e6:.0f} MB, medians of {rounds} rounds, {os.cpu_count()} cores")
    print(f"{'':26}{'median':>9}{'best':>9}{'MB/s':>9}{'MiB peak':>10}{'x first':>9}")
    for label, taken in runs.items():
        best = min(seconds for seconds, _ in taken)
        peak = max(memory for _, memory in taken) / 1024
        print(f"{label:26}{medians[label]:8.3f}s{best:8.3f}s{size / 1e6 / medians[label]:9.0f}"
              f"{peak:10.0f}{medians[label] / first:9.2f}")
    if timer is None:
        print("peak memory: no GNU time here; small figures are Python's own")


if __name__ == "__main__":
    main()
