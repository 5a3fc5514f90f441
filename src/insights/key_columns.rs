//! The columns that make the key of a group, across tables with dictionaries of their own.

use crate::usage::{
    Call, Calls, Days, DerivedColumn, Dimension, Instant, Kind, Row, Symbol, column,
};

/// The columns of a key, and one dictionary for each over everything seen.
#[derive(Clone, Debug)]
pub struct KeyColumns {
    days: Days,
    columns: Vec<KeyColumn>,
}

#[derive(Clone, Debug)]
struct KeyColumn {
    /// What it is made from; a dimension of the log when there is nothing.
    derived: Option<DerivedColumn>,
    dictionary: Dimension,
    /// For a dimension: this dictionary's symbols for those of the current table.
    translation: Option<Translation>,
    /// For days and months: the last answer, and how long it holds.
    memo: Option<(std::ops::Range<Instant>, Symbol)>,
}

#[derive(Clone, Debug)]
struct Translation {
    place: usize,
    symbols: Vec<Symbol>,
}

impl KeyColumns {
    /// Columns by name, with days of this zone.
    pub fn new(names: &[String], days: Days) -> Self {
        Self { days, columns: names.iter().map(|name| KeyColumn::new(name)).collect() }
    }

    /// Makes a table the current one.
    pub fn enter(&mut self, calls: &Calls) {
        for column in &mut self.columns {
            column.enter(calls);
        }
    }

    /// Writes the key of a row of the current table.
    pub fn key_of(&mut self, calls: &Calls, row: Row, call: &Call, key: &mut Vec<Symbol>) {
        key.clear();
        for column in &mut self.columns {
            key.push(column.symbol(self.days, calls, row, call));
        }
    }

    /// Whether all calls of one kind of the current table have the same key.
    pub(super) fn are_of_kinds(&self) -> bool {
        self.columns.iter().all(|key| match (key.derived, &key.translation) {
            (Some(derived), _) => {
                !matches!(derived, DerivedColumn::Day | DerivedColumn::Month | DerivedColumn::Hour)
            }
            (None, Some(known)) => known.place < column::FIXED.len(),
            (None, None) => true,
        })
    }

    /// Writes the key of all calls of a kind, where they have the same.
    pub(super) fn key_of_kind(&mut self, kind: &Kind, key: &mut Vec<Symbol>) {
        let call = call_of(kind, Instant::MISSING);
        key.clear();
        for column in &mut self.columns {
            key.push(match (column.derived, &column.translation) {
                (Some(derived), _) => column.dictionary.intern(&derived.value(&call, self.days)),
                (None, Some(known)) => known.symbols[kind.names[known.place].index()],
                (None, None) => Symbol::EMPTY,
            });
        }
    }

    /// As [`KeyColumns::key_of`], without the counts of the call, which no key depends on.
    pub(super) fn key_of_plain(&mut self, calls: &Calls, row: Row, key: &mut Vec<Symbol>) {
        let kind = &calls.kinds()[calls.kind_column()[row].index()];
        self.key_of(calls, row, &call_of(kind, calls.time_column()[row]), key);
    }

    /// The names of a key.
    pub fn names(&self, key: &[Symbol]) -> Vec<String> {
        let columns = self.columns.iter().zip(key);
        columns.map(|(column, symbol)| column.dictionary.resolve(*symbol).to_owned()).collect()
    }

    /// A name of a column.
    pub(super) fn name(&self, place: usize, symbol: Symbol) -> &str {
        self.columns[place].dictionary.resolve(symbol)
    }

    /// A key whose columns of any names say `other`, but the model if that is `known`.
    pub(super) fn folded(
        &mut self,
        key: &[Symbol],
        other: &str,
        known: impl Fn(&str) -> bool,
    ) -> Vec<Symbol> {
        let columns = self.columns.iter_mut().zip(key);
        let fold = |(column, symbol): (&mut KeyColumn, &Symbol)| {
            let is_kept = if let Some(derived) = column.derived {
                !matches!(derived, DerivedColumn::Day | DerivedColumn::Month)
            } else {
                let is_model = column.dictionary.name == column::FIXED[column::MODEL];
                is_model && known(column.dictionary.resolve(*symbol))
            };
            if is_kept { *symbol } else { column.dictionary.intern(other) }
        };
        columns.map(fold).collect()
    }

    /// How many names the longest dictionary has.
    pub(super) fn longest(&self) -> usize {
        self.columns.iter().map(|column| column.dictionary.len()).max().unwrap_or_default()
    }

