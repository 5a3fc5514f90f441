//! What a gate found as tables.

use std::cmp::Reverse;

use crate::exhibits::{Cell, Exhibit};
use crate::gate::{
    Cause, Comparison, EffectOf, GroupSum, Judged, Judgement, Measure, Outcome, Unit, Why,
};
use crate::insights::Presence;
use crate::units::{Factor, Share, Usd};

use super::check_report::{change_of, names_of};

/// The most groups that a page shows of what changed where; the rest is a matter of `--top 0`.
const GROUPS_SHOWN: usize = 5;

/// Every table of a report, in the order of the page.
pub(super) fn tables(outcome: &Outcome, top: usize) -> Vec<Exhibit> {
    let mut tables = Vec::new();
    if let Some(comparison) = &outcome.comparison {
        tables.push(judgements(comparison, &outcome.after.measure, top));
        if let Some(cause) = &comparison.cause {
            tables.push(effects(cause, outcome));
            tables.push(groups(cause, &outcome.after.measure.group_by, top));
        }
        tables.extend(come_and_gone(comparison, &outcome.after.measure.group_by, top));
    }
    tables.extend(limits(outcome));
    tables.extend(unpriced(outcome, top));
    tables
}

fn judgements(comparison: &Comparison, measure: &Measure, top: usize) -> Exhibit {
    let columns = [
        ("what", "cost of"),
        ("before_usd", "before"),
        ("after_usd", "after"),
        ("change_share", "change"),
        ("verdict", "verdict"),
        ("low_share", "at least"),
        ("high_share", "at most"),
        ("allowed_share", "allowed"),
    ];
    let mut allowed: Vec<Factor> =
        comparison.judgements.iter().filter(|one| one.decides).map(|one| one.threshold).collect();
    allowed.dedup();
    // What is the same everywhere stands in the sentence of the verdict.
    let shown = if allowed.len() > 1 { columns.len() } else { columns.len() - 1 };
    let mut exhibit = Exhibit::new("judgements", "What was compared", &columns[..shown]);
    let (mut groups, whole): (Vec<&Judgement>, Vec<&Judgement>) =
        comparison.judgements.iter().partition(|one| one.what.group().is_some());
    if measure.group_by.is_empty() {
        // The only group is the whole.
        groups.clear();
    }
    groups.sort_by_key(|one| {
        let size = |amount: Usd| amount.atto().unsigned_abs();
        // Without a volume the cost of a unit has to say which is large.
        (Reverse(one.impact.map_or(0, size)), Reverse(size(one.after - one.before)))
    });
    let few = if top == 0 { groups.len() } else { top.min(groups.len()) };
    for one in whole.into_iter().chain(groups.iter().take(few).copied()) {
        exhibit.push(judgement(one, measure).into_iter().take(shown));
    }
    exhibit.highlight = Some(0);
    let by = named_columns(&measure.group_by);
    let is_of_mix = comparison.judgements.iter().any(|one| one.what == Judged::Unit);
    if is_of_mix && !measure.group_by.is_empty() && measure.unit != Unit::Case {
        exhibit.note(format!("the same mix: of each {by} as many as before"));
    }
    if groups.len() > few {
        more(&mut exhibit, groups.len() - few, ["more group", "more groups"]);
    }
    if groups.iter().any(|one| !one.decides) {
        exhibit.note(format!(
            "each {by} by itself is shown and not judged; --group-threshold judges it, corrected for \
             their number (Holm)"
        ));
    }
    exhibit
}

fn judgement(one: &Judgement, measure: &Measure) -> [Cell; 8] {
    let [name, _] = measure.unit.words();
    let what = match &one.what {
        Judged::Unit if measure.unit == Unit::Case => "a test case".to_owned(),
        Judged::Unit if measure.group_by.is_empty() => format!("a {name}"),
        Judged::Unit => format!("a {name}, same mix"),
        Judged::Total => "the whole log".to_owned(),
        Judged::Percentile => "95th percentile call".to_owned(),
        Judged::Group(names) => names_of(names, &measure.group_by),
    };
    let [low, high] = match one.estimate {
        Some(estimate) => estimate.interval.map(change),
        None => [Cell::Missing, Cell::Missing],
    };
    let amount = |amount| match one.what {
        _ if !is_compared(one) => Cell::Missing,
        Judged::Total => Cell::Usd(amount),
        _ => Cell::UnitUsd(amount),
    };
    [
        Cell::text(what),
        amount(one.before),
        amount(one.after),
        one.estimate.map_or(Cell::Missing, |estimate| change(estimate.ratio)),
        Cell::Word(if one.decides { one.verdict.name() } else { "" }),
        low,
        high,
        if one.decides { change(one.threshold) } else { Cell::Missing },
    ]
}

/// Whether there was anything to compare: else its amounts are no costs.
fn is_compared(one: &Judgement) -> bool {
    let is_empty = one.before.is_zero() && one.after.is_zero();
    one.estimate.is_some() || !is_empty || one.why == Why::NoCost
}

