//! What a log has for the levers of a claim: its cacheable input, its output, the price of reads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use crate::exhibits::Exhibit;
use crate::pricing::{ModelId, PriceBook};
use crate::techniques::Facts;
use crate::units::{Rate, TokenClass, Tokens, Usd};
use crate::usage::{Call, Calls, Instant, column};

use super::error::SimulationError;
use super::feasibility::{BillShares, ClaimedStep, claim_exhibit, judge};
use super::plan::Plan;
use super::run::simulate_on;

/// Caching with every call warm: what it saves is all that could be.
const ALL_WARM: &str = "[prompt_caching]\nhit = 1";

/// Holds a claim against a log. What can be cached is what the replay of prompt caching finds when
/// every call is warm; what the log shows as cached already is not there to be saved again.
///
/// # Errors
/// As [`simulate_on`].
///
/// # Panics
/// Never: the plan is its own.
pub fn judge_claim(
    steps: &[ClaimedStep],
    calls: &Calls,
    book: &PriceBook,
    threads: NonZeroUsize,
) -> Result<Exhibit, SimulationError> {
    let facts = Facts::new(calls, book);
    let read = read_price(&facts);
    let plan = Plan::parse("claim", ALL_WARM).expect("a plan of its own");
    let warm = simulate_on(calls, book, &plan, threads)?;
    let off = read.map_or(Rate::ZERO, Rate::complement);
    let saved = (warm.baseline - warm.projected).max(Usd::ZERO);
    let cacheable = part(saved, warm.baseline);
    let cacheable = Rate::of_counts(cacheable.parts().min(off.parts()), off.parts());
    let shares = BillShares {
        cacheable: cacheable.unwrap_or(Rate::ZERO),
        output: part(output_cost(&facts), warm.baseline),
    };
    let shares =
        BillShares { cacheable: shares.cacheable.min(shares.output.complement()), ..shares };
    Ok(claim_exhibit(&judge(steps, shares, read), read))
}

/// What the output of all priced calls costs: their bill less that of their input alone.
fn output_cost(facts: &Facts<'_>) -> Usd {
    let mut sum = Usd::ZERO;
    for (row, model) in facts.modelled_rows() {
        let (call, geo) = (facts.calls.call(row), facts.calls.name(column::GEO, row));
        let mut input = call;
        for class in TokenClass::ALL.into_iter().filter(|class| !class.is_input()) {
            input.tokens[class] = Tokens::ZERO;
        }
        if let (Ok(all), Ok(input)) =
            (facts.cost(model, &call, geo), facts.cost(model, &input, geo))
        {
            sum += all - input;
        }
    }
    sum
}

/// The price of cached input as a part of that of plain input, on the model with the largest bill.
fn read_price(facts: &Facts<'_>) -> Option<Rate> {
    let mut bills: BTreeMap<ModelId, (Usd, Instant)> = BTreeMap::new();
    for (row, model) in facts.modelled_rows() {
        let (call, geo) = (facts.calls.call(row), facts.calls.name(column::GEO, row));
        if let Ok(cost) = facts.cost(model, &call, geo) {
            let bill = bills.entry(model).or_insert((Usd::ZERO, call.time));
            *bill = (bill.0 + cost, call.time);
        }
    }
    let largest = bills.into_iter().max_by_key(|(model, (bill, _))| (*bill, *model));
    let (model, (_, time)) = largest?;
    let price = |class: TokenClass| {
        let mut call = Call { time, ..Call::default() };
        call.tokens[class] = Tokens::new(1_000);
        facts.cost(model, &call, "").ok()
    };
    let (plain, read) = (price(TokenClass::Input)?, price(TokenClass::CacheRead)?);
    (read < plain).then(|| part(read, plain))
}

/// A part of an amount as a rate, to the nearest billionth but for amounts that must be halved to fit.
fn part(part: Usd, whole: Usd) -> Rate {
    let mut part = u128::try_from(part.atto()).unwrap_or(0);
    let mut whole = u128::try_from(whole.atto()).unwrap_or(0);
    while whole > u128::from(u64::MAX) {
        (part, whole) = (part >> 1, whole >> 1);
    }
    let counts = u64::try_from(part).ok().zip(u64::try_from(whole).ok());
    counts.and_then(|(part, whole)| Rate::of_counts(part.min(whole), whole)).unwrap_or(Rate::ZERO)
}
