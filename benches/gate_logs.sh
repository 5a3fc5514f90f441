#!/bin/sh
# Brings public logs into llmcost's own form, for gate_simulation.py.
#
#   benches/gate_logs.sh LLMCOST TRACES FOLDER
#
# TRACES holds, where they were downloaded: azure/AzureLLMInferenceTrace_{code,conv}.csv
# (Azure/AzurePublicDataset), mooncake/conversation_trace.jsonl.gz (kvcache-ai/Mooncake), and calls/,
# one JSON record a call with `session`, `model` and tokens: deepseek__mini-swe-agent.jsonl.gz
# (SWE-agent/mini-swe-agent), tau2__submissions.jsonl.gz (sierra-research/tau2-bench), and
# {claude_code,codex,pi}__*.jsonl, sessions of coding agents that were published. What is not there is
# left out. The sample month of fixtures/ is always made.
set -eu
llmcost=$1 traces=$2 folder=$3
mkdir -p "$folder"
here=$(cd "$(dirname "$0")/.." && pwd)

convert() {
    name=$1
    shift
    "$llmcost" convert --quiet -o "$folder/$name.jsonl" "$@"
}

convert month "$here/fixtures/usage.jsonl.gz"
for part in code conv; do
    file="$traces/azure/AzureLLMInferenceTrace_$part.csv"
    [ ! -f "$file" ] || convert "azure-$part" "$file" --assume-model gpt-4o
done

# A request of Mooncake belongs to the conversation that begins with the same 1,024 tokens: the first
# block is the same in all.
file="$traces/mooncake/conversation_trace.jsonl.gz"
if [ -f "$file" ]; then
    gzip -dc "$file" | python3 -c '
import json, sys
for number, line in enumerate(sys.stdin):
    call = json.loads(line)
    name = (call["hash_ids"][1:2] or [f"alone{number}"])[0]
    print(json.dumps({"model": "gpt-4o", "conversation": f"c{name}",
                      "input_tokens": call["input_length"], "output_tokens": call["output_length"]}))
' > "$folder/mooncake.jsonl"
fi

calls=time=ts,model=model,conversation=session,input_tokens=uncached,cache_read_tokens=read
calls=$calls,cache_write_5m_tokens=w5,cache_write_1h_tokens=w1h,output_tokens=out
calls=$calls,input_includes_cache=false
file="$traces/calls/deepseek__mini-swe-agent.jsonl.gz"
[ ! -f "$file" ] || convert mini-swe "$file" --map "$calls"
file="$traces/calls/tau2__submissions.jsonl.gz"
if [ -f "$file" ]; then
    # The provider of these records is the benchmark.
    gzip -dc "$file" | sed 's/"provider": "tau2", //' > "$folder/tau2.records.jsonl"
    convert tau2 "$folder/tau2.records.jsonl" --map "$calls" --assume-model gpt-4.1 \
        --where "model <> 'openai/gpt-oss-120b'"
    rm "$folder/tau2.records.jsonl"
fi
set -- "$traces"/calls/claude_code__*.jsonl "$traces"/calls/codex__*.jsonl "$traces"/calls/pi__*.jsonl
[ ! -f "$1" ] || convert agents "$@" --map "$calls"
