//! How the settings of techniques are written in a plan.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

use crate::units::{Factor, Rate, Tokens, Usd};
use crate::usage::Filter;

/// What a switch is that is on unless given.
pub(super) const fn yes() -> bool {
    true
}

/// Whether the text of a label means yes: `true`, `yes`, or a number that is not zero.
pub(super) fn is_true(text: &str) -> bool {
    let text = text.trim();
    let is_word = ["true", "yes"].iter().any(|word| word.eq_ignore_ascii_case(text));
    let number = crate::units::parse_decimal(text, 9, crate::units::Excess::Round);
    is_word || number.is_ok_and(|number| number != 0)
}

/// A multiplier such as `"1.2"`.
pub(super) fn factor<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Factor>, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(input)?;
    let factor = Factor::parse(&text).ok().filter(|factor| factor.parts() > 0);
    factor.map(Some).ok_or_else(|| {
        D::Error::custom(format!("`{text}` is no multiplier above zero, such as \"1.2\""))
    })
}

/// `part / whole` when it is a rate above zero. Both are halved until they fit: the rate is for a
/// sentence.
pub(super) fn rate_of(part: Usd, whole: Usd) -> Option<Rate> {
    let mut part = u128::try_from(part.atto()).ok()?;
    let mut whole = u128::try_from(whole.atto()).ok()?;
    while whole > u128::from(u64::MAX) {
        (part, whole) = (part >> 1, whole >> 1);
    }
    let rate = Rate::of_counts(u64::try_from(part).ok()?, u64::try_from(whole).ok()?)?;
    (rate > Rate::ZERO).then_some(rate)
}

/// A part of something: a share of it, or so many tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Portion {
    /// A share.
    Share(Rate),
    /// A count of tokens a call.
    Tokens(Tokens),
}

/// An exact rate: `"0.95"` or `"95%"`, or the integers 0 and 1.
pub(super) fn rate<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Rate>, D::Error> {
    input.deserialize_any(RateVisitor).map(Some)
}

/// A share such as `"60%"` or `"0.6"`, or a count of tokens such as `8000`.
pub(super) fn portion<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Portion>, D::Error> {
    input.deserialize_any(PortionVisitor).map(Some)
}

/// A count of tokens, between none and more than any prompt has.
pub(super) fn count<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    input.deserialize_any(CountVisitor)
}

/// A count of tokens that may be left out.
pub(super) fn some_count<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u64>, D::Error> {
    count(input).map(Some)
}

/// The names of call types: at least one, and none of them empty.
pub(super) fn call_types<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    let names = <Vec<String> as serde::Deserialize>::deserialize(input)?;
    if names.is_empty() {
        return Err(D::Error::custom(
            "the list of call types is empty; name some, or leave it out for all calls",
        ));
    }
    if names.iter().any(String::is_empty) {
        return Err(D::Error::custom(
            "a call type has no name; calls without a type are where = \"call_type IS NULL\"",
        ));
    }
    Ok(names)
}

/// A SQL condition on calls.
pub(super) fn condition<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Filter>, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(input)?;
    Filter::parse(&text).map(Some).map_err(D::Error::custom)
}

/// A bare decimal is refused: a plan's reader would hand over a binary approximation of it.
fn bare_decimal<E: Error>(value: f64) -> E {
    E::custom(format!("decimals are written in quotes, so that they stay exact: \"{value}\""))
}

/// No log counts more tokens in one call.
const COUNT_MAX: u64 = 1_000_000_000_000;

pub(super) fn checked_count<E: Error>(count: impl TryInto<u64>) -> Result<u64, E> {
    let count = count.try_into().ok().filter(|count| *count <= COUNT_MAX);
    count.ok_or_else(|| E::custom("a count of tokens lies between 0 and 1,000,000,000,000"))
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count of tokens, such as 8000")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<u64, E> {
        checked_count(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
        checked_count(value)
    }
}

/// The percentage that a number above 1 was meant to be; nothing when it is none.
fn as_percent(text: &str) -> Option<String> {
    let text = text.trim();
    let percent = format!("{text}%");
    (!text.ends_with('%') && Rate::parse(&percent).is_ok()).then_some(percent)
}

struct RateVisitor;

impl Visitor<'_> for RateVisitor {
    type Value = Rate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rate between 0 and 1 in quotes, such as \"0.95\" or \"95%\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Rate, E> {
        Rate::parse(text).map_err(|_| match as_percent(text) {
            Some(percent) => E::custom(format!(
                "`{text}` is not a rate between 0 and 1; did you mean \"{percent}\"?"
            )),
            None => E::custom(format!(
                "`{text}` is not a rate between 0 and 1 with at most nine decimals; write 95 \
                 percent as \"0.95\" or \"95%\""
            )),
        })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Rate, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Rate, E> {
        Err(bare_decimal(value))
    }
}

struct PortionVisitor;

impl Visitor<'_> for PortionVisitor {
    type Value = Portion;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a share such as \"60%\", or a count of tokens such as 8000")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Portion, E> {
        if let Ok(count) = text.trim().parse::<u64>() {
            return checked_count(count).map(|count| Portion::Tokens(Tokens::new(count)));
        }
        RateVisitor.visit_str(text).map(Portion::Share)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Portion, E> {
        checked_count(value).map(|count| Portion::Tokens(Tokens::new(count)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Portion, E> {
        Err(bare_decimal(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "rate")]
        hit: Option<Rate>,
        #[serde(default, deserialize_with = "portion")]
        cacheable: Option<Portion>,
    }

    fn sample(text: &str) -> Result<Sample, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn rates_are_read_from_text_or_from_zero_and_one() {
        let read = |text| sample(text).expect("reads").hit;
        assert_eq!(read("hit = \"0.95\""), Rate::parse("0.95").ok());
        assert_eq!(read("hit = \"95%\""), Rate::parse("0.95").ok());
        assert_eq!(read("hit = 1"), Some(Rate::ONE));
        assert_eq!(read(""), None);
    }

    #[test]
    fn a_bare_decimal_is_refused_with_the_way_to_write_it() {
        let message = sample("hit = 0.95").err().expect("refused");
        assert!(message.contains("\"0.95\""), "{message}");
        assert!(sample("hit = \"95\"").is_err());
    }

    #[test]
    fn a_rate_of_95_is_answered_with_95_percent() {
        for text in ["hit = \"95\"", "hit = 95"] {
            let message = sample(text).err().expect("refused");
            assert!(message.contains("did you mean \"95%\"?"), "{message}");
        }
    }

    #[test]
    fn counts_beyond_any_log_are_refused() {
        for text in ["cacheable = 1000000000001", "cacheable = -1", "cacheable = \"9e99\""] {
            assert!(sample(text).is_err(), "{text}");
        }
        assert!(sample("cacheable = 1000000000000").is_ok());
    }

    #[test]
    fn a_portion_is_a_share_or_a_count() {
        let read = |text| sample(text).expect("reads").cacheable;
        assert_eq!(read("cacheable = 8000"), Some(Portion::Tokens(Tokens::new(8_000))));
        assert_eq!(read("cacheable = \"8000\""), Some(Portion::Tokens(Tokens::new(8_000))));
        assert_eq!(read("cacheable = \"60%\""), Rate::parse("0.6").ok().map(Portion::Share));
    }
}
