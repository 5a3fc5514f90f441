//! The raw shape of `pricing/*.toml`: texts with their place in the file, no meaning yet.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use toml::Spanned;

pub(super) type Text = Spanned<String>;

/// A decimal number as it must be written: in quotes. A bare number is a binary fraction to TOML
/// and would not be exact; it is kept apart so that the error can show the corrected line.
#[derive(Debug)]
pub(super) enum Decimal {
    Quoted(String),
    Bare,
}

pub(super) type Number = Spanned<Decimal>;

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecimalVisitor)
    }
}

struct DecimalVisitor;

impl Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number in quotes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        Ok(Decimal::Quoted(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Decimal, E> {
        Ok(Decimal::Bare)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Decimal, E> {
        Ok(Decimal::Bare)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a price table")]
pub(super) struct RawTable {
    pub(super) provider: RawProvider,
    #[serde(default)]
    pub(super) place: Vec<RawPlace>,
    #[serde(default)]
    pub(super) form: Vec<Spanned<RawForm>>,
    #[serde(default)]
    pub(super) cache_policy: Vec<RawPolicy>,
    #[serde(default)]
    pub(super) tokenizer: Vec<RawTokenizer>,
    #[serde(default)]
    pub(super) schedule: Vec<RawSchedule>,
    #[serde(default)]
    pub(super) unbilled: Vec<Spanned<RawUnbilled>>,
    #[serde(default)]
    pub(super) model: Vec<RawModel>,
    #[serde(default)]
    pub(super) alias: Vec<RawAlias>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [provider] with an `id`")]
pub(super) struct RawProvider {
    pub(super) id: Text,
    /// Whether it sells models that others make.
    pub(super) reseller: Option<bool>,
    /// Whether the cost that it writes into a log is the charge itself.
    pub(super) logged_cost: Option<RawLoggedCost>,
    /// Names in logs to places.
    #[serde(default)]
    pub(super) names: BTreeMap<String, Text>,
    /// Token classes to the classes at whose price they bill when they have none.
    #[serde(default)]
    pub(super) fallback: BTreeMap<String, Text>,
    /// Tiers to the tiers whose prices they share.
    #[serde(default)]
    pub(super) same_tier: BTreeMap<String, Text>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawLoggedCost {
    Billed,
    Calculated,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[place]] with an `id`")]
pub(super) struct RawPlace {
    pub(super) id: Text,
    pub(super) seller: Option<Text>,
    /// Another place, whose prices hold here.
    pub(super) like: Option<Text>,
    #[serde(default)]
    pub(super) geos: BTreeMap<String, Text>,
    pub(super) other_geo: Option<Text>,
    pub(super) tiers: Option<Vec<Text>>,
    pub(super) batch_keeps_cached_price: Option<bool>,
    /// Whether prompts are cached in batches; they are without this.
    pub(super) caches_in_batch: Option<bool>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[form]] with a `prefix` or a `suffix`")]
pub(super) struct RawForm {
    #[serde(default)]
    pub(super) prefix: String,
    pub(super) through: Option<String>,
    #[serde(default)]
    pub(super) suffix: String,
    pub(super) place: Option<Text>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawMatch {
    Breakpoint,
    TokenBlock,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawWrite {
    Free,
    Priced,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[cache_policy]]")]
pub(super) struct RawPolicy {
    pub(super) id: Text,
    #[serde(rename = "match")]
    pub(super) matching: RawMatch,
    pub(super) granularity: Spanned<u64>,
    pub(super) write: RawWrite,
    pub(super) lifetimes: Vec<RawLifetime>,
    pub(super) read_refreshes: bool,
    pub(super) max_age_seconds: Option<u64>,
    pub(super) max_breakpoints: Option<u32>,
    pub(super) lookback_blocks: Option<u32>,
    pub(super) automatic: bool,
    pub(super) guaranteed: bool,
    pub(super) requests_per_minute: Option<u32>,
    pub(super) source: Text,
    pub(super) checked_on: Text,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a lifetime, { class = \"…\", seconds = … }")]
pub(super) struct RawLifetime {
    pub(super) class: Text,
    pub(super) seconds: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[schedule]] with an `id` and `windows`")]
pub(super) struct RawSchedule {
    pub(super) id: Text,
    pub(super) windows: Vec<Spanned<RawWindow>>,
    #[serde(default)]
    pub(super) except: Vec<Text>,
    pub(super) source: Text,
    pub(super) checked_on: Text,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a window, { days = [\"mon\"], from = \"01:00\", to = \"04:00\" }"
)]
pub(super) struct RawWindow {
    pub(super) days: Vec<RawWeekday>,
    pub(super) from: Text,
    pub(super) to: Text,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawWeekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[unbilled]] that says which calls are free")]
pub(super) struct RawUnbilled {
    pub(super) status: Option<Spanned<RawStatus>>,
    pub(super) finish_reason: Option<Text>,
    #[serde(default)]
    pub(super) without_output: bool,
    pub(super) tiers: Option<Vec<Text>>,
    pub(super) places: Option<Vec<Text>>,
    pub(super) source: Text,
    pub(super) checked_on: Text,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a list of HTTP statuses, or \"any\"")]
pub(super) enum RawStatus {
    Codes(Vec<u16>),
    Word(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[alias]] with an `id` and `targets`")]
pub(super) struct RawAlias {
    pub(super) id: Text,
    pub(super) targets: Vec<RawTarget>,
    /// What nobody has confirmed about them.
    pub(super) doubt: Option<Text>,
    pub(super) source: Text,
    pub(super) checked_on: Text,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a target, { model = \"…\" }")]
pub(super) struct RawTarget {
    pub(super) model: Text,
    pub(super) from: Option<Text>,
    pub(super) to: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[tokenizer]] with an `id`")]
pub(super) struct RawTokenizer {
    pub(super) id: Text,
    #[serde(default)]
    pub(super) ratios: Vec<RawRatio>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

/// Tokens of this family for each token of `from`.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a ratio, { from = \"…\", low = \"…\", likely = \"…\", high = \"…\" }"
)]
pub(super) struct RawRatio {
    pub(super) from: Text,
    pub(super) low: Number,
    pub(super) likely: Number,
    pub(super) high: Number,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[model]] with an `id`")]
pub(super) struct RawModel {
    pub(super) id: Text,
    #[serde(default)]
    pub(super) aliases: Vec<Text>,
    pub(super) tokenizer: Text,
    pub(super) context_window: Option<u64>,
    pub(super) retired: Option<Text>,
    pub(super) note: Option<String>,
    /// Places other than the list to the factor on every token price.
    #[serde(default)]
    pub(super) places: BTreeMap<String, Number>,
    #[serde(default)]
    pub(super) cache: Vec<RawCache>,
    #[serde(default)]
    pub(super) period: Vec<Spanned<RawPeriod>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a cache rule, { policy = \"…\" }")]
pub(super) struct RawCache {
    pub(super) policy: Text,
    pub(super) min_tokens: Option<u64>,
    /// Where it holds; wherever no other one does, without this.
    pub(super) places: Option<Vec<Text>>,
    pub(super) from: Option<Text>,
    pub(super) to: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table [[model.period]]")]
pub(super) struct RawPeriod {
    pub(super) from: Option<Text>,
    pub(super) to: Option<Text>,
    pub(super) source: Text,
    pub(super) checked_on: Text,
    pub(super) note: Option<String>,
    pub(super) doubt: Option<Text>,
    pub(super) prices: Spanned<RawPrices>,
    #[serde(default)]
    pub(super) bands: Vec<Spanned<RawBand>>,
    /// Other prices at some hours of the week; the first that holds wins.
    #[serde(default)]
    pub(super) scheduled: Vec<Spanned<RawScheduled>>,
    pub(super) batch: Option<Spanned<RawLane>>,
    pub(super) flex: Option<Spanned<RawLane>>,
    pub(super) priority: Option<Spanned<RawLane>>,
    pub(super) fast: Option<Spanned<RawLane>>,
    pub(super) ultrafast: Option<Spanned<RawLane>>,
    /// Dollars per 1,000 searches.
    pub(super) web_search: Option<Number>,
    /// Dollars per 1,000 requests that searched the web, however often.
    pub(super) web_search_request: Option<Number>,
    /// Dollars per 1,000 searches in stored files.
    pub(super) file_search: Option<Number>,
    /// Dollars per 1,000 requests.
    pub(super) request: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "prices at some hours, { schedule = \"…\", prices = … }")]
pub(super) struct RawScheduled {
    pub(super) schedule: Text,
    pub(super) prices: Spanned<RawPrices>,
    #[serde(default)]
    pub(super) bands: Vec<Spanned<RawBand>>,
}

/// Dollars per million tokens.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "prices by token class, { input = \"…\", output = \"…\" }"
)]
pub(super) struct RawPrices {
    pub(super) input: Option<Number>,
    pub(super) cache_read: Option<Number>,
    pub(super) cache_write_5m: Option<Number>,
    pub(super) cache_write_1h: Option<Number>,
    pub(super) audio_input: Option<Number>,
    pub(super) audio_cache_read: Option<Number>,
    pub(super) image_input: Option<Number>,
    pub(super) output: Option<Number>,
    pub(super) reasoning: Option<Number>,
    pub(super) audio_output: Option<Number>,
    pub(super) image_output: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a band, { above = …, rule = \"whole_request\", prices = … }"
)]
pub(super) struct RawBand {
    pub(super) above: Option<u64>,
    pub(super) at_least: Option<u64>,
    pub(super) rule: Spanned<RawBandRule>,
    /// The classes that count towards the limit; the whole prompt without this.
    pub(super) counts: Option<Vec<Text>>,
    pub(super) doubt: Option<Text>,
    pub(super) prices: RawPrices,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawBandRule {
    WholeRequest,
    AboveThreshold,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawLaneRule {
    Explicit,
    Multiply,
    CacheWins,
    BatchWins,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a lane, { rule = \"multiply\", factor = \"0.5\" }")]
pub(super) struct RawLane {
    pub(super) rule: RawLaneRule,
    pub(super) factor: Option<Number>,
    pub(super) prices: Option<RawPrices>,
    pub(super) bands: Option<Vec<Spanned<RawBand>>>,
    pub(super) doubt: Option<Text>,
    #[serde(rename = "note")]
    _note: Option<String>,
}
