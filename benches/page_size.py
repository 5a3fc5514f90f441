#!/usr/bin/env python3
"""Says how large the HTML reports of a large log are, and how long they take.

    python3 benches/page_size.py PROGRAM [CALLS [RUN]]  # 10000000 calls unless told otherwise

Writes a log in llmcost's own form into a temporary folder: two years of calls by 5,000 users, 300
groups and 40 models with long names, of which some have no price. Prints the bytes of the pages of
`analyze` (by model and call type, by user, by user and day) and of `simulate`, and fails when one has
2,000,000 or more. RUN picks one of them, such as `analyze --by user`. The same number gives the
same log.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta

MOST = 2_000_000
MODELS = ["claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-6", "gpt-5-mini", "gpt-5.4", "gemini-3-flash-preview"]
MODELS += [f"house-model-of-a-team-with-a-rather-long-name-number-{number}" for number in range(34)]


def write_log(path, calls):
    dice = random.Random(7)
    start = date(2024, 11, 1)
    bodies = []
    for _ in range(20_000):
        model = MODELS[min(int(dice.expovariate(0.3)), len(MODELS) - 1)]
        user, group = int(dice.paretovariate(0.6)) % 5_000, dice.randrange(300)
        size = int(dice.lognormvariate(7.5, 1.2)) + 1
        bodies.append(
            f'"model":"{model}","call_type":"kind-{group % 25}","user":"user-{user:04}@example.com",'
            f'"team":"team-{group}","input_tokens":{size},"output_tokens":{size // 6 + 1}}}\n'
        )
    with open(path, "w", buffering=1 << 22) as log:
        for number in range(calls):
            day = start + timedelta(days=number * 730 // calls)
            log.write(f'{{"request_id":"r{number}","time":"{day}T{number % 24:02}:00:00Z",{bodies[number * 7919 % 20_000]}')


def main():
    program = os.path.abspath(sys.argv[1])
    calls = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    runs = {
        "analyze": ["analyze"],
        "analyze --by user": ["analyze", "--by", "user"],
        "analyze --by user,day": ["analyze", "--by", "user,day"],
        "analyze --by user,day --top 0": ["analyze", "--by", "user,day", "--top", "0"],
        "simulate": ["simulate", "--cache-hit", "0.9", "--batch", "0.3", "--by", "user"],
    }
    runs = {name: runs[name] for name in sys.argv[3:] or runs}
    too_large = False
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log.jsonl")
        write_log(log, calls)
        print(f"{calls:,} calls, {os.path.getsize(log):,} bytes of log", flush=True)
        for name, arguments in runs.items():
            page = os.path.join(os.environ.get("PAGES", folder), name.replace(" ", "_") + ".html")
            begin = time.monotonic()
            subprocess.run([program, arguments[0], log, *arguments[1:], "--quiet", "-o", page], check=True)
            size = os.path.getsize(page)
            too_large = too_large or size >= MOST
            print(f"{name}: {size:,} bytes in {time.monotonic() - begin:.0f} s", flush=True)
    return 1 if too_large else 0


sys.exit(main())
