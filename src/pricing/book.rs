//! All price tables together: from a name in a log to the card of a call.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::diagnostics::did_you_mean;
use crate::units::Factor;
use crate::usage::{Call, Instant};

use super::card::RateCard;
use super::load::Tables;
use super::model::{Model, ModelId};
use super::policy::CachePolicy;
use super::resolve::Unbilled;
use super::span::Span;
use super::table_error::{PriceTableError, Source};
use super::tokenizer::{TokenizerRatio, ratio_between};
use super::unpriced::Unpriced;

/// The tables in the program. An id that several providers sell under the same name belongs to
/// the first of them, unless the log names the provider.
const TABLES: [(&str, &str); 19] = [
    ("pricing/anthropic.toml", include_str!("../../pricing/anthropic.toml")),
    ("pricing/openai.toml", include_str!("../../pricing/openai.toml")),
    ("pricing/google.toml", include_str!("../../pricing/google.toml")),
    ("pricing/alibaba.toml", include_str!("../../pricing/alibaba.toml")),
    ("pricing/bedrock.toml", include_str!("../../pricing/bedrock.toml")),
    ("pricing/cohere.toml", include_str!("../../pricing/cohere.toml")),
    ("pricing/deepseek.toml", include_str!("../../pricing/deepseek.toml")),
    ("pricing/fireworks.toml", include_str!("../../pricing/fireworks.toml")),
    ("pricing/groq.toml", include_str!("../../pricing/groq.toml")),
    ("pricing/meta.toml", include_str!("../../pricing/meta.toml")),
    ("pricing/minimax.toml", include_str!("../../pricing/minimax.toml")),
    ("pricing/mistral.toml", include_str!("../../pricing/mistral.toml")),
    ("pricing/moonshot.toml", include_str!("../../pricing/moonshot.toml")),
    ("pricing/openrouter.toml", include_str!("../../pricing/openrouter.toml")),
    ("pricing/perplexity.toml", include_str!("../../pricing/perplexity.toml")),
    ("pricing/together.toml", include_str!("../../pricing/together.toml")),
    ("pricing/voyage.toml", include_str!("../../pricing/voyage.toml")),
    ("pricing/xai.toml", include_str!("../../pricing/xai.toml")),
    ("pricing/zai.toml", include_str!("../../pricing/zai.toml")),
];

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Ends of the ratio between tokenizers that nobody compared: counts of one text by current
/// tokenizers differ by up to about half.
const UNKNOWN_RATIO: [&str; 3] = ["0.7", "1", "1.5"];

/// Every known price, ready to use: nothing is computed from prices after loading.
#[derive(Clone, Debug)]
pub struct PriceBook {
    pub(super) tables: Tables,
    unknown_ratio: TokenizerRatio,
    /// The start of the day on which every call is priced; its own for nothing.
    pinned: Option<Instant>,
    /// The prices of calls that are not charged.
    unbilled: RateCard,
    sha256: String,
}

impl PriceBook {
    /// The tables in the program.
    ///
    /// # Panics
    /// Never: a test loads them.
    pub fn embedded() -> Self {
        Self::with_overrides(&[]).expect("the tables in the program load: a test proves it")
    }

    /// The tables in the program and then others, each a name for messages and its text. What a
    /// later table says about a provider or model wins over what an earlier one said.
    ///
    /// # Errors
    /// When a table is invalid; with the file, the line and what to write instead.
    ///
    /// # Panics
    /// Never: the texts it expects to be numbers are constants.
    pub fn with_overrides(tables: &[(String, String)]) -> Result<Self, PriceTableError> {
        let mut all = Tables::default();
        let mut hash = Sha256::new();
        let given = tables.iter().map(|(file, text)| (&**file, &**text));
        for (file, text) in TABLES.into_iter().chain(given) {
            all.add(Source { file, text })?;
            // The length keeps two texts apart from one that says both.
            hash.update(text.len().to_string());
            hash.update(":");
            hash.update(text);
        }
        let sha256 = hexadecimal(&hash.finalize());
        let [low, likely, high] =
            UNKNOWN_RATIO.map(|text| Factor::parse(text).expect("a constant of this file"));
        let unknown_ratio = TokenizerRatio { low, likely, high };
        Ok(Self {
            tables: all,
            unknown_ratio,
            pinned: None,
            unbilled: RateCard::unbilled(),
            sha256,
        })
    }

