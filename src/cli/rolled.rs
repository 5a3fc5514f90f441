//! Rows of roll-ups among the calls of a run: what cannot be told of them is refused, with the place.

use anyhow::anyhow;

use crate::diagnostics::{Code, Place};
use crate::pricing::{PriceBook, Unlike};
use crate::sources::{FileReading, Reading};
use crate::usage::{Call, Calls, Filter, Instant, Row, column};

use super::failure::Failure;
use super::settings::Settings;

/// Why a row of a roll-up cannot be used in a run.
enum Trouble {
    /// Some of its calls are before a day that was asked for, and some after.
    Selection(&'static str),
    /// Its calls are of two days of the time zone.
    Days,
    /// Its calls are of two hours, and groups are.
    Hours,
    /// Its calls do not bill at one price.
    Prices(String, Unlike),
}

/// Of two troubles the one that stands first in the input, whoever saw it first.
fn first_of(
    one: Option<(Place, Trouble)>,
    other: Option<(Place, Trouble)>,
) -> Option<(Place, Trouble)> {
    one.into_iter().chain(other).min_by_key(|(place, _)| *place)
}

/// Looks at the rows of roll-ups of a run.
pub(super) struct RolledRows<'s> {
    settings: &'s Settings,
    seen: bool,
    trouble: Option<(Place, Trouble)>,
}

impl<'s> RolledRows<'s> {
    pub(super) const fn new(settings: &'s Settings) -> Self {
        Self { settings, seen: false, trouble: None }
    }

    /// Whether there was one.
    pub(super) const fn are_there(&self) -> bool {
        self.seen
    }

    /// Takes over what another one saw of the same run.
    pub(super) fn merge(&mut self, other: Self) {
        self.seen |= other.seen;
        self.trouble = first_of(self.trouble.take(), other.trouble);
    }

    /// Looks at the rows of a table.
    pub(super) fn look(&mut self, calls: &Calls) {
        self.seen |= calls.has_rolled() || calls.has_last_times();
        if !calls.has_last_times() {
            return;
        }
        for row in 0..calls.len() {
            let call = calls.call(row);
            if let Some(found) = self.trouble_of(&call, calls.last_time(row)) {
                self.trouble = first_of(self.trouble.take(), Some((call.place, found)));
            }
        }
    }

    fn trouble_of(&self, call: &Call, last: Instant) -> Option<Trouble> {
        let first = call.time.known()?;
        let selection = &self.settings.selection;
        let splits = |limit: Option<Instant>| limit.is_some_and(|at| first < at && at <= last);
        if splits(selection.since) {
            return Some(Trouble::Selection("--since"));
        }
        if splits(selection.before) {
            return Some(Trouble::Selection("--until"));
        }
        // What is left out anyway may be cut by anything.
        let is_out = selection.since.is_some_and(|since| last < since)
            || selection.before.is_some_and(|before| first >= before);
        let days = self.settings.days;
        if !is_out && days.day_of(first) != days.day_of(last) {
            return Some(Trouble::Days);
        }
        let by_hour = self.settings.by.iter().any(|name| name == "hour");
        let is_of_two = days.hour_of(first) != days.hour_of(last);
        (!is_out && by_hour && is_of_two).then_some(Trouble::Hours)
    }

    /// Refuses a run with a row that cannot be used, or a column that a roll-up did not keep.
    pub(super) fn judge(&self, reading: &Reading) -> Result<(), Failure> {
        let rollups = reading.files.iter().filter(|file| file.format == Some("rollup"));
        let asked = || {
            let filter = self.settings.selection.filter.iter().flat_map(Filter::dimensions);
            self.settings.group_dimensions().chain(filter)
        };
        let lacks = |file: &&FileReading, name: &&str| {
            !column::FIXED.contains(name) && !file.columns.iter().any(|column| column == name)
        };
        for file in rollups {
            if let Some(name) = asked().find(|name| lacks(&file, name)) {
                let text = anyhow!("{}: the roll-up did not keep the column `{name}`", file.name);
                let hint = format!("roll up with --by {name}");
                return Err(Failure::usage(text).hint(hint));
            }
        }
        self.trouble.as_ref().map_or(Ok(()), |(place, trouble)| Err(trouble.told(*place, reading)))
    }
}

