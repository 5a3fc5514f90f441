"""What a row of the survey is, and the records that must never be lost."""

import dataclasses
import json
import typing

# What `good` costs, in millionths of a dollar: 1,000 tokens at 2.50 and 10 at 10 dollars a million.
GOOD_COST = 2600

MIB = 1 << 20


class Skipped(Exception):
    """The machine lacks what a row needs."""


@dataclasses.dataclass
class Row:
    """One kind of hostile input and what must come of it."""

    what: str
    # Writes the input into a folder; gives the arguments, or them and the standard input.
    make: typing.Callable
    # Calls of type `good` that the report must have, each at its exact cost.
    good: int | None = None
    # All calls.
    calls: int | None = None
    codes: tuple = ()
    exit: int = 0
    # Texts of the messages or the report.
    says: tuple = ()
    memory: int = 400
    seconds: int = 60
    heavy: bool = False
    # Further limits of the system, as pairs.
    limits: tuple = ()
    addresses: int = 0
    ignores_size: bool = False
    environment: dict = dataclasses.field(default_factory=dict)
    stdout: typing.Any = None
    # Something that happens while it runs, and what must hold afterwards.
    act: typing.Callable | None = None
    check: typing.Callable | None = None
    undo: typing.Callable | None = None
    # Without the rights of an administrator, to whom nothing is closed.
    as_nobody: bool = False


def good(number, **more):
    """A record whose cost is known; each differs from the others."""
    record = {"model": "gpt-4o", "call_type": "good", "time": f"2026-10-01T10:{number // 60 % 60:02}:{number % 60:02}Z",
              "input_tokens": 1000, "output_tokens": 10, "request_id": f"request-{number:08}", **more}
    return json.dumps(record).encode() + b"\n"


def goods(first, last):
    return b"".join(good(number) for number in range(first, last))


def log(contents, *flags, name="usage.jsonl"):
    """Analyzes one file with these contents, or with what writes them."""
    def make(folder):
        path = folder / name
        if callable(contents):
            with open(path, "wb") as out:
                contents(out)
        else:
            path.write_bytes(contents)
        return ["analyze", name, *flags]
    return make


def between(bad):
    """A bad record between two good ones."""
    return goods(0, 1) + bad + b"\n" + goods(1, 2)


def in_steps(out, piece, total):
    """Writes so many bytes, made of copies of a piece."""
    block = piece * max(1, MIB // len(piece))
    while total > 0:
        out.write(block[:total])
        total -= len(block)
