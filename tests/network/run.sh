#!/bin/sh
# Runs every command, in several forms, under strace and fails when one of them asks the system for
# a socket; then all of them again in a namespace that has no network, where that is allowed.
#
#     tests/network/run.sh [PROGRAM]
#
# PROGRAM is target/release/llmcost unless given. Nothing is installed, and what is written goes into a
# temporary folder. Ends with 1 when a command opens a socket, ends with 101 or above, or when the tracing
# itself does not work; with 0 and a word when strace is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/target/release/llmcost}
case $program in /*) ;; *) program=$PWD/$program ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! command -v strace >/dev/null; then
    echo 'left out: strace is not installed'
    exit 0
fi
cd "$root"
log=fixtures/formats/llmcost/usage.jsonl
mkdir "$work/out"

# What is typed, a line each. A `*` in the first column is a command that must open a socket: the one
# flag there is for it, without which this would prove nothing.
cat >"$work/commands" <<END
analyze --demo
analyze $log --deep --show all -v
analyze $log --json
analyze $log --format csv --by day
analyze $log --format markdown --redact
analyze $log -o $work/out/a.html
analyze $log --where input_tokens>0 --since 2026-01-01 --timezone Europe/Berlin
analyze $log --currency EUR=0.92 --invoice 100 --compare-at 2026-10-15
analyze fixtures/usage.csv --threads 2
analyze fixtures/usage.jsonl.gz --deep
analyze fixtures/formats --top 0
analyze fixtures/parquet
analyze no-such-file.jsonl
analyze --no-such-flag
simulate --demo --cache-hit 0.9 --batch report
simulate $log --cache replay --best --retries --trim 8000 --concise 0.2
simulate $log --semantic-cache=0.3 --structured 0.2 --output-cap p95 --tier 0.5=claude-haiku-4-5
simulate $log --discount 10% --json
simulate $log --batch 0.5 -o $work/out/s.html
simulate fixtures/semantic.jsonl --semantic-cache
check fixtures/gate/before.jsonl.gz fixtures/gate/clean.jsonl.gz
check fixtures/gate/before.jsonl.gz fixtures/gate/output.jsonl.gz --annotations --comment $work/out/c.md --junit $work/out/j.xml
check $log --save-baseline $work/out/b.json
check $log --baseline $work/out/b.json --max-cost 500 --budget 50/day
estimate --model claude-sonnet-4-6 --calls-per-day 1000 --input-tokens 2000 --output-tokens 300 --cache-hit 0.9
estimate --model gpt-4o --calls-per-month 1000 --input-tokens 2000 --output-tokens 300 --format html
backtest $log
backtest fixtures/usage.jsonl.gz --hide output=300 --json
plan --example
prices list --provider anthropic
prices list --all --format csv
prices show claude-sonnet-4-6 --json
prices check fixtures/prices/acme.toml
prices diff fixtures/prices/acme.toml builtin
prices diff builtin fixtures/prices/acme.toml $log
prices import fixtures/prices/litellm.json --checked-on 2026-11-10
convert $log --format jsonl
convert $log -o $work/out/calls.csv
convert $log -o $work/out/calls.parquet
convert $log -o $work/out/bill.focus.csv --by call_type
rollup $log -o $work/out/rollup.jsonl
rollup $log --format csv
analyze $work/out/rollup.jsonl
sql --dialect duckdb
sql --dialect postgres --table log
formats
formats --json
formats guess fixtures/guess/abrechnung.csv
formats guess $log --format markdown
config show
config show --json
init $log --print
explain
explain prompt_caching
explain exit-codes
completions bash
completions zsh
man
help
--version
analyze --help
*simulate fixtures/semantic.jsonl --semantic-cache --embed-endpoint http://127.0.0.1:9 --embed-model m
END

failed=0
number=0
while IFS= read -r line; do
    number=$((number + 1))
    must=no
    case $line in \**) must=yes line=${line#\*} ;; esac
    trace=$work/trace.$number
    code=0
    # shellcheck disable=SC2086  # the words of a line are the arguments
    env -i PATH="$PATH" HOME="$work" strace -f -e trace=network -o "$trace" "$program" $line \
        </dev/null >"$work/stdout" 2>"$work/stderr" || code=$?
    if ! grep -q 'exited with' "$trace" 2>/dev/null; then
        echo "left out: strace may not trace here: $(head -c 200 "$work/stderr")"
        exit 0
    fi
    calls=$(grep -cvE '(\+\+\+|---)' "$trace" || true)
    if [ "$code" -ge 101 ]; then
        echo "FAILED     ends with $code: llmcost $line"
        failed=1
    fi
    if [ "$must" = no ] && [ "$calls" -ne 0 ]; then
        echo "FAILED     asks for the network: llmcost $line"
        grep -vE '(\+\+\+|---)' "$trace" | head -3
        failed=1
    fi
    if [ "$must" = yes ] && ! grep -q 'socket(' "$trace"; then
        echo "FAILED     no socket was seen where there is one: llmcost $line"
        failed=1
    fi
done <"$work/commands"
echo "strace     $number commands, one of which was told to open a socket and did"

if unshare -rn true 2>/dev/null; then
    number=0
    while IFS= read -r line; do
        case $line in \**) continue ;; esac
        number=$((number + 1))
        code=0 apart=0
        # shellcheck disable=SC2086
        env -i PATH="$PATH" HOME="$work" "$program" $line </dev/null >"$work/with" 2>/dev/null || code=$?
        # shellcheck disable=SC2086
        env -i PATH="$PATH" HOME="$work" unshare -rn "$program" $line </dev/null >"$work/without" 2>/dev/null || apart=$?
        if [ "$code" -ne "$apart" ] || ! cmp -s "$work/with" "$work/without"; then
            echo "FAILED     differs without a network ($code, $apart): llmcost $line"
            failed=1
        fi
    done <"$work/commands"
    echo "unshare    $number commands say the same bytes in a namespace without a network"
else
    echo 'left out   unshare: no namespace may be made here'
fi
exit "$failed"
