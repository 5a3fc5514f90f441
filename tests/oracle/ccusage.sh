#!/bin/sh
# Sessions of Claude Code as ccusage and as llmcost count them: tokens by class, day and model to the
# last one, and cost where both have the same prices.
#
#     tests/oracle/ccusage.sh [--version VERSION] [PROGRAM] [FOLDER…]
#
# ccusage comes from npm into a temporary folder, or into that of LLMCOST_CCUSAGE, which is kept, and runs
# offline with its own prices. Without a FOLDER it reads the sessions of fixtures/formats/claude_code, of
# tests/oracle/sessions.py, which makes some with everything that is counted twice or not at all, and,
# where they are there, those of the reference material (LLMCOST_SHARED). PROGRAM is
# target/release/llmcost unless given. Ends with 1 when a difference has no explanation.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=latest
if [ "${1:-}" = --version ]; then
    version=$2
    shift 2
fi
program=${1:-$here/../../target/release/llmcost}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
rival=${LLMCOST_CCUSAGE:-$work/npm}
ccusage=$rival/node_modules/.bin/ccusage
install() {
    mkdir -p "$rival"
    npm install --silent --no-audit --no-fund --prefix "$rival" "$1" >"$work/npm.txt" 2>&1
}
if ! "$ccusage" --version >/dev/null 2>&1; then
    # The package starts a native one, whose newest version can be older.
    if ! install "ccusage@$version" || ! "$ccusage" --version >/dev/null 2>&1; then
        # shellcheck disable=SC2016 # For node to expand.
        native=$(node -p '`@ccusage/ccusage-${process.platform}-${process.arch}`')
        install "ccusage@$(npm view "$native" version)"
    fi
fi
python3 "$here/ccusage.py" --llmcost "$program" --ccusage "$ccusage" --work "$work" "$@"
