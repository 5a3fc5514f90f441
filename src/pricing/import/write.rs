//! A draft table as the text of a price table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::draft::{Model, Period, Prices, Rates, Table};
use super::hours::{DAYS, Hours};
use super::names::is_reseller;

/// Where tables come from, in words that go into them.
pub(super) struct Origin<'a> {
    /// The collection, with its version where that is known.
    pub(super) collection: String,
    pub(super) checked_on: &'a str,
    /// What was left out of a model, by provider and entry.
    pub(super) left_out: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
}

/// The text of one provider's table.
pub(super) fn write_table(provider: &str, table: &Table, origin: &Origin) -> String {
    let mut out = format!("# Imported from {}.\n\n[provider]\n", origin.collection);
    pair(&mut out, "id", &quoted(provider));
    if is_reseller(provider) {
        pair(&mut out, "reseller", "true");
    }
    let names: Vec<_> = table.names.iter().filter(|name| *name != provider).collect();
    if !names.is_empty() {
        out.push_str("\n[provider.names]\n");
        for name in names {
            pair(&mut out, &quoted(name), "\"list\"");
        }
    }
    // The collections count reasoning as output where they state nothing else. What is read from
    // a cache never costs more than input; a write may, so it has no such rule.
    out.push_str(
        "\n[provider.fallback]\nreasoning = \"output\"\ncache_read = \"input\"\n\
         audio_cache_read = \"audio_input\"\n",
    );
    let tokenizer = quoted(&format!("imported-{provider}"));
    out.push_str("\n[[tokenizer]]\n");
    pair(&mut out, "id", &tokenizer);
    let schedules = schedules(table);
    for (id, hours) in &schedules {
        out.push_str("\n[[schedule]]\n");
        pair(&mut out, "id", &quoted(id));
        pair(&mut out, "windows", &windows(hours));
        pair(&mut out, "source", &quoted(&origin.collection));
        pair(&mut out, "checked_on", &quoted(origin.checked_on));
    }
    for (id, model) in &table.models {
        out.push_str("\n[[model]]\n");
        pair(&mut out, "id", &quoted(id));
        let left_out = origin.left_out.get(&(provider, &*model.entry));
        write_model(&mut out, model, &tokenizer, left_out);
        for period in &model.periods {
            write_period(&mut out, model, period, &schedules, origin);
        }
    }
    out
}

/// The hours that a table speaks of, each with a name.
fn schedules(table: &Table) -> Vec<(String, &Hours)> {
    let periods = table.models.values().flat_map(|model| &model.periods);
    let hours: BTreeSet<_> =
        periods.flat_map(|period| &period.scheduled).map(|(hours, _)| hours).collect();
    (1..).map(|number: u32| format!("hours-{number}")).zip(hours).collect()
}

fn windows(hours: &Hours) -> String {
    let windows = hours.iter().map(|window| {
        let days = DAYS.iter().zip(window.days).filter(|(_, holds)| *holds);
        let days = days.map(|(day, _)| quoted(day)).collect::<Vec<_>>().join(", ");
        format!(
            "{{ days = [{days}], from = {}, to = {} }}",
            quoted(&window.from),
            quoted(&window.to)
        )
    });
    format!("[{}]", windows.collect::<Vec<_>>().join(", "))
}

fn write_model(
    out: &mut String,
    model: &Model,
    tokenizer: &str,
    left_out: Option<&BTreeSet<&str>>,
) {
    if !model.aliases.is_empty() {
        let aliases = model.aliases.iter().map(|alias| quoted(alias)).collect::<Vec<_>>();
        pair(out, "aliases", &format!("[{}]", aliases.join(", ")));
    }
    pair(out, "tokenizer", tokenizer);
    if let Some(tokens) = model.context_window {
        pair(out, "context_window", &tokens.to_string());
    }
    if let Some(day) = &model.retired {
        pair(out, "retired", &midnight(day));
    }
    if let Some(fields) = left_out {
        let fields = fields.iter().copied().collect::<Vec<_>>().join(", ");
        pair(out, "note", &quoted(&format!("left out on import: {fields}")));
    }
}

fn write_period(
    out: &mut String,
    model: &Model,
    period: &Period,
    schedules: &[(String, &Hours)],
    origin: &Origin,
) {
    out.push_str("\n[[model.period]]\n");
    for (key, day) in [("from", &period.from), ("to", &period.to)] {
        if let Some(day) = day {
            pair(out, key, &midnight(day));
        }
    }
    let page = model.page.as_ref().map_or_else(String::new, |page| format!(", {page}"));
    let source = format!("{}, entry `{}`{page}", origin.collection, model.entry);
    pair(out, "source", &quoted(&source));
    pair(out, "checked_on", &quoted(origin.checked_on));
    pair(out, "prices", &prices(&period.rates.prices));
    if !period.rates.bands.is_empty() {
        pair(out, "bands", &bands(&period.rates));
    }
    let hourly = period.scheduled.iter().map(|(hours, rates)| {
        let known = schedules.iter().find(|(_, known)| *known == hours);
        let id = known.map_or("", |(id, _)| id);
        format!("{{ schedule = {}, {} }}", quoted(id), stated(rates, false))
    });
    let hourly = hourly.collect::<Vec<_>>();
    if !hourly.is_empty() {
        pair(out, "scheduled", &format!("[{}]", hourly.join(", ")));
    }
    for (tier, rates) in &period.lanes {
        let stated = stated(rates, !period.rates.bands.is_empty());
        pair(out, tier.name(), &format!("{{ rule = \"explicit\", {stated} }}"));
    }
    let fees = &period.fees;
    for (key, fee) in [
        ("web_search", &fees.web_search),
        ("file_search", &fees.file_search),
        ("request", &fees.request),
    ] {
        if let Some(fee) = fee {
            pair(out, key, &quoted(fee));
        }
    }
}

/// Prices and bands as keys of a lane.
fn stated(rates: &Rates, needs_bands: bool) -> String {
    let prices = format!("prices = {}", prices(&rates.prices));
    if rates.bands.is_empty() && !needs_bands {
        return prices;
    }
    format!("{prices}, bands = {}", bands(rates))
}

fn bands(rates: &Rates) -> String {
    let bands = rates.bands.iter().map(|(above, stated)| {
        format!("{{ above = {above}, rule = \"whole_request\", prices = {} }}", prices(stated))
    });
    format!("[{}]", bands.collect::<Vec<_>>().join(", "))
}

fn prices(prices: &Prices) -> String {
    let stated = prices.iter().filter_map(|(class, price)| {
        Some(format!("{} = {}", class.name(), quoted(price.as_deref()?)))
    });
    format!("{{ {} }}", stated.collect::<Vec<_>>().join(", "))
}

fn midnight(day: &str) -> String {
    quoted(&format!("{day}T00:00:00Z"))
}

fn pair(out: &mut String, key: &str, value: &str) {
    writeln!(out, "{key} = {value}").expect("a string takes any text");
}

/// A text in quotes, with what TOML would misread escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => {
                write!(out, "\\u{:04X}", u32::from(letter)).expect("a string takes any text");
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_survives_its_quotes(text: String) {
            let table: toml::Table = format!("a = {}", quoted(&text)).parse().expect("TOML");
            proptest::prop_assert_eq!(table["a"].as_str(), Some(&*text));
        }
    }
}
