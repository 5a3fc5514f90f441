//! Runs a gate: measured logs in, the answer out.

use super::acknowledgement::{Acknowledgement, Judged};
use super::baseline::{Baseline, Repricing, folded_like, merged, repriced};
use super::cause::cause;
use super::judge::{exceeds, judge};
use super::limits::check;
use super::measurement::{MeasuredGroup, Measurement};
use super::measuring::GatePrices;
use super::options::{GateOptions, Target};
use super::outcome::{Caution, Comparison, Doubt, GroupSum, Outcome, Verdict};
use super::pairs::Pairs;
use super::unit::Unit;

use crate::units::Usd;

/// With fewer equal clusters than this an interval is told to be uncertain itself.
const CLUSTERS_SURE: u64 = 30;

/// What a log is compared with.
#[derive(Clone, Debug)]
pub enum Against {
    /// Nothing: only limits hold.
    Nothing,
    /// Saved baselines, which are added up.
    Baselines(Vec<Baseline>),
    /// Another log, at the prices of the same day.
    Log(Box<Measurement>),
}

/// Judges a log.
pub fn run(
    after: Measurement,
    against: Against,
    prices: &GatePrices<'_>,
    options: &GateOptions,
) -> Outcome {
    let limits: Vec<_> = options.limits.iter().map(|limit| check(*limit, &after)).collect();
    let (before, repricing, acknowledged) = match against {
        Against::Nothing => (None, None, Vec::new()),
        Against::Log(log) => (Some(*log), None, Vec::new()),
        Against::Baselines(saved) => {
            // What was accepted of a part was not accepted of the sum.
            let acknowledged = match &saved[..] {
                [one] => one.acknowledged.clone(),
                _ => Vec::new(),
            };
            let parts =
                saved.into_iter().map(|one| repriced(one.measurement, prices, &after.price_tables));
            let sum = parts
                .reduce(|(sum, changed), (part, change)| (merged(sum, part), changed.and(change)));
            let (measurement, repricing) = sum.unzip();
            (measurement, repricing, acknowledged)
        }
    };
    let after = match &before {
        Some(before) => folded_like(after, before, prices.level()),
        None => after,
    };
    let both = before.iter().map(|before| (before, false)).chain([(&after, true)]);
    let gaps = both.flat_map(|(of, is_later)| {
        unseen(of, is_later, options).into_iter().chain(loose(of, is_later, options))
    });
    let mut doubts: Vec<Doubt> = gaps.collect();
    if let Some(before) = &before {
        // Limits need no interval.
        let both = [(before, false), (&after, true)].into_iter();
        let unspread = both.filter(|(of, _)| of.is_unspread);
        doubts.extend(unspread.map(|(_, is_later)| Doubt::Unspread { is_later }));
    }
    let comparison = before.map(|before| {
        compare(before, &after, prices, options, repricing, &acknowledged, &mut doubts)
    });
    let confidence = options.confidence;
    let mut outcome =
        Outcome { verdict: Verdict::Pass, after, comparison, limits, doubts, confidence };
    outcome.verdict = verdict(&outcome);
    outcome
}

/// Everything that decides must hold; a doubt keeps a pass from being one.
fn verdict(outcome: &Outcome) -> Verdict {
    let judgements = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    let deciding = judgements.filter(|one| one.decides);
    // A group that is not decided by itself is part of the whole, which is.
    let asked = deciding.filter(|one| one.what.group().is_none() || one.verdict == Verdict::Fail);
    let all = asked.map(|one| one.verdict).chain(outcome.limits.iter().map(|one| one.verdict));
    let doubt = outcome.doubts.iter().map(|_| Verdict::Inconclusive);
    all.chain(doubt).max().unwrap_or(Verdict::Pass)
}

