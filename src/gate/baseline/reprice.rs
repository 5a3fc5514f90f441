//! A baseline at other prices than those it was saved with.

use crate::pricing::PriceBook;
use crate::units::Usd;

use super::super::measurement::{MeasuredGroup, Measurement};
use super::super::measuring::GatePrices;
use super::super::spread::Spread;

/// What pricing a baseline again has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repricing {
    /// What its units cost at the prices it was saved with, in dollars.
    pub before: Usd,
    /// What they cost at those of the comparison, in dollars.
    pub after: Usd,
    /// Whether it was saved with the same price tables.
    pub same_tables: bool,
    /// Models without a price in the tables of the comparison: they keep the prices of the baseline.
    pub kept: Vec<String>,
    /// Cost of which the sums, or how they spread, are only guessed at these prices, in dollars.
    pub uncertain: Usd,
}

impl Repricing {
    /// What it has changed of two baselines together.
    pub(in super::super) fn and(mut self, other: Self) -> Self {
        self.before += other.before;
        self.after += other.after;
        self.same_tables &= other.same_tables;
        self.uncertain += other.uncertain;
        self.kept.extend(other.kept);
        self.kept.sort();
        self.kept.dedup();
        self
    }
}

/// The baseline at the prices of the comparison. Sums of replicates change like those of their group,
/// which is exact where all prices of a group change alike; the cost of which that is not so is counted
/// as uncertain.
pub(in super::super) fn repriced(
    mut of: Measurement,
    prices: &GatePrices<'_>,
    price_tables: &str,
) -> (Measurement, Repricing) {
    let before = of.cost();
    let (mut kept, mut uncertain) = (Vec::new(), Usd::ZERO);
    for group in &mut of.groups {
        uncertain += reprice(group, prices.level(), &mut kept);
    }
    if of.cost() != before {
        // Which calls are the dearest depends on the prices, and single calls are not in a baseline.
        of.percentile = None;
    }
    kept.sort();
    kept.dedup();
    let same_tables = of.price_tables == price_tables;
    let after = of.cost();
    of.priced_at = prices.priced_at();
    (of, Repricing { before, after, same_tables, kept, uncertain })
}

/// Prices a group again; answers with the cost of which it is only guessed: rows whose calls bill at
/// several prices now, and rows that changed otherwise than their group, whose spread is unknown.
fn reprice(group: &mut MeasuredGroup, book: &PriceBook, kept: &mut Vec<String>) -> Usd {
    let old: Usd = group.rows.iter().map(|row| row.priced).sum();
    let mut changes = Vec::with_capacity(group.rows.len());
    let mut uncertain = Usd::ZERO;
    for row in &mut group.rows {
        let earlier = row.priced;
        match row.priced_by(book) {
            Some(cost) => row.priced = cost,
            None => kept.push(row.model.clone()),
        }
        if row.is_split(book) || (row.priced != earlier && row.is_bent(book)) {
            uncertain += row.priced.max(earlier);
        }
        changes.push((earlier, row.priced));
    }
    let new: Usd = group.rows.iter().map(|row| row.priced).sum();
    for (earlier, now) in changes {
        let expected = if old.is_zero() { Usd::ZERO } else { scaled(earlier, old, new) };
        uncertain += (now - expected).max(expected - now);
    }
    let usual = group.cost;
    group.cost = if old.is_zero() {
        group.cost + new
    } else {
        group.logged + scaled(group.cost - group.logged, old, new)
    };
    let after = group.cost;
    let units = group.units;
    match &mut group.spread {
        Spread::Drawn(drawn) => {
            for (drawn_units, cost) in drawn {
                let amount = Usd::from_atto(*cost);
                *cost = moved(amount, *drawn_units, [usual, after], units).atto();
            }
        }
        Spread::Lots(entries) => {
            let last = entries.len().saturating_sub(1);
            let mut left = after.atto();
            for (place, entry) in entries.iter_mut().enumerate() {
                let amount = Usd::from_atto(entry.cost);
                let own = moved(amount, entry.units, [usual, after], units).atto();
                // Cutting loses less than a unit a lot; the last one takes it up.
                entry.cost = if place == last { left } else { own };
                left -= entry.cost;
            }
        }
    }
    uncertain
}

/// A part of a cost that changed as a whole; by its units where all of it was nothing before.
fn moved(part: Usd, part_units: u64, [usual, after]: [Usd; 2], units: u64) -> Usd {
    if !usual.is_zero() {
        return scaled(part, usual, after);
    }
    let each = after.atto().checked_div(i128::from(units)).unwrap_or_default();
    Usd::from_atto(each.saturating_mul(i128::from(part_units)))
}

/// An amount that changes as another did from `old` to `new`.
fn scaled(amount: Usd, old: Usd, new: Usd) -> Usd {
    if old == new || old.is_zero() {
        return amount;
    }
    let (mut new, mut old) = (new.atto(), old.atto());
    // What matters of the quotient fits beside an amount.
    while new.unsigned_abs() > 1 << 60 || old.unsigned_abs() > 1 << 60 {
        (new, old) = (new / 2, old / 2);
    }
    if old == 0 {
        return amount;
    }
    let whole = amount.atto() / old * new;
    let rest = amount.atto() % old * new / old;
    Usd::from_atto(whole + rest)
}
