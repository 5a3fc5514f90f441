//! Apache Spark 3.4 and later, and Databricks: sums are decimal, since those of `BIGINT` may wrap.

use crate::sql::dialect::{Dialect, Escape, Forms, Quotes};

/// Times are written digit by digit: `date_format` would do it in the zone of the session.
pub(super) static SPARK: Dialect = Dialect {
    name: "spark",
    label: "Apache Spark",
    run: "spark-sql --silent --conf spark.sql.session.timeZone=UTC --conf \
          spark.sql.cli.print.header=true --file rollup.sql | llmcost analyze -",
    names: Quotes { mark: '`', escape: Escape::Doubled },
    texts: Escape::Backslash,
    table_parts: 3,
    column_parts: 8,
    stores_capitals: false,
    inlined: "",
    has_mixed_times: false,
    no_number: None,
    large_number: "{0}L",
    neighbours: "",
    end: ";",
    forms: Forms {
        whole: "CAST({0} AS BIGINT)",
        truncated: "CAST({0} AS BIGINT)",
        text: "CAST({0} AS STRING)",
        money: "TRY_CAST(CAST({0} AS STRING) AS DECIMAL(38, 18))",
        money_in_parts: "CAST(TRY_CAST(CAST({0} AS STRING) AS DECIMAL(38, 18)) / {1} \
                         AS DECIMAL(38, 18))",
        money_sum: "SUM({0})",
        sum: "SUM(CAST({0} AS DECIMAL(38, 0)))",
        quotient: "{0} DIV {1}",
        remainder: "{0} % {1}",
        greater: "GREATEST({0}, {1})",
        smaller: "LEAST({0}, {1})",
        moment: "UNIX_MILLIS(CAST({0} AS TIMESTAMP))",
        read_moment: "UNIX_MILLIS(TRY_CAST({0} AS TIMESTAMP))",
        iso: "CONCAT(CAST(DATE_ADD(DATE '1970-01-01', CAST({0} DIV 86400000 AS INT)) AS STRING), \
              'T', LPAD(CAST({0} DIV 3600000 % 24 AS STRING), 2, '0'), \
              ':', LPAD(CAST({0} DIV 60000 % 60 AS STRING), 2, '0'), \
              ':', LPAD(CAST({0} DIV 1000 % 60 AS STRING), 2, '0'), \
              '.', LPAD(CAST({0} % 1000 AS STRING), 3, '0'), 'Z')",
        joined: "CONCAT_WS(' ', COLLECT_LIST({0}))",
        is_digits: "{0} RLIKE '^[0-9]+$'",
        previous: "LAG({0})",
        next: "LEAD({0})",
    },
};
