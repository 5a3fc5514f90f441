//! The one function in which tokens meet prices.

use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::Call;

use super::card::RateCard;
use super::unpriced::Unpriced;

/// What an amount of a bill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Tokens of a class.
    Tokens(TokenClass),
    /// Searches, or the request itself.
    Fee,
}

/// What a call costs at the prices of a card: the sum over the token classes, plus the fees of its
/// searches and of the request itself. A row that stands for several calls holds their sums, so it
/// is priced the same.
///
/// # Errors
/// When the card has no price for something the call used, or the amount does not fit.
pub fn cost(call: &Call, card: &RateCard) -> Result<Usd, Unpriced> {
    let mut total = Usd::ZERO;
    charges(call, card, |_, part| add(&mut total, part))?;
    Ok(total)
}

/// The amounts that [`cost`] adds up, each handed over with what it is for; a class may come more
/// than once, where a part of the tokens bills at other prices.
///
/// # Errors
/// As [`cost`], or whatever `take` answers.
pub fn charges(
    call: &Call,
    card: &RateCard,
    mut take: impl FnMut(Charge, Usd) -> Result<(), Unpriced>,
) -> Result<(), Unpriced> {
    fees(call, card, |part| take(Charge::Fee, part))?;
    let mut take = |class, part| take(Charge::Tokens(class), part);
    if card.is_flat() {
        return each_class(&call.tokens, card, &mut take);
    }
    for (card, tokens) in card.portions(&call.tokens, call.prompts()) {
        each_class(&tokens, card, &mut take)?;
    }
    Ok(())
}

/// What tokens cost at a card's own prices, however long the prompts were, and without any fee.
///
/// # Errors
/// When the card has no price for one of the classes, or the amount does not fit.
pub fn cost_of_tokens(tokens: &PerClass<Tokens>, card: &RateCard) -> Result<Usd, Unpriced> {
    let mut total = Usd::ZERO;
    each_class(tokens, card, &mut |_, part| add(&mut total, part))?;
    Ok(total)
}

/// The prices of a flat card laid out for very many small calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceList {
    /// In units of 10⁻¹⁸ dollars a token.
    prices: [u64; TokenClass::ALL.len()],
    /// All bits of the classes without a price.
    unpriced: [u32; TokenClass::ALL.len()],
}

/// What tokens of some classes cost, while it is added up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bill {
    /// In units of 10⁻¹⁸ dollars.
    atto: u128,
    /// Not zero where a class that was used has no price.
    unpriced: u32,
}

impl Bill {
    /// The sum in dollars; nothing where a class that was used has no price.
    #[inline]
    pub fn total(self) -> Option<Usd> {
        let atto = i128::try_from(self.atto).ok()?;
        (self.unpriced == 0).then_some(Usd::from_atto(atto))
    }
}

impl PriceList {
    /// The prices of a card that bills all tokens of a class alike; nothing where one is so high
    /// that only [`cost`] can compute with it.
    pub fn of(card: &RateCard) -> Option<Self> {
        if !card.is_flat() {
            return None;
        }
        let mut list = Self { prices: [0; _], unpriced: [u32::MAX; _] };
        for class in TokenClass::ALL {
            let Some(price) = card.price(class) else { continue };
            list.prices[class as usize] = u64::try_from(price.atto()).ok()?;
            list.unpriced[class as usize] = 0;
        }
        Some(list)
    }

    /// Adds the tokens of a class to a bill: what [`cost`] adds, without any fee.
    #[inline]
    pub fn bill(&self, class: TokenClass, count: u32, bill: &mut Bill) {
        let place = class as usize;
        // Far below the range: eleven times 2³² tokens at 2⁶⁴ each.
        bill.atto += u128::from(self.prices[place]) * u128::from(count);
        bill.unpriced |= self.unpriced[place] & count;
    }
}

fn add(total: &mut Usd, part: Usd) -> Result<(), Unpriced> {
    *total = total.checked_add(part).ok_or(Unpriced::TooLarge)?;
    Ok(())
}

fn each_class(
    tokens: &PerClass<Tokens>,
    card: &RateCard,
    take: &mut impl FnMut(TokenClass, Usd) -> Result<(), Unpriced>,
) -> Result<(), Unpriced> {
    for (class, count) in tokens.iter() {
        if count.is_zero() {
            continue;
        }
        let price = card.price(class).ok_or(Unpriced::NoPriceForClass(class))?;
        take(class, price.cost_of(*count).ok_or(Unpriced::TooLarge)?)?;
    }
    Ok(())
}

