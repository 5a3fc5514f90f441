#!/usr/bin/env bash
# llmcost beside the other programs that can answer the same, on logs that are made for it.
#
#   benches/compare.sh [--quick] [--folder FOLDER] [--records N] [--rounds N] [--only NAME,…] [--print]
#
# Makes a temporary folder, installs DuckDB, Polars, ClickHouse's local engine and frugon from PyPI and
# ccusage from npm into it, writes the logs (5 million flat records, a fifth as many of the larger ones),
# checks that every program finds the same totals, and lets all of them take turns, `wc -l` among them.
# The table goes between the markers of docs/performance.md. What cannot be installed is left out and
# said. --quick takes 100,000 records and three rounds and prints the table: to see that it works, not to
# quote. --folder keeps the folder, and finds again what is in it. It needs Python 3.9, 10 GB of disk
# (TMPDIR says where) and about an hour of a machine that does nothing else.
#
# LLMCOST=PATH measures another binary than the one built here.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder='' arguments=() records=5000000
while [[ $# -gt 0 ]]; do
  case $1 in
    --quick) arguments+=(--records 100k --rounds 3 --print) records=100000 ;;
    --print) arguments+=(--print) ;;
    --folder) folder=${2:?--folder needs a name}; shift ;;
    --records | --rounds | --only) arguments+=("$1" "${2:?$1 needs a value}"); [[ $1 != --records ]] || records=''; shift ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

if [[ -z $folder ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# About 2 kB of logs a record in all; a run that fills the disk says nothing useful.
free=$(($(df -Pk "$folder" | awk 'NR == 2 { print $4 }') / 1000))
if [[ -n $records && $free -lt $((records * 20 / 10000)) ]]; then
  echo "error: $folder has $free MB left, the logs need $((records * 20 / 10000)); set TMPDIR or --folder" >&2
  exit 1
fi

if [[ -z ${LLMCOST:-} ]]; then
  cargo build --release --locked --quiet --manifest-path "$here/../Cargo.toml"
  LLMCOST=${CARGO_TARGET_DIR:-$here/../target}/release/llmcost
fi

missing=$folder/missing.txt
: >"$missing"
leave_out() {
  echo "$1, $2" >>"$missing"
  echo "left out: $1, $2" >&2
}

[[ -x $folder/venv/bin/python ]] || python3 -m venv "$folder/venv"
for package in duckdb polars chdb frugon; do
  "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package" 2>"$folder/pip.txt" ||
    leave_out "$package" "as PyPI did not give it: $(grep -i error "$folder/pip.txt" | tail -n 1 | cut -c 1-120)"
done

ccusage=$folder/npm/node_modules/.bin/ccusage
install_ccusage() {
  mkdir -p "$folder/npm"
  npm install --silent --no-audit --no-fund --prefix "$folder/npm" "$1" >"$folder/npm.txt" 2>&1
}
if ! command -v npm >/dev/null; then
  leave_out ccusage 'as npm is not installed'
elif ! "$ccusage" --version >/dev/null 2>&1; then
  # The package is a starter of a native one, whose newest version can be older.
  if ! install_ccusage ccusage || ! "$ccusage" --version >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # For node to expand.
    native=$(node -p '`@ccusage/ccusage-${process.platform}-${process.arch}`')
    install_ccusage "ccusage@$(npm view "$native" version 2>/dev/null)" && "$ccusage" --version >/dev/null 2>&1 ||
      leave_out ccusage 'as npm did not give a version that starts here'
  fi
fi

python3 "$here/compare.py" "$folder" "$LLMCOST" ${arguments[@]+"${arguments[@]}"}