    /// The model that a name in a log means: an exact id, a declared alias, or either in a
    /// declared form. `provider` is what the log calls the seller or gateway; empty when it does
    /// not say.
    ///
    /// # Errors
    /// When the log names no model or no table of that provider has it; when it is known without
    /// the provider's name, the name is to blame.
    pub fn find(&self, provider: &str, model: &str) -> Result<ModelId, Unpriced> {
        if model.is_empty() {
            return Err(Unpriced::MissingModel);
        }
        if let Some((model, place)) = self.resolve(provider, model)? {
            return Ok(ModelId { model, place });
        }
        let declared = || {
            let mut providers = self.tables.providers.iter();
            providers.any(|known| known.place_of_name(provider).is_some())
        };
        Err(match self.resolve("", model) {
            Ok(None) => Unpriced::UnknownModel,
            Ok(Some(_)) | Err(_) if declared() => Unpriced::OtherProvider,
            Ok(Some(_)) | Err(_) => Unpriced::UnknownProvider,
        })
    }

    fn resolve(&self, provider: &str, model: &str) -> Result<Option<(u16, u16)>, Unpriced> {
        let providers = self.tables.providers.iter();
        if !provider.is_empty() {
            let named = providers.filter_map(|known| {
                let place = known.place_of_name(provider)?;
                known.resolve(model, place)
            });
            return Ok(self.first_sold(named));
        }
        // Who makes a model goes before who sells it on; resellers differ in their prices, so that
        // a model that only they have needs the name of one.
        let (resellers, makers): (Vec<_>, Vec<_>) = providers.partition(|one| one.is_reseller);
        let made = makers.iter().filter_map(|maker| maker.resolve(model, 0));
        if let Some(found) = self.first_sold(made) {
            return Ok(Some(found));
        }
        let mut sold = resellers.iter().filter_map(|reseller| reseller.resolve(model, 0));
        match (sold.next(), sold.next()) {
            (Some(_), Some(_)) => Err(Unpriced::SeveralSellers),
            (found, _) => Ok(found),
        }
    }

    /// Of what several tables answer to one name, the first that has a price at its place; where none
    /// has, the first.
    fn first_sold(&self, mut found: impl Iterator<Item = (u16, u16)>) -> Option<(u16, u16)> {
        let first = found.next()?;
        let is_sold = |(model, place): &(u16, u16)| {
            let periods = &self.tables.models[usize::from(*model)].periods;
            periods.iter().any(|period| period.is_sold_at(*place))
        };
        if is_sold(&first) { Some(first) } else { found.find(is_sold).or(Some(first)) }
    }

    /// Who bills for calls of a model: the provider of its table, or the cloud or gateway that its
    /// place belongs to.
    pub fn seller(&self, id: ModelId) -> &str {
        let provider = self.model(id).provider_index;
        self.tables.providers[usize::from(provider)].seller(usize::from(id.place))
    }

    /// Who bills where a log names this provider; nothing when no table has it.
    pub fn seller_named(&self, name: &str) -> Option<&str> {
        let mut providers = self.tables.providers.iter();
        providers.find_map(|known| {
            let named = known.place_of_name(name).map(usize::from);
            let is_meant = |place: &usize| known.seller(*place).eq_ignore_ascii_case(name);
            let place = named.or_else(|| (0..known.places.len()).find(is_meant))?;
            Some(known.seller(place))
        })
    }

    /// This book with every call priced as if made on the day (UTC) that begins at an instant, at
    /// its own time of the day.
    #[must_use]
    pub fn pinned(mut self, at: Instant) -> Self {
        self.pinned = Some(at);
        self
    }

    /// The instant whose prices hold for a call of another.
    pub fn instant_of(&self, at: Instant) -> Instant {
        match self.pinned {
            Some(day) if !at.is_missing() => {
                Instant::from_millis(day.millis() + at.millis().rem_euclid(DAY_MILLIS))
            }
            Some(day) => day,
            None => at,
        }
    }

    /// The start of the day as of which all calls are priced, if they are.
    pub(super) const fn pinned_day(&self) -> Option<Instant> {
        self.pinned
    }

    /// The rules under which calls of a model are reported and not charged.
    pub(super) fn unbilled_rules(&self, id: ModelId) -> &[Unbilled] {
        &self.tables.providers[usize::from(self.model(id).provider_index)].unbilled
    }

    /// The card of such calls.
    pub(super) const fn unbilled_card(&self) -> &RateCard {
        &self.unbilled
    }

    /// The rules of a model's prompt cache for a call at an instant.
    pub fn cache_policy(&self, id: ModelId, at: Instant) -> Option<&CachePolicy> {
        self.model(id).cache_policy_at(self.instant_of(at), id.place)
    }

