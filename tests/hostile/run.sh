#!/bin/sh
# Hostile input: makes every kind of it in a temporary folder, always with good records beside the bad
# ones, runs the program under limits, and prints a line each: input, what happened, exit code, memory
# and time.
#
#     tests/hostile/run.sh [--quick] [--only TEXT] [PROGRAM]
#
# --quick leaves out what is heavy: lines of 1 GiB, a hundred thousand files, millions of names. --only
# takes the rows whose name has TEXT in it. PROGRAM is target/release/llmcost unless given. Nothing is
# left behind. Ends with 1 when a row is not what it should be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
options=
while [ $# -gt 0 ] && [ "$1" != "${1#--}" ]; do
    if [ "$1" = --only ]; then
        only=$2
        shift
    else
        options="$options $1"
    fi
    shift
done
program=${1:-$here/../../target/release/llmcost}
work=$(mktemp -d)
# One row runs as somebody without rights.
chmod 711 "$work"
# What may not be written to may not be removed either.
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC2086
python3 "$here/survey.py" --llmcost "$program" --work "$work" ${only:+--only "$only"} $options
