//! What arrivals alone say about a shared prompt in a cache, without a replay: formulas to hold the
//! replay against, and to see what it would take.

use crate::pricing::{CacheWrite, PriceBook, cost};
use crate::units::{Factor, FineUsd, Rate, TokenClass, Tokens, Usd, exp_of_minus};
use crate::usage::{Call, Instant};

use super::costs::over;
use super::declared::{Horizon, Workload, WorkloadError};

/// The shared prompt of one kind of call in a cache of one lifetime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheForm {
    /// The call type.
    pub call_type: String,
    /// The model.
    pub model: String,
    /// How long an entry lives, in seconds.
    pub seconds: u64,
    /// The part of calls that find the prompt warm if they come independently of each other: with
    /// `λ` calls a second while calls come at all, `1 - e^(-λ TTL)`.
    pub hit: Rate,
    /// The part of calls that must find it warm for caching to cost no more than plain input,
    /// `(w - 1) / (w - r)`; nothing when even all of them would not do.
    pub break_even: Option<Rate>,
    /// The shared prompts of a day at the price of plain input, in dollars.
    pub plain_day: Usd,
    /// The same with the cache: hits are read and misses written, in dollars.
    pub cached_day: Usd,
}

/// The closed forms of every workload with a shared prompt that its model caches, for each lifetime
/// on offer. Prices are those at `at`.
///
/// # Errors
/// When a workload is incomplete.
pub fn closed_forms(
    workloads: &[Workload],
    horizon: &Horizon,
    book: &PriceBook,
    at: Instant,
) -> Result<Vec<CacheForm>, WorkloadError> {
    let mut forms = Vec::new();
    for kind in workloads.iter().filter(|kind| kind.shared_prompt > 0 && kind.turns == 1) {
        let count = kind.calls_in(horizon)?;
        let (calls, days) = (count.drawn, horizon.days.max(1));
        let a_day = |bill: Usd| over(bill, days)?.scaled(count.declared_for_each());
        let Ok(model) = book.find(&kind.provider, &kind.model) else { continue };
        let placed = book.placed(model, "").unwrap_or(model);
        let Some(policy) = book.cache_policy(placed, at) else { continue };
        let prompt = Tokens::new(kind.shared_prompt);
        if policy.min_tokens.is_some_and(|min| prompt < min) {
            continue;
        }
        for lifetime in &policy.lifetimes {
            let price = |class: TokenClass| {
                let mut call = Call { time: at, ..Call::default() };
                call.tokens[class] = prompt;
                cost(&call, book.card(model, &call, at, "").ok()?).ok()
            };
            let written = match policy.write {
                CacheWrite::Free => TokenClass::Input,
                CacheWrite::Priced => lifetime.class,
            };
            let units = [TokenClass::Input, TokenClass::CacheRead, written].map(price);
            let [Some(plain), Some(read), Some(write)] = units else { continue };
            let hit = independent_hits(calls, kind.hours * days, lifetime.seconds);
            let Some(cached_day) = mixed(read, write, hit, calls).and_then(a_day) else { continue };
            let Some(plain_day) = plain.times(calls).and_then(a_day) else { continue };
            forms.push(CacheForm {
                call_type: kind.call_type.clone(),
                model: kind.model.clone(),
                seconds: lifetime.seconds,
                hit,
                break_even: break_even(plain, read, write),
                plain_day,
                cached_day,
            });
        }
    }
    Ok(forms)
}

/// `1 - e^(-λ TTL)` with so many calls in so many hours. (Poisson arrivals.)
fn independent_hits(calls: u64, hours: u64, seconds: u64) -> Rate {
    let expected = calls.checked_mul(seconds);
    let within = expected.and_then(|product| Factor::of_counts(product, hours * 3_600));
    // What does not fit a factor is so frequent that it is always warm.
    within.map_or(Rate::ONE, |within| exp_of_minus(within).complement())
}

fn mixed(read: Usd, write: Usd, hit: Rate, calls: u64) -> Option<Usd> {
    let read = FineUsd::weighted(read.times(calls)?, hit)?;
    let write = FineUsd::weighted(write.times(calls)?, hit.complement())?;
    Some(read.checked_add(write)?.to_usd())
}

fn break_even(plain: Usd, read: Usd, write: Usd) -> Option<Rate> {
    let over = u64::try_from((write - plain).atto()).unwrap_or(0);
    let whole = u64::try_from((write - read).atto()).ok()?;
    (read < plain).then(|| Rate::of_counts(over, whole)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;

    #[test]
    fn a_hundred_calls_a_day_are_too_few_for_five_minutes_and_enough_for_an_hour() {
        assert_eq!(independent_hits(100, 24, 300).to_string(), "0.293351722");
        assert_eq!(independent_hits(100, 24, 3_600).to_string(), "0.984496146");
        assert_eq!(independent_hits(u64::MAX, 24, 300), Rate::ONE);
        assert_eq!(independent_hits(0, 24, 300), Rate::ZERO);
    }

    /// The first read pays for a write at 1.25 times the price, the second for one at twice.
    #[test]
    fn writes_at_a_quarter_more_pay_from_21_7_percent_hits_on() {
        let usd = |text| Usd::parse(text, Excess::Reject).expect("an amount");
        let rate = |write| break_even(usd("1"), usd("0.1"), usd(write)).map(|it| it.to_string());
        assert_eq!(rate("1.25").as_deref(), Some("0.217391304"));
        assert_eq!(rate("2").as_deref(), Some("0.526315789"));
        assert_eq!(rate("1").as_deref(), Some("0"));
        assert_eq!(break_even(usd("1"), usd("1"), usd("1")), None);
    }
}
