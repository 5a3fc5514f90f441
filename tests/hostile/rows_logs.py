"""Hostile text: what stands in a log."""

import gzip
import json

from rows import MIB, Row, between, good, goods, in_steps, log

DEEP = 100_000
GIB = 1 << 30


def number(text, key="input_tokens"):
    """A record with a number as it is written, which `json` would not write."""
    return good(7, call_type="odd", **{key: "@"}).replace(b'"@"', text.encode()).strip()


def dated(text):
    return good(7, call_type="odd", time="@").replace(b'"@"', text.encode()).strip()


def long_line(out):
    """A good record, a line of 1 GiB, a good record."""
    out.write(goods(0, 1) + b'{"model":"gpt-4o","prompt":"')
    in_steps(out, b"x", GIB)
    out.write(b'"}\n' + goods(1, 2))


def long_line_of_nothing(out):
    out.write(goods(0, 1))
    in_steps(out, b"x", GIB)
    out.write(b"\n" + goods(1, 2))


def first_record(out):
    out.write(b'{"model":"gpt-4o","prompt":"')
    in_steps(out, b"x", GIB)
    out.write(b'"}\n' + goods(0, 2))


def first_of_list(out):
    out.write(b'[{"model":"gpt-4o","prompt":"')
    in_steps(out, b"x", GIB)
    out.write(b'"},\n' + goods(0, 2).strip().replace(b"\n", b",\n") + b"]\n")


def only_long_line(out):
    in_steps(out, b"x", GIB)
    out.write(b"\n" + goods(0, 2))


def long_csv(out):
    out.write(b"model,call_type,time,input_tokens,output_tokens,note\n")
    out.write(b'gpt-4o,good,2026-10-01T10:00:00Z,1000,10,a\ngpt-4o,odd,2026-10-01T10:00:00Z,1,1,"')
    in_steps(out, b"x", GIB)
    out.write(b'\ngpt-4o,good,2026-10-01T10:00:00Z,1000,10,b\n')


def long_array(out):
    out.write(b"[" + goods(0, 1).strip() + b',\n{"model":"gpt-4o","prompt":"')
    in_steps(out, b"x", GIB)
    out.write(b'"},\n' + goods(1, 2).strip() + b"]\n")


def array_of_calls(out):
    """One document of 1 GiB with good records only."""
    lines = [good(n).strip() for n in range(10_000)]
    block = b",\n".join(lines)
    out.write(b"[" + block)
    repeats = GIB // len(block)
    for _ in range(repeats):
        out.write(b",\n" + block)
    out.write(b"]\n")


def names(key, count):
    """A log with another name in every record."""
    def write(out):
        out.write(goods(0, 1))
        fields = {b"model": b"gpt-4o", b"call_type": b"t", b"user": b"u"}
        for number in range(count):
            fields[key] = b"name-%d" % number
            out.write(b'{"model":"%s","call_type":"%s","user":"%s","time":"2026-10-01T10:00:00Z","input_tokens":1,'
                      b'"output_tokens":1}\n' % tuple(fields.values()))
        out.write(goods(1, 2))
    return write


def keys(count):
    """A record with very many columns."""
    many = {f"column_{n}": n for n in range(count)}
    return json.dumps({**many, "model": "gpt-4o"}).encode()


def utf16(code, mark):
    text = (goods(0, 2)).decode()
    return mark + text.encode(code)


# One of every kind that costs its own record only.
BAD = [b"{oops", b"[" * DEEP + b"]" * DEEP, b"hello", b"\x00" * 1000, b'{"model":"gpt-4o","note":"\xff"}', b"",
       number("18446744073709551616"), number("1e400"), number("-1"), number("0.5"), number("NaN"), b"[1,2,3]"]


def all_bad():
    return goods(0, 1) + b"\n".join(BAD) + b"\n" + goods(1, 2)


def bad_rows():
    """The same as a table."""
    counts = [b"18446744073709551616", b"1e400", b"-1", b"0.5", b"NaN", b"\xff", b"\x00", b'"', b"1,2,3,4", b"1" * 10**6]
    good_row = b"gpt-4o,good,2026-10-01T10:00:00Z,1000,10\n"
    rows = [good_row + b"gpt-4o,odd,2026-10-01T10:00:00Z," + count + b",1\n" for count in counts]
    return b"model,call_type,time,input_tokens,output_tokens\n" + b"".join(rows) + good_row


