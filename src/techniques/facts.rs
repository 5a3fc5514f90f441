//! What techniques may know about a log before its calls are walked.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use crate::pricing::{CacheWrite, ModelId, PriceBook, RateCard, Unpriced, charges, cost};
use crate::units::{Factor, FineUsd, PerClass, Rate, TokenClass, Usd};
use crate::usage::{Call, Calls, Instant, Row, ServiceTier, Symbol, column};

use super::branch::Branch;
use super::conversations::{self, Growth};
use super::error::TechniqueError;
use super::feedback::{self, Place};
use super::rolled::{RolledRow, rolled_rows};
use super::routes::StaticPrompts;
use super::technique::Scenario;
use super::warmth::CacheRules;
use super::watch::{STRIDE, Watch};

/// A log in time order, the price book, and which model of the book answered each call.
pub struct Facts<'a> {
    /// The calls in order of time.
    pub calls: &'a Calls,
    /// The prices.
    pub book: &'a PriceBook,
    models: Vec<Option<ModelId>>,
    // Several techniques ask, each at every end of what is not known; the log stays the same.
    static_prompts: OnceLock<Arc<StaticPrompts>>,
    growth: OnceLock<Option<Arc<[Growth]>>>,
    places: OnceLock<Option<Arc<[Place]>>>,
    rolled: OnceLock<Option<Arc<[Option<RolledRow>]>>>,
    /// Whether somebody reads what techniques tell of themselves.
    is_read: bool,
    watch: Option<&'a dyn Watch>,
}

/// One call while it is walked.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The log around it.
    pub facts: &'a Facts<'a>,
    /// Its row.
    pub row: Row,
    /// Where it was processed.
    pub geo: &'a str,
}

impl<'a> Facts<'a> {
    /// Looks up the model of every call.
    pub fn new(calls: &'a Calls, book: &'a PriceBook) -> Self {
        let mut known: HashMap<(Symbol, Symbol), Option<ModelId>> = HashMap::new();
        let models = (0..calls.len()).map(|row| {
            let names = (calls.symbol(column::PROVIDER, row), calls.symbol(column::MODEL, row));
            *known.entry(names).or_insert_with(|| {
                let provider = calls.name(column::PROVIDER, row);
                book.find(provider, calls.name(column::MODEL, row)).ok()
            })
        });
        let models = models.collect();
        Self {
            calls,
            book,
            models,
            static_prompts: OnceLock::new(),
            growth: OnceLock::new(),
            places: OnceLock::new(),
            rolled: OnceLock::new(),
            is_read: true,
            watch: None,
        }
    }

    /// The same where only figures are wanted: techniques leave out tables and sentences that take
    /// time to make.
    pub fn untold(calls: &'a Calls, book: &'a PriceBook) -> Self {
        Self { is_read: false, ..Self::new(calls, book) }
    }

    /// Whether a technique tells of itself: nobody reads what the ends of a range assume.
    pub fn is_told(&self, scenario: Scenario) -> bool {
        self.is_read && scenario == Scenario::Expected
    }

    /// The same facts, whose replays are watched.
    #[must_use]
    pub fn watched(mut self, watch: Option<&'a dyn Watch>) -> Self {
        self.watch = watch;
        self
    }

    /// Says that the log will be replayed so many times more.
    pub fn expect_replays(&self, times: usize) {
        if let Some(watch) = self.watch {
            watch.expect(self.calls.len() as u64 * times as u64);
        }
    }

    /// Says that this row was replayed, after those before it. The last rows of a log are too few to
    /// be told.
    pub fn walked(&self, row: Row) {
        if let Some(watch) = self.watch.filter(|_| row % STRIDE == STRIDE - 1) {
            watch.walked(STRIDE as u64);
        }
    }

    /// The prompt part that all calls of one type and model can share at most.
    pub fn static_prompts(&self) -> Arc<StaticPrompts> {
        Arc::clone(self.static_prompts.get_or_init(|| Arc::new(StaticPrompts::measure(self))))
    }

