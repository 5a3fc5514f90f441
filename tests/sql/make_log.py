"""Writes a log of made-up calls that has every case a roll-up must get right, as JSONL.

    python3 make_log.py LOG.jsonl [CALLS [hours]]

With `hours` some calls are of a model whose prices depend on the hour of the day.

The same numbers come out on every machine: there is no clock and no hash order in it.
"""

import datetime
import json
import random
import sys

START = datetime.datetime(2026, 8, 14, tzinfo=datetime.timezone.utc)
# Prompts at and beside every limit of bands, prices and caches.
EDGES = [0, 1, 31, 32, 33, 59, 60, 61, 63, 64, 511, 512, 1000, 1001, 1023, 1024, 2047, 2048, 4000,
         4001, 4095, 4096, 16000, 16001, 32000, 32001, 64000, 64001, 100000, 100001, 128000, 128001,
         199999, 200000, 200001, 272000, 272001]
MODELS = [("anthropic", "claude-sonnet-4-6"), ("anthropic", "claude-haiku-4-5"),
          ("anthropic", "claude-opus-4-6"), ("openai", "gpt-5.4"), ("openai", "gpt-5-mini"),
          ("google", "gemini-2.5-pro"), ("", "home-made"), (None, None)]
HOURLY = [("deepseek", "deepseek-chat"), ("deepseek", "deepseek-v4-flash")]
TIERS = [None, "", "standard", "Default", "batch", "flex", "on_demand_priority", "PRIORITY", "scale"]
STATUSES = [None, "", "ok", "Success", "failed", "429", "503", "200", "queued", "Timeout", "99",
            "123456"]
FINISHES = [None, "", "stop", "end_turn", "max_tokens", "toolUse", "refusal", "error", "odd"]
TEAMS = [None, "", "None", "search", "o'hara", 'a"b', "naïve", "back\\slash", "100%"]


def iso(time, random_):
    """One of the ways in which logs write a time."""
    if time is None:
        return None
    millis = time.microsecond // 1000
    text = time.strftime("%Y-%m-%dT%H:%M:%S")
    text += f".{millis:03d}" if millis else ""
    return text + "Z"