def light():
    deep = b"[" * DEEP + b"]" * DEEP
    objects = b'{"a":' * DEEP + b"1" + b"}" * DEEP
    odd_json = [
        ("a list nested 10^5 deep", deep, ("missing-usage",)),
        ("an object nested 10^5 deep", objects, ("missing-usage",)),
        ("a usual record with 10^5 lists in it", good(7, call_type="odd", x="@").strip().replace(b'"@"', deep), ()),
        ("NUL in a record", b'{"model":"gpt-4o","input_tokens":\x001}', ("invalid-json",)),
        ("a megabyte of NUL", b"\x00" * MIB, ()),
        ("invalid UTF-8", b'{"model":"gpt-4o","note":"\xff\xfe","input_tokens":1,"output_tokens":1}', ("invalid-utf8",)),
        ("half a surrogate", b'{"model":"\\ud800","input_tokens":1,"output_tokens":1}', ()),
        ("a byte order mark in the middle", b"\xef\xbb\xbf" + good(8).strip(), ()),
        ("NaN", number("NaN"), ("invalid-json",)),
        ("Infinity", number("Infinity"), ("invalid-json",)),
        ("-Infinity", number("-Infinity"), ("invalid-json",)),
    ]
    for name, bad, codes in odd_json:
        yield Row(name, log(between(bad)), good=2 + (b'"good"' in bad), codes=codes)
    counts = [
        ("18446744073709551616 tokens (2^64)", "18446744073709551616", ("implausible-count",)),
        ("99999999999999999999999999999999999999999999 tokens", "9" * 44, ("implausible-count",)),
        ("1e400 tokens", "1e400", ("implausible-count",)),
        ("1e-400 tokens", "1e-400", ("bad-number",)),
        ("-0 tokens", "-0", ()),
        ("0.5 tokens", "0.5", ("bad-number",)),
        ("-1 tokens", "-1", ("negative-count",)),
        ("a number of a million digits", "1" * 1_000_000, ("implausible-count",)),
        ("a number of a million digits behind its point", "1." + "1" * 1_000_000, ("implausible-count",)),
        ("1e99999999999999999999 tokens", "1e99999999999999999999", ("bad-number",)),
    ]
    for name, text, codes in counts:
        yield Row(name, log(between(number(text))), good=2, codes=codes)
    for text in ["1e400", "-1", "1e-400", "9" * 44, '"NaN"', '"1,5"']:
        yield Row(f"a cost of {text[:12]}", log(between(number(text, "cost_usd"))), good=2, calls=3)
    twice = number("5").replace(b'"input_tokens": 5', b'"input_tokens": 5, "input_tokens": 6')
    yield Row("a key twice in a record", log(between(twice)), good=2)
    times = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-292277-01-01T00:00:00Z",
             "1970-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-10-01T25:00:00Z",
             "2016-12-31T23:59:60Z", ""]
    for text in times:
        yield Row(f"the time {text or 'of no letters'}", log(between(dated(f'"{text}"'))), good=2, calls=3)
    for text in ["0", "-1", "9223372036854775807", "9223372036854775808", "1e400", "1790848800000000000", "1.5e9"]:
        yield Row(f"the time {text}", log(between(dated(text))), good=2, calls=3)
    yield from shapes()
    yield from clocks()
    yield Row("bad lines of every kind", log(all_bad()), good=2)
    yield Row("the same in a gz", log(gzip.compress(all_bad()), name="usage.jsonl.gz"), good=2)
    yield Row("bad rows of every kind in CSV", log(bad_rows(), name="usage.csv"), good=11)
    yield Row("an hour in the year 9999, as a page", log(goods(0, 2) + dated('"9999-12-31T23:59:59Z"'), "-o", "out.html"))
    yield Row("an hour in the year 1, as a page", log(goods(0, 2) + dated('"0001-01-01T00:00:00Z"'), "-o", "out.html"))
    yield Row("10^4 columns in a record", log(between(keys(10_000))), good=2)
    yield Row("a name of 10 MB", log(between(good(7, call_type="x" * 10_000_000).strip())), good=2, calls=3)


