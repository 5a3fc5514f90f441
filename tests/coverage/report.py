"""Lines and regions of each room that tests come by, from the summary of `llvm-cov export`.

    python3 report.py coverage.json SOURCES [ROOM...]
"""

import collections
import json
import pathlib
import sys


def main():
    summary, sources, wanted = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), set(sys.argv[3:])
    rooms = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    document = json.loads(pathlib.Path(summary).read_text(encoding="utf-8"))
    for file in document["data"][0]["files"]:
        path = pathlib.Path(file["filename"]).resolve()
        if sources not in path.parents:
            continue
        room = path.relative_to(sources).parts[0]
        if wanted and room not in wanted:
            continue
        for kind in ("lines", "regions", "functions"):
            for name in (room, "all"):
                rooms[name][kind][0] += file["summary"][kind]["covered"]
                rooms[name][kind][1] += file["summary"][kind]["count"]
    print(f"{'room':12} {'lines':>8} {'covered':>9} {'regions':>8} {'covered':>9} {'functions':>10} {'covered':>9}")
    for room in sorted(rooms, key=lambda name: (name == "all", name)):
        cells = []
        for kind, width in (("lines", 8), ("regions", 8), ("functions", 10)):
            covered, count = rooms[room][kind]
            share = f"{100 * covered / count:.1f} %" if count else "-"
            cells.append(f"{count:>{width}} {share:>9}")
        print(f"{room:12} {' '.join(cells)}")


if __name__ == "__main__":
    main()
