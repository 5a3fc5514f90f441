#!/bin/sh
# Stands in for cargo while `run.sh` tries a change: both for building and for running, cargo looks at
# four hundred dependencies first, which takes longer than the rest. The first build is cargo's; after
# that its last command is repeated. Of the tests, those of the file that was changed are run before the
# others: most changes are noticed by them, in a hundredth of the time.
set -eu
build=$MUTANTS_WORK/build.sh
binary=$MUTANTS_WORK/binary
cd "$MUTANTS_WORK"
case " $* " in
*' --no-run '*)
    if [ -s "$build" ]; then
        # What cargo tells the sources.
        export CARGO_MANIFEST_DIR="$MUTANTS_WORK" CARGO_PKG_NAME=llmcost CARGO_PKG_VERSION=0.0.0
        exec sh "$build"
    fi
    code=0
    cargo "$@" --lib 2>"$MUTANTS_WORK/build.log" || code=$?
    cat "$MUTANTS_WORK/build.log" >&2
    sed -n 's/^ *Executable .*[(`]\(\/[^)`]*\)[)`]$/\1/p' "$MUTANTS_WORK/build.log" >"$binary"
    sed -n 's/^ *Running `\(.* --crate-name llmcost .* --test .*\)`$/\1/p' "$MUTANTS_WORK/build.log" >"$build"
    exit "$code"
    ;;
*' test '*) ;;
*) exec cargo "$@" ;;
esac
export CARGO_MANIFEST_DIR="$MUTANTS_WORK"
tests=$(cat "$binary")
# A change that never stops asking for memory is stopped.
ulimit -v 8000000
changed=$(find src -name '*.rs' -newer binary -printf '%T@ %P\n' | sort -rn | head -1 | cut -d ' ' -f 2)
near=$(printf '%s' "$changed" | sed -e 's/\.rs$//' -e 's/\/mod$//' -e 's/\//::/g')
[ -z "$near" ] || "$tests" "$near::" || exit 1
exec "$tests"
