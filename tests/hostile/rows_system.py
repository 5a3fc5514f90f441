"""What the system can do to a run: folders, pipes, signals, disks."""

import os
import pathlib
import pty
import resource
import select
import signal
import subprocess
import threading
import time

from rows import MIB, Row, Skipped, goods, log

FULL = pathlib.Path("/dev/full")


def place(folder, files):
    for name, contents in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)


def system(name):
    if not pathlib.Path(name).exists():
        raise Skipped(f"there is no {name}")


def fifo(folder):
    os.mkfifo(folder / "pipe")

    def feed():
        with open(folder / "pipe", "wb") as out:
            for first in range(0, 1000, 100):
                out.write(goods(first, first + 100))
                out.flush()
    threading.Thread(target=feed, daemon=True).start()
    return ["analyze", "pipe"]


def fifo_in_folder(folder):
    place(folder, {"logs/a.jsonl": goods(0, 2)})
    os.mkfifo(folder / "logs/b.jsonl")
    return ["analyze", "logs"]


def loops(folder):
    place(folder, {"logs/a.jsonl": goods(0, 2)})
    os.symlink("..", folder / "logs/up")
    os.symlink("self.jsonl", folder / "logs/self.jsonl")
    os.symlink("gone.jsonl", folder / "logs/dangling.jsonl")
    os.symlink("a.jsonl", folder / "logs/again.jsonl")
    return ["analyze", "logs"]


def loop_alone(folder):
    os.symlink("self.jsonl", folder / "self.jsonl")
    return ["analyze", "self.jsonl"]


def closed_folder(folder):
    place(folder, {"logs/a.jsonl": goods(0, 2), "logs/closed/b.jsonl": goods(2, 4)})
    os.chmod(folder / "logs/closed", 0)
    return ["analyze", "logs"]


def closed_file(folder):
    place(folder, {"logs/a.jsonl": goods(0, 2), "logs/b.jsonl": goods(2, 4)})
    os.chmod(folder / "logs/b.jsonl", 0)
    return ["analyze", "logs"]


def open_again(folder):
    for path in [folder / "logs/closed"]:
        if path.exists():
            os.chmod(path, 0o700)


def folder_as_log(folder):
    place(folder, {"logs/a.jsonl": goods(0, 2)})
    os.mkdir(folder / "logs/x.jsonl")
    return ["analyze", "logs"]


def unreadable(folder):
    """Reading from the memory of a process fails, as a broken disk does."""
    system("/proc/self/mem")
    place(folder, {"a.jsonl": goods(0, 2)})
    os.symlink("/proc/self/mem", folder / "b.jsonl")
    return ["analyze", "a.jsonl", "b.jsonl"]


def many_files(count):
    def make(folder):
        (folder / "logs").mkdir()
        for n in range(count):
            with open(folder / f"logs/{n:06}.jsonl", "wb") as out:
                out.write(goods(n, n + 1))
        return ["analyze", "logs"]
    return make


def deep_folders(folder):
    path = str(folder)
    for _ in range(200):
        path += "/deep"
    os.makedirs(path)
    pathlib.Path(path, "a.jsonl").write_bytes(goods(0, 2))
    return ["analyze", "deep"]


def zeros(folder):
    system("/dev/zero")
    return ["analyze", "/dev/zero"]


def piped(contents, *flags):
    """The log as standard input, written while the program reads."""
    def make(folder):
        read, write = os.pipe()

        def feed():
            try:
                with open(write, "wb") as out:
                    out.write(contents)
            except BrokenPipeError:
                pass
        threading.Thread(target=feed, daemon=True).start()
        return ["analyze", "-", *flags], read
    return make


def to(output, *command, closed=False):
    def make(folder):
        if closed:
            os.mkdir(folder / "closed", 0o555)
        (folder / "usage.jsonl").write_bytes(goods(0, 2000))
        return [*command, "usage.jsonl", "-o", output]
    return make


def nothing_beside(*kept):
    def check(folder, _):
        extra = sorted(set(os.listdir(folder)) - {"usage.jsonl", "out.txt", "err.txt", *kept})
        return [f"left behind: {extra}"] if extra else []
    return check


