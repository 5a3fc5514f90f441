//! `model_prices_and_context_window.json` of LiteLLM: one flat entry a model, dollars per token.
//!
//! Keys stack: `cache_read_input_token_cost_above_200k_tokens_priority` is a class, a length of
//! prompts and a lane. Prices have no dates: they hold now.

use crate::units::TokenClass;
use crate::usage::ServiceTier;

use super::draft::{Draft, Fees, Model, Notes, Period, Rates};
use super::error::ImportProblem;
use super::hours::{Hours, is_day, windows};
use super::left_out::LeftOutReason;
use super::litellm_keys::{TokenKey, meaning};
use super::names::seller;
use super::number::{count, shifted};
use super::tree::Node;
use super::{Given, ImportFormat, Reader};

pub(super) const READER: Reader = Reader { format: ImportFormat::LiteLlm, recognises, read };

/// The entry that explains the keys.
const EXAMPLE: &str = "sample_spec";
/// From dollars per token to dollars per million.
const MILLION: i32 = 6;
/// From dollars per event to dollars per thousand.
const THOUSAND: i32 = 3;

fn recognises(node: &Node) -> bool {
    let is_entry = |entry: &Node| {
        entry.get("litellm_provider").is_some() || entry.get("input_cost_per_token").is_some()
    };
    node.table().is_some_and(|table| table.values().any(is_entry))
}

fn read(node: &Node, _: &Given, draft: &mut Draft) -> Result<(), ImportProblem> {
    let entries = node.table().into_iter().flatten();
    let entries = entries.filter(|(key, entry)| *key != EXAMPLE && is_about_a_model(entry));
    let mut entries: Vec<_> = entries.map(|(key, entry)| (Named::new(key, entry), entry)).collect();
    if entries.is_empty() {
        return Err(ImportProblem::NoModels(ImportFormat::LiteLlm));
    }
    // `deepseek/deepseek-chat` is looked up before `deepseek-chat`, so it keeps the shared id.
    entries.sort_by_key(|(named, _)| (named.id.len() == named.key.len(), named.key));
    for (named, entry) in entries {
        let mut notes = Notes::new(draft, named.seller, named.key);
        let model = read_model(named.key, entry, &mut notes);
        draft.add(named.seller, named.provider, named.id, model);
    }
    Ok(())
}

/// Rules about groups of ids stand among the models.
fn is_about_a_model(entry: &Node) -> bool {
    let keys = entry.table().into_iter().flat_map(|table| table.keys());
    entry.get("litellm_provider").is_some() || keys.into_iter().any(|key| meaning(key).is_some())
}

/// An entry's key and what it is made of.
struct Named<'a> {
    key: &'a str,
    provider: &'a str,
    seller: &'a str,
    id: &'a str,
}

impl<'a> Named<'a> {
    fn new(key: &'a str, entry: &'a Node) -> Self {
        let first = key.split_once('/').map_or("unknown", |(first, _)| first);
        let provider = entry.get("litellm_provider").and_then(Node::text).unwrap_or(first);
        let seller_name = seller(provider);
        // `bedrock/us-east-1/…`, `vertex_ai/…`: the name of the seller or of one of its families.
        let is_seller = |first: &str| first == provider || seller(first) == seller_name;
        let id = key.split_once('/').filter(|(first, rest)| is_seller(first) && !rest.is_empty());
        Self { key, provider, seller: seller_name, id: id.map_or(key, |(_, rest)| rest) }
    }
}

fn read_model(key: &str, entry: &Node, notes: &mut Notes) -> Model {
    let day = entry.get("deprecation_date").and_then(Node::text);
    let day = day.filter(|day| is_day(day));
    let page = entry.get("source").and_then(Node::text).filter(|page| !page.is_empty());
    Model {
        entry: key.to_owned(),
        page: page.map(str::to_owned),
        context_window: entry.get("max_input_tokens").and_then(Node::number).and_then(count),
        retired: day.map(str::to_owned),
        periods: vec![read_period(entry, notes)],
        ..Model::default()
    }
}

fn read_period(entry: &Node, notes: &mut Notes) -> Period {
    let mut period = Period::default();
    for (field, value) in entry.table().into_iter().flatten() {
        match (&**field, meaning(field)) {
            ("tiered_pricing", _) => read_tiers(value, &mut period, notes),
            ("off_peak_pricing", _) => {} // After the prices that it changes.
            ("search_context_cost_per_query", _) => {
                period.fees.web_search = read_search(field, value, notes);
            }
            (_, Some(Ok(key))) => put(&mut period, key, field, value, notes),
            (_, Some(Err(reason))) => read_other(field, value, reason, &mut period.fees, notes),
            (_, None) => {}
        }
    }
    if let Some(value) = entry.get("off_peak_pricing") {
        match off_peak(value, &period, notes) {
            Some(scheduled) => period.scheduled = scheduled,
            None => notes.leave("off_peak_pricing", value, LeftOutReason::ByHour),
        }
    }
    period
}

