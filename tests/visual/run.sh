#!/usr/bin/env bash
# Looks at HTML reports in headless Chromium: pictures (light, dark, phone, print) and axe-core.
#
#     tests/visual/run.sh [FOLDER]
#
# Needs the program at target/release/llmcost (or LLMCOST), Node 20 or later, and Debian's packages
# `chromium` and `poppler-utils`. Writes pages and pictures to FOLDER (target/visual) to be looked at.
# axe-core comes from AXE, or from npm into a folder that is removed afterwards; without it the run
# fails, loudly. Fails on an error on a page, anything a page loads, overflow, or a serious finding.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-target/visual}
program=${LLMCOST:-target/release/llmcost}
node="node --no-warnings"
$node -e 'process.exit(typeof WebSocket === "undefined" ? 1 : 0)' || node="$node --experimental-websocket"
mkdir -p "$folder"
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

"$program" simulate --demo --cache-hit 0.9 --batch report --tier 0.4=claude-haiku-4-5 --discount 5% --quiet -o "$folder/simulate.html"
"$program" analyze --demo --quiet -o "$folder/analyze.html"
"$program" prices list --format html > "$folder/prices.html"
head -n 1 < <("$program" convert --demo --format jsonl) > "$temporary/one.jsonl"
"$program" analyze "$temporary/one.jsonl" --quiet -o "$folder/one-call.html"
"$program" simulate "$temporary/one.jsonl" --batch no_such_type --quiet -o "$folder/nothing-saved.html"
sed 's/"model":"[^"]*"/"model":"<script>alert(1)<\/script>"/' "$temporary/one.jsonl" > "$temporary/unknown.jsonl"
"$program" analyze "$temporary/unknown.jsonl" --quiet -o "$folder/unpriced.html"
pages=("$folder"/*.html)

$node tests/visual/screenshots.mjs "$folder" "${pages[@]}"

if [ -z "${AXE:-}" ]; then
  if ! (cd "$temporary" && npm pack --silent axe-core@4 > name && tar xzf "$(tail -n 1 name)" package/axe.min.js) 2> "$temporary/npm"; then
    cat "$temporary/npm" >&2
    echo "axe-core was NOT run: npm cannot fetch it; set AXE to an axe.min.js" >&2
    exit 1
  fi
  AXE=$temporary/package/axe.min.js
fi
$node tests/visual/accessibility.mjs "$AXE" "${pages[@]}"
