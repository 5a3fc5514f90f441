"""Says how many of the changes that cargo-mutants made were noticed, and which were not.

    python3 report.py FOLDER/mutants.out...

A change is noticed when a test fails or does not end; one that does not compile counts for nothing. One
that is explained in `accepted.toml` cannot be noticed: it changes nothing, or only the speed. Ends with 1
when one went unnoticed without an explanation, or when an explanation is about a change that is noticed.
"""

import collections
import json
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent


def key(crate, mutant):
    """File, change and text of the line: what an explanation names, whatever the line's number."""
    start = mutant["span"]["start"]
    lines = (crate / mutant["file"]).read_text(encoding="utf-8").splitlines()
    line = lines[start["line"] - 1].strip()
    return mutant["file"], mutant["name"].split(": ", 1)[1], line


def outcomes(folders):
    """What became of each change, with what an explanation names; a later folder knows better."""
    found = {}
    for folder in map(pathlib.Path, folders):
        document = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
        for outcome in document["outcomes"]:
            if isinstance(outcome["scenario"], dict):
                mutant = outcome["scenario"]["Mutant"]
                place = key(folder.parent, mutant)
                found[mutant["name"]] = (mutant, place, outcome["summary"])
    return found


def main():
    rows = tomllib.loads((HERE / "accepted.toml").read_text(encoding="utf-8")).get("accepted", [])
    explained = {(row["file"], row["change"], row["line"]): row["why"] for row in rows}
    counts, missed, noticed = collections.defaultdict(collections.Counter), [], []
    for mutant, place, summary in outcomes(sys.argv[1:]).values():
        room = mutant["file"].split("/")[1]
        if summary == "MissedMutant" and place in explained:
            summary = "Explained"
        elif summary == "MissedMutant":
            missed.append((mutant["name"], place[2]))
        elif summary == "CaughtMutant" and place in explained:
            noticed.append(place)
        counts[room][summary] += 1
    print("room          run  noticed  too long  unviable  explained  missed   score")
    for room, count in sorted(counts.items()):
        caught, long = count["CaughtMutant"], count["Timeout"]
        judged = caught + long + count["MissedMutant"]
        score = f"{100 * (caught + long) / judged:.1f} %" if judged else "-"
        print(f"{room:12} {sum(count.values()):4} {caught:8} {long:9} {count['Unviable']:9} "
              f"{count['Explained']:10} {count['MissedMutant']:7} {score:>8}")
    for name, line in sorted(missed):
        print(f"missed      {name}\n            {line}")
    for file, change, line in sorted(set(noticed)):
        print(f"noticed after all, so its explanation is wrong: {file}: {change}: {line}")
    return 1 if missed or noticed else 0


if __name__ == "__main__":
    sys.exit(main())
