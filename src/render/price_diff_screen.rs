//! The page of `prices diff`: what changed from one table to another, and what it means for a log.

use crate::insights::UnpricedModel;
use crate::report::{
    Currency, EffectRow, LogEffect, LoneModel, PriceChange, PriceDiff, RuleChange, Span,
};
use crate::units::{TokenClass, TokenPrice, Usd};
use crate::usage::ServiceTier;

use super::class_names::class_name;
use super::dates::{day_span, moment};
use super::figures::{DASH, Money, count, counted, growth, name, price, token_limit};
use super::price_list_screen::known;
use super::screen::{Column, Grid, GridRow, Keep, Screen, Tone};
use super::shared_blocks::{accounting, column_title, diagnostics, files, unpriced_models};

/// Composes the page.
pub(super) fn compose(diff: &PriceDiff) -> Screen {
    let mut screen = Screen::default();
    let [old, new] = diff.names.each_ref().map(|side| name(side));
    let models = counted(diff.compared as u64, "model", "models");
    screen.title(format!("{old} → {new} · {models} compared"));
    if diff.prices.is_empty() && diff.rules.is_empty() {
        screen.line(Tone::Good, "the models that both have say the same");
    }
    changes(&mut screen, &diff.prices);
    rules(&mut screen, &diff.rules);
    lone(&mut screen, &format!("Only in {new}"), &diff.added);
    lone(&mut screen, &format!("Only in {old}"), &diff.removed);
    if let Some(effect) = &diff.effect {
        log(&mut screen, effect);
    }
    screen
}

fn changes(screen: &mut Screen, changes: &[PriceChange]) {
    if changes.is_empty() {
        return;
    }
    screen.heading("Prices that changed, in dollars per million tokens");
    let columns = vec![
        Column::text("model", Keep::Always),
        Column::text("price", Keep::Always),
        Column::number("old", Keep::Always),
        Column::number("new", Keep::Always),
        Column::number("change", Keep::Drop(1)),
        Column::text("when", Keep::Drop(2)),
    ];
    let price = |stated: Option<TokenPrice>| stated.map_or_else(|| DASH.to_owned(), price);
    let mut before = "";
    let rows = changes.iter().map(|change| {
        let is_same = before == change.model;
        before = &change.model;
        let cells = vec![
            if is_same { String::new() } else { name(&change.model) },
            what(change),
            price(change.old),
            price(change.new),
            change.share().map_or_else(|| DASH.to_owned(), growth),
            when(change.span),
        ];
        GridRow::Cells(Tone::Plain, cells)
    });
    let rows = rows.collect();
    screen.grid(Grid { columns, rows });
    screen
        .line(Tone::Quiet, "lanes, bands and places that follow by the same factor: not repeated");
}

/// Which price it is: `batch output`, `input above 200k`.
fn what(change: &PriceChange) -> String {
    let mut text = class_name(change.class).to_owned();
    if change.alike {
        text = format!("{} and all others", change.class.name().replace('_', " "));
    }
    if change.tier != ServiceTier::Standard {
        text = format!("{} {text}", change.tier.name());
    }
    match change.band {
        Some(limit) => format!("{text} above {}", token_limit(limit)),
        None => text,
    }
}

fn when(span: Span) -> String {
    match (span.from, span.to) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {}", moment(from)),
        (None, Some(to)) => format!("before {}", moment(to)),
        (Some(from), Some(to)) => format!("{} to {}", moment(from), moment(to)),
    }
}

fn rules(screen: &mut Screen, rules: &[RuleChange]) {
    let lines = rules.iter().map(|change| {
        let side = |text: &str| if text.is_empty() { "nothing".to_owned() } else { name(text) };
        super::screen::Line {
            tone: Tone::Plain,
            text: format!(
                "{}: {}: {} → {}",
                name(&change.model),
                name(&change.rule),
                side(&change.old),
                side(&change.new)
            ),
        }
    });
    screen.list("Rules that changed", lines.collect());
}

fn lone(screen: &mut Screen, heading: &str, models: &[LoneModel]) {
    if models.is_empty() {
        return;
    }
    screen.heading(heading);
    let columns = vec![
        Column::text("model", Keep::Always),
        Column::text("provider", Keep::Drop(1)),
        Column::number("input", Keep::Always),
        Column::number("output", Keep::Always),
    ];
    let rows = models.iter().map(|model| {
        let cells = vec![
            name(&model.model),
            name(&model.provider),
            known(&model.prices, TokenClass::Input),
            known(&model.prices, TokenClass::Output),
        ];
        GridRow::Cells(Tone::Plain, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
}

fn log(screen: &mut Screen, effect: &LogEffect) {
    let mut heading = format!(
        "What it means for {} · {}",
        files(&effect.input),
        counted(effect.total.calls + effect.not_comparable.calls, "call", "calls")
    );
    if let Some(window) = &effect.window {
        heading = format!("{heading} · {}", day_span(window.first_day, window.last_day));
    }
    screen.heading(heading);
    for line in accounting(&effect.input, effect.total.calls + effect.not_comparable.calls) {
        screen.line(line.tone, line.text);
    }
    let money = Money::for_bill(
        effect.total.new.max(effect.total.old).unwrap_or(Usd::ZERO),
        Currency::DOLLARS,
    );
    let titles = effect.group_by.iter().map(|column| column_title(column));
    let mut columns: Vec<_> = titles.map(|title| Column::text(title, Keep::Always)).collect();
    columns.extend([
        Column::number("calls", Keep::Drop(2)),
        Column::number("old", Keep::Drop(3)),
        Column::number("new", Keep::Always),
        Column::number("difference", Keep::Always),
        Column::number("change", Keep::Drop(1)),
    ]);
    let width = effect.group_by.len();
    let mut rows: Vec<_> = effect
        .groups
        .iter()
        .map(|row| {
            let key = row.key.iter().map(|value| name(value)).collect();
            GridRow::Cells(Tone::Plain, figures(key, row, money))
        })
        .collect();
    rows.push(GridRow::Rule);
    let mut key = vec!["total".to_owned()];
    key.resize(width.max(1), String::new());
    rows.push(GridRow::Cells(Tone::Strong, figures(key, &effect.total, money)));
    screen.grid(Grid { columns, rows });
    let rest = &effect.not_comparable;
    if rest.calls > 0 {
        let known =
            |usd: Option<Usd>| usd.map_or_else(|| "nothing".to_owned(), |usd| money.text(usd));
        let text = format!(
            "{} with a price on one side at most are in no figure above: {} of them is known on the \
             old side, {} on the new one",
            counted(rest.calls, "call", "calls"),
            known(rest.old),
            known(rest.new)
        );
        screen.line(Tone::Warning, text);
    }
    unpriced(screen, "Without an old price", &effect.unpriced_old, money);
    unpriced(screen, "Without a new price", &effect.unpriced_new, money);
    diagnostics(screen, &effect.diagnostics);
}

fn figures(mut key: Vec<String>, row: &EffectRow, money: Money) -> Vec<String> {
    let known = |usd: Option<Usd>| usd.map_or_else(|| "unpriced".to_owned(), |usd| money.text(usd));
    key.extend([
        count(row.calls),
        known(row.old),
        known(row.new),
        row.difference().map_or_else(|| DASH.to_owned(), |usd| money.text(usd)),
        row.share().map_or_else(|| DASH.to_owned(), growth),
    ]);
    key
}

fn unpriced(screen: &mut Screen, heading: &str, models: &[UnpricedModel], money: Money) {
    if !models.is_empty() {
        screen.heading(heading);
        screen.grid(unpriced_models(models, money));
    }
}
