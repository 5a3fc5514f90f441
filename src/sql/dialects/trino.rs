//! Trino, and Athena and Presto, whose SQL is the same here. Sums are decimal: those of `BIGINT` fail
//! when they are too large.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// Times without a zone are in that of the session.
pub(super) static TRINO: Dialect = Dialect {
    name: "trino",
    label: "Trino",
    run: "trino --timezone UTC --output-format CSV_HEADER --file rollup.sql | llmcost analyze -",
    names: Quotes { mark: '"', escape: Escape::Doubled },
    texts: Escape::Doubled,
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
        whole: "CAST({0} AS BIGINT)",
        truncated: "CAST(TRUNCATE({0}) AS BIGINT)",
        text: "CAST({0} AS VARCHAR)",
        money: "TRY_CAST(CAST({0} AS VARCHAR) AS DECIMAL(38, 18))",
        money_in_parts: "TRY_CAST(CAST({0} AS VARCHAR) AS DECIMAL(38, 18)) / DECIMAL '{1}'",
        money_sum: "SUM({0})",
        sum: "SUM(CAST({0} AS DECIMAL(38, 0)))",
        quotient: "{0} / {1}",
        remainder: "{0} % {1}",
        greater: "GREATEST({0}, {1})",
        smaller: "LEAST({0}, {1})",
        moment: "DATE_DIFF('millisecond', TIMESTAMP '1970-01-01 00:00:00 UTC', {0})",
        read_moment: "DATE_DIFF('millisecond', TIMESTAMP '1970-01-01 00:00:00 UTC', \
                      TRY(FROM_ISO8601_TIMESTAMP(REPLACE({0}, ' ', 'T'))))",
        iso: "DATE_FORMAT(FROM_UNIXTIME_NANOS({0} * 1000000) AT TIME ZONE 'UTC', \
              '%Y-%m-%dT%H:%i:%s.%fZ')",
        joined: "ARRAY_JOIN(ARRAY_AGG({0}), ' ')",
        is_digits: "REGEXP_LIKE({0}, '^[0-9]+$')",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};
