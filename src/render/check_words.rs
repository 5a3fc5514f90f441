//! What was judged, limited or doubted in a sentence, and what to know about it.

use crate::gate::{
    Cause, Caution, Doubt, EffectOf, Judged, Judgement, LimitCheck, Outcome, Unit, Verdict, Why,
};
use crate::report::{Currency, change_of, effect_label, is_judged, names_and_gaps};
use crate::units::{Share, Usd};

use super::dates::day;
use super::figures::{DASH, Money, count, counted, exact_dollars, growth, name, percent};

/// What is compared, as the beginning of a sentence.
fn subject(outcome: &Outcome, what: &Judged) -> String {
    let unit = outcome.after.measure.unit;
    let [one, _] = unit.words();
    match what {
        Judged::Unit if unit == Unit::Case => "a test case costs".to_owned(),
        Judged::Unit => format!("a {one} costs"),
        Judged::Total => "the log costs".to_owned(),
        Judged::Percentile => "the 95th percentile of the cost of a call is".to_owned(),
        Judged::Group(names) => {
            format!("a {one}{} costs", of_group(names, &outcome.after.measure.group_by))
        }
    }
}

/// The most letters that a name has in a sentence.
const NAME_MOST: usize = 80;

/// A name or a reason from outside, safe to show and not too long for a line.
fn short(text: &str) -> String {
    let safe = name(text);
    match safe.char_indices().nth(NAME_MOST) {
        Some((end, _)) => format!("{}…", safe.get(..end).unwrap_or_default()),
        None => safe,
    }
}

/// Which group something is of: ` of report`, ` of report without a user`.
pub(super) fn of_group(names: &[String], columns: &[String]) -> String {
    let [known, gaps] = names_and_gaps(names, columns).map(|parts| short(&parts.join(", ")));
    let of = if known == DASH { String::new() } else { format!(" of {known}") };
    if gaps == DASH { of } else { format!("{of} {gaps}") }
}

pub(super) fn judgement(outcome: &Outcome, one: &Judgement, currency: Currency) -> String {
    let subject = subject(outcome, &one.what);
    let money = money_of(outcome, one, currency);
    let amounts = format!("{} instead of {}", money.text(one.after), money.text(one.before));
    let allowed = change_of(one.threshold).map_or_else(String::new, percent);
    let Some(estimate) = one.estimate else {
        return match one.why {
            Why::NothingInCommon if outcome.after.measure.unit == Unit::Case => "the logs have no test case in common, so nothing could be compared; --case chooses another column".to_owned(),
            Why::NothingInCommon => "the logs have no group in common, so nothing could be compared; --by chooses other groups".to_owned(),
            Why::Repriced => format!("{subject} {amounts}, but the baseline cannot be priced again surely; save a new one, or compare two logs"),
            Why::FewTrials => "no test case has 5 trials on both sides, so none was compared".to_owned(),
            Why::NoCost => format!("{subject} nothing, as before"),
            Why::FromNothing => format!("{subject} {}, and cost nothing before", money.unit(one.after)),
            Why::Beyond => format!("{subject} {amounts}"),
            _ => format!("{subject} {amounts}, but nothing says how much that varies"),
        };
    };
    let change = change_of(estimate.ratio).map_or_else(String::new, growth);
    let ends = estimate.interval.map(|end| change_of(end).map_or_else(String::new, growth));
    let interval = format!("{} to {} at {} confidence", ends[0], ends[1], confidence(outcome));
    let seen = format!("{subject} {amounts}: {change} ({interval}, {allowed} allowed)");
    match &one.why {
        // What is behind the whole need not be behind a part of it.
        Why::Beyond if matches!(one.what, Judged::Unit | Judged::Total) => {
            format!("{seen}{}", behind(outcome, currency))
        }
        Why::BelowFloor => {
            let impact = one.impact.unwrap_or_default();
            format!(
                "{seen}, which comes to {} a month and is below --min-impact",
                Money::in_cents(impact, currency).text(impact)
            )
        }
        Why::Acknowledged(reason) => format!("{seen}, acknowledged: {}", short(reason)),
        Why::FewClusters => {
            format!("{seen}, but the cost lies on too few {} to decide", clusters(outcome))
        }
        Why::Straddles => format!("{seen}{}", undecided(outcome, one)),
        Why::Repriced => format!(
            "{seen}, but prices changed in a way that the baseline cannot be priced again surely; \
             save a new one, or compare two logs"
        ),
        Why::Beyond
        | Why::Within
        | Why::FewTrials
        | Why::NothingInCommon
        | Why::NoCost
        | Why::FromNothing => seen,
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
        "lot" => "clusters".to_owned(),
        _ => "prompts".to_owned(),
    }
}

