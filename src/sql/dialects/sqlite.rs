//! SQLite 3.35 and later: any column holds anything, so each value is looked at.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// Names are between grave accents: between double quotes, one that no column has would be taken for
/// a text. Money is text of 18 decimals, summed in two whole numbers, since there are no decimal ones;
/// a sum of whole numbers that is too large is an error.
pub(super) static SQLITE: Dialect = Dialect {
    name: "sqlite",
    label: "SQLite",
    run: "sqlite3 -csv -header usage.db < rollup.sql | llmcost analyze -",
    names: Quotes { mark: '`', escape: Escape::Doubled },
    texts: Escape::Doubled,
    table_parts: 2,
    column_parts: 1,
    stores_capitals: false,
    inlined: "NOT MATERIALIZED ",
    has_mixed_times: true,
    no_number: Some(-1_000_000_000_000_000_000),
    large_number: "{0}",
    neighbours: "",
    end: ";",
    forms: Forms {
        whole: "CASE WHEN {0} IS NULL OR {0} = '' THEN NULL \
                WHEN TYPEOF({0}) = 'integer' THEN {0} \
                WHEN TYPEOF({0}) = 'real' AND {0} = CAST({0} AS INTEGER) THEN CAST({0} AS INTEGER) \
                WHEN {0} NOT GLOB '*[^0-9]*' THEN CAST({0} AS INTEGER) \
                ELSE -1000000000000000000 END",
        truncated: "CAST({0} AS INTEGER)",
        text: "CAST({0} AS TEXT)",
        money: "CASE WHEN {0} <> '' AND {0} >= 0 THEN PRINTF('%.18f', {0}) END",
        money_in_parts: "CASE WHEN {0} <> '' AND {0} >= 0 THEN PRINTF('%.18f', {0} / {1}.0) END",
        money_sum: "PRINTF('%d.%09d%09d', \
                    (SUM(CAST(SUBSTR({0}, 1, LENGTH({0}) - 19) AS INTEGER) * 1000000000 \
                    + CAST(SUBSTR({0}, -18, 9) AS INTEGER)) \
                    + SUM(CAST(SUBSTR({0}, -9) AS INTEGER)) / 1000000000) / 1000000000, \
                    (SUM(CAST(SUBSTR({0}, 1, LENGTH({0}) - 19) AS INTEGER) * 1000000000 \
                    + CAST(SUBSTR({0}, -18, 9) AS INTEGER)) \
                    + SUM(CAST(SUBSTR({0}, -9) AS INTEGER)) / 1000000000) % 1000000000, \
                    SUM(CAST(SUBSTR({0}, -9) AS INTEGER)) % 1000000000)",
        sum: "SUM({0})",
        quotient: "{0} / {1}",
        remainder: "{0} % {1}",
        greater: "MAX({0}, {1})",
        smaller: "MIN({0}, {1})",
        moment: READ,
        read_moment: READ,
        iso: "STRFTIME('%Y-%m-%dT%H:%M:%S', {0} / 1000, 'unixepoch') || PRINTF('.%03dZ', {0} % 1000)",
        joined: "GROUP_CONCAT({0}, ' ')",
        is_digits: "({0} <> '' AND {0} NOT GLOB '*[^0-9]*')",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};

/// The seconds of a text and then its milliseconds: more digits would be rounded. Offsets are given
/// the colon that SQLite wants.
const READ: &str = "CAST(STRFTIME('%s', SUBSTR({0}, 1, 19) || CASE \
                    WHEN LENGTH({0}) <= 13 THEN '' \
                    WHEN {0} GLOB '*[+-][0-9][0-9]' THEN SUBSTR({0}, -3) || ':00' \
                    WHEN {0} GLOB '*[+-][0-9][0-9][0-9][0-9]' \
                    THEN SUBSTR({0}, -5, 3) || ':' || SUBSTR({0}, -2) \
                    WHEN {0} GLOB '*[+-][0-9][0-9]:[0-9][0-9]' THEN SUBSTR({0}, -6) \
                    ELSE '' END) AS INTEGER) * 1000 \
                    + CASE WHEN {0} GLOB '*:[0-9][0-9][.,][0-9]*' \
                    THEN CAST(SUBSTR(RTRIM(SUBSTR({0}, 21, 3), 'Zz+-: ') || '000', 1, 3) AS INTEGER) \
                    ELSE 0 END";
