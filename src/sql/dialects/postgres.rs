//! `PostgreSQL` 14 and later, and what speaks its SQL. Sums of its 64-bit numbers are `numeric`.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// `EXTRACT(EPOCH …)` takes a timestamp without a zone for UTC, whatever the zone of the session.
pub(super) static POSTGRES: Dialect = Dialect {
    name: "postgres",
    label: "PostgreSQL",
    run: "psql --quiet --csv --file rollup.sql DATABASE | llmcost analyze -",
    names: Quotes { mark: '"', escape: Escape::Doubled },
    texts: Escape::Doubled,
    table_parts: 3,
    column_parts: 1,
    stores_capitals: false,
    inlined: "NOT MATERIALIZED ",
    has_mixed_times: false,
    no_number: None,
    large_number: "{0}",
    neighbours: "",
    end: ";",
    forms: Forms {
        whole: "CAST({0} AS bigint)",
        truncated: "CAST(TRUNC({0}) AS bigint)",
        text: "CAST({0} AS text)",
        money: "CAST(NULLIF(NULLIF(CAST({0} AS text), ''), 'NaN') AS numeric)",
        money_in_parts: "CAST(NULLIF(NULLIF(CAST({0} AS text), ''), 'NaN') AS numeric) / {1}",
        money_sum: "SUM({0})",
        sum: "SUM({0})",
        quotient: "{0} / {1}",
        remainder: "MOD({0}, {1})",
        greater: "GREATEST({0}, {1})",
        smaller: "LEAST({0}, {1})",
        moment: "CAST(FLOOR(EXTRACT(EPOCH FROM {0}) * 1000) AS bigint)",
        read_moment: "CAST(FLOOR(1000 * CASE WHEN {0} ~* ':[0-9][0-9].*(z|utc|[+-][0-9:]+)$' \
                      THEN EXTRACT(EPOCH FROM CAST(NULLIF({0}, '') AS timestamptz)) \
                      ELSE EXTRACT(EPOCH FROM CAST(NULLIF({0}, '') AS timestamp)) END) AS bigint)",
        iso: "TO_CHAR(timestamp '1970-01-01' + {0} * interval '1 millisecond', \
              'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
        joined: "STRING_AGG({0}, ' ')",
        is_digits: "{0} ~ '^[0-9]+$'",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};