fn fees(
    call: &Call,
    card: &RateCard,
    mut take: impl FnMut(Usd) -> Result<(), Unpriced>,
) -> Result<(), Unpriced> {
    // Few calls have any: this runs once a record.
    if call.searches == 0 && call.file_searches == 0 && card.request_fee().is_none() {
        return Ok(());
    }
    let requests = if card.request_fee().is_some() { call.calls } else { 0 };
    let searches = u64::from(call.searches);
    let web = match card.searching_request_fee() {
        // Of a row of several calls, no more than all of them searched.
        Some(fee) => (searches.min(call.calls), Some(fee)),
        None => (searches, card.search_fee()),
    };
    let metered = [
        (requests, card.request_fee(), Unpriced::TooLarge),
        (web.0, web.1, Unpriced::NoPriceForSearch),
        (u64::from(call.file_searches), card.file_search_fee(), Unpriced::NoPriceForFileSearch),
    ];
    for (count, fee, missing) in metered {
        if count > 0 {
            take(fee.ok_or(missing)?.times(count).ok_or(Unpriced::TooLarge)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::card::Beyond;
    use crate::pricing::card::{Fees, Prices};
    use crate::units::{Excess, TokenPrice};
    use proptest::prelude::*;

    /// A card that prices class number n at n + 1 dollars per million, audio output at nothing.
    fn card() -> RateCard {
        let prices: Prices = PerClass::from_fn(|class| {
            let dollars = (class as usize + 1).to_string();
            let price = TokenPrice::parse_per_million(&dollars).expect("a price");
            (class != TokenClass::AudioOutput).then_some(price)
        });
        let search = Some(Usd::parse("0.01", Excess::Reject).expect("an amount"));
        RateCard::new(&prices, Fees { search, ..Fees::default() })
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
    fn every_request_bears_its_fee() {
        let request = Some(Usd::parse("0.005", Excess::Reject).expect("an amount"));
        let card = RateCard::new(card().prices(), Fees { request, ..Fees::default() });
        let call = Call { calls: 3, ..Call::default() };
        assert_eq!(cost(&call, &card).map(|usd| usd.to_string()), Ok("0.015".to_owned()));
    }

    #[test]
    fn a_request_can_pay_once_for_all_its_searches() {
        let searching_request = Some(Usd::parse("0.035", Excess::Reject).expect("an amount"));
        let fees = Fees { searching_request, ..Fees::default() };
        let card = RateCard::new(card().prices(), fees);
        let cost_of = |searches, calls| {
            let call = Call { searches, calls, ..Call::default() };
            cost(&call, &card).map(|usd| usd.to_string())
        };
        assert_eq!(cost_of(10, 1).as_deref(), Ok("0.035"));
        assert_eq!(cost_of(10, 4).as_deref(), Ok("0.14"));
        assert_eq!(cost_of(2, 4).as_deref(), Ok("0.07"));
        assert_eq!(cost_of(0, 4).as_deref(), Ok("0"));
    }

    #[test]
    fn file_searches_without_a_fee_are_unpriced() {
        let call = Call { file_searches: 1, ..Call::default() };
        check(&call, Err(Unpriced::NoPriceForFileSearch));
    }

    /// A card that prices input at 1, cached input at 2 and output at 8 dollars per million, and
    /// prompts beyond 100 tokens at 10 times as much, beyond 200 at 100 times.
    fn marginal() -> RateCard {
        let times = |factor: u64| {
            let mut prices = Prices::default();
            for (class, dollars) in [
                (TokenClass::Input, factor),
                (TokenClass::CacheRead, 2 * factor),
                (TokenClass::Output, 8),
            ] {
                let price = TokenPrice::parse_per_million(&dollars.to_string());
                prices[class] = Some(price.expect("a price"));
            }
            RateCard::new(&prices, Fees::default())
        };
        let counts = PerClass::from_fn(TokenClass::is_input);
        let beyond = [(100, 10), (200, 100)].map(|(after, factor)| Beyond {
            after,
            counts,
            card: times(factor),
        });
        RateCard { beyond: beyond.to_vec(), ..times(1) }
    }

    fn check_marginal(cached: u64, input: u64, calls: u64, micro_dollars: u64) {
        let mut call = Call { calls, ..Call::default() };
        call.tokens[TokenClass::CacheRead] = Tokens::new(cached);
        call.tokens[TokenClass::Input] = Tokens::new(input);
        call.tokens[TokenClass::Output] = Tokens::new(1);
        let expected = (micro_dollars + 8).to_string();
        let expected = Usd::parse(&expected, Excess::Reject).expect("an amount").atto() / 1_000_000;
        let found = cost(&call, &marginal()).map(Usd::atto);
        assert_eq!(found, Ok(expected), "{cached} + {input}");
    }

    #[test]
    fn only_the_excess_bills_at_the_prices_beyond_a_limit() {
        check_marginal(0, 100, 1, 100);
        check_marginal(0, 101, 1, 110);
        check_marginal(0, 250, 1, 100 + 1000 + 5000);
        // The cached start of the prompt fills the lowest band first.
        check_marginal(50, 100, 1, 100 + 50 + 500);
        check_marginal(150, 0, 1, 200 + 1000);
        // Two prompts of 101 tokens, not one of 202.
        check_marginal(0, 202, 2, 200 + 20);
    }

    #[test]
    fn what_does_not_fit_is_refused_not_wrapped() {
        let huge = TokenPrice::parse_per_million("100000000000000000000").expect("a price");
        let card = RateCard::new(&PerClass::from_fn(|_| Some(huge)), Fees::default());
        let tokens = PerClass::from_fn(|_| Tokens::new(u64::MAX));
        assert_eq!(cost(&Call { tokens, ..Call::default() }, &card), Err(Unpriced::TooLarge));
    }

    #[test]
    fn tokens_alone_cost_the_prices_of_the_card_whatever_is_beyond() {
        let mut tokens = PerClass::default();
        tokens[TokenClass::Input] = Tokens::new(250);
        assert_eq!(
            cost_of_tokens(&tokens, &marginal()).map(|usd| usd.to_string()),
            Ok("0.00025".into())
        );
        tokens[TokenClass::AudioOutput] = Tokens::new(1);
        let missing = Unpriced::NoPriceForClass(TokenClass::AudioOutput);
        assert_eq!(cost_of_tokens(&tokens, &marginal()), Err(missing));
    }

    #[test]
    fn only_flat_prices_of_usual_size_make_a_list() {
        assert_eq!(PriceList::of(&marginal()), None);
        let huge = TokenPrice::parse_per_million("100000000000000000000").expect("a price");
        let card = RateCard::new(&PerClass::from_fn(|_| Some(huge)), Fees::default());
        assert_eq!(PriceList::of(&card), None);
    }

    #[test]
    fn a_class_without_a_price_leaves_a_bill_unpriced_however_often_it_comes() {
        let list = PriceList::of(&card()).expect("small prices");
        let mut bill = Bill::default();
        for _ in 0..2 {
            list.bill(TokenClass::AudioOutput, 1, &mut bill);
        }
        assert_eq!(bill.total(), None);
    }

    fn counts() -> impl Strategy<Value = [u64; 9]> {
        proptest::array::uniform9(0u64..1 << 40)
    }

    proptest! {
        #[test]
        fn the_charges_add_up_to_the_cost(counts in counts(), searches in 0u32..9) {
            let call = Call { searches, ..call(counts) };
            for card in [card(), marginal()] {
                let mut sum = Usd::ZERO;
                let charged = charges(&call, &card, |_, part| {
                    sum += part;
                    Ok(())
                });
                prop_assert_eq!(cost(&call, &card), charged.map(|()| sum));
            }
        }

        #[test]
        fn a_list_of_prices_answers_what_the_card_does(
            counts in proptest::array::uniform11(prop_oneof![Just(0u32), any::<u32>()]),
            missing in 0usize..TokenClass::ALL.len(),
        ) {
            let mut prices = *card().prices();
            prices[TokenClass::ALL[missing]] = None;
            let card = RateCard::new(&prices, Fees::default());
            let tokens = PerClass::from_fn(|class| Tokens::new(u64::from(counts[class as usize])));
            let list = PriceList::of(&card).expect("small prices");
            let mut bill = Bill::default();
            for class in TokenClass::ALL {
                list.bill(class, counts[class as usize], &mut bill);
            }
            prop_assert_eq!(bill.total(), cost(&Call { tokens, ..Call::default() }, &card).ok());
        }

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
