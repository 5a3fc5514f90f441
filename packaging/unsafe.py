#!/usr/bin/env python3
"""Counts the unsafe code of everything that is built into the program.

    packaging/unsafe.py [--check]

Reads the sources that `cargo metadata` names for this machine: the crates of the program itself, without
those of its tests. A count is the number of `unsafe` blocks, functions, implementations and traits
outside of comments and texts; what a macro makes of them is not seen, nor is C, which is told apart.
--check ends with 1 when a crate with such code is not named under "Inventory" in docs/dependencies.md,
or one is named there that is not in the tree.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "dependencies.md"

# Comments, texts (raw ones too) and letters; what is left is code.
NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?\'(?:\\.|[^\'\\])\'', re.DOTALL
)
UNSAFE = re.compile(r"\bunsafe\s*(?:\{|fn\b|impl\b|trait\b|extern\b)")


def told(*command):
    run = subprocess.run(["cargo", *command, "--locked"], capture_output=True, text=True, cwd=ROOT)
    return run.stdout if run.returncode == 0 else sys.exit(run.stderr)


def tree():
    """The packages that the program is built of, with those that build them."""
    # The metadata has optional crates that no feature asks for; the tree does not.
    lines = told("tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}")
    built = set(re.findall(r"^(\S+) v(\S+)", lines, re.MULTILINE))
    packages = json.loads(told("metadata", "--format-version", "1"))["packages"]
    return [package for package in packages if (package["name"], package["version"]) in built]


def counts(package):
    """Unsafe places of Rust, and lines of C, in the sources of a package."""
    folder = pathlib.Path(package["manifest_path"]).parent
    unsafe, c_lines = 0, 0
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if inside[0] in ("tests", "benches", "examples", "fuzz", "target") or not path.is_file():
            continue
        if path.suffix == ".rs":
            text = NO_CODE.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
            unsafe += len(UNSAFE.findall(text))
        elif path.suffix in (".c", ".S", ".s"):
            c_lines += path.read_bytes().count(b"\n")
    return unsafe, c_lines


def main():
    found = {}
    for package in tree():
        unsafe, c_lines = counts(package)
        known = found.get(package["name"], (0, 0))
        found[package["name"]] = (known[0] + unsafe, known[1] + c_lines)
    with_unsafe = {name: count for name, count in found.items() if any(count)}
    if "--check" in sys.argv[1:]:
        listed = PAGE.read_text(encoding="utf-8").partition("## Inventory")[2]
        listed = set(re.findall(r"`([a-z0-9][a-z0-9_-]*)`", listed))
        # What other machines are built of may be listed too.
        missing = sorted(set(with_unsafe) - listed)
        gone = sorted(listed - set(found)) if sys.platform == "linux" else []
        for name in missing:
            print(f"{name} has unsafe code ({with_unsafe[name][0]}) and is not in docs/dependencies.md")
        for name in gone:
            print(f"{name} is in docs/dependencies.md and not in the tree")
        print(f"{len(found)} crates, {len(with_unsafe)} of them with unsafe code")
        sys.exit(1 if missing or gone else 0)
    print(f"{len(found)} crates, {len(with_unsafe)} of them with unsafe code\n")
    for name, (unsafe, c_lines) in sorted(with_unsafe.items(), key=lambda row: (-row[1][0], row[0])):
        print(f"{unsafe:6} {name}" + (f"  (and {c_lines} lines of C)" if c_lines else ""))


main()
