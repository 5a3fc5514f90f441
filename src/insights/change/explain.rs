//! The explanation of a change of cost.

use crate::units::Usd;

use super::error::ChangeError;
use super::identity::Identity;
use super::period::{Period, Side};
use super::player::{Driver, Player};
use super::shapley::{MOST_PLAYERS, apportioned, orders, steps, summed};
use super::wide::product;

/// Why the tokens of two periods cost differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the tokens cost before, in dollars.
    pub before: Usd,
    /// What the tokens cost after, in dollars.
    pub after: Usd,
    /// What each player did; they add up to the difference exactly.
    pub effects: Vec<Effect>,
    /// The same by group, in the order of the periods.
    pub groups: Vec<GroupChange>,
    /// Whether no cost of what might have been had to be cut to 10⁻¹⁸ dollars.
    pub is_exact: bool,
}

/// What a player did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Which one.
    pub player: Player,
    /// Its mean over all orders of change, in dollars; rounded to 10⁻¹⁸ so that all add up.
    pub amount: Usd,
    /// The same before it is rounded: the sum over all orders, in 10⁻¹⁸ dollars, and how many
    /// orders there are.
    pub summed: (i128, i128),
    /// What it does when players change in their order, in dollars.
    pub ladder: Usd,
    /// What it does when they change in the opposite order, in dollars.
    pub reverse_ladder: Usd,
}

/// Which periods have a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Both.
    Both,
    /// Only the later one.
    New,
    /// Only the earlier one.
    Retired,
}

impl Presence {
    /// What calls before and after say; nothing when there are none.
    pub const fn of(before: u64, after: u64) -> Option<Self> {
        match (before > 0, after > 0) {
            (true, true) => Some(Self::Both),
            (false, true) => Some(Self::New),
            (true, false) => Some(Self::Retired),
            (false, false) => None,
        }
    }

    /// The name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::New => "new",
            Self::Retired => "retired",
        }
    }
}

/// The part that a group has in the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupChange {
    /// What it cost before, in dollars.
    pub before: Usd,
    /// What it cost after, in dollars.
    pub after: Usd,
    /// Its part in the effect of each player, in dollars. Mix counts against the mean cost of a call:
    /// more calls of a cheap group make it negative.
    pub effects: Vec<Usd>,
}

/// Costs of each set of players, by group and in all.
struct Costs {
    groups: Vec<Vec<i128>>,
    all: Vec<i128>,
    is_exact: bool,
}

impl Costs {
    fn of(identity: &Identity<'_>, players: &[Player]) -> Option<Self> {
        let sets = 1_usize << players.len();
        let mut costs = Self { groups: Vec::new(), all: Vec::new(), is_exact: true };
        for set in 0..sets {
            let members = players.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
            let bits = members.fold(0, |bits, (_, player)| bits | player.bits());
            let (groups, is_exact) = identity.costs(bits)?;
            costs.all.push(groups.iter().try_fold(0_i128, |sum, one| sum.checked_add(*one))?);
            costs.groups.push(groups);
            costs.is_exact &= is_exact;
        }
        Some(costs)
    }
}

/// Shares the difference of two periods out over players, which have every driver once.
///
/// # Errors
/// When a period has no calls, or an amount is negative or does not fit.
///
/// # Panics
/// When there are more than seven players: a bug.
pub fn explain(before: &Period, after: &Period, players: &[Player]) -> Result<Change, ChangeError> {
    assert!(players.len() <= MOST_PLAYERS, "so many players need too many orders");
    let identity = Identity::new(before, after)?;
    let costs = Costs::of(&identity, players).ok_or(ChangeError::TooLarge)?;
    let effects = effects(&costs, players).ok_or(ChangeError::TooLarge)?;
    let groups = groups(&identity, &costs, &effects).ok_or(ChangeError::TooLarge)?;
    let ends = [costs.all[0], costs.all[costs.all.len() - 1]].map(Usd::from_atto);
    Ok(Change { before: ends[0], after: ends[1], effects, groups, is_exact: costs.is_exact })
}

fn effects(costs: &Costs, players: &[Player]) -> Option<Vec<Effect>> {
    let count = players.len();
    let last = costs.all.len() - 1;
    let cost = |set: usize| costs.all[set];
    let sums: Option<Vec<i128>> = (0..count).map(|player| summed(&cost, player, count)).collect();
    let sums = sums?;
    let amounts = apportioned(&sums, orders(count), cost(last).checked_sub(cost(0))?);
    let effect = |(place, player): (usize, &Player)| {
        let earlier = (1_usize << place) - 1;
        let later = last & !(earlier | 1 << place);
        Effect {
            player: *player,
            amount: Usd::from_atto(amounts[place]),
            summed: (sums[place], orders(count)),
            ladder: Usd::from_atto(cost(earlier | 1 << place) - cost(earlier)),
            reverse_ladder: Usd::from_atto(cost(later | 1 << place) - cost(later)),
        }
    };
    Some(players.iter().enumerate().map(effect).collect())
}

fn groups(identity: &Identity<'_>, costs: &Costs, effects: &[Effect]) -> Option<Vec<GroupChange>> {
    let (first, last) = (costs.groups.first()?, costs.groups.last()?);
    let mut groups: Vec<GroupChange> = first
        .iter()
        .zip(last)
        .map(|(before, after)| GroupChange {
            before: Usd::from_atto(*before),
            after: Usd::from_atto(*after),
            effects: Vec::new(),
        })
        .collect();
    let count = effects.len();
    for (place, effect) in effects.iter().enumerate() {
        // Twice everything: the mean of two costs is then whole.
        let mut sums = Vec::with_capacity(groups.len());
        for group in 0..groups.len() {
            let sum = summed(&|set| costs.groups[set][group], place, count)?;
            sums.push(sum.checked_mul(2)?);
        }
        if effect.player.drivers.contains(&Driver::Mix) {
            recentre(identity, costs, place, count, &mut sums)?;
        }
        let parts = apportioned(&sums, 2 * orders(count), effect.amount.atto());
        for (group, part) in groups.iter_mut().zip(parts) {
            group.effects.push(Usd::from_atto(part));
        }
    }
    Some(groups)
}

/// Takes from each group what its change of share would do at the mean cost of a call; shares change
/// by nothing in all, so the sum stays.
fn recentre(
    identity: &Identity<'_>,
    costs: &Costs,
    player: usize,
    players: usize,
    sums: &mut [i128],
) -> Option<()> {
    let mut twice_mean = 0_i128;
    for (without, with, weight) in steps(player, players) {
        let both = costs.all[without].checked_add(costs.all[with])?;
        twice_mean = twice_mean.checked_add(both.checked_mul(weight)?)?;
    }
    let twice_mean = u128::try_from(twice_mean).ok()?;
    let mut rest = 0_i128;
    for (group, sum) in sums.iter_mut().enumerate() {
        let at = |side| {
            let (calls, all) = identity.share(side, group);
            product(twice_mean, &[calls], &[all]).map(|(part, _)| part)
        };
        let moved = at(Side::After)?.checked_sub(at(Side::Before)?)?;
        *sum = sum.checked_sub(moved)?;
        rest += moved;
    }
    // What cutting lost, less than one unit a group.
    if let Some(first) = sums.first_mut() {
        *first += rest;
    }
    Some(())
}
