//! What `analyze` says, call by call, by group and by class.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use crate::figures::{Figures, account, sums};
use crate::make::Dice;
use crate::make::log::{Shape, log};
use crate::make::table::table;
use crate::naive::analyze::{classes, groups, price, read};
use crate::naive::zones::{ZONES, day};
use crate::number::{decimal, text};
use crate::program::{Folder, text as said};
use crate::world::log::{Line, Record};
use crate::world::table::Table;
use crate::{Compared, Tape, on_cases, tape};

fn world(tapes: &[Tape; 2], shape: Shape) -> (Table, Vec<Line>) {
    let table = table(&mut Dice::new(&tapes[0].0));
    let lines = log(&mut Dice::new(&tapes[1].0), &table, shape);
    (table, lines)
}

fn tapes() -> impl Strategy<Value = [Tape; 2]> {
    (tape(1_000), tape(700)).prop_map(|(table, log)| [table, log])
}

/// The sums of a report by one column.
fn found(report: &Value, column: &str) -> Figures {
    let mut figures = Figures::default();
    account(report, &mut figures);
    sums("all", &report["totals"], &mut figures);
    for group in report["groups"].as_array().expect("a list") {
        sums(&said(&group["key"][column]), group, &mut figures);
    }
    figures
}

fn check(expected: &Figures, found: &Figures, folder: &Folder) -> Result<Compared, TestCaseError> {
    let differences = expected.differences(found);
    prop_assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), folder.told());
    Ok(Compared::Yes)
}

fn expected<Key: Ord + ToString>(
    table: &Table,
    lines: &[Line],
    key: impl Fn(&Record) -> Key,
) -> Figures {
    let (records, lines) = read(lines);
    let mut figures = Figures::default();
    figures.account(&lines);
    figures.sums("all", &groups(table, &records, |_| ())[&()]);
    for (key, group) in groups(table, &records, key) {
        figures.sums(&key.to_string(), &group);
    }
    figures
}

#[test]
fn every_call_costs_what_the_naive_engine_says() {
    on_cases(40, &tapes(), |tapes| {
        let (table, lines) = world(&tapes, Shape { most: 12, is_plain: false });
        let folder = Folder::new(&table, &lines);
        let report = folder.json(&["analyze", "log.jsonl", "--by", "case", "--top", "0"]);
        let expected = expected(&table, &lines, |record| record.case.clone());
        check(&expected, &found(&report, "case"), &folder)?;
        check(&class_sums(&table, &lines), &found_classes(&report), &folder)?;
        check_unpriced(&table, &lines, &report, &folder)
    });
}

/// What a class costs in one call is what it costs in a log of this call.
#[test]
fn every_class_of_a_call_costs_what_the_naive_engine_says() {
    on_cases(25, &tapes(), |tapes| {
        let (table, lines) = world(&tapes, Shape { most: 1, is_plain: true });
        let folder = Folder::new(&table, &lines);
        let report = folder.json(&["analyze", "log.jsonl", "--by", "case"]);
        check(&class_sums(&table, &lines), &found_classes(&report), &folder)
    });
}

#[test]
fn groups_are_those_of_the_naive_engine_in_every_time_zone() {
    let worlds = (tapes(), 0..ZONES.len(), 0..4_usize);
    on_cases(25, &worlds, |(tapes, zone, column)| {
        let (table, lines) = world(&tapes, Shape { most: 14, is_plain: false });
        let folder = Folder::new(&table, &lines);
        let column = ["day", "model", "call_type", "team"][column];
        let zone_name = ZONES[zone].0;
        let arguments =
            ["analyze", "log.jsonl", "--by", column, "--top", "0", "--timezone", zone_name];
        let report = folder.json(&arguments);
        let key = |record: &Record| match column {
            "day" => {
                record.time.map_or_else(String::new, |time| crate::write::date(day(zone, time)))
            }
            "model" => record.model.clone(),
            "call_type" => record.call_type.clone(),
            _ => record.team.clone(),
        };
        check(&expected(&table, &lines, key), &found(&report, column), &folder)
    });
}

fn class_sums(table: &Table, lines: &[Line]) -> Figures {
    let (records, _) = read(lines);
    let (classes, fees) = classes(table, &records);
    let mut figures = Figures::default();
    for (class, (tokens, cost)) in classes {
        figures.set(format!("{} tokens", class.name()), tokens);
        figures.set(format!("{} cost", class.name()), text(&cost));
    }
    figures.set("fees", text(&fees));
    figures
}

