#!/usr/bin/env bash
# How large a program is, and how long it takes to say its version: the best of many runs, beside
# those of `true`, which is what the machine itself takes.
#
#   benches/startup.sh target/release/llmcost
set -euo pipefail

program=$(realpath "${1:?usage: benches/startup.sh PROGRAM}")
size=$(stat --format %s "$program")
echo "size        $((size / 1000000)).$((size / 100000 % 10)) MB"

best() {
  local least=999999999 start end
  for _ in $(seq 50); do
    start=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    if ((end - start < least)); then least=$((end - start)); fi
  done
  echo "$((least / 1000000)).$((least / 10000 % 100))"
}

echo "true        $(best true) ms"
echo "--version   $(best "$program" --version) ms"
echo "--help      $(best "$program" analyze --help) ms"