def old_is_kept(name):
    def check(folder, _):
        path = folder / name
        if path.read_bytes() != b"old":
            return [f"{name} is no longer what it was"]
        return nothing_beside(name)(folder, _)
    return check


def full_disk(name, *command):
    """A disk that takes a few bytes only: the largest size of a file."""
    def make(folder):
        (folder / name).write_bytes(b"old")
        return to(name, *command)(folder)
    limit = (resource.RLIMIT_FSIZE, 4096)
    return Row(f"{' '.join(command)} -o {name} on a full disk", make, exit=5, says=(name, "room on the disk"),
               limits=(limit,), ignores_size=True, check=old_is_kept(name))


def tmpfs(folder):
    place = folder / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True)
    if mounted.returncode != 0:
        raise Skipped("a small disk cannot be mounted here")
    (folder / "usage.jsonl").write_bytes(goods(0, 20_000))
    (place / "out.jsonl").write_bytes(b"old")
    return ["convert", "usage.jsonl", "-o", "small/out.jsonl"]


def unmount(folder):
    subprocess.run(["umount", folder / "small"], capture_output=True)


def tmpfs_kept(folder, _):
    found = {path.name: path.read_bytes() for path in (folder / "small").iterdir()}
    return [] if found == {"out.jsonl": b"old"} else [f"on the disk: {sorted(found)}"]


def closed_pipe():
    read, write = os.pipe()
    os.close(read)
    return write


def growing(folder):
    (folder / "usage.jsonl").write_bytes(b"".join(goods(n, n + 1000) for n in range(0, 600_000, 1000)))
    return ["analyze", "usage.jsonl"]


