//! A verdict in a sentence, and what to know about it.

use crate::gate::{
    Cause, Caution, Doubt, EffectOf, Judged, Judgement, LimitCheck, Outcome, Unit, Verdict, Why,
};
use crate::report::{change_of, effect_label};
use crate::units::{Share, Usd};

use super::dates::day;
use super::figures::{Money, count, counted, growth, name, percent, unit_dollars};

/// The reason of the verdict: what decided, and what is behind it.
pub(super) fn reason(outcome: &Outcome) -> String {
    let failed: Vec<String> = match outcome.verdict {
        Verdict::Fail => decisive(outcome, Verdict::Fail),
        Verdict::Inconclusive => {
            let undecided = decisive(outcome, Verdict::Inconclusive);
            undecided.into_iter().chain(outcome.doubts.iter().map(doubt)).collect()
        }
        Verdict::Pass => passed(outcome),
    };
    failed.join("; ")
}

fn decisive(outcome: &Outcome, verdict: Verdict) -> Vec<String> {
    let judgements = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    let judged = judgements
        .filter(|one| one.decides && one.verdict == verdict)
        .filter(|one| verdict == Verdict::Fail || one.what.group().is_none())
        .map(|one| judgement(outcome, one));
    let limits =
        outcome.limits.iter().filter(|one| one.verdict == verdict).map(|one| limit(outcome, one));
    judged.chain(limits).collect()
}

fn passed(outcome: &Outcome) -> Vec<String> {
    let mut told: Vec<String> =
        outcome.main().map(|one| judgement(outcome, one)).into_iter().collect();
    if !outcome.limits.is_empty() {
        let limits = outcome.limits.len() as u64;
        told.push(format!("within {}", counted(limits, "limit", "limits")));
    }
    if told.is_empty() {
        told.push("nothing was asked for".to_owned());
    }
    told
}

/// What is compared, as the beginning of a sentence.
fn subject(outcome: &Outcome, what: &Judged) -> String {
    let unit = outcome.after.measure.unit;
    let [one, _] = unit.words();
    match what {
        Judged::Unit if unit == Unit::Case => "a test case costs".to_owned(),
        Judged::Unit => format!("a {one} costs"),
        Judged::Total => "the log costs".to_owned(),
        Judged::Percentile => "the 95th percentile of the cost of a call is".to_owned(),
        Judged::Group(names) => format!("a {one} of {} costs", name(&names.join(", "))),
    }
}

pub(super) fn judgement(outcome: &Outcome, one: &Judgement) -> String {
    let subject = subject(outcome, &one.what);
    let amounts = format!("{} instead of {}", unit_dollars(one.after), unit_dollars(one.before));
    let allowed = change_of(one.threshold).map_or_else(String::new, percent);
    let Some(estimate) = one.estimate else {
        return match one.why {
            Why::NothingInCommon => "the logs have no group in common, so nothing could be compared; --by chooses other groups".to_owned(),
            Why::NoCost => format!("{subject} nothing, as before"),
            Why::FromNothing => format!("{subject} {}, and cost nothing before", unit_dollars(one.after)),
            _ => format!("{subject} {amounts}, but nothing says how much that varies"),
        };
    };
    let change = change_of(estimate.ratio).map_or_else(String::new, growth);
    let ends = estimate.interval.map(|end| change_of(end).map_or_else(String::new, growth));
    let interval = format!("{} to {} at {} confidence", ends[0], ends[1], confidence(outcome));
    let seen = format!("{subject} {amounts}: {change} ({interval}, {allowed} allowed)");
    match &one.why {
        Why::Beyond => format!("{seen}{}", behind(outcome)),
        Why::BelowFloor => {
            let impact = one.impact.unwrap_or_default();
            format!(
                "{seen}, which comes to {} a month and is below --min-impact",
                Money::for_bill(impact).text(impact)
            )
        }
        Why::Acknowledged(reason) => format!("{seen}, acknowledged: {}", name(reason)),
        Why::FewClusters => {
            format!("{seen}, but the cost lies on too few {} to decide", clusters(outcome))
        }
        Why::Straddles => format!("{seen}{}", undecided(outcome, one)),
        Why::Within | Why::NothingInCommon | Why::NoCost | Why::FromNothing => seen,
    }
}

fn confidence(outcome: &Outcome) -> String {
    let parts = i128::from(outcome.confidence.parts());
    let text = Share::of(parts, 1_000_000_000).map_or_else(String::new, percent);
    text.replace(".0 %", " %")
}

fn clusters(outcome: &Outcome) -> String {
    match &*outcome.after.cluster {
        "call" => "calls".to_owned(),
        "conversation" => "conversations".to_owned(),
        "user" => "users".to_owned(),
        _ => "prompts".to_owned(),
    }
}

