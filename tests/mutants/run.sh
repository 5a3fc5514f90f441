#!/bin/sh
# Changes the code of one room in small ways, each by itself, and says which changes no test of that
# room notices.
#
#     tests/mutants/run.sh ROOM [FLAG OF CARGO-MUTANTS...]
#
# ROOM is a room of ARCHITECTURE.md below `sources`: units, pricing, gate... The flags narrow it down:
# `--file 'src/pricing/c*.rs'`, `--shard 3/20` (a twentieth), `--list`. Ends with 1 when a change
# goes unnoticed that `accepted.toml` does not explain. Needs cargo-mutants (27.1 was used), Python 3.11.
#
# The whole crate takes minutes to build for every change. Imports only go down, so a room is built here
# as a crate of its own, upon a second one that holds the rooms it may import: a change costs a second
# or two. Dependencies come from the target folder of the release build, which is compiled only once;
# CARGO_TARGET_DIR names another. The sources are copied; the originals are left as they are.
# LLMCOST_MUTANTS_WORK names a folder that is kept, with what cargo-mutants wrote in mutants.out.
#
# A change counts as noticed when a unit test of its own room fails, or runs for longer than a minute. No
# change is left out.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
room=$1
shift
if [ -n "${LLMCOST_MUTANTS_WORK:-}" ]; then
    work=$LLMCOST_MUTANTS_WORK
    mkdir -p "$work"
    rm -rf "$work/src" "$work/floor" "$work/build.sh"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
fi

# What the room may import is its row in the table of rooms.
row=$(grep "^| [0-9]* | \`$room\` |" "$project/ARCHITECTURE.md") || {
    echo "$room is no room of ARCHITECTURE.md" >&2
    exit 2
}
below=$(printf '%s\n' "$row" | cut -d '|' -f 4 | tr -d '`,' | sed 's/nothing//')

# The room itself, then the crate below it; both with the dependencies of the whole.
mkdir -p "$work/src" "$work/floor/src"
cp -R "$project/src/$room" "$work/src/"
echo '//! One room.' >"$work/src/lib.rs"
echo '//! The rooms below it.' >"$work/floor/src/lib.rs"
for other in $below; do
    cp -R "$project/src/$other" "$work/floor/src/"
    echo "pub use floor::$other;" >>"$work/src/lib.rs"
    echo "pub mod $other;" >>"$work/floor/src/lib.rs"
done
echo "pub mod $room;" >>"$work/src/lib.rs"
for folder in pricing fixtures docs templates; do
    ln -sfn "$project/$folder" "$work/$folder"
    ln -sfn "$project/$folder" "$work/floor/$folder"
done
cp "$project/Cargo.lock" "$work/"
# Snapshots are named after the library, so it keeps its name. The crates have names of their own,
# because cargo would otherwise take one room's build for another's.
awk '/^\[/ { skip = $0 == "[[bin]]" || $0 == "[[bench]]" } !skip' "$project/Cargo.toml" |
    sed -e "s/^name = \"llmcost\"/name = \"mutants-$room\"/" \
        -e 's/^\[lib\]/[lib]\nname = "llmcost"/' \
        -e "s/^\[dependencies\]/[dependencies]\nfloor = { path = \"floor\", package = \"floor-of-$room\" }/" \
        >"$work/Cargo.toml"
cat >>"$work/Cargo.toml" <<END

# At 1, tests run in half the time, and a build takes no longer than at 0.
[profile.release.package.mutants-$room]
opt-level = 1
[profile.release.package.floor-of-$room]
opt-level = 1
END
awk '/^\[profile/ { exit } /^floor = / { next } { print }' "$work/Cargo.toml" |
    sed -e "s/^name = \"mutants-$room\"/name = \"floor-of-$room\"/" \
        -e 's/^name = "llmcost"/name = "floor"/' >"$work/floor/Cargo.toml"

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$project/target}" CARGO_INCREMENTAL=1
export RUST_BACKTRACE=0 INSTA_UPDATE=no INSTA_WORKSPACE_ROOT="$work" MUTANTS_WORK="$work"
# Properties draw the same values for every change.
export PROPTEST_RNG_SEED=7 PROPTEST_DISABLE_FAILURE_PERSISTENCE=true
export CARGO="$here/cargo.sh"
command -v cargo-mutants >/dev/null || {
    echo 'cargo-mutants is missing: cargo install cargo-mutants' >&2
    exit 2
}
case " $* " in
*' --file'* | *' -f '*) ;;
*) set -- --file "src/$room/**" "$@" ;;
esac
found=0
cargo-mutants mutants --dir "$work" --in-place --no-shuffle --profile release --timeout 60 \
    --cargo-arg=--offline "$@" || found=$?
# 2: some went unnoticed; 3: some ran too long. The report judges both.
case $found in 0 | 2 | 3) ;; *) exit "$found" ;; esac
[ ! -f "$work/mutants.out/outcomes.json" ] || python3 "$here/report.py" "$work/mutants.out"
