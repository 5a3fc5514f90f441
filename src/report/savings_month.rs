//! What a simulation saves in a month.

use crate::exhibits::{Cell, Exhibit};
use crate::insights::{Analysis, month_forecasts};
use crate::units::Usd;

use super::savings_report::SavingsTotals;

/// Before, after and saved in the month of the last call and in the next one, all by the same factor:
/// what the month is expected to cost over what the days of the log cost. Nothing where no month can
/// be forecast.
pub(super) fn month_exhibit(analysis: &Analysis, totals: &SavingsTotals) -> Option<Exhibit> {
    let months = month_forecasts(analysis.window.as_ref()?, &analysis.days);
    let logged: Usd = analysis.days.iter().map(|day| day.total.cost).sum();
    let mut exhibit = Exhibit::new(
        "month",
        "What that is in a month",
        &[
            ("month", ""),
            ("of_log_factor", "of the log"),
            ("before_usd", "before"),
            ("after_usd", "after"),
            ("saved_usd", "saved"),
            ("saved_low_usd", "at least"),
            ("saved_high_usd", "at most"),
        ],
    )
    .as_detail();
    for month in &months {
        let scaled = |amount: Usd| scaled(amount, month.expected, logged);
        let (before, after) = (scaled(totals.baseline)?, scaled(totals.projected)?);
        let range = totals.saved_range;
        exhibit.push([
            Cell::text(&month.month),
            Cell::multiple_of(month.expected.atto(), logged.atto()),
            Cell::Usd(before),
            Cell::Usd(after),
            Cell::Usd(before - after),
            Cell::Usd(scaled(range.low)?),
            Cell::Usd(scaled(range.high)?),
        ]);
    }
    let days = months.first()?.full_days;
    exhibit.note(format!(
        "before and after by the same factor: the forecast of `llmcost analyze --show forecast`, from \
         {days} full days, over what the days of the log cost"
    ));
    exhibit.note(
        "at least, at most: what the techniques assume; how far the forecast may be off is not in them",
    );
    if days < 7 {
        exhibit.note("naive: less than a week says nothing about weekdays");
    }
    Some(exhibit)
}

/// `amount × part / whole`, cut; nothing when there is no whole or it does not fit.
fn scaled(amount: Usd, part: Usd, whole: Usd) -> Option<Usd> {
    let (mut part, mut whole) = (part.atto(), whole.atto());
    // 63 bits of each are left, so that products fit; what is cut off is far below a billionth.
    while part.max(whole) > i128::from(i64::MAX) {
        (part, whole) = (part / 2, whole / 2);
    }
    if part < 0 || whole <= 0 {
        return None;
    }
    let (times, rest) = (amount.atto() / whole, amount.atto() % whole);
    times.checked_mul(part)?.checked_add(rest * part / whole).map(Usd::from_atto)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Excess;

    fn usd(text: &str) -> Usd {
        Usd::parse(text, Excess::Reject).expect("an amount")
    }

    #[test]
    fn amounts_are_scaled_by_a_quotient_of_amounts() {
        let found = |amount, part, whole| scaled(usd(amount), usd(part), usd(whole));
        assert_eq!(found("10", "3", "2"), Some(usd("15")));
        assert_eq!(found("-10", "3", "2"), Some(usd("-15")));
        assert_eq!(found("1000000", "4194304", "2097152"), Some(usd("2000000")));
        assert_eq!(found("10", "3", "0"), None);
        assert_eq!(found("0", "3", "2"), Some(Usd::ZERO));
    }
}
