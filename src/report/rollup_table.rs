//! A roll-up as a table of cells.

use crate::rollup::{COLUMNS, Rollup, Value};

use super::record_cells::Cell;

/// What the values of a column of a roll-up are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Instants.
    Times,
    /// Whole numbers.
    Counts,
    /// Dollars.
    Amounts,
    /// Texts.
    Texts,
}

/// A roll-up as a table of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupTable {
    /// The columns, with what their values are.
    pub columns: Vec<(String, ColumnKind)>,
    rows: Vec<Vec<Value>>,
}

impl RollupTable {
    /// The table of a roll-up.
    pub fn new(rollup: Rollup) -> Self {
        let own = COLUMNS.into_iter().map(|name| (name.to_owned(), kind_of(name)));
        let others = rollup.others.into_iter().map(|name| (name, ColumnKind::Texts));
        Self { columns: own.chain(others).collect(), rows: rollup.rows }
    }

    /// The cells of each row.
    pub fn rows(&self) -> impl Iterator<Item = Vec<Cell<'_>>> {
        self.rows.iter().map(|row| row.iter().map(cell).collect())
    }
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Absent => Cell::Absent,
        Value::Count(count) => Cell::Count(*count),
        Value::Time(at) => Cell::text(at.to_iso()),
        Value::Text(text) => Cell::text(&**text),
    }
}

fn kind_of(column: &str) -> ColumnKind {
    match column {
        "time" | "time_to" | "first_time" | "last_time" => ColumnKind::Times,
        "cost_usd" => ColumnKind::Amounts,
        "provider" | "model" | "request_model" | "call_type" | "geo" | "service_tier"
        | "status" | "finish_reason" | "counting" | "turn" | "output_sizes" | "prompt_sizes"
        | "reason" => ColumnKind::Texts,
        _ => ColumnKind::Counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_counts_is_named_like_one() {
        const OTHERS: [&str; 9] = [
            "rollup",
            "feeds",
            "prompt_from",
            "prompt_to",
            "repeated_from",
            "requests",
            "lot",
            "prompt_min",
            "prompt_max",
        ];
        let named = |name: &str| {
            let ends =
                ["_tokens", "calls", "searches", "answers"].iter().any(|end| name.ends_with(end));
            ends || ["repeated_min", "left_out"].contains(&name) || OTHERS.contains(&name)
        };
        for name in COLUMNS {
            assert_eq!(kind_of(name) == ColumnKind::Counts, named(name), "{name}");
        }
    }
}