    /// How each row stands in its conversation; nothing when the log does not name conversations.
    pub fn growth(&self) -> Option<Arc<[Growth]>> {
        self.growth.get_or_init(|| conversations::growth(self).map(Arc::from)).clone()
    }

    /// How each row repeats the turns before it; nothing when the log does not name conversations.
    pub(super) fn places(&self) -> Option<Arc<[Place]>> {
        self.places.get_or_init(|| feedback::places(self).map(Arc::from)).clone()
    }

    /// What each row of a roll-up says of its calls; nothing where there is no such row.
    pub(super) fn rolled(&self) -> Option<Arc<[Option<RolledRow>]>> {
        self.rolled.get_or_init(|| rolled_rows(self.calls)).clone()
    }

    /// The model of a call; nothing when the book does not have it.
    pub fn model(&self, row: Row) -> Option<ModelId> {
        self.models[row]
    }

    /// The rows whose model is known, each with its model.
    pub fn modelled_rows(&self) -> impl Iterator<Item = (Row, ModelId)> {
        self.models.iter().enumerate().filter_map(|(row, model)| model.map(|model| (row, model)))
    }

    /// Whether any call went through the batch lane.
    pub fn has_batch_calls(&self) -> bool {
        let mut rows = 0..self.calls.len();
        rows.any(|row| self.calls.service_tier(row) == ServiceTier::Batch)
    }

    /// Whether the log has a column and any value in it.
    pub(super) fn has_values(&self, column: &str) -> bool {
        let place = self.calls.dimensions.position(column);
        place.is_some_and(|place| !self.calls.dimensions[place].is_empty())
    }

    /// Whether any call was read from or written to a cache.
    pub(super) fn has_cached_calls(&self) -> bool {
        let classes = [TokenClass::CacheRead, TokenClass::CacheWrite5m, TokenClass::CacheWrite1h];
        let mut columns = classes.into_iter().map(|class| self.calls.token_column(class));
        columns.any(|mut column| column.any(|count| !count.is_zero()))
    }

    /// Whether a provider of any call caches without being asked, and promises nothing.
    pub(super) fn has_automatic(&self) -> bool {
        let mut last = None;
        self.modelled_rows().any(|(row, model)| {
            if last.replace(model) == Some(model) {
                return false;
            }
            let policy = self.book.cache_policy(model, self.calls.call(row).time);
            policy.is_some_and(|policy| policy.write == CacheWrite::Free)
        })
    }

    /// What a call costs on a model.
    ///
    /// # Errors
    /// When a price it needs is not known.
    pub fn cost(&self, model: ModelId, call: &Call, geo: &str) -> Result<Usd, Unpriced> {
        cost(call, self.book.card(model, call, call.time, geo)?)
    }

    /// The rules of the prompt cache that a call meets, of which only those with prices count.
    pub fn cache_rules(&self, row: Row, model: ModelId, call: &Call) -> CacheRules {
        let geo = self.calls.name(column::GEO, row);
        let Ok(card) = self.book.card(model, call, call.time, geo) else { return CacheRules::None };
        let placed = self.book.placed(model, geo).unwrap_or(model);
        let policy = self.book.cache_policy(placed, call.time);
        CacheRules::of(policy, |class| card.price(class).is_some())
    }

    /// The model a plan names.
    ///
    /// # Errors
    /// When the book does not have it.
    pub fn named_model(&self, provider: &str, model: &str) -> Result<ModelId, TechniqueError> {
        self.book.find(provider, model).map_err(|_| TechniqueError::UnknownModel {
            model: model.to_owned(),
            did_you_mean: self.book.suggest(model).map(ToOwned::to_owned),
        })
    }

    /// A warning when a model a plan names is no longer offered.
    pub fn retirement_warning(&self, model: ModelId) -> Option<String> {
        let model = self.book.model(model);
        let retired = model.retired.and_then(Instant::known)?.to_iso();
        let day = retired.split('T').next().unwrap_or(&retired);
        Some(format!("{} is retired (since {day}); calls cannot move to it any more", model.id))
    }
}

