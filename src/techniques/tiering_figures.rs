//! What moving calls would save on the log as it is, and how that grows with the part that moves.

use super::branch::Branch;
use super::facts::{Facts, Scene};
use super::rehoming::{Rehoming, Scaling};
use super::sessions::rows_by_session;
use super::settings::rate_of;
use super::technique::Scenario;
use super::wording::{grouped, percent};
use crate::exhibits::{Cell, Exhibit};
use crate::units::{FineUsd, Rate, Usd};
use crate::usage::column;

/// The parts of the eligible calls that are shown.
const STEPS: [&str; 4] = ["0.25", "0.5", "0.75", "1"];

/// One eligible call.
#[derive(Clone, Copy)]
struct Eligible {
    calls: u64,
    /// What it costs where it is.
    cost: Usd,
    /// What moving it whole saves.
    saved: Usd,
    /// The part of it that moves.
    share: Rate,
}

/// The eligible calls of a log at one end of what is not known.
pub(super) struct Figures {
    eligible: Vec<Eligible>,
    /// What asking the classifier costs.
    asked: Usd,
    /// What all priced calls cost.
    bill: Usd,
    /// What the tries on targets and the judge cost, and what the calls cost where they are.
    tried: Usd,
}

/// A part of an amount.
fn part(amount: Usd, share: Rate) -> Usd {
    FineUsd::weighted(amount, share).map_or(amount, FineUsd::to_usd)
}

impl Figures {
    /// Prices every eligible call where it is and where it would go. Calls that do not fit their
    /// target or have no price there stay, and are not eligible.
    pub(super) fn of(rehoming: &Rehoming, facts: &Facts<'_>) -> Self {
        let mut found =
            Self { eligible: Vec::new(), asked: Usd::ZERO, bill: Usd::ZERO, tried: Usd::ZERO };
        for (row, model) in facts.modelled_rows() {
            let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
            let logged = Branch::logged(facts.calls.call(row), model);
            let Ok(cost) = scene.cost(&logged) else { continue };
            found.bill += cost;
            let Some(to) = rehoming.destination(row) else { continue };
            let question = rehoming.classifier.map(|classifier| classifier.beside(&logged));
            let question = question.and_then(|question| scene.cost(&question).ok());
            found.asked += question.unwrap_or(Usd::ZERO);
            if to.target == model {
                continue;
            }
            let after = rehoming.cost_on_target(&logged, to.target, &scene);
            let Some(mut after) = after else { continue };
            if let Some(cascade) = rehoming.cascade {
                let judged = cascade.judge.map(|judge| judge.beside(&logged));
                after += judged.and_then(|judged| scene.cost(&judged).ok()).unwrap_or(Usd::ZERO);
                found.tried += after;
                let again = cascade.escalated(&logged, &scene);
                after += part(scene.cost(&again).unwrap_or(cost), again.weight);
            }
            let share = rehoming.share(row);
            let calls = logged.call.calls;
            found.eligible.push(Eligible { calls, cost, saved: cost - after, share });
        }
        found
    }

    fn cost(&self) -> Usd {
        self.eligible.iter().map(|one| one.cost).sum()
    }

    /// What is saved by what moves.
    pub(super) fn saved(&self) -> Usd {
        let moved: Usd = self.eligible.iter().map(|one| part(one.saved, one.share)).sum();
        moved - self.asked
    }

    /// What the calls that move cost where they are: so much work is done by another model.
    pub(super) fn at_risk(&self) -> Usd {
        self.eligible.iter().map(|one| part(one.cost, one.share)).sum()
    }

    /// The share of moved calls that may be done again before the saving is gone.
    pub(super) fn break_even(&self) -> Option<Rate> {
        rate_of(self.saved(), self.at_risk())
    }

    /// The share of tries that a cascade must accept before it saves anything.
    pub(super) fn acceptance_needed(&self) -> Option<Rate> {
        rate_of(self.tried, self.cost())
    }

    /// The break-even and the money at risk in words.
    pub(super) fn sentences(&self) -> Vec<String> {
        if self.eligible.is_empty() {
            return Vec::new();
        }
        let redo = self.break_even().map_or_else(
            || "break-even: there is no saving to lose by doing calls again".to_owned(),
            |share| {
                format!(
                    "break-even: the saving is gone when {} of the moved calls are done again on \
                     the original model",
                    percent(share)
                )
            },
        );
        vec![redo]
    }

