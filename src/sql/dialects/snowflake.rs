//! Snowflake: names without quotes are stored in capitals; numbers have 38 digits.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// A quotient keeps six decimals and rounds, so whole parts are made of what divides evenly.
pub(super) static SNOWFLAKE: Dialect = Dialect {
    name: "snowflake",
    label: "Snowflake",
    run: "snow sql --filename rollup.sql --format csv | llmcost analyze -",
    names: Quotes { mark: '"', escape: Escape::Doubled },
    texts: Escape::Backslash,
    table_parts: 3,
    column_parts: 1,
    stores_capitals: true,
    inlined: "",
    has_mixed_times: false,
    no_number: None,
    large_number: "{0}",
    neighbours: "",
    end: ";",
    forms: Forms {
        whole: "CAST({0} AS NUMBER(38, 0))",
        truncated: "CAST(TRUNC({0}) AS NUMBER(38, 0))",
        text: "CAST({0} AS VARCHAR)",
        money: "TRY_TO_DECIMAL(CAST({0} AS VARCHAR), 38, 18)",
        money_in_parts: "TRY_TO_DECIMAL(CAST({0} AS VARCHAR), 38, 18) / {1}",
        money_sum: "SUM({0})",
        sum: "SUM({0})",
        quotient: "CAST(({0} - MOD({0}, {1})) / {1} AS NUMBER(38, 0))",
        remainder: "MOD({0}, {1})",
        greater: "GREATEST({0}, {1})",
        smaller: "LEAST({0}, {1})",
        moment: "DATE_PART(EPOCH_MILLISECOND, {0})",
        read_moment: "CASE WHEN REGEXP_LIKE({0}, '.*:[0-9][0-9].*(Z|z|[+-][0-9:]+)') \
                      THEN DATE_PART(EPOCH_MILLISECOND, TRY_TO_TIMESTAMP_TZ({0})) \
                      ELSE DATE_PART(EPOCH_MILLISECOND, TRY_TO_TIMESTAMP_NTZ({0})) END",
        iso: "TO_CHAR(TO_TIMESTAMP_NTZ({0}, 3), 'YYYY-MM-DD\"T\"HH24:MI:SS.FF3\"Z\"')",
        joined: "LISTAGG({0}, ' ')",
        is_digits: "REGEXP_LIKE({0}, '[0-9]+')",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};
