//! The prices that hold for one call: one exact price a token class, and the fees beside tokens.

use std::sync::Arc;

use crate::units::{PerClass, TokenClass, TokenPrice, Tokens, Usd};

/// Prices by token class; nothing where the provider states none.
pub(super) type Prices = PerClass<Option<TokenPrice>>;

/// For a class without a price of its own, the class at whose price it bills.
pub(super) type Borrowed = PerClass<Option<TokenClass>>;

/// Fees for what a provider meters apart from tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fees {
    /// Dollars for one server-side web search.
    pub(super) search: Option<Usd>,
    /// Dollars for one request that searched the web, however often.
    pub(super) searching_request: Option<Usd>,
    /// Dollars for one search in stored files.
    pub(super) file_search: Option<Usd>,
    /// Dollars for one request, whatever it holds.
    pub(super) request: Option<Usd>,
}

/// Every price that holds for one model, in one period, lane, place and context band.
///
/// All multipliers are already in it: nothing is computed from prices once a table is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    pub(super) prices: Prices,
    pub(super) fees: Fees,
    pub(super) borrowed: Borrowed,
    pub(super) doubt: Option<Arc<str>>,
    /// Where only the excess over a limit has other prices, from the lowest limit to the highest.
    pub(super) beyond: Vec<Beyond>,
    pub(super) is_unbilled: bool,
    /// Whether other prices hold at other hours.
    pub(super) is_hourly: bool,
}

/// Other prices for the part of a prompt beyond a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beyond {
    /// How many tokens of a prompt bill below.
    pub(super) after: u64,
    /// The classes that count towards the limit, and bill at these prices beyond it.
    pub(super) counts: PerClass<bool>,
    /// The prices of the excess; it has no excess of its own.
    pub(super) card: RateCard,
}

/// The order in which the tokens of a prompt are taken to stand in it: what was cached is its
/// start, what was written to the cache follows.
const PROMPT_ORDER: [TokenClass; 7] = [
    TokenClass::CacheRead,
    TokenClass::AudioCacheRead,
    TokenClass::CacheWrite5m,
    TokenClass::CacheWrite1h,
    TokenClass::Input,
    TokenClass::AudioInput,
    TokenClass::ImageInput,
];

impl RateCard {
    /// A card without doubts, whose classes all bill at their own prices.
    pub(super) fn new(prices: &Prices, fees: Fees) -> Self {
        Self {
            prices: *prices,
            fees,
            borrowed: Borrowed::default(),
            doubt: None,
            beyond: Vec::new(),
            is_unbilled: false,
            is_hourly: false,
        }
    }

    /// A card with prices that no table has, and without fees.
    pub fn given(prices: &PerClass<Option<TokenPrice>>) -> Self {
        Self::new(prices, Fees::default())
    }

    /// The card of calls whose usage is reported and not charged.
    pub(super) fn unbilled() -> Self {
        let free = PerClass::from_fn(|_| Some(TokenPrice::ZERO));
        let none = Some(Usd::ZERO);
        let fees = Fees { search: none, searching_request: None, file_search: none, request: none };
        Self { is_unbilled: true, ..Self::new(&free, fees) }
    }

    /// The price of one token of a class; nothing when the provider states none.
    pub fn price(&self, class: TokenClass) -> Option<TokenPrice> {
        self.prices[class]
    }

    /// The prices of all classes.
    pub const fn prices(&self) -> &PerClass<Option<TokenPrice>> {
        &self.prices
    }

    /// Dollars for one server-side web search. The tokens it brings in bill as input, apart.
    pub const fn search_fee(&self) -> Option<Usd> {
        self.fees.search
    }

    /// Dollars for one request that searched the web, however often; nothing where each search is
    /// charged.
    pub const fn searching_request_fee(&self) -> Option<Usd> {
        self.fees.searching_request
    }

    /// Dollars for one search in stored files.
    pub const fn file_search_fee(&self) -> Option<Usd> {
        self.fees.file_search
    }

    /// Dollars for one request, whatever it holds; nothing where there is no such fee.
    pub const fn request_fee(&self) -> Option<Usd> {
        self.fees.request
    }

    /// The class at whose price a class bills that has no price of its own.
    pub fn borrowed(&self, class: TokenClass) -> Option<TokenClass> {
        self.borrowed[class]
    }

    /// What nobody has confirmed about these prices, in a sentence.
    pub fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// Whether the provider reports the usage of such calls and does not charge it.
    pub const fn is_unbilled(&self) -> bool {
        self.is_unbilled
    }

    /// Whether other prices hold at other hours of the week.
    pub const fn is_hourly(&self) -> bool {
        self.is_hourly
    }

    /// Whether prompts of any length bill each token alike.
    pub const fn is_flat(&self) -> bool {
        self.beyond.is_empty()
    }

    /// The tokens of `calls` calls, each with the flat card at whose prices they bill: all at this
    /// one, unless only the excess over a limit has other prices. A row of several calls is taken
    /// to be made of equal prompts.
    pub fn portions(
        &self,
        tokens: &PerClass<Tokens>,
        calls: u64,
    ) -> Vec<(&Self, PerClass<Tokens>)> {
        let mut portions = Vec::with_capacity(self.beyond.len() + 1);
        let (mut card, mut before) = (self, PerClass::default());
        for beyond in &self.beyond {
            let below = beyond.below(tokens, calls);
            portions.push((card, less(&below, &before)));
            (card, before) = (&beyond.card, below);
        }
        portions.push((card, less(tokens, &before)));
        portions
    }
}

fn less(tokens: &PerClass<Tokens>, others: &PerClass<Tokens>) -> PerClass<Tokens> {
    PerClass::from_fn(|class| tokens[class].saturating_sub(others[class]))
}

impl Beyond {
    /// The tokens of a prompt that lie below the limit, in the order of the prompt.
    fn below(&self, tokens: &PerClass<Tokens>, calls: u64) -> PerClass<Tokens> {
        let mut room = u128::from(self.after) * u128::from(calls);
        let mut below = *tokens;
        for class in PROMPT_ORDER.into_iter().filter(|class| self.counts[*class]) {
            let count = u128::from(tokens[class].get());
            let fits = count.min(room);
            room -= fits;
            below[class] = Tokens::new(u64::try_from(fits).unwrap_or(u64::MAX));
        }
        below
    }
}
