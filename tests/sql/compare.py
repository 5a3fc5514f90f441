"""Roll-ups as sets of sums, and what differs between two of them."""

import csv
import json
from decimal import Decimal

KEYS = ["time", "time_to", "provider", "model", "request_model", "call_type", "geo", "service_tier",
        "status", "finish_reason", "counting", "turn", "feeds", "prompt_from", "prompt_to",
        "repeated_from", "team", "reason"]
SUMS = ["calls", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens",
        "cache_write_1h_tokens", "audio_input_tokens", "audio_cache_read_tokens",
        "image_input_tokens", "output_tokens", "reasoning_tokens", "audio_output_tokens",
        "image_output_tokens", "searches", "file_searches", "answers", "short_answers",
        "repeated_tokens", "repeated_64_tokens", "repeated_128_tokens", "repeated_256_tokens",
        "gap_5m_calls", "gap_5m_tokens", "gap_1h_calls", "gap_1h_tokens", "left_out"]
LEAST = ["first_time", "prompt_min", "repeated_min"]
MOST = ["last_time", "prompt_max"]
SIZES = ["output_sizes", "prompt_sizes"]


def plain(value):
    """A value as every engine could write it."""
    text = "" if value is None else str(value)
    return "" if text == "\\N" else text


def instant(text):
    """Milliseconds only where there are some, so that texts are equal where times are."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    millis = (fraction + "000")[:3]
    return text and whole + ("" if millis == "000" else "." + millis) + "Z"


def canonical(rows):
    """Rows with the same key added up; the key, each sum, and the sizes as they are."""
    found = {}
    for row in rows:
        row = {name: plain(value) for name, value in row.items()}
        for name in ("time", "time_to", "first_time", "last_time"):
            row[name] = instant(row.get(name, ""))
        key = tuple(row.get(name, "") for name in KEYS)
        sums = found.setdefault(key, {})
        for name in SUMS:
            count = int(row.get(name) or 0)
            if count:
                sums[name] = sums.get(name, 0) + count
        for names, pick in ((LEAST, min), (MOST, max)):
            for name in names:
                if row.get(name):
                    value = row[name] if "time" in name else int(row[name])
                    sums[name] = pick(sums.get(name, value), value)
        if row.get("cost_usd"):
            sums["cost_usd"] = sums.get("cost_usd", 0) + Decimal(row["cost_usd"])
        for name in SIZES:
            for entry in row.get(name, "").split():
                size, calls, tokens = map(int, entry.split(":"))
                # The smallest sizes of a row may stand as they are; rows are not all cut alike.
                size = size if size < 32 else size - size % 2 ** (size.bit_length() - 5)
                known = sums.setdefault(name, {}).setdefault(size, [0, 0])
                known[0] += calls
                known[1] += tokens
    return found


def differences(ours, theirs, most=6):
    """What two roll-ups differ in, in words; nothing where they are equal."""
    told = []
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) == theirs.get(key):
            continue
        named = {name: value for name, value in zip(KEYS, key) if value}
        if key not in ours or key not in theirs:
            side = "a row is missing" if key not in theirs else "a row is too many"
            told.append(f"{side}: {named}")
            continue
        for name in sorted(ours[key].keys() | theirs[key].keys()):
            one, other = ours[key].get(name), theirs[key].get(name)
            if one != other:
                told.append(f"{name} is {other}, expected {one}: {named}")
    return told[:most] + ([f"and {len(told) - most} more"] if len(told) > most else [])


def read_csv(path):
    csv.field_size_limit(1 << 28)
    with open(path, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_jsonl(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
