#!/usr/bin/env python3
"""Writes made-up logs of any size: the same arguments give the same bytes on every machine.

    python3 benches/generate.py flat 5M -o flat.jsonl        # 12 keys, about 325 bytes a record
    python3 benches/generate.py csv 5M -o flat.csv           # the same calls as flat
    python3 benches/generate.py claude 1M -o claude.jsonl    # as Claude Code writes, about 1.4 KB
    python3 benches/generate.py claude-home 1M -o FOLDER     # FOLDER/projects/PROJECT/SESSION.jsonl
    python3 benches/generate.py openai 1M                    # Chat Completions, to standard output

`--repeats 0.001` writes a part of the flat records twice, `--shuffled 0.1` gives a part of them another
order of keys. Of the lines of Claude Code, three tenths are not answers of a model, and a tenth of the
answers is written twice under one id, the second time with more output, as a stream of it is.

How it is fast: the records of an hour are drawn once, with marks where dates and ids belong, and
written again for other hours with other dates and ids. At most some hundred megabytes are drawn; the
hours of a larger log come from the same few drawn ones in turn. No figure in it is from a real log.
"""

import argparse
import math
import os
import random
import sys
from datetime import datetime, timedelta, timezone

# What stands in a drawn record for the hour and for the number of the pass; never part of a log.
HOUR, PASS = "\x00", "\x01"
START = datetime(2026, 7, 1, tzinfo=timezone.utc)
DAYS = 90
# About how much text may be drawn, and how many records an hour has at least.
DRAWN_BYTES = 160_000_000
RECORDS_AN_HOUR = 200

# Weights are parts of a hundred. All of them have prices in llmcost, ccusage and frugon.
ANTHROPIC = {"claude-sonnet-4-5": 26, "claude-haiku-4-5": 14, "claude-opus-4-5": 6}
OPENAI = {"gpt-5": 9, "gpt-5-mini": 14, "gpt-5-nano": 7, "gpt-4.1-mini": 5, "gpt-4o-mini": 9}
GOOGLE = {"gemini-2.5-pro": 4, "gemini-2.5-flash": 6}
MODELS = {**ANTHROPIC, **OPENAI, **GOOGLE}
# How often, and the median of the tokens in and out.
CALL_TYPES = {
    "support.answer": (17, 2600, 260), "support.triage": (13, 700, 12), "search.rewrite": (11, 350, 30),
    "search.answer": (10, 4200, 320), "document.extract": (9, 5200, 410), "document.summary": (8, 7400, 380),
    "agent.step": (12, 9800, 190), "agent.plan": (4, 6100, 520), "code.review": (4, 8800, 640),
    "code.completion": (5, 1500, 60), "mail.draft": (4, 900, 280), "moderation": (3, 420, 6),
}
PRODUCTS = {"helpdesk": 34, "search": 21, "documents": 17, "assistant": 12, "developer-tools": 10, "mail": 6}
STATUSES = {"ok": 960, "rate_limited": 18, "error": 15, "timeout": 7}
WORDS = """account address again always amount answer before below branch budget cache change check
client column commit config context could count customer day default delete deploy detail document each
error every example failed field file first found from function given group have here index input invoice
item known label last later limit line list mail many match merge message model month more name never next
none number offset only open order other output page part pass path plan price query question queue reason
record refund report request result retry review right row rule same schema search second section send
session should since size some state step store summary system table team test text than that their then
there these this ticket time token total tree until update user value version was when where which while
with word would write year your""".split()
# Texts are JSON already: what has to be escaped is.
SIGNS = ["\\n", "\\n\\n", "\\\"so\\\"", "\\t", "{\\\"usage\\\": 3}", "C:\\\\logs", "é", "—", "naïve", "`code`", "],[", "};"]


def count_of(text):
    """A number of records from `5M`, `200k` or plain digits."""
    factor = {"k": 10 ** 3, "M": 10 ** 6}.get(text[-1:], 1)
    return round(float(text.rstrip("kM")) * factor)


def texts(dice, count, mean):
    """Bodies of strings of about so many bytes, of very different lengths."""
    bodies = []
    for _ in range(count):
        length = min(dice.lognormvariate(math.log(mean) - 0.32, 0.8), 12 * mean)
        words = dice.choices(WORDS, k=int(length / 6) + 3)
        for place in range(0, len(words), 17):
            words[place] = dice.choice(SIGNS)
        bodies.append(" ".join(words))
    return bodies


