//! Parts of a page that every report has: the input, its troubles, the prices.

use crate::insights::{UnpricedModel, Window};
use crate::report::{Currency, DiagnosticSummary, InputAccounting, PriceSource, Sighting};
use crate::sources::Lines;
use crate::usage::Days;

use super::dates::day;
use super::figures::{DASH, Money, count, counted, name, tokens};
use super::screen::{Column, Grid, GridRow, Keep, Line, Screen, Tone};

/// The files of a report in few words.
pub(super) fn files(input: &InputAccounting) -> String {
    match input.files.as_slice() {
        [] => "no input".to_owned(),
        [only] => name(&only.name),
        several => format!("{} files", count(several.len() as u64)),
    }
}

/// What became of every line: `20,012 lines = 20,000 records + 5 duplicates + 7 blank`; and why
/// these are more or fewer than `calls`.
pub(super) fn accounting(input: &InputAccounting, calls: u64) -> Vec<Line> {
    if input.is_declared() {
        return Vec::new();
    }
    let total = input.total();
    let tone = if total.skipped > 0 { Tone::Warning } else { Tone::Quiet };
    let mut lines = vec![Line { tone, text: sum_of_lines(&total) }];
    if total.rolled_skipped > 0 {
        let text = format!(
            "{} left out in all: rows of roll-ups tell of several each",
            counted(total.skipped_records(), "record", "records")
        );
        lines.push(Line { tone: Tone::Warning, text });
    }
    if input.filtered_out > 0 {
        let records = counted(input.filtered_out, "record", "records");
        let text = format!("{records} left out by your own conditions");
        lines.push(Line { tone: Tone::Quiet, text });
    }
    if input.keeps_duplicates {
        let text = "copies of calls were not looked for (--keep-duplicates)".to_owned();
        lines.push(Line { tone: Tone::Warning, text });
    }
    let kept = total.records.saturating_sub(input.filtered_out);
    if calls != kept && calls > 0 {
        let (calls, records) =
            (counted(calls, "call", "calls"), counted(kept, "record", "records"));
        let why = "a record may sum up several calls, or have parts billed on their own";
        lines.push(Line { tone: Tone::Quiet, text: format!("{calls} in {records}: {why}") });
    }
    lines
}

fn sum_of_lines(total: &Lines) -> String {
    let parts = [
        (total.continuation, "header/continuation", "header/continuation"),
        (total.duplicates, "duplicate", "duplicates"),
        (total.skipped, "skipped", "skipped"),
        (total.blank, "blank", "blank"),
    ];
    let mut text = counted(total.lines, "line", "lines");
    text.push_str(" = ");
    text.push_str(&counted(total.records, "record", "records"));
    for (number, one, many) in parts {
        if number > 0 {
            text.push_str(" + ");
            text.push_str(&counted(number, one, many));
        }
    }
    text
}

/// At what date calls were priced; `window` is the time they span, nothing where none has a time.
pub(super) fn pricing_basis(prices: &PriceSource, window: Option<&Window>) -> String {
    if prices.follows_log() {
        let own = "at each call's own date";
        return window.map_or("at the newest prices, as no call has a time", |_| own).to_owned();
    }
    let date = Days::parse_day(&prices.as_of).map_or_else(|| prices.as_of.clone(), day);
    format!("at the prices of {date}")
}

/// The troubles of the input, with advice.
pub(super) fn diagnostics(screen: &mut Screen, diagnostics: &[DiagnosticSummary]) {
    let mut notes = Vec::new();
    for summary in diagnostics {
        let tone = if summary.is_loss() { Tone::Warning } else { Tone::Plain };
        let kind = summary.code.name();
        let text = format!("{kind}, {}: {}", times(summary.count), summary.code.advice());
        notes.push((Line { tone, text }, sightings(&summary.first)));
    }
    screen.notes("Notes on the input", notes);
}

/// The places of each message; a message that is seen several times is printed once.
fn sightings(first: &[Sighting]) -> Vec<Line> {
    let mut messages: Vec<(&str, Vec<String>)> = Vec::new();
    for sighting in first {
        let file = name(&sighting.file);
        let place = if sighting.line == 0 { file } else { format!("{file}:{}", sighting.line) };
        match messages.iter_mut().find(|(message, _)| *message == sighting.message) {
            Some((_, places)) => places.push(place),
            None => messages.push((&sighting.message, vec![place])),
        }
    }
    let lines = messages.into_iter().map(|(message, places)| Line {
        tone: Tone::Quiet,
        text: format!("{}: {}", places.join(", "), name(message)),
    });
    lines.collect()
}

