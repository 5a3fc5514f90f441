//! From sums to what is told: numbers, assumptions, warnings, groups.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use crate::exhibits::Exhibit;
use crate::pricing::PriceBook;
use crate::techniques::{Evidence, Facts, Measured, Prepared};
use crate::units::{Rate, Usd};

use super::attribution::{Attribution, Part, apportion};
use super::best::best_sets;
use super::best_plans::best_plans;
use super::credit::{four_numbers, synergies};
use super::error::SimulationError;
use super::grouping::Grouping;
use super::interval::interval;
use super::outcome::{BestSet, GroupOutcome, Outcome, TechniqueOutcome};
use super::plan::Plan;
use super::tally::Tally;
use super::tornado::tornado;

/// A plan that was run.
pub(super) struct Telling<'a> {
    plan: &'a Plan,
    prepared: Vec<Prepared>,
    tally: Tally,
    attribution: Attribution,
}

impl<'a> Telling<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        prepared: Vec<Prepared>,
        tally: Tally,
    ) -> Result<Self, SimulationError> {
        let attribution = Attribution::new(prepared.len(), tally.dividends.clone());
        let attribution = attribution.ok_or(SimulationError::TooLarge)?;
        Ok(Self { plan, prepared, tally, attribution })
    }

    /// Everything but the two ends, which are set to the expected figures.
    pub(super) fn outcome(&self, book: &PriceBook, grouping: &Grouping) -> Outcome {
        let techniques = self.techniques();
        let projected = self.attribution.cost(self.attribution.all());
        Outcome {
            baseline: self.tally.baseline,
            projected,
            low: projected,
            high: projected,
            claimed_sum: techniques.iter().map(|technique| technique.standalone).sum(),
            calls: self.tally.calls,
            unpriced: self.tally.unpriced,
            groups: self.groups(grouping, projected),
            best_sets: self.best_sets(),
            spend_caps: Vec::new(),
            warnings: self.warnings(book),
            exhibits: self.exhibits(),
            techniques,
        }
    }

    fn techniques(&self) -> Vec<TechniqueOutcome> {
        let attribution = &self.attribution;
        let fair_shares = attribution.fair_shares();
        let ready = self.plan.techniques().zip(&self.prepared).enumerate();
        ready
            .map(|(player, (technique, prepared))| {
                let mut assumptions = prepared.assumptions.clone();
                if let Some(rewrite) = &prepared.rewrite {
                    assumptions.extend(rewrite.remarks(&self.measured(player)));
                }
                let standalone = attribution.standalone(player);
                TechniqueOutcome {
                    name: technique.info().name,
                    label: technique.info().label,
                    evidence: prepared.evidence,
                    evidence_note: prepared.note.clone(),
                    standalone,
                    ladder: attribution.ladder(player),
                    remaining: attribution.remaining(player),
                    last_in: attribution.last_in(player),
                    fair_share: fair_shares[player],
                    low: standalone,
                    high: standalone,
                    calls_touched: self.tally.players[player].calls_touched,
                    assumptions,
                }
            })
            .collect()
    }

    /// What each technique shows: first what it knew before the run, then what it found out.
    fn exhibits(&self) -> Vec<Exhibit> {
        let shown = self.prepared.iter().enumerate().flat_map(|(player, prepared)| {
            let after = prepared.rewrite.as_ref().map(|one| one.exhibits(&self.measured(player)));
            prepared.exhibits.iter().cloned().chain(after.into_iter().flatten())
        });
        shown.collect()
    }

    /// Adds the tables of the whole plan that were asked for.
    pub(super) fn extend(
        &self,
        outcome: &mut Outcome,
        facts: &Facts<'_>,
        threads: NonZeroUsize,
    ) -> Result<(), SimulationError> {
        let asked = &self.plan.asked;
        if self.prepared.len() > 1 {
            let labels: Vec<_> = self.plan.techniques().map(|one| one.info().label).collect();
            let tables = [four_numbers(&outcome.techniques), synergies(&self.attribution, &labels)];
            for mut table in tables {
                table.is_detail &= !asked.attribution;
                outcome.exhibits.push(table);
            }
        }
        if asked.best || asked.tornado {
            let (baseline, projected) = (outcome.baseline, outcome.projected);
            let bars = tornado(facts, self.plan, &self.prepared, baseline, projected, threads)?;
            outcome.exhibits.extend(bars.map(|bars| Exhibit { is_detail: !asked.best, ..bars }));
        }
        if asked.best {
            let plans = best_plans(facts, self.plan, &self.attribution, threads)?;
            outcome.exhibits.extend(plans);
        }
        if asked.interval {
            outcome.exhibits.push(interval(facts, self.plan, &self.prepared, threads)?);
        }
        Ok(())
    }

    fn best_sets(&self) -> Vec<BestSet> {
        let names: Vec<_> = self.plan.techniques().map(|one| one.info().name).collect();
        best_sets(&self.attribution, &names)
    }

    fn measured(&self, player: usize) -> Measured {
        let counted = self.tally.players[player];
        let saved = self.attribution.standalone(player);
        Measured {
            calls_touched: counted.calls_alone,
            saved_share: rate_of(saved, counted.cost_alone),
        }
    }

    fn warnings(&self, book: &PriceBook) -> Vec<String> {
        let mut warnings: Vec<String> =
            self.prepared.iter().flat_map(|prepared| prepared.warnings.clone()).collect();
        for ((player, why, model), declined) in &self.tally.declined {
            let Some(rewrite) = &self.prepared[*player].rewrite else { continue };
            let model = book.model(*model);
            if declined.alone > 0 {
                warnings.push(rewrite.declined(*why, model, declined.alone));
            } else if declined.together > 0 {
                let sentence = rewrite.declined(*why, model, declined.together);
                warnings.push(format!("{sentence} (after the techniques before it)"));
            }
        }
        warnings.extend(self.losses());
        let mut seen = BTreeSet::new();
        warnings.retain(|warning| seen.insert(warning.clone()));
        warnings
    }

    /// Replays that show a technique to cost more than it saves, alone or beside the others.
    fn losses(&self) -> impl Iterator<Item = String> {
        let ready = self.plan.techniques().zip(&self.prepared).enumerate();
        let replayed = ready.filter(|(_, (_, prepared))| prepared.evidence == Evidence::Replayed);
        replayed.filter_map(|(player, (technique, _))| {
            let label = technique.info().label;
            if self.attribution.standalone(player) < Usd::ZERO {
                return Some(format!(
                    "{label} costs more than it saves on these calls: leave it out"
                ));
            }
            (self.attribution.last_in(player) < Usd::ZERO).then(|| {
                format!(
                    "{label} saves alone, but beside the others it costs more than it saves: leave \
                     it out"
                )
            })
        })
    }

    /// The groups, the dearest first; their amounts after sum to the projected bill.
    fn groups(&self, grouping: &Grouping, projected: Usd) -> Vec<GroupOutcome> {
        let tallies = &self.tally.groups;
        let parts: Vec<_> = tallies.iter().map(|group| Part::from(group.after)).collect();
        let after = apportion(&parts, projected);
        let told = grouping.keys.iter().zip(tallies.iter().zip(after));
        let mut groups: Vec<_> = told
            .filter(|(_, (group, _))| group.calls > 0)
            .map(|(key, (group, after))| GroupOutcome {
                key: key.clone(),
                calls: group.calls,
                before: group.before,
                after,
            })
            .collect();
        groups.sort_by(|one, other| {
            other.before.cmp(&one.before).then_with(|| one.key.cmp(&other.key))
        });
        groups
    }
}

/// `part / whole` when it is a rate above zero. Both are halved until they fit: the rate is for a
/// sentence.
fn rate_of(part: Usd, whole: Usd) -> Option<Rate> {
    let mut part = u128::try_from(part.atto()).ok()?;
    let mut whole = u128::try_from(whole.atto()).ok()?;
    while whole > u128::from(u64::MAX) {
        (part, whole) = (part >> 1, whole >> 1);
    }
    let rate = Rate::of_counts(u64::try_from(part).ok()?, u64::try_from(whole).ok()?)?;
    (rate > Rate::ZERO).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;

    #[test]
    fn amounts_of_any_size_make_a_rate() {
        let usd = |text| Usd::parse(text, Excess::Reject).expect("an amount");
        let expected = |text| Some(Rate::parse(text).expect("a rate"));
        assert_eq!(rate_of(usd("1"), usd("4")), expected("0.25"));
        assert_eq!(rate_of(usd("1000000000"), usd("4000000000")), expected("0.25"));
        assert_eq!(rate_of(usd("-1"), usd("4")), None);
        assert_eq!(rate_of(usd("0"), usd("0")), None);
    }
}
