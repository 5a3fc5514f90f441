//! `ClickHouse`: its integers wrap silently, so sums are made in 128 bits and casts are checked.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// Large numbers are signed, or none of their type would fit those of a column. Neighbours are
/// nullable: otherwise the row before the first one would have a zero.
pub(super) static CLICKHOUSE: Dialect = Dialect {
    name: "clickhouse",
    label: "ClickHouse",
    run: "clickhouse-client --queries-file rollup.sql --format CSVWithNames | llmcost analyze -",
    names: Quotes { mark: '`', escape: Escape::Backslash },
    texts: Escape::Backslash,
    table_parts: 2,
    column_parts: 8,
    stores_capitals: false,
    inlined: "",
    has_mixed_times: false,
    no_number: None,
    large_number: "toInt64({0})",
    neighbours: "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    end: "\nSETTINGS prefer_column_name_to_alias = 1",
    forms: Forms {
        whole: "accurateCast({0}, 'Nullable(Int64)')",
        truncated: "accurateCast(trunc({0}), 'Nullable(Int64)')",
        text: "CAST({0} AS Nullable(String))",
        money: "toDecimal128OrNull(CAST({0} AS Nullable(String)), 18)",
        money_in_parts: "toDecimal128OrNull(CAST({0} AS Nullable(String)), 18) / {1}",
        money_sum: "SUM({0})",
        sum: "SUM(toInt128({0}))",
        quotient: "intDiv({0}, {1})",
        remainder: "{0} % {1}",
        greater: "greatest({0}, {1})",
        smaller: "least({0}, {1})",
        moment: "toUnixTimestamp64Milli(toDateTime64({0}, 3, 'UTC'))",
        read_moment: "toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull({0}, 3, 'UTC'))",
        iso: "concat(replaceOne(toString(fromUnixTimestamp64Milli({0}, 'UTC')), ' ', 'T'), 'Z')",
        joined: "arrayStringConcat(groupArray({0}), ' ')",
        is_digits: "match({0}, '^[0-9]+$')",
        previous: "lagInFrame(toNullable({0}))",
        next: "leadInFrame(toNullable({0}))",
    },
};
