//! Models that were switched off, names that moved, and call types that changed their model.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;
use crate::usage::{Days, Instant, Row, Symbol, column};

use super::bill::Bill;

/// Fewer calls of a model than this part of its call type, or than two, are an experiment.
const LEAST_PART: u64 = 10;
const LEAST_CALLS: u64 = 2;

/// The calls of one model, over time.
#[derive(Clone, Copy, Debug)]
struct Seen {
    row: Row,
    calls: u64,
    cost: Usd,
    first: Instant,
    last: Instant,
}

impl Seen {
    fn add(&mut self, time: Instant, calls: u64, cost: Option<Usd>) {
        self.calls += calls;
        self.cost += cost.unwrap_or_default();
        if let Some(time) = time.known() {
            self.first = self.first.known().map_or(time, |first| first.min(time));
            self.last = self.last.known().map_or(time, |last| last.max(time));
        }
    }
}

fn seen<K: Ord>(bill: &Bill<'_>, key: impl Fn(Row) -> K) -> BTreeMap<K, Seen> {
    let mut all = BTreeMap::new();
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        let new = Seen {
            row,
            calls: 0,
            cost: Usd::ZERO,
            first: Instant::MISSING,
            last: Instant::MISSING,
        };
        all.entry(key(row)).or_insert(new).add(call.time, call.calls, bill.paid(row));
    }
    all
}

/// A day in words; a dash where there is none.
fn day(days: Days, time: Instant) -> String {
    days.day_of(time).map_or_else(|| "–".to_owned(), Days::name)
}

/// Models with something to know: retired, or a name that meant different models.
pub(super) fn review(bill: &Bill<'_>, days: Days) -> Exhibit {
    let mut sheet = Exhibit::new(
        "models_to_review",
        "Models that were switched off, and names that moved",
        &[
            ("model", "model"),
            ("calls", "calls"),
            ("cost_usd", "cost"),
            ("last_call", "last call"),
            ("finding", "what to know"),
        ],
    );
    let book = bill.facts.book;
    let models = seen(bill, |row| bill.facts.calls.symbol(column::MODEL, row));
    let mut rows: Vec<_> = models.into_iter().collect();
    let name = |symbol| bill.facts.calls.dimensions[column::MODEL].resolve(symbol);
    rows.sort_by_key(|(symbol, seen)| (Reverse(seen.cost), name(*symbol)));
    for (symbol, seen) in rows {
        let Some(id) = bill.facts.model(seen.row) else { continue };
        let mut findings = Vec::new();
        let model = book.model(id);
        if let Some(retired) = model.retired.and_then(Instant::known) {
            let is_late = seen.last.known().is_some_and(|last| last >= retired);
            let (on, provider) = (day(Days::UTC, retired), &model.provider);
            findings.push(if is_late {
                format!("answered after {provider} switched it off on {on}")
            } else {
                format!("{provider} switches it off on {on}")
            });
        }
        let [then, now] = [seen.first, seen.last].map(|at| book.meaning(id, at));
        if !book.is_same_model(then, now) {
            let [then, now] = [then, now].map(|id| book.model(id).id.as_str());
            findings.push(format!("the name meant {then} and then {now}"));
        } else if !model.targets.is_empty() && !book.is_same_model(id, now) {
            let now = &book.model(now).id;
            findings.push(format!("a name that moves: it meant {now}, and may mean another later"));
        }
        for finding in findings {
            sheet.push([
                Cell::text(name(symbol)),
                Cell::Count(seen.calls),
                Cell::Usd(seen.cost),
                Cell::text(day(days, seen.last)),
                Cell::text(finding),
            ]);
        }
    }
    sheet
}

/// Call types that went from one model to another within the log.
pub(super) fn changes(bill: &Bill<'_>, days: Days) -> Exhibit {
    let mut sheet = Exhibit::new(
        "model_changes",
        "Call types that changed their model",
        &[
            ("call_type", "call type"),
            ("from", "from"),
            ("from_usd_per_call", "per call"),
            ("to", "to"),
            ("to_usd_per_call", "per call"),
            ("day", "since"),
        ],
    );
    let calls = bill.facts.calls;
    let mut types: BTreeMap<Symbol, Vec<(Symbol, Seen)>> = BTreeMap::new();
    for ((call_type, model), seen) in
        seen(bill, |row| (calls.symbol(column::CALL_TYPE, row), calls.symbol(column::MODEL, row)))
    {
        types.entry(call_type).or_default().push((model, seen));
    }
    let name = |place: usize, symbol| calls.dimensions[place].resolve(symbol);
    let mut rows = Vec::new();
    for (call_type, mut models) in types {
        let all: u64 = models.iter().map(|(_, seen)| seen.calls).sum();
        models.retain(|(_, seen)| {
            seen.calls >= LEAST_CALLS.max(all / LEAST_PART) && !seen.first.is_missing()
        });
        models.sort_by_key(|(model, seen)| (seen.first, name(column::MODEL, *model)));
        for pair in models.windows(2) {
            let [(from, before), (to, after)] = pair else { continue };
            if before.last >= after.first {
                continue;
            }
            rows.push((
                Reverse(after.cost),
                vec![
                    Cell::text(name(column::CALL_TYPE, call_type)),
                    Cell::text(name(column::MODEL, *from)),
                    per_call(before),
                    Cell::text(name(column::MODEL, *to)),
                    per_call(after),
                    Cell::text(day(days, after.first)),
                ],
            ));
        }
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| words(&a.1).cmp(&words(&b.1))));
    sheet.rows = rows.into_iter().map(|(_, row)| row).collect();
    sheet.note(
        "the last call of one model came before the first of the next; models with less than a \
         tenth of the calls of the type do not count",
    );
    sheet
}

fn words(row: &[Cell]) -> Vec<String> {
    let texts = row.iter().filter_map(|cell| match cell {
        Cell::Text(words) => Some(words.clone()),
        _ => None,
    });
    texts.collect()
}

fn per_call(seen: &Seen) -> Cell {
    let mean = seen.cost.atto().checked_div(i128::from(seen.calls));
    mean.map_or(Cell::Missing, |atto| Cell::Usd(Usd::from_atto(atto)))
}
