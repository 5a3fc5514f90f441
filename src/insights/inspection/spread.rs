//! How unevenly the cost is spread: over calls, and over whatever they can be gathered by.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Rate, Usd};
use crate::usage::{Symbol, column};

use super::bill::Bill;
use super::rate::rate;

/// What calls are gathered by, with the column that says so.
const GATHERED: [(&str, &str); 6] = [
    ("call_type", "call types"),
    ("model", "models"),
    ("api_key", "API keys"),
    ("user", "users"),
    ("team", "teams"),
    ("conversation", "conversations"),
];

/// How unevenly some amounts are spread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    /// How many amounts.
    pub(super) members: u64,
    /// The Gini coefficient, cut to a billionth: 0 for equal amounts, towards 1 when one has all.
    pub(super) gini: Option<Rate>,
    /// The part of the sum that the largest has.
    pub(super) largest: Option<Rate>,
    /// The part of the sum that the largest tenth has, rounded up to a whole number of amounts.
    pub(super) tenth: Option<Rate>,
    /// The same of the largest fifth.
    pub(super) fifth: Option<Rate>,
    /// How many times as much one of the largest fifth has as one of the others.
    pub(super) intensity: Option<(i128, i128)>,
}

impl Spread {
    /// The spread of amounts that are not negative.
    pub(super) fn of(mut amounts: Vec<i128>) -> Self {
        amounts.sort_unstable();
        let members = amounts.len() as u64;
        let whole: i128 = amounts.iter().sum();
        let top = |count: u64| -> i128 {
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(amounts.len());
            amounts[amounts.len() - count..].iter().sum()
        };
        let of_largest = |count: u64| rate(top(count), whole);
        let fifth = members.div_ceil(5);
        Self {
            members,
            gini: gini(&amounts, whole),
            largest: of_largest(1),
            tenth: of_largest(members.div_ceil(10)),
            fifth: of_largest(fifth),
            intensity: Rate::of_counts(fifth, members)
                .zip(of_largest(fifth))
                .and_then(|(members, cost)| intensity(members, cost)),
        }
    }
}

/// `G = (2 Σ i x₍ᵢ₎) / (n Σ x) - (n + 1) / n` over amounts in order, as one fraction.
fn gini(ordered: &[i128], whole: i128) -> Option<Rate> {
    let count = i128::try_from(ordered.len()).ok()?;
    let mut ranked: i128 = 0;
    for (rank, amount) in (1..).zip(ordered) {
        ranked = ranked.checked_add(amount.checked_mul(rank)?)?;
    }
    let above = ranked.checked_mul(2)?.checked_sub(whole.checked_mul(count + 1)?)?;
    rate(above, whole.checked_mul(count)?)
}

/// How many times as much each member of a part has as each of the rest: `(c/s) / ((1-c)/(1-s))`
/// for a part `s` of the members with a part `c` of the sum, as a fraction. Nothing when the rest
/// has nothing.
pub(super) fn intensity(members: Rate, cost: Rate) -> Option<(i128, i128)> {
    let product = |one: Rate, two: Rate| i128::from(one.parts()) * i128::from(two.parts());
    let below = product(members, cost.complement());
    (below > 0).then(|| (product(cost, members.complement()), below))
}

/// The same as a figure.
fn intensity_cell(fraction: Option<(i128, i128)>) -> Cell {
    fraction.map_or(Cell::Missing, |(above, below)| Cell::multiple_of(above, below))
}

/// The spread over calls and over every column that says whose they are.
pub(super) fn concentration(bill: &Bill<'_>) -> Exhibit {
    let mut sheet = Exhibit::new(
        "concentration",
        "How unevenly the cost is spread",
        &[
            ("over", "over"),
            ("members", "number"),
            ("gini", "Gini"),
            ("largest_share", "largest"),
            ("top_tenth_share", "top 10 %"),
            ("top_fifth_share", "top 20 %"),
            ("top_fifth_intensity", "top 20 % against the rest"),
        ],
    );
    let mut add = |over: &str, spread: &Spread| {
        let part = |rate: Option<Rate>| rate.map_or(Cell::Missing, Cell::Rate);
        sheet.push([
            Cell::text(over),
            Cell::Count(spread.members),
            part(spread.gini),
            part(spread.largest),
            part(spread.tenth),
            part(spread.fifth),
            intensity_cell(spread.intensity),
        ]);
    };
    let calls = single_costs(bill);
    if !calls.is_empty() {
        add("calls", &Spread::of(calls));
    }
    for (column, label) in GATHERED {
        let Some(place) = bill.column(column) else { continue };
        let mut sums: BTreeMap<Symbol, i128> = BTreeMap::new();
        for row in bill.rows.iter().copied() {
            let symbol = bill.facts.calls.symbol(place, row);
            if let Some(paid) = bill.paid(row).filter(|_| !symbol.is_empty()) {
                *sums.entry(symbol).or_default() += paid.atto().max(0);
            }
        }
        if sums.len() > 1 {
            add(label, &Spread::of(sums.into_values().collect()));
        }
    }
    sheet.note(
        "Gini: 0 is even, 1 is all in one; the last column: how many times as much one of the \
         dearest fifth costs as one of the others",
    );
    sheet
}

