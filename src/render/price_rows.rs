//! Prices as CSV rows, with every digit.

use std::io;

use csv::Writer;

use crate::report::{ClassPrices, PriceDiff, PriceFlag, PriceList, PriceRow, PriceSheet};
use crate::units::{TokenClass, TokenPrice};
use crate::usage::Instant;

use super::csv_rows::{inert, io_error};

/// Writes one row a model.
pub(super) fn write_list(list: &PriceList, out: &mut dyn io::Write) -> io::Result<()> {
    let mut header = texts(&["provider", "model"]);
    header.extend(TokenClass::ALL.map(|class| class.name().to_owned()));
    header.extend(TokenClass::ALL.map(|class| format!("batch_{}", class.name())));
    header.extend(texts(&["context_window", "since", "checked_on", "source"]));
    header.extend(texts(&["bands_from", "scheduled", "means", "doubt"]));
    header.extend(texts(&["changes_on", "ends_on", "retired"]));
    let rows = list.rows.iter().map(|row| {
        let mut cells = vec![row.provider.clone(), row.model.clone()];
        cells.extend(figures(&row.prices));
        cells.extend(figures(&row.batch.unwrap_or_default()));
        cells.push(row.context_window.map_or_else(String::new, |window| window.to_string()));
        cells.extend([time(row.since), row.checked_on.clone(), row.source.clone()]);
        cells.extend(flags(row));
        cells
    });
    write(&header, rows, out)
}

/// What a reader must know, a cell each.
fn flags(row: &PriceRow) -> [String; 7] {
    let mut cells: [String; 7] = <_>::default();
    for flag in &row.flags {
        let (place, text) = match flag {
            PriceFlag::Bands(limits) => {
                (0, limits.iter().map(u64::to_string).collect::<Vec<_>>().join(" "))
            }
            PriceFlag::Hours(names) => (1, names.join(" ")),
            PriceFlag::Means(model) => (2, model.clone()),
            PriceFlag::Doubt(why) => (3, why.clone()),
            PriceFlag::Changes(at) => (4, at.to_iso()),
            PriceFlag::Ends(at) => (5, at.to_iso()),
            PriceFlag::Retired(at) => (6, at.to_iso()),
        };
        cells[place] = text;
    }
    cells
}

/// Writes one row a lane and band.
pub(super) fn write_sheet(sheet: &PriceSheet, out: &mut dyn io::Write) -> io::Result<()> {
    let mut header = texts(&["provider", "model", "place", "lane", "above", "at_least"]);
    header.extend(TokenClass::ALL.map(|class| class.name().to_owned()));
    let lanes = sheet.in_force.iter().flat_map(|prices| &prices.lanes);
    let rows = lanes.flat_map(|lane| {
        let row = |limits: [String; 2], prices: &ClassPrices| {
            let mut cells = texts(&[&sheet.provider, &sheet.model, &sheet.trace.place]);
            cells.push(lane.tier.name().to_owned());
            cells.extend(limits);
            cells.extend(figures(prices));
            cells
        };
        let base = row(<_>::default(), &lane.prices);
        let bands = lane.bands.iter().map(move |band| {
            let (tokens, none) = (band.tokens.to_string(), String::new());
            let limits = if band.inclusive { [none, tokens] } else { [tokens, none] };
            row(limits, &band.prices)
        });
        std::iter::once(base).chain(bands).collect::<Vec<_>>()
    });
    write(&header, rows, out)
}

/// Writes one row a changed price, or, with a log, one row a group of calls.
pub(super) fn write_diff(diff: &PriceDiff, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(effect) = &diff.effect else { return write_changes(diff, out) };
    let mut header = effect.group_by.clone();
    header.extend(texts(&["calls", "old_usd", "new_usd", "difference_usd"]));
    let rows = effect.groups.iter().map(|row| {
        let mut cells = row.key.clone();
        cells.push(row.calls.to_string());
        let amounts = [row.old, row.new, row.difference()];
        cells.extend(amounts.map(|usd| usd.map_or_else(String::new, |usd| usd.to_string())));
        cells
    });
    // Amounts may be negative, which is no formula.
    write_rows(&header.into_iter().map(inert).collect::<Vec<_>>(), rows, effect.group_by.len(), out)
}

fn write_changes(diff: &PriceDiff, out: &mut dyn io::Write) -> io::Result<()> {
    let header = texts(&[
        "provider",
        "model",
        "lane",
        "above",
        "class",
        "others_alike",
        "from",
        "to",
        "old",
        "new",
    ]);
    let rows = diff.prices.iter().map(|change| {
        vec![
            change.provider.clone(),
            change.model.clone(),
            change.tier.name().to_owned(),
            change.band.map_or_else(String::new, |limit| limit.to_string()),
            change.class.name().to_owned(),
            change.alike.to_string(),
            time(change.span.from),
            time(change.span.to),
            figure(change.old),
            figure(change.new),
        ]
    });
    write(&header, rows, out)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn time(at: Option<Instant>) -> String {
    at.map_or_else(String::new, Instant::to_iso)
}

fn figure(price: Option<TokenPrice>) -> String {
    price.map_or_else(String::new, TokenPrice::per_million)
}

fn figures(prices: &ClassPrices) -> Vec<String> {
    prices.iter().map(|(_, price)| figure(*price)).collect()
}

/// Writes rows of which every cell is a name or a price: none may act as a formula.
fn write(
    header: &[String],
    rows: impl Iterator<Item = Vec<String>>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write_rows(header, rows, usize::MAX, out)
}

/// Writes rows of which the first cells are names.
fn write_rows(
    header: &[String],
    rows: impl Iterator<Item = Vec<String>>,
    names: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(header).map_err(io_error)?;
    for row in rows {
        let cells = row.into_iter().enumerate();
        let cells = cells.map(|(place, cell)| if place < names { inert(cell) } else { cell });
        writer.write_record(cells.collect::<Vec<_>>()).map_err(io_error)?;
    }
    writer.flush()
}
