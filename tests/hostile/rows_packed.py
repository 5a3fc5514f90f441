"""Hostile files that are no text: archives, tables, databases."""

import gzip
import sqlite3
import struct
import subprocess
import zlib

from rows import GOOD_COST, MIB, Row, Skipped, goods, log

GIB = 1 << 30


def bomb_gz(total, piece=b"\n"):
    """Archives of one byte again and again: a thousand to one."""
    def write(out):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        out.write(packer.compress(goods(0, 2)))
        block = piece * (MIB // len(piece))
        for _ in range(total // len(block)):
            out.write(packer.compress(block))
        out.write(packer.flush())
    return write


def zst(blocks, window=17):
    """A frame made by hand; a block is bytes as they are, or a letter and how often it is repeated."""
    out = [struct.pack("<IBB", 0xFD2FB528, 0, (window - 10) << 3)]
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        if isinstance(block, bytes):
            header, body = len(block) << 3 | last, block
        else:
            header, body = block[1] << 3 | 2 | last, block[0]
        out.append(struct.pack("<I", header)[:3] + body)
    return b"".join(out)


def bomb_zst(total):
    """Blocks that repeat one letter 128 KiB long in four bytes: thirty thousand to one."""
    return lambda out: out.write(zst([goods(0, 2)] + [(b"\n", 128 << 10)] * (total // (128 << 10))))


def nested(total):
    def write(out):
        inner = gzip.compress(bytes(total))
        out.write(gzip.compress(inner))
    return write


def parquet(folder, program):
    (folder / "plain.jsonl").write_bytes(goods(0, 500))
    subprocess.run([program, "convert", "plain.jsonl", "-o", "usage.parquet"], cwd=folder, check=True,
                   capture_output=True)
    return (folder / "usage.parquet").read_bytes()


def table(change, program, beside=True):
    """A Parquet file that is changed, beside a good log."""
    def make(folder):
        whole = parquet(folder, program)
        (folder / "usage.parquet").write_bytes(change(whole))
        (folder / "plain.jsonl").write_bytes(goods(600, 602))
        return ["analyze", "usage.parquet"] + (["plain.jsonl"] if beside else [])
    return make


def database(change):
    def make(folder):
        path = folder / "logs.db"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE responses (id TEXT, model TEXT, datetime_utc TEXT, duration_ms INTEGER,"
                           " conversation_id TEXT, input_tokens INTEGER, output_tokens INTEGER)")
        rows = [(f"response-{n}", "gpt-4o", "2026-10-01T10:00:00", 5, "c", 1000, 10) for n in range(5000)]
        connection.executemany("INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()
        path.write_bytes(change(path.read_bytes()))
        (folder / "plain.jsonl").write_bytes(goods(0, 2))
        return ["analyze", "logs.db", "plain.jsonl"]
    return make


def middle(bytes_, with_):
    at = len(bytes_) // 2
    return bytes_[:at] + with_ + bytes_[at + len(with_):]


def rows(quick, program=None):
    whole = gzip.compress(goods(0, 5000), 6)
    cut = {"codes": ("unreadable-file",), "says": ("read only up to line",)}
    yield Row("gz cut short", log(whole[:len(whole) // 2], name="usage.jsonl.gz"), **cut)
    yield Row("gz cut short, --strict", log(whole[:len(whole) // 2], "--strict", name="usage.jsonl.gz"), exit=3, **cut)
    yield Row("gz without its last eight bytes", log(whole[:-8], name="usage.jsonl.gz"), good=5000, **cut)
    yield Row("gz with a wrong checksum", log(whole[:-8] + bytes(8), name="usage.jsonl.gz"), good=5000, **cut)
    yield Row("gz with bytes behind it that are none", log(whole + b"garbage" * 100, name="usage.jsonl.gz"), good=5000,
              codes=("unreadable-file",))
    yield Row("gz of two members", log(gzip.compress(goods(0, 2)) + gzip.compress(goods(2, 4)), name="u.gz"), good=4)
    yield Row("gz of a hundred thousand empty members", log(gzip.compress(b"") * 100_000 + gzip.compress(goods(0, 2)),
                                                            name="u.gz"), good=2)
    yield Row("gz of its first ten bytes", log(whole[:10], name="usage.jsonl.gz"), exit=3, says=("usage.jsonl.gz",))
    yield Row("gz of line ends, --max-unpacked 1M", log(gzip.compress(goods(0, 2) + b"\n" * 10**7), "--max-unpacked", "1M",
                                                       name="u.gz"), good=2, **cut)
    yield Row("the same with --strict", log(gzip.compress(goods(0, 2) + b"\n" * 10**7), "--max-unpacked", "1M", "--strict",
                                            name="u.gz"), good=2, exit=3, **cut)
    yield Row("zst of line ends, --max-unpacked 1M", log(bomb_zst(10**8), "--max-unpacked", "1M", name="u.zst"), good=2, **cut)
    yield Row("gz in gz", log(gzip.compress(gzip.compress(goods(0, 2))), name="u.gz"), exit=3, says=("u.gz", "twice"))
    yield Row("zst cut short", log(zst([goods(0, 500), (b"\n", 100)])[:-3], name="usage.jsonl.zst"), good=500, **cut)
    yield Row("zst that asks for a window of 2 GiB", log(zst([goods(0, 2)], window=31), name="u.zst"), exit=3,
              says=("u.zst",))
    yield Row("zst of two frames", log(zst([goods(0, 2)]) + zst([goods(2, 4)]), name="u.zst"), good=4)
    changes = [
        ("Parquet cut short", lambda b: b[:len(b) // 2]),
        ("Parquet of its first twelve bytes", lambda b: b[:12]),
        ("Parquet with a footer said to be 2 GiB long", lambda b: b[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1"),
        ("Parquet with a negative footer length", lambda b: b[:-8] + struct.pack("<I", 2**32 - 1) + b"PAR1"),
        ("Parquet with zeros in its footer", lambda b: b[:-200] + bytes(150) + b[-50:]),
    ]
    for name, change in changes:
        yield Row(name, packed_table(change), calls=2, good=2, codes=("unreadable-file",), says=("usage.parquet",))
    yield Row("Parquet with a damaged page", packed_table(lambda b: b[:40] + b"\xff" * 30 + b[70:]), codes=("unreadable-file",))
    yield Row("Parquet with a page said to hold 2 GiB", packed_table(huge_page), codes=("unreadable-file",))
    yield Row("SQLite cut short", database(lambda b: b[:len(b) // 2]), codes=("unreadable-file",), good=2)
    yield Row("SQLite with bytes of 0xff in its middle", database(lambda b: middle(b, b"\xff" * 9000)), good=2)
    yield Row("SQLite of its first hundred bytes", database(lambda b: b[:100]), codes=("unreadable-file",), good=2)
    if not quick:
        yield Row("gz of 20 GiB of line ends, 1000:1", log(bomb_gz(20 * GIB), name="u.gz"), good=2, seconds=400,
                  heavy=True, codes=("unreadable-file",), says=("zip bomb",))
        yield Row("zst of 64 GiB of line ends, 30000:1", log(bomb_zst(64 * GIB), name="u.zst"), good=2, seconds=400,
                  heavy=True, codes=("unreadable-file",), says=("zip bomb",))
        yield Row("gz of one line of 4 GiB", log(bomb_gz(4 * GIB, b"x"), name="u.gz"), good=2, memory=1500, seconds=200,
                  heavy=True, codes=("record-too-long",))


PROGRAM = []


def packed_table(change):
    def make(folder):
        if not PROGRAM:
            raise Skipped("no program to write a table with")
        return table(change, PROGRAM[0])(folder)
    return make


def huge_page(whole):
    """The header of the first page, in Thrift's compact form: type, size unpacked, size packed."""
    assert whole[4] == 0x15, "the first field is the type of the page"
    at = 6
    assert whole[at] == 0x15, "the second field is the size"
    end = at + 1
    while whole[end] & 0x80:
        end += 1
    length = end - at
    # As many bytes of a number as there were, so that all other places stay what they are.
    number = b"\xff" * (length - 1) + b"\x7e"
    return whole[:at + 1] + number + whole[end + 1:]
