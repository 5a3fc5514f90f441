//! Why two logs cost differently, as the gate tells it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::insights::{
    Change, ChangeError, GATE_EFFECTS, GroupUse, MIX_PARTS, Period, Presence, VOLUME_PARTS,
    explain, split,
};
use crate::pricing::{PriceBook, RateCard};
use crate::units::Usd;

use super::measurement::Measurement;
use super::unit::Unit;

/// The places of volume and mix among the effects.
const VOLUME: usize = 0;
const MIX: usize = 1;

/// What one thing did to the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectOf {
    /// The name in documents.
    pub name: &'static str,
    /// Of an effect that is part of another: that one.
    pub part_of: Option<&'static str>,
    /// What it did, in dollars: positive where it made the log dearer.
    pub amount: Usd,
    /// Whether the cost of a unit at the baseline's mix and prices has it in it.
    pub is_judged: bool,
}

/// What changed in the calls of one group and model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseGroup {
    /// The names of the group.
    pub key: Vec<String>,
    /// The model.
    pub model: String,
    /// Which logs have it.
    pub presence: Presence,
    /// What it cost before and after, in dollars, fees apart.
    pub costs: [Usd; 2],
    /// Its part in each of the six effects, in dollars.
    pub effects: Vec<Usd>,
}

/// Why two logs cost differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the logs were billed, in dollars.
    pub billed: [Usd; 2],
    /// The six effects and what no table explains; they add up to the difference.
    pub effects: Vec<EffectOf>,
    /// The two parts of volume and of mix; each pair adds up to its whole.
    pub parts: Vec<EffectOf>,
    /// By group and model, those with the largest change first.
    pub groups: Vec<CauseGroup>,
    /// Whether no cost of what might have been had to be cut to 10⁻¹⁸ dollars.
    pub is_exact: bool,
}

impl Cause {
    /// Effects none of which is part of another shown, the largest first: volume and mix in their
    /// parts.
    pub fn ranked(&self) -> Vec<EffectOf> {
        let is_whole =
            |one: &&EffectOf| !self.parts.iter().any(|part| part.part_of == Some(one.name));
        let mut ranked: Vec<EffectOf> =
            self.effects.iter().filter(is_whole).chain(&self.parts).copied().collect();
        ranked.sort_by_key(|one| std::cmp::Reverse(one.amount.atto().unsigned_abs()));
        ranked
    }
}

impl Cause {
    /// Of logs whose costs all come from the logs themselves, or that have none: what changed is in
    /// no table.
    fn untold(billed: [Usd; 2]) -> Self {
        let names = GATE_EFFECTS.iter().map(|player| player.name).chain([OTHER]);
        let effect = |name| EffectOf {
            name,
            part_of: None,
            amount: if name == OTHER { billed[1] - billed[0] } else { Usd::ZERO },
            is_judged: is_judged(name),
        };
        let effects = names.map(effect).collect();
        Self { billed, effects, parts: Vec::new(), groups: Vec::new(), is_exact: true }
    }
}

/// What no table explains: fees, and costs that the log itself states.
const OTHER: &str = "other";

/// Whether the cost of a unit has an effect in it: neither more nor other units, nor prices.
fn is_judged(name: &str) -> bool {
    !matches!(name, "volume" | "mix" | "price")
}

/// A group of the explanation: calls of one group, provider, model, place and price.
type Key<'m> = (&'m [String], &'m str, &'m str, &'m str, Option<usize>);

/// The calls of both logs in one such group, and a card that prices them.
#[derive(Clone, Copy, Default)]
struct Used<'b> {
    sides: [GroupUse; 2],
    card: Option<&'b RateCard>,
}

/// Explains what two logs were billed; `book` tells which of their prices are the same.
pub(super) fn cause(
    before: &Measurement,
    after: &Measurement,
    book: &PriceBook,
) -> Result<Cause, ChangeError> {
    let groups = used(before, after, book);
    let [earlier, later] = periods(&groups, before, after);
    let billed = [before.billed, after.billed];
    let change = match explain(&earlier, &later, &GATE_EFFECTS) {
        Err(ChangeError::NoCalls(_)) => return Ok(Cause::untold(billed)),
        found => found?,
    };
    let volume = split(&earlier, &later, &change.effects, VOLUME, VOLUME_PARTS)?;
    let mix = split(&earlier, &later, &change.effects, MIX, MIX_PARTS)?;
    let unit = after.measure.unit;
    let part =
        |whole, name, amount, is_judged| EffectOf { name, part_of: Some(whole), amount, is_judged };
    let parts = vec![
        part("volume", units_name(unit), volume[0].amount, false),
        part("volume", calls_name(unit), volume[1].amount, true),
        part("mix", "groups", mix[0].amount, false),
        part("mix", "models", mix[1].amount, true),
    ];
    let changed = groups.iter().zip(&change.groups).filter_map(|((key, used), group)| {
        Some(CauseGroup {
            key: key.0.to_vec(),
            model: key.2.to_owned(),
            presence: Presence::of(used.sides[0].calls, used.sides[1].calls)?,
            costs: [group.before, group.after],
            effects: group.effects.clone(),
        })
    });
    Ok(Cause {
        billed,
        effects: effects(&change, billed),
        parts,
        groups: by_model(changed),
        is_exact: change.is_exact,
    })
}

