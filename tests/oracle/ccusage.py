"""Compares what ccusage and llmcost count in sessions of Claude Code; see ccusage.sh beside it."""

import argparse
import datetime
import json
import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLASSES = ("input", "cache write", "cache read", "output")
# ccusage adds up binary fractions.
NOISE = Decimal("0.000001")


def stamp(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def row(call, number, output, is_last):
    """A row of a session file as Claude Code writes one for each part of an answer."""
    usage = {
        "input_tokens": call["input"],
        "cache_creation_input_tokens": call["w5"] + call["w1h"],
        "cache_read_input_tokens": call["read"],
        "cache_creation": {"ephemeral_5m_input_tokens": call["w5"], "ephemeral_1h_input_tokens": call["w1h"]},
        "output_tokens": output,
        "service_tier": "standard",
    }
    message = {"model": call["model"], "id": f"msg_{call['id']}", "type": "message", "role": "assistant",
               "content": [{"type": "text", "text": ""}], "stop_reason": "end_turn" if is_last else None,
               "stop_sequence": None, "usage": usage}
    return {"parentUuid": None, "isSidechain": False, "userType": "external", "cwd": "/srv", "version": "2.1.40",
            "sessionId": call["session"], "type": "assistant", "uuid": f"{call['id']}-{number}",
            "timestamp": stamp(call["time"] + number / 1000), "requestId": f"req_{call['id']}", "message": message}


def write_sessions(folder, calls, parts, placeholder):
    """Session files of some calls, each answer in so many rows; only the last one has its output where a
    placeholder stands in the others."""
    sessions = {}
    for call in calls:
        rows = [row(call, number, call["output"] if number == parts - 1 else placeholder(call), number == parts - 1)
                for number in range(parts)]
        sessions.setdefault(call["session"], []).extend(rows)
    for session, rows in sessions.items():
        path = folder / "projects" / "-srv" / f"{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in rows))


def random_calls(count, seed):
    """Calls over two months, also around midnight, under models whose prices both programs have."""
    dice = random.Random(seed)
    models = ["claude-sonnet-4-20250514", "claude-opus-4-20250514", "claude-haiku-4-5-20251001",
              "claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101"]
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).timestamp()
    calls = []
    for number in range(count):
        day, second = dice.randrange(60), dice.choice([0, 1, 86_398, dice.randrange(86_400)])
        calls.append({"id": f"r{seed}x{number}", "session": f"00000000-0000-4000-8000-{dice.randrange(40):012}",
                      "time": start + 86_400 * day + second, "model": dice.choice(models), "input": dice.randrange(3_000),
                      "w5": dice.choice([0, dice.randrange(9_000)]), "w1h": 0, "read": dice.choice([0, dice.randrange(90_000)]),
                      "output": dice.randrange(1, 2_000)})
    return sorted(calls, key=lambda call: call["time"])


def recorded_calls(path):
    """Calls of the reference material, which are real ones without their texts."""
    calls = []
    for number, line in enumerate(path.read_text().splitlines()):
        one = json.loads(line)
        calls.append({"id": f"{one['id']}x{number}", "session": f"s{one['session']}", "time": one["ts"],
                      "model": one["model"], "input": one["uncached"], "w5": one["w5"], "w1h": one["w1h"],
                      "read": one["read"], "output": one["out"]})
    return calls


def compact(text):
    """Lines without spaces between values, as Claude Code writes them: ccusage passes over others."""
    def line(one):
        try:
            return json.dumps(json.loads(one), separators=(",", ":"))
        except ValueError:
            return one
    return "".join(line(one) + "\n" for one in text.splitlines())


def same(call):
    return call["output"]


def data_sets(work, folders):
    """Folders as CLAUDE_CONFIG_DIR has them, by name."""
    def made(name, calls, parts=1, placeholder=same):
        folder = work / "logs" / name
        write_sessions(folder, calls, parts, placeholder)
        return name, folder

    def copied(name, files):
        folder = work / "logs" / name
        (folder / "projects" / "-srv").mkdir(parents=True)
        for file in files:
            (folder / "projects" / "-srv" / file.name).write_text(compact(file.read_text()))
        return name, folder

    if folders:
        return [copied(Path(folder).name, sorted(Path(folder).rglob("*.jsonl"))) for folder in folders]
    sets = [copied("fixtures", sorted((ROOT / "fixtures/formats/claude_code").glob("*.jsonl"))),
            made("made-1", random_calls(1_500, 1)),
            made("made-1h", [{**call, "w5": 0, "w1h": call["w5"]} for call in random_calls(400, 2)]),
            made("made-streamed", random_calls(600, 3), 3, lambda call: min(call["output"], 1))]
    shared = Path(os.environ.get("LLMCOST_SHARED", ROOT.parent / "shared"))
    for path in sorted((shared / "traces/calls").glob("claude_code__*.jsonl")):
        sets.append(made(path.stem.removeprefix("claude_code__"), recorded_calls(path)))
    samples = shared / "samples/claude-code"
    if samples.is_dir():
        sets.append(copied("samples", sorted(samples.glob("*.jsonl"))))
    if len(sets) == 4:
        print("SKIPPED: the sessions of the reference material are not here (set LLMCOST_SHARED)")
    return sets


