//! Random plans over a price table, in the order in which a request meets techniques.

use super::Dice;
use super::log::{TEAMS, TYPES};
use crate::world::Tier;
use crate::world::plan::{Condition, Helper, Kind, Move, Plan, Portion, Scope, Setting, Term};
use crate::world::table::{Decimal, Table};

/// Twelve settings that a plan may have.
const KINDS: usize = 11;

/// A plan of up to so many techniques.
pub(crate) fn plan(dice: &mut Dice<'_>, table: &Table, most: usize) -> Plan {
    let mut wanted: Vec<usize> = (0..=dice.below(most)).map(|_| dice.below(KINDS)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let has_tiering = wanted.contains(&3);
    wanted.into_iter().map(|kind| setting(dice, table, kind, has_tiering)).collect()
}

fn setting(dice: &mut Dice<'_>, table: &Table, kind: usize, has_tiering: bool) -> Setting {
    match kind {
        0 => Setting::RetryHygiene {
            max_attempts: dice.pick(&[5, 2, 3]),
            max_wait_seconds: dice.pick(&[30, 60, 0]),
            statuses: dice.maybe(30, |dice| dice.some(&[500, 400, 429])),
        },
        1 => {
            let embedding = dice.maybe(40, |dice| {
                (model(dice, table), dice.maybe(50, |dice| dice.pick(&[50, 0, 7])))
            });
            Setting::SemanticCache { rate: dice.rate(), scope: scope(dice, table), embedding }
        }
        2 if dice.chance(50) => Setting::TrimRate { rate: dice.rate(), scope: scope(dice, table) },
        2 => {
            let tokens = dice.pick(&[500, 1_000, 100, 0]);
            Setting::TrimTokens { tokens, scope: scope(dice, table) }
        }
        3 => tiering(dice, table),
        4 => Setting::FreeModels {
            scope: scope(dice, table),
            per_day: dice.pick(&[1, 2, 50, 0]),
            per_minute: dice.pick(&[1, 20, 3]),
        },
        5 => Setting::ConciseOutput {
            rate: dice.rate(),
            prompt_tokens: dice.pick(&[0, 20]),
            scope: scope(dice, table),
        },
        6 => Setting::OutputCap {
            tokens: dice.pick(&[500, 100, 1_000, 1]),
            rerun: dice.maybe(60, Dice::rate),
            scope: scope(dice, table),
        },
        7 => Setting::StructuredOutput {
            rate: dice.rate(),
            schema: dice.pick(&[0, 30]),
            wrapper: dice.pick(&[0, 40]),
            scope: scope(dice, table),
        },
        8 => Setting::Batch {
            share: dice.maybe(40, Dice::rate),
            cache_hit: dice.maybe(50, Dice::rate),
            scope: scope(dice, table),
        },
        9 => caching(dice, table, has_tiering),
        _ => discount(dice, table),
    }
}

fn caching(dice: &mut Dice<'_>, table: &Table, has_tiering: bool) -> Setting {
    let declared = if has_tiering { 100 } else { 60 };
    let cacheable = dice.maybe(declared, |dice| {
        if dice.chance(50) {
            Portion::Share(dice.decimal(&["0.5", "0.6", "1.0", "0.25"]))
        } else {
            Portion::Tokens(dice.pick(&[500, 128, 1_000, 0]))
        }
    });
    Setting::PromptCaching {
        hit: dice.rate(),
        cacheable,
        is_long: dice.chance(30),
        scope: scope(dice, table),
    }
}

fn discount(dice: &mut Dice<'_>, table: &Table) -> Setting {
    let by: Vec<Term> = (0..dice.below(3))
        .map(|_| Term {
            model: dice.maybe(40, |dice| model(dice, table)),
            tiers: dice.maybe(40, |dice| dice.some(&[Tier::Batch, Tier::Standard, Tier::Flex])),
            kinds: dice.maybe(60, |dice| dice.some(&Kind::ALL)),
            rate: dice.rate(),
        })
        .collect();
    let rate = if by.is_empty() || dice.chance(70) { Some(dice.rate()) } else { None };
    Setting::ProviderDiscount { rate, by, scope: scope(dice, table) }
}

fn tiering(dice: &mut Dice<'_>, table: &Table) -> Setting {
    let mut rules: Vec<Move> = (0..=dice.below(2))
        .map(|_| Move {
            to: model(dice, table),
            scope: scope(dice, table),
            share: dice.maybe(50, Dice::rate),
        })
        .collect();
    // At least one rule says for which calls or how many.
    if rules.iter().all(|rule| rule.share.is_none()) {
        rules[0].share = Some(Decimal("1".to_owned()));
    }
    let cascade = dice.maybe(30, |dice| (dice.rate(), dice.maybe(50, |dice| helper(dice, table))));
    Setting::ModelTiering {
        rules,
        max_share: dice.maybe(15, |dice| dice.decimal(&["0.5", "1"])),
        classifier: dice.maybe(30, |dice| helper(dice, table)),
        cascade,
        verbosity: dice.maybe(40, |dice| dice.decimal(&["1", "1.2", "0.5"])),
    }
}

fn helper(dice: &mut Dice<'_>, table: &Table) -> Helper {
    Helper { model: model(dice, table), input: dice.pick(&[100, 0, 7]), output: dice.pick(&[5, 0]) }
}

fn model(dice: &mut Dice<'_>, table: &Table) -> String {
    let index = dice.below(table.models.len());
    table.models[index].id.clone()
}

fn scope(dice: &mut Dice<'_>, table: &Table) -> Scope {
    let call_types = dice.maybe(25, |dice| dice.some(&TYPES.map(str::to_owned)));
    let condition = dice.maybe(35, |dice| condition(dice, table, 2));
    Scope { call_types: call_types.unwrap_or_default(), condition }
}

fn condition(dice: &mut Dice<'_>, table: &Table, depth: usize) -> Condition {
    let kinds = if depth == 0 { 6 } else { 8 };
    match dice.below(kinds) {
        0 => Condition::Team(dice.pick(&TEAMS).to_owned()),
        1 => Condition::NotTeam(dice.pick(&TEAMS).to_owned()),
        2 => Condition::NoTeam,
        3 => Condition::InputAbove(dice.pick(&[1_000, 500, 0])),
        4 => Condition::OutputAtMost(dice.pick(&[1_000, 100, 0])),
        5 => Condition::Model(model(dice, table)),
        kind => {
            let one = Box::new(condition(dice, table, depth - 1));
            let other = Box::new(condition(dice, table, depth - 1));
            if kind == 6 { Condition::Both(one, other) } else { Condition::Either(one, other) }
        }
    }
}
