#!/usr/bin/env bash
# How fast a large log is read, beside `wc -l` and DuckDB on the same file.
#
#   benches/read.sh [SIZE] [ROUNDS]          1GB and 5 rounds unless told otherwise
#   benches/read.sh --instructions [SIZE]    instructions per record, counted by valgrind; 4MB
#
# LLMCOST=PATH measures another binary than the one built here; DUCKDB=no leaves DuckDB out.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if [ -z "${LLMCOST:-}" ]; then
    cargo build --release --quiet --manifest-path "$here/../Cargo.toml"
    target=${CARGO_TARGET_DIR:-$here/../target}
    LLMCOST=$target/release/llmcost
fi

# Instructions of one run over a file; unlike time, the same on a busy machine.
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$LLMCOST" analyze "$1" --json --quiet --threads 1 2>"$folder/valgrind.txt" >/dev/null
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$folder/valgrind.txt" | grep . ||
        { cat "$folder/valgrind.txt" >&2; return 1; }
}

if [ "${1:-}" = --instructions ]; then
    if ! command -v valgrind >/dev/null; then
        echo "valgrind is not installed" >&2
        exit 1
    fi
    log=$folder/log.jsonl
    python3 "$here/scale.py" "${2:-4MB}" >"$log"
    head -n 1 "$log" >"$folder/one.jsonl"
    records=$(wc -l <"$log")
    bytes=$(wc -c <"$log")
    start=$(instructions "$folder/one.jsonl")
    all=$(instructions "$log")
    # The cost of starting is that of a log with one record.
    echo "start:          $start instructions"
    echo "per record:     $(((all - start) / (records - 1))) instructions"
    echo "per 1000 bytes: $(((all - start) * 1000 / bytes)) instructions"
    exit
fi

log=$folder/log.jsonl
python3 "$here/scale.py" "${1:-1GB}" >"$log"
commands=(
    "wc -l" "wc -l $log"
    "llmcost, 1 thread" "$LLMCOST analyze $log --json --quiet --threads 1"
    "llmcost, all threads" "$LLMCOST analyze $log --json --quiet"
)
if [ "${DUCKDB:-yes}" != no ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb
    duckdb="$folder/venv/bin/python $here/aggregate_with_duckdb.py $log"
    commands+=("DuckDB, 1 thread" "$duckdb 1" "DuckDB, all threads" "$duckdb")
fi
python3 "$here/measure.py" "$log" "${2:-5}" "${commands[@]}"
