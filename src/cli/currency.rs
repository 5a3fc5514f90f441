//! `--currency`: the currency in which people are shown amounts, at a rate that the user declares.

use anyhow::anyhow;

use crate::report::Currency;
use crate::units::ExchangeRate;
use crate::usage::Days;

use super::config::Config;
use super::failure::Failure;

/// What was declared: by flag or environment, else by a file; dollars where nothing was.
pub(super) fn currency(flag: Option<&str>, config: &Config) -> Result<Currency, Failure> {
    let place = || config.place("currency").unwrap_or_default();
    match (flag, config.text("currency")) {
        (Some(text), _) => read("--currency", text),
        (None, Some(text)) => read(&place(), text),
        (None, None) => Ok(Currency::DOLLARS),
    }
}

/// Reads `EUR=0.92` or `EUR=0.92@2026-11-20`.
fn read(place: &str, text: &str) -> Result<Currency, Failure> {
    let Some((code, rate)) = text.split_once('=') else {
        if text.trim().eq_ignore_ascii_case("usd") {
            return Ok(Currency::DOLLARS);
        }
        return Err(Failure::usage(anyhow!("{place}: `{text}` has no rate")).hint(HINT));
    };
    let (rate, date) = match rate.split_once('@') {
        Some((rate, date)) => (rate, Some(date)),
        None => (rate, None),
    };
    declared(place, code, rate, date)
}

const HINT: &str = "write the code of the currency and what a dollar is worth in it, such as \
                    EUR=0.92 or EUR=0.92@2026-11-20";

fn declared(place: &str, code: &str, rate: &str, date: Option<&str>) -> Result<Currency, Failure> {
    let of_rate = |error| {
        Failure::usage(anyhow!("{place}: `{}` is no rate: {error}", rate.trim()))
            .hint("a rate is above 0 and at most 1000000, with at most nine decimals")
            .hint(HINT)
    };
    let known = ExchangeRate::parse(rate).map_err(of_rate)?;
    let day = date.map(|date| {
        Days::parse_day(date.trim()).ok_or_else(|| {
            Failure::usage(anyhow!("{place}: `{}` is no day", date.trim()))
                .hint("write it as 2026-11-20")
        })
    });
    let code = code.trim();
    Currency::new(code, known, day.transpose()?).ok_or_else(|| {
        let is_dollars = code.eq_ignore_ascii_case("usd");
        let why = if is_dollars { "has a rate of 1" } else { "is no code of a currency" };
        Failure::usage(anyhow!("{place}: `{code}` {why}")).hint(HINT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str, Option<&str>)>) {
        let found = read("--currency", text).ok();
        let told = found.as_ref().map(|one| {
            let day = one.declared_for.map(Days::name);
            (one.code().to_owned(), one.rate.to_string(), day)
        });
        let expected = expected.map(|(code, rate, day)| {
            (code.to_owned(), rate.to_owned(), day.map(ToOwned::to_owned))
        });
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn a_currency_is_a_code_with_a_rate_and_perhaps_its_day() {
        check("EUR=0.92", Some(("EUR", "0.92", None)));
        check("eur = 0.9200@2026-11-20", Some(("EUR", "0.92", Some("2026-11-20"))));
        check("USD", Some(("USD", "1", None)));
        for text in ["EUR", "EUR=", "EUR=0", "EUR=0,92", "EURO=1", "USD=2", "EUR=1@yesterday"] {
            check(text, None);
        }
    }
}
