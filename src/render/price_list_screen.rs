//! The page of `prices list`.

use crate::report::{ClassPrices, PriceFlag, PriceList, PriceRow};
use crate::units::TokenClass;
use crate::usage::{Days, Instant};

use super::dates::{day, moment};
use super::figures::{DASH, counted, name, price, token_limit, tokens};
use super::screen::{Column, Grid, GridRow, Keep, Screen, Tone};
use super::shared_blocks::prices;

/// Composes the page.
pub(super) fn compose(list: &PriceList) -> Screen {
    let mut screen = Screen::default();
    let models = counted(list.rows.len() as u64, "model", "models");
    screen.title(format!("{models} · prices {}", basis(&list.prices.as_of)));
    screen.line(Tone::Quiet, "dollars per million tokens, standard lane, list prices");
    if list.retired_left_out > 0 {
        let models = counted(list.retired_left_out as u64, "retired model", "retired models");
        screen.line(Tone::Quiet, format!("{models} left out: --all lists them"));
    }
    if !list.unpriced.is_empty() {
        let models = counted(list.unpriced.len() as u64, "model has", "models have");
        let names = list.unpriced.iter().map(|model| name(model)).collect::<Vec<_>>().join(", ");
        screen.line(Tone::Warning, format!("{models} no price on that day: {names}"));
    }
    if !list.rows.is_empty() {
        screen.grid(grid(&list.rows));
    }
    prices(&mut screen, &list.prices, None);
    screen
}

/// The day of the prices in words.
pub(super) fn basis(as_of: &str) -> String {
    match Days::parse_day(as_of) {
        Some(number) => format!("of {}", day(number)),
        None => "in force when they were last checked".to_owned(),
    }
}

fn grid(rows: &[PriceRow]) -> Grid {
    let columns = vec![
        Column::text("model", Keep::Always),
        Column::text("provider", Keep::Drop(4)),
        Column::number("input", Keep::Always),
        Column::number("cached", Keep::Drop(1)),
        Column::number("write", Keep::Drop(3)),
        Column::number("output", Keep::Always),
        Column::number("batch in / out", Keep::Drop(2)),
        Column::number("context", Keep::Drop(5)),
        Column::text("since", Keep::Drop(7)),
        Column::text("checked", Keep::Drop(8)),
        Column::text("note", Keep::Below(6)),
    ];
    let rows = rows.iter().map(|row| {
        let of = |class| known(&row.prices, class);
        let cells = vec![
            name(&row.model),
            name(&row.provider),
            of(TokenClass::Input),
            of(TokenClass::CacheRead),
            of(TokenClass::CacheWrite5m),
            of(TokenClass::Output),
            row.batch.as_ref().map_or_else(|| DASH.to_owned(), pair),
            row.context_window.map_or_else(|| DASH.to_owned(), tokens),
            row.since.map_or_else(|| DASH.to_owned(), iso_day),
            row.checked_on.clone(),
            row.flags.iter().map(flag).collect::<Vec<_>>().join("; "),
        ];
        let is_doubted = row.flags.iter().any(|flag| matches!(flag, PriceFlag::Doubt(_)));
        GridRow::Cells(if is_doubted { Tone::Warning } else { Tone::Plain }, cells)
    });
    Grid { rows: rows.collect(), columns }
}

/// The day of an instant: `2026-03-13`.
pub(super) fn iso_day(at: Instant) -> String {
    Days::UTC.day_of(at).map_or_else(|| DASH.to_owned(), Days::name)
}

/// A price, or a dash where there is none.
pub(super) fn known(prices: &ClassPrices, class: TokenClass) -> String {
    prices[class].map_or_else(|| DASH.to_owned(), price)
}

fn pair(prices: &ClassPrices) -> String {
    format!("{} / {}", known(prices, TokenClass::Input), known(prices, TokenClass::Output))
}

fn flag(flag: &PriceFlag) -> String {
    match flag {
        PriceFlag::Bands(limits) => {
            let limits = limits.iter().map(|limit| token_limit(*limit));
            format!("other prices beyond {}", limits.collect::<Vec<_>>().join(", "))
        }
        PriceFlag::Doubt(why) => format!("unconfirmed: {}", name(why)),
        PriceFlag::Hours(names) => format!("other prices at {}", name(&names.join(", "))),
        PriceFlag::Means(model) => format!("means {}", name(model)),
        PriceFlag::Changes(at) => format!("changes on {}", moment(*at)),
        PriceFlag::Ends(at) => format!("no price from {}", moment(*at)),
        PriceFlag::Retired(at) => format!("switched off {}", moment(*at)),
    }
}