def shapes():
    text = goods(0, 2)
    yield Row("UTF-16 LE with its mark", log(utf16("utf-16-le", b"\xff\xfe")), exit=3, says=("usage.jsonl", "UTF-16"))
    yield Row("UTF-16 BE with its mark", log(utf16("utf-16-be", b"\xfe\xff")), exit=3, says=("usage.jsonl", "UTF-16"))
    yield Row("UTF-16 LE without a mark", log(utf16("utf-16-le", b"")), exit=3, says=("usage.jsonl", "UTF-16"))
    yield Row("UTF-16 BE without a mark", log(utf16("utf-16-be", b"")), exit=3, says=("usage.jsonl", "UTF-16"))
    yield Row("lines that end with CR alone", log(text.replace(b"\n", b"\r")), good=2)
    yield Row("lines that end with CR LF", log(text.replace(b"\n", b"\r\n")), good=2)
    header = b"model,call_type,time,input_tokens,output_tokens\r"
    row = b"gpt-4o,good,2026-10-01T10:00:00Z,1000,10\r"
    yield Row("CSV with lines that end with CR alone", log(header + row + row, name="usage.csv"), good=2)
    yield Row("U+2028 between records", log(text.replace(b"\n", b"\xe2\x80\xa8")), good=2)
    yield Row("U+2028 in a name", log(between(good(7, user="a\u2028b").strip())), good=3)
    yield Row("an empty file", log(b""), exit=3, says=("usage.jsonl",))
    yield Row("only blank lines", log(b"\n" * 100_000), exit=3, says=("usage.jsonl",))
    yield Row("a megabyte of NUL alone", log(b"\x00" * MIB), exit=3, says=("usage.jsonl",))
    yield Row("random bytes", log(bytes((n * n * 7 + n // 3) % 256 for n in range(MIB))), exit=3, says=("usage.jsonl",))
    yield Row("a last line without its end, cut off", log(goods(0, 2) + good(3)[:50]), good=2, codes=("invalid-json",))
    yield Row("10^5 bad lines among good ones", log(goods(0, 1) + b"{oops\n" * 100_000 + goods(1, 2)), good=2,
              codes=("invalid-json",))
    yield Row("a list in a list in a list of records", log(b"[[[" + text.replace(b"}\n{", b"},\n{") + b"]]]"), good=2)


def clocks():
    backwards = b"".join(reversed([good(n) for n in range(500)]))
    yield Row("times out of order", log(backwards), good=500)
    # Clocks in Berlin: 2:30 on 29 March 2026 never was, 2:30 on 25 October was twice.
    moments = ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",
               "2026-03-29T02:30:00", "2026-10-25T02:30:00"]
    lines = b"".join(good(n, time=moment) for n, moment in enumerate(moments))
    yield Row("an hour that never was and one that was twice",
              log(lines, "--by", "call_type,day,hour", "--timezone", "Europe/Berlin"), good=6, calls=6)


def heavy():
    yield Row("a line of 1 GiB with a record in it", log(long_line), good=2, codes=("record-too-long",), memory=1500,
              seconds=120, heavy=True)
    yield Row("a line of 1 GiB of one letter", log(long_line_of_nothing), good=2, codes=("record-too-long",),
              memory=1500, seconds=120, heavy=True)
    yield Row("a first line of 1 GiB", log(only_long_line), good=None, exit=3, says=("usage.jsonl",), memory=1500,
              seconds=120, heavy=True)
    yield Row("a first record of 1 GiB", log(first_record), good=2, codes=("record-too-long",), memory=1500,
              seconds=120, heavy=True)
    yield Row("a list whose first record has 1 GiB", log(first_of_list), good=2, codes=("record-too-long",),
              memory=1500, seconds=120, heavy=True)
    yield Row("a first record of 1 GiB, --source-format llmcost", log(first_record, "--source-format", "llmcost"), good=2,
              codes=("record-too-long",), memory=1500, seconds=120, heavy=True)
    yield Row("a line of 1 GiB with --max-record 1500M", log(long_line, "--max-record", "1500M"), good=2, memory=4000,
              seconds=180, heavy=True)
    yield Row("CSV with a quote that is open for 1 GiB", log(long_csv, name="usage.csv"), good=2,
              codes=("record-too-long",), memory=1500, seconds=120, heavy=True)
    yield Row("a list with a record of 1 GiB", log(long_array), good=2, codes=("record-too-long",), memory=1500,
              seconds=120, heavy=True)
    yield Row("a list of 1 GiB of records", log(array_of_calls), good=10_000, memory=1500, seconds=120, heavy=True)
    yield Row("10^6 models", log(names(b"model", 10**6)), good=2, calls=10**6 + 2, codes=("many-groups",), memory=1500,
              seconds=120, heavy=True)
    yield Row("10^6 users in groups", log(names(b"user", 10**6), "--by", "user,model,call_type"), calls=10**6 + 2,
              codes=("many-groups",), memory=1500, seconds=120, heavy=True)
    yield Row("10^7 models", log(names(b"model", 10**7)), good=2, calls=10**7 + 2, codes=("many-groups",),
              memory=1500, seconds=300, heavy=True)
    yield Row("10^7 users in groups", log(names(b"user", 10**7), "--by", "user,model,call_type"), calls=10**7 + 2,
              codes=("many-groups",), memory=1500, seconds=300, heavy=True)
    yield Row("10^6 call types", log(names(b"call_type", 10**6)), calls=10**6 + 2, codes=("many-groups",), memory=1500,
              seconds=120, heavy=True)


def rows(quick):
    yield from light()
    if not quick:
        yield from heavy()
