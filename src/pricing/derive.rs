//! From published prices to the prices of every lane and place: computed once, when a table loads.

use std::sync::Arc;

use crate::units::{Factor, PerClass, TokenClass, TokenPrice};

use super::card::{Beyond, Borrowed, Fees, Prices, RateCard};
use super::model::{Band, Lane, Limit};

/// Prices of a lane, and those of its long prompts.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    pub(super) base: Prices,
    pub(super) bands: Vec<BandRates>,
    pub(super) borrowed: Borrowed,
    /// What nobody has confirmed about them.
    pub(super) doubt: Option<Arc<str>>,
}

/// Prices of prompts beyond a limit.
#[derive(Clone, Debug)]
pub(super) struct BandRates {
    pub(super) limit: Limit,
    pub(super) prices: Prices,
    /// What nobody has confirmed about them, beside what is in doubt about the whole lane.
    pub(super) doubt: Option<Arc<str>>,
}

/// At whose price a class bills that has none of its own.
pub(super) type Fallback = PerClass<Option<TokenClass>>;

/// What happens to the price of cached tokens where a lane multiplies prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CachedTokens {
    /// It is multiplied too.
    Multiplied,
    /// It stays as it is.
    Kept,
    /// The cache discount is lost: they bill as the lane's input.
    AsInput,
}

impl Rates {
    /// The same rates after a change to each set of prices.
    fn map<E>(&self, mut change: impl FnMut(&Prices) -> Result<Prices, E>) -> Result<Self, E> {
        let base = change(&self.base)?;
        let bands = self.bands.iter().map(|band| {
            let prices = change(&band.prices)?;
            Ok(BandRates { prices, ..band.clone() })
        });
        Ok(Self {
            base,
            bands: bands.collect::<Result<_, E>>()?,
            borrowed: self.borrowed,
            doubt: self.doubt.clone(),
        })
    }

    /// Fills in classes that have no price of their own. `stated` are the published prices of the
    /// standard lane: what has its own price there never bills at another one.
    pub(super) fn filled(&self, stated: &Prices, fallback: &Fallback) -> Self {
        let prices = |own: &Prices| {
            let lender = lenders(own, stated, fallback);
            PerClass::from_fn(|class| own[class].or_else(|| own[lender[class]?]))
        };
        Self {
            base: prices(&self.base),
            bands: self
                .bands
                .iter()
                .map(|band| BandRates { prices: prices(&band.prices), ..band.clone() })
                .collect(),
            borrowed: lenders(&self.base, stated, fallback),
            doubt: self.doubt.clone(),
        }
    }

    /// These (filled) rates times a factor; the class whose price is not exact otherwise.
    pub(super) fn scaled(
        &self,
        factor: Factor,
        cached: CachedTokens,
        stated: &Prices,
    ) -> Result<Self, TokenClass> {
        self.map(|prices| {
            let times = scale(prices, factor)?;
            Ok(PerClass::from_fn(|class| match (cached, full_price_of(class)) {
                (CachedTokens::Kept, Some(_)) if stated[class].is_some() => prices[class],
                (CachedTokens::AsInput, Some(full)) if prices[class].is_some() => times[full],
                _ => times[class],
            }))
        })
    }

    /// These rates with the cached prices of others where the provider states one.
    pub(super) fn with_cached_prices_of(&self, standard: &Self, stated: &Prices) -> Self {
        let merge = |mine: &Prices, theirs: &Prices| {
            PerClass::from_fn(|class| match full_price_of(class) {
                Some(_) if stated[class].is_some() => theirs[class],
                _ => mine[class],
            })
        };
        let bands = self.bands.iter().map(|band| {
            let theirs = standard.bands.iter().find(|other| other.limit == band.limit);
            let theirs = theirs.map_or(&standard.base, |band| &band.prices);
            BandRates { prices: merge(&band.prices, theirs), ..band.clone() }
        });
        Self {
            base: merge(&self.base, &standard.base),
            bands: bands.collect(),
            borrowed: self.borrowed,
            doubt: self.doubt.clone(),
        }
    }

    /// The cards of these rates at a place; the class whose price is not exact otherwise.
    pub(super) fn lane(&self, factor: Factor, fees: Fees) -> Result<Lane, TokenClass> {
        let placed = self.map(|prices| scale(prices, factor))?;
        let card = |prices: &Prices| RateCard {
            borrowed: self.borrowed,
            doubt: self.doubt.clone(),
            ..RateCard::new(prices, fees)
        };
        let mut lane = Lane { card: card(&placed.base), bands: Vec::new() };
        for BandRates { limit, prices, doubt } in &placed.bands {
            let mut card = card(prices);
            card.doubt = doubt.clone().or(card.doubt);
            if limit.excess_only {
                let after = limit.tokens.saturating_sub(u64::from(limit.inclusive));
                lane.card.beyond.push(Beyond { after, counts: limit.counts, card });
            } else {
                lane.bands.push(Band { limit: *limit, card });
            }
        }
        Ok(lane)
    }
}

