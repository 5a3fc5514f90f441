//! What the calls would have cost with some drivers as after and the others as before.

use hashbrown::HashMap;

use crate::units::TokenClass;

use super::error::ChangeError;
use super::period::{GroupUse, Period, Side};
use super::player::Driver;
use super::wide::product;

/// A quotient of counts.
type Ratio = (u64, u64);

/// A quotient of dollars, in units of 10⁻¹⁸, and tokens.
type Price = (u128, u64);

/// One class of tokens of one group: a summand of the identity, each factor before and after.
struct Term {
    group: usize,
    /// Tokens a call: of the class for output, of its kind for input.
    tokens: [Ratio; 2],
    /// Which driver these belong to.
    amount: Driver,
    /// The part of the kind that is of this class.
    part: [Ratio; 2],
    price: [Price; 2],
}

/// The identity over two periods.
pub(super) struct Identity<'p> {
    periods: [&'p Period; 2],
    calls: [u64; 2],
    /// The calls of each group's family.
    family_calls: [Vec<u64>; 2],
    /// The part of its family that each group has.
    parts: Vec<[Ratio; 2]>,
    terms: Vec<Term>,
}

/// The kinds of input; within one, the use of the cache tells classes apart.
const KINDS: [&[TokenClass]; 3] = [
    &[TokenClass::Input, TokenClass::CacheRead, TokenClass::CacheWrite5m, TokenClass::CacheWrite1h],
    &[TokenClass::AudioInput, TokenClass::AudioCacheRead],
    &[TokenClass::ImageInput],
];

/// Before and after, where what one of them lacks is taken from the other.
fn imputed<T: Copy>(pair: [Option<T>; 2]) -> Option<[T; 2]> {
    let [before, after] = pair;
    Some([before.or(after)?, after.or(before)?])
}

const fn ratio(part: u64, whole: u64) -> Option<Ratio> {
    if whole == 0 { None } else { Some((part, whole)) }
}

fn tokens_of(group: &GroupUse, classes: &[TokenClass]) -> u64 {
    classes.iter().map(|class| group.tokens[*class as usize].get()).sum()
}

fn price_of(group: &GroupUse, class: TokenClass) -> Result<Option<Price>, ChangeError> {
    let unsigned = |atto| u128::try_from(atto).map_err(|_| ChangeError::TooLarge);
    let tokens = group.tokens[class as usize];
    if !tokens.is_zero() {
        return unsigned(group.cost[class as usize].atto()).map(|cost| Some((cost, tokens.get())));
    }
    let listed = group.list[class as usize];
    listed.map(|price| unsigned(price.atto()).map(|price| (price, 1))).transpose()
}

impl<'p> Identity<'p> {
    /// The identity of two periods with the same groups.
    ///
    /// # Errors
    /// When a period has no calls, or a cost is negative.
    pub(super) fn new(before: &'p Period, after: &'p Period) -> Result<Self, ChangeError> {
        let periods = [before, after];
        let calls = periods.map(Period::calls);
        for (side, calls) in Side::ALL.into_iter().zip(calls) {
            if calls == 0 || periods[side as usize].units == 0 {
                return Err(ChangeError::NoCalls(side));
            }
        }
        let family_calls = periods.map(family_calls);
        let parts = (0..before.groups.len()).map(|group| {
            let part =
                |side: usize| ratio(periods[side].groups[group].calls, family_calls[side][group]);
            // A group without calls on either side has no terms.
            imputed([part(0), part(1)]).unwrap_or([(0, 1); 2])
        });
        let parts = parts.collect();
        let mut terms = Vec::new();
        for (group, pair) in before.groups.iter().zip(&after.groups).enumerate() {
            add_terms(&mut terms, group, [pair.0, pair.1])?;
        }
        Ok(Self { periods, calls, family_calls, parts, terms })
    }

    /// The cost of each group, in 10⁻¹⁸ dollars and cut to it for each class, with the drivers of a
    /// set as after; and whether nothing was cut. Nothing when it does not fit.
    pub(super) fn costs(&self, set: u16) -> Option<(Vec<i128>, bool)> {
        let mut costs = vec![0_i128; self.periods[0].groups.len()];
        let mut is_exact = true;
        let at = |driver: Driver| usize::from(set & driver.bit() != 0);
        let days = |side: usize| self.periods[side].days;
        for term in &self.terms {
            let (units, calls, mix) = (at(Driver::Units), at(Driver::Calls), at(Driver::Mix));
            let family = self.family_calls[mix][term.group];
            let own = self.parts[term.group][at(Driver::Model)];
            let (tokens, part) = (term.tokens[at(term.amount)], term.part[at(Driver::Cache)]);
            let (price, per) = term.price[at(Driver::Price)];
            let asked = |side: usize| self.periods[side].units;
            let above = [
                days(at(Driver::Days)),
                asked(units),
                self.calls[calls],
                family,
                own.0,
                tokens.0,
                part.0,
            ];
            let below = [days(units), asked(calls), self.calls[mix], own.1, tokens.1, part.1, per];
            let (cost, is_whole) = product(price, &above, &below)?;
            costs[term.group] = costs[term.group].checked_add(cost)?;
            is_exact &= is_whole;
        }
        Some((costs, is_exact))
    }

    /// The part of the calls that a group has on one side.
    pub(super) fn share(&self, side: Side, group: usize) -> Ratio {
        let side = usize::from(side == Side::After);
        (self.periods[side].groups[group].calls, self.calls[side])
    }
}

/// The calls of the family of each group.
fn family_calls(period: &Period) -> Vec<u64> {
    let mut sums: HashMap<usize, u64> = HashMap::new();
    for (family, group) in period.families.iter().zip(&period.groups) {
        *sums.entry(*family).or_default() += group.calls;
    }
    period.families.iter().map(|family| sums[family]).collect()
}

fn add_terms(terms: &mut Vec<Term>, group: usize, pair: [&GroupUse; 2]) -> Result<(), ChangeError> {
    let kinds = KINDS.into_iter().map(|kind| (Driver::Input, kind));
    let output = TokenClass::ALL.into_iter().enumerate().filter(|(_, class)| !class.is_input());
    let output = output.map(|(place, _)| (Driver::Output, &TokenClass::ALL[place..=place]));
    for (amount, kind) in kinds.chain(output) {
        let tokens = imputed(pair.map(|one| ratio(tokens_of(one, kind), one.calls)));
        for class in kind {
            let part =
                pair.map(|one| ratio(one.tokens[*class as usize].get(), tokens_of(one, kind)));
            let [before, after] = pair;
            let price = imputed([price_of(before, *class)?, price_of(after, *class)?]);
            // Without one of them there are no such tokens on either side.
            if let (Some(tokens), Some(part), Some(price)) = (tokens, imputed(part), price)
                && part.iter().any(|part| part.0 > 0)
            {
                terms.push(Term { group, tokens, amount, part, price });
            }
        }
    }
    Ok(())
}
