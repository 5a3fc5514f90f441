#!/usr/bin/env bash
# Fills the corpora of the fuzzers with the beginnings of fixtures, and of the logs of any folder named:
# short inputs are changed more often.
#
#   fuzz/seed.sh [FOLDER…]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/..

# put TARGET FILE: the beginning of a file becomes an input.
put() {
  mkdir -p "$here/corpus/$1"
  head -c 6000 "$2" >"$here/corpus/$1/$(printf %s "$2" | sha256sum | cut -c 1-16)"
}

find "$root/fixtures" "$@" -type f -size -4000k | while read -r file; do
  for target in both_ways read rollup mapping; do put "$target" "$file"; done
done
find "$root/fixtures" "$root/pricing" "$@" -type f \( -name '*.toml' -o -name '*prices*.json' \) |
  while read -r file; do put prices "$file"; done
# What the short runs begin with: baselines and plans as the program writes them, numbers and times.
LLMCOST_FUZZ_CORPUS=$here/corpus LLMCOST_FUZZ_RUNS=0 \
  cargo test --release --locked --quiet --manifest-path "$root/Cargo.toml" --test fuzz