/// A log so many times as large as this one is not to be had.
const TIMES_LARGER: u64 = 1_000;

fn undecided(outcome: &Outcome, one: &Judgement) -> String {
    let [_, units] = outcome.after.measure.unit.words();
    let detectable = one.minimum_detectable.and_then(change_of).map(growth);
    let detectable = detectable.map_or_else(String::new, |rise| {
        format!("; with logs like these a rise of {rise} would be found four times of five")
    });
    let most = outcome.after.units().saturating_mul(TIMES_LARGER);
    let needed = one.units_needed.map_or_else(String::new, |needed| {
        if needed > most {
            return "; it is too close to what is allowed for larger logs to settle this"
                .to_owned();
        }
        format!("; about {} {units} on each side would settle this", count(rounded_up(needed)))
    });
    format!("{detectable}{needed}")
}

/// Two digits of a number, rounded up: the rest of an estimate says nothing.
fn rounded_up(number: u64) -> u64 {
    let unit = 10_u64.pow(number.checked_ilog10().unwrap_or_default().saturating_sub(1));
    number.div_ceil(unit).saturating_mul(unit)
}

/// Bills have cents, and costs of units as many digits as tell them apart.
fn money_of(outcome: &Outcome, one: &Judgement, currency: Currency) -> Money {
    match one.what {
        Judged::Total => Money::for_bill(outcome.after.billed, currency),
        _ => Money::for_units([one.before, one.after].into_iter(), currency),
    }
}

/// The largest of the judged effects that made the log dearer.
fn leading(cause: &Cause, outcome: &Outcome) -> Option<EffectOf> {
    let mut ranked = cause.ranked().into_iter();
    ranked.find(|one| is_judged(one, outcome) && one.amount > Usd::ZERO)
}

fn behind(outcome: &Outcome, currency: Currency) -> String {
    let cause = outcome.comparison.as_ref().and_then(|comparison| comparison.cause.as_ref());
    let Some(first) = cause.and_then(|cause| leading(cause, outcome)) else {
        return String::new();
    };
    let label = effect_label(first.name, &outcome.after.measure.group_by);
    let amount = Money::in_cents(first.amount, currency).difference(first.amount);
    format!(", mainly by {label} ({amount} on the bill)")
}

/// What other prices did to the bill; nothing where they did nothing.
pub(super) struct PriceDrift {
    /// As the beginning of a sentence.
    pub(super) text: String,
    /// Whether it would have failed the check, had it been judged.
    pub(super) is_large: bool,
}

/// What other prices did, which is told and not judged.
pub(super) fn price_drift(outcome: &Outcome, currency: Currency) -> Option<PriceDrift> {
    let cause = outcome.comparison.as_ref()?.cause.as_ref()?;
    let price = cause.effects.iter().find(|one| one.name == "price")?.amount;
    if price.is_zero() {
        return None;
    }
    let share = Share::of(price.atto(), cause.billed[0].atto());
    let part = share.map_or_else(String::new, |share| format!(" ({})", growth(share)));
    let allowed = outcome.main().and_then(|main| change_of(main.threshold));
    let is_large = share.zip(allowed).is_some_and(|(share, allowed)| share > allowed);
    let amount = Money::in_cents(price, currency).difference(price);
    let text = format!(
        "other prices changed the bill by {amount}{part}, which is not judged: both logs are \
         compared at the prices of one day"
    );
    Some(PriceDrift { text, is_large })
}

pub(super) fn limit(outcome: &Outcome, one: &LimitCheck, currency: Currency) -> String {
    let [unit, _] = outcome.after.measure.unit.words();
    let allowed = one.limit.amount();
    let money = Money::for_units([allowed, one.found.unwrap_or(allowed)].into_iter(), currency);
    let what = match one.limit.name() {
        "cost" => "the log costs".to_owned(),
        "cost_per_unit" => format!("a {unit} costs"),
        "cost_per_day" => "a day costs".to_owned(),
        _ => "a month costs".to_owned(),
    };
    // Amounts that differ must not look alike.
    let looks_alike =
        one.found.is_some_and(|found| found != allowed && money.text(found) == money.text(allowed));
    let text = |amount: Usd| {
        if looks_alike { exact_dollars(amount) } else { money.text(amount) }
    };
    let limit = text(allowed);
    let Some(found) = one.found.map(text) else {
        return format!(
            "{what}: the calls have no times, so the limit of {limit} cannot be checked"
        );
    };
    let of = if one.of.is_empty() { String::new() } else { format!(" ({})", one.of) };
    match one.verdict {
        Verdict::Pass => format!("{what} {found}{of}, within the limit of {limit}"),
        Verdict::Fail => format!("{what} {found}{of}, over the limit of {limit}"),
        Verdict::Inconclusive => format!(
            "{what} {found}{of}, within the limit of {limit}, but calls without a time may belong \
             to it too"
        ),
    }
}