impl Scene<'_> {
    /// What a branch costs at its whole weight. Where the logged call was processed says nothing
    /// about an extra call to another provider.
    ///
    /// # Errors
    /// When a price it needs is not known.
    pub fn cost(&self, branch: &Branch) -> Result<Usd, Unpriced> {
        let geo = if branch.companion { "" } else { self.geo };
        self.facts.cost(branch.model, &branch.call, geo)
    }

    /// What is paid for a branch that costs `cost` at its whole weight: its part of the call, at
    /// what a discount leaves of the price.
    ///
    /// # Errors
    /// When a price it needs is not known, or the amount does not fit.
    pub fn paid(&self, branch: &Branch, cost: Usd) -> Result<FineUsd, Unpriced> {
        let part = |amount: Usd, paid: Rate| {
            FineUsd::weighted(amount, branch.weight.times(paid)).ok_or(Unpriced::TooLarge)
        };
        if let Some(rate) = branch.price.even() {
            return part(cost, rate);
        }
        let geo = if branch.companion { "" } else { self.geo };
        let Branch { model, call, .. } = branch;
        let card = self.facts.book.card(*model, call, call.time, geo)?;
        let mut total = FineUsd::ZERO;
        charges(call, card, |charge, amount| {
            let paid = part(amount, branch.price.of(charge))?;
            total = total.checked_add(paid).ok_or(Unpriced::TooLarge)?;
            Ok(())
        })?;
        Ok(total)
    }

    /// Whether a branch has a price, so that a technique may propose it.
    pub fn is_priced(&self, branch: &Branch) -> bool {
        self.cost(branch).is_ok()
    }

    /// The model of a branch at the place where it is billed.
    pub fn placed(&self, branch: &Branch) -> ModelId {
        let geo = if branch.companion { "" } else { self.geo };
        self.facts.book.placed(branch.model, geo).unwrap_or(branch.model)
    }

    /// Whether prompts of a branch are cached in batches.
    pub fn caches_in_batch(&self, branch: &Branch) -> bool {
        self.facts.book.caches_in_batch(self.placed(branch))
    }

    /// Whether the provider reports the usage of such a call and does not charge it.
    pub fn is_unbilled(&self, branch: &Branch) -> bool {
        self.card(branch).is_some_and(RateCard::is_unbilled)
    }

    /// Whether the model prices tokens of these classes for calls like this branch.
    pub fn has_prices(&self, branch: &Branch, classes: [TokenClass; 2]) -> bool {
        let card = self.card(branch);
        card.is_some_and(|card| classes.into_iter().all(|class| card.price(class).is_some()))
    }

    /// Whether a token of one class costs less than one of another, for calls like this branch.
    pub fn is_cheaper(&self, branch: &Branch, class: TokenClass, other: TokenClass) -> bool {
        let card = self.card(branch);
        card.is_some_and(|card| {
            card.price(class).zip(card.price(other)).is_some_and(|(one, other)| one < other)
        })
    }

    /// What a token of a class costs, for calls like this branch.
    pub(super) fn token_price(&self, branch: &Branch, class: TokenClass) -> Option<Usd> {
        Some(Usd::from_atto(self.card(branch)?.price(class)?.atto()))
    }

    /// What a token of a class costs for one of plain input, for calls like this branch.
    pub(super) fn price_ratio(&self, branch: &Branch, class: TokenClass) -> Option<Factor> {
        let card = self.card(branch)?;
        card.price(class)?.over(card.price(TokenClass::Input)?)
    }

    /// What a token of plain input costs, in 10⁻¹⁸ dollars, for calls like this branch.
    pub(super) fn input_price(&self, branch: &Branch) -> Option<u64> {
        let mut call = Call { searches: 0, file_searches: 0, ..branch.call };
        let input = call.input_total();
        call.tokens = PerClass::default();
        call.tokens[TokenClass::Input] = input;
        let cost = self.facts.cost(branch.model, &call, self.geo).ok()?.atto();
        u64::try_from(cost.checked_div(i128::from(input.get()))?).ok()
    }

    /// The prices of a branch, if it has any.
    pub fn card(&self, branch: &Branch) -> Option<&RateCard> {
        let Branch { model, call, .. } = branch;
        self.facts.book.card(*model, call, call.time, self.geo).ok()
    }
}