fn put(period: &mut Period, key: TokenKey, field: &str, value: &Node, notes: &mut Notes) {
    let Some(price) = notes.price(field, value, MILLION) else { return };
    let rates = match key.lane {
        ServiceTier::Standard => &mut period.rates,
        lane => period.lanes.entry(lane).or_default(),
    };
    let prices = match key.above {
        None => &mut rates.prices,
        Some(above) => rates.bands.entry(above).or_default(),
    };
    match &prices[key.class] {
        Some(other) if *other != price => {
            notes.leave(field, value, LeftOutReason::UnknownCondition);
        }
        _ => prices[key.class] = Some(price),
    }
}

fn read_other(
    field: &str,
    value: &Node,
    reason: LeftOutReason,
    fees: &mut Fees,
    notes: &mut Notes,
) {
    match field {
        "input_cost_per_request" => fees.request = notes.price(field, value, THOUSAND),
        "file_search_cost_per_1k_calls" => fees.file_search = notes.price(field, value, 0),
        // An entry lists units that do not apply to it at zero.
        _ if reason == LeftOutReason::OtherUnit && is_zero(value) => {}
        _ if *value == Node::Null => {}
        _ => notes.leave(field, value, reason),
    }
}

fn is_zero(value: &Node) -> bool {
    value.number().and_then(|text| shifted(text, 0)).is_some_and(|price| price.text == "0")
}

/// Dollars for a thousand searches; the dearest where the amount of context matters, which no log
/// says.
fn read_search(field: &str, value: &Node, notes: &mut Notes) -> Option<String> {
    let sizes = value.table().into_iter().flatten();
    let prices: Vec<_> =
        sizes.filter_map(|(_, price)| notes.price(field, price, THOUSAND)).collect();
    let dearest = prices.iter().max_by(|one, other| compare(one, other))?;
    if prices.iter().any(|price| price != dearest) {
        notes.leave(field, value, LeftOutReason::DearestKept(dearest.clone()));
    }
    (dearest != "0").then(|| dearest.clone())
}

/// Which of two decimal texts without needless zeros is more.
fn compare(one: &str, other: &str) -> std::cmp::Ordering {
    let parts = |text: &str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        (whole.len(), whole.to_owned(), fraction.to_owned())
    };
    parts(one).cmp(&parts(other))
}

/// Prices by the length of the prompt, for the whole request: `range` is from (without) and to.
fn read_tiers(value: &Node, period: &mut Period, notes: &mut Notes) {
    let mut rates = Rates::default();
    for tier in value.list().into_iter().flatten() {
        let range = tier.get("range").and_then(Node::list).and_then(<[Node]>::first);
        let Some(above) = range.and_then(Node::number).and_then(count) else {
            return notes.leave("tiered_pricing", value, LeftOutReason::UnknownCondition);
        };
        let prices =
            if above == 0 { &mut rates.prices } else { rates.bands.entry(above).or_default() };
        for (field, value) in tier.table().into_iter().flatten() {
            match meaning(field) {
                Some(Ok(TokenKey { class, lane: ServiceTier::Standard, above: None })) => {
                    prices[class] = notes.price(field, value, MILLION);
                }
                Some(Ok(_)) => notes.leave(field, value, LeftOutReason::UnknownKey),
                Some(Err(reason)) => notes.leave(field, value, reason),
                None => {}
            }
        }
    }
    period.rates = rates;
}

/// Cheaper prices at some hours. The entry's own prices hold at all others, and where this does not
/// say what a class costs.
fn off_peak(value: &Node, period: &Period, notes: &mut Notes) -> Option<Vec<(Hours, Rates)>> {
    // Days of another time zone begin at other hours; long prompts off peak are not stated.
    if value.get("weekday_timezone").is_some() || !period.rates.bands.is_empty() {
        return None;
    }
    let mut hours = Hours::new();
    for window in value.get("windows")?.list()? {
        let days = days(window.get("weekdays"))?;
        let spans = window.get("hours_utc")?;
        let spans = spans.list().unwrap_or(std::slice::from_ref(spans));
        for span in spans {
            let (from, to) = span.text()?.split_once('-')?;
            hours.extend(windows(days, from.trim(), to.trim())?);
        }
    }
    let mut rates = period.rates.clone();
    for (field, value) in value.table()? {
        if let Some(Ok(TokenKey { class, lane: ServiceTier::Standard, above: None })) =
            meaning(field)
        {
            rates.prices[class] = notes.price(field, value, MILLION);
        }
    }
    let is_stated = !hours.is_empty() && rates.prices[TokenClass::Input].is_some();
    is_stated.then(|| vec![(hours, rates)])
}

/// Days from 1, Monday, to 7; every day where none are named.
fn days(value: Option<&Node>) -> Option<[bool; 7]> {
    let Some(value) = value else { return Some(super::hours::EVERY_DAY) };
    let mut days = [false; 7];
    for day in value.list()? {
        let day = usize::try_from(count(day.number()?)?).ok()?;
        *days.get_mut(day.checked_sub(1)?)? = true;
    }
    Some(days)
}
