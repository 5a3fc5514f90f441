//! The page of `prices show`: one model with all its prices and rules.

use crate::report::{EXAMPLE, PriceSheet, SheetBand, SheetLane, SheetPeriod, SheetPrices};
use crate::units::TokenClass;

use super::class_names::class_name;
use super::dates::moment;
use super::figures::{DASH, count, exact_dollars, name};
use super::price_list_screen::{basis, iso_day, known};
use super::price_words::{limit, rules, way};
use super::screen::{Column, Grid, GridRow, Keep, Line, Screen, Tone};
use super::shared_blocks::prices;

/// Composes the page.
pub(super) fn compose(sheet: &PriceSheet) -> Screen {
    let mut screen = Screen::default();
    headline(&mut screen, sheet);
    let as_of = basis(&sheet.source.as_of);
    screen.heading(format!("Prices {as_of}, in dollars per million tokens"));
    match &sheet.in_force {
        None => screen.line(Tone::Warning, "the model has no price on that day"),
        Some(prices) if prices.lanes.is_empty() => {
            let place = name(&sheet.trace.place);
            screen.line(Tone::Warning, format!("the model has no price at the place {place}"));
        }
        Some(prices) => in_force(&mut screen, prices),
    }
    let plain = |text: String| Line { tone: Tone::Plain, text: name(&text) };
    screen.list("The rules in words", rules(sheet).into_iter().map(plain).collect());
    if let Some(prices) = &sheet.in_force {
        example(&mut screen, prices);
    }
    periods(&mut screen, &sheet.periods);
    prices(&mut screen, &sheet.source, None);
    screen
}

fn headline(screen: &mut Screen, sheet: &PriceSheet) {
    screen.title(format!("{} · {}", name(&sheet.model), name(&sheet.provider)));
    if let Some(way) = way(sheet) {
        screen.line(Tone::Plain, name(&way));
    }
    if !sheet.aliases.is_empty() {
        let names = sheet.aliases.iter().map(|alias| name(alias)).collect::<Vec<_>>().join(", ");
        screen.line(Tone::Quiet, format!("also called {names}"));
    }
    let mut parts = Vec::new();
    if let Some(window) = sheet.context_window {
        parts.push(format!("context window {} tokens", count(window.get())));
    }
    parts.push(format!("tokenizer {}", name(&sheet.tokenizer)));
    if let Some(first) = sheet.first_known {
        parts.push(format!("earliest snapshot {}", moment(first)));
    }
    screen.line(Tone::Quiet, parts.join(" · "));
    if let Some(retired) = sheet.retired {
        screen.line(Tone::Warning, format!("switched off by the provider on {}", moment(retired)));
    }
    if let Some(note) = &sheet.note {
        screen.line(Tone::Plain, format!("note: {}", name(note)));
    }
}

fn in_force(screen: &mut Screen, prices: &SheetPrices) {
    lanes(screen, &prices.lanes);
    for other in &prices.scheduled {
        screen.line(Tone::Plain, format!("at {}:", name(&other.schedule.id)));
        lanes(screen, &other.lanes);
    }
}

fn lanes(screen: &mut Screen, lanes: &[SheetLane]) {
    let lanes: Vec<_> = lanes.iter().collect();
    screen.grid(grid(&lanes, |lane| Some(lane.prices)));
    let bands: &[SheetBand] = lanes.first().map_or(&[], |lane| &lane.bands);
    for band in bands {
        let text = if band.excess_only {
            format!("for tokens of a prompt after its first {}:", count(band.tokens))
        } else {
            format!("for prompts {}:", limit(band))
        };
        screen.line(Tone::Plain, text);
        let same = |lane: &SheetLane| {
            let known = lane.bands.iter();
            let known = known
                .filter(|other| (other.tokens, other.inclusive) == (band.tokens, band.inclusive));
            known.map(|other| other.prices).next()
        };
        // A lane that says nothing of long prompts has one price for all.
        screen.grid(grid(&lanes, |lane| same(lane).or(Some(lane.prices))));
    }
}

/// The classes down, the lanes across.
fn grid(
    lanes: &[&SheetLane],
    prices: impl Fn(&SheetLane) -> Option<crate::report::ClassPrices>,
) -> Grid {
    let mut columns = vec![Column::text("tokens", Keep::Always)];
    for (place, lane) in (0u8..).zip(lanes) {
        let keep = if place == 0 { Keep::Always } else { Keep::Drop(place) };
        columns.push(Column::number(lane.tier.name(), keep));
    }
    let columns_of = lanes.iter().map(|lane| prices(lane).unwrap_or_default()).collect::<Vec<_>>();
    let is_priced = |class: &TokenClass| columns_of.iter().any(|prices| prices[*class].is_some());
    let rows = TokenClass::ALL.into_iter().filter(is_priced).map(|class| {
        let mut cells = vec![class_name(class).to_owned()];
        cells.extend(columns_of.iter().map(|prices| known(prices, class)));
        GridRow::Cells(Tone::Plain, cells)
    });
    Grid { rows: rows.collect(), columns }
}

fn example(screen: &mut Screen, prices: &SheetPrices) {
    if prices.examples.is_empty() {
        return;
    }
    let parts = EXAMPLE.map(|(class, tokens)| format!("{} {}", count(tokens), class.name()));
    screen.heading(format!("What {} tokens cost", parts.join(" + ")));
    let costs = prices.examples.iter();
    let costs = costs.map(|(tier, cost)| format!("{} {}", tier.name(), exact_dollars(*cost)));
    screen.line(Tone::Plain, costs.collect::<Vec<_>>().join(" · "));
}

fn periods(screen: &mut Screen, periods: &[SheetPeriod]) {
    screen.heading("List prices over time");
    let columns = vec![
        Column::text("from", Keep::Always),
        Column::text("to", Keep::Always),
        Column::number("input", Keep::Always),
        Column::number("cached", Keep::Drop(3)),
        Column::number("output", Keep::Always),
        Column::text("checked", Keep::Drop(2)),
        Column::text("", Keep::Drop(1)),
    ];
    let rows = periods.iter().rev().map(|period| {
        let end = |at: Option<_>, open: &str| at.map_or_else(|| open.to_owned(), iso_day);
        let cells = vec![
            end(period.span.from, DASH),
            end(period.span.to, DASH),
            known(&period.prices, TokenClass::Input),
            known(&period.prices, TokenClass::CacheRead),
            known(&period.prices, TokenClass::Output),
            period.checked_on.clone(),
            if period.in_force { "in force" } else { "" }.to_owned(),
        ];
        GridRow::Cells(if period.in_force { Tone::Strong } else { Tone::Plain }, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
    let mut said: Vec<String> = Vec::new();
    for period in periods.iter().rev() {
        let mut text = format!("source: {}", name(&period.source));
        if let Some(note) = &period.note {
            text = format!("{text} ({})", name(note));
        }
        if !said.contains(&text) {
            screen.line(Tone::Quiet, text.clone());
            said.push(text);
        }
    }
}