    /// The same model at the place where a call of this `geo` is processed, and billed.
    ///
    /// # Errors
    /// When the provider has no prices for the place.
    pub fn placed(&self, id: ModelId, geo: &str) -> Result<ModelId, Unpriced> {
        if geo.is_empty() {
            return Ok(id);
        }
        let provider = &self.tables.providers[usize::from(self.model(id).provider_index)];
        Ok(ModelId { place: provider.place_of_geo(id.place, geo)?, ..id })
    }

    /// Whether prompts of a model are cached in batches, where it is sold.
    pub fn caches_in_batch(&self, id: ModelId) -> bool {
        let provider = &self.tables.providers[usize::from(self.model(id).provider_index)];
        provider.places[usize::from(id.place)].caches_in_batch
    }

    /// The model that an id meant at an instant: itself, unless its name has moved over time.
    pub fn meaning(&self, id: ModelId, at: Instant) -> ModelId {
        let model = self.model(id);
        let at = self.instant_of(at);
        let within = |(span, _): &&(Span, String)| {
            if at.is_missing() { span.from <= model.newest_start() } else { span.contains(at) }
        };
        let meant = model.targets.iter().rev().find(within);
        let ids = &self.tables.providers[usize::from(model.provider_index)].ids;
        let index = meant.and_then(|(_, name)| ids.get(name).copied());
        ModelId { model: index.unwrap_or(id.model), ..id }
    }

    /// Whether two ids mean one model, wherever it is sold.
    pub fn is_same_model(&self, one: ModelId, other: ModelId) -> bool {
        one.model == other.model
    }

    /// Whether the cost that a provider of this name writes into a log is the charge itself.
    pub fn bills_as_logged(&self, provider: &str) -> bool {
        let mut billing = self.tables.providers.iter().filter(|known| known.bills_as_logged);
        billing.any(|known| known.place_of_name(provider).is_some())
    }

    /// The names of providers, clouds and gateways that the tables declare, in order.
    pub fn provider_names(&self) -> Vec<&str> {
        let names = self.tables.providers.iter().flat_map(|provider| &provider.names);
        let names: BTreeSet<_> = names.map(|(name, _)| &**name).collect();
        names.into_iter().collect()
    }

    /// What the tables say about a model of this book.
    pub fn model(&self, id: ModelId) -> &Model {
        &self.tables.models[usize::from(id.model)]
    }

    /// The prices of a call or of a row that sums up several, at an instant, which need not be its
    /// own. `geo` is where the log says it was processed; empty when it does not say. A missing
    /// time means the prices in force when the table was checked, outside all schedules.
    ///
    /// # Errors
    /// When the model has no price for the time, the place or the lane.
    pub fn card(
        &self,
        id: ModelId,
        call: &Call,
        at: Instant,
        geo: &str,
    ) -> Result<&RateCard, Unpriced> {
        let place = self.placed(id, geo)?.place;
        let model = self.model(id);
        let at = self.instant_of(at);
        let period = model.period_at(at)?;
        let provider = &self.tables.providers[usize::from(model.provider_index)];
        if provider.is_unbilled(call, place) {
            return Ok(&self.unbilled);
        }
        Ok(period.lane(place, call.service_tier, at)?.card(&call.tokens, call.prompts()))
    }

    /// The known id or alias that is closest to an unknown one, if a slip of the keys lies between
    /// them; capitals do not count. For messages only: it is never used to price.
    pub fn suggest(&self, model: &str) -> Option<&str> {
        let names = self.tables.models.iter();
        let names = names.flat_map(|model| std::iter::once(&model.id).chain(&model.aliases));
        did_you_mean(model, names.map(String::as_str))
    }

    /// The fingerprint of all table texts, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The days on which the first and the last of the prices now in force were compared with
    /// their source.
    pub fn checked_on(&self) -> (&str, &str) {
        let days = || self.tables.models.iter().map(Model::checked_on);
        (days().min().unwrap_or_default(), days().max().unwrap_or_default())
    }

    /// Every model at its list prices, by provider in table order.
    pub fn models(&self) -> impl Iterator<Item = (ModelId, &Model)> {
        let known = |(id, model): &(ModelId, &Model)| {
            let provider = &self.tables.providers[usize::from(model.provider_index)];
            // A later table may have given the name to another model.
            provider.ids.get(&model.id) == Some(&id.model)
        };
        (0u16..).map(|model| ModelId { model, place: 0 }).zip(&self.tables.models).filter(known)
    }

    /// Tokens that `to` makes of a text for each token that `from` makes of it.
    pub fn tokenizer_ratio(&self, from: ModelId, to: ModelId) -> TokenizerRatio {
        let [from, to] = [from, to].map(|id| &*self.model(id).tokenizer);
        ratio_between(&self.tables.ratios, from, to, self.unknown_ratio)
    }
}

