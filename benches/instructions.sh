#!/usr/bin/env bash
# Instructions per record of the hot loops, counted by valgrind: figures that do not depend on what else
# the machine does. Compares them with benches/instructions.txt.
#
#   benches/instructions.sh [PROGRAM] [--update]      PROGRAM is target/release/llmcost unless given
#
# Each figure is the difference between a larger and a smaller log, divided by the records between them,
# so that starting and the price book do not count. It ends with 1 when a figure is more than 5 % above
# the reference; --update writes the reference anew. Another compiler gives other figures: then they are
# only reported. It builds nothing, and takes some three minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reference=$here/instructions.txt
program=$here/../target/release/llmcost update=no
for word in "$@"; do
  case $word in
    --update) update=yes ;;
    -*) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    *) program=$word ;;
  esac
done
if [[ ! -x $program ]]; then
  echo "error: $program is not there; build it first (cargo build --release)" >&2
  exit 1
fi
program=$(realpath "$program")
if ! command -v valgrind >/dev/null; then
  echo 'error: valgrind is not installed' >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/replay.toml" <<'PLAN'
[prompt_caching]
policy = "replay"
[model_tiering]
share = "0.4"
to = "claude-haiku-4-5"
PLAN
cat >"$folder/attribution.toml" <<'PLAN'
[semantic_cache]
rate = "0.1"
[context_trimming]
rate = "0.2"
[model_tiering]
share = "0.4"
to = "claude-haiku-4-5"
[concise_output]
rate = "0.2"
[output_cap]
tokens = 2000
[batch]
call_types = ["document.summary"]
[prompt_caching]
hit = "0.9"
[provider_discount]
rate = "0.1"
PLAN

# instructions NOTE LAYOUT RECORDS COMMAND…: what one run over the first records of a log takes. The log
# is the last word of the command.
instructions() {
  local note=$folder/$1-$3 log=$folder/$1-$3.log
  head -n "$(($3 + (${#2} == 3)))" "$folder/$2" >"$log"
  # Behind 200,000 calls, columns for a look at single calls are dropped as soon as the thread that sums up
  # has said so: the least of three runs has the fewest calls with them.
  local turns=1 turn
  [[ $3 -le 200000 ]] || turns=3
  : >"$note.counts"
  for ((turn = 0; turn < turns; turn++)); do
    # No settings of this machine: a folder without a configuration, and no variables of llmcost's own.
    (cd "$folder" && env -i PATH="$PATH" valgrind --tool=callgrind --callgrind-out-file=/dev/null \
      "$program" "${@:4}" --threads 1 --json --quiet "$log" 2>"$note.txt" >/dev/null) || {
      cat "$note.txt" >&2
      return 1
    }
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$note.txt" | grep . >>"$note.counts"
  done
  sort -n "$note.counts" | head -n 1 >"$note.count"
}

# figure NAME LAYOUT FEW MANY COMMAND…: one line of the reference.
figure() {
  local name=$1 few many
  instructions "$1" "$2" "$3" "${@:5}" &
  instructions "$1" "$2" "$4" "${@:5}"
  wait $!
  few=$(<"$folder/$name-$3.count") many=$(<"$folder/$name-$4.count")
  echo "$name $(((many - few) / ($4 - $3)))"
}

# Two logs of each layout would differ in more than their length: the smaller is the start of the larger.
# Up to 200,000 calls, and the rest of their chunk, are also looked at one by one; flat and csv are
# longer, so that reading alone counts.
for layout in flat csv; do
  python3 "$here/generate.py" "$layout" 340000 -o "$folder/$layout"
done
for layout in claude openai; do
  python3 "$here/generate.py" "$layout" 10000 -o "$folder/$layout"
done
analyze=(analyze --by 'model,call_type')
found=$folder/found.txt
{
  figure analyze-flat flat 300000 340000 "${analyze[@]}" --keep-duplicates
  figure analyze-flat-once flat 300000 340000 "${analyze[@]}"
  figure analyze-csv csv 300000 340000 "${analyze[@]}" --keep-duplicates
  figure analyze-claude claude 2000 10000 "${analyze[@]}"
  figure analyze-openai openai 2000 10000 "${analyze[@]}"
  figure simulate-replay flat 250 750 simulate --plan "$folder/replay.toml"
  figure simulate-attribution flat 100 300 simulate --plan "$folder/attribution.toml" --attribution
} >"$found"

compiler="$(rustc --version) on $(uname -m)"
if [[ $update = yes ]]; then
  {
    echo '# Instructions per record, written by `benches/instructions.sh --update`. Change them with a commit that'
    echo '# says why they grew.'
    echo "compiler $compiler"
    cat "$found"
  } >"$reference"
fi

status=0 known_compiler=$(sed -n 's/^compiler //p' "$reference")
printf '%-22s %12s %12s %9s\n' 'per record' reference now change
while read -r name now; do
  before=$(sed -n "s/^$name //p" "$reference")
  if [[ -z $before ]]; then
    printf '%-22s %12s %12d %9s\n' "$name" none "$now" -
    continue
  fi
  # In tenths of a percent, rounded down.
  change=$(((now - before) * 1000 / before))
  sign=+ size=$change
  if ((change < 0)); then sign=- size=$((-change)); fi
  printf '%-22s %12d %12d %7s %%\n' "$name" "$before" "$now" "$sign$((size / 10)).$((size % 10))"
  if ((now * 100 > before * 105)); then status=1; fi
done <"$found"
if [[ -z $known_compiler ]]; then
  echo 'no reference yet: --update writes one'
elif [[ $known_compiler != "$compiler" ]]; then
  echo "only reported: the reference is of $known_compiler, this is $compiler"
  status=0
elif [[ $status -eq 1 ]]; then
  echo 'error: a figure grew by more than 5 %; if it must, say why and commit what --update writes' >&2
fi
exit "$status"
