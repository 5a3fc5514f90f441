"""Runs programs in turn, several rounds, and takes times and memory: what the other scripts share.

The programs take turns within a round, and another one begins each round, so that a machine that slows
down slows all of them, and nobody always runs after the same neighbour. Memory is taken in a run of
its own, by looking at the processes every thousandth of a second, so that looking costs no time.
"""

import os
import platform
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

TICKS = os.sysconf("SC_CLK_TCK")
# A run counts as disturbed when others used this much of a core beside it.
DISTURBED = 0.15


class Failed(Exception):
    """A program could not be run, or did not answer as it should."""


@dataclass
class Program:
    """A command, and what of its surroundings it needs."""

    label: str
    words: list
    environment: dict = field(default_factory=dict)
    # A file that `cat` writes into the program's standard input.
    feed: str = ""

    def shown(self):
        """How it would be typed."""
        words = [word if re.fullmatch(r"[\w@%+=:,./-]+", word) else "'" + word + "'" for word in self.words]
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        return " ".join([*settings, *([f"cat {self.feed} |"] if self.feed else []), *words])


@dataclass
class Run:
    """One run: seconds, seconds of all cores, and how much of a core others used meanwhile."""

    seconds: float
    cpu: float
    others: float


@dataclass
class Peak:
    """The most memory at one time, in bytes: with the pages of mapped files, and without them where the
    system tells."""

    all: int
    own: int


def busy():
    """Seconds that the cores of this machine were busy so far; nothing where that is not told."""
    try:
        with open("/proc/stat") as file:
            times = [int(text) for text in file.readline().split()[1:9]]
    except OSError:
        return None
    return (sum(times) - times[3] - times[4]) / TICKS


def start(program, output):
    """The process, and the one that feeds it."""
    feeder = None
    if program.feed:
        feeder = subprocess.Popen(["cat", program.feed], stdout=subprocess.PIPE)
    child = subprocess.Popen(program.words, stdin=feeder.stdout if feeder else subprocess.DEVNULL, stdout=output,
                             stderr=subprocess.PIPE if output == subprocess.PIPE else subprocess.DEVNULL,
                             env={**os.environ, **program.environment})
    if feeder:
        feeder.stdout.close()
    return child, feeder


def finish(child, feeder):
    """Waits for the end: exit code, seconds of CPU of the program, those of its feeder, rusage."""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    fed = 0
    if feeder:
        _, status, feeding = os.wait4(feeder.pid, 0)
        feeder.returncode = os.waitstatus_to_exitcode(status)
        fed = feeding.ru_utime + feeding.ru_stime
    return child.returncode, used.ru_utime + used.ru_stime, fed, used


def timed(program):
    """One run with its time taken."""
    before, begin = busy(), time.perf_counter()
    code, cpu, fed, _ = finish(*start(program, subprocess.DEVNULL))
    seconds, after = time.perf_counter() - begin, busy()
    if code != 0:
        raise Failed(f"{program.label}: ended with {code}")
    others = 0 if before is None else max(0, after - before - cpu - fed)
    # The machine counts in ticks: less than a few of them say nothing.
    return Run(seconds, cpu, others / seconds if others > 5 / TICKS else 0)


def answer(program):
    """What a program prints, and its exit code."""
    child, feeder = start(program, subprocess.PIPE)
    output, complaint = child.communicate()
    if feeder:
        feeder.wait()
    return child.returncode, output.decode(), complaint.decode(errors="replace")


def processes(pid):
    """A process and those below it."""
    found = [pid]
    for number in found:
        try:
            with open(f"/proc/{number}/task/{number}/children") as file:
                found += [int(text) for text in file.read().split()]
        except OSError:
            pass
    return found


def resident(pids):
    """Bytes in memory of some processes: all, all but pages of files, and the most of one so far."""
    everything = own = highest = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status") as file:
                lines = dict(line.split(":", 1) for line in file)
        except OSError:
            continue
        size = {name: int(lines[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM", "RssAnon", "RssShmem") if name in lines}
        everything += size.get("VmRSS", 0)
        own += size.get("RssAnon", 0) + size.get("RssShmem", 0)
        highest = max(highest, size.get("VmHWM", 0))
    return everything, own, highest


def watched(program, pause=0.001):
    """One run with its memory looked at all the while."""
    before, begin = busy(), time.perf_counter()
    child, feeder = start(program, subprocess.DEVNULL)
    most = Peak(0, 0)
    # Without reaping it: what a process used is gone once it is waited for.
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        everything, own, highest = resident(processes(child.pid))
        most = Peak(max(most.all, everything, highest), max(most.own, own))
        # Seldom enough in a long run to take no time worth naming.
        time.sleep(max(pause, min(0.05, (time.perf_counter() - begin) / 200)))
    code, cpu, fed, used = finish(child, feeder)
    seconds, after = time.perf_counter() - begin, busy()
    if code != 0:
        raise Failed(f"{program.label}: ended with {code}")
    if sys.platform != "linux":
        # What Linux says there is never less than this script itself. macOS counts bytes.
        most = Peak(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024), 0)
    others = 0 if before is None else max(0, after - before - cpu - fed)
    return Run(seconds, cpu, others / seconds), most


def peak(program):
    """The memory of a run, whose time is not taken; zeros when every run was too short to be seen."""
    most = Peak(0, 0)
    for _ in range(5):
        most = most if most.all else watched(program)[1]
    return most


def rounds(programs, number):
    """So many runs of each program, in turn: a list of lists, by program."""
    runs = [[] for _ in programs]
    for turn in range(number):
        for place in range(len(programs)):
            chosen = (turn + place) % len(programs)
            runs[chosen].append(timed(programs[chosen]))
    return runs


def median(numbers):
    return statistics.median(numbers)


def ratio(runs, others):
    """How often longer than another program: the median over the rounds, each within itself."""
    return median(run.seconds / other.seconds for run, other in zip(runs, others))


def machine():
    """What the figures were taken on, in a line."""
    name, memory = platform.processor() or platform.machine(), ""
    try:
        with open("/proc/cpuinfo") as file:
            name = re.search(r"model name\s*: (.*)", file.read()).group(1)
        with open("/proc/meminfo") as file:
            memory = f", {int(file.readline().split()[1]) / 2 ** 20:.0f} GiB of memory"
    except (OSError, AttributeError):
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    release = platform.release().split("-")[0]
    return f"{name}, {cores} cores{memory}, {platform.system()} {release}"


def seconds(value):
    """A time with about three digits that count."""
    return f"{value:.3f} s" if value < 10 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def mebibytes(value):
    """An amount of memory; a dash when nobody saw it."""
    return f"{value / 2 ** 20:,.0f} MiB" if value else "–"


def table(heads, rows):
    """A table in Markdown; all columns but the first are numbers."""
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * (len(heads) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def put_between(path, name, text):
    """Replaces what stands between the two markers of a name in a page."""
    with open(path) as file:
        page = file.read()
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise Failed(f"{path}: needs `{begin}` and `{end}`, once each")
    head, tail = page.split(begin)[0], page.split(end)[1]
    with open(path, "w") as file:
        file.write(f"{head}{begin}\n\n{text}\n\n{end}{tail}")
