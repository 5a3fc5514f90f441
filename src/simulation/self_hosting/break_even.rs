//! The arithmetic of a break-even, in integers.

use crate::units::{Rate, Usd};

use super::settings::SelfHost;

const HOURS_PER_DAY: i128 = 24;
const SECONDS_PER_DAY: u128 = 86_400;
const SECONDS_PER_MINUTE: u64 = 60;
const MILLION: i128 = 1_000_000;
const WHOLE: i128 = 1_000_000_000;

/// What the GPUs cost a day, rounded up to 10⁻¹⁸ dollars; nothing when it does not fit.
pub(super) fn daily_cost(host: &SelfHost) -> Option<Usd> {
    let machines = i128::from(host.gpus) * i128::from(host.redundancy) * HOURS_PER_DAY;
    let rent = host.gpu_hour.atto().checked_mul(machines)?;
    let ops = WHOLE + i128::from(host.ops.parts());
    // In two steps, so that the product fits: whole parts, then what is left of them.
    let whole = (rent / WHOLE).checked_mul(ops)?;
    let part = (rent % WHOLE * ops + WHOLE - 1) / WHOLE;
    Some(Usd::from_atto(whole.checked_add(part)?))
}

/// How many tokens a day cost that much where `tokens` cost `cost`, rounded up; nothing when they
/// cost nothing, or it does not fit.
pub(super) fn tokens_per_day(daily: Usd, cost: Usd, tokens: u64) -> Option<u64> {
    if cost <= Usd::ZERO {
        return None;
    }
    // Both halved until the product fits: 60 bits of each are far more than a forecast needs.
    let (mut daily, mut cost) = (daily.atto(), cost.atto());
    while daily.checked_mul(i128::from(tokens)).is_none() {
        (daily, cost) = (daily >> 1, cost >> 1);
    }
    let product = daily * i128::from(tokens);
    let count = product.checked_add(cost - 1)?.checked_div(cost)?;
    u64::try_from(count).ok()
}

/// Tokens that the GPUs can process a day, at this utilisation.
pub(super) fn capacity(host: &SelfHost, utilisation: Rate) -> u64 {
    let a_day = u128::from(host.tokens_per_second) * u128::from(host.gpus) * SECONDS_PER_DAY;
    let busy = a_day * u128::from(utilisation.parts()) / u128::from(Rate::ONE.parts());
    u64::try_from(busy).unwrap_or(u64::MAX)
}

/// How many GPUs a minute of so many tokens needs.
pub(super) fn gpus_for(host: &SelfHost, tokens_per_minute: u64) -> u64 {
    tokens_per_minute.div_ceil(host.tokens_per_second.saturating_mul(SECONDS_PER_MINUTE)).max(1)
}

/// Dollars for a million tokens where `tokens` cost `cost`, rounded down to 10⁻¹⁸.
pub(super) fn per_million(cost: Usd, tokens: u64) -> Option<Usd> {
    let product = cost.atto().checked_mul(MILLION)?;
    product.checked_div(i128::from(tokens)).map(Usd::from_atto)
}
