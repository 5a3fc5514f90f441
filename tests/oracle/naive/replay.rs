//! What a log would have cost under a plan: every set of techniques on its own, and who saved what.
//! Source: `docs/glossary.md` (standalone, ladder, last in, fair share), the order of
//! `docs/techniques/README.md`, and `docs/decisions/2026-11-weighted-branches.md`.

use std::collections::BTreeMap;

use super::names::find;
use super::price::{Call, bill};
use super::techniques::{Branch, Scenario, Step, Surroundings, prepare};
use crate::number::{Q, has_decimals, one, shown, whole, zero};
use crate::world::log::Record;
use crate::world::plan::{Kind, Setting};
use crate::world::table::Table;

/// Weights have nine decimals: what needs more is rounded by the program.
const WEIGHT_DECIMALS: u32 = 9;

/// The figures of a technique.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Player {
    pub(crate) name: &'static str,
    pub(crate) standalone: Q,
    pub(crate) ladder: Q,
    pub(crate) remaining: Q,
    pub(crate) last_in: Q,
    pub(crate) fair_share: Q,
    pub(crate) low: Q,
    pub(crate) high: Q,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) calls: u64,
    pub(crate) unpriced: u64,
    pub(crate) baseline: Q,
    pub(crate) projected: Q,
    pub(crate) saved_low: Q,
    pub(crate) saved_high: Q,
    pub(crate) claimed_sum: Q,
    pub(crate) players: Vec<Player>,
    /// Calls, before and after by call type.
    pub(crate) groups: BTreeMap<String, (u64, Q, Q)>,
}

/// The bill of the log with a set of techniques on: each record by itself, each technique in turn.
struct Bills<'a> {
    table: &'a Table,
    records: &'a [Record],
    steps: Vec<Box<dyn Step>>,
}

/// A weight that the program cannot hold; then there is nothing to compare.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooFine;

impl Bills<'_> {
    /// What one record costs; nothing where it has no price.
    fn of(&self, row: usize, set: usize) -> Result<Option<Q>, TooFine> {
        let record = &self.records[row];
        let Ok(home) = find(self.table, &record.provider, &record.model) else { return Ok(None) };
        let logged = Branch::logged(Call::logged(record, home));
        if bill(self.table, &logged.call).is_err() {
            return Ok(None);
        }
        let surroundings = Surroundings { table: self.table, records: self.records, row };
        let mut branches = vec![logged];
        for (player, step) in self.steps.iter().enumerate() {
            if set & (1 << player) == 0 {
                continue;
            }
            let mut after = Vec::new();
            for branch in branches {
                // Extra calls have other prices, and are no calls that a technique was made for.
                if branch.is_free() || (branch.is_companion && !step.is_price()) {
                    after.push(branch);
                } else {
                    after.extend(step.apply(&branch, &surroundings));
                }
            }
            branches = after;
            branches.retain(|branch| branch.weight != zero());
        }
        let mut sum = zero();
        for branch in &branches {
            let is_exact = |weight: &Q| has_decimals(weight, WEIGHT_DECIMALS);
            if !branch.paid.iter().all(|paid| is_exact(&(&branch.weight * paid))) {
                return Err(TooFine);
            }
            sum += self.paid(branch);
        }
        Ok(Some(sum))
    }

    fn paid(&self, branch: &Branch) -> Q {
        let bill = bill(self.table, &branch.call).expect("techniques propose what has a price");
        let mut sum = zero();
        for (class, part) in &bill.tokens {
            sum += part * &branch.paid[Kind::of(*class) as usize];
        }
        if let Some(fees) = &bill.fees {
            sum += fees * &branch.paid[Kind::Fees as usize];
        }
        sum * &branch.weight
    }

    fn all(&self, set: usize) -> Result<Q, TooFine> {
        let mut sum = zero();
        for row in 0..self.records.len() {
            sum += self.of(row, set)?.unwrap_or_else(zero);
        }
        Ok(sum)
    }
}

fn bills<'a>(
    table: &'a Table,
    records: &'a [Record],
    plan: &[Setting],
    scenario: Scenario,
) -> Bills<'a> {
    let steps = plan.iter().map(|setting| prepare(table, records, setting, scenario)).collect();
    Bills { table, records, steps }
}

