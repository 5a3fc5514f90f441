//! The list of dialects, in the order of their names.

mod bigquery;
mod clickhouse;
mod duckdb;
mod postgres;
mod snowflake;
mod spark;
mod sqlite;
mod trino;

use super::dialect::Dialect;

/// Every dialect that is known.
pub static DIALECTS: &[&Dialect] = &[
    &bigquery::BIGQUERY,
    &clickhouse::CLICKHOUSE,
    &duckdb::DUCKDB,
    &postgres::POSTGRES,
    &snowflake::SNOWFLAKE,
    &spark::SPARK,
    &sqlite::SQLITE,
    &trino::TRINO,
];
