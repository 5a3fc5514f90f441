//! Why a verdict is as it is, in a few lines however many groups were judged.

use std::cmp::Reverse;

use crate::gate::{Judgement, Outcome, Verdict, Why};
use crate::report::Currency;

use super::check_words::{doubt, judgement, limit, price_drift};
use super::figures::counted;

/// So many groups are named in a reason; the report has the others.
const GROUPS_TOLD: usize = 5;

/// The verdict in a few words.
pub(super) fn headline(outcome: &Outcome) -> &'static str {
    let is_dearer = deciding(outcome).any(|one| one.verdict == Verdict::Fail);
    match outcome.verdict {
        Verdict::Pass if outcome.comparison.is_none() => "within the limits",
        Verdict::Pass => allowed(outcome),
        Verdict::Inconclusive => "cannot be decided",
        Verdict::Fail if is_dearer => "dearer than allowed",
        Verdict::Fail => "over a limit",
    }
}

/// What passes: a rise that was let through is one all the same.
fn allowed(outcome: &Outcome) -> &'static str {
    let is_accepted = deciding(outcome).any(|one| matches!(one.why, Why::Acknowledged(_)));
    let is_small = deciding(outcome).any(|one| one.why == Why::BelowFloor);
    let is_whole = outcome.main().is_some_and(is_let_through);
    match (is_accepted, is_small, is_whole) {
        (false, false, _) => "no dearer than allowed",
        (true, false, true) => "dearer, as acknowledged",
        (false, true, true) => "dearer, by less a month than --min-impact",
        (true, true, true) => "dearer, as acknowledged or by less a month than --min-impact",
        (true, false, false) => "dearer in part, as acknowledged",
        (false, true, false) => "dearer in part, by less a month than --min-impact",
        (true, true, false) => {
            "dearer in part, as acknowledged or by less a month than --min-impact"
        }
    }
}

const fn is_let_through(one: &Judgement) -> bool {
    matches!(one.why, Why::BelowFloor | Why::Acknowledged(_))
}

fn deciding(outcome: &Outcome) -> impl Iterator<Item = &Judgement> {
    let judgements = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    judgements.filter(|one| one.decides)
}

/// One of the reasons of a verdict.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    /// The name in documents.
    pub(super) code: &'static str,
    /// The same for people.
    pub(super) text: String,
}

/// The reason of the verdict: what decided, and what is behind it.
pub(super) fn reason(outcome: &Outcome, currency: Currency) -> String {
    let texts: Vec<String> = reasons(outcome, currency).into_iter().map(|one| one.text).collect();
    texts.join("; ")
}

/// The reasons of the verdict one by one, at least one; of groups a few, the largest first.
pub(super) fn reasons(outcome: &Outcome, currency: Currency) -> Vec<Reason> {
    match outcome.verdict {
        Verdict::Fail => decisive(outcome, currency, Verdict::Fail),
        Verdict::Inconclusive => {
            let doubts = outcome.doubts.iter();
            let doubts = doubts.map(|one| Reason { code: one.name(), text: doubt(one, outcome) });
            decisive(outcome, currency, Verdict::Inconclusive).into_iter().chain(doubts).collect()
        }
        Verdict::Pass => passed(outcome, currency),
    }
}

/// The reason in one line, and what other prices did where that is much.
pub(super) fn line(outcome: &Outcome, currency: Currency) -> String {
    match price_drift(outcome, currency).filter(|drift| drift.is_large) {
        Some(drift) => format!("{}; {}", reason(outcome, currency), drift.text),
        None => reason(outcome, currency),
    }
}

fn decisive(outcome: &Outcome, currency: Currency, verdict: Verdict) -> Vec<Reason> {
    let judged = deciding(outcome)
        .filter(|one| one.verdict == verdict)
        .filter(|one| verdict == Verdict::Fail || one.what.group().is_none());
    let mut told = few(outcome, currency, judged);
    let limits = outcome.limits.iter().filter(|one| one.verdict == verdict);
    let code = if verdict == Verdict::Fail { "over_limit" } else { "without_times" };
    told.extend(limits.map(|one| Reason { code, text: limit(outcome, one, currency) }));
    told
}

/// Judgements in words, of groups only the largest and the number of the others.
fn few<'o>(
    outcome: &'o Outcome,
    currency: Currency,
    judged: impl Iterator<Item = &'o Judgement>,
) -> Vec<Reason> {
    let (mut groups, whole): (Vec<_>, Vec<_>) = judged.partition(|one| one.what.group().is_some());
    let rise = |one: &Judgement| (one.after - one.before).atto();
    // Without a volume the cost of a unit has to say which is large.
    groups.sort_by_key(|one| (Reverse(one.impact), Reverse(rise(one))));
    let more = groups.split_off(groups.len().min(GROUPS_TOLD));
    let told = whole.into_iter().chain(groups);
    let mut told: Vec<Reason> = told
        .map(|one| Reason { code: one.why.name(), text: judgement(outcome, one, currency) })
        .collect();
    if let Some(first) = more.first() {
        let number = u64::try_from(more.len()).unwrap_or(u64::MAX);
        let text = format!("and {}", counted(number, "more group", "more groups"));
        told.push(Reason { code: first.why.name(), text });
    }
    told
}

fn passed(outcome: &Outcome, currency: Currency) -> Vec<Reason> {
    let main = outcome.main();
    let others = deciding(outcome).skip_while(|one| main.is_some_and(|main| *one == main));
    let let_through = others.filter(|one| is_let_through(one));
    let mut told = few(outcome, currency, main.into_iter().chain(let_through));
    if !outcome.limits.is_empty() {
        let limits = counted(outcome.limits.len() as u64, "limit", "limits");
        told.push(Reason { code: "within_limits", text: format!("within {limits}") });
    }
    if told.is_empty() {
        let text = "nothing was asked for".to_owned();
        told.push(Reason { code: "nothing_asked", text });
    }
    told
}

/// With a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
