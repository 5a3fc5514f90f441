//! What the prices of a lane or band are, seen from the standard ones.

use crate::units::{Factor, PerClass, TokenClass, TokenPrice};

/// Prices by token class; nothing where there is none.
pub type ClassPrices = PerClass<Option<TokenPrice>>;

/// What becomes of the price of tokens that were read from a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachedRule {
    /// It is multiplied as the others are.
    Multiplied,
    /// It stays as it is in the standard lane.
    Kept,
    /// Cached tokens bill as the input of the lane.
    AsInput,
    /// It follows no rule: it has a figure of its own.
    Own,
    /// The lane states none, or there is none in the standard lane.
    None,
}

/// How the prices of a lane follow from the standard ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneRule {
    /// The multiplier of everything that is not read from a cache; nothing when there is not one
    /// for all classes.
    pub factor: Option<Factor>,
    /// What becomes of cached tokens.
    pub cached: CachedRule,
}

impl LaneRule {
    /// The rule that makes `lane` of `standard`.
    pub fn between(lane: &ClassPrices, standard: &ClassPrices) -> Self {
        let factor = common_factor(lane, standard, |class| !is_cached(class));
        let read = TokenClass::CacheRead;
        let cached = match (lane[read], standard[read]) {
            (Some(here), Some(there)) => cached_rule(here, there, factor, lane),
            _ => CachedRule::None,
        };
        Self { factor, cached }
    }
}

fn cached_rule(
    here: TokenPrice,
    there: TokenPrice,
    factor: Option<Factor>,
    lane: &ClassPrices,
) -> CachedRule {
    if factor.is_some_and(|factor| there.scaled(factor) == Some(here)) {
        CachedRule::Multiplied
    } else if here == there {
        CachedRule::Kept
    } else if lane[TokenClass::Input] == Some(here) {
        CachedRule::AsInput
    } else {
        CachedRule::Own
    }
}

const fn is_cached(class: TokenClass) -> bool {
    matches!(class, TokenClass::CacheRead | TokenClass::AudioCacheRead)
}

/// The one multiplier that makes all prices of the wanted classes of those beside them; classes
/// that only one side prices have none.
pub(super) fn common_factor(
    prices: &ClassPrices,
    of: &ClassPrices,
    wanted: impl Fn(TokenClass) -> bool,
) -> Option<Factor> {
    let mut common = None;
    for (class, price) in prices.iter().filter(|(class, _)| wanted(*class)) {
        let (price, of) = match (price, of[class]) {
            (None, None) => continue,
            // Free stays free under any multiplier.
            (Some(price), Some(of)) if *price == of && of == TokenPrice::ZERO => continue,
            (Some(price), Some(of)) => (price, of),
            _ => return None,
        };
        let factor = price.over(of)?;
        if *common.get_or_insert(factor) != factor {
            return None;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(input: &str, cached: &str, output: &str) -> ClassPrices {
        let mut prices = ClassPrices::default();
        for (class, text) in [
            (TokenClass::Input, input),
            (TokenClass::CacheRead, cached),
            (TokenClass::Output, output),
        ] {
            prices[class] = TokenPrice::parse_per_million(text).ok();
        }
        prices
    }

    fn check(lane: [&str; 3], factor: Option<&str>, cached: CachedRule) {
        let standard = prices("2", "0.2", "8");
        let rule = LaneRule::between(&prices(lane[0], lane[1], lane[2]), &standard);
        let factor = factor.map(|text| Factor::parse(text).expect("a factor"));
        assert_eq!(rule, LaneRule { factor, cached }, "{lane:?}");
    }

    #[test]
    fn the_rule_of_a_lane_is_read_from_its_prices() {
        check(["1", "0.1", "4"], Some("0.5"), CachedRule::Multiplied);
        check(["1", "0.2", "4"], Some("0.5"), CachedRule::Kept);
        check(["1", "1", "4"], Some("0.5"), CachedRule::AsInput);
        check(["1", "0.13", "4"], Some("0.5"), CachedRule::Own);
        check(["1", "", "4"], Some("0.5"), CachedRule::None);
        check(["1", "0.1", "5"], None, CachedRule::Own);
    }
}
