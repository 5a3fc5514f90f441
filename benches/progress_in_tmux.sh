#!/usr/bin/env bash
# Shows the progress bars as a terminal shows them: makes a big log, runs llmcost on it in tmux, and
# prints the last line of the screen a few times, then the whole screen when the run has ended.
#
#   benches/progress_in_tmux.sh [LLMCOST] [CALLS]
#
# Needs tmux and python3. The last screen must have no bar left on it.
set -eu

program=$(realpath "${1:-target/release/llmcost}")
calls=${2:-2000000}
folder=$(mktemp -d)
session="llmcost-progress-$$"
trap 'tmux kill-session -t "$session" 2>/dev/null || true; rm -rf "$folder"' EXIT

python3 - "$calls" > "$folder/usage.jsonl" <<'PYTHON'
import sys

for number in range(int(sys.argv[1])):
    day, second = 1 + number % 28, number % 86400
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    print(
        f'{{"time":"2026-10-{day:02}T{clock}Z","provider":"anthropic","model":"claude-haiku-4-5",'
        f'"call_type":"chat","conversation":"c{number % 997}","request_id":"r{number}",'
        f'"input_tokens":{2000 + number % 500},"output_tokens":{100 + number % 90}}}'
    )
PYTHON
gzip -k -1 "$folder/usage.jsonl"

# Runs one command and prints frames of it.
show() {
    local title=$1 width=$2
    shift 2
    echo "== $title, $width columns"
    tmux kill-session -t "$session" 2>/dev/null || true
    tmux new-session -d -s "$session" -x "$width" -y 12 -c "$folder" \
        "$* > $folder/report.txt; echo ended with \$?; sleep 600"
    for _ in $(seq 1 600); do
        sleep 0.5
        frame=$(tmux capture-pane -p -t "$session" | grep -v '^$' || true)
        case "$frame" in
        *"ended with"*) break ;;
        "") ;;
        *) echo "$frame" ;;
        esac
    done
    echo "-- the screen at the end"
    tmux capture-pane -p -t "$session" | grep -v '^$' || true
}

show "reading a file" 100 "$program analyze usage.jsonl"
show "reading a compressed file" 80 "$program analyze usage.jsonl.gz"
show "reading and replaying" 100 "$program simulate usage.jsonl --cache replay --batch 0.5"
show "an error in the end" 80 "$program analyze usage.jsonl --by nothing"
show "quiet" 80 "$program analyze usage.jsonl --quiet"
