#!/usr/bin/env bash
# Runs every fuzzer for so many seconds of a processor, one after the other, and says what came of it; one
# that finds something ends there.
#
#   fuzz/run.sh SECONDS [TARGET…]
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${1:?say for how many seconds each}
shift
cd "$here/.." || exit 2
mapfile -t all < <(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | tail -n +2)
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=("${all[@]}")
cargo +nightly fuzz build -O -s none || exit 1
printf '%-10s %8s %12s %9s %s\n' target seconds executions 'a second' findings
TIMEFORMAT='%U'
for target in "${targets[@]}"; do
  log=fuzz/artifacts/$target.log
  mkdir -p "fuzz/artifacts/$target"
  before=$(find "fuzz/artifacts/$target" -type f | wc -l)
  # Seconds of a processor, not of a clock: the machine may have other things to do.
  used=$({ time (
    ulimit -t "$seconds"
    cargo +nightly fuzz run -O -s none "$target" -- -max_len=40000 -timeout=120 \
      -rss_limit_mb=6000 -print_final_stats=1 >"$log" 2>&1
  ); } 2>&1 | tail -n 1)
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  [[ -n $runs ]] || runs=$(grep -o '^#[0-9]*' "$log" | tail -n 1 | tr -d '#')
  speed=$(awk -v runs="${runs:-0}" -v used="$used" 'BEGIN { printf "%d", used > 0 ? runs / used : 0 }')
  found=$(($(find "fuzz/artifacts/$target" -type f | wc -l) - before))
  printf '%-10s %8s %12s %9s %s\n' "$target" "$used" "${runs:-?}" "$speed" "$found"
done
