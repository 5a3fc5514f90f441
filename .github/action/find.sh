#!/usr/bin/env bash
# The first step of action.yml: finds the program or builds it, and sets the output `program`.
# Holds to Bash 3.2, which macOS has.
set -euo pipefail

refuse() {
  printf '::error title=llmcost check::%s\n' "$1"
  exit 2
}

# A path that still holds when another step starts in another folder.
absolute() {
  case $1 in
    */*) ;;
    *) printf '%s' "$1" && return ;;
  esac
  case $1 in
    /* | [A-Za-z]:*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$PWD" "$1" ;;
  esac
}

# One line about the sources of the action. The folder of a build is named after it, so that a
# cache never hands out the program of another version.
fingerprint() {
  (
    cd "$GITHUB_ACTION_PATH"
    find Cargo.toml Cargo.lock src pricing -type f | LC_ALL=C sort | xargs cksum | cksum |
      tr ' ' '-'
  )
}

# cargo runs in the folder of the action: the toolchain and the settings of the caller's project
# are not meant for it.
build() {
  local root=$1
  if ! command -v cargo > /dev/null; then
    refuse 'there is no llmcost in PATH and no cargo to build it; install one of them, or name the program in the input llmcost'
  fi
  printf '::group::Build llmcost\n'
  (
    cd "$GITHUB_ACTION_PATH"
    cargo install --locked --path "$GITHUB_ACTION_PATH" --root "$root" \
      --target-dir "${RUNNER_TEMP:-/tmp}/llmcost-target"
  )
  printf '::endgroup::\n'
}

named=${INPUT_LLMCOST:-}
if [ -n "$named" ]; then
  case $named in
    *[[:cntrl:]]*) refuse 'the input llmcost is not the path of a program' ;;
  esac
  program=$(command -v -- "$named") || refuse 'the input llmcost names no program that can be run'
elif program=$(command -v llmcost); then
  :
else
  root=${XDG_CACHE_HOME:-$HOME/.cache}/llmcost/$(fingerprint)
  program=$root/bin/llmcost
  [ -x "$program" ] || build "$root"
fi

program=$(absolute "$program")
"$program" --version || refuse 'the program that was found cannot be run'
printf 'program=%s\n' "$program" >> "$GITHUB_OUTPUT"
