//! The whole query: its steps, what it gives out, and the comment at its beginning.

use crate::rollup::COLUMNS;
use crate::sources::Field;

use super::dialect::Dialect;
use super::expression::{Expr, call, column, text, whole};
use super::log::{aliases, log};
use super::name::NameError;
use super::query::{From, Query, Select, Step};
use super::reading::{RECORDS, Table};
use super::request::Request;
use super::summing::ROWS;

/// The query that computes the roll-up of a table.
///
/// # Errors
/// When a column cannot be named so in the dialect; with the name.
pub fn rollup_query(request: &Request, dialect: &Dialect) -> Result<String, (String, NameError)> {
    let table = Table { request, dialect };
    let mut steps = vec![log(request, dialect)?, table.words(), table.records()];
    if table.drops_copies() {
        steps.push(table.numbered());
    }
    let calls = table.calls();
    let names: Vec<String> = calls.select.columns.iter().map(|(name, _)| name.clone()).collect();
    steps.push(calls);
    if table.has_turns() {
        steps.extend(table.turn_steps(&names));
    }
    steps.extend([table.classed(), table.ranked(), table.sized()]);
    steps.extend([table.cells(), table.spread(), table.rows()]);
    let taken = |step: &Step| request.table.ends_with(step.name);
    let prefix = if steps.iter().any(taken) { "step_" } else { "" };
    let query = Query { prefix, header: header(request, dialect), steps, results: results(&table) };
    Ok(query.text(dialect))
}

/// The fields of the table for which the query has no use.
pub fn unused_fields(request: &Request, dialect: &Dialect) -> Vec<Field> {
    Table { request, dialect }.unused()
}

fn results(table: &Table<'_>) -> Vec<Select> {
    let told = COLUMNS.into_iter().filter_map(|name| Some((name.to_owned(), table.value(name)?)));
    let mut rows: Vec<(String, Expr)> = told.collect();
    rows.push(("left_out".to_owned(), Expr::Null));
    rows.push(("reason".to_owned(), Expr::Null));
    let named = table.request.by.iter().map(|(name, _)| name.clone());
    rows.extend(named.zip(aliases(table.request).iter().map(|alias| column(alias))));
    let left_out = rows.iter().map(|(name, _)| {
        let value = match name.as_str() {
            "rollup" => whole(1),
            "left_out" => call("COUNT", [column("reason")]),
            "reason" => column("reason"),
            _ => Expr::Null,
        };
        (name.clone(), value)
    });
    let left_out = Select {
        columns: left_out.collect(),
        from: From::Step(RECORDS),
        condition: Some(column("reason").differs_from(text(""))),
        groups: vec!["reason".to_owned()],
    };
    let rows =
        Select { columns: rows, from: From::Step(ROWS), condition: None, groups: Vec::new() };
    vec![rows, left_out]
}

fn header(request: &Request, dialect: &Dialect) -> Vec<String> {
    let mut lines = vec![
        format!(
            "The roll-up of a log of model calls, for {}: one row for the calls of a {} that bill alike, \
             and one for each reason why records were left out. `llmcost explain sql` says more.",
            dialect.label,
            request.every.name()
        ),
        "Made by".to_owned(),
        format!("  {}", request.command),
        "To run it, and to have its rows read as the log itself would be:".to_owned(),
        format!("  {}", dialect.run),
    ];
    if let Some(last) = request.changes.last() {
        lines.push(format!(
            "Prices that the price book knows to begin or end (the last at {}) cut its rows: make it anew \
             when prices change.",
            last.to_iso()
        ));
    }
    lines
}
