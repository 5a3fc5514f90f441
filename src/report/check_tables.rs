//! What a gate found as tables.

use crate::exhibits::{Cell, Exhibit};
use crate::gate::{Cause, CauseGroup, Comparison, GroupSum, Judgement, Outcome, Unit};
use crate::units::{Factor, Usd};

use super::check_report::{change_of, group_name};

/// Every table of a report, in the order of the page.
pub(super) fn tables(outcome: &Outcome, top: usize) -> Vec<Exhibit> {
    let mut tables = Vec::new();
    if let Some(comparison) = &outcome.comparison {
        tables.push(judgements(comparison, outcome.after.measure.unit, top));
        if let Some(cause) = &comparison.cause {
            tables.push(effects(cause, outcome.after.measure.unit));
            tables.push(groups(cause, &outcome.after.measure.group_by, top));
        }
        tables.extend(come_and_gone(comparison));
    }
    tables.extend(limits(outcome));
    tables.extend(unpriced(outcome));
    tables
}

fn judgements(comparison: &Comparison, unit: Unit, top: usize) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "judgements",
        "What was compared",
        &[
            ("what", ""),
            ("before_usd", "before"),
            ("after_usd", "after"),
            ("change_share", "change"),
            ("low_share", "at least"),
            ("high_share", "at most"),
            ("allowed_share", "allowed"),
            ("verdict", ""),
        ],
    );
    let (groups, whole): (Vec<_>, Vec<_>) =
        comparison.judgements.iter().partition(|one| one.what.group().is_some());
    let mut groups: Vec<&Judgement> = groups;
    groups.sort_by_key(|one| {
        std::cmp::Reverse(one.impact.map_or(0, |impact| impact.atto().unsigned_abs()))
    });
    let shown = if top == 0 { groups.len() } else { top.min(groups.len()) };
    for one in whole.into_iter().chain(groups.iter().take(shown).copied()) {
        exhibit.push(judgement(one, unit));
    }
    exhibit.highlight = Some(0);
    if groups.len() > shown {
        exhibit.note(format!("{} more groups: --top 0 shows them", groups.len() - shown));
    }
    if groups.iter().any(|one| !one.decides) {
        exhibit.note(
            "single groups are shown and do not decide; --group-threshold makes them, corrected \
             for their number (Holm)",
        );
    }
    exhibit
}

fn judgement(one: &Judgement, unit: Unit) -> [Cell; 8] {
    let [name, _] = unit.words();
    let what = match one.what.name() {
        "unit" => format!("a {name}, at the mix before"),
        "total" => "the whole log".to_owned(),
        "p95" => "95th percentile of a call".to_owned(),
        _ => format!("{} ({name})", group_name(&one.what)),
    };
    let ends = one.estimate.map(|estimate| estimate.interval);
    let off =
        |factor: Option<Factor>| factor.and_then(change_of).map_or(Cell::Missing, Cell::Share);
    [
        Cell::text(what),
        Cell::Usd(one.before),
        Cell::Usd(one.after),
        off(one.estimate.map(|estimate| estimate.ratio)),
        off(ends.map(|ends| ends[0])),
        off(ends.map(|ends| ends[1])),
        if one.decides { off(Some(one.threshold)) } else { Cell::Missing },
        if one.decides { Cell::Word(one.verdict.name()) } else { Cell::Missing },
    ]
}

/// What an effect is called on a page.
pub fn effect_label(name: &str, group_by: &[String]) -> String {
    let mixed =
        if group_by.is_empty() { "what is asked for".to_owned() } else { group_by.join(", ") };
    match name {
        "volume" => "calls".to_owned(),
        "requests" => "requests".to_owned(),
        "attempts_per_request" => "attempts a request".to_owned(),
        "conversations" => "conversations".to_owned(),
        "calls_per_conversation" => "calls a conversation".to_owned(),
        "trials" => "trials".to_owned(),
        "calls_per_trial" => "calls a trial".to_owned(),
        "mix" => "mix".to_owned(),
        "groups" => format!("mix of {}", mixed.replace('_', " ")),
        "models" => "models that answered".to_owned(),
        "input_tokens" => "input tokens a call".to_owned(),
        "output_tokens" => "output tokens a call".to_owned(),
        "cache" => "use of the prompt cache".to_owned(),
        "price" => "prices".to_owned(),
        _ => "fees, and costs of the log itself".to_owned(),
    }
}

