//! The prices of a genai-prices model over time.
//!
//! A list of prices is tried from the last to the first; the first whose constraint holds wins, and
//! the first of the list where none holds. Variants then replace single prices: the first one that
//! states a key wins. Here every day on which something begins becomes the start of a period.

use std::collections::{BTreeMap, BTreeSet};

use crate::units::TokenClass;
use crate::usage::ServiceTier;

use super::draft::{Fees, Notes, Period, Prices, Rates, class_named, lane_named};
use super::hours::{EVERY_DAY, Hours, is_day, windows};
use super::left_out::LeftOutReason;
use super::number::count;
use super::tree::Node;

/// Keys of prices, and the class they price. A write of no stated lifetime has the default one.
const CLASSES: [(&str, &str); 12] = [
    ("cache_audio_read_mtok", "audio_cache_read"),
    ("cache_read_mtok", "cache_read"),
    ("cache_write_1h_mtok", "cache_write_1h"),
    ("cache_write_5m_mtok", "cache_write_5m"),
    ("cache_write_mtok", "cache_write_5m"),
    ("input_audio_mtok", "audio_input"),
    ("input_image_mtok", "image_input"),
    ("input_mtok", "input"),
    ("output_audio_mtok", "audio_output"),
    ("output_image_mtok", "image_output"),
    ("output_mtok", "output"),
    ("output_reasoning_mtok", "reasoning"),
];

/// Prices by key, as they are in force at some time in some lane.
type Keys<'a> = BTreeMap<&'a str, &'a Node>;

/// When a set of prices holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum When {
    Always,
    /// From the start of a day, UTC.
    From(String),
    At(Hours),
    Unknown,
}

impl When {
    fn read(node: &Node) -> Self {
        let Some(constraint) = node.get("constraint").filter(|node| **node != Node::Null) else {
            return Self::Always;
        };
        let text = |key| constraint.get(key).and_then(Node::text);
        if let Some(day) = text("start_date") {
            return if is_day(day) { Self::From(day.to_owned()) } else { Self::Unknown };
        }
        let hours = text("start_time").zip(text("end_time"));
        let hours = hours.and_then(|(from, to)| windows(EVERY_DAY, from, to));
        hours.map_or(Self::Unknown, Self::At)
    }

    /// Whether it holds all day in the time that begins with `day`, the oldest time without one.
    fn holds(&self, day: Option<&str>) -> bool {
        match self {
            Self::Always => true,
            Self::From(start) => day.is_some_and(|day| &**start <= day),
            Self::At(_) | Self::Unknown => false,
        }
    }
}

/// Prices with the time when they hold, and for variants the lane.
struct Entry<'a> {
    when: When,
    lane: ServiceTier,
    prices: &'a BTreeMap<String, Node>,
}

/// The periods of a model, oldest first.
pub(super) fn read_periods(model: &Node, notes: &mut Notes) -> Vec<Period> {
    let Some(node) = model.get("prices") else { return Vec::new() };
    let entries = standard_entries(node, notes);
    let variants = variants(model, notes);
    let starts = entries.iter().chain(&variants).map(|entry| match &entry.when {
        When::From(day) => Some(day.clone()),
        _ => None,
    });
    // The time before the first day is there even if everything begins on some day.
    let starts: BTreeSet<_> = starts.chain([None]).collect();
    let periods =
        starts.iter().map(|start| read_period(start.as_deref(), &entries, &variants, notes));
    periods.collect()
}

fn standard_entries<'a>(node: &'a Node, notes: &mut Notes) -> Vec<Entry<'a>> {
    let lane = ServiceTier::Standard;
    let Some(list) = node.list() else {
        let prices = node.table().into_iter();
        return prices.map(|prices| Entry { when: When::Always, lane, prices }).collect();
    };
    let mut entries = Vec::new();
    for node in list {
        let when = When::read(node);
        if when == When::Unknown {
            notes.leave("prices", node, LeftOutReason::ByHour);
        }
        if let Some(prices) = node.get("prices").and_then(Node::table) {
            entries.push(Entry { when, lane, prices });
        }
    }
    entries
}

fn variants<'a>(model: &'a Node, notes: &mut Notes) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for node in model.get("price_variants").and_then(Node::list).unwrap_or_default() {
        let prices = node.get("prices").and_then(Node::table).filter(|prices| !prices.is_empty());
        // A variant without prices only states that the ordinary ones hold.
        let Some(prices) = prices else { continue };
        let when = When::read(node);
        match lane(node) {
            Some(lane) if !matches!(when, When::Unknown | When::At(_)) => {
                entries.push(Entry { when, lane, prices });
            }
            Some(_) => notes.leave("price_variants", node, LeftOutReason::ByHour),
            None => notes.leave("price_variants", node, LeftOutReason::UnknownCondition),
        }
    }
    entries
}

/// The lane that a variant is for, where it asks for nothing else.
fn lane(variant: &Node) -> Option<ServiceTier> {
    let mut asked = variant.get("when")?.table()?.iter();
    let ((key, value), None) = (asked.next()?, asked.next()) else { return None };
    let lane = lane_named(value.text()?)?;
    let is_lane = match &**key {
        "processing" => lane == ServiceTier::Batch,
        "service_tier" => true,
        "speed" => lane == ServiceTier::Fast,
        _ => false,
    };
    is_lane.then_some(lane)
}

