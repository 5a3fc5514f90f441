//! The machine output of `prices show`; its schema is `docs/schema/prices-show.schema.json`.

use serde::Serialize;

use crate::report::{
    CacheMatch, CachePolicy, CacheWrite, EXAMPLE, PriceSheet, SheetLane, SheetPeriod, SheetPrices,
    SheetSchedule, Span, Unbilled,
};
use crate::units::Tokens;
use crate::usage::{Days, FinishReason};

use super::input_document::PricesDocument;
use super::price_list_document::{ClassesDocument, time};
use super::price_words::{WEEKDAYS, clock, rules};
use super::wire::{Dollars, SCHEMA_VERSION};

/// The document of a model.
#[derive(Debug, Serialize)]
pub(super) struct SheetDocument<'a> {
    schema_version: &'static str,
    asked: &'a str,
    provider: &'a str,
    seller: &'a str,
    model: &'a str,
    found_by: FoundDocument<'a>,
    aliases: &'a [String],
    tokenizer: &'a str,
    context_window: Option<u64>,
    retired: Option<String>,
    first_known: Option<String>,
    note: Option<&'a str>,
    means: Vec<MeaningDocument<'a>>,
    resold: bool,
    logged_cost_is_charge: bool,
    unbilled: Vec<UnbilledDocument<'a>>,
    in_force: Option<InForceDocument<'a>>,
    cache: Option<CacheDocument<'a>>,
    rules: Vec<String>,
    periods: Vec<PeriodDocument<'a>>,
    prices: PricesDocument<'a>,
}

#[derive(Debug, Serialize)]
struct MeaningDocument<'a> {
    model: &'a str,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Debug, Serialize)]
struct UnbilledDocument<'a> {
    failed: bool,
    statuses: &'a [u16],
    finish_reason: Option<&'static str>,
    without_output: bool,
    lanes: Option<Vec<&'static str>>,
    source: &'a str,
    checked_on: &'a str,
}

#[derive(Debug, Serialize)]
struct ScheduleDocument<'a> {
    schedule: &'a str,
    windows: Vec<WindowDocument>,
    except: Vec<String>,
    lanes: Vec<LaneDocument<'a>>,
    source: &'a str,
    checked_on: &'a str,
}

#[derive(Debug, Serialize)]
struct WindowDocument {
    days: Vec<&'static str>,
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct FoundDocument<'a> {
    forms: &'a [String],
    name: &'a str,
    place: &'a str,
}

#[derive(Debug, Serialize)]
struct InForceDocument<'a> {
    lanes: Vec<LaneDocument<'a>>,
    scheduled: Vec<ScheduleDocument<'a>>,
    places: Vec<PlaceDocument<'a>>,
    web_search_usd: Option<Dollars>,
    searching_request_usd: Option<Dollars>,
    file_search_usd: Option<Dollars>,
    request_usd: Option<Dollars>,
    example: ExampleDocument,
}

#[derive(Debug, Serialize)]
struct LaneDocument<'a> {
    lane: &'static str,
    prices: ClassesDocument,
    doubt: Option<&'a str>,
    bands: Vec<BandDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct BandDocument<'a> {
    above: Option<u64>,
    at_least: Option<u64>,
    excess_only: bool,
    doubt: Option<&'a str>,
    counts: Option<Vec<&'static str>>,
    prices: ClassesDocument,
}

#[derive(Debug, Serialize)]
struct PlaceDocument<'a> {
    place: &'a str,
    factor: Option<String>,
    lanes: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct ExampleDocument {
    input: u64,
    output: u64,
    costs: Vec<CostDocument>,
}

#[derive(Debug, Serialize)]
struct CostDocument {
    lane: &'static str,
    cost_usd: Dollars,
}

#[derive(Debug, Serialize)]
struct CacheDocument<'a> {
    policy: &'a str,
    matching: &'static str,
    min_tokens: Option<u64>,
    granularity: u64,
    write: &'static str,
    lifetimes: Vec<LifetimeDocument>,
    read_refreshes: bool,
    max_age_seconds: Option<u64>,
    max_breakpoints: Option<u32>,
    automatic: bool,
    guaranteed: bool,
    source: &'a str,
    checked_on: &'a str,
}

#[derive(Debug, Serialize)]
struct LifetimeDocument {
    class: &'static str,
    seconds: u64,
}

#[derive(Debug, Serialize)]
struct PeriodDocument<'a> {
    from: Option<String>,
    to: Option<String>,
    in_force: bool,
    prices: ClassesDocument,
    source: &'a str,
    checked_on: &'a str,
    note: Option<&'a str>,
}