class Draw:
    """Draws the calls of an hour, and the ids that go with them."""

    def __init__(self, name, models):
        self.dice = random.Random(f"llmcost {name}")
        self.models = models
        # Spreads around the medians, and parts of prompts; drawn from rather than computed.
        self.wide = [math.exp(self.dice.gauss(0, 1)) for _ in range(1 << 14)]
        self.parts = [self.dice.uniform(0.2, 0.95) for _ in range(1 << 12)]

    def choices(self, weights, count):
        return self.dice.choices(list(weights), weights.values(), k=count)

    def hexadecimal(self, count, digits):
        """So many different ids."""
        found = set()
        while len(found) < count:
            found.add(f"{self.dice.getrandbits(4 * digits):0{digits}x}")
        found = sorted(found)
        self.dice.shuffle(found)
        return found

    def calls(self, count):
        """Model, call type, status, input, cache reads, cache writes and output of each call."""
        dice = self.dice
        models = self.choices(self.models, count)
        kinds = self.choices({name: weight for name, (weight, _, _) in CALL_TYPES.items()}, count)
        statuses = self.choices(STATUSES, count)
        wide, other = dice.choices(self.wide, k=count), dice.choices(self.wide, k=count)
        part, luck = dice.choices(self.parts, k=count), dice.choices(self.parts, k=count)
        for row in range(count):
            _, prompt, output = CALL_TYPES[kinds[row]]
            prompt = min(int(prompt * wide[row]) + 5, 180_000)
            reads = writes = 0
            if luck[row] > 0.55:
                reads = int(prompt * part[row])
            elif luck[row] > 0.42 and models[row] in ANTHROPIC:
                writes = int(prompt * part[row])
            output = min(int(output * other[row]) + 1, 16_000) if statuses[row] == "ok" else 0
            yield models[row], kinds[row], statuses[row], prompt - reads - writes, reads, writes, output


