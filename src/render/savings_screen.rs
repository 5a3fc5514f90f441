//! The page of `simulate`: the ladder, the bill before and after, and what it rests on.

use crate::report::{Evidence, SavingsGroup, SavingsReport, TechniqueLine, UsdRange};
use crate::units::Usd;

use super::bars::bar;
use super::dates::day_span;
use super::exhibits;
use super::figures::{DASH, Money, change, count, counted, name, percent_or_dash, tokens};
use super::oddities;
use super::screen::{Column, Grid, GridRow, Keep, Line, Screen, Tone};
use super::shared_blocks::{
    accounting, column_title, diagnostics, files, prices, pricing_basis, unpriced_models,
};

/// Blocks in a bar.
const BAR: usize = 16;

/// Blocks of what remains after each technique.
const LADDER_BAR: usize = 10;

/// Composes the page.
pub(super) fn compose(report: &SavingsReport) -> Screen {
    compose_at(report, u16::MAX)
}

/// Composes the page for so many columns: what does not fit is left to the table itself, but
/// figures may have shorter forms.
pub(super) fn compose_at(report: &SavingsReport, width: u16) -> Screen {
    let money = Money::for_bill(report.totals.baseline, report.prices.currency);
    let tables = money.in_tables_of(width);
    let mut screen = Screen::default();
    headline(&mut screen, report, money);
    if report.calls > 0 {
        ladder(&mut screen, report, tables);
        best_sets(&mut screen, report, tables);
        groups(&mut screen, report, tables);
        exhibits::blocks(&mut screen, &report.exhibits, tables);
    }
    unpriced(&mut screen, report, money);
    basis(&mut screen, report, money);
    diagnostics(&mut screen, &report.diagnostics);
    prices(&mut screen, &report.prices, report.window.as_ref());
    screen
}

pub(super) fn headline(screen: &mut Screen, report: &SavingsReport, money: Money) {
    let mut title =
        format!("{} · {}", files(&report.input), counted(report.calls, "call", "calls"));
    if let Some(window) = &report.window {
        title = format!("{title} · {}", day_span(window.first_day, window.last_day));
    }
    screen.title(title);
    if report.calls > 0 {
        let priced = percent_or_dash(report.priced_share());
        let text = format!(
            "{priced} of calls priced {}",
            pricing_basis(&report.prices, report.window.as_ref())
        );
        screen.line(Tone::Plain, text);
    }
    if report.unpriced.calls > 0 {
        let calls = counted(report.unpriced.calls, "call", "calls");
        let size = tokens(report.unpriced.tokens);
        let text = format!("{calls} with {size} tokens have no price and are in neither bill");
        screen.line(Tone::Warning, text);
    }
    if report.logged.calls > 0 {
        let calls = counted(report.logged.calls, "call", "calls");
        let text = format!(
            "analyze takes {calls} at the log's own cost, {}: here they cost what the price book \
             says, or are left out where it has no price",
            money.text(report.logged.cost)
        );
        screen.line(Tone::Warning, text);
    }
    let account = accounting(&report.input, report.calls);
    let money = Money::for_bill(report.totals.baseline, report.prices.currency);
    for line in account.into_iter().chain(oddities::lines(&report.oddities, money)) {
        screen.line(line.tone, line.text);
    }
}

pub(super) fn ladder(screen: &mut Screen, report: &SavingsReport, money: Money) {
    screen.heading("What it would have saved");
    let columns = vec![
        Column::text("", Keep::Always),
        Column::number("saves alone", Keep::Drop(2)),
        Column::number("then saves", Keep::Always),
        Column::number("remaining", Keep::Always),
        Column::bar(Keep::Drop(4)),
        Column::number("fair share", Keep::Drop(1)),
        Column::text("how we know", Keep::Below(3)),
    ];
    let baseline = report.totals.baseline;
    let mut rows = vec![today(baseline, money)];
    rows.extend(report.techniques.iter().map(|technique| rung(technique, baseline, money)));
    if !report.techniques.is_empty() {
        rows.push(GridRow::Rule);
        rows.push(together(report, money));
    }
    screen.grid(Grid { columns, rows });
    let added = report.techniques.iter().filter(|line| line.evidence != Evidence::Refused).count();
    let claimed = report.totals.claimed_sum;
    if added > 1 && claimed != report.totals.saved() {
        let text = format!("(adding the {added} up would claim {})", money.text(claimed));
        screen.line(Tone::Quiet, text);
    }
}

/// What to do first: the cheapest set of each size.
pub(super) fn best_sets(screen: &mut Screen, report: &SavingsReport, money: Money) {
    if report.best_sets.is_empty() {
        return;
    }
    screen.heading("If only so many can be done, the best are");
    let columns = vec![
        Column::number("", Keep::Always),
        Column::text("techniques", Keep::Always),
        Column::number("remaining", Keep::Always),
        Column::number("saves", Keep::Drop(1)),
    ];
    let baseline = report.totals.baseline;
    let least = report.best_sets.iter().map(|best| best.projected).min();
    let rows = report.best_sets.iter().enumerate().map(|(place, best)| {
        let cells = vec![
            count((place + 1) as u64),
            best.labels.join(", "),
            money.text(best.projected),
            money.text(baseline - best.projected),
        ];
        let tone = if Some(best.projected) == least { Tone::Strong } else { Tone::Plain };
        GridRow::Cells(tone, cells)
    });
    screen.grid(Grid { columns, rows: rows.collect() });
}

