//! Which calls a technique is for.

use crate::diagnostics::or_did_you_mean;
use crate::usage::{Filter, Row, column};

use super::error::TechniqueError;
use super::facts::Facts;

/// A scope as written: a condition, a list of call types, both, or neither (every call).
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The calls for which this holds.
    pub(super) condition: Option<&'a Filter>,
    /// The calls of these types.
    pub(super) call_types: &'a [String],
}

/// A scope, evaluated once over a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// One answer a row; nothing for every row.
    rows: Option<Vec<bool>>,
    /// Call types that no call of the log has, in quotes, with what was probably meant.
    pub(super) unknown_call_types: Vec<String>,
}

impl Scope<'_> {
    /// The columns the condition needs besides the built-in ones.
    pub(super) fn dimensions(&self) -> Vec<String> {
        self.condition
            .map_or_else(Vec::new, |filter| filter.dimensions().map(ToOwned::to_owned).collect())
    }

    /// Evaluates the scope over the log.
    ///
    /// # Errors
    /// When the condition names a column the log does not have.
    pub(super) fn select(&self, facts: &Facts<'_>) -> Result<Selection, TechniqueError> {
        let mut rows = self.condition.map(|filter| filter.matches(facts.calls)).transpose()?;
        let mut unknown_call_types = Vec::new();
        if !self.call_types.is_empty() {
            let names = &facts.calls.dimensions[column::CALL_TYPE];
            let mut wanted = vec![false; names.len()];
            for name in self.call_types {
                if let Some(symbol) = names.find(name) {
                    wanted[symbol.index()] = true;
                } else {
                    let meant = or_did_you_mean(name, names.names().map(|(_, name)| name));
                    unknown_call_types.push(format!("`{name}`{meant}"));
                }
            }
            let rows = rows.get_or_insert_with(|| vec![true; facts.calls.len()]);
            for (row, keep) in rows.iter_mut().enumerate() {
                *keep &= wanted[facts.calls.symbol(column::CALL_TYPE, row).index()];
            }
        }
        Ok(Selection { rows, unknown_call_types })
    }
}

impl Selection {
    /// Whether a call is meant.
    pub(super) fn holds(&self, row: Row) -> bool {
        self.rows.as_ref().is_none_or(|rows| rows[row])
    }

    /// Keeps only these rows.
    pub(super) fn keep(&mut self, rows: &[bool]) {
        match &mut self.rows {
            Some(kept) => kept.iter_mut().zip(rows).for_each(|(kept, keep)| *kept &= keep),
            none => *none = Some(rows.to_vec()),
        }
    }

    /// A warning for each call type that no call has.
    pub(super) fn warnings(&self, label: &str) -> Vec<String> {
        let unknown = self.unknown_call_types.iter();
        unknown.map(|name| format!("{label}: no call has the type {name}")).collect()
    }
}
