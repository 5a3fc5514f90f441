#!/bin/sh
# Kills runs of every command that writes a file, at random moments: the old file or the new one must be
# there, never a broken one.
#
#     tests/hostile/kill.sh [--runs N] [--seed N] [PROGRAM]
#
# 200 runs unless said otherwise; PROGRAM is target/release/llmcost unless given. Nothing is left behind.
# Ends with 1 when a file is broken.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
options=
while [ $# -gt 0 ] && [ "$1" != "${1#--}" ]; do
    options="$options $1 $2"
    shift 2
done
program=${1:-$here/../../target/release/llmcost}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC2086
python3 "$here/kill.py" --llmcost "$program" --work "$work/runs" $options