fn found_classes(report: &Value) -> Figures {
    let mut figures = Figures::default();
    for class in report["token_classes"].as_array().expect("a list") {
        let name = said(&class["class"]);
        figures.set(format!("{name} tokens"), said(&class["tokens"]));
        figures.set(format!("{name} cost"), said(&class["cost_usd"]));
    }
    figures.set("fees", said(&report["fees_usd"]));
    figures
}

/// Where several reasons hold for a call, the program says one of them: each call must be in a row with
/// one of its reasons, and no row may hold more calls than have that reason.
fn check_unpriced(
    table: &Table,
    lines: &[Line],
    report: &Value,
    folder: &Folder,
) -> Result<Compared, TestCaseError> {
    let (records, _) = read(lines);
    let mut possible: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let mut sure: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let (mut all, mut logged) = (0, 0);
    for record in &records {
        let Err(reasons) = price(table, record) else { continue };
        all += record.calls;
        logged += if record.logged_cost.is_some() { record.calls } else { 0 };
        let is_sure = reasons.len() == 1;
        for reason in reasons {
            let key = (record.provider.clone(), record.model.clone(), reason.to_owned());
            *possible.entry(key.clone()).or_insert(0) += record.calls;
            *sure.entry(key).or_insert(0) += if is_sure { record.calls } else { 0 };
        }
    }
    let mut found: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let (mut said_all, mut said_logged) = (0, 0);
    for row in report["unpriced_models"].as_array().expect("a list") {
        let number = |value: &Value| value.as_u64().expect("a count");
        let at_logged = number(&row["at_logged_cost"]["calls"]);
        let calls = number(&row["calls"]) + at_logged;
        said_all += calls;
        said_logged += at_logged;
        let key = (said(&row["provider"]), said(&row["model"]), said(&row["reason"]));
        *found.entry(key).or_insert(0) += calls;
    }
    prop_assert_eq!((all, logged), (said_all, said_logged), "{}", folder.told());
    for (key, calls) in &found {
        let most = possible.get(key).copied().unwrap_or(0);
        prop_assert!(*calls <= most, "{key:?}: {calls} of at most {most}\n{}", folder.told());
    }
    for (key, least) in &sure {
        let calls = found.get(key).copied().unwrap_or(0);
        prop_assert!(calls >= *least, "{key:?}: {calls} of at least {least}\n{}", folder.told());
    }
    Ok(Compared::Yes)
}

/// A roll-up of a log is priced like the log.
#[test]
fn a_roll_up_costs_what_the_naive_engine_says_of_its_log() {
    let worlds = (tapes(), 0..3_usize);
    on_cases(20, &worlds, |(tapes, column)| {
        let (table, lines) = world(&tapes, Shape { most: 14, is_plain: false });
        let folder = Folder::new(&table, &lines);
        let column = ["model", "call_type", "team"][column];
        let rolled = ["rollup", "log.jsonl", "--by", "team", "-o", "sums.jsonl"];
        folder.run(&[&rolled[..], &["--prices", "prices.toml"]].concat());
        let asked = ["analyze", "sums.jsonl", "--by", column, "--top", "0", "--json"];
        let asked = [&asked[..], &["--prices", "prices.toml"]].concat();
        let report: Value = match folder.try_run(&asked) {
            Ok(text) => serde_json::from_str(&text).expect("JSON"),
            // Which tokens of several prompts lie beyond a limit is not in their sums, as it says.
            Err((Some(3), said)) if said.contains("of which only the rest has other prices") => {
                return Ok(Compared::No);
            }
            Err((code, said)) => panic!("{code:?} {said}\n{}", folder.told()),
        };
        let (records, _) = read(&lines);
        let mut expected = Figures::default();
        expected.sums("all", &groups(&table, &records, |_| ())[&()]);
        let key = |record: &Record| match column {
            "model" => record.model.clone(),
            "call_type" => record.call_type.clone(),
            _ => record.team.clone(),
        };
        for (key, group) in groups(&table, &records, key) {
            expected.sums(&key, &group);
        }
        let mut figures = found(&report, column);
        for name in ["lines", "records", "duplicates", "skipped", "blank"] {
            figures.0.remove(name);
        }
        check(&expected, &figures, &folder)
    });
}

#[test]
fn amounts_of_reports_are_exact_decimal_text() {
    assert_eq!(crate::figures::amount(&Value::from("0.10")), Some(decimal("0.1")));
    assert_eq!(crate::figures::amount(&Value::Null), None);
}