/// The calls of both logs by group, model and price, in an order that does not depend on the run:
/// addresses of prices do, and are told apart by what was used at them.
fn used<'m>(
    before: &'m Measurement,
    after: &'m Measurement,
    book: &'m PriceBook,
) -> Vec<(Key<'m>, Used<'m>)> {
    let mut used: BTreeMap<Key<'_>, Used<'_>> = BTreeMap::new();
    for (side, of) in [before, after].into_iter().enumerate() {
        let rows =
            of.groups.iter().flat_map(|group| group.rows.iter().map(move |row| (group, row)));
        for (group, row) in rows {
            let card = row.card(book);
            let price = card.map(|card| std::ptr::from_ref(card).addr());
            let key = (&*group.key, &*row.provider, &*row.model, &*row.geo, price);
            let one = used.entry(key).or_default();
            one.card = card;
            merge(&mut one.sides[side], &row.used(card));
        }
    }
    let mut groups: Vec<_> = used.into_iter().collect();
    groups.sort_by(|(one, a), (other, b)| {
        (one.0, one.1, one.2, one.3, &a.sides).cmp(&(other.0, other.1, other.2, other.3, &b.sides))
    });
    groups
}

/// Both logs as periods whose families are the groups of the gate.
fn periods(
    groups: &[(Key<'_>, Used<'_>)],
    before: &Measurement,
    after: &Measurement,
) -> [Period; 2] {
    let keys: BTreeSet<&[String]> = groups.iter().map(|(key, _)| key.0).collect();
    let families: BTreeMap<&[String], usize> = keys.into_iter().zip(0..).collect();
    let period = |side: usize, of: &Measurement| Period {
        days: 1,
        units: of.units(),
        groups: groups.iter().map(|(_, used)| used.sides[side]).collect(),
        families: groups.iter().map(|(key, _)| families[key.0]).collect(),
    };
    [period(0, before), period(1, after)]
}

/// The six effects, and what they leave of the difference.
fn effects(change: &Change, billed: [Usd; 2]) -> Vec<EffectOf> {
    let effect =
        |name, amount| EffectOf { name, part_of: None, amount, is_judged: is_judged(name) };
    let six = change.effects.iter().map(|one| effect(one.player.name, one.amount));
    let explained: Usd = change.effects.iter().map(|one| one.amount).sum();
    let other = billed[1] - billed[0] - explained;
    six.chain([effect(OTHER, other)]).collect()
}

/// What was asked for, as an effect of the unit.
const fn units_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Call => "requests",
        Unit::Session => "conversations",
        Unit::Case => "trials",
    }
}

/// How many calls each of these took, as an effect of the unit.
const fn calls_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Call => "attempts_per_request",
        Unit::Session => "calls_per_conversation",
        Unit::Case => "calls_per_trial",
    }
}

fn merge(into: &mut GroupUse, other: &GroupUse) {
    into.calls += other.calls;
    into.list = other.list;
    for place in 0..into.tokens.len() {
        into.tokens[place] += other.tokens[place];
        into.cost[place] += other.cost[place];
    }
}

/// Prices of one model together, the largest change first.
fn by_model(groups: impl Iterator<Item = CauseGroup>) -> Vec<CauseGroup> {
    let mut sums: BTreeMap<(Vec<String>, String), CauseGroup> = BTreeMap::new();
    for group in groups {
        match sums.entry((group.key.clone(), group.model.clone())) {
            Entry::Vacant(place) => drop(place.insert(group)),
            Entry::Occupied(mut sum) => sum.get_mut().add(&group),
        }
    }
    let mut sums: Vec<CauseGroup> = sums.into_values().collect();
    // Stable: equal changes stay in the order of their names.
    sums.sort_by_key(|one| std::cmp::Reverse((one.costs[1] - one.costs[0]).atto().unsigned_abs()));
    sums
}

impl CauseGroup {
    fn add(&mut self, other: &Self) {
        if self.presence != other.presence {
            self.presence = Presence::Both;
        }
        for (mine, theirs) in self.costs.iter_mut().zip(other.costs) {
            *mine += theirs;
        }
        for (mine, theirs) in self.effects.iter_mut().zip(&other.effects) {
            *mine += *theirs;
        }
    }
}