def hour_text(hour):
    return (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H")


def moments(dice, count):
    """Minutes, seconds and thousandths within an hour, in order."""
    for thousandth in sorted(dice.choices(range(3_600_000), k=count)):
        seconds, thousandth = divmod(thousandth, 1000)
        yield f"{seconds // 60:02}:{seconds % 60:02}.{thousandth:03}"


class Flat:
    """One flat record a call; also as CSV."""

    record_bytes, hours = 325, DAYS * 24
    keys = ["timestamp", "model", "call_type", "product", "session_id", "request_id", "input_tokens",
            "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens", "status", "latency_ms"]

    def __init__(self, is_csv, repeats, shuffled):
        self.draw = Draw("flat", MODELS)
        # Apart, so that they change no figure of the calls.
        self.dice = random.Random("llmcost shuffled and repeated")
        self.repeats, self.shuffled = repeats, shuffled
        text = ('{{"timestamp":"{}","model":"{}","call_type":"{}","product":"{}","session_id":"{}","request_id":"{}",'
                '"input_tokens":{},"cache_read_input_tokens":{},"cache_creation_input_tokens":{},'
                '"output_tokens":{},"status":"{}","latency_ms":{}}}\n').format
        other = ('{{"model":"{1}","request_id":"{5}","timestamp":"{0}","output_tokens":{9},"input_tokens":{6},'
                 '"cache_creation_input_tokens":{8},"cache_read_input_tokens":{7},"call_type":"{2}",'
                 '"product":"{3}","session_id":"{4}","status":"{10}","latency_ms":{11}}}\n').format
        self.text, self.other = text, other
        self.header = ""
        if is_csv:
            self.header = ",".join(self.keys) + "\n"
            self.text = self.other = (",".join(["{}"] * len(self.keys)) + "\n").format

    stamp = staticmethod(hour_text)

    def lines(self, count):
        draw = self.draw
        times, calls = moments(draw.dice, count), draw.calls(count)
        products = draw.choices(PRODUCTS, count)
        requests = draw.hexadecimal(count, 18)
        # About eight calls a session, near each other in time.
        sessions = draw.hexadecimal(count // 8 + 4, 10)
        near = draw.dice.choices(range(24), k=count)
        slow = draw.dice.choices(draw.wide, k=count)
        for row, (time, call) in enumerate(zip(times, calls)):
            model, kind, status, *tokens = call
            session = sessions[(row + near[row]) // 8]
            latency = 180 + int(14 * tokens[-1] * slow[row])
            text = self.text if self.dice.random() >= self.shuffled else self.other
            line = text(f"{HOUR}:{time}Z", model, kind, products[row], f"sess_{session}{PASS}",
                        f"req_{requests[row]}{PASS}", *tokens, status, latency)
            yield "", line
            if self.repeats and self.dice.random() < self.repeats:
                yield "", line


class Claude:
    """Sessions as Claude Code writes them: the name of a line is the file that it belongs to."""

    record_bytes, hours, header = 1430, DAYS * 24, ""
    stamp = staticmethod(hour_text)

    def __init__(self):
        self.draw = Draw("claude", ANTHROPIC)
        self.answers = texts(self.draw.dice, 4000, 500)
        self.results = texts(self.draw.dice, 4000, 1020)

    def lines(self, count):
        draw = self.draw
        times, calls = moments(draw.dice, count), draw.calls(count)
        ids = [f"{text[:8]}-{text[8:12]}-4{text[12:15]}-9{text[15:18]}-{text[18:]}{PASS}"
               for text in draw.hexadecimal(count, 26)]
        answer_ids = draw.hexadecimal(count, 20)
        chance, left, again, parent = draw.dice.choices(range(100), k=count), 0, None, "null"
        for row, (time, call) in enumerate(zip(times, calls)):
            if left == 0:
                left, session, again, parent = draw.dice.randrange(60, 260), ids[-1 - row], None, "null"
                project = draw.dice.randrange(12)
                is_side = "true" if draw.dice.randrange(8) == 0 else "false"
            left -= 1
            head = (f'{{"parentUuid":{parent},"isSidechain":{is_side},"userType":"external",'
                    f'"cwd":"/srv/work/project-{project}","sessionId":"{session}","version":"2.1.4","gitBranch":"main",')
            tail = f'"uuid":"{ids[row]}","timestamp":"{HOUR}:{time}Z"}}\n'
            parent = f'"{ids[row]}"'
            name = f"-srv-work-project-{project}/{session}.jsonl"
            if again is None and chance[row] < 30:
                body = draw.dice.choice(self.results)
                yield name, (f'{head}"type":"user","message":{{"role":"user","content":[{{"tool_use_id":'
                             f'"toolu_01{answer_ids[row]}","type":"tool_result","content":"{body}"}}]}},{tail}')
                continue
            # A call type has no place in these logs, and a failure is no answer.
            model, _, _, *tokens = call
            tokens[-1] += 1
            identity, early = answer_ids[row], chance[row] >= 93 and left > 0
            if again is not None:
                identity, model, tokens = again
            again = None
            if early:
                again, tokens = (identity, model, tokens), [*tokens[:-1], tokens[-1] // 2 + 1]
            plain, reads, writes, output = tokens
            yield name, (
                f'{head}"message":{{"model":"{model}","id":"msg_01{identity}{PASS}","type":"message","role":"assistant",'
                f'"content":[{{"type":"text","text":"{draw.dice.choice(self.answers)}"}},{{"type":"tool_use",'
                f'"id":"toolu_01{answer_ids[row]}","name":"Bash","input":{{"command":"make test","description":'
                f'"Runs the tests"}}}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{{"input_tokens":{plain},'
                f'"cache_creation_input_tokens":{writes},"cache_read_input_tokens":{reads},"cache_creation":'
                f'{{"ephemeral_5m_input_tokens":{writes},"ephemeral_1h_input_tokens":0}},"output_tokens":{output},'
                f'"service_tier":"standard"}}}},"requestId":"req_01{identity}{PASS}","type":"assistant",{tail}')


class OpenAi:
    """Chat Completions as the API answers them, with the call type among the metadata."""

    record_bytes, header = 760, ""
    # Whole steps of 10,000 seconds, so that only the first digits of a time change.
    hours = DAYS * 24 * 3600 // 10_000

    @staticmethod
    def stamp(step):
        return str(int(START.timestamp()) // 10_000 + step)

    def __init__(self):
        self.draw = Draw("openai", OPENAI)
        self.texts = texts(self.draw.dice, 4000, 130)

    def lines(self, count):
        draw = self.draw
        seconds = sorted(draw.dice.choices(range(10_000), k=count))
        requests = draw.hexadecimal(count, 22)
        thought = draw.dice.choices(draw.parts, k=count)
        for row, call in enumerate(draw.calls(count)):
            model, kind, _, plain, reads, _, output = call
            reasoning = int(output * thought[row] / 2) if model.startswith("gpt-5") else 0
            yield "", (
                f'{{"id":"chatcmpl-{requests[row]}{PASS}","object":"chat.completion","created":{HOUR}{seconds[row]:04},'
                f'"model":"{model}","choices":[{{"index":0,"message":{{"role":"assistant","content":'
                f'"{draw.dice.choice(self.texts)}","refusal":null,"annotations":[]}},"logprobs":null,"finish_reason":"stop"}}],'
                f'"usage":{{"prompt_tokens":{plain + reads},"completion_tokens":{output},"total_tokens":{plain + reads + output},'
                f'"prompt_tokens_details":{{"cached_tokens":{reads},"audio_tokens":0}},"completion_tokens_details":'
                f'{{"reasoning_tokens":{reasoning},"audio_tokens":0,"accepted_prediction_tokens":0,'
                f'"rejected_prediction_tokens":0}}}},"metadata":{{"call_type":"{kind}"}},"service_tier":"default",'
                f'"system_fingerprint":"fp_{requests[row][:10]}"}}\n')


def passes(layout, records):
    """The lines of each pass over an hour, as (name, text) with the marks of the pass filled in."""
    hours = min(layout.hours, max(1, records // RECORDS_AN_HOUR))
    most = -(-records // hours)
    distinct = min(hours, max(1, DRAWN_BYTES // (most * layout.record_bytes)))
    drawn = []
    for number in range(hours):
        if len(drawn) < distinct:
            drawn.append(files_of(layout.lines(most), most))
        parts = drawn[number % distinct]
        count = records * (number + 1) // hours - records * number // hours
        if count < most:
            # All hours are drawn one record longer than some of them are.
            name, text = parts[-1]
            shorter = text[:text.rstrip(b"\n").rfind(b"\n") + 1]
            parts = parts[:-1] + [(name, shorter)] * bool(shorter)
        hour = layout.stamp(number * layout.hours // hours).encode()
        mark = b"%04x" % number
        for name, text in parts:
            yield name.replace(PASS, mark.decode()), text.replace(HOUR.encode(), hour).replace(PASS.encode(), mark)


def files_of(lines, count):
    """The first so many lines, those of one file joined."""
    parts, number = [], 0
    for name, line in lines:
        if number == count:
            break
        number += 1
        if not parts or parts[-1][0] != name:
            parts.append((name, []))
        parts[-1][1].append(line)
    return [(name, "".join(texts).encode()) for name, texts in parts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layout", choices=["flat", "csv", "claude", "claude-home", "openai"])
    parser.add_argument("records", type=count_of, help="how many lines, such as 5M, 200k or 1000")
    parser.add_argument("-o", "--output", help="a file, or the folder of claude-home; standard output unless given")
    parser.add_argument("--repeats", type=float, default=0, help="the part of flat records that is written twice")
    parser.add_argument("--shuffled", type=float, default=0, help="the part of flat records with another order of keys")
    asked = parser.parse_args()
    if asked.layout in ("flat", "csv"):
        layout = Flat(asked.layout == "csv", asked.repeats, asked.shuffled)
    else:
        layout = OpenAi() if asked.layout == "openai" else Claude()
    if asked.layout == "claude-home":
        if asked.output is None:
            parser.error("claude-home needs --output FOLDER")
        for name, text in passes(layout, asked.records):
            path = os.path.join(asked.output, "projects", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(text)
        return
    with open(asked.output, "wb") if asked.output else sys.stdout.buffer as file:
        file.write(layout.header.encode())
        for _, text in passes(layout, asked.records):
            file.write(text)


if __name__ == "__main__":
    main()