def main():
    path, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 6500
    models = MODELS + (HOURLY * 4 if sys.argv[3:] == ["hours"] else [])
    rng = random.Random(20261122)
    records, number = [], 0
    conversations = {}
    time = START
    for _ in range(count):
        number += 1
        time += datetime.timedelta(milliseconds=rng.choice([1, 7, 900, 61_000, 150_000, 299_000]))
        # One model has most calls: what is told by one in a thousand of them needs many.
        provider, model = rng.choice(models + MODELS[:1] * 8)
        record = {"time": iso(time, rng), "provider": provider, "model": model,
                  "call_type": rng.choice(["chat", "chat", "report", "classify", "", None])}
        if model is None:
            record["request_model"] = "gpt-5-mini"
        conversation = rng.choice([None, "", *range(40)])
        prompt = rng.choice([rng.choice(EDGES), rng.randrange(300_000), rng.randrange(5_000)])
        output = rng.choice([0, 1, 59, 60, rng.randrange(40_000), rng.randrange(900)])
        if isinstance(conversation, int):
            known = conversations.get(conversation)
            record["conversation"] = f"talk-{conversation}"
            if known and rng.random() < 0.7:
                # A turn that grows out of the one before it, or just falls short of that.
                before, last_output, last_model = known
                history = before + last_output
                slack = max(16, history // 100)
                prompt = max(0, history + rng.choice([0, 40, 900, -slack, -slack - 1, -16, -17]))
                if rng.random() < 0.9:
                    record["provider"], record["model"] = last_model
                    if record["model"] is None:
                        record["request_model"] = "gpt-5-mini"
            if prompt > 200_000:
                conversations.pop(conversation, None)
            elif prompt > 0:
                conversations[conversation] = (prompt, output, (record["provider"], record["model"]))
        else:
            record["conversation"] = conversation
        split(record, prompt, rng)
        hidden = 0
        if rng.random() < 0.3:
            hidden = rng.randrange(output + 1)
            record["reasoning_tokens"] = hidden
        record["output_tokens"] = output
        record["searches"] = rng.choice([None, None, None, 0, 1, 3])
        record["service_tier"] = rng.choice(TIERS)
        record["status"] = rng.choice(STATUSES)
        record["http_status"] = rng.choice([None] * 9 + [200, 404, 500])
        record["error"] = rng.choice([None] * 9 + ["", "false", "it broke"])
        record["finish_reason"] = rng.choice(FINISHES)
        record["team"] = rng.choice(TEAMS)
        record["attempt"] = rng.choice([None, 1, 2])
        record["latency_ms"] = rng.choice([None, 0, 1_250, 60_000, 90_000_000])
        record["cost_usd"] = rng.choice([None, None, "0", "0.0123", "1.5", "0.000000123456789012"])
        record["request_id"] = rng.choice([f"request-{number:06}", f"request-{number:06}", "", None])
        records.append(record)
        if record["request_id"] and rng.random() < 0.1:
            copy = dict(record)
            if rng.random() < 0.5:
                copy["output_tokens"] += 1
            records.append(copy)
    records += odd(rng)
    with open(path, "w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def split(record, prompt, rng):
    """Spreads a prompt over what was read from, written to and not in the cache."""
    if rng.random() < 0.6:
        record["input_tokens"] = prompt
        return
    read = rng.randrange(prompt + 1)
    written = rng.randrange(prompt - read + 1)
    record["input_tokens"] = prompt - read - written
    record["cache_read_tokens"] = read
    way = rng.randrange(3)
    if way == 0:
        record["cache_write_tokens"] = written
    elif way == 1:
        short = rng.randrange(written + 1)
        record["cache_write_5m_tokens"], record["cache_write_1h_tokens"] = short, written - short
    else:
        short = rng.randrange(written // 2 + 1)
        long = rng.randrange(written // 2 + 1)
        record["cache_write_tokens"] = written
        record["cache_write_5m_tokens"], record["cache_write_1h_tokens"] = short, long


def odd(rng):
    """Records that are left out or nearly so, and those around the instants at which prices change."""
    base = {"time": "2026-08-20T10:00:00Z", "provider": "openai", "model": "gpt-5.4",
            "call_type": "odd", "input_tokens": 10, "output_tokens": 5}
    made = [
        {**base, "input_tokens": None, "output_tokens": None},
        {**base, "input_tokens": None, "output_tokens": None, "status": "failed"},
        {**base, "input_tokens": None, "output_tokens": None, "http_status": 500},
        {**base, "input_tokens": None, "output_tokens": None, "status": "ok"},
        {**base, "input_tokens": None},
        {**base, "output_tokens": None},
        {**base, "input_tokens": -1},
        {**base, "cache_read_tokens": -4},
        {**base, "output_tokens": 1_000_000_000_001},
        {**base, "output_tokens": 1_000_000_000_000, "model": "home-made", "provider": ""},
        {**base, "output_tokens": 999_999_999_999, "model": "home-made-2", "provider": ""},
        {**base, "reasoning_tokens": 6},
        {**base, "time": None},
        {**base, "time": None, "conversation": "undated-1"},
        {**base, "time": None, "conversation": "undated-1", "input_tokens": 100},
        {**base, "time": None, "conversation": "undated-2"},
        # A short id without a time tells no calls apart.
        {**base, "time": None, "request_id": "7"},
        {**base, "time": None, "request_id": "7"},
        {**base, "request_id": "7"},
        {**base, "request_id": "7"},
    ]
    for moment in ["2026-08-16T15:59:59.999Z", "2026-08-16T16:00:00Z", "2026-08-16T16:00:00.001Z",
                   "2026-04-26T12:14:59Z", "2026-04-26T12:15:00Z", "2026-12-31T23:59:59.999Z",
                   "2027-01-01T00:00:00Z"]:
        made.append({**base, "time": moment, "call_type": "edge"})
    # The answer is needed a day after, a moment more, or before its end.
    for place, gap in enumerate([86_400_000, 86_400_001, 4_999, 5_000]):
        start = START + datetime.timedelta(days=9, hours=place)
        later = start + datetime.timedelta(milliseconds=gap)
        name = f"feeds-{place}"
        for time in (start, later):
            made.append({**base, "time": iso(time, rng), "conversation": name, "latency_ms": 5_000,
                         "call_type": "feeds"})
    return made


if __name__ == "__main__":
    main()
