//! The decision rule: the whole interval within the threshold passes, the whole interval beyond it
//! fails, anything else is not decided.

use crate::units::{Factor, Rate, Usd};

use super::acknowledgement::{Acknowledgement, Judged};
use super::estimate::{Confidence, Estimate, holm};
use super::limits::MONTH_DAYS;
use super::measurement::Measurement;
use super::options::{GateOptions, Target};
use super::outcome::{Judgement, Verdict, Why};
use super::pairs::{Pair, Pairs, Replicates};
use super::unit::Unit;

/// With fewer equal clusters than this nothing is decided: the interval is too narrow.
const CLUSTERS_MIN: u64 = 5;

/// A question before it is answered.
struct Question {
    what: Judged,
    threshold: Factor,
    /// What it cost before and costs now, in dollars.
    costs: [Usd; 2],
    drawn: Vec<Factor>,
    /// Units of the later log.
    units: u64,
    /// What the difference comes to in a month, in dollars.
    impact: Option<Usd>,
    /// The smaller number of equal clusters of both sides.
    clusters: u64,
    decides: bool,
}

/// Answers every question about two logs, the deciding one first.
pub(super) fn judge(
    pairs: &Pairs<'_>,
    before: &Measurement,
    after: &Measurement,
    options: &GateOptions,
    acknowledged: &[Acknowledgement],
    is_guessed: bool,
) -> Vec<Judgement> {
    let judge = Judge { pairs, before, after, options, acknowledged, is_guessed };
    let mut drawn = pairs.replicates();
    let mut judgements = vec![match options.target {
        Target::Unit => judge.answer(judge.unit(std::mem::take(&mut drawn.unit))),
        Target::Total => judge.answer(judge.total(std::mem::take(&mut drawn.total))),
    }];
    judgements.extend(judge.percentile());
    judgements.extend(judge.groups(drawn));
    judgements
}

struct Judge<'j> {
    pairs: &'j Pairs<'j>,
    before: &'j Measurement,
    after: &'j Measurement,
    options: &'j GateOptions,
    acknowledged: &'j [Acknowledgement],
    /// Whether the prices of the earlier log are only guessed.
    is_guessed: bool,
}

