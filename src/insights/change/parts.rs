//! An effect in two: what each of its parts did.

use crate::units::Usd;

use super::error::ChangeError;
use super::explain::Effect;
use super::identity::Identity;
use super::period::Period;
use super::player::Player;
use super::shapley::{apportioned, orders, steps};

/// What a part of a player did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which one.
    pub player: Player,
    /// Its mean over all orders in which the parts of one player change one after the other, in
    /// dollars.
    pub amount: Usd,
}

/// Shares the effect of one player out over its two parts, which have each of its drivers once: the
/// mean over those orders in which nothing else comes between the two (the Owen value of a union of
/// players; Guillermo Owen, *Values of Games with a Priori Unions*, 1977). They add up to the effect.
///
/// # Errors
/// As [`explain`](super::explain()).
pub fn split(
    before: &Period,
    after: &Period,
    effects: &[Effect],
    place: usize,
    parts: [Player; 2],
) -> Result<[Part; 2], ChangeError> {
    let identity = Identity::new(before, after)?;
    let whole = effects[place];
    let sums = sums(&identity, effects, place, parts).ok_or(ChangeError::TooLarge)?;
    let amounts = apportioned(&sums, 2 * orders(effects.len()), whole.amount.atto());
    let part = |of: usize| Part { player: parts[of], amount: Usd::from_atto(amounts[of]) };
    Ok([part(0), part(1)])
}

/// Twice what each part adds, summed over all orders of the players.
fn sums(
    identity: &Identity<'_>,
    effects: &[Effect],
    place: usize,
    parts: [Player; 2],
) -> Option<Vec<i128>> {
    let cost = |bits: u16| -> Option<i128> {
        let (groups, _) = identity.costs(bits)?;
        groups.into_iter().try_fold(0_i128, i128::checked_add)
    };
    let [one, other] = parts.map(|part| part.bits());
    let mut sums = vec![0_i128; 2];
    for (without, _, weight) in steps(place, effects.len()) {
        let members = effects.iter().enumerate().filter(|(place, _)| without >> place & 1 == 1);
        let bits = members.fold(0, |bits, (_, effect)| bits | effect.player.bits());
        let neither = cost(bits)?;
        let both = cost(bits | one | other)?;
        for (sum, (own, theirs)) in sums.iter_mut().zip([(one, other), (other, one)]) {
            let first = cost(bits | own)?.checked_sub(neither)?;
            let last = both.checked_sub(cost(bits | theirs)?)?;
            *sum = sum.checked_add(first.checked_add(last)?.checked_mul(weight)?)?;
        }
    }
    Some(sums)
}
