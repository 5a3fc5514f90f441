#!/usr/bin/env python3
"""Writes a log of any size to standard output: the good calls of the sample month, over and over.

    python3 benches/scale.py [SIZE] > log.jsonl        # 1GB unless told otherwise; 200MB, 5000000

Each pass has request ids and conversations of its own, so nothing is a duplicate of anything. The
passes fill the six months up to October 2026, the earliest first; the log ends with a whole line at
or after SIZE. The same size gives the same bytes.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "fixtures" / "usage.jsonl"
UNITS = {"KB": 10 ** 3, "MB": 10 ** 6, "GB": 10 ** 9}
MONTHS = 6

# Stands for the number of the pass until it is known; never part of a JSON text.
PASS = b"\x00"


def size_of(text):
    """Bytes from `1GB`, `200MB` or a plain number."""
    for unit, bytes_each in UNITS.items():
        if text.upper().endswith(unit):
            return int(text[:-len(unit)]) * bytes_each
    return int(text)


def good_lines(content):
    """The lines that count as calls, each once."""
    seen = set()
    for line in content.split(b"\n"):
        try:
            record = json.loads(line.decode())
        except ValueError:
            continue
        counts = [value for name, value in record.items() if name.endswith("_tokens")]
        if not all(isinstance(count, int) and 0 <= count < 10 ** 12 for count in counts):
            continue
        if record["request_id"] not in seen:
            seen.add(record["request_id"])
            yield line


def with_marks(line):
    """The line with a mark where each of its ids begins."""
    for name in (b"request_id", b"retry_of", b"conversation"):
        start = b'"' + name + b'":"'
        line = line.replace(start, start + PASS, 1)
    return line


def months(lines):
    """The lines of one pass, for each month, every date moved back by whole days."""
    head = len(b'{"time":"')
    tail = head + len("2026-10-01")
    for back in reversed(range(MONTHS)):
        moved = {}
        for day in range(1, 32):
            then = date(2026, 10, day)
            text = (then - timedelta(days=31 * back)).isoformat()
            moved[then.isoformat().encode()] = text.encode()
        yield [line[:head] + moved[line[head:tail]] + line[tail:] + b"\n" for line in lines]


def main():
    size = size_of(sys.argv[1] if len(sys.argv) > 1 else "1GB")
    lines = [with_marks(line) for line in good_lines(SAMPLE.read_bytes())]
    # The number of a pass has six digits where the mark has one byte.
    longer = 5 * sum(line.count(PASS) for line in lines)
    a_pass = sum(len(line) + 1 for line in lines) + longer
    passes = -(-size // a_pass)
    number, left = 0, size
    for month, template in enumerate(months(lines)):
        block = b"".join(template)
        last = passes * (month + 1) // MONTHS
        while number < last and left > 0:
            number += 1
            text = block.replace(PASS, b"%06d" % number)
            if len(text) > left:
                text = text[:text.index(b"\n", left - 1) + 1]
            sys.stdout.buffer.write(text)
            left -= len(text)


if __name__ == "__main__":
    main()