/// The cost of single calls with a known cost; rows that sum up several are none.
pub(super) fn single_costs(bill: &Bill<'_>) -> Vec<i128> {
    let single = bill.rows.iter().filter(|row| bill.call(**row).is_single());
    single.filter_map(|row| bill.paid(*row)).map(|paid| paid.atto().max(0)).collect()
}

/// Which call types cost more than their part of the calls.
pub(super) fn intensities(bill: &Bill<'_>) -> Exhibit {
    let mut sheet = Exhibit::new(
        "intensity",
        "Call types against the rest",
        &[
            ("call_type", "call type"),
            ("calls", "calls"),
            ("call_share", "of calls"),
            ("cost_share", "of cost"),
            ("intensity", "a call against one of the rest"),
        ],
    );
    let mut sums: BTreeMap<Symbol, (u64, Usd)> = BTreeMap::new();
    for row in bill.rows.iter().copied() {
        let Some(paid) = bill.paid(row) else { continue };
        let sum = sums.entry(bill.facts.calls.symbol(column::CALL_TYPE, row)).or_default();
        sum.0 += bill.call(row).calls;
        sum.1 += paid;
    }
    let calls: u64 = sums.values().map(|(calls, _)| calls).sum();
    let cost: Usd = sums.values().map(|(_, cost)| *cost).sum();
    let name = |symbol| bill.facts.calls.dimensions[column::CALL_TYPE].resolve(symbol);
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by_key(|(symbol, (_, cost))| (Reverse(*cost), name(*symbol)));
    for (symbol, (of_calls, of_cost)) in rows {
        let parts = Rate::of_counts(of_calls, calls).zip(rate(of_cost.atto(), cost.atto()));
        let fraction = parts.and_then(|(members, cost)| intensity(members, cost));
        sheet.push([
            Cell::text(name(symbol)),
            Cell::Count(of_calls),
            Cell::share_of(i128::from(of_calls), i128::from(calls)),
            Cell::share_of(of_cost.atto(), cost.atto()),
            intensity_cell(fraction),
        ]);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Rate {
        Rate::parse(text).expect("a rate")
    }

    fn check(amounts: &[i128], gini: &str, fifth: &str) {
        let spread = Spread::of(amounts.to_vec());
        assert_eq!(spread.gini, Some(parsed(gini)), "{amounts:?}");
        assert_eq!(spread.fifth, Some(parsed(fifth)), "{amounts:?}");
    }

    #[test]
    fn equal_amounts_are_even() {
        check(&[7; 10], "0", "0.2");
    }

    #[test]
    fn one_of_five_with_everything_has_four_fifths_of_the_coefficient() {
        check(&[0, 0, 0, 0, 9], "0.8", "1");
    }

    /// 1, 2, 3, 4, 10 of 20: 2 × (1 + 4 + 9 + 16 + 50) / (5 × 20) - 6 / 5 = 0.4.
    #[test]
    fn the_coefficient_is_that_of_the_formula() {
        check(&[10, 1, 4, 2, 3], "0.4", "0.5");
    }

    #[test]
    fn nothing_has_no_coefficient() {
        assert_eq!(Spread::of(Vec::new()).gini, None);
        assert_eq!(Spread::of(vec![0, 0]).gini, None);
    }

    /// A published claim: 15 % of the sessions carry 60 % of the spend.
    #[test]
    fn sessions_of_15_percent_with_60_percent_of_the_cost_are_8_5_times_as_dear() {
        let (above, below) = intensity(parsed("0.15"), parsed("0.6")).expect("a rest");
        assert_eq!(above * 10, below * 85);
        assert_eq!(intensity(parsed("0.15"), Rate::ONE), None);
    }
}