fn change(multiple: Factor) -> Cell {
    change_of(multiple).map_or(Cell::Missing, Cell::ShareChange)
}

/// Says how many rows are not shown.
fn more(exhibit: &mut Exhibit, number: usize, [one, many]: [&str; 2]) {
    let (what, them) = if number == 1 { (one, "it") } else { (many, "them") };
    exhibit.note(format!("{number} {what}: --top 0 shows {them}"));
}

/// What an effect is called on a page.
pub fn effect_label(name: &str, group_by: &[String]) -> String {
    match name {
        "volume" => "number of calls".to_owned(),
        "requests" => "number of requests".to_owned(),
        "attempts_per_request" => "attempts a request".to_owned(),
        "conversations" => "number of conversations".to_owned(),
        "calls_per_conversation" => "calls a conversation".to_owned(),
        "trials" => "number of trials".to_owned(),
        "calls_per_trial" => "calls a trial".to_owned(),
        "mix" => "mix".to_owned(),
        "groups" => match group_by {
            [] => "mix of what is asked for".to_owned(),
            [only] => format!("mix of {}", plural(&only.replace('_', " "))),
            several => format!("mix of {}", named_columns(several)),
        },
        "models" => "models that answered".to_owned(),
        "input_tokens" => "input tokens a call".to_owned(),
        "output_tokens" => "output tokens a call".to_owned(),
        "cache" => "use of the prompt cache".to_owned(),
        "price" => "prices".to_owned(),
        _ => "fees and logged costs".to_owned(),
    }
}

/// Names of columns as words: `call type and user`.
fn named_columns(columns: &[String]) -> String {
    columns.join(" and ").replace('_', " ")
}

fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if word.ends_with('s') => word.to_owned(),
        _ => format!("{word}s"),
    }
}

/// Whether what decides has an effect in it: a whole log has everything but other prices in it.
pub fn is_judged(effect: &EffectOf, outcome: &Outcome) -> bool {
    let is_whole = outcome.main().is_some_and(|main| main.what == Judged::Total);
    effect.is_judged || (is_whole && effect.name != "price")
}

fn effects(cause: &Cause, outcome: &Outcome) -> Exhibit {
    let columns = [
        ("effect", "effect of"),
        ("change_usd", "on the bill"),
        ("of_cost_before_share", "of the bill"),
        ("judged", "judged"),
    ];
    let mut exhibit = Exhibit::new("cost_change", "Why the bill changed", &columns);
    let group_by = &outcome.after.measure.group_by;
    let [before, after] = cause.billed;
    let mut push = |name: String, amount: Usd, judged: &'static str| {
        let share = Share::of(amount.atto(), before.atto());
        let share = share.map_or(Cell::Missing, Cell::ShareChange);
        exhibit.push([Cell::text(name), Cell::UsdChange(amount), share, Cell::Word(judged)]);
    };
    let (none, some): (Vec<EffectOf>, Vec<EffectOf>) =
        cause.ranked().into_iter().partition(|one| one.amount.is_zero());
    for one in &some {
        let judged = if is_judged(one, outcome) { "yes" } else { "no" };
        push(effect_label(one.name, group_by), one.amount, judged);
    }
    push("all".to_owned(), after - before, "");
    exhibit.highlight = Some(some.len());
    if !none.is_empty() {
        let names: Vec<_> = none.iter().map(|one| effect_label(one.name, group_by)).collect();
        exhibit.note(format!("without any effect: {}", names.join("; ")));
    }
    exhibit
        .note("shares are of the bill before; each is the mean over all orders of change (Shapley), so they add up");
    if some.iter().any(|one| !is_judged(one, outcome)) {
        exhibit.note("what is not judged is told and fails nothing");
    }
    exhibit
}

fn groups(cause: &Cause, group_by: &[String], top: usize) -> Exhibit {
    let label = if group_by.is_empty() { "group".to_owned() } else { named_columns(group_by) };
    let effects = shown_effects(cause);
    let mut columns = vec![
        ("group", &*label),
        ("model", "model"),
        ("change_usd", "change"),
        ("before_usd", "before"),
        ("after_usd", "after"),
    ];
    let everywhere = cause.groups.iter().all(|one| one.presence == Presence::Both);
    if !everywhere {
        columns.push(("presence", "status"));
    }
    columns.extend(effects.iter().map(|(_, column)| *column));
    let columns = if group_by.is_empty() { &columns[1..] } else { &columns[..] };
    let mut exhibit = Exhibit::new("cost_change_groups", "Where the bill changed", columns);
    let most = if top == 0 { cause.groups.len() } else { top.min(GROUPS_SHOWN) };
    for one in cause.groups.iter().take(most) {
        let [before, after] = one.costs;
        let mut cells = Vec::new();
        if !group_by.is_empty() {
            cells.push(Cell::text(names_of(&one.key, group_by)));
        }
        cells.extend([
            Cell::text(&one.model),
            Cell::UsdChange(after - before),
            Cell::Usd(before),
            Cell::Usd(after),
        ]);
        if !everywhere {
            cells.push(Cell::Word(one.presence.name()));
        }
        cells.extend(effects.iter().map(|(place, _)| Cell::UsdChange(one.effects[*place])));
        exhibit.push(cells);
    }
    if cause.groups.len() > most {
        more(&mut exhibit, cause.groups.len() - most, ["more", "more"]);
    }
    exhibit
}

