"""Asks genai-prices, LiteLLM and llmcost what random calls cost; see libraries.sh beside it."""

import argparse
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tomllib
import warnings
from collections import Counter
from decimal import Decimal
from pathlib import Path

# The prices that came with the library; it would fetch others.
os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_LOG="ERROR")
warnings.filterwarnings("ignore")

ROOT = Path(__file__).resolve().parent.parent.parent
# What the libraries call the providers of our tables.
PROVIDERS = {"anthropic": ("anthropic", "anthropic"), "openai": ("openai", "openai"), "google": ("google", "gemini"),
             "xai": ("x-ai", "xai"), "groq": ("groq", "groq"), "mistral": ("mistral", "mistral"),
             "deepseek": ("deepseek", "deepseek"), "cohere": ("cohere", "cohere_chat")}
# Binary fractions of a library.
NOISE = Decimal("0.000000001")


def models(llmcost):
    """Models of our tables, by provider."""
    said = subprocess.run([llmcost, "prices", "list", "--json"], capture_output=True, text=True, check=True).stdout
    listed = json.loads(said)["models"]
    return [(one["provider"], one["model"]) for one in listed if one["provider"] in PROVIDERS]


def random_call(number, dice, known):
    provider, model = dice.choice(known)
    size = lambda most: dice.choice([0, dice.randrange(most), dice.randrange(1 + most // 50)])
    moment = datetime.datetime(2026, 11, 12, tzinfo=datetime.timezone.utc)
    moment += datetime.timedelta(seconds=dice.randrange(8 * 86_400))
    call = {"case": f"c{number}", "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "provider": provider, "model": model,
            "input_tokens": size(240_000), "output_tokens": dice.randrange(4_000), "cache_read_tokens": size(120_000)}
    if provider == "anthropic":
        call["cache_write_5m_tokens"], call["cache_write_1h_tokens"] = size(20_000), size(9_000)
    if dice.random() < 0.3:
        call["service_tier"] = "batch"
    return {key: value for key, value in call.items() if value != 0}


def count(call, name):
    return call.get(f"{name}_tokens", 0)


def is_batch(call):
    return call.get("service_tier") == "batch"


def of_genai(call):
    from genai_prices import Usage, calc_price

    written = {"cache_write_5m_tokens": count(call, "cache_write_5m"), "cache_write_1h_tokens": count(call, "cache_write_1h")}
    whole = sum(written.values())
    fields = {"input_tokens": count(call, "input") + count(call, "cache_read") + whole, "output_tokens": count(call, "output"),
              "cache_read_tokens": count(call, "cache_read"), "cache_write_tokens": whole, **written}
    moment = datetime.datetime.fromisoformat(call["time"].replace("Z", "+00:00"))
    usage = Usage(**{name: value for name, value in fields.items() if value or name in ("input_tokens", "output_tokens")})
    try:
        priced = calc_price(usage, call["model"], provider_id=PROVIDERS[call["provider"]][0],
                            genai_request_timestamp=moment,
                            price_context={"processing": "batch"} if is_batch(call) else None)
    except Exception:  # noqa: BLE001 - whatever it says, it has no price
        return None
    return Decimal(priced.total_price)


def of_litellm(call):
    import litellm
    from litellm.cost_calculator import batch_cost_calculator
    from litellm.types.utils import CacheCreationTokenDetails, PromptTokensDetailsWrapper, Usage

    litellm.suppress_debug_info = True
    short, long, read = (count(call, name) for name in ("cache_write_5m", "cache_write_1h", "cache_read"))
    lifetimes = CacheCreationTokenDetails(ephemeral_5m_input_tokens=short, ephemeral_1h_input_tokens=long)
    details = PromptTokensDetailsWrapper(cached_tokens=read, cache_creation_tokens=short + long, text_tokens=count(call, "input"),
                                         cache_creation_token_details=lifetimes if short + long else None)
    whole = count(call, "input") + read + short + long
    usage = Usage(prompt_tokens=whole, completion_tokens=count(call, "output"), total_tokens=whole + count(call, "output"),
                  prompt_tokens_details=details, cache_read_input_tokens=read, cache_creation_input_tokens=short + long)
    named = {"model": call["model"], "custom_llm_provider": PROVIDERS[call["provider"]][1]}
    try:
        litellm.get_model_info(**named)
        with pinned(call["time"]):
            if is_batch(call):
                parts = batch_cost_calculator(usage=usage, **named)
            else:
                parts = litellm.cost_per_token(usage_object=usage, **named)
    except Exception:  # noqa: BLE001
        return None
    return round(Decimal(repr(sum(parts))), 12)


def pinned(time):
    """The clock of LiteLLM at the time of a call, where a release lets it be set: prices by the hour."""
    try:
        from litellm._internal_context import pinned_billing_time
    except ImportError:
        from contextlib import nullcontext as pinned_billing_time
    return pinned_billing_time(datetime.datetime.fromisoformat(time.replace("Z", "+00:00")))


def of_llmcost(llmcost, work, calls):
    log = Path(work) / "calls.jsonl"
    log.write_text("".join(json.dumps(call) + "\n" for call in calls))
    words = [llmcost, "analyze", log, "--by", "case", "--top", "0", "--json", "--quiet"]
    report = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    assert report["input"]["records"] == len(calls), report["input"]
    found = {}
    for group in report["groups"]:
        cost = group["cost_usd"]
        found[group["key"]["case"]] = None if cost is None else Decimal(cost)
    return found


def verdict(verdicts, call):
    """The verdict that is for a call, if there is one."""
    cached = any(count(call, name) for name in ("cache_read", "cache_write_5m", "cache_write_1h"))
    prompt = sum(count(call, name) for name in ("input", "cache_read", "cache_write_5m", "cache_write_1h"))
    for one in verdicts:
        is_meant = one["provider"] == call["provider"] and call["model"] in one["models"]
        lane = "batch" if is_batch(call) else "sync"
        if is_meant and one["when"] in ("any", lane) and one.get("cached", cached) == cached \
                and prompt > one.get("prompt_above", -1) and prompt <= one.get("prompt_up_to", prompt):
            return one
    return None


def by_its_prices(stated, call):
    """What a call costs at the prices of a verdict: cached tokens without one of their own are input."""
    prompt = sum(count(call, name) for name in ("input", "cache_read", "cache_write_5m", "cache_write_1h"))
    prices = stated["prices"]
    for band in stated.get("bands", []):
        if prompt > band["above"]:
            prices = band["prices"]
    whole = Decimal(stated.get("request", 0)) / 1000
    for name in ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output"):
        tokens = count(call, name)
        price = prices.get(name, None if name == "output" else prices.get("input"))
        if tokens and price is None:
            return None
        whole += tokens * Decimal(price or 0) / 1_000_000
    return whole


def near(one, other):
    return one is not None and other is not None and abs(one - other) <= NOISE * max(1, abs(one))


def has_known_fault(call):
    """LiteLLM 1.109.1 bills writes for an hour in a batch like those for five minutes."""
    return call["provider"] == "anthropic" and is_batch(call) and count(call, "cache_write_1h") > 0


def outcome(call, ours, genai, litellm, verdicts):
    """What became of a call, and whether that is wrong."""
    if genai is None and litellm is None:
        return "no library has a price", False
    if near(genai, litellm):
        if near(ours, genai):
            return "all three agree", False
        return "WRONG: both libraries agree on another cost", True
    stated = verdict(verdicts, call)
    follows = "genai-prices" if near(ours, genai) else "litellm" if near(ours, litellm) else \
        "unpriced" if ours is None else "neither"
    if stated is None:
        both = genai is not None and litellm is not None
        what = "the libraries differ" if both else f"only {'litellm' if genai is None else 'genai-prices'} has a price"
        return f"no verdict, {what}; llmcost: {follows}", False
    if stated["right"] == follows or (stated["right"] == "neither" and near(ours, by_its_prices(stated, call))):
        return f"verdict ({stated['right']}): {stated['because']}", False
    return f"WRONG: the verdict says {stated['right']}, llmcost {follows}: {stated['because']}", True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llmcost")
    parser.add_argument("--work")
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", action="store_true", help="show a call of each model without a verdict")
    parser.add_argument("--needs", help="print what a package needs, without versions, and stop")
    args = parser.parse_args()
    if args.needs:
        from importlib.metadata import requires

        needed = {re.split(r"[<>=!~; ]", one)[0] for one in requires(args.needs) if "extra" not in one}
        print("\n".join(sorted(needed)))
        return
    dice = random.Random(args.seed)
    known = models(args.llmcost)
    calls = [random_call(number, dice, known) for number in range(args.calls)]
    ours = of_llmcost(args.llmcost, args.work, calls)
    verdicts = tomllib.loads((ROOT / "tests/pricing/verdicts.toml").read_text())["verdict"]
    tally, wrong, models_of, examples = Counter(), [], {}, {}
    for call in calls:
        genai, litellm = of_genai(call), of_litellm(call)
        if has_known_fault(call) and litellm is not None:
            short = {**call, "cache_write_5m_tokens": count(call, "cache_write_5m") + count(call, "cache_write_1h"),
                     "cache_write_1h_tokens": 0}
            assert near(litellm, of_litellm(short)), f"the fault is mended: {call}"
            litellm = None
        what, is_wrong = outcome(call, ours[call["case"]], genai, litellm, verdicts)
        tally[what] += 1
        models_of.setdefault(what, set()).add(f"{call['provider']}/{call['model']}")
        said = f"llmcost {ours[call['case']]}, genai-prices {genai}, litellm {litellm}"
        examples.setdefault((what, call["provider"], call["model"]), f"{json.dumps(call)}: {said}")
        if is_wrong:
            wrong.append((call, ours[call["case"]], genai, litellm))
    print(f"{len(calls)} random calls over {len(known)} models (seed {args.seed})")
    for what, number in tally.most_common():
        print(f"{number:6}  {len(models_of[what]):3} models  {what}")
    if args.examples:
        for (what, *_), said in sorted(examples.items()):
            if what.startswith("no verdict"):
                print(f"{what}: {said}")
    for call, mine, genai, litellm in wrong[:20]:
        print(f"wrong: {json.dumps(call)}: llmcost {mine}, genai-prices {genai}, litellm {litellm}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
