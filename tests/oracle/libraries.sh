#!/bin/sh
# Random calls as two public price libraries and llmcost price them, call by call.
#
#     tests/oracle/libraries.sh [--calls N] [--seed N] [PROGRAM]
#
# genai-prices and LiteLLM come from PyPI, in the versions that tests/pricing/verdicts.toml was written
# against, into a virtual environment in a temporary folder, or in that of LLMCOST_PRICES_VENV, which is
# kept. Neither is asked for anything over a network. The table says on how many calls all agree, and
# sorts the others by the reason that verdicts.toml gives. PROGRAM is target/release/llmcost unless given.
# Ends with 1 when llmcost differs from what both libraries agree on, or from what a verdict says.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
calls=4000 seed=1
while [ $# -gt 0 ]; do
    case $1 in
    --calls) calls=$2 && shift 2 ;;
    --seed) seed=$2 && shift 2 ;;
    *) break ;;
    esac
done
program=${1:-$here/../../target/release/llmcost}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
venv=${LLMCOST_PRICES_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
if ! "$venv/bin/python" -c 'import genai_prices, litellm' 2>/dev/null; then
    pip() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
    pip genai-prices==0.2.3
    # A package index may lag behind what a release asks for, so its needs go without their versions where
    # they cannot be had.
    pip litellm==1.109.1 2>/dev/null || {
        pip --no-deps litellm==1.109.1
        "$venv/bin/python" "$here/libraries.py" --needs litellm >"$work/needs.txt"
        pip -r "$work/needs.txt"
    }
fi
"$venv/bin/python" "$here/libraries.py" --llmcost "$program" --work "$work" --calls "$calls" --seed "$seed"