/// Bytes as digits of base 16, for fingerprints.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_suggestion(model: &str, expected: Option<&str>) {
        assert_eq!(PriceBook::embedded().suggest(model), expected, "{model}");
    }

    #[test]
    fn a_slip_of_the_keys_gets_a_suggestion() {
        check_suggestion("gtp-4o", Some("gpt-4o"));
        check_suggestion("GPT-4o", Some("gpt-4o"));
        check_suggestion("claude-sonet-4-6", Some("claude-sonnet-4-6"));
    }

    #[test]
    fn another_model_or_the_same_name_is_no_suggestion() {
        check_suggestion("sonar-deep-research", None);
        check_suggestion("home-made-large", None);
        assert_ne!(PriceBook::embedded().suggest("gpt-4o"), Some("gpt-4o"));
    }

    #[test]
    fn a_wrong_provider_is_not_blamed_on_the_model() {
        let find = |provider, model| PriceBook::embedded().find(provider, model).err();
        assert_eq!(find("litellm", "gpt-4o"), Some(Unpriced::UnknownProvider));
        assert_eq!(find("openai", "claude-sonnet-4-6"), Some(Unpriced::OtherProvider));
        assert_eq!(find("openai", "gpt-4o"), None);
        assert_eq!(find("acme", "acme-large"), Some(Unpriced::UnknownModel));
    }

    #[test]
    fn who_bills_is_who_the_log_or_the_id_says() {
        let book = PriceBook::embedded();
        let seller = |provider, model| book.find(provider, model).map(|id| book.seller(id));
        assert_eq!(seller("", "claude-sonnet-4-6"), Ok("anthropic"));
        assert_eq!(seller("bedrock", "claude-sonnet-4-6"), Ok("bedrock"));
        assert_eq!(book.seller_named("Anthropic"), Some("anthropic"));
        assert_eq!(book.seller_named("bedrock"), Some("bedrock"));
        assert_eq!(book.seller_named("acme"), None);
        let names = book.provider_names();
        assert!(names.contains(&"azure") && names.contains(&"anthropic") && names.is_sorted());
        let [direct, cloud] = ["", "bedrock"]
            .map(|provider| book.find(provider, "claude-sonnet-4-6").expect("a known model"));
        assert!(direct != cloud && book.is_same_model(direct, cloud));
        let other = book.find("", "claude-haiku-4-5").expect("a known model");
        assert!(!book.is_same_model(direct, other));
    }

    #[test]
    fn where_a_call_was_processed_decides_its_place() {
        let book = PriceBook::embedded();
        let id = book.find("openai", "gpt-5.4").expect("a known model");
        let place = |geo| book.placed(id, geo).map(|id| book.place_name(id));
        assert_eq!((place(""), place("US")), (Ok("list"), Ok("region")));
        assert_eq!(place("moon"), Err(Unpriced::NoPriceForGeo));
        let azure = book.find("azure", "gpt-5.4").expect("a known model");
        let place = |geo| book.placed(azure, geo).map(|id| book.place_name(id));
        assert_eq!((place("us-datazone"), place("westeurope")), (Ok("azure-us"), Ok("azure")));
    }

    #[test]
    fn a_pinned_book_keeps_the_time_of_the_day() {
        let at = |text| Instant::parse(text).expect("a time");
        let book = PriceBook::embedded();
        let afternoon = at("2026-10-05T13:30:00Z");
        assert_eq!(book.instant_of(afternoon), afternoon);
        let book = book.pinned(at("2026-03-01"));
        assert_eq!(book.instant_of(afternoon), at("2026-03-01T13:30:00Z"));
        assert_eq!(book.instant_of(at("1969-12-31T23:00:00Z")), at("2026-03-01T23:00:00Z"));
        assert_eq!(book.instant_of(Instant::MISSING), at("2026-03-01"));
    }

    #[test]
    fn the_fingerprint_tells_tables_apart() {
        assert_eq!(hexadecimal(&[0x0f, 0xa0, 0x00]), "0fa000");
        let table =
            |text: &str| ("own.toml".to_owned(), format!("[provider]\nid = \"own\"\n{text}"));
        let sha256 = |tables: &[(String, String)]| {
            PriceBook::with_overrides(tables).expect("loads").sha256().to_owned()
        };
        let [none, one, other] = [&[][..], &[table("")], &[table("# more\n")]].map(sha256);
        assert!(none != one && one != other && none.len() == 64);
        let (first, last) = (PriceBook::embedded(), PriceBook::embedded());
        assert!(first.checked_on().0 >= "2025" && last.checked_on().1 > first.checked_on().0);
    }
}
