"""Hostile price tables, plans, baselines and configurations: refused with the name of the file."""

from rows import Row, goods

DEEP = 100_000


def given(name, contents, *arguments):
    def make(folder):
        (folder / "usage.jsonl").write_bytes(goods(0, 2))
        (folder / name).write_bytes(contents)
        return list(arguments)
    return make


KINDS = [
    ("a price table", "prices.toml", ["analyze", "usage.jsonl", "--prices", "prices.toml"], 4),
    ("a plan", "plan.toml", ["simulate", "usage.jsonl", "--plan", "plan.toml"], 2),
    ("a configuration", "llmcost.toml", ["analyze", "usage.jsonl"], 2),
    ("a baseline", "baseline.json", ["check", "--baseline", "baseline.json", "usage.jsonl"], 3),
]


def rows(quick):
    for what, name, arguments, code in KINDS:
        is_json = name.endswith(".json")
        deep = b"[" * DEEP if is_json else b"x = " + b"[" * DEEP + b"]" * DEEP
        tables = b"[" + b"a." * DEEP + b"a]\nx = 1\n"
        contents = [
            ("nested 10^5 deep", b'{"x":' + deep + b"}" if is_json else deep),
            ("with a NUL", b'{"x":\x001}' if is_json else b"x = \x001\n"),
            ("that is no UTF-8", b'{"x":"\xff"}' if is_json else b'x = "\xff"\n'),
            ("of 100 MB of blanks", b" " * 100_000_000),
            ("that is empty inside a list", b"[]" if is_json else b"[[x]]\n"),
            ("that is a number beyond all", b"1e999999" if is_json else b"x = 99999999999999999999\n"),
        ]
        if not is_json:
            contents.append(("with a key of 10^5 parts", tables))
        for said, text in contents:
            # A table, a plan or a configuration of nothing says nothing wrong.
            yield Row(f"{what} {said}", given(name, text, *arguments), exit=code, memory=800, says=(name,))
        missing = [word.replace(name, "/dev/zero") for word in arguments]
        if name != "llmcost.toml":
            yield Row(f"{what} that is /dev/zero", given("x", b"", *missing), exit=code, memory=800, seconds=20,
                      says=("/dev/zero",))
