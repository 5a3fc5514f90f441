//! How high a cap should be, by what was spent.

use crate::units::{FineUsd, Usd};

use super::super::error::SimulationError;
use super::super::tally::add;
use super::gate::{Charge, at_most, walk};
use super::outcome::{CapAdvice, CapLog};

/// A cent in units of 10⁻²⁷ dollars.
const CENT: i128 = 10_000_000_000_000_000_000_000_000;

/// A cent in units of 10⁻¹⁸ dollars.
const CENT_ATTO: i128 = 10_000_000_000_000_000;

/// One call in so many may be blocked by the loosest cap that is told of.
const TOLERATED: u64 = 1_000;

/// What a history without a cap says about caps.
///
/// Judged by what is known to be spent, a call is blocked exactly when that has reached the cap, and
/// within a period it only grows: the calls that a cap blocks are those that had seen that much in
/// the history without a cap. So the lowest cap follows from that history alone. With a reservation
/// this does not hold (a call that is blocked leaves room for others), except where nothing is
/// blocked at all.
pub(super) fn advise(
    charges: &[Charge],
    slots: usize,
    log: CapLog,
) -> Result<CapAdvice, SimulationError> {
    let mut seen: Vec<(FineUsd, u64)> = Vec::with_capacity(charges.len());
    let mut spent = vec![FineUsd::ZERO; slots];
    let mut most = FineUsd::ZERO;
    let mut calls = 0_u64;
    walk(
        charges,
        slots,
        |_, _| Ok(true),
        |charge, asked, _| {
            seen.push((asked.known, charge.calls));
            most = most.max(at_most(asked, charge)?);
            calls = calls.saturating_add(charge.calls);
            add(&mut spent[charge.slot as usize], charge.cost)
        },
    )?;
    seen.sort_unstable_by(|one, other| other.cmp(one));
    spent.sort_unstable();
    let p99 = spent.get((spent.len() * 99).div_ceil(100).saturating_sub(1));
    let p99 = p99.copied().unwrap_or_default();
    Ok(CapAdvice {
        log,
        periods: u64::try_from(slots).unwrap_or(u64::MAX),
        dearest: spent.last().copied().unwrap_or_default().to_usd(),
        no_block_post_hoc: above(first_beyond(&seen, 0)),
        no_block_reserve: cents_up(most.raw()),
        one_in_a_thousand: above(first_beyond(&seen, calls / TOLERATED)),
        recommended: cents_up(p99.raw() + p99.raw() / 2),
    })
}

/// The highest spend, among those that calls had seen, at which a cap would block more than
/// `tolerated` calls.
fn first_beyond(seen: &[(FineUsd, u64)], tolerated: u64) -> FineUsd {
    let mut blocked = 0_u64;
    for (known, calls) in seen {
        blocked = blocked.saturating_add(*calls);
        if blocked > tolerated {
            return *known;
        }
    }
    FineUsd::ZERO
}

/// The fewest whole cents above an amount.
fn above(amount: FineUsd) -> Usd {
    Usd::from_atto((amount.raw().div_euclid(CENT) + 1) * CENT_ATTO)
}

/// The fewest whole cents that are not below so many 10⁻²⁷ dollars; at least one.
fn cents_up(raw: i128) -> Usd {
    Usd::from_atto((raw.div_euclid(CENT) + i128::from(raw.rem_euclid(CENT) > 0)).max(1) * CENT_ATTO)
}
