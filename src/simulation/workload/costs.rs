//! What a declared workload costs a call, a day and a month, and what follows from that.

use crate::exhibits::{Cell, Exhibit};
use crate::units::{Factor, Rate, Usd};

use super::closed_forms::CacheForm;
use super::declared::Horizon;
use crate::simulation::outcome::Outcome;

/// The bill of a thousand calls, a day and a month, before and after.
///
/// `each` is how many calls are declared for each one that was drawn.
pub fn cost_exhibit(outcome: &Outcome, horizon: &Horizon, each: Factor) -> Exhibit {
    let mut exhibit = Exhibit::new(
        "workload_cost",
        "What the workload costs",
        &[
            ("bill", ""),
            ("per_thousand_calls_usd", "1,000 calls"),
            ("per_day_usd", "a day"),
            ("per_month_usd", "a month"),
        ],
    );
    let mut row = |name: &str, bill: Usd| {
        exhibit.push([
            Cell::text(name),
            Cell::usd_or_missing(bill.times(1_000).and_then(|bill| over(bill, outcome.calls))),
            Cell::usd_or_missing(over(bill, horizon.days).and_then(|bill| bill.scaled(each))),
            Cell::usd_or_missing(month_of(bill, horizon).and_then(|bill| bill.scaled(each))),
        ]);
    };
    row("as declared", outcome.baseline);
    if !outcome.techniques.is_empty() {
        row("with the techniques", outcome.projected);
        row("saved", outcome.baseline - outcome.projected);
    }
    exhibit.note(format!(
        "{} simulated; a month of {} days",
        if horizon.days == 1 { "1 day".to_owned() } else { format!("{} days", horizon.days) },
        horizon.month_days
    ));
    if each != Factor::ONE {
        exhibit.note(format!(
            "{} calls were drawn, as calls and conversations are whole; a day and a month are scaled \
             by {each} to what is declared, other tables are not",
            outcome.calls
        ));
    }
    exhibit
}

/// `bill / count`, cut to 10⁻¹⁸ dollars.
pub(super) fn over(bill: Usd, count: u64) -> Option<Usd> {
    bill.atto().checked_div(i128::from(count)).map(Usd::from_atto)
}

/// A bill of so many days as one of a month.
pub(super) fn month_of(bill: Usd, horizon: &Horizon) -> Option<Usd> {
    let billionths = i128::from(horizon.month_days.parts());
    let whole = bill.atto().checked_mul(billionths / 1_000)?;
    Some(Usd::from_atto(whole / i128::from(horizon.days) / 1_000_000))
}

/// What arrivals alone say about each shared prompt; nothing where there is none that is cached.
pub fn cache_exhibit(forms: &[CacheForm]) -> Option<Exhibit> {
    if forms.is_empty() {
        return None;
    }
    let mut exhibit = Exhibit::new(
        "cache_forms",
        "What arrivals alone say about the shared prompt",
        &[
            ("call_type", "call type"),
            ("lifetime", "an entry lives"),
            ("hit_share", "found warm"),
            ("break_even_share", "pays from"),
            ("plain_day_usd", "a day uncached"),
            ("cached_day_usd", "cached"),
            ("saved_day_usd", "saves"),
        ],
    );
    for form in forms {
        let name = if form.call_type.is_empty() { &form.model } else { &form.call_type };
        exhibit.push([
            Cell::text(name.clone()),
            Cell::Seconds(form.seconds),
            Cell::Rate(form.hit),
            form.break_even.map_or(Cell::Missing, Cell::Rate),
            Cell::Usd(form.plain_day),
            Cell::Usd(form.cached_day),
            Cell::Usd(form.plain_day - form.cached_day),
        ]);
    }
    exhibit.note(
        "calls that come independently of each other find it warm with 1 - e^(-calls per second x \
         lifetime); the prompt alone, without what follows it",
    );
    Some(exhibit)
}

