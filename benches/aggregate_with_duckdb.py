#!/usr/bin/env python3
"""What llmcost is measured against: the token sums by model and call type, by DuckDB.

    python aggregate_with_duckdb.py FILE [THREADS]

The columns and their types are given, so that DuckDB neither guesses them nor reads others.
"""

import sys

import duckdb

COUNTS = ["input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
          "output_tokens", "reasoning_tokens"]


def main():
    connection = duckdb.connect()
    if len(sys.argv) > 2:
        connection.execute(f"set threads = {int(sys.argv[2])}")
    columns = {"model": "VARCHAR", "call_type": "VARCHAR", **dict.fromkeys(COUNTS, "BIGINT")}
    sums = ", ".join(f"sum({name})" for name in COUNTS)
    query = (f"select model, call_type, count(*), {sums} "
             f"from read_json(?, format = 'newline_delimited', columns = {columns}) "
             "group by all order by all")
    for row in connection.execute(query, [sys.argv[1]]).fetchall():
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