fn today(baseline: Usd, money: Money) -> GridRow {
    let mut cells = vec![String::new(); 7];
    "today".clone_into(&mut cells[0]);
    cells[3] = money.text(baseline);
    cells[4] = bar(baseline, baseline, LADDER_BAR);
    GridRow::Cells(Tone::Strong, cells)
}

fn rung(line: &TechniqueLine, baseline: Usd, money: Money) -> GridRow {
    let refused = line.evidence == Evidence::Refused;
    let text = |amount| if refused { DASH.to_owned() } else { money.text(amount) };
    let cells = vec![
        name(&line.label),
        text(line.standalone),
        text(line.ladder),
        text(line.remaining),
        if refused { String::new() } else { bar(line.remaining, baseline, LADDER_BAR) },
        text(line.fair_share),
        how_we_know(line),
    ];
    let loses = line.last_in < Usd::ZERO && !refused;
    let tone = match (refused, loses) {
        (true, _) => Tone::Quiet,
        (false, true) => Tone::Warning,
        (false, false) => Tone::Plain,
    };
    GridRow::Cells(tone, cells)
}

fn how_we_know(line: &TechniqueLine) -> String {
    let (kind, note) = (line.evidence.name(), name(&line.evidence_note));
    if line.evidence_note.is_empty() {
        kind.to_owned()
    } else if note.starts_with(kind) {
        note
    } else {
        format!("{kind} · {note}")
    }
}

fn together(report: &SavingsReport, money: Money) -> GridRow {
    let totals = &report.totals;
    let cells = vec![
        "together".to_owned(),
        String::new(),
        money.text(totals.saved()),
        money.text(totals.projected),
        bar(totals.projected, totals.baseline, LADDER_BAR),
        totals.saved_share().map_or_else(String::new, change),
        range(totals.saved_range, money),
    ];
    GridRow::Cells(Tone::Strong, cells)
}

/// `range $26,123.40 – $28,811.00`; nothing when there is no doubt.
fn range(range: UsdRange, money: Money) -> String {
    if range.is_point() {
        return String::new();
    }
    format!("range {}", money.range(range.low, range.high))
}

pub(super) fn groups(screen: &mut Screen, report: &SavingsReport, money: Money) {
    if report.groups.is_empty() {
        return;
    }
    let by: Vec<_> = report.group_by.iter().map(|column| column_title(column)).collect();
    screen.heading(format!("Before and after, by {}", by.join(" and ")));
    let mut columns: Vec<_> = by.iter().map(|title| Column::text(title, Keep::Always)).collect();
    columns.extend([
        Column::number("calls", Keep::Drop(2)),
        Column::number("before", Keep::Always),
        Column::number("after", Keep::Always),
        Column::number("saved", Keep::Drop(1)),
        Column::bar(Keep::Drop(3)),
    ]);
    let mut rows: Vec<_> = report
        .groups
        .iter()
        .map(|group| group_row(group_tone(group), group, by.len(), money))
        .collect();
    if let Some((number, rest)) = &report.left_out {
        let named =
            SavingsGroup { key: vec![format!("{} more", count(*number as u64))], ..rest.clone() };
        rows.push(group_row(Tone::Quiet, &named, by.len(), money));
    }
    let whole = SavingsGroup { key: vec!["total".to_owned()], ..report.all_groups() };
    rows.push(GridRow::Rule);
    rows.push(group_row(Tone::Strong, &whole, by.len(), money));
    screen.grid(Grid { columns, rows });
}

/// What became dearer needs attention.
fn group_tone(group: &SavingsGroup) -> Tone {
    if group.saved() < Usd::ZERO { Tone::Warning } else { Tone::Plain }
}

fn group_row(tone: Tone, group: &SavingsGroup, columns: usize, money: Money) -> GridRow {
    let mut cells: Vec<_> = group.key.iter().map(|value| name(value)).collect();
    cells.truncate(columns);
    cells.resize(columns, String::new());
    cells.extend([
        count(group.calls),
        money.text(group.before),
        money.text(group.after),
        money.text(group.saved()),
        bar(group.after, group.before, BAR),
    ]);
    GridRow::Cells(tone, cells)
}

pub(super) fn unpriced(screen: &mut Screen, report: &SavingsReport, money: Money) {
    if report.unpriced_models.is_empty() {
        return;
    }
    screen.heading("Models without a price");
    let logged = report.unpriced_logged();
    if logged.calls > 0 {
        let (calls, cost) = (counted(logged.calls, "call", "calls"), money.text(logged.cost));
        let text = format!("the log itself says {cost} for {calls}; that is in neither bill");
        screen.line(Tone::Warning, text);
    }
    screen.grid(unpriced_models(&report.unpriced_models, money));
}

/// What the numbers rest on: warnings, then assumptions, then ranges of single techniques.
pub(super) fn basis(screen: &mut Screen, report: &SavingsReport, money: Money) {
    let warnings = report.warnings.iter();
    let warnings = warnings.map(|text| Line { tone: Tone::Warning, text: name(text) });
    screen.list("Before you act on this", warnings.collect());
    let mut assumptions = Vec::new();
    for line in &report.techniques {
        for text in &line.assumptions {
            let text = format!("{}: {}", name(&line.label), name(text));
            assumptions.push(Line { tone: Tone::Plain, text });
        }
        if !line.saved_range.is_point() && line.evidence != Evidence::Refused {
            let text = format!("{}: {}", name(&line.label), range(line.saved_range, money));
            assumptions.push(Line { tone: Tone::Quiet, text });
        }
    }
    screen.list("What this assumes", assumptions);
}
