//! What to do first: the cheapest set of techniques for the work it takes, without those that break
//! a guard.

use std::num::NonZeroUsize;

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, Scenario};
use crate::units::{Factor, Usd};

use super::asked::Asked;
use super::attribution::{Attribution, Mask};
use super::bills::totals;
use super::error::SimulationError;
use super::plan::Plan;
use super::run::{players, prepare};

/// What the plan knows of its techniques.
struct Choice<'a> {
    asked: &'a Asked,
    names: Vec<&'static str>,
    labels: Vec<&'static str>,
}

impl Choice<'_> {
    /// Days of work, in billionths.
    fn effort(&self, set: Mask) -> u64 {
        let members = self.names.iter().enumerate().filter(|(place, _)| set & (1 << place) != 0);
        members.map(|(_, name)| self.asked.effort_of(name).parts()).sum()
    }

    fn is_allowed(&self, set: Mask) -> bool {
        let mut members = self.names.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        let breaks = |name: &str| self.asked.guards.iter().any(|guard| guard.is_broken_by(name));
        let fits = self.asked.max_effort.is_none_or(|most| self.effort(set) <= most.parts());
        fits && !members.any(|(_, name)| breaks(name))
    }

    fn told(&self, set: Mask) -> String {
        let members = self.labels.iter().enumerate().filter(|(place, _)| set & (1 << place) != 0);
        members.map(|(_, label)| *label).collect::<Vec<_>>().join(", ")
    }
}

/// The sets that no other allowed set beats at the same work or less, from the least work on; and
/// which techniques are sure to be worth it in the whole plan.
pub(super) fn best_plans(
    facts: &Facts<'_>,
    plan: &Plan,
    attribution: &Attribution,
    threads: NonZeroUsize,
) -> Result<Vec<Exhibit>, SimulationError> {
    let choice = Choice {
        asked: &plan.asked,
        names: plan.techniques().map(|one| one.info().name).collect(),
        labels: plan.techniques().map(|one| one.info().label).collect(),
    };
    let sure = surely_saved(facts, plan, attribution, threads)?;
    Ok(vec![by_effort(&choice, attribution), levers(&choice, attribution, &sure)])
}

fn by_effort(choice: &Choice<'_>, attribution: &Attribution) -> Exhibit {
    let mut sets: Vec<(u64, Usd, Mask)> = (1..=attribution.all())
        .filter(|set| choice.is_allowed(*set))
        .map(|set| (choice.effort(set), attribution.cost(set), set))
        .collect();
    sets.sort_unstable();
    let mut exhibit = Exhibit::new(
        "best_plans",
        "The cheapest bill for so many days of work",
        &[
            ("techniques", "techniques"),
            ("effort_days", "days"),
            ("projected_usd", "remaining"),
            ("saved_usd", "saves"),
        ],
    );
    let mut least = attribution.cost(0);
    for (effort, cost, set) in sets {
        if cost >= least {
            continue;
        }
        least = cost;
        exhibit.highlight = Some(exhibit.rows.len());
        let days = Factor::of_counts(effort, Factor::ONE.parts()).unwrap_or(Factor::ONE);
        exhibit.push([
            Cell::Text(choice.told(set)),
            Cell::text(days.to_string()),
            Cell::Usd(cost),
            Cell::Usd(attribution.saving(set)),
        ]);
    }
    if exhibit.rows.is_empty() {
        exhibit.note("no set of these techniques saves anything within the guards and the days");
    }
    exhibit.note("days of work are assumed; give your own under [effort] in a plan");
    for (name, guard) in super::asked::Guard::ALL {
        if choice.asked.guards.contains(&guard) {
            exhibit.note(format!("guard {name}: {}", broken(choice, guard)));
        }
    }
    exhibit
}

fn broken(choice: &Choice<'_>, guard: super::asked::Guard) -> String {
    let places = choice.names.iter().zip(&choice.labels);
    let out: Vec<_> =
        places.filter(|(name, _)| guard.is_broken_by(name)).map(|(_, label)| *label).collect();
    if out.is_empty() {
        return "leaves nothing out".to_owned();
    }
    format!("leaves out {}", out.join(", "))
}

fn levers(choice: &Choice<'_>, attribution: &Attribution, sure: &[Usd]) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "levers",
        "What each technique adds to all the others",
        &[
            ("technique", ""),
            ("effort_days", "days"),
            ("last_in_usd", "adds"),
            ("last_in_low_usd", "adds at least"),
            ("advice", ""),
        ],
    );
    for (place, label) in choice.labels.iter().enumerate() {
        let set = 1 << place;
        let days = choice.asked.effort_of(choice.names[place]);
        let advice = if choice.asked.guards.iter().any(|g| g.is_broken_by(choice.names[place])) {
            "breaks a guard"
        } else if sure[place] > Usd::ZERO {
            "worth it"
        } else if attribution.last_in(place) > Usd::ZERO {
            "measure first"
        } else if attribution.saving(set) > Usd::ZERO {
            "only without the others"
        } else {
            "leave out"
        };
        exhibit.push([
            Cell::text(*label),
            Cell::text(days.to_string()),
            Cell::Usd(attribution.last_in(place)),
            Cell::Usd(sure[place]),
            Cell::text(advice),
        ]);
    }
    exhibit
        .note("a technique is worth it when even the low end of what it adds is more than nothing");
    exhibit
}

/// The least that each technique adds to all the others, over the two ends and the middle.
fn surely_saved(
    facts: &Facts<'_>,
    plan: &Plan,
    attribution: &Attribution,
    threads: NonZeroUsize,
) -> Result<Vec<Usd>, SimulationError> {
    let count = plan.techniques().count();
    let mut least: Vec<Usd> = (0..count).map(|player| attribution.last_in(player)).collect();
    if !plan.techniques().any(|technique| technique.has_range(facts)) {
        return Ok(least);
    }
    let whole = attribution.all();
    let sets: Vec<Mask> = (0..count).map(|player| whole ^ (1 << player)).chain([whole]).collect();
    for scenario in [Scenario::Low, Scenario::High] {
        let prepared = prepare(facts, plan, scenario)?;
        facts.expect_replays(1);
        let bills = totals(facts, &players(plan, &prepared), &sets, threads)?;
        let with_all = bills[count].to_usd();
        for (least, without) in least.iter_mut().zip(&bills) {
            *least = (*least).min(without.to_usd() - with_all);
        }
    }
    Ok(least)
}
