//! The one function in which tokens meet prices.

use crate::units::Usd;
use crate::usage::Call;

use super::card::RateCard;
use super::unpriced::Unpriced;

/// What a call costs at the prices of a card: the sum over the token classes, plus the fee of
/// its searches. A row that stands for several calls holds their sums, so it is priced the same.
///
/// # Errors
/// When the card has no price for something the call used, or the amount does not fit.
pub fn cost(call: &Call, card: &RateCard) -> Result<Usd, Unpriced> {
    let mut total = Usd::ZERO;
    for (class, count) in call.tokens.iter() {
        if count.is_zero() {
            continue;
        }
        let price = card.price(class).ok_or(Unpriced::NoPriceForClass(class))?;
        let part = price.cost_of(*count).ok_or(Unpriced::TooLarge)?;
        total = total.checked_add(part).ok_or(Unpriced::TooLarge)?;
    }
    if call.searches > 0 {
        let fee = card.search_fee().ok_or(Unpriced::NoPriceForSearch)?;
        let part = fee.times(u64::from(call.searches)).ok_or(Unpriced::TooLarge)?;
        total = total.checked_add(part).ok_or(Unpriced::TooLarge)?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::card::{Fees, Prices};
    use crate::units::{Excess, PerClass, TokenClass, TokenPrice, Tokens};
    use proptest::prelude::*;

    /// A card that prices class number n at n + 1 dollars per million, audio output at nothing.
    fn card() -> RateCard {
        let prices: Prices = PerClass::from_fn(|class| {
            let dollars = (class as usize + 1).to_string();
            let price = TokenPrice::parse_per_million(&dollars).expect("a price");
            (class != TokenClass::AudioOutput).then_some(price)
        });
        let search = Some(Usd::parse("0.01", Excess::Reject).expect("an amount"));
        RateCard::new(&prices, Fees { search, file_search: None })
    }

    fn call(counts: [u64; 9]) -> Call {
        let mut call = Call::default();
        for (class, count) in TokenClass::ALL.into_iter().zip(counts) {
            call.tokens[class] = Tokens::new(count);
        }
        call
    }

    fn check(call: &Call, expected: Result<&str, Unpriced>) {
        assert_eq!(cost(call, &card()).map(|usd| usd.to_string()), expected.map(str::to_owned));
    }

    #[test]
    fn every_class_bills_at_its_own_price() {
        check(&call([1_000_000; 9]), Ok("45"));
        check(&call([3, 0, 0, 0, 0, 0, 0, 0, 0]), Ok("0.000003"));
    }

    #[test]
    fn searches_add_their_fee() {
        check(&Call { searches: 3, ..Call::default() }, Ok("0.03"));
    }

    #[test]
    fn a_class_without_a_price_is_named_and_matters_only_when_used() {
        let mut call = Call::default();
        check(&call, Ok("0"));
        call.tokens[TokenClass::AudioOutput] = Tokens::new(1);
        check(&call, Err(Unpriced::NoPriceForClass(TokenClass::AudioOutput)));
    }

    #[test]
    fn searches_without_a_fee_are_unpriced() {
        let bare = RateCard::new(card().prices(), Fees::default());
        let call = Call { searches: 1, ..Call::default() };
        assert_eq!(cost(&call, &bare), Err(Unpriced::NoPriceForSearch));
    }

    #[test]
    fn what_does_not_fit_is_refused_not_wrapped() {
        let huge = TokenPrice::parse_per_million("100000000000000000000").expect("a price");
        let card = RateCard::new(&PerClass::from_fn(|_| Some(huge)), Fees::default());
        let tokens = PerClass::from_fn(|_| Tokens::new(u64::MAX));
        assert_eq!(cost(&Call { tokens, ..Call::default() }, &card), Err(Unpriced::TooLarge));
    }

    fn counts() -> impl Strategy<Value = [u64; 9]> {
        proptest::array::uniform9(0u64..1 << 40)
    }

    proptest! {
        #[test]
        fn the_cost_of_a_sum_is_the_sum_of_the_costs(first in counts(), second in counts()) {
            let both = std::array::from_fn(|class| first[class] + second[class]);
            let price = |counts| cost(&call(counts), &card()).expect("priced");
            prop_assert_eq!(price(both), price(first) + price(second));
        }

        #[test]
        fn more_tokens_never_cost_less(
            counts in counts(),
            class in 0usize..9,
            more in 1u64..1 << 40,
        ) {
            let mut larger = counts;
            larger[class] += more;
            let price = |counts| cost(&call(counts), &card()).expect("priced");
            prop_assert!(price(larger) > price(counts));
        }
    }
}