    /// The saving by the part of the eligible calls that moves.
    ///
    /// Rows that sum up calls do not tell which of these save most.
    pub(super) fn curve(&self, facts: &Facts<'_>) -> Exhibit {
        let is_rolled = facts.rolled().is_some();
        let mut exhibit = Exhibit::new(
            "tiering_curve",
            "What moving more of the eligible calls saves",
            &[
                ("eligible_share", "of eligible"),
                ("calls", "calls"),
                ("saved_usd", "saved"),
                ("saved_share", "of bill"),
                ("best_first_saved_usd", "best calls first"),
                ("at_risk_usd", "money at risk"),
                ("break_even_redo_share", "break-even redo"),
            ],
        );
        let mut best: Vec<_> = self.eligible.iter().map(|one| (one.saved, one.calls)).collect();
        best.sort_unstable_by(|one, other| other.cmp(one));
        let calls: u64 = self.eligible.iter().map(|one| one.calls).sum();
        let saved: Usd = self.eligible.iter().map(|one| one.saved).sum();
        for step in STEPS {
            let share = Rate::parse(step).expect("a rate");
            let taken = u128::from(calls) * u128::from(share.parts());
            let taken = u64::try_from(taken / u128::from(Rate::ONE.parts())).unwrap_or(calls);
            let (now, at_risk) = (part(saved, share) - self.asked, part(self.cost(), share));
            exhibit.push([
                Cell::Rate(share),
                Cell::Count(taken),
                Cell::Usd(now),
                Cell::share_of(now.atto(), self.bill.atto()),
                if is_rolled { Cell::Missing } else { Cell::Usd(first(&best, taken) - self.asked) },
                Cell::Usd(at_risk),
                rate_of(now, at_risk).map_or(Cell::Missing, Cell::Rate),
            ]);
        }
        exhibit.note(format!(
            "{} calls are eligible. \"Saved\" takes an average part of them, \"best calls first\" \
             those that save most. Money at risk is what the moved calls cost where they are: the \
             work of another model from then on, its quality unmeasured unless there are labels. \
             Calls alone, without what other techniques do.",
            grouped(calls)
        ));
        exhibit
    }

    /// How much of the conversations and of the bill is eligible.
    pub(super) fn sessions(rehoming: &Rehoming, facts: &Facts<'_>) -> Option<Exhibit> {
        let mut sums = [(0_u64, Usd::ZERO); 2];
        for rows in rows_by_session(facts) {
            let is_meant = rows.iter().any(|row| rehoming.destination(*row).is_some());
            let (count, cost) = &mut sums[usize::from(is_meant)];
            *count += 1;
            for row in rows {
                let Some(model) = facts.model(row) else { continue };
                let geo = facts.calls.name(column::GEO, row);
                *cost += facts.cost(model, &facts.calls.call(row), geo).unwrap_or(Usd::ZERO);
            }
        }
        let [others, meant] = sums;
        let (count, cost) = (others.0 + meant.0, others.1 + meant.1);
        if count == 0 {
            return None;
        }
        let mut exhibit = Exhibit::new(
            "tiering_sessions",
            "The conversations that go to other models",
            &[
                ("sessions", "conversations"),
                ("sessions_share", "of all"),
                ("cost_usd", "cost"),
                ("cost_share", "of their bill"),
                ("intensity", "intensity"),
            ],
        );
        exhibit.push([
            Cell::Count(meant.0),
            Cell::share_of(i128::from(meant.0), i128::from(count)),
            Cell::Usd(meant.1),
            Cell::share_of(meant.1.atto(), cost.atto()),
            intensity(meant, others),
        ]);
        exhibit.note(
            "Intensity: how many times as much one of these conversations costs as one of the \
             others. What came of a conversation is known only after it: whoever routes by it needs \
             a guess at its first call.",
        );
        Some(exhibit)
    }
}

/// `(c / s) / ((1 - c) / (1 - s))`: the mean cost of one kind over that of the other.
fn intensity(meant: (u64, Usd), others: (u64, Usd)) -> Cell {
    let mean = |(count, cost): (u64, Usd)| cost.atto().checked_div(i128::from(count));
    match (mean(meant), mean(others)) {
        (Some(one), Some(other)) if other > 0 => Cell::multiple_of(one, other),
        _ => Cell::Missing,
    }
}

/// What the first so many calls save; of a row that sums up several, the part that is left.
fn first(best: &[(Usd, u64)], mut calls: u64) -> Usd {
    let mut saved = Usd::ZERO;
    for (all, count) in best {
        if calls == 0 {
            break;
        }
        let taken = calls.min(*count);
        let share = Rate::of_counts(taken, *count).unwrap_or(Rate::ONE);
        saved += part(*all, share);
        calls -= taken;
    }
    saved
}

/// The saving token for token, and what the ends of the token ratios make of it.
pub(super) fn estimates(
    rehoming: &mut Rehoming,
    facts: &Facts<'_>,
    verbosity: Option<crate::units::Factor>,
) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "tiering_estimates",
        "How sure the saving is",
        &[
            ("estimate", "estimate"),
            ("saved_usd", "saved"),
            ("saved_share", "of bill"),
            ("basis", "basis"),
        ],
    );
    let expected = Scaling::of(Scenario::Expected, verbosity);
    for (name, scaling, basis) in [
        ("same tokens", Scaling::same(), "exact: the logged tokens at both prices"),
        ("low", Scaling::of(Scenario::Low, verbosity), "most tokens, longest answers"),
        ("expected", expected, "likely token ratio"),
        ("high", Scaling::of(Scenario::High, verbosity), "fewest tokens, shortest answers"),
    ] {
        rehoming.scale(scaling);
        let found = Figures::of(rehoming, facts);
        exhibit.push([
            Cell::text(name),
            Cell::Usd(found.saved()),
            Cell::share_of(found.saved().atto(), found.bill.atto()),
            Cell::text(basis),
        ]);
    }
    rehoming.scale(expected);
    exhibit.note(match verbosity {
        Some(_) => "The length of answers is as you measured it.",
        None => {
            "The length of answers on the target is not measured: run a sample on both models and \
             give `verbosity`, the quotient of their output tokens."
        }
    });
    exhibit.as_detail()
}