/// Builds the document of a model.
pub(super) fn document(sheet: &PriceSheet) -> SheetDocument<'_> {
    SheetDocument {
        schema_version: SCHEMA_VERSION,
        asked: &sheet.asked,
        provider: &sheet.provider,
        seller: &sheet.seller,
        model: &sheet.model,
        found_by: FoundDocument {
            forms: &sheet.trace.forms,
            name: &sheet.trace.name,
            place: &sheet.trace.place,
        },
        aliases: &sheet.aliases,
        tokenizer: &sheet.tokenizer,
        context_window: sheet.context_window.map(Tokens::get),
        retired: time(sheet.retired),
        first_known: time(sheet.first_known),
        note: sheet.note.as_deref(),
        means: sheet.targets.iter().map(meaning).collect(),
        resold: sheet.resold,
        logged_cost_is_charge: sheet.billed_as_logged,
        unbilled: sheet.unbilled.iter().map(unbilled).collect(),
        in_force: sheet.in_force.as_ref().map(in_force),
        cache: sheet.cache.as_ref().map(cache),
        rules: rules(sheet),
        periods: sheet.periods.iter().map(period).collect(),
        prices: PricesDocument::from(&sheet.source),
    }
}

fn in_force(prices: &SheetPrices) -> InForceDocument<'_> {
    let [input, output] = EXAMPLE.map(|(_, tokens)| tokens);
    let costs = prices
        .examples
        .iter()
        .map(|(tier, cost)| CostDocument { lane: tier.name(), cost_usd: Dollars(*cost) });
    let places = prices.places.iter().map(|place| PlaceDocument {
        place: &place.name,
        factor: place.factor.map(|factor| factor.to_string()),
        lanes: place.tiers.iter().map(|tier| tier.name()).collect(),
    });
    InForceDocument {
        lanes: prices.lanes.iter().map(lane).collect(),
        places: places.collect(),
        web_search_usd: prices.search.map(Dollars),
        searching_request_usd: prices.searching_request.map(Dollars),
        file_search_usd: prices.file_search.map(Dollars),
        request_usd: prices.request.map(Dollars),
        scheduled: prices.scheduled.iter().map(scheduled).collect(),
        example: ExampleDocument { input, output, costs: costs.collect() },
    }
}

fn meaning((span, model): &(Span, String)) -> MeaningDocument<'_> {
    MeaningDocument { model, from: time(span.from), to: time(span.to) }
}

fn unbilled(rule: &Unbilled) -> UnbilledDocument<'_> {
    let lanes = rule.tiers.as_ref().map(|tiers| tiers.iter().map(|tier| tier.name()).collect());
    UnbilledDocument {
        failed: rule.statuses.is_some(),
        statuses: rule.statuses.as_deref().unwrap_or_default(),
        finish_reason: rule.finish_reason.map(FinishReason::name),
        without_output: rule.without_output,
        lanes,
        source: &rule.source,
        checked_on: &rule.checked_on,
    }
}

fn scheduled(other: &SheetSchedule) -> ScheduleDocument<'_> {
    let schedule = &other.schedule;
    let windows = schedule.windows.iter().map(|window| WindowDocument {
        days: WEEKDAYS
            .into_iter()
            .zip(window.days)
            .filter(|(_, on)| *on)
            .map(|(day, _)| day)
            .collect(),
        from: clock(window.from),
        to: clock(window.to),
    });
    let except = schedule.except.iter().filter_map(|day| i32::try_from(*day).ok());
    ScheduleDocument {
        schedule: &schedule.id,
        windows: windows.collect(),
        except: except.map(Days::name).collect(),
        lanes: other.lanes.iter().map(lane).collect(),
        source: &schedule.source,
        checked_on: &schedule.checked_on,
    }
}

fn lane(lane: &SheetLane) -> LaneDocument<'_> {
    let bands = lane.bands.iter().map(|band| BandDocument {
        above: (!band.inclusive).then_some(band.tokens),
        at_least: band.inclusive.then_some(band.tokens),
        excess_only: band.excess_only,
        doubt: band.doubt.as_deref(),
        counts: band
            .counts
            .as_ref()
            .map(|counts| counts.iter().map(|class| class.name()).collect()),
        prices: ClassesDocument(band.prices),
    });
    LaneDocument {
        lane: lane.tier.name(),
        prices: ClassesDocument(lane.prices),
        doubt: lane.doubt.as_deref(),
        bands: bands.collect(),
    }
}

fn cache(policy: &CachePolicy) -> CacheDocument<'_> {
    let lifetimes = policy.lifetimes.iter();
    CacheDocument {
        policy: &policy.name,
        matching: match policy.matching {
            CacheMatch::Breakpoint => "breakpoint",
            CacheMatch::TokenBlock => "token_block",
        },
        min_tokens: policy.min_tokens.map(Tokens::get),
        granularity: policy.granularity.get(),
        write: match policy.write {
            CacheWrite::Free => "free",
            CacheWrite::Priced => "priced",
        },
        lifetimes: lifetimes
            .map(|life| LifetimeDocument { class: life.class.name(), seconds: life.seconds })
            .collect(),
        read_refreshes: policy.read_refreshes,
        max_age_seconds: policy.max_age_seconds,
        max_breakpoints: policy.max_breakpoints,
        automatic: policy.automatic,
        guaranteed: policy.guaranteed,
        source: &policy.source,
        checked_on: &policy.checked_on,
    }
}

fn period(period: &SheetPeriod) -> PeriodDocument<'_> {
    PeriodDocument {
        from: time(period.span.from),
        to: time(period.span.to),
        in_force: period.in_force,
        prices: ClassesDocument(period.prices),
        source: &period.source,
        checked_on: &period.checked_on,
        note: period.note.as_deref(),
    }
}
