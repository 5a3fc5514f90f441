#!/bin/sh
# Counts which lines and regions of the sources the tests come by, and says how many of each room.
#
#     tests/coverage/run.sh [--rooms "units pricing"] [ARGUMENT OF CARGO TEST...]
#
# Without arguments: the unit tests and those of `tests/` that run the library in their own process.
# Arguments go to `cargo test`: `--lib pricing` counts what the unit tests of one room come by. --rooms
# limits the table, not the tests. Needs the component llvm-tools of rustup.
#
# Only this crate is built with counters: a wrapper around rustc adds the flag for members of the
# workspace alone, so that dependencies stay as the release build left them. The counted build has a
# profile setting of its own and does not take the place of the usual one, but for the tests in the target
# folder. LLMCOST_COVERAGE_WORK names a folder that is kept, with counts and a page for each file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
rooms=
if [ "${1:-}" = --rooms ]; then
    rooms=$2
    shift 2
fi
[ $# -gt 0 ] || set -- --lib --test pricing
if [ -n "${LLMCOST_COVERAGE_WORK:-}" ]; then
    work=$LLMCOST_COVERAGE_WORK
    mkdir -p "$work"
    rm -rf "$work/counts"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
fi
tools=$(rustc --print target-libdir)/../bin
[ -x "$tools/llvm-cov" ] || {
    echo 'llvm-cov is missing: rustup component add llvm-tools' >&2
    exit 2
}

cd "$project"
# Binaries keep the names of functions, which `strip` of the profile would take.
export RUSTC_WORKSPACE_WRAPPER="$here/rustc.sh" LLVM_PROFILE_FILE="$work/counts/%p-%4m.profraw"
export CARGO_INCREMENTAL=0 INSTA_UPDATE=no
flags='--release --locked --config profile.release.package.llmcost.opt-level=0'
flags="$flags --config profile.release.package.llmcost.strip=false"
# shellcheck disable=SC2086 # the flags are words
cargo test $flags --no-run "$@" 2>"$work/build.log" || {
    cat "$work/build.log" >&2
    exit 1
}
# shellcheck disable=SC2086
cargo test $flags "$@" >"$work/tests.log" 2>&1 || {
    grep -E 'FAILED|panicked' "$work/tests.log" >&2 || tail "$work/tests.log" >&2
    echo 'some tests failed: what they would have come by is missing' >&2
}
binaries=$(sed -n 's/^ *Executable .*(\(.*\))$/--object \1/p' "$work/build.log")
"$tools/llvm-profdata" merge --sparse "$work"/counts/*.profraw -o "$work/all.profdata"
# shellcheck disable=SC2086
"$tools/llvm-cov" export --summary-only --instr-profile "$work/all.profdata" \
    --ignore-filename-regex '/\.cargo/|/rustc/|_tests\.rs$|/tests\.rs$' $binaries >"$work/coverage.json"
python3 "$here/report.py" "$work/coverage.json" "$project/src" $rooms
