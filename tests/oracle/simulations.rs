//! What `simulate` says: each technique alone, all together, the ladder and fair shares.

use proptest::prelude::*;

use crate::figures::{Figures, simulation};
use crate::make::Dice;
use crate::make::log::{Shape, log};
use crate::make::plan::plan;
use crate::make::table::table;
use crate::naive::analyze::read;
use crate::naive::replay::simulate;
use crate::program::Folder;
use crate::world::log::Line;
use crate::world::plan::Plan;
use crate::world::table::Table;
use crate::{Compared, Tape, on_cases, tape};

/// The most techniques of a plan: each set of them is a bill of its own.
pub(crate) const MOST: usize = 4;

/// As much of a plan as has weights that the program holds exactly: where it would round them there is
/// nothing to compare.
pub(crate) fn plan_that_is_exact(table: &Table, lines: &[Line], mut plan: Plan) -> Plan {
    let (mut records, _) = read(lines);
    records.sort_by_key(|record| record.time);
    while plan.len() > 1 && simulate(table, &records, &plan).is_err() {
        plan.truncate(plan.len() - 1);
    }
    plan
}

fn check(tapes: &[Tape; 3], most: usize) -> Result<Compared, TestCaseError> {
    let table = table(&mut Dice::new(&tapes[0].0));
    let lines = log(&mut Dice::new(&tapes[1].0), &table, Shape { most: 8, is_plain: false });
    let plan = plan(&mut Dice::new(&tapes[2].0), &table, most);
    let plan = plan_that_is_exact(&table, &lines, plan);
    let (mut records, _) = read(&lines);
    // In order of time; those without one first.
    records.sort_by_key(|record| record.time);
    let Ok(outcome) = simulate(&table, &records, &plan) else {
        return Ok(Compared::No);
    };
    let folder = Folder::new(&table, &lines).plan(&plan, &["call_type"]);
    let report = folder.json(&["simulate", "log.jsonl", "--plan", "plan.toml", "--top", "0"]);
    let mut expected = Figures::default();
    expected.outcome(&outcome);
    let differences = expected.differences(&simulation(&report));
    prop_assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), folder.told());
    Ok(Compared::Yes)
}

fn tapes() -> impl Strategy<Value = [Tape; 3]> {
    (tape(1_000), tape(450), tape(120)).prop_map(|(table, log, plan)| [table, log, plan])
}

#[test]
fn each_technique_alone_saves_what_the_naive_engine_says() {
    on_cases(20, &tapes(), |tapes| check(&tapes, 1));
}

#[test]
fn techniques_together_save_what_the_naive_engine_says() {
    on_cases(20, &tapes(), |tapes| check(&tapes, MOST));
}
