//! How unevenly cost is spread over groups of calls.

use std::cmp::Ordering;

use crate::units::{Factor, Rate, Share};

use super::tally::CallsAndCost;

/// The Gini coefficient of cost over calls when every call costs the mean of its group: one less
/// twice the area under the Lorenz curve, `1 - Σ nᵢ (2 Cᵢ₋₁ + cᵢ) / (N C)` with the groups in
/// order of their cost per call. Nothing when there is no cost or the integers do not hold it.
pub(super) fn gini(groups: &[CallsAndCost]) -> Option<Share> {
    let mut ordered: Vec<_> = groups
        .iter()
        .filter(|group| group.calls > 0)
        .map(|group| (i128::from(group.calls), group.cost.atto()))
        .collect();
    ordered.sort_by(by_cost_per_call);
    let mut area: i128 = 0;
    let (mut calls, mut cost) = (0i128, 0i128);
    for (group_calls, group_cost) in ordered {
        let height = cost.checked_mul(2)?.checked_add(group_cost)?;
        area = area.checked_add(group_calls.checked_mul(height)?)?;
        calls += group_calls;
        cost = cost.checked_add(group_cost)?;
    }
    let whole = calls.checked_mul(cost)?;
    if whole <= 0 {
        return None;
    }
    Share::of(whole - area, whole)
}

/// How many times as much a member of a part costs as one of the rest: with a part `s` of the members
/// and `c` of the cost, `(c / s) / ((1 - c) / (1 - s))`. Nothing where the part is all or nothing.
pub fn intensity(members: Rate, cost: Rate) -> Option<Factor> {
    let product = |one: Rate, other: Rate| u128::from(one.parts()) * u128::from(other.parts());
    let mut above = product(cost, members.complement());
    let mut below = product(members, cost.complement());
    while above.max(below) > u128::from(u64::MAX) {
        (above, below) = (above >> 1, below >> 1);
    }
    Factor::of_counts(u64::try_from(above).ok()?, u64::try_from(below).ok()?)
}

/// Compares `cost / calls` of two groups, exactly where the products fit.
pub(super) fn by_cost_per_call(a: &(i128, i128), b: &(i128, i128)) -> Ordering {
    match (a.1.checked_mul(b.0), b.1.checked_mul(a.0)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => (a.1 / a.0).cmp(&(b.1 / b.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Usd;

    fn check(groups: &[(u64, i128)], expected: Option<Share>) {
        let groups: Vec<_> = groups
            .iter()
            .map(|(calls, atto)| CallsAndCost {
                calls: *calls,
                unpriced_calls: 0,
                cost: Usd::from_atto(*atto),
            })
            .collect();
        assert_eq!(gini(&groups), expected);
    }

    #[test]
    fn a_published_usage_table_has_its_known_coefficient() {
        // 8 % of calls carry 42 % of cost, 35 % carry 30 %, 40 % carry 18 %, 17 % carry 10 %.
        check(&[(8, 42), (35, 30), (40, 18), (17, 10)], Share::of(4_224, 10_000));
    }

    #[test]
    fn a_part_of_the_sessions_with_most_of_the_cost_is_many_times_as_dear() {
        let rate = |text| Rate::parse(text).expect("a rate");
        let found = |members, cost| intensity(rate(members), rate(cost)).map(|it| it.to_string());
        assert_eq!(found("0.15", "0.6").as_deref(), Some("8.5"));
        assert_eq!(found("0.2", "0.2").as_deref(), Some("1"));
        assert_eq!(found("0", "0.2"), None);
        assert_eq!(found("0.5", "1"), None);
    }

    #[test]
    fn equal_costs_are_not_concentrated() {
        check(&[(5, 50), (1, 10), (2, 20)], Share::of(0, 1));
    }

    #[test]
    fn without_cost_there_is_no_coefficient() {
        check(&[(5, 0)], None);
        check(&[], None);
    }

    #[test]
    fn what_does_not_fit_is_left_out_rather_than_wrapped() {
        check(&[(u64::MAX, i128::MAX / 2), (1, 1)], None);
    }
}
