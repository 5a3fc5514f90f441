"""The roll-up of a log, computed in plain Python from what the documents say: a second opinion that
shares no code with llmcost.

    python3 expected.py LOG.jsonl PRICE_TABLES [day|hour] > ROWS.jsonl
"""

import collections
import datetime
import json
import pathlib
import sys
import tomllib
from decimal import Decimal

DAY, HOUR = 86_400_000, 3_600_000
BANDS = [1_000, 4_000, 16_000, 64_000, 200_000]
TIERS = {"": "", "standard": "", "default": "", "auto": "", "on_demand": "", "not_available": "",
         "batch": "batch", "flex": "flex", "on_demand_flex": "flex", "flex_discount": "flex",
         "priority": "priority", "on_demand_priority": "priority", "priority_on_demand": "priority",
         "fast": "fast", "ultrafast": "ultrafast"}
FINISHES = {"": "", "unknown": "", "stop": "stop", "end_turn": "stop", "stop_sequence": "stop",
            "length": "length", "max_tokens": "length", "tool_use": "tool_use",
            "tooluse": "tool_use", "refusal": "refusal", "error": "error", "failed": "error"}
OK = {"ok", "success", "succeeded", "completed"}
FAILED = {"error", "failed", "timeout"}
KEYS = ["time", "time_to", "provider", "model", "request_model", "call_type", "geo", "service_tier", "status",
        "finish_reason", "counting", "turn", "feeds", "prompt_from", "prompt_to",
        "repeated_from"]
TOKENS = ["input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
          "output_tokens", "reasoning_tokens"]


def millis(text):
    if text is None:
        return None
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (time - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // \
        datetime.timedelta(milliseconds=1)


def iso(at):
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=at)
    text = time.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{at % 1000:03d}Z" if at % 1000 else "Z")


