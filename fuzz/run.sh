#!/usr/bin/env bash
# Runs every fuzzer for so many seconds of a processor, one after the other, and says what came of it.
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
printf '%-10s %10s %12s %8s %s\n' target seconds executions 'a second' findings
for target in "${targets[@]}"; do
  log=fuzz/artifacts/$target.log
  mkdir -p "fuzz/artifacts/$target"
  before=$(find "fuzz/artifacts/$target" -type f | wc -l)
  cargo +nightly fuzz run -O -s none "$target" -- -max_total_time="$seconds" -max_len=40000 \
    -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 >"$log" 2>&1
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  found=$(($(find "fuzz/artifacts/$target" -type f | wc -l) - before))
  printf '%-10s %10s %12s %8s %s\n' "$target" "$seconds" "${runs:-?}" "${speed:-?}" "$found"
done