/// The effects that any group has, the largest first: their places and columns.
fn shown_effects(cause: &Cause) -> Vec<(usize, (&'static str, &'static str))> {
    const COLUMNS: [(&str, &str); 6] = [
        ("volume_usd", "calls"),
        ("mix_usd", "mix"),
        ("input_tokens_usd", "input"),
        ("output_tokens_usd", "output"),
        ("cache_usd", "cache"),
        ("price_usd", "price"),
    ];
    let size = |place: usize| -> u128 {
        let amounts = cause.groups.iter().filter_map(|one| one.effects.get(place));
        amounts.map(|amount| amount.atto().unsigned_abs()).sum()
    };
    let mut shown: Vec<_> =
        COLUMNS.into_iter().enumerate().filter(|(place, _)| size(*place) > 0).collect();
    shown.sort_by_key(|(place, _)| Reverse(size(*place)));
    shown
}

fn come_and_gone(comparison: &Comparison, group_by: &[String], top: usize) -> Option<Exhibit> {
    let seen = |groups: &[GroupSum], presence: &'static str| -> Vec<_> {
        groups.iter().map(|group| (group.clone(), presence)).collect()
    };
    let mut groups = seen(&comparison.new, "new");
    groups.extend(seen(&comparison.retired, "retired"));
    if groups.is_empty() {
        return None;
    }
    groups.sort_by_key(|(group, _)| Reverse(group.cost));
    let label = named_columns(group_by);
    let columns =
        [("group", &*label), ("presence", "status"), ("units", "units"), ("cost_usd", "cost")];
    let mut exhibit =
        Exhibit::new("new_and_retired", "In one of the logs only, so not compared", &columns);
    let most = if top == 0 { groups.len() } else { top.min(groups.len()) };
    for (group, presence) in groups.iter().take(most) {
        let name = Cell::text(names_of(&group.key, group_by));
        exhibit.push([name, Cell::Word(presence), Cell::Count(group.units), Cell::Usd(group.cost)]);
    }
    if groups.len() > most {
        more(&mut exhibit, groups.len() - most, ["more", "more"]);
    }
    Some(exhibit)
}

fn limits(outcome: &Outcome) -> Option<Exhibit> {
    if outcome.limits.is_empty() {
        return None;
    }
    let columns = [
        ("limit", "limit on"),
        ("allowed_usd", "allowed"),
        ("found_usd", "found"),
        ("verdict", "verdict"),
        ("of", "of"),
    ];
    let is_dated = outcome.limits.iter().any(|one| !one.of.is_empty());
    let shown = if is_dated { columns.len() } else { columns.len() - 1 };
    let mut exhibit = Exhibit::new("limits", "Limits", &columns[..shown]);
    let [unit, _] = outcome.after.measure.unit.words();
    for one in &outcome.limits {
        let name = match one.limit.name() {
            "cost" => "the whole log".to_owned(),
            "cost_per_unit" => format!("a {unit}"),
            "cost_per_day" => "a day".to_owned(),
            _ => "a month".to_owned(),
        };
        let cells = [
            Cell::text(name),
            Cell::UnitUsd(one.limit.amount()),
            one.found.map_or(Cell::Missing, Cell::UnitUsd),
            Cell::Word(one.verdict.name()),
            if one.of.is_empty() { Cell::Word("") } else { Cell::text(&one.of) },
        ];
        exhibit.push(cells.into_iter().take(shown));
    }
    Some(exhibit)
}

fn unpriced(outcome: &Outcome, top: usize) -> Option<Exhibit> {
    let columns = [("model", "model"), ("calls", "calls"), ("in", "in"), ("reason", "reason")];
    let mut exhibit = Exhibit::new("unpriced", "Calls without a price, not compared", &columns);
    let before = outcome.comparison.iter().map(|comparison| (&comparison.before, "before"));
    let sides = before.chain([(&outcome.after, "now")]);
    let all: Vec<_> =
        sides.flat_map(|(of, side)| of.unpriced.iter().map(move |one| (one, side))).collect();
    let most = if top == 0 { all.len() } else { top.saturating_mul(2).min(all.len()) };
    for (one, side) in all.iter().take(most) {
        let reason = Cell::text(one.reason.replace('-', " "));
        let (model, calls) = (Cell::text(&one.model), Cell::Count(one.calls));
        exhibit.push([model, calls, Cell::Word(side), reason]);
    }
    if all.len() > most {
        more(&mut exhibit, all.len() - most, ["more", "more"]);
    }
    (!exhibit.rows.is_empty()).then_some(exhibit)
}