def walk(value, found):
    """Every pair of a key and a plain value in a price table."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, (dict, list)):
                walk(inner, found)
            else:
                found.append((key, inner))
    elif isinstance(value, list):
        for inner in value:
            walk(inner, found)


def limits(folder):
    """The last sizes of the classes of prompts."""
    found = []
    for path in sorted(pathlib.Path(folder).glob("*.toml")):
        walk(tomllib.loads(path.read_text()), found)
    ends = set(BANDS)
    for key, value in found:
        if key in ("above", "context_window", "after"):
            ends.add(value)
        elif key in ("at_least", "min_tokens"):
            ends.add(value - 1)
    return sorted(end for end in ends if end > 0)


def said(record, name):
    value = record.get(name)
    return "" if value in (None, "None", "null") else str(value)


def status(record):
    for name in ("http_status", "status"):
        code = said(record, name)
        if code.isdigit() and 100 <= int(code) < 65_536:
            return code if int(code) >= 400 else "ok"
    if said(record, "error").lower() not in ("", "false", "f", "0", "no", "n"):
        return "error"
    word = said(record, "status").lower()
    return "ok" if word in OK else "error" if word in FAILED else ""


def calls_of(records):
    """The calls that count, and how many records were left out for which reason."""
    calls, left_out, seen = [], collections.Counter(), set()
    counts = TOKENS + ["cache_write_tokens", "searches"]
    for place, record in enumerate(records):
        call = {"status": status(record), "place": place}
        raw = {name: record.get(name) for name in counts}
        nothing = raw["input_tokens"] is None and raw["output_tokens"] is None
        n = {name: count or 0 for name, count in raw.items()}
        if nothing and call["status"] in ("", "ok"):
            left_out["missing-usage"] += 1
            continue
        if any(count < 0 for count in n.values()):
            left_out["negative-count"] += 1
            continue
        if any(count > 10**12 for count in n.values()):
            left_out["implausible-count"] += 1
            continue
        if n["reasoning_tokens"] > n["output_tokens"]:
            left_out["reasoning-exceeds-output"] += 1
            continue
        parts = n["cache_write_5m_tokens"] + n["cache_write_1h_tokens"]
        n["cache_write_5m_tokens"] += max(n["cache_write_tokens"] - parts, 0)
        call.update({name: n[name] for name in TOKENS}, searches=n["searches"])
        call["ms"] = millis(record.get("time"))
        call["model"] = said(record, "model") or said(record, "request_model")
        for name in ("provider", "request_model", "call_type", "team", "conversation"):
            call[name] = said(record, name)
        call["service_tier"] = TIERS.get(said(record, "service_tier").lower(), "unknown")
        call["finish_reason"] = FINISHES.get(said(record, "finish_reason").lower(), "other")
        call["latency"] = record.get("latency_ms") or 0
        cost = said(record, "cost_usd")
        call["cost"] = Decimal(cost) if cost else None
        call["id"] = said(record, "request_id")
        identity = (call["id"], call["model"], call["ms"], record.get("attempt") or 0,
                    *(call[name] for name in TOKENS))
        is_loose = len(call["id"]) < 8 and call["ms"] is None
        if call["id"] and not is_loose and identity in seen:
            continue
        seen.add(identity)
        call["prompt"] = sum(call[name] for name in TOKENS[:4])
        calls.append(call)
    return calls, left_out


def tell_turns(calls):
    talks = collections.defaultdict(list)
    for call in calls:
        call.update(turn="", feeds="", repeated=None, gap=None)
        if call["conversation"]:
            talks[call["conversation"]].append(call)
    for talk in talks.values():
        talk.sort(key=lambda call: (-1 if call["ms"] is None else call["ms"], call["place"]))
        for place, call in enumerate(talk):
            if call["ms"] is None:
                call["feeds"] = "1" if len(talk) > 1 else ""
                continue
            end = call["ms"] + call["latency"]
            if any(end <= later["ms"] <= call["ms"] + DAY for later in talk[place + 1:]):
                call["feeds"] = "1"
        turns = [call for call in talk if call["prompt"] > 0]
        for call in turns:
            call["turn"] = "alone"
        for before, call in zip(turns, turns[1:]):
            history = before["prompt"] + before["output_tokens"]
            if before["model"] == call["model"] and \
                    call["prompt"] >= history - max(16, history // 100):
                call["turn"] = "follows"
                call["repeated"] = min(before["prompt"], call["prompt"])
                if before["turn"] == "alone":
                    before["turn"] = "begins"
                if call["ms"] is not None and before["ms"] is not None:
                    call["gap"] = call["ms"] - before["ms"]


def class_from(ends, size):
    return max([end + 1 for end in ends if end < size], default=0)


def size_class(size):
    return size if size < 32 else size - size % 2 ** (size.bit_length() - 5)


def rows_of(calls, ends, length):
    rows = {}
    for call in calls:
        key = {name: call.get(name, "") for name in KEYS}
        start = None if call["ms"] is None else call["ms"] - call["ms"] % length
        key["time"] = "" if start is None else iso(start)
        key["time_to"] = "" if start is None else iso(start + length)
        key["prompt_from"] = class_from(ends, call["prompt"])
        key["prompt_to"] = min([end for end in ends if end >= call["prompt"]], default="")
        repeated = call["repeated"]
        key["repeated_from"] = "" if repeated is None else class_from(ends, repeated)
        key["team"] = call["team"]
        row = rows.setdefault(tuple(key.values()), {**key, "sums": collections.Counter(),
                                                    "sizes": {"output_sizes": {}, "prompt_sizes": {}},
                                                    "cost": None, "ends": {}})
        sums = row["sums"]
        for name in (*TOKENS, "searches"):
            sums[name] += call[name]
        sums["calls"] += 1
        visible = call["output_tokens"] - call["reasoning_tokens"]
        sums["answers"] += visible > 0
        sums["short_answers"] += 0 < visible < 60
        if repeated is not None:
            sums["repeated_tokens"] += repeated
            for step in (64, 128, 256):
                sums[f"repeated_{step}_tokens"] += repeated - repeated % step
            gap = call["gap"]
            for name, low, high in (("5m", -1, 300_000), ("1h", 300_000, HOUR)):
                if gap is not None and low < gap <= high:
                    sums[f"gap_{name}_calls"] += 1
                    sums[f"gap_{name}_tokens"] += repeated
        for name, size in (("output_sizes", call["output_tokens"]), ("prompt_sizes", call["prompt"])):
            if size > 0:
                entry = row["sizes"][name].setdefault(size_class(size), [0, 0])
                entry[0] += 1
                entry[1] += size
        if call["cost"] is not None:
            row["cost"] = (row["cost"] or 0) + call["cost"]
        note = row["ends"]
        for name, value, pick in (("first_time", call["ms"], min), ("last_time", call["ms"], max),
                                  ("prompt_min", call["prompt"], min),
                                  ("prompt_max", call["prompt"], max),
                                  ("repeated_min", repeated, min)):
            if value is not None:
                note[name] = pick(note.get(name, value), value)
    return rows


def main():
    log, tables = sys.argv[1], sys.argv[2]
    length = HOUR if sys.argv[3:] == ["hour"] else DAY
    with open(log, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    calls, left_out = calls_of(records)
    tell_turns(calls)
    for row in rows_of(calls, limits(tables), length).values():
        told = {name: row[name] for name in (*KEYS, "team")}
        told.update(rollup=1, **row["sums"])
        for name, value in row["ends"].items():
            told[name] = iso(value) if "time" in name else value
        for name, sizes in row["sizes"].items():
            told[name] = " ".join(f"{size}:{n}:{sum_}" for size, (n, sum_) in sizes.items())
        if row["cost"] is not None:
            told["cost_usd"] = f"{row['cost']:f}"
        print(json.dumps(told, ensure_ascii=False))
    for reason, count in left_out.items():
        print(json.dumps({"rollup": 1, "left_out": count, "reason": reason}))


if __name__ == "__main__":
    main()