pub(super) fn doubt(one: &Doubt, outcome: &Outcome) -> String {
    let part = |part: i128, all: i128| Share::of(part, all).map_or_else(String::new, percent);
    match one {
        Doubt::Unseen { is_later, unpriced, skipped, all } => {
            let share = part(i128::from(unpriced + skipped), i128::from(*all));
            let log = if *is_later { "this log" } else { "the log before" };
            format!(
                "{} without a price and {} that could not be read ({share} of {log}) may hide a rise",
                counted(*unpriced, "call", "calls"),
                counted(*skipped, "record", "records")
            )
        }
        Doubt::WithoutConversation { is_later, calls, all } => {
            let log = if *is_later { "this log" } else { "the log before" };
            let share = part(i128::from(*calls), i128::from(*all));
            let calls = counted(*calls, "call", "calls");
            format!("{calls} of no conversation ({share} of {log}) are in no unit")
        }
        Doubt::RolledPercentile => {
            "the 95th percentile was not compared: a roll-up does not tell what \
                                    single calls cost; give `check` the logs themselves"
                .to_owned()
        }
        Doubt::NoPercentile => "the 95th percentile was not compared: the baseline was saved at \
             other prices, at which other calls may be the dearest, or of a roll-up, which does \
             not know single calls; save a new one of the log"
            .to_owned(),
        Doubt::Unspread { is_later } => format!(
            "the {} log is a roll-up that says neither how sure a comparison is nor which calls repeat a \
             failed one, so each counts as a request; `llmcost rollup --lots` keeps what the interval \
             needs",
            if *is_later { "later" } else { "earlier" }
        ),
        Doubt::NotCompared { cost, all } => {
            format!("{} of the cost is of {}", part(cost.atto(), all.atto()), not_compared(outcome))
        }
    }
}

/// What was left out of a comparison, and why that may be.
fn not_compared(outcome: &Outcome) -> &'static str {
    let repricing = outcome.comparison.as_ref().and_then(|one| one.repricing.as_ref());
    match (outcome.after.measure.unit, repricing) {
        (Unit::Case, _) => {
            "test cases that were not compared: they are new, or have fewer than 5 trials on a side"
        }
        (_, Some(_)) => {
            "groups that were not compared: the baseline does not have them, or they are too small \
             to be kept apart in it"
        }
        (_, None) => "groups that were not compared: the other log does not have them",
    }
}

/// The most models that are named where some are.
const MODELS_TOLD: usize = 5;

/// What to know about a comparison.
pub(super) fn caution(one: &Caution, outcome: &Outcome) -> String {
    match one {
        Caution::FewClusters(is_later, number) => {
            let log = if *is_later { "this log" } else { "the baseline" };
            let clusters = clusters(outcome);
            let one = clusters.trim_end_matches('s');
            let like = if *number == 1 { format!("on one {one}") } else { format!("over {number} equal {clusters}") };
            format!("the cost of {log} is spread like {like}: below 30 the interval itself is uncertain")
        }
        Caution::OtherTables => "the baseline was saved with other price tables; it is priced again with these".to_owned(),
        Caution::KeptPrices(models) => {
            let told: Vec<_> = models.iter().take(MODELS_TOLD).map(|model| short(model)).collect();
            let more = match models.len().saturating_sub(MODELS_TOLD) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("without a price in these tables, so at the prices of the baseline: {}{more}", told.join(", "))
        }
        Caution::WithoutCase(calls) => {
            let unit = if outcome.after.measure.unit == Unit::Session { "conversation" } else { "test case" };
            format!("{} of no {unit} left out", counted(*calls, "call", "calls"))
        }
        Caution::FewTrials(cases) => {
            let cases = counted(*cases as u64, "test case", "test cases");
            format!("{cases} with fewer than 5 trials on a side, not compared")
        }
        Caution::Expired(what, until, reason) => {
            let what = subject(outcome, what);
            format!("the acknowledgement of what {what} ended on {}: {}", day(*until), short(reason))
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
