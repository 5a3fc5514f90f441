//! `DuckDB`. Sums of its 64-bit numbers have 128 bits.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// Milliseconds are cut off microseconds: `EPOCH_MS` rounds. A text with an offset is a `TIMESTAMPTZ`:
/// as a `TIMESTAMP` its offset would be passed over.
pub(super) static DUCKDB: Dialect = Dialect {
    name: "duckdb",
    label: "DuckDB",
    run: "duckdb -csv usage.duckdb < rollup.sql | llmcost analyze -",
    names: Quotes { mark: '"', escape: Escape::Doubled },
    texts: Escape::Doubled,
    table_parts: 3,
    column_parts: 8,
    stores_capitals: false,
    inlined: "NOT MATERIALIZED ",
    has_mixed_times: false,
    no_number: None,
    large_number: "{0}",
    neighbours: "",
    end: ";",
    forms: Forms {
        whole: "CAST({0} AS BIGINT)",
        truncated: "CAST(TRUNC({0}) AS BIGINT)",
        text: "CAST({0} AS VARCHAR)",
        money: "TRY_CAST(CAST({0} AS VARCHAR) AS DECIMAL(38, 18))",
        money_in_parts: "CAST(TRY_CAST(CAST({0} AS VARCHAR) AS DECIMAL(38, 18)) \
                         * (1000000 // {1}) AS DECIMAL(38, 18)) * 0.000001",
        money_sum: "SUM({0})",
        sum: "SUM({0})",
        quotient: "{0} // {1}",
        remainder: "{0} % {1}",
        greater: "GREATEST({0}, {1})",
        smaller: "LEAST({0}, {1})",
        moment: "EPOCH_US({0}) // 1000",
        read_moment: "CASE WHEN REGEXP_MATCHES({0}, ':[0-9][0-9].*([zZ]|UTC|[+-][0-9:]+)$') \
                      THEN EPOCH_US(TRY_CAST({0} AS TIMESTAMPTZ)) \
                      ELSE EPOCH_US(TRY_CAST({0} AS TIMESTAMP)) END // 1000",
        iso: "STRFTIME(EPOCH_MS({0}), '%Y-%m-%dT%H:%M:%S.%gZ')",
        joined: "STRING_AGG({0}, ' ')",
        is_digits: "REGEXP_FULL_MATCH({0}, '[0-9]+')",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};
