//! The break-even of a tuned model, as a table.

use crate::exhibits::{Cell, Exhibit};
use crate::techniques::{Facts, grouped};
use crate::units::{Tokens, Usd};

use super::super::error::SimulationError;
use super::moved::{Moved, Sum};
use super::settings::FineTune;

const HOURS_PER_DAY: u64 = 24;
const MINUTES_PER_DAY: u64 = 1_440;
const DAYS_PER_MONTH: u64 = 30;

/// What a tuned model costs beside its tokens.
#[derive(Clone, Copy)]
struct Fixed {
    training: Usd,
    hosting_a_day: Usd,
    /// Days in which the training has to be paid.
    days: u64,
}

/// When the training of a tuned model is paid, by call type.
///
/// # Errors
/// When the book does not have the model, the condition cannot be evaluated, or an amount does not
/// fit.
pub(in super::super) fn exhibit(
    facts: &Facts<'_>,
    tune: &FineTune,
) -> Result<Exhibit, SimulationError> {
    let moved = Moved::of(facts, tune)?;
    let hosting = tune.hosting_hour.unwrap_or_default().times(HOURS_PER_DAY);
    let fixed = Fixed {
        training: tune.training.unwrap_or_default(),
        hosting_a_day: hosting.ok_or(SimulationError::TooLarge)?,
        days: DAYS_PER_MONTH * u64::from(tune.months),
    };
    let mut table = Exhibit::new(
        "fine_tuning",
        "Fine-tuning: when a tuned model would be paid",
        &[
            ("call_type", "call type"),
            ("calls", "calls"),
            ("log_cost_per_day_usd", "now, a day"),
            ("tuned_cost_per_day_usd", "tuned, a day"),
            ("saving_per_month_usd", "less a month"),
            ("payback_days", "paid after days"),
            ("break_even_tokens_per_day", "pays from, a day"),
            ("log_tokens_per_day", "tokens a day"),
        ],
    );
    let total = moved.total().ok_or(SimulationError::TooLarge)?;
    let types = moved.types.iter().map(|(name, sum)| (name.as_str(), *sum));
    let all = (moved.types.len() > 1).then_some(("all together", total));
    for (name, sum) in types.chain(all) {
        let name = if name.is_empty() { "(no type)" } else { name };
        let row = row(name, sum, moved.minutes, fixed).ok_or(SimulationError::TooLarge)?;
        table.push(row);
    }
    notes(&mut table, tune, &moved, fixed);
    Ok(table)
}

/// Each amount is for a day of the log; nothing when one does not fit.
fn row(name: &str, sum: Sum, minutes: u64, fixed: Fixed) -> Option<[Cell; 8]> {
    let logged = a_day(sum.logged, minutes)?;
    let tuned = a_day(sum.tuned, minutes)?.checked_add(fixed.hosting_a_day)?;
    let saved = logged - tuned;
    let tokens = u128::from(sum.tokens) * u128::from(MINUTES_PER_DAY) / u128::from(minutes.max(1));
    let break_even = break_even(sum, fixed);
    Some([
        Cell::text(name),
        Cell::Count(sum.calls),
        Cell::Usd(logged),
        Cell::Usd(tuned),
        Cell::Usd(Usd::from_atto(saved.atto().checked_mul(i128::from(DAYS_PER_MONTH))?)),
        days_to_pay(fixed.training, saved).map_or(Cell::Missing, Cell::Count),
        break_even.map_or(Cell::Missing, |tokens| Cell::Tokens(Tokens::new(tokens))),
        Cell::Tokens(Tokens::new(u64::try_from(tokens).ok()?)),
    ])
}

/// The mean of a day, rounded down to 10⁻¹⁸ dollars.
fn a_day(amount: Usd, minutes: u64) -> Option<Usd> {
    let day = amount.times(MINUTES_PER_DAY)?.atto();
    Some(Usd::from_atto(day / i128::from(minutes.max(1))))
}

/// Days until the training is paid, rounded up; nothing when it never is.
fn days_to_pay(training: Usd, saved_a_day: Usd) -> Option<u64> {
    if saved_a_day <= Usd::ZERO {
        return None;
    }
    let (training, saved) = (training.atto(), saved_a_day.atto());
    u64::try_from(training.checked_add(saved - 1)? / saved).ok()
}

/// Tokens a day that pay for hosting and, over its time, for training, rounded up; nothing where a
/// tuned token costs no less, or the count does not fit.
fn break_even(sum: Sum, fixed: Fixed) -> Option<u64> {
    let saved = sum.logged - sum.tuned;
    if saved <= Usd::ZERO {
        return None;
    }
    let days = i128::from(fixed.days);
    let training = (fixed.training.atto() + days - 1) / days;
    // Both halved until the product fits: 60 bits of each are more than a forecast needs.
    let (mut needed, mut saved) = (fixed.hosting_a_day.atto().checked_add(training)?, saved.atto());
    let tokens = i128::from(sum.tokens);
    while needed.checked_mul(tokens).is_none() {
        (needed, saved) = (needed >> 1, saved >> 1);
    }
    let count = (needed * tokens).checked_add(saved - 1)?.checked_div(saved)?;
    u64::try_from(count).ok()
}

fn notes(table: &mut Exhibit, tune: &FineTune, moved: &Moved, fixed: Fixed) {
    if moved.types.is_empty() {
        table.note("no call in scope has a price, a time, and a price on the tuned model");
    }
    if moved.staying > 0 {
        table.note(format!(
            "{} calls in scope stay: they have no price or time, or none on the tuned model",
            grouped(moved.staying)
        ));
    }
    table.note(format!(
        "training is {} USD once, hosting {} USD a day; pays from is with the training paid in {} \
         months of 30 days",
        fixed.training, fixed.hosting_a_day, tune.months
    ));
    if tune.prompt_saved > 0 {
        table.note(format!(
            "calls on the tuned model have {} tokens less, from what is read from the cache first",
            grouped(u64::from(tune.prompt_saved))
        ));
    }
    table.note(format!(
        "a day is the mean over the {} minutes of the log; each row stands as if it alone moved",
        grouped(moved.minutes)
    ));
    table.note("quality is not measured, and nothing here is a saving");
}