fn read_period(
    start: Option<&str>,
    entries: &[Entry],
    variants: &[Entry],
    notes: &mut Notes,
) -> Period {
    let mut period = Period { from: start.map(str::to_owned), ..Period::default() };
    let winner = entries.iter().rposition(|entry| entry.when.holds(start)).unwrap_or(0);
    let Some(standard) = entries.get(winner) else { return period };
    let standard: Keys = keys(standard.prices).collect();
    period.fees = read_fees(&standard, notes);
    period.rates = read_rates(&standard, &BTreeSet::new(), notes);
    let limits: BTreeSet<u64> = period.rates.bands.keys().copied().collect();
    // Hours that stand behind the winner in the list come before it; the last one is tried first.
    for entry in entries.iter().skip(winner + 1).rev() {
        if let When::At(hours) = &entry.when {
            let rates = read_rates(&keys(entry.prices).collect(), &limits, notes);
            period.scheduled.push((hours.clone(), rates));
        }
    }
    let lanes: BTreeSet<_> = variants.iter().map(|entry| entry.lane).collect();
    for lane in lanes {
        let active = variants.iter().filter(|entry| entry.lane == lane && entry.when.holds(start));
        let mut merged = Keys::new();
        for entry in active {
            for (key, price) in keys(entry.prices) {
                merged.entry(key).or_insert(price);
            }
        }
        if merged.is_empty() {
            continue;
        }
        // What a variant does not state costs what it costs otherwise.
        for (key, price) in &standard {
            merged.entry(key).or_insert(price);
        }
        period.lanes.insert(lane, read_rates(&merged, &limits, notes));
    }
    period
}

fn keys(prices: &BTreeMap<String, Node>) -> impl Iterator<Item = (&str, &Node)> {
    prices.iter().map(|(key, price)| (&**key, price)).filter(|(_, price)| **price != Node::Null)
}

fn read_fees(keys: &Keys, notes: &mut Notes) -> Fees {
    let mut fee = |key: &str| keys.get(key).and_then(|value| notes.price(key, value, 0));
    Fees {
        web_search: fee("web_searches_kcount").filter(|fee| fee != "0"),
        file_search: fee("storage_searches_kcount").filter(|fee| fee != "0"),
        request: fee("requests_kcount").filter(|fee| fee != "0"),
    }
}

/// The prices of each length of prompts. A plain price holds at every length; one with tiers from
/// the highest that is exceeded. `limits` are lengths that need a band in any case.
fn read_rates(keys: &Keys, limits: &BTreeSet<u64>, notes: &mut Notes) -> Rates {
    let mut by_class: Vec<(TokenClass, BTreeMap<u64, String>)> = Vec::new();
    for (key, value) in keys {
        let known = CLASSES.iter().find(|(name, _)| name == key);
        match known.map(|(_, class)| class_named(class)) {
            Some(Some(class)) => by_class.push((class, read_price(key, value, notes))),
            Some(None) => notes.leave(key, value, LeftOutReason::NoClass),
            None => leave_other(key, value, notes),
        }
    }
    let tiers = by_class.iter().flat_map(|(_, tiers)| tiers.keys().copied());
    let limits: BTreeSet<u64> =
        tiers.chain(limits.iter().copied()).filter(|limit| *limit > 0).collect();
    let at = |limit: u64| {
        let mut prices = Prices::default();
        for (class, tiers) in &by_class {
            // The stated lifetime stands before the general price in the list of keys.
            if prices[*class].is_none() {
                prices[*class] = tiers.range(..=limit).next_back().map(|(_, price)| price.clone());
            }
        }
        prices
    };
    Rates { prices: at(0), bands: limits.iter().map(|limit| (*limit, at(*limit))).collect() }
}

/// A price by the tokens beyond which it holds; its base at zero.
fn read_price(key: &str, value: &Node, notes: &mut Notes) -> BTreeMap<u64, String> {
    let Some(base) = value.get("base") else {
        return notes.price(key, value, 0).map(|price| (0, price)).into_iter().collect();
    };
    let mut prices = BTreeMap::new();
    prices.extend(notes.price(key, base, 0).map(|price| (0, price)));
    for tier in value.get("tiers").and_then(Node::list).unwrap_or_default() {
        let start = tier.get("start").and_then(Node::number).and_then(count);
        match start.zip(tier.get("price")) {
            Some((start, price)) => {
                prices.extend(notes.price(key, price, 0).map(|price| (start, price)));
            }
            None => notes.leave(key, tier, LeftOutReason::UnknownCondition),
        }
    }
    prices
}

fn leave_other(key: &str, value: &Node, notes: &mut Notes) {
    let is_fee =
        ["web_searches_kcount", "storage_searches_kcount", "requests_kcount"].contains(&key);
    if is_fee {
        return;
    }
    let reason =
        if key.ends_with("_mtok") { LeftOutReason::NoClass } else { LeftOutReason::OtherUnit };
    notes.leave(key, value, reason);
}
