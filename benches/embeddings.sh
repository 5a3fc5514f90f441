#!/usr/bin/env bash
# Vectors of a small real model for the replay of semantic caches, and what a few lines of numpy find.
#
#     benches/embeddings.sh PAIRS.json
#
# PAIRS.json is a list of {"origin": …, "similar": …}: two sentences that mean the same. Installs the
# model (wordllama 0.4.0: static token vectors of 256 numbers, its weights are part of the package) with
# pip into target/embeddings, writes pairs.jsonl (a log with a column `embedding`) and expected.csv
# (hits and right ones by threshold, from an exact search over all stored questions) there.
# `cargo test --release --test cli semantic` then compares the product with it.
set -euo pipefail
pairs=$(realpath "$1")
cd "$(dirname "$0")/.."
folder=target/embeddings
mkdir -p "$folder"
[ -x "$folder/venv/bin/python" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet wordllama==0.4.0.post1
"$folder/venv/bin/python" - "$pairs" "$folder" <<'PYTHON'
import glob, json, sys
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

source, folder = sys.argv[1:]
package = glob.glob(f"{folder}/venv/lib/python3*/site-packages/wordllama")[0]
tokenizer = Tokenizer.from_file(f"{package}/tokenizers/l2_supercat_tokenizer_config.json")
table = next(iter(load_file(f"{package}/weights/l2_supercat_256.safetensors").values())).astype(np.float32)


def vector(text):
    mean = table[tokenizer.encode(text, add_special_tokens=False).ids].mean(axis=0)
    return [round(float(number), 6) for number in mean / (np.linalg.norm(mean) or 1)]


seen, pairs = set(), []
for pair in json.load(open(source)):
    sides = {pair["origin"], pair["similar"]}
    if not sides & seen:
        seen |= sides
        pairs.append(pair)
vectors, labels = [], []
with open(f"{folder}/pairs.jsonl", "w") as log:
    for half, side in enumerate(("origin", "similar")):
        for number, pair in enumerate(pairs):
            second = (half * len(pairs) + number) * 3
            vectors.append(vector(pair[side]))
            labels.append(number)
            log.write(json.dumps({
                "time": f"2026-10-05T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
                "model": "claude-haiku-4-5", "input_tokens": 1000, "output_tokens": 200,
                "prompt": pair[side], "intent": f"pair {number}", "embedding": vectors[-1],
            }) + "\n")
matrix = np.array(vectors)
matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
alike = matrix @ matrix.T
with open(f"{folder}/expected.csv", "w") as expected:
    expected.write("threshold,hits,right,questions\n")
    for threshold in (0.75, 0.80, 0.85, 0.90, 0.92, 0.95, 0.99):
        stored, hits, right = [], 0, 0
        for row in range(len(vectors)):
            nearest = stored[int(np.argmax(alike[row, stored]))] if stored else None
            if nearest is not None and alike[row, nearest] >= threshold:
                hits += 1
                right += labels[nearest] == labels[row]
            else:
                stored.append(row)
        expected.write(f"{threshold:.2f},{hits},{right},{len(pairs)}\n")
        print(f"{threshold:.2f}: {hits} hits, precision {right / max(hits, 1):.3f}, "
              f"recall {right / len(pairs):.3f}")
PYTHON
