//! Google `BigQuery` (`GoogleSQL`).

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// Sums are `NUMERIC`; money is `BIGNUMERIC`, since `NUMERIC` has nine decimals only.
pub(super) static BIGQUERY: Dialect = Dialect {
    name: "bigquery",
    label: "BigQuery",
    run: "bq query --use_legacy_sql=false --format=csv --max_rows=1000000 < rollup.sql \
          | llmcost analyze -",
    names: Quotes { mark: '`', escape: Escape::Backslash },
    texts: Escape::Backslash,
    table_parts: 3,
    column_parts: 8,
    stores_capitals: false,
    inlined: "",
    has_mixed_times: false,
    no_number: None,
    large_number: "{0}",
    neighbours: "",
    end: ";",
    forms: Forms {
        whole: "CAST({0} AS INT64)",
        truncated: "CAST(TRUNC({0}) AS INT64)",
        text: "CAST({0} AS STRING)",
        money: "ROUND(SAFE_CAST(CAST({0} AS STRING) AS BIGNUMERIC), 18)",
        money_in_parts: "ROUND(SAFE_CAST(CAST({0} AS STRING) AS BIGNUMERIC) / {1}, 18)",
        money_sum: "SUM({0})",
        sum: "SUM(CAST({0} AS NUMERIC))",
        quotient: "DIV({0}, {1})",
        remainder: "MOD({0}, {1})",
        greater: "GREATEST({0}, {1})",
        smaller: "LEAST({0}, {1})",
        moment: "UNIX_MILLIS(TIMESTAMP({0}))",
        read_moment: "UNIX_MILLIS(SAFE_CAST({0} AS TIMESTAMP))",
        iso: "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E3SZ', TIMESTAMP_MILLIS({0}), 'UTC')",
        joined: "STRING_AGG({0}, ' ')",
        is_digits: "REGEXP_CONTAINS({0}, '^[0-9]+$')",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};
