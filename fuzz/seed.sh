#!/usr/bin/env bash
# Fills the corpora of the fuzzers with the beginnings of fixtures, and of the logs of any folder named:
# short inputs are changed more often.
#
#   fuzz/seed.sh [FOLDER…]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for target in both_ways read; do
  mkdir -p "$here/corpus/$target"
done
find "$here/../fixtures" "$@" -type f -size -4000k | while read -r file; do
  name=$(printf %s "$file" | sha256sum | cut -c 1-16)
  for target in both_ways read; do
    head -c 6000 "$file" >"$here/corpus/$target/$name"
  done
done
