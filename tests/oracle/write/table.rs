//! A price table as TOML, as `llmcost explain prices` describes it.

use std::fmt::Write as _;

use super::{date, list, moment, quoted};
use crate::world::table::{
    Band, Decimal, Form, Lane, Model, Period, Place, Prices, Rates, Rule, Table, Unbilled,
};
use crate::world::{Class, Tier};

const DAY: i64 = 86_400_000;
const SOURCE: &str = "source = \"made up\"\n";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(crate) fn text(table: &Table) -> String {
    let mut out = format!("[provider]\nid = {}\n", quoted(&table.provider));
    provider(&mut out, table);
    for form in &table.forms {
        write_form(&mut out, form, table);
    }
    for policy in &table.policies {
        let lifetimes = policy.lifetimes.iter().map(|(class, seconds)| {
            format!("{{ class = {}, seconds = {seconds} }}", quoted(class.name()))
        });
        let _ = write!(
            out,
            "[[cache_policy]]\nid = {}\nmatch = \"token_block\"\ngranularity = {}\nwrite = {}\n\
             lifetimes = {}\nread_refreshes = true\nautomatic = false\nguaranteed = true\n{SOURCE}\
             checked_on = \"2026-11-10\"\n",
            quoted(&policy.id),
            policy.granularity,
            quoted(if policy.is_write_free { "free" } else { "priced" }),
            list(lifetimes),
        );
    }
    schedules(&mut out, table);
    for rule in &table.unbilled {
        write_unbilled(&mut out, rule, table);
    }
    for tokenizer in &table.tokenizers {
        let ratios = tokenizer.ratios.iter().map(|(from, [low, likely, high])| {
            format!(
                "{{ from = {}, low = {}, likely = {}, high = {} }}",
                quoted(from),
                number(low),
                number(likely),
                number(high)
            )
        });
        let (id, ratios) = (quoted(&tokenizer.id), list(ratios));
        let _ = write!(out, "[[tokenizer]]\nid = {id}\nratios = {ratios}\n");
    }
    for model in &table.models {
        write_model(&mut out, model, table);
    }
    aliases(&mut out, table);
    out
}

fn provider(out: &mut String, table: &Table) {
    out.push_str("[provider.names]\n");
    for (name, place) in &table.names {
        let _ = writeln!(out, "{name} = {}", quoted(&table.places[*place].id));
    }
    out.push_str("[provider.fallback]\n");
    for (class, other) in &table.fallback {
        let _ = writeln!(out, "{} = {}", class.name(), quoted(other.name()));
    }
    if let Some((tier, same)) = table.same_tier {
        let _ = write!(out, "[provider.same_tier]\n{} = {}\n", tier.name(), quoted(same.name()));
    }
    for place in &table.places {
        write_place(out, place, table);
    }
}

fn write_place(out: &mut String, place: &Place, table: &Table) {
    let id = |place: usize| quoted(&table.places[place].id);
    let _ = write!(out, "[[place]]\nid = {}\n", quoted(&place.id));
    if let Some(like) = place.like {
        let _ = writeln!(out, "like = {}", id(like));
    }
    let geos = place.geos.iter().map(|(geo, place)| format!("{} = {}", quoted(geo), id(*place)));
    let geos: Vec<_> = geos.collect();
    let _ = writeln!(out, "geos = {{ {} }}", geos.join(", "));
    if let Some(other) = place.other_geo {
        let _ = writeln!(out, "other_geo = {}", id(other));
    }
    if let Some(tiers) = &place.tiers {
        let _ = writeln!(out, "tiers = {}", names(tiers));
    }
    let _ = writeln!(out, "batch_keeps_cached_price = {}", place.batch_keeps_cached_price);
    let _ = writeln!(out, "caches_in_batch = {}", place.caches_in_batch);
}

fn names(tiers: &[Tier]) -> String {
    list(tiers.iter().map(|tier| quoted(tier.name())))
}

fn write_form(out: &mut String, form: &Form, table: &Table) {
    out.push_str("[[form]]\n");
    let parts = [
        ("prefix", Some(&form.prefix)),
        ("through", form.through.as_ref()),
        ("suffix", Some(&form.suffix)),
    ];
    for (name, part) in parts {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            let _ = writeln!(out, "{name} = {}", quoted(part));
        }
    }
    if let Some(place) = form.place {
        let _ = writeln!(out, "place = {}", quoted(&table.places[place].id));
    }
}

fn schedules(out: &mut String, table: &Table) {
    for schedule in &table.schedules {
        let hour = |minute: i64| format!("\"{:02}:{:02}\"", minute / 60, minute % 60);
        let windows = schedule.windows.iter().map(|(days, from, to)| {
            let days = list(days.iter().map(|day| quoted(DAYS[*day])));
            format!("{{ days = {days}, from = {}, to = {} }}", hour(*from), hour(*to))
        });
        let except = list(schedule.except.iter().map(|day| quoted(&date(*day))));
        let (id, windows) = (quoted(&schedule.id), list(windows));
        let _ = write!(
            out,
            "[[schedule]]\nid = {id}\nwindows = {windows}\nexcept = {except}\n{SOURCE}\
             checked_on = \"2026-11-10\"\n"
        );
    }
}