fn times(number: u64) -> String {
    if number == 1 { "once".to_owned() } else { format!("{} times", count(number)) }
}

/// A log that ends so many days after the prices were last checked may have other ones.
const STALE_DAYS: i32 = 60;

/// Where the prices come from, and how old they are for calls of this time.
pub(super) fn prices(screen: &mut Screen, prices: &PriceSource, window: Option<&Window>) {
    let (oldest, newest) = &prices.checked_on;
    let checked = [oldest, newest].map(|date| Days::parse_day(date).map_or(date.clone(), day));
    let when = if oldest == newest {
        format!("on {}", checked[0])
    } else {
        format!("between {} and {}", checked[0], checked[1])
    };
    let print = prices.book_sha256.get(..12).unwrap_or(&prices.book_sha256);
    screen.heading("Prices");
    screen.line(Tone::Quiet, format!("checked {when} · price book {print}"));
    if let Some(age) = window.and_then(|window| prices.age(window)).filter(|age| *age > 0) {
        let days = counted(u64::from(age.unsigned_abs()), "day", "days");
        let tone = if age > STALE_DAYS { Tone::Warning } else { Tone::Quiet };
        screen.line(tone, format!("the last call is {days} younger than the newest price"));
    }
    if !prices.currency.is_dollars() {
        screen.line(Tone::Plain, declared(prices.currency));
    }
    for contract in &prices.contracts {
        screen.line(Tone::Quiet, format!("contract {}", name(contract)));
    }
}

/// Which rate was declared, and what it does not change.
fn declared(currency: Currency) -> String {
    let (code, rate) = (currency.code(), currency.rate);
    let of_day = currency.declared_for.map_or_else(String::new, |at| format!(" of {}", day(at)));
    format!(
        "amounts are in {code}, at the declared rate{of_day} of {rate} {code} for a dollar; prices \
         are in dollars, and so is what is computed"
    )
}

/// The models without a price, and why.
pub(super) fn unpriced_models(models: &[UnpricedModel], money: Money) -> Grid {
    let mut columns = vec![
        Column::text("model", Keep::Always),
        Column::text("provider", Keep::Drop(5)),
        Column::number("calls", Keep::Always),
        Column::number("tokens", Keep::Drop(4)),
        Column::number("logged cost", Keep::Drop(3)),
        Column::text("reason", Keep::Below(6)),
    ];
    if models.iter().any(|model| model.did_you_mean.is_some()) {
        columns.push(Column::text("did you mean", Keep::Below(3)));
    }
    let rows = models.iter().map(|model| {
        let logged = model.at_logged_cost;
        let cells = vec![
            name(&model.model),
            name(&model.provider),
            count(model.all_calls()),
            if model.calls > 0 { tokens(model.tokens) } else { DASH.to_owned() },
            if logged.calls > 0 { money.text(logged.cost) } else { DASH.to_owned() },
            name(&model.explanation),
            model.did_you_mean.as_deref().map_or_else(String::new, name),
        ];
        GridRow::Cells(Tone::Warning, cells)
    });
    Grid { rows: rows.collect(), columns }
}

/// The name of a column as a title.
pub(super) fn column_title(column: &str) -> String {
    name(column).replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(line: u64, message: &str) -> Sighting {
        Sighting { file: "a.jsonl".to_owned(), line, message: message.to_owned() }
    }

    #[test]
    fn a_message_is_not_repeated_for_each_place() {
        let lines = sightings(&[sighting(3, "cut off"), sighting(4, "no"), sighting(9, "cut off")]);
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["a.jsonl:3, a.jsonl:9: cut off", "a.jsonl:4: no"]);
    }

    #[test]
    fn more_calls_than_records_are_explained() {
        let lines = Lines { lines: 9, records: 8, continuation: 1, ..Lines::default() };
        let file = crate::report::FileAccounting { lines, ..<_>::default() };
        let input = InputAccounting { files: vec![file], ..InputAccounting::default() };
        let texts: Vec<_> = accounting(&input, 10).into_iter().map(|line| line.text).collect();
        assert_eq!(texts[0], "9 lines = 8 records + 1 header/continuation");
        assert!(texts[1].starts_with("10 calls in 8 records: "), "{}", texts[1]);
        assert_eq!(accounting(&input, 8).len(), 1);
    }
}
