//! The rules of a model as short texts that can be compared: lanes, bands, places, cache, dates.

use std::collections::BTreeMap;

use crate::pricing::{CachePolicy, CacheWrite, Period, PlaceFacts, ScheduleFacts};
use crate::units::{Factor, Tokens, Usd};
use crate::usage::{Days, Instant, ServiceTier};

use super::model_diff::Side;
use super::price_rules::{CachedRule, LaneRule, common_factor};

/// The rules of a model that hold at any time and have something to say, by name.
pub(super) fn lasting_rules(side: Side) -> BTreeMap<String, String> {
    let model = side.model();
    let mut rules = BTreeMap::new();
    let mut say = |name: &str, text: String| {
        if !text.is_empty() {
            rules.insert(name.to_owned(), text);
        }
    };
    say("aliases", sorted(&model.aliases));
    say("context window", model.context_window.map_or_else(String::new, tokens));
    say("tokenizer", model.tokenizer.clone());
    say("retired", model.retired.map_or_else(String::new, moment));
    let spans = model.periods().iter().map(|period| {
        let from = period.span.from.map_or_else(|| "the first day".to_owned(), moment);
        format!("{from} to {}", period.span.to.map_or_else(|| "today".to_owned(), moment))
    });
    say("prices from", spans.collect::<Vec<_>>().join(", "));
    say("cache", side_cache(side));
    let meant = model.targets.iter().map(|(span, name)| {
        format!("{name} from {}", span.from.map_or_else(|| "the first day".to_owned(), moment))
    });
    say("means", meant.collect::<Vec<_>>().join(", "));
    rules
}

/// The rules of a model in one of its periods that have something to say, by name.
pub(super) fn rules_in(side: Side, period: &Period) -> BTreeMap<String, String> {
    let mut rules = BTreeMap::new();
    let mut say = |name: &str, text: String| {
        if !text.is_empty() {
            rules.insert(name.to_owned(), text);
        }
    };
    let card = period.list_card();
    say("web search", card.search_fee().map_or_else(String::new, fee));
    say("searching request", card.searching_request_fee().map_or_else(String::new, fee));
    say("file search", card.file_search_fee().map_or_else(String::new, fee));
    say("request", card.request_fee().map_or_else(String::new, fee));
    say("doubt", card.doubt().unwrap_or_default().to_owned());
    for other in side.book.scheduled(side.id, period) {
        let name = format!("hours {}", other.schedule.id);
        say(&name, scheduled(&other));
    }
    for (name, text) in lanes_and_places(side, period) {
        say(&name, text);
    }
    rules
}

fn lanes_and_places(side: Side, period: &Period) -> Vec<(String, String)> {
    let places = side.book.places(side.id, period);
    let Some(list) = places.first() else { return Vec::new() };
    let Some(standard) = list.lane(ServiceTier::Standard) else { return Vec::new() };
    let mut rules = Vec::new();
    for lane in list.lanes.iter().filter(|lane| lane.tier != ServiceTier::Standard) {
        let rule = LaneRule::between(lane.card.prices(), standard.card.prices());
        rules.push((lane.tier.name().to_owned(), lane_rule(rule)));
    }
    let limits = standard.bands.iter().map(|band| {
        let side = if band.inclusive { "at least" } else { "above" };
        let scope = if band.excess_only { ", the excess only" } else { "" };
        format!("{side} {} tokens{scope}", band.tokens)
    });
    rules.push(("bands".to_owned(), limits.collect::<Vec<_>>().join(", ")));
    let others = places.iter().skip(1);
    rules.extend(others.map(|place| (format!("place {}", place.name), place_rule(place, list))));
    rules
}

fn lane_rule(rule: LaneRule) -> String {
    let Some(factor) = rule.factor else { return "prices of its own".to_owned() };
    let cached = match rule.cached {
        CachedRule::Multiplied => "cached tokens too",
        CachedRule::Kept => "cached tokens as in the standard lane",
        CachedRule::AsInput => "cached tokens as input",
        CachedRule::Own => "cached tokens at a price of their own",
        CachedRule::None => return format!("{factor} × standard"),
    };
    format!("{factor} × standard, {cached}")
}

fn place_rule(place: &PlaceFacts, list: &PlaceFacts) -> String {
    let lane =
        |place: &PlaceFacts| place.lane(ServiceTier::Standard).map(|lane| *lane.card.prices());
    let factor: Option<Factor> =
        lane(place).zip(lane(list)).and_then(|(here, list)| common_factor(&here, &list, |_| true));
    let tiers: Vec<_> = place.lanes.iter().map(|lane| lane.tier.name()).collect();
    let factor = factor.map_or_else(|| "prices of its own".to_owned(), |by| format!("{by} × list"));
    format!("{factor}, {}", tiers.join("/"))
}

/// The hours and the prices at them.
fn scheduled(other: &ScheduleFacts) -> String {
    let hours = other.schedule.windows.iter().map(|window| {
        let days: String = window.days.iter().map(|day| if *day { 'x' } else { '-' }).collect();
        format!("{days} {}-{}", clock(window.from), clock(window.to))
    });
    let standard = other.places.first().and_then(|place| place.lane(ServiceTier::Standard));
    let prices = standard.into_iter().flat_map(|lane| lane.card.prices().iter());
    let prices = prices
        .filter_map(|(class, price)| Some(format!("{} {}", class.name(), (*price)?.per_million())));
    let parts: Vec<_> = hours.chain(prices).collect();
    parts.join(", ")
}

/// A minute of the day: `04:00`.
fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn side_cache(side: Side) -> String {
    side.model().cache_policy(Instant::MISSING).map_or_else(String::new, cache)
}

fn cache(policy: &CachePolicy) -> String {
    let mut parts = vec![policy.name.clone()];
    parts.extend(policy.min_tokens.map(|least| format!("from {} tokens", least.get())));
    parts.push(format!("in steps of {}", policy.granularity.get()));
    let write = match policy.write {
        CacheWrite::Free => "writes free",
        CacheWrite::Priced => "writes priced",
    };
    parts.push(write.to_owned());
    let lives = policy.lifetimes.iter().map(|life| format!("{} s", life.seconds));
    parts.extend(lives);
    parts.join(", ")
}

fn fee(usd: Usd) -> String {
    format!("{usd} dollars each")
}

fn tokens(count: Tokens) -> String {
    format!("{} tokens", count.get())
}

/// The day, or the whole moment where it is not the start of a day.
pub(super) fn moment(at: Instant) -> String {
    let day = Days::UTC.day_of(at);
    match day.filter(|day| Days::UTC.start_of(*day) == Some(at)) {
        Some(day) => Days::name(day),
        None => at.to_iso(),
    }
}

fn sorted(names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.join(", ")
}