/// Calls that no conversation has, where conversations are compared.
fn loose(of: &Measurement, is_later: bool, options: &GateOptions) -> Option<Doubt> {
    let (calls, all) = (of.without_case, of.calls + of.without_case);
    let is_many = exceeds(i128::from(calls), i128::from(all), options.max_not_compared);
    (of.measure.unit == Unit::Session && is_many).then_some(Doubt::WithoutConversation {
        is_later,
        calls,
        all,
    })
}

/// What a log holds that no figure counts: beyond a part of it, either log may be dearer than it seems.
fn unseen(of: &Measurement, is_later: bool, options: &GateOptions) -> Option<Doubt> {
    let (unpriced, skipped) = (of.unpriced_calls(), of.skipped);
    let all = of.calls + unpriced + skipped + of.without_case;
    let is_many = exceeds(i128::from(unpriced + skipped), i128::from(all), options.max_unpriced);
    is_many.then_some(Doubt::Unseen { is_later, unpriced, skipped, all })
}

fn compare(
    before: Measurement,
    after: &Measurement,
    prices: &GatePrices<'_>,
    options: &GateOptions,
    repricing: Option<Repricing>,
    acknowledged: &[Acknowledgement],
    doubts: &mut Vec<Doubt>,
) -> Comparison {
    let pairs = Pairs::of(&before, after);
    let is_guessed = repricing.as_ref().is_some_and(|repricing| {
        exceeds(repricing.uncertain.atto(), repricing.after.atto(), options.max_uncertain)
    });
    let judgements = judge(&pairs, &before, after, options, acknowledged, is_guessed);
    let has_percentile = judgements.iter().any(|one| one.what == Judged::Percentile);
    if options.percentile_threshold.is_some() && !has_percentile {
        let is_rolled = after.percentile.is_none() && after.calls > 0;
        doubts.push(if is_rolled { Doubt::RolledPercentile } else { Doubt::NoPercentile });
    }
    let left: Usd = pairs.new.iter().chain(&pairs.few_trials).map(|group| group.cost).sum();
    let is_partial = options.target == Target::Unit;
    if is_partial && exceeds(left.atto(), after.cost().atto(), options.max_not_compared) {
        doubts.push(Doubt::NotCompared { cost: left, all: after.cost() });
    }
    let sums = |groups: &[&MeasuredGroup]| -> Vec<GroupSum> {
        let sum = |group: &&MeasuredGroup| GroupSum {
            key: group.key.clone(),
            units: group.units,
            cost: group.cost,
        };
        groups.iter().map(sum).collect()
    };
    let (new, retired) = (sums(&pairs.new), sums(&pairs.retired));
    let mut cautions = cautions(&before, after, acknowledged);
    if !pairs.few_trials.is_empty() {
        cautions.push(Caution::FewTrials(pairs.few_trials.len()));
    }
    if let Some(repricing) = &repricing {
        if !repricing.same_tables {
            cautions.push(Caution::OtherTables);
        }
        if !repricing.kept.is_empty() {
            cautions.push(Caution::KeptPrices(repricing.kept.clone()));
        }
    }
    if after.days().is_none() && options.units_per_month.is_none() {
        cautions.push(Caution::NoVolume);
    }
    let cause = cause(&before, after, prices.level()).ok();
    Comparison { before, judgements, new, retired, cause, repricing, cautions }
}

fn cautions(
    before: &Measurement,
    after: &Measurement,
    acknowledged: &[Acknowledgement],
) -> Vec<Caution> {
    let mut cautions = Vec::new();
    for (is_later, of) in [(false, before), (true, after)] {
        if of.effective_clusters < CLUSTERS_SURE && !of.is_unspread {
            cautions.push(Caution::FewClusters(is_later, of.effective_clusters));
        }
    }
    if after.without_case > 0 {
        cautions.push(Caution::WithoutCase(after.without_case));
    }
    let last = after.span.and_then(|(_, last)| after.measure.days.day_of(last));
    let expired = acknowledged.iter().filter(|one| last.is_none_or(|day| day > one.until));
    cautions.extend(
        expired.map(|one| Caution::Expired(one.what.clone(), one.until, one.reason.clone())),
    );
    cautions
}