fn write_unbilled(out: &mut String, rule: &Unbilled, table: &Table) {
    out.push_str("[[unbilled]]\n");
    if let Some(statuses) = &rule.statuses {
        let codes = list(statuses.iter().map(u16::to_string));
        let _ =
            writeln!(out, "status = {}", if statuses.is_empty() { quoted("any") } else { codes });
    }
    if let Some(finish) = &rule.finish {
        let _ = writeln!(out, "finish_reason = {}", quoted(finish));
    }
    let _ = writeln!(out, "without_output = {}", rule.without_output);
    if let Some(tiers) = &rule.tiers {
        let _ = writeln!(out, "tiers = {}", names(tiers));
    }
    if let Some(places) = &rule.places {
        let places = places.iter().map(|place| quoted(&table.places[*place].id));
        let _ = writeln!(out, "places = {}", list(places));
    }
    let _ = writeln!(out, "{SOURCE}checked_on = \"2026-11-10\"");
}

fn write_model(out: &mut String, model: &Model, table: &Table) {
    let aliases = list(model.aliases.iter().map(|alias| quoted(alias)));
    let tokenizer = quoted(&table.tokenizers[model.tokenizer].id);
    let _ = write!(
        out,
        "[[model]]\nid = {}\naliases = {aliases}\ntokenizer = {tokenizer}\n",
        quoted(&model.id)
    );
    if let Some(window) = model.context_window {
        let _ = writeln!(out, "context_window = {window}");
    }
    let places = model.places.iter();
    let places = places.map(|(place, factor)| {
        format!("{} = {}", quoted(&table.places[*place].id), number(factor))
    });
    let _ = writeln!(out, "places = {{ {} }}", places.collect::<Vec<_>>().join(", "));
    if let Some((policy, least)) = model.cache {
        let least = least.map_or_else(String::new, |least| format!(", min_tokens = {least}"));
        let policy = quoted(&table.policies[policy].id);
        let _ = writeln!(out, "cache = [{{ policy = {policy}{least} }}]");
    }
    for period in &model.periods {
        write_period(out, period, table);
    }
}

fn write_period(out: &mut String, period: &Period, table: &Table) {
    out.push_str("[[model.period]]\n");
    for (name, end) in [("from", period.from), ("to", period.to)] {
        if let Some(end) = end {
            let _ = writeln!(out, "{name} = {}", quoted(&moment(end)));
        }
    }
    let _ = writeln!(out, "{SOURCE}checked_on = {}", quoted(&date(period.checked_on / DAY)));
    let _ = writeln!(out, "{}", rates(&period.rates).replace(SEPARATOR, "\n"));
    let hours = period.scheduled.iter().map(|(schedule, hours)| {
        let id = quoted(&table.schedules[*schedule].id);
        format!("{{ schedule = {id}, {} }}", rates(hours).replace(SEPARATOR, ", "))
    });
    let _ = writeln!(out, "scheduled = {}", list(hours));
    for (tier, lane) in &period.lanes {
        let _ = writeln!(out, "{} = {}", tier.name(), lane_text(lane));
    }
    let fees = &period.fees;
    for (name, fee) in [
        ("web_search", &fees.search),
        ("web_search_request", &fees.searching_request),
        ("file_search", &fees.file_search),
        ("request", &fees.request),
    ] {
        if let Some(fee) = fee {
            let _ = writeln!(out, "{name} = {}", number(fee));
        }
    }
}

const SEPARATOR: &str = "\u{1}";

fn rates(rates: &Rates) -> String {
    let bands = list(rates.bands.iter().map(band));
    format!("prices = {}{SEPARATOR}bands = {bands}", prices(&rates.prices))
}

fn band(band: &Band) -> String {
    let limit = if band.is_inclusive { "at_least" } else { "above" };
    let rule = if band.is_excess_only { "above_threshold" } else { "whole_request" };
    let counts = band.counts.as_ref().map_or_else(String::new, |counts| {
        format!(", counts = {}", list(counts.iter().map(|class: &Class| quoted(class.name()))))
    });
    let (tokens, prices) = (band.limit, prices(&band.prices));
    format!("{{ {limit} = {tokens}, rule = \"{rule}\"{counts}, prices = {prices} }}")
}

fn lane_text(lane: &Lane) -> String {
    let scaled = |rule: &str, factor: &Decimal| {
        format!("{{ rule = \"{rule}\", factor = {} }}", number(factor))
    };
    match lane {
        Lane::Explicit(stated) => {
            format!("{{ rule = \"explicit\", {} }}", rates(stated).replace(SEPARATOR, ", "))
        }
        Lane::Scaled(Rule::Multiply, factor) => scaled("multiply", factor),
        Lane::Scaled(Rule::CacheWins, factor) => scaled("cache_wins", factor),
        Lane::Scaled(Rule::BatchWins, factor) => scaled("batch_wins", factor),
        Lane::Closed => "{ rule = \"none\" }".to_owned(),
    }
}

fn prices(prices: &Prices) -> String {
    let prices =
        prices.iter().map(|(class, price)| format!("{} = {}", class.name(), number(price)));
    format!("{{ {} }}", prices.collect::<Vec<_>>().join(", "))
}

fn number(number: &Decimal) -> String {
    quoted(&number.0)
}

fn aliases(out: &mut String, table: &Table) {
    for alias in &table.aliases {
        let targets = alias.targets.iter().map(|(model, to)| {
            let to = to.map_or_else(String::new, |to| format!(", to = {}", quoted(&moment(to))));
            format!("{{ model = {}{to} }}", quoted(&table.models[*model].id))
        });
        let (id, targets) = (quoted(&alias.id), list(targets));
        let _ = write!(
            out,
            "[[alias]]\nid = {id}\ntargets = {targets}\n{SOURCE}checked_on = \"2026-11-10\"\n"
        );
    }
}