def run(words, **environment):
    environment = {**os.environ, "NO_COLOR": "1", **{key: str(value) for key, value in environment.items()}}
    ended = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment)
    if ended.returncode:
        sys.exit(f"{words[0]} ended with {ended.returncode}: {ended.stderr[:500]}")
    return json.loads(ended.stdout, parse_float=Decimal)


def of_ccusage(program, folder):
    report = run([program, "claude", "daily", "--json", "--offline", "--breakdown", "--timezone", "UTC", "--mode", "calculate"],
                 CLAUDE_CONFIG_DIR=folder)
    found = {}
    for day in report["daily"]:
        for part in day["modelBreakdowns"]:
            counts = [part[f"{name}Tokens"] for name in ("input", "cacheCreation", "cacheRead", "output")]
            # The fast lane is a model of its own there.
            name = part["modelName"]
            is_fast = name.endswith("-fast")
            key = (day.get("date") or day["period"], name.removesuffix("-fast"))
            before, cost, was_fast = found.get(key, ([0, 0, 0, 0], Decimal(0), False))
            found[key] = [sum(pair) for pair in zip(before, counts)], cost + Decimal(part["cost"]), is_fast or was_fast
    return found


def of_llmcost(program, folder):
    words = [program, "analyze", folder / "projects", "--by", "day,model", "--top", "0", "--json", "--quiet",
             "--cost-mode", "calculate"]
    report = run(words)
    found = {}
    for group in report["groups"]:
        tokens = group["tokens"]
        writes = tokens["cache_write_5m"] + tokens["cache_write_1h"]
        counts = [tokens["input"], writes, tokens["cache_read"], tokens["output"]]
        cost = group["cost_usd"]
        more = {"unpriced": group["unpriced"]["calls"], "searches": group["searches"]}
        found[(group["key"]["day"], group["key"]["model"])] = counts, None if cost is None else Decimal(cost), more
    return found


def explain_tokens(key, ours):
    """Why tokens differ; nothing where that is not known."""
    if key[1] == "<synthetic>" and ours is None:
        return "rows that the client made up itself: no model was called"
    return None


def explain_cost(ours, theirs, more, is_fast):
    """Why costs differ although the tokens are the same; nothing where that is not known."""
    if is_fast and (more["unpriced"] or ours is None):
        return "the model has no price in the fast lane; ccusage multiplies another one"
    if more["unpriced"] or ours is None:
        return "llmcost has no price for a call"
    if theirs == 0 and ours > 0:
        return "ccusage has no price for the model, and says 0"
    return None


def compare(name, ours, theirs):
    """Rows of the table, and how many differences have no explanation."""
    tally, unexplained = {"same tokens": 0, "same cost": 0}, []
    for key in sorted(set(ours) | set(theirs)):
        mine, other = ours.get(key), theirs.get(key)
        if mine is None or other is None or mine[0] != other[0]:
            why = explain_tokens(key, mine)
            tally[f"tokens: {why}"] = tally.get(f"tokens: {why}", 0) + 1
            if why is None:
                unexplained.append((name, key, mine and mine[0], other and other[0]))
            continue
        tally["same tokens"] += 1
        if mine[1] is not None and abs(mine[1] - other[1]) <= NOISE:
            tally["same cost"] += 1
            continue
        why = explain_cost(mine[1], other[1], mine[2], other[2])
        tally[f"cost: {why}"] = tally.get(f"cost: {why}", 0) + 1
        if why is None:
            unexplained.append((name, key, str(mine[1]), str(other[1])))
    return tally, unexplained


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llmcost", required=True)
    parser.add_argument("--ccusage", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("folders", nargs="*")
    args = parser.parse_args()
    version = subprocess.run([args.ccusage, "--version"], capture_output=True, text=True).stdout.strip()
    print(f"{version}; days and models whose tokens and cost are those of llmcost")
    print(f"{'log':16} {'days x models':>13} {'same tokens':>11} {'same cost':>9}   differences")
    open_questions = []
    for name, folder in data_sets(Path(args.work), args.folders):
        ours, theirs = of_llmcost(args.llmcost, folder), of_ccusage(args.ccusage, folder)
        tally, unexplained = compare(name, ours, theirs)
        others = "; ".join(f"{count} {why}" for why, count in tally.items() if why not in ("same tokens", "same cost"))
        whole = len(set(ours) | set(theirs))
        print(f"{name:16.16} {whole:13} {tally['same tokens']:11} {tally['same cost']:9}   {others}")
        open_questions += unexplained
    for name, key, mine, other in open_questions:
        print(f"unexplained: {name} {' '.join(key)}: llmcost {mine}, ccusage {other}")
    sys.exit(1 if open_questions else 0)


if __name__ == "__main__":
    main()
