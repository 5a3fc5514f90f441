//! Random logs over a price table: calls of its models under all their names, now and then of others,
//! with copies, broken lines and attempts that repeat each other.

use super::{Dice, moment};
use crate::naive::names::OTHER_PROVIDER;
use crate::world::log::{Counts, Line, Record};
use crate::world::table::Table;
use crate::world::{Class, Tier};

/// The types of calls that a log has.
pub(crate) const TYPES: [&str; 3] = ["chat", "report", "extract"];
/// The teams that a log has, beside none.
pub(crate) const TEAMS: [&str; 2] = ["blue", "red"];

/// How a log may be made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) most: usize,
    /// Single calls with times only, and nothing that a roll-up or a gate leaves aside.
    pub(crate) is_plain: bool,
}

pub(crate) fn log(dice: &mut Dice<'_>, table: &Table, shape: Shape) -> Vec<Line> {
    let count = 1 + dice.below(shape.most);
    let mut lines = Vec::new();
    for index in 0..count {
        let mut record = record(dice, table, index, shape);
        if index == 0 {
            // A log has every column that a condition may name.
            TEAMS[0].clone_into(&mut record.team);
        }
        let again = if shape.is_plain { 0 } else { dice.below(12) };
        lines.push(Line::Record(Box::new(record.clone())));
        match again {
            8 => lines.push(Line::Record(Box::new(record))),
            9 => lines.extend(further(dice, &record, index)),
            10 => lines.push(Line::Blank),
            11 => lines.push(Line::Broken(dice.pick(&["{\"model\":", "[1, 2]]"]))),
            _ => {}
        }
    }
    lines
}

fn record(dice: &mut Dice<'_>, table: &Table, index: usize, shape: Shape) -> Record {
    let model = name(dice, table);
    let is_undated = !shape.is_plain && dice.chance(8);
    // What a moving name means without a time is nobody's question.
    let is_undated = is_undated && !model.contains("latest");
    let failed = dice.maybe(12, |dice| dice.pick(&[400, 429, 500, 0]));
    let calls = if shape.is_plain || !dice.chance(10) { 1 } else { 2 + dice.below(4) as u64 };
    Record {
        case: format!("case-{index}"),
        time: if is_undated { None } else { Some(moment(dice)) },
        provider: provider(dice),
        model,
        call_type: dice.pick(&TYPES).to_owned(),
        team: dice.pick(&["blue", "red", ""]).to_owned(),
        geo: dice.pick(&["", "", "", "", "eu", "global", "mars"]).to_owned(),
        tier: dice.pick(&[
            Tier::Standard,
            Tier::Standard,
            Tier::Standard,
            Tier::Batch,
            Tier::Flex,
            Tier::Priority,
            Tier::Fast,
        ]),
        counts: counts(dice),
        searches: if dice.chance(8) { 1 + dice.below(4) as u64 } else { 0 },
        file_searches: if dice.chance(5) { 1 + dice.below(3) as u64 } else { 0 },
        failed,
        finish: dice.pick(&["stop", "stop", "length", "refusal", ""]).to_owned(),
        calls,
        request_id: if dice.chance(20) { String::new() } else { format!("request-{index}") },
        attempt: None,
        retry_of: String::new(),
        logged_cost: dice.maybe(15, |dice| dice.pick(&["0.0123", "1.5", "0"]).to_owned()),
    }
}

fn provider(dice: &mut Dice<'_>) -> String {
    let names = ["", "", "oracle", "oracle", "Oracle", "oracle-cloud"];
    if dice.chance(6) {
        return dice.pick(&[OTHER_PROVIDER, "nobody-knows"]).to_owned();
    }
    dice.pick(&names).to_owned()
}

fn name(dice: &mut Dice<'_>, table: &Table) -> String {
    if dice.chance(6) {
        return dice.pick(&["oracle-model", "no-such-model-at-all"]).to_owned();
    }
    if let Some(alias) = table.aliases.first().filter(|_| dice.chance(15)) {
        return alias.id.clone();
    }
    let model = dice.below(table.models.len());
    let model = &table.models[model];
    let mut name = model.id.clone();
    if let Some(alias) = model.aliases.first().filter(|_| dice.chance(30)) {
        name.clone_from(alias);
    }
    for form in &table.forms {
        if dice.chance(25) {
            let through = form.through.as_deref().map_or(String::new(), |end| format!("x{end}"));
            name = format!("{}{through}{name}{}", form.prefix, form.suffix);
        }
    }
    name
}

fn counts(dice: &mut Dice<'_>) -> Counts {
    let mut counts = Counts::new();
    for class in Class::ALL {
        let percent = match class {
            Class::Input | Class::Output => 90,
            Class::CacheRead => 25,
            Class::Reasoning => 40,
            Class::CacheWrite5m | Class::CacheWrite1h => 15,
            _ => 5,
        };
        if dice.chance(percent) {
            counts.insert(class, size(dice));
        }
    }
    counts
}

fn size(dice: &mut Dice<'_>) -> u64 {
    let usual = [100, 200, 500, 999, 1_000, 1_001, 2_000];
    match dice.below(8) {
        0 => dice.pick(&[1, 10, 60, 59]),
        1..=3 => dice.pick(&usual),
        4 | 5 => dice.below(300) as u64 * 10,
        6 => dice.below(5_000) as u64,
        _ => dice.below(4_000_000) as u64 * 250,
    }
}

/// Later attempts of a request, numbered or naming the first.
fn further(dice: &mut Dice<'_>, first: &Record, index: usize) -> Vec<Line> {
    if first.request_id.is_empty() || first.time.is_none() || first.calls != 1 {
        return Vec::new();
    }
    let is_numbered = dice.chance(50);
    let mut time = first.time.unwrap_or(0);
    let mut lines = Vec::new();
    for number in 2..3 + dice.below(6) {
        time += dice.pick(&[1_000, 30_000, 60_000, 60_001, 15_000, 90_000]);
        let mut again = first.clone();
        again.case = format!("case-{index}-{number}");
        again.time = Some(time);
        again.counts = counts(dice);
        again.failed = dice.maybe(60, |dice| dice.pick(&[500, 400, 429, 0]));
        if is_numbered {
            again.attempt = Some(number as u64);
        } else {
            again.request_id = format!("request-{index}-{number}");
            again.retry_of.clone_from(&first.request_id);
        }
        lines.push(Line::Record(Box::new(again)));
    }
    lines
}