/// Runs a plan. `records` are in order of time.
pub(crate) fn simulate(
    table: &Table,
    records: &[Record],
    plan: &[Setting],
) -> Result<Outcome, TooFine> {
    let expected = bills(table, records, plan, Scenario::Expected);
    let players = plan.len();
    let all = (1 << players) - 1;
    let exact: Vec<Q> = (0..=all).map(|set| expected.all(set)).collect::<Result<_, _>>()?;
    let costs: Vec<Q> = exact.iter().map(shown).collect();
    let fair_shares = fair_shares(&exact, players);
    let ends = [Scenario::Low, Scenario::High].map(|end| bills(table, records, plan, end));
    let mut outcome = Outcome {
        calls: 0,
        unpriced: 0,
        baseline: costs[0].clone(),
        projected: costs[all].clone(),
        saved_low: zero(),
        saved_high: zero(),
        claimed_sum: zero(),
        players: Vec::new(),
        groups: BTreeMap::new(),
    };
    for (player, setting) in plan.iter().enumerate() {
        let (bit, before) = (1_usize << player, (1_usize << player) - 1);
        let standalone = &costs[0] - &costs[bit];
        let alone = ends.iter().map(|end| Ok(&costs[0] - shown(&end.all(bit)?)));
        let mut range = alone.collect::<Result<Vec<Q>, TooFine>>()?;
        range.push(standalone.clone());
        outcome.claimed_sum += &standalone;
        outcome.players.push(Player {
            name: setting.name(),
            ladder: &costs[before] - &costs[before | bit],
            remaining: costs[before | bit].clone(),
            last_in: &costs[all ^ bit] - &costs[all],
            fair_share: fair_shares[player].clone(),
            low: range.iter().min().expect("three").clone(),
            high: range.iter().max().expect("three").clone(),
            standalone,
        });
    }
    let mut range = vec![&costs[0] - &costs[all]];
    for end in &ends {
        range.push(&costs[0] - shown(&end.all(all)?));
    }
    outcome.saved_low = range.iter().min().expect("three").clone();
    outcome.saved_high = range.iter().max().expect("three").clone();
    by_call_type(&expected, records, all, &mut outcome)?;
    Ok(outcome)
}

fn by_call_type(
    bills: &Bills<'_>,
    records: &[Record],
    all: usize,
    outcome: &mut Outcome,
) -> Result<(), TooFine> {
    for (row, record) in records.iter().enumerate() {
        let (Some(before), Some(after)) = (bills.of(row, 0)?, bills.of(row, all)?) else {
            outcome.unpriced += record.calls;
            continue;
        };
        outcome.calls += record.calls;
        let empty = || (0, zero(), zero());
        let group = outcome.groups.entry(record.call_type.clone()).or_insert_with(empty);
        group.0 += record.calls;
        group.1 += before;
        group.2 += after;
    }
    Ok(())
}

/// The average of what each technique adds, over every order of introducing them: for each set of the
/// others, the part of all orders in which exactly these come before it.
fn fair_shares(costs: &[Q], players: usize) -> Vec<Q> {
    let factorial = |count: usize| (1..=count as u64).fold(one(), |all, one| all * whole(one));
    (0..players)
        .map(|player| {
            let bit = 1 << player;
            let others = (0..costs.len()).filter(|set| set & bit == 0);
            others.fold(zero(), |sum, set| {
                let before = set.count_ones() as usize;
                let orders = factorial(before) * factorial(players - before - 1);
                sum + (&costs[set] - &costs[set | bit]) * orders / factorial(players)
            })
        })
        .collect()
}

/// Amounts cut to 10⁻¹⁸ dollars that add up to a whole: all down, then those cut most up by one.
pub(crate) fn apportioned(parts: &[Q], total: &Q) -> Vec<Q> {
    let unit = crate::number::decimal("0.000000000000000001");
    let mut cut: Vec<Q> = parts.iter().map(|part| (part / &unit).floor() * &unit).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|one, other| (&parts[*other] - &cut[*other]).cmp(&(&parts[*one] - &cut[*one])));
    let sum = cut.iter().fold(zero(), |sum, part| sum + part);
    let missing = crate::number::count(&((total - sum) / &unit));
    for place in order.into_iter().take(usize::try_from(missing).expect("few")) {
        cut[place] += &unit;
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::decimal;

    #[test]
    fn the_four_rates_of_the_published_example_share_as_they_should() {
        let rates = ["0.55", "0.40", "0.35", "0.25"].map(decimal);
        let cost = |set: usize| {
            let members = rates.iter().enumerate().filter(|(player, _)| set & (1 << player) != 0);
            members.fold(decimal("3200"), |cost, (_, rate)| cost * (one() - rate))
        };
        let costs: Vec<Q> = (0..16).map(cost).collect();
        let shares = fair_shares(&costs, 4);
        let sum = shares.iter().fold(zero(), |sum, share| sum + share);
        assert_eq!(sum, decimal("2778.8"));
        assert_eq!(shares[2], decimal("603.4"));
    }
}