/// Looks for rows of roll-ups whose calls do not bill at one price.
pub(super) struct RolledPrices<'b> {
    books: Vec<&'b PriceBook>,
    trouble: Option<(Place, Trouble)>,
}

impl<'b> RolledPrices<'b> {
    pub(super) fn new(books: impl IntoIterator<Item = &'b PriceBook>) -> Self {
        Self { books: books.into_iter().collect(), trouble: None }
    }

    /// Looks at the rows of a table.
    pub(super) fn look(&mut self, calls: &Calls) {
        if !calls.has_rolled() && !calls.has_last_times() {
            return;
        }
        let rows = (0..calls.len()).map(|row| (row, calls.call(row)));
        let found =
            rows.filter_map(|(row, call)| Some((call.place, self.unlike(calls, row, &call)?)));
        let found = found.min_by_key(|(place, _)| *place);
        self.trouble = first_of(self.trouble.take(), found);
    }

    /// Takes over what another one saw of the same run.
    pub(super) fn merge(&mut self, other: Self) {
        self.trouble = first_of(self.trouble.take(), other.trouble);
    }

    fn unlike(&self, calls: &Calls, row: Row, call: &Call) -> Option<Trouble> {
        let name = |place| calls.name(place, row);
        let (rolled, last) = (calls.rolled(row), calls.last_time(row));
        if rolled.is_none() && last == call.time {
            return None;
        }
        self.books.iter().find_map(|book| {
            let model = book.find(name(column::PROVIDER), name(column::MODEL)).ok()?;
            let unlike = book.bills_alike(model, name(column::GEO), call, last, rolled).err()?;
            Some(Trouble::Prices(name(column::MODEL).to_owned(), unlike))
        })
    }

    /// Refuses a run with such a row.
    pub(super) fn judge(&self, reading: &Reading) -> Result<(), Failure> {
        self.trouble.as_ref().map_or(Ok(()), |(place, trouble)| Err(trouble.told(*place, reading)))
    }
}

impl Trouble {
    fn told(&self, place: Place, reading: &Reading) -> Failure {
        let file = usize::try_from(place.file).ok().and_then(|file| reading.files.get(file));
        let name = file.map_or("the input", |file| file.name.as_str());
        let (text, hint) = match self {
            Self::Selection(flag) => (
                format!(
                    "{flag} cuts a row of the roll-up in two, whose calls cannot be told apart"
                ),
                "name a day on which a row begins, or roll up with --every hour",
            ),
            Self::Days => (
                "the row sums up calls of two days of the time zone".to_owned(),
                "roll up with the same --timezone, or with --every hour",
            ),
            Self::Hours => (
                "the row sums up calls of several hours, so they cannot be grouped by `hour`"
                    .to_owned(),
                "roll up with --every hour",
            ),
            Self::Prices(model, unlike) => prices_told(model, *unlike),
        };
        Failure::input(anyhow!("{name}:{}: {text}", place.line)).hint(hint)
    }
}

fn prices_told(model: &str, unlike: Unlike) -> (String, &'static str) {
    match unlike {
        Unlike::Time => (
            format!("the row sums up calls of {model} before and after its prices changed"),
            "roll up with --every hour, or with the price tables of this run",
        ),
        Unlike::Hours => (
            format!("the row sums up calls of {model} at hours of different prices"),
            "roll up with --every hour",
        ),
        Unlike::Prompts(limit) => (
            format!(
                "the row sums up calls of {model} with prompts below and above {limit} tokens, which \
                 have different prices"
            ),
            "roll up with the price tables of this run",
        ),
        Unlike::Excess(limit) => (
            format!(
                "the row sums up calls of {model} with prompts beyond {limit} tokens, of which only \
                 the rest has other prices"
            ),
            "only the log itself tells how much that is",
        ),
    }
}

/// Says once for each roll-up what it does not tell.
pub(super) fn tell_of_rollups(reading: &mut Reading) {
    let rollups = (0..).zip(&reading.files).filter(|(_, file)| file.format == Some("rollup"));
    let files: Vec<u32> = rollups.map(|(number, _)| number).collect();
    for file in files {
        reading.ledger.push(Code::RolledUp, Place { file, line: 0 }, || {
            "a roll-up: sums are those of its calls; single calls (the costliest, how costs are spread, \
             what follows what) are not in it"
                .to_owned()
        });
    }
}
