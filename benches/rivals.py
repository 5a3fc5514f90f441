#!/usr/bin/env python3
"""What llmcost is measured against: the token sums by model and call type, by another engine.

    python3 rivals.py duckdb|polars|clickhouse LAYOUT FILE [--once]

LAYOUT is flat, csv, claude or openai of `generate.py`, or parquet of `llmcost convert`. `--once` counts
each request id once, and of several snapshots of an answer the largest. Every engine is told the columns
that it needs and their types, so that none guesses them or reads others, and may use all cores. Prints
model, call type, calls, uncached input, cache reads, cache writes and output, separated by tabs.
"""

import sys

SUMS = ["input", "reads", "writes", "output"]
# Where they are in flat records and in those of Claude Code, and in what llmcost writes.
COUNTS = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"]
PARQUET_COUNTS = ["input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "output_tokens"]
TEXTS = ["model", "call_type", "request_id"]
CSV = ["timestamp", "model", "call_type", "product", "session_id", "request_id", *COUNTS, "status", "latency_ms"]

# From each layout, the same seven columns. `{source}` is how an engine reads a file.
SELECT = {
    "flat": "select model, call_type, request_id as id, input_tokens as input, cache_read_input_tokens as reads, "
            "cache_creation_input_tokens as writes, output_tokens as output from {source}",
    "parquet": "select model, call_type, request_id as id, input_tokens as input, "
               "coalesce(cache_read_tokens, 0) as reads, coalesce(cache_write_5m_tokens, 0) as writes, output_tokens as output from {source}",
    "claude": "select message.model as model, {side} as call_type, message.id || requestId as id, "
              "message.usage.input_tokens as input, message.usage.cache_read_input_tokens as reads, "
              "message.usage.cache_creation_input_tokens as writes, message.usage.output_tokens as output "
              "from {source} where type = 'assistant'",
    "openai": "select model, metadata.call_type as call_type, id, "
              "usage.prompt_tokens - usage.prompt_tokens_details.cached_tokens as input, "
              "usage.prompt_tokens_details.cached_tokens as reads, 0 as writes, "
              "usage.completion_tokens as output from {source}",
}
SELECT["csv"] = SELECT["flat"]
SIDE = "case when isSidechain then 'sub-agent' else 'main' end"


def statement(layout, source, once, any_value):
    """The question in SQL."""
    rows = SELECT[layout].format(source=source, side=SIDE)
    if once:
        largest = ", ".join(f"max({name}) as {name}" for name in SUMS)
        rows = (f"select {any_value}(r.model) as model, {any_value}(r.call_type) as call_type, {largest} "
                f"from ({rows}) as r group by r.id").replace("max(", "max(r.")
    sums = ", ".join(f"sum(s.{name})" for name in SUMS)
    return f"select s.model, s.call_type, count(*), {sums} from ({rows}) as s group by s.model, s.call_type"


def fields(layout, text, count, truth, record):
    """Name and type of each column that is needed, in the words of an engine."""
    if layout == "flat":
        return {**dict.fromkeys(TEXTS, text), **dict.fromkeys(COUNTS, count)}
    if layout == "csv":
        return {name: count if name in COUNTS or name == "latency_ms" else text for name in CSV}
    if layout == "claude":
        usage = record(dict.fromkeys(COUNTS, count))
        return {"type": text, "isSidechain": truth, "requestId": text,
                "message": record({"model": text, "id": text, "usage": usage})}
    details = record({"cached_tokens": count})
    usage = record({"prompt_tokens": count, "completion_tokens": count, "prompt_tokens_details": details})
    return {"model": text, "id": text, "metadata": record({"call_type": text}), "usage": usage}


def duckdb(layout, path, once):
    import duckdb

    def record(parts):
        return "STRUCT(" + ", ".join(f'"{name}" {kind}' for name, kind in parts.items()) + ")"

    place = "'" + path.replace("'", "''") + "'"
    if layout == "parquet":
        source = f"read_parquet({place})"
    elif layout == "csv":
        columns = fields(layout, "VARCHAR", "BIGINT", "BOOLEAN", record)
        source = f"read_csv({place}, header = true, auto_detect = false, columns = {columns})"
    else:
        columns = fields(layout, "VARCHAR", "BIGINT", "BOOLEAN", record)
        source = f"read_json({place}, format = 'newline_delimited', columns = {columns})"
    return duckdb.connect().execute(statement(layout, source, once, "any_value")).fetchall()


def clickhouse(layout, path, once):
    from chdb import query

    def record(parts):
        return "Tuple(" + ", ".join(f"{name} {kind}" for name, kind in parts.items()) + ")"

    def quoted(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    if layout == "parquet":
        source = f"file({quoted(path)}, Parquet)"
    else:
        columns = fields(layout, "String", "Int64", "Bool", record)
        columns = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        kind = "CSVWithNames" if layout == "csv" else "JSONEachRow"
        source = f"file({quoted(path)}, {kind}, {quoted(columns)})"
    # Columns that were not asked for are not looked at, also within records.
    settings = ("settings input_format_skip_unknown_fields = 1, "
                "input_format_json_ignore_unknown_keys_in_named_tuple = 1")
    found = query(f"{statement(layout, source, once, 'any')} {settings}", "TabSeparated").bytes().decode()
    return [line.split("\t") for line in found.splitlines()]


def polars(layout, path, once):
    import polars as pl

    columns = {} if layout == "parquet" else fields(layout, pl.String, pl.Int64, pl.Boolean, pl.Struct)
    if layout == "parquet":
        frame = pl.scan_parquet(path)
    elif layout == "csv":
        frame = pl.scan_csv(path, schema=columns)
    else:
        frame = pl.scan_ndjson(path, schema=columns)
    model, call_type = pl.col("model"), pl.col("call_type")
    if layout == "claude":
        frame = frame.filter(pl.col("type") == "assistant")
        message = pl.col("message").struct
        model = message.field("model")
        call_type = pl.when(pl.col("isSidechain")).then(pl.lit("sub-agent")).otherwise(pl.lit("main"))
        identity = message.field("id") + pl.col("requestId")
        counts = [message.field("usage").struct.field(name) for name in COUNTS]
    elif layout == "openai":
        call_type, identity = pl.col("metadata").struct.field("call_type"), pl.col("id")
        usage = pl.col("usage").struct
        cached = usage.field("prompt_tokens_details").struct.field("cached_tokens")
        counts = [usage.field("prompt_tokens") - cached, cached, pl.lit(0, pl.Int64), usage.field("completion_tokens")]
    else:
        identity = pl.col("request_id")
        counts = [pl.col(name) for name in (PARQUET_COUNTS if layout == "parquet" else COUNTS)]
    named = [count.alias(name) for count, name in zip(counts, SUMS)]
    frame = frame.select(model.alias("model"), call_type.alias("call_type"), *named, *[identity.alias("id")] * once)
    if once:
        frame = frame.group_by("id").agg(pl.first("model", "call_type"), pl.max(*SUMS))
    frame = frame.group_by("model", "call_type").agg(pl.len().alias("calls"), pl.sum(*SUMS))
    return frame.select("model", "call_type", "calls", *SUMS).collect(engine="streaming").rows()


def main():
    words = [word for word in sys.argv[1:] if word != "--once"]
    engine, layout, path = words
    engine = {"duckdb": duckdb, "polars": polars, "clickhouse": clickhouse}[engine]
    for row in sorted(tuple(map(str, row)) for row in engine(layout, path, "--once" in sys.argv)):
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
