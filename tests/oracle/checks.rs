//! What `check` adds up of two logs: units, costs and mean units. How sure that is, the bootstrap, is
//! held by tests of its own.

use proptest::prelude::*;
use serde_json::Value;

use crate::figures::Figures;
use crate::make::Dice;
use crate::make::log::{Shape, log};
use crate::make::table::table;
use crate::naive::analyze::{price, read};
use crate::naive::gate::{Side, Unit, as_of, groups, last_day, side, unit};
use crate::number::{Q, decimal, text, whole};
use crate::program::{Folder, text as said};
use crate::world::log::{Line, Record};
use crate::world::table::Table;
use crate::{Compared, Tape, on_cases, tape, write};

/// Calls that have a price on their own day and on another, so that no doubt is left.
fn priced(table: &Table, records: Vec<Record>, day: i64) -> Vec<Record> {
    let mut records = records;
    records
        .retain(|record| price(table, record).is_ok() && price(table, &as_of(record, day)).is_ok());
    records
}

fn records(tape: &Tape, table: &Table) -> Vec<Record> {
    let lines = log(&mut Dice::new(&tape.0), table, Shape { most: 24, is_plain: true });
    let (mut records, _) = read(&lines);
    for record in &mut records {
        record.logged_cost = None;
    }
    records
}

fn lines(records: &[Record]) -> Vec<Line> {
    records.iter().cloned().map(Box::new).map(Line::Record).collect()
}

/// To the nearest 10⁻⁹, as multiples are told.
fn ninth(ratio: &Q) -> Q {
    let billion = whole(1_000_000_000);
    (ratio * &billion + decimal("0.5")).floor() / billion
}

/// Cut to 10⁻¹⁸ dollars, as a mean is told.
fn cut(amount: &Q) -> Q {
    let units = whole(1_000_000_000_000_000_000);
    (amount * &units).floor() / units
}

fn expect_unit(figures: &mut Figures, name: &str, unit: &Unit) {
    figures.set(format!("{name} before"), text(&cut(&unit.before)));
    figures.set(format!("{name} after"), text(&cut(&unit.after)));
    // Of the means as they are told.
    let told = Unit { before: cut(&unit.before), after: cut(&unit.after) };
    let ratio = told.ratio().map_or_else(|| "null".to_owned(), |ratio| text(&ninth(&ratio)));
    figures.set(format!("{name} ratio"), ratio);
}

fn expect_side(figures: &mut Figures, name: &str, side: &Side) {
    figures.set(format!("{name} units"), side.units);
    figures.set(format!("{name} cost"), text(&side.cost));
    figures.set(format!("{name} billed"), text(&side.billed));
}

fn found(report: &Value) -> Figures {
    let mut figures = Figures::default();
    for name in ["baseline", "current"] {
        figures.set(format!("{name} units"), said(&report[name]["units"]));
        figures.set(format!("{name} cost"), said(&report[name]["cost_usd"]));
        figures.set(format!("{name} billed"), said(&report[name]["billed_usd"]));
    }
    for judgement in report["judgements"].as_array().expect("a list") {
        let name = match said(&judgement["what"]).as_str() {
            "unit" => "unit".to_owned(),
            "group" => said(&judgement["key"]["call_type"]),
            _ => continue,
        };
        figures.set(format!("{name} before"), said(&judgement["before_usd"]));
        figures.set(format!("{name} after"), said(&judgement["after_usd"]));
        figures.set(format!("{name} ratio"), said(&judgement["ratio"]));
    }
    figures
}

#[test]
fn a_comparison_adds_up_what_the_naive_engine_does() {
    let worlds = (tape(1_000), tape(900), tape(900));
    on_cases(25, &worlds, |(tables, old, new)| {
        let table = table(&mut Dice::new(&tables.0));
        let (old, new) = (records(&old, &table), records(&new, &table));
        // The last call that has a price sets the day.
        let new: Vec<_> = new.into_iter().filter(|one| price(&table, one).is_ok()).collect();
        if new.is_empty() {
            return Ok(Compared::No);
        }
        let day = last_day(&new);
        let (old, new) = (priced(&table, old, day), priced(&table, new, day));
        if old.is_empty() {
            return Ok(Compared::No);
        }
        let folder = Folder::new(&table, &lines(&old));
        folder.write("new.jsonl", &write::log::text(&lines(&new)));
        let (old, new) = (side(&table, &old, day), side(&table, &new, day));
        let mut expected = Figures::default();
        expect_side(&mut expected, "baseline", &old);
        expect_side(&mut expected, "current", &new);
        let Some(whole) = unit(&old, &new) else { return Ok(Compared::No) };
        expect_unit(&mut expected, "unit", &whole);
        for (key, unit) in groups(&old, &new) {
            expect_unit(&mut expected, &key, &unit);
        }
        let report = folder.verdict(&["check", "log.jsonl", "new.jsonl"]);
        let differences = expected.differences(&found(&report));
        prop_assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), folder.told());
        Ok(Compared::Yes)
    });
}