def has_ended(process):
    """Without taking note of it: whoever does learns how much memory it took."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def grow(process, folder):
    with open(folder / "usage.jsonl", "ab") as out:
        for n in range(600_000, 600_200):
            if has_ended(process):
                return
            out.write(goods(n, n + 1))
            out.flush()
            time.sleep(0.002)


def shrink(process, folder):
    """Once it is open."""
    links = pathlib.Path(f"/proc/{process.pid}/fd")
    for _ in range(10_000):
        try:
            if any(os.readlink(link).endswith("usage.jsonl") for link in links.iterdir()):
                break
        except OSError:
            pass
        time.sleep(0.001)
    os.truncate(folder / "usage.jsonl", 1000)


def all_or_more(least, most):
    import json

    def check(folder, ended):
        calls = json.loads(ended.out)["totals"]["calls"]
        return [] if least <= calls <= most else [f"{calls} calls, {least} to {most} expected"]
    return check


def interrupted(name, number):
    def act(process, folder):
        time.sleep(0.6)
        process.send_signal(number)

    def make(folder):
        (folder / name).write_bytes(b"old")

        def feed():
            try:
                with open(write, "wb") as out:
                    for n in range(0, 10**9, 100):
                        out.write(goods(n, n + 100))
            except BrokenPipeError:
                pass
        read, write = os.pipe()
        threading.Thread(target=feed, daemon=True).start()
        return ["convert", "-", "-o", name], read
    return make, act


def clean_terminal(folder, _):
    """Progress on a terminal is gone after Ctrl-C, and the cursor is seen."""
    terminal, other = pty.openpty()
    words = [str(PROGRAM[0]), "analyze", "-"]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=other,
                               env={"TERM": "xterm", "COLUMNS": "100"})
    os.close(other)
    seen = b""
    block, started = goods(0, 1000), time.monotonic()
    while b"reading" not in seen and time.monotonic() - started < 20:
        process.stdin.write(block)
        while select.select([terminal], [], [], 0)[0]:
            seen += os.read(terminal, 65536)
    process.send_signal(signal.SIGINT)
    process.stdin.close()
    code = process.wait()
    while select.select([terminal], [], [], 0.1)[0]:
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            break
    os.close(terminal)
    wrong = [] if code == -signal.SIGINT else [f"it ended with {code}"]
    behind = seen.rpartition(b"reading")[2]
    if b"\x1b[2K" not in behind:
        wrong.append(f"progress stays on the screen: {behind[-80:]!r}")
    if seen.count(b"\x1b[?25l") != seen.count(b"\x1b[?25h"):
        wrong.append("the cursor is hidden")
    return wrong


PROGRAM = []


def rows(quick):
    yield Row("a FIFO", fifo, good=1000)
    yield Row("a FIFO without a writer among the files of a folder", fifo_in_folder, good=2, seconds=10)
    yield Row("links in circles, to nothing and to a file", loops, good=2)
    yield Row("a link to itself", loop_alone, exit=3, says=("self.jsonl",))
    yield Row("a folder without permission", closed_folder, good=2, codes=("unreadable-file",), undo=open_again,
              says=("closed",), as_nobody=True)
    yield Row("a file without permission beside one that has it", closed_file, good=2, codes=("unreadable-file",),
              says=("b.jsonl",), as_nobody=True)
    yield Row("a report to a folder without permission", to("closed/report.json", "analyze", closed=True), exit=5,
              says=("closed/report.json",), as_nobody=True)
    yield Row("a folder that is called x.jsonl", folder_as_log, good=2)
    yield Row("a file that cannot be read beside one that can", unreadable, good=2, codes=("unreadable-file",),
              says=("b.jsonl",))
    yield Row("folders 200 deep", deep_folders, good=2)
    yield Row("standard input with a bad line", piped(goods(0, 1) + b"{oops\n" + goods(1, 2)), good=2,
              codes=("invalid-json",))
    yield Row("standard input that is empty", piped(b""), exit=3, says=("standard input",))
    yield Row("500 files with 40 open at most", many_files(500), good=500, limits=((resource.RLIMIT_NOFILE, 40),))
    yield Row("a report to /dev/full", to("/dev/full", "analyze"), exit=5, says=("/dev/full",),
              check=nothing_beside())
    yield Row("a report to a folder that is not there", to("no/such/report.json", "analyze"), exit=5,
              says=("no/such/report.json",), check=nothing_beside())
    yield full_disk("out.html", "analyze")
    yield full_disk("out.jsonl", "convert")
    yield full_disk("out.parquet", "convert")
    yield full_disk("out.html", "simulate", "--batch", "1")
    yield Row("convert on a disk of 64 KiB", tmpfs, exit=5, says=("room on the disk",), check=tmpfs_kept, undo=unmount)
    yield Row("standard output is full", to_stdout_full, exit=5, says=("cannot write",), stdout=open_or_none(FULL))
    yield Row("standard output is a closed pipe", log(goods(0, 2)), exit=0, stdout=closed_pipe())
    for name, number in [("out.jsonl", signal.SIGINT), ("out.parquet", signal.SIGINT), ("out.csv", signal.SIGTERM)]:
        make, act = interrupted(name, number)
        yield Row(f"{signal.Signals(number).name} while {name} is written", make, act=act, exit=-number,
                  check=old_is_kept(name))
    yield Row("Ctrl-C while progress is shown", log(goods(0, 2)), good=2, check=clean_terminal)
    yield Row("a file that grows while it is read", growing, act=grow, check=all_or_more(600_000, 600_200))
    yield Row("a file that is cut short while it is read", growing, act=shrink, check=all_or_more(3, 600_000),
              codes=("unreadable-file",), says=("became shorter",))
    if not quick:
        yield Row("10^5 files", many_files(100_000), good=100_000, seconds=120, memory=800, heavy=True)
        yield Row("10^5 files with 40 open at most", many_files(100_000), good=100_000, seconds=120, memory=800, heavy=True,
                  limits=((resource.RLIMIT_NOFILE, 40),))
        yield Row("/dev/zero as a log", zeros, exit=3, says=("/dev/zero",), seconds=60, memory=1500, heavy=True)


def open_or_none(path):
    return open(path, "wb") if path.exists() else None


def to_stdout_full(folder):
    system("/dev/full")
    (folder / "usage.jsonl").write_bytes(goods(0, 2000))
    return ["analyze", "usage.jsonl"]