fn effects(cause: &Cause, unit: Unit) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "cost_change",
        "Why the bill changed",
        &[
            ("effect", ""),
            ("change_usd", "change"),
            ("of_cost_before_share", "of the bill before"),
            ("judged", "judged"),
        ],
    );
    let [before, after] = cause.billed;
    let mut push = |name: String, amount: Usd, judged: &'static str| {
        let share = Cell::share_of(amount.atto(), before.atto());
        exhibit.push([Cell::text(name), Cell::Usd(amount), share, Cell::Word(judged)]);
    };
    for one in cause.ranked() {
        let judged = if one.is_judged { "yes" } else { "no" };
        push(effect_label(one.name, &[]), one.amount, judged);
    }
    push("all".to_owned(), after - before, "");
    exhibit.highlight = Some(exhibit.rows.len() - 1);
    let [_, units] = unit.words();
    exhibit.note(format!(
        "each is the mean over all orders in which these can change (Shapley), so they add up; more \
         {units}, another mix of them and other prices are told and not judged"
    ));
    if !cause.is_exact {
        exhibit.note("costs of what might have been are cut to 10^-18 dollars a group");
    }
    exhibit
}

fn groups(cause: &Cause, group_by: &[String], top: usize) -> Exhibit {
    let label = if group_by.is_empty() { "all".to_owned() } else { group_by.join(", ") };
    let label = label.replace('_', " ");
    let mut exhibit = Exhibit::new(
        "cost_change_groups",
        "Where the bill changed",
        &[
            ("group", &*label),
            ("model", "model"),
            ("in", "in"),
            ("before_usd", "before"),
            ("after_usd", "after"),
            ("change_usd", "change"),
            ("volume_usd", "calls"),
            ("mix_usd", "mix"),
            ("input_tokens_usd", "input"),
            ("output_tokens_usd", "output"),
            ("cache_usd", "cache"),
            ("price_usd", "price"),
        ],
    );
    let shown = if top == 0 { cause.groups.len() } else { top.min(5).min(cause.groups.len()) };
    for one in cause.groups.iter().take(shown) {
        exhibit.push(group(one));
    }
    if cause.groups.len() > shown {
        exhibit.note(format!("{} more: --top 0 shows them", cause.groups.len() - shown));
    }
    exhibit
}

fn group(one: &CauseGroup) -> Vec<Cell> {
    let [before, after] = one.costs;
    let own = [
        Cell::text(one.key.join(", ")),
        Cell::text(&one.model),
        Cell::Word(one.presence.name()),
        Cell::Usd(before),
        Cell::Usd(after),
        Cell::Usd(after - before),
    ];
    own.into_iter().chain(one.effects.iter().copied().map(Cell::Usd)).collect()
}

fn come_and_gone(comparison: &Comparison) -> Option<Exhibit> {
    if comparison.new.is_empty() && comparison.retired.is_empty() {
        return None;
    }
    let columns = [("group", ""), ("in", "in"), ("units", "units"), ("cost_usd", "cost")];
    let mut exhibit =
        Exhibit::new("new_and_retired", "In one of the logs only, so not compared", &columns);
    let mut push = |sums: &[GroupSum], seen: &'static str| {
        for sum in sums {
            let name = Cell::text(sum.key.join(", "));
            exhibit.push([name, Cell::Word(seen), Cell::Count(sum.units), Cell::Usd(sum.cost)]);
        }
    };
    push(&comparison.new, "new");
    push(&comparison.retired, "retired");
    Some(exhibit)
}

fn limits(outcome: &Outcome) -> Option<Exhibit> {
    if outcome.limits.is_empty() {
        return None;
    }
    let columns = [
        ("limit", ""),
        ("allowed_usd", "allowed"),
        ("found_usd", "found"),
        ("of", "of"),
        ("verdict", ""),
    ];
    let mut exhibit = Exhibit::new("limits", "Limits", &columns);
    let [unit, _] = outcome.after.measure.unit.words();
    for one in &outcome.limits {
        let name = match one.limit.name() {
            "cost" => "the whole log".to_owned(),
            "cost_per_unit" => format!("a {unit}"),
            "cost_per_day" => "a day".to_owned(),
            _ => "a month".to_owned(),
        };
        exhibit.push([
            Cell::text(name),
            Cell::Usd(one.limit.amount()),
            Cell::usd_or_missing(one.found),
            if one.of.is_empty() { Cell::Missing } else { Cell::text(&one.of) },
            Cell::Word(one.verdict.name()),
        ]);
    }
    Some(exhibit)
}

fn unpriced(outcome: &Outcome) -> Option<Exhibit> {
    if outcome.after.unpriced.is_empty() {
        return None;
    }
    let columns = [("model", "model"), ("calls", "calls"), ("reason", "reason")];
    let mut exhibit = Exhibit::new("unpriced", "Calls without a price, not compared", &columns);
    for one in &outcome.after.unpriced {
        exhibit.push([Cell::text(&one.model), Cell::Count(one.calls), Cell::text(&one.reason)]);
    }
    Some(exhibit)
}