/// The class that cached tokens would be in without the cache.
const fn full_price_of(class: TokenClass) -> Option<TokenClass> {
    match class {
        TokenClass::CacheRead => Some(TokenClass::Input),
        TokenClass::AudioCacheRead => Some(TokenClass::AudioInput),
        _ => None,
    }
}

const WRITES: [TokenClass; 2] = [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h];

/// For each class without a price of its own, the class at whose price it bills, if any.
fn lenders(own: &Prices, stated: &Prices, fallback: &Fallback) -> Borrowed {
    // Where one lifetime has a price, a write of another lifetime is not ordinary input.
    let writes_are_priced = WRITES.iter().any(|class| stated[*class].is_some());
    PerClass::from_fn(|class| {
        let mut at = class;
        while own[at].is_none() {
            if stated[at].is_some() || (writes_are_priced && WRITES.contains(&at)) {
                return None;
            }
            at = fallback[at]?;
        }
        (at != class).then_some(at)
    })
}

fn scale(prices: &Prices, factor: Factor) -> Result<Prices, TokenClass> {
    let mut scaled: PerClass<Option<TokenPrice>> = PerClass::default();
    for (class, price) in prices.iter() {
        if let Some(price) = price {
            scaled[class] = Some(price.scaled(factor).ok_or(class)?);
        }
    }
    Ok(scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(stated: &[(TokenClass, &str)]) -> Prices {
        let mut prices = Prices::default();
        for (class, text) in stated {
            prices[*class] = Some(TokenPrice::parse_per_million(text).expect("a price"));
        }
        prices
    }

    fn fallback() -> Fallback {
        let mut fallback = Fallback::default();
        fallback[TokenClass::CacheRead] = Some(TokenClass::Input);
        fallback[TokenClass::CacheWrite5m] = Some(TokenClass::Input);
        fallback[TokenClass::CacheWrite1h] = Some(TokenClass::Input);
        fallback[TokenClass::Reasoning] = Some(TokenClass::Output);
        fallback
    }

    fn rates(stated: &[(TokenClass, &str)]) -> Rates {
        let (bands, borrowed, doubt) = (Vec::new(), Borrowed::default(), None);
        Rates { base: prices(stated), bands, borrowed, doubt }
    }

    fn text(prices: &Prices, class: TokenClass) -> Option<String> {
        prices[class].map(TokenPrice::per_million)
    }

    #[test]
    fn a_class_without_a_price_bills_at_the_declared_one() {
        let posted = rates(&[(TokenClass::Input, "2"), (TokenClass::Output, "8")]);
        let filled = posted.filled(&posted.base, &fallback()).base;
        assert_eq!(text(&filled, TokenClass::CacheRead).as_deref(), Some("2"));
        assert_eq!(text(&filled, TokenClass::CacheWrite1h).as_deref(), Some("2"));
        assert_eq!(text(&filled, TokenClass::Reasoning).as_deref(), Some("8"));
        assert_eq!(text(&filled, TokenClass::AudioInput), None);
        let borrowed = posted.filled(&posted.base, &fallback()).borrowed;
        assert_eq!(borrowed[TokenClass::CacheRead], Some(TokenClass::Input));
        assert_eq!(borrowed[TokenClass::Input], None);
    }

    #[test]
    fn where_one_write_is_priced_the_other_is_not_ordinary_input() {
        let posted = rates(&[(TokenClass::Input, "2"), (TokenClass::CacheWrite5m, "2.5")]);
        let filled = posted.filled(&posted.base, &fallback()).base;
        assert_eq!(text(&filled, TokenClass::CacheWrite1h), None);
    }

    #[test]
    fn a_lane_that_leaves_out_a_stated_class_does_not_price_it() {
        let posted = rates(&[(TokenClass::Input, "2"), (TokenClass::CacheRead, "0.2")]);
        let lane = rates(&[(TokenClass::Input, "1")]);
        let filled = lane.filled(&posted.base, &fallback()).base;
        assert_eq!(text(&filled, TokenClass::CacheRead), None);
    }

    fn check_cached(rule: CachedTokens, expected: &str) {
        let posted = rates(&[(TokenClass::Input, "2"), (TokenClass::CacheRead, "0.2")]);
        let half = Factor::parse("0.5").expect("a factor");
        let scaled = posted.scaled(half, rule, &posted.base).expect("exact").base;
        assert_eq!(text(&scaled, TokenClass::Input).as_deref(), Some("1"));
        assert_eq!(text(&scaled, TokenClass::CacheRead).as_deref(), Some(expected), "{rule:?}");
    }

    #[test]
    fn cached_tokens_follow_the_stacking_rule() {
        check_cached(CachedTokens::Multiplied, "0.1");
        check_cached(CachedTokens::Kept, "0.2");
        check_cached(CachedTokens::AsInput, "1");
    }

    #[test]
    fn a_price_that_is_not_exact_is_refused_by_class() {
        let posted = rates(&[(TokenClass::Input, "0.000000000001")]);
        let half = Factor::parse("0.5").expect("a factor");
        let lane = posted.lane(half, Fees::default());
        assert_eq!(lane, Err(TokenClass::Input));
    }
}
