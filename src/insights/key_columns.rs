//! The columns that make the key of a group, across tables with dictionaries of their own.

use crate::usage::{Call, Calls, Days, Dimension, Instant, Row, Symbol};

/// Columns that are made from the fields of a call; any other name is a dimension of the log.
pub const DERIVED_COLUMNS: [&str; 6] =
    ["day", "month", "hour", "service_tier", "status", "finish_reason"];

/// The columns of a key, and one dictionary for each over everything seen.
#[derive(Clone, Debug)]
pub(super) struct KeyColumns {
    days: Days,
    columns: Vec<KeyColumn>,
}

#[derive(Clone, Debug)]
struct KeyColumn {
    source: Source,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Dimension,
    Day,
    Month,
    Hour,
    ServiceTier,
    Status,
    FinishReason,
}

impl KeyColumns {
    /// Columns by name, with days of this zone.
    pub(super) fn new(names: &[String], days: Days) -> Self {
        Self { days, columns: names.iter().map(|name| KeyColumn::new(name)).collect() }
    }

    /// Makes a table the current one.
    pub(super) fn enter(&mut self, calls: &Calls) {
        for column in &mut self.columns {
            column.enter(calls);
        }
    }

    /// Writes the key of a row of the current table.
    pub(super) fn key_of(&mut self, calls: &Calls, row: Row, call: &Call, key: &mut Vec<Symbol>) {
        key.clear();
        for column in &mut self.columns {
            key.push(column.symbol(self.days, calls, row, call));
        }
    }

    /// The names of a key.
    pub(super) fn names(&self, key: &[Symbol]) -> Vec<String> {
        let columns = self.columns.iter().zip(key);
        columns.map(|(column, symbol)| column.dictionary.resolve(*symbol).to_owned()).collect()
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

impl KeyColumn {
    fn new(name: &str) -> Self {
        let source = match name {
            "day" => Source::Day,
            "month" => Source::Month,
            "hour" => Source::Hour,
            "service_tier" => Source::ServiceTier,
            "status" => Source::Status,
            "finish_reason" => Source::FinishReason,
            _ => Source::Dimension,
        };
        Self { source, dictionary: Dimension::new(name), translation: None, memo: None }
    }

    fn enter(&mut self, calls: &Calls) {
        if self.source != Source::Dimension {
            return;
        }
        self.translation = calls.dimensions.position(&self.dictionary.name).map(|place| {
            let names = calls.dimensions[place].names();
            let symbols = names.map(|(_, name)| self.dictionary.intern(name)).collect();
            Translation { place, symbols }
        });
    }

    fn symbol(&mut self, days: Days, calls: &Calls, row: Row, call: &Call) -> Symbol {
        match self.source {
            Source::Dimension => self.translation.as_ref().map_or(Symbol::EMPTY, |known| {
                known.symbols[calls.symbol(known.place, row).index()]
            }),
            Source::Day | Source::Month => self.date_symbol(days, call.time),
            Source::Hour => self.hour_symbol(days, call.time),
            Source::ServiceTier => self.dictionary.intern(call.service_tier.name()),
            Source::Status => self.dictionary.intern(call.status.name()),
            Source::FinishReason => self.dictionary.intern(call.finish_reason.name()),
        }
    }

    /// The day or month of an instant; the time zone is asked once a day, not once a call.
    fn date_symbol(&mut self, days: Days, time: Instant) -> Symbol {
        if let Some((span, symbol)) = &self.memo
            && span.contains(&time)
        {
            return *symbol;
        }
        let Some(day) = days.day_of(time) else { return Symbol::EMPTY };
        let name = Days::name(day);
        let length = if self.source == Source::Month { "2026-10".len() } else { name.len() };
        let symbol = self.dictionary.intern(name.get(..length).unwrap_or(&name));
        if let Some((start, end)) = days.start_of(day).zip(days.start_of(day + 1)) {
            self.memo = Some((start..end, symbol));
        }
        symbol
    }

    fn hour_symbol(&mut self, days: Days, time: Instant) -> Symbol {
        const TENS: [&str; 24] = [
            "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13",
            "14", "15", "16", "17", "18", "19", "20", "21", "22", "23",
        ];
        let hour = days.hour_of(time).and_then(|hour| usize::try_from(hour).ok());
        hour.map_or(Symbol::EMPTY, |hour| self.dictionary.intern(TENS[hour]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{Dimensions, FinishReason, ServiceTier, Status, column};

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
        for name in DERIVED_COLUMNS {
            assert_ne!(KeyColumn::new(name).source, Source::Dimension, "{name}");
        }
    }
}