/// How often a call is made on average when each attempt fails with the same probability and at most
/// so many are made: `1 + p + p² + … + p^(m-1)`, to the nearest billionth. Above one million attempts
/// nothing is added.
pub fn expected_attempts(failure: Rate, most: u32) -> Factor {
    const FINE: u128 = 1_000_000_000_000_000_000;
    let (mut power, mut sum) = (FINE, 0_u128);
    for _ in 0..most.min(1_000_000) {
        if power == 0 {
            break;
        }
        sum += power;
        power = power * u128::from(failure.parts()) / 1_000_000_000;
    }
    let parts = u64::try_from((sum + 500_000_000) / 1_000_000_000).unwrap_or(u64::MAX);
    Factor::of_counts(parts, Factor::ONE.parts()).unwrap_or(Factor::ONE)
}

/// The part of calls that no attempt answers, `p^m`, to the nearest billionth.
fn unanswered(failure: Rate, most: u32) -> Rate {
    const FINE: u128 = 1_000_000_000_000_000_000;
    let mut power = FINE;
    for _ in 0..most {
        if power == 0 || failure == Rate::ONE {
            break;
        }
        power = power * u128::from(failure.parts()) / 1_000_000_000;
    }
    let parts = u64::try_from((power + 500_000_000) / 1_000_000_000).unwrap_or(0);
    Rate::of_counts(parts, Rate::ONE.parts()).unwrap_or(Rate::ONE)
}

/// What failing attempts cost if they are billed, and if only answers are. `each` is how many calls
/// are declared for each one that was drawn.
pub fn retry_exhibit(
    outcome: &Outcome,
    horizon: &Horizon,
    each: Factor,
    failure: Rate,
    most: u32,
) -> Exhibit {
    let attempts = expected_attempts(failure, most);
    let unanswered = unanswered(failure, most);
    let mut exhibit = Exhibit::new(
        "attempts",
        "What failing attempts cost",
        &[
            ("if", "if failures are"),
            ("attempts", "attempts a call"),
            ("billed", "billed a call"),
            ("unanswered_share", "never answered"),
            ("per_month_usd", "a month"),
        ],
    );
    let month = |factor: Factor| {
        let bill = outcome.projected.scaled(each).and_then(|bill| bill.scaled(factor));
        Cell::usd_or_missing(bill.and_then(|bill| month_of(bill, horizon)))
    };
    let answered = unanswered.complement();
    let answered = Factor::of_counts(answered.parts(), Rate::ONE.parts()).unwrap_or(Factor::ONE);
    for (name, billed) in [("billed", attempts), ("free", answered)] {
        exhibit.push([
            Cell::text(name),
            Cell::Factor(attempts),
            Cell::Factor(billed),
            Cell::Rate(unanswered),
            month(billed),
        ]);
    }
    exhibit.note(format!(
        "each attempt fails with probability {failure}, at most {most} are made: 1 + p + p² + … of \
         them, and p^{most} of the calls are never answered; a failed attempt that is billed is taken \
         to cost as much as an answered one"
    ));
    exhibit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_attempts(failure: &str, most: u32, expected: &str) {
        let failure = Rate::parse(failure).expect("a rate");
        assert_eq!(expected_attempts(failure, most).to_string(), expected);
    }

    #[test]
    fn attempts_are_a_geometric_sum() {
        check_attempts("0", 5, "1");
        check_attempts("0.5", 1, "1");
        check_attempts("0.5", 3, "1.75");
        check_attempts("1", 5, "5");
    }

    fn check_unanswered(failure: &str, most: u32, expected: &str) {
        let failure = Rate::parse(failure).expect("a rate");
        assert_eq!(unanswered(failure, most).to_string(), expected);
    }

    #[test]
    fn calls_whose_every_attempt_fails_stay_unanswered() {
        check_unanswered("0.5", 5, "0.03125");
        check_unanswered("0.5", 1, "0.5");
        check_unanswered("0", 5, "0");
        check_unanswered("1", 5, "1");
    }
}
