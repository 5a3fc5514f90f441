#!/usr/bin/env bash
# Puts a program that was built into an archive with its manual, completions and licences, and writes
# the checksum beside it. The same program gives the same bytes.
#
#   packaging/package.sh target/x86_64-unknown-linux-musl/dist/llmcost x86_64-unknown-linux-musl dist/
set -euo pipefail

if [[ $# -ne 3 ]]; then
  echo 'usage: packaging/package.sh PROGRAM TARGET FOLDER' >&2
  exit 2
fi
program=$(realpath "$1") target=$2
mkdir -p "$3"
out=$(realpath "$3")
root=$(realpath "$(dirname "$0")/..")

version=$("$program" --version | cut -d ' ' -f 2)
name="llmcost-$version-$target"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder="$work/$name"
mkdir -p "$folder/completions" "$folder/man"

install -m 755 "$program" "$folder/llmcost"
cp "$root/README.md" "$root/CHANGELOG.md" "$root/LICENSE" "$root/LICENSE-APACHE" "$root/LICENSE-MIT" "$folder/"
"$program" completions bash >"$folder/completions/llmcost.bash"
"$program" completions zsh >"$folder/completions/_llmcost"
"$program" completions fish >"$folder/completions/llmcost.fish"
"$program" completions powershell >"$folder/completions/_llmcost.ps1"
"$program" completions elvish >"$folder/completions/llmcost.elv"
"$program" man --output "$folder/man" >/dev/null

# No clock, no user and no order of the disk in the archive.
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' \
  --mtime='1980-01-01 00:00:00Z' --directory "$work" "$name" | gzip -9n >"$out/$name.tar.gz"
cd "$out"
sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
cat "$name.tar.gz.sha256"
