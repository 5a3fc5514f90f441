//! Numbers inside sentences.

use crate::units::Rate;

/// A count with thousands separators: `12,031`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate in percent to one decimal: `66.7 %`, `95 %`.
pub(super) fn percent(rate: Rate) -> String {
    let thousandths = (rate.parts() + 500_000) / 1_000_000;
    match (thousandths / 10, thousandths % 10) {
        (whole, 0) => format!("{whole} %"),
        (whole, tenth) => format!("{whole}.{tenth} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")]
        {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn percents_have_at_most_one_decimal() {
        for (rate, text) in [("0.95", "95 %"), ("0.666666667", "66.7 %"), ("1", "100 %")] {
            assert_eq!(percent(Rate::parse(rate).expect("a rate")), text);
        }
    }
}