fn undecided(outcome: &Outcome, one: &Judgement) -> String {
    let [_, units] = outcome.after.measure.unit.words();
    let detectable = one.minimum_detectable.and_then(change_of).map(growth);
    let detectable = detectable.map_or_else(String::new, |rise| {
        format!("; with logs like these a rise of {rise} would be found four times of five")
    });
    let needed = one.units_needed.map_or_else(String::new, |needed| {
        format!("; about {} {units} on each side would settle this", count(rounded_up(needed)))
    });
    format!("{detectable}{needed}")
}

/// Two digits of a number, rounded up: the rest of an estimate says nothing.
fn rounded_up(number: u64) -> u64 {
    let unit = 10_u64.pow(number.checked_ilog10().unwrap_or_default().saturating_sub(1));
    number.div_ceil(unit).saturating_mul(unit)
}

/// The largest of the judged effects that made the log dearer.
pub(super) fn leading(cause: &Cause) -> Option<EffectOf> {
    cause.ranked().into_iter().find(|one| one.is_judged && one.amount > Usd::ZERO)
}

fn behind(outcome: &Outcome) -> String {
    let cause = outcome.comparison.as_ref().and_then(|comparison| comparison.cause.as_ref());
    let Some((cause, first)) = cause.and_then(|cause| Some((cause, leading(cause)?))) else {
        return String::new();
    };
    let [before, after] = cause.billed;
    let money = Money::for_bill((after - before).max(before - after));
    let label = effect_label(first.name, &outcome.after.measure.group_by);
    format!(
        ". Most of it: {label}, {} of {} on the bill",
        money.difference(first.amount),
        money.difference(after - before)
    )
}

pub(super) fn limit(outcome: &Outcome, one: &LimitCheck) -> String {
    let [unit, _] = outcome.after.measure.unit.words();
    let allowed = one.limit.amount();
    let text = |amount: Usd| {
        if allowed.atto().unsigned_abs() < 10_u128.pow(18) {
            unit_dollars(amount)
        } else {
            Money::for_bill(allowed).text(amount)
        }
    };
    let what = match one.limit.name() {
        "cost" => "the log costs".to_owned(),
        "cost_per_unit" => format!("a {unit} costs"),
        "cost_per_day" => "a day costs".to_owned(),
        _ => "a month costs".to_owned(),
    };
    match one.found {
        Some(found) if one.of.is_empty() => {
            format!("{what} {}, over the limit of {}", text(found), text(allowed))
        }
        Some(found) => {
            format!("{what} {} ({}), over the limit of {}", text(found), one.of, text(allowed))
        }
        None => format!(
            "{what}: the calls have no times, so the limit of {} cannot be checked",
            text(allowed)
        ),
    }
}

pub(super) fn doubt(one: &Doubt) -> String {
    let part = |part: i128, all: i128| Share::of(part, all).map_or_else(String::new, percent);
    match one {
        Doubt::Unseen { unpriced, skipped, all } => {
            let share = part(i128::from(unpriced + skipped), i128::from(*all));
            format!(
                "{} without a price and {} that could not be read ({share}) may hide a rise",
                counted(*unpriced, "call", "calls"),
                counted(*skipped, "record", "records")
            )
        }
        Doubt::NotCompared { cost, all } => format!(
            "{} of the cost is of groups that were not compared: the baseline does not have them, or a test case has fewer than 5 trials",
            part(cost.atto(), all.atto())
        ),
    }
}

/// What to know about a comparison.
pub(super) fn caution(one: &Caution, outcome: &Outcome) -> String {
    match one {
        Caution::FewClusters(is_later, number) => {
            let log = if *is_later { "this log" } else { "the baseline" };
            let clusters = clusters(outcome);
            format!("the cost of {log} is spread like over {number} equal {clusters}: below 30 the interval itself is uncertain")
        }
        Caution::OtherTables => "the baseline was saved with other price tables; it is priced again with these".to_owned(),
        Caution::KeptPrices(models) => {
            let models: Vec<_> = models.iter().map(|model| name(model)).collect();
            format!("without a price in these tables, so at the prices of the baseline: {}", models.join(", "))
        }
        Caution::WithoutCase(calls) => format!("{} of no test case left out", counted(*calls, "call", "calls")),
        Caution::FewTrials(cases) => {
            let cases = counted(*cases as u64, "test case", "test cases");
            format!("{cases} with fewer than 5 trials on a side, not compared")
        }
        Caution::Expired(what, until, reason) => {
            let group = what.group().map(|names| format!(" {}", name(&names.join(", "))));
            let of = format!("{}{}", what.name(), group.unwrap_or_default());
            format!("the acknowledgement of {of} ended on {}: {}", day(*until), name(reason))
        }
        Caution::NoVolume => "the calls have no times, so --min-impact does not apply; --units-per-month gives the volume".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_of_size_keep_two_digits() {
        let found = [7, 99, 101, 12_345, 99_999].map(rounded_up);
        assert_eq!(found, [7, 99, 110, 13_000, 100_000]);
    }
}