impl Judge<'_> {
    fn confidence(&self) -> Confidence {
        Confidence::new(self.options.confidence)
    }

    fn clusters(&self) -> u64 {
        self.before.effective_clusters.min(self.after.effective_clusters)
    }

    fn unit(&self, drawn: Vec<Factor>) -> Question {
        let sums = self.pairs.standardised();
        let units = self.pairs.standard_units();
        let each = |sum: Usd| {
            let cost = sum.atto().checked_div(i128::from(units)).unwrap_or_default();
            Usd::from_atto(cost)
        };
        let costs = sums.map(each);
        Question {
            what: Judged::Unit,
            threshold: self.options.threshold,
            costs,
            drawn,
            units: self.after.units(),
            impact: self.monthly(costs, self.after.units()),
            clusters: self.clusters(),
            decides: true,
        }
    }

    fn total(&self, drawn: Vec<Factor>) -> Question {
        let costs = self.pairs.totals();
        Question {
            what: Judged::Total,
            threshold: self.options.threshold,
            costs,
            drawn,
            units: self.after.units(),
            // A raw total is compared as it is; what it would be in a month is another question.
            impact: None,
            clusters: self.clusters(),
            decides: true,
        }
    }

    /// What a difference of the cost of a unit comes to in a month at the volume of the later log.
    fn monthly(&self, costs: [Usd; 2], units: u64) -> Option<Usd> {
        let rise = (costs[1] - costs[0]).atto();
        if let Some(monthly) = self.options.units_per_month {
            let share = rise.checked_mul(i128::from(monthly))?;
            let all = i128::from(self.after.units()).max(1);
            return Some(Usd::from_atto(share.checked_mul(i128::from(units))? / all));
        }
        if self.after.measure.unit == Unit::Case {
            return None;
        }
        let month = i128::from(units.checked_mul(MONTH_DAYS)?);
        let days = i128::from(self.after.days()?);
        Some(Usd::from_atto(rise.checked_mul(month)? / days))
    }

    fn percentile(&self) -> Option<Judgement> {
        let (before, after) = (self.before.percentile.as_ref()?, self.after.percentile.as_ref()?);
        let drawn = before.drawn.iter().zip(&after.drawn);
        Some(self.answer(Question {
            what: Judged::Percentile,
            threshold: self.options.percentile_threshold.unwrap_or(self.options.threshold),
            costs: [before.cost, after.cost],
            drawn: drawn.filter_map(|(then, now)| Factor::of_amounts(*now, *then)).collect(),
            units: self.after.units(),
            impact: None,
            clusters: self.clusters(),
            decides: self.options.percentile_threshold.is_some(),
        }))
    }

    fn groups(&self, drawn: Replicates) -> Vec<Judgement> {
        let question = |(pair, drawn): (&Pair<'_>, Vec<Factor>)| {
            let costs = pair.unit_costs().map(Usd::from_atto);
            Question {
                what: Judged::Group(pair.after.key.clone()),
                threshold: self.options.group_threshold.unwrap_or(self.options.threshold),
                costs,
                drawn,
                units: pair.after.units,
                impact: self.monthly(costs, pair.after.units),
                clusters: pair.before.clusters.min(pair.after.clusters),
                decides: self.options.group_threshold.is_some(),
            }
        };
        let questions = self.pairs.common.iter().zip(drawn.groups).map(question);
        let mut found: Vec<Judgement> = questions.map(|one| self.answer(one)).collect();
        self.correct(&mut found);
        found
    }

    /// With many groups one of them is far out by chance: they must lie farther out together.
    fn correct(&self, found: &mut [Judgement]) {
        let beyond = |one: &Judgement| {
            one.estimate.map_or(i64::MIN, |estimate| estimate.deviations_beyond(one.threshold))
        };
        let beyond: Vec<i64> = found.iter().map(beyond).collect();
        for (one, is_sure) in found.iter_mut().zip(holm(&beyond, self.confidence())) {
            if one.why == Why::Beyond && !is_sure {
                (one.verdict, one.why) = (Verdict::Inconclusive, Why::Straddles);
            }
        }
    }

    fn answer(&self, question: Question) -> Judgement {
        let [before, after] = question.costs;
        let ratio = Factor::of_amounts(after.atto(), before.atto());
        let (drawn, clusters) = (question.drawn, question.clusters);
        let estimate =
            ratio.and_then(|ratio| Estimate::new(ratio, drawn, self.confidence(), clusters));
        // Sums without clusters vary by nothing that could be drawn.
        let estimate = estimate.filter(|_| !(self.before.is_unspread || self.after.is_unspread));
        let (verdict, why) = match estimate {
            _ if self.is_guessed => (Verdict::Inconclusive, Why::Repriced),
            _ if self.pairs.common.is_empty() && question.what == Judged::Unit => {
                let has_few = !self.pairs.few_trials.is_empty();
                let why = if has_few { Why::FewTrials } else { Why::NothingInCommon };
                (Verdict::Inconclusive, why)
            }
            _ if before.is_zero() && after.is_zero() => (Verdict::Pass, Why::NoCost),
            _ if before.is_zero() => (Verdict::Fail, Why::FromNothing),
            // So many times as dear that no multiple holds it.
            None if ratio.is_none() && after > before => (Verdict::Fail, Why::Beyond),
            None => (Verdict::Inconclusive, Why::FewClusters),
            Some(_) if question.clusters < CLUSTERS_MIN => {
                (Verdict::Inconclusive, Why::FewClusters)
            }
            Some(found) if found.interval[1] <= question.threshold => (Verdict::Pass, Why::Within),
            Some(found) if found.interval[0] > question.threshold => (Verdict::Fail, Why::Beyond),
            Some(_) => (Verdict::Inconclusive, Why::Straddles),
        };
        let confidence = self.confidence();
        let detectable =
            estimate.and_then(|one| one.minimum_detectable(question.threshold, confidence));
        let times = estimate.and_then(|one| one.times_needed(question.threshold, confidence));
        let needed = times.filter(|_| why == Why::Straddles).and_then(|times| {
            let units = u128::from(question.units) * u128::from(times.parts());
            u64::try_from(units.div_ceil(1_000_000_000)).ok()
        });
        let mut judgement = Judgement {
            what: question.what,
            threshold: question.threshold,
            before,
            after,
            estimate,
            minimum_detectable: detectable,
            units_needed: needed,
            impact: question.impact,
            verdict,
            why,
            decides: question.decides,
        };
        self.soften(&mut judgement);
        judgement
    }

    /// A rise that is small in dollars, or that somebody accepted, does not fail.
    fn soften(&self, judgement: &mut Judgement) {
        if judgement.verdict != Verdict::Fail {
            return;
        }
        let last_day = self.after.span.and_then(|(_, last)| self.after.measure.days.day_of(last));
        let accepted = judgement.estimate.and_then(|estimate| {
            let covers =
                |one: &&Acknowledgement| one.covers(&judgement.what, estimate.ratio, last_day);
            self.acknowledged.iter().find(covers)
        });
        if let Some(accepted) = accepted {
            judgement.verdict = Verdict::Pass;
            judgement.why = Why::Acknowledged(accepted.reason.clone());
        } else if judgement.impact.is_some_and(|impact| impact < self.options.min_impact) {
            (judgement.verdict, judgement.why) = (Verdict::Pass, Why::BelowFloor);
        }
    }
}

/// Whether a part of a whole is more than a rate.
pub(super) fn exceeds(part: i128, whole: i128, rate: Rate) -> bool {
    part.saturating_mul(1_000_000_000) > whole.saturating_mul(i128::from(rate.parts()))
}
