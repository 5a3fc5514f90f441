#!/usr/bin/env bash
# The second step of action.yml: runs `llmcost check`, shows its result in the log and the summary
# of the job, sets the outputs, and ends as the program ended. Holds to Bash 3.2, which macOS has.
set -euo pipefail

refuse() {
  printf 'exit-code=2\n' >> "$GITHUB_OUTPUT"
  printf '::error title=llmcost check::%s\n' "$1"
  exit 2
}

# Shows a file in the log of the step. It has names out of a usage log, which anyone may have
# written: none of its lines may command the runner.
show() {
  local token
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  cat "$1"
  printf '\n::%s::\n' "$token"
}

# Which kind of error an exit code is.
meaning() {
  case $1 in
    2) printf 'a flag is wrong, or the baseline is of another unit or grouping' ;;
    3) printf 'the log or the baseline is missing or cannot be read' ;;
    4) printf 'no call of the log has a price' ;;
    5) printf 'a result could not be written' ;;
    *) printf 'this should not happen' ;;
  esac
}

summary=${GITHUB_STEP_SUMMARY:-/dev/null}
folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/llmcost-check.XXXXXX")
report=$folder/report.json
errors=$folder/errors.txt
comment=$folder/comment.md

case ${INPUT_FAIL:-true} in
  true | false) ;;
  *) refuse 'the input fail is true or false' ;;
esac

arguments=(check --format json --annotations --comment "$comment")
if [ -n "${INPUT_BASELINE:-}" ]; then
  arguments+=(--baseline "$INPUT_BASELINE")
fi
if [ -n "${INPUT_JUNIT:-}" ]; then
  arguments+=(--junit "$INPUT_JUNIT")
fi

# xargs splits words and takes off quotes as a shell does, and expands nothing.
case ${INPUT_ARGUMENTS:-} in
  *[![:space:]]*)
    words=$folder/words
    if ! printf '%s\n' "$INPUT_ARGUMENTS" | tr -d '\r' | xargs -E '' printf '%s\0' > "$words"; then
      refuse 'a quote in the input arguments is not closed on its line'
    fi
    while IFS= read -r -d '' word; do
      arguments+=("$word")
    done < "$words"
    ;;
esac

# After `--` a log may begin with a dash. A line is one log, spaces and all; patterns are for
# llmcost to expand.
arguments+=(--)
found=0
while IFS= read -r line; do
  line=${line%$'\r'}
  case $line in
    *[![:space:]]*)
      arguments+=("$line")
      found=1
      ;;
  esac
done <<< "${INPUT_LOG:-}"
if [ "$found" = 0 ]; then
  refuse 'the input log is empty'
fi

code=0
"$PROGRAM" "${arguments[@]}" > "$report" 2> "$errors" < /dev/null || code=$?

# 0 is a pass, or a verdict left open without --strict: the report says which. A verdict counts only
# where report and exit code agree, so that nothing else that ends with 1 is taken for one.
verdict=$(sed -n -E '/^ *"verdict": *"/{s/^ *"verdict": *"([a-z]*)".*$/\1/p;q;}' "$report")
case $code-$verdict in
  0-pass | 0-inconclusive | 1-fail | 6-inconclusive) ;;
  *) verdict= ;;
esac

if [ -s "$errors" ]; then
  show "$errors"
fi
if [ -z "$verdict" ]; then
  comment=
  {
    printf '**llmcost check** could not judge the log (exit code %s).\n\n' "$code"
    sed 's/^/    /' "$errors"
  } >> "$summary"
else
  show "$comment"
  cat "$comment" >> "$summary"
fi
grep -E '^::(error|warning|notice)( [^:]*)?::' "$report" || true

{
  printf 'verdict=%s\n' "$verdict"
  printf 'exit-code=%s\n' "$code"
  printf 'comment=%s\n' "$comment"
} >> "$GITHUB_OUTPUT"

case $verdict-$code-${INPUT_FAIL:-true} in
  -[016]-*)
    printf '::error title=llmcost check::exit code %s, and no verdict in the report\n' "$code"
    [ "$code" != 0 ] || code=5
    ;;
  -*) printf '::error title=llmcost check::exit code %s: %s\n' "$code" "$(meaning "$code")" ;;
  *-false) code=0 ;;
esac
exit "$code"
