//! The prices that hold for one call: one exact price a token class, and the fees beside tokens.

use crate::units::{PerClass, TokenClass, TokenPrice, Usd};

/// Prices by token class; nothing where the provider states none.
pub(super) type Prices = PerClass<Option<TokenPrice>>;

/// Fees for what a provider meters apart from tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fees {
    /// Dollars for one server-side web search.
    pub(super) search: Option<Usd>,
    /// Dollars for one search in stored files.
    pub(super) file_search: Option<Usd>,
}

/// Every price that holds for one model, in one period, lane, place and context band.
///
/// All multipliers are already in it: nothing is computed from prices once a table is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCard {
    prices: Prices,
    fees: Fees,
}

impl RateCard {
    pub(super) const fn new(prices: &Prices, fees: Fees) -> Self {
        Self { prices: *prices, fees }
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
}