    /// Forgets all names but those of these keys, which change with that; a table must be entered anew.
    pub(super) fn retain(&mut self, keys: &mut [Symbol]) {
        let width = self.columns.len();
        for (place, column) in self.columns.iter_mut().enumerate() {
            let mut fresh = Dimension::new(&column.dictionary.name);
            for symbol in keys.iter_mut().skip(place).step_by(width) {
                *symbol = fresh.intern(column.dictionary.resolve(*symbol));
            }
            column.dictionary = fresh;
            (column.translation, column.memo) = (None, None);
        }
    }

    /// Translates a key of other columns with the same names.
    pub(super) fn adopt(&mut self, other: &Self, key: &[Symbol]) -> Vec<Symbol> {
        let columns = self.columns.iter_mut().zip(&other.columns).zip(key);
        columns
            .map(|((mine, theirs), symbol)| {
                mine.dictionary.intern(theirs.dictionary.resolve(*symbol))
            })
            .collect()
    }
}

fn call_of(kind: &Kind, time: Instant) -> Call {
    Call {
        time,
        service_tier: kind.service_tier,
        status: kind.status,
        finish_reason: kind.finish_reason,
        counting: kind.counting,
        ..Call::default()
    }
}

impl KeyColumn {
    fn new(name: &str) -> Self {
        let derived = DerivedColumn::named(name);
        Self { derived, dictionary: Dimension::new(name), translation: None, memo: None }
    }

    fn enter(&mut self, calls: &Calls) {
        if self.derived.is_some() {
            return;
        }
        self.translation = calls.dimensions.position(&self.dictionary.name).map(|place| {
            let names = calls.dimensions[place].names();
            let symbols = names.map(|(_, name)| self.dictionary.intern(name)).collect();
            Translation { place, symbols }
        });
    }

    fn symbol(&mut self, days: Days, calls: &Calls, row: Row, call: &Call) -> Symbol {
        match self.derived {
            None => self.translation.as_ref().map_or(Symbol::EMPTY, |known| {
                known.symbols[calls.symbol(known.place, row).index()]
            }),
            Some(column @ (DerivedColumn::Day | DerivedColumn::Month)) => {
                self.date_symbol(column, days, call)
            }
            Some(column) => self.dictionary.intern(&column.value(call, days)),
        }
    }

    /// The day or month of a call; the time zone is asked once a day, not once a call.
    fn date_symbol(&mut self, column: DerivedColumn, days: Days, call: &Call) -> Symbol {
        if let Some((span, symbol)) = &self.memo
            && span.contains(&call.time)
        {
            return *symbol;
        }
        let symbol = self.dictionary.intern(&column.value(call, days));
        let day = days.day_of(call.time);
        let span = day.and_then(|day| days.start_of(day).zip(days.start_of(day + 1)));
        self.memo = span.map(|(start, end)| (start..end, symbol));
        symbol
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{Dimensions, FinishReason, ServiceTier, Status};

    fn check(columns: &[&str], expected: &[&str]) {
        let mut calls = Calls::new(Dimensions::new([]));
        let mut symbols = [Symbol::EMPTY; column::FIXED.len()];
        symbols[column::MODEL] = calls.dimensions[column::MODEL].intern("m");
        let call = Call {
            time: Instant::parse("2026-10-31T23:30").expect("a time"),
            service_tier: ServiceTier::Batch,
            status: Status::Error(500),
            finish_reason: FinishReason::Length,
            ..Call::default()
        };
        calls.push(&call, &symbols);
        let names: Vec<_> = columns.iter().map(|name| (*name).to_owned()).collect();
        let zone = Days::of_zone("Europe/Berlin").expect("a zone");
        let mut columns = KeyColumns::new(&names, zone);
        columns.enter(&calls);
        let mut key = Vec::new();
        columns.key_of(&calls, 0, &call, &mut key);
        assert_eq!(columns.names(&key), expected);
    }

    #[test]
    fn keys_come_from_dimensions_and_fields() {
        check(&["model", "call_type", "no_such_column"], &["m", "", ""]);
        check(&["day", "month", "hour"], &["2026-11-01", "2026-11", "00"]);
        check(&["service_tier", "status", "finish_reason"], &["batch", "error", "length"]);
    }

    #[test]
    fn every_derived_column_is_derived() {
        for (name, column) in DerivedColumn::ALL {
            assert_eq!(KeyColumn::new(name).derived, Some(column), "{name}");
        }
    }
}
