//! How many tokens the calls of a workload have: a constant, or a few named distributions.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

use crate::units::{Rate, Tokens, minus_ln};

/// No call has more tokens.
const TOKENS_MAX: u64 = 1_000_000_000;

/// What the forms look like, for messages.
const FORMS: &str = "500, \"uniform 200-800\", \"exponential 500\" or \"mix 300:0.7 2000:0.3\"";

/// The tokens of one call, drawn from a number of 64 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Always the same.
    Constant(u64),
    /// Every count from the first to the second is as likely as any other.
    Uniform(u64, u64),
    /// Exponential with about this mean: many short ones and few long ones, to the nearest token.
    Exponential(u64),
    /// Some counts, each with its part of the calls; the parts sum to one.
    Mix(Vec<(u64, Rate)>),
}

impl Default for Spread {
    fn default() -> Self {
        Self::Constant(0)
    }
}

impl Spread {
    /// Reads `500`, `uniform 200-800`, `exponential 500` or `mix 300:0.7 2000:0.3`.
    ///
    /// # Errors
    /// When the text is none of these, in words for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (kind, rest) = text.split_once(char::is_whitespace).unwrap_or(("", text));
        let found = match kind {
            "" => count(rest).map(Self::Constant),
            "uniform" => rest.split_once('-').and_then(|(low, high)| {
                let (low, high) = (count(low)?, count(high)?);
                (low <= high).then_some(Self::Uniform(low, high))
            }),
            "exponential" => count(rest).map(Self::Exponential),
            "mix" => mix(rest),
            _ => None,
        };
        found.ok_or_else(|| format!("`{text}` is no number of tokens; write {FORMS}"))
    }

    /// The tokens that these random bits mean.
    pub fn drawn(&self, random: u64) -> Tokens {
        let count = match self {
            Self::Constant(count) => *count,
            Self::Uniform(low, high) => {
                let span = u128::from(high - low) + 1;
                low + u64::try_from((u128::from(random) * span) >> 64).unwrap_or_default()
            }
            Self::Exponential(mean) => {
                // To the nearest: cutting would take half a token off the mean.
                let fine = u128::from(*mean) * u128::from(minus_ln(random));
                let drawn = (fine + (1 << 31)) >> 32;
                u64::try_from(drawn).unwrap_or(TOKENS_MAX).min(TOKENS_MAX)
            }
            Self::Mix(parts) => picked(parts, random),
        };
        Tokens::new(count)
    }

    /// Whether all calls have the same count.
    pub const fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }
}

fn count(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|count| *count <= TOKENS_MAX)
}

fn mix(text: &str) -> Option<Spread> {
    let part = |word: &str| {
        let (tokens, share) = word.split_once(':')?;
        Some((count(tokens)?, Rate::parse(share).ok()?))
    };
    let parts: Vec<_> = text.split_whitespace().map(part).collect::<Option<_>>()?;
    let whole: u64 = parts.iter().map(|(_, share)| share.parts()).sum();
    (whole == Rate::ONE.parts()).then_some(Spread::Mix(parts))
}

/// The count whose part of the whole the random number falls into.
fn picked(parts: &[(u64, Rate)], random: u64) -> u64 {
    let at = (u128::from(random) * u128::from(Rate::ONE.parts())) >> 64;
    let mut sum = 0_u128;
    for (count, share) in parts {
        sum += u128::from(share.parts());
        if at < sum {
            return *count;
        }
    }
    parts.last().map_or(0, |(count, _)| *count)
}

struct SpreadVisitor;

impl Visitor<'_> for SpreadVisitor {
    type Value = Spread;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of tokens: {FORMS}")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Spread, E> {
        Spread::parse(text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Spread, E> {
        self.visit_str(&value.to_string())
    }
}

impl<'de> serde::Deserialize<'de> for Spread {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(SpreadVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Chance;

    fn parsed(text: &str) -> Spread {
        Spread::parse(text).unwrap_or_else(|message| panic!("{message}"))
    }

    /// The mean of many draws lies within a percent of the expected one.
    fn check_mean(text: &str, expected: u64) {
        let spread = parsed(text);
        let mut chance = Chance::new(7);
        let sum: u64 = (0..100_000).map(|_| spread.drawn(chance.next()).get()).sum();
        assert!((sum / 100_000).abs_diff(expected) * 100 <= expected, "{text}: {}", sum / 100_000);
    }

    #[test]
    fn draws_have_the_mean_they_should() {
        check_mean("500", 500);
        check_mean("uniform 200-800", 500);
        check_mean("exponential 500", 500);
        check_mean("mix 300:0.7 2000:0.3", 810);
    }

    /// A mean of 20 came out as 19.51: every draw was cut to whole tokens.
    #[test]
    fn exponential_draws_lost_half_a_token_each() {
        let spread = parsed("exponential 20");
        let mut chance = Chance::new(7);
        let sum: u64 = (0..400_000).map(|_| spread.drawn(chance.next()).get()).sum();
        // Four standard errors are 0.13 tokens.
        assert!(sum.abs_diff(20 * 400_000) < 400_000 / 7, "{sum}");
    }

    #[test]
    fn the_ends_of_a_uniform_spread_are_reached_and_not_passed() {
        let spread = parsed("uniform 3-5");
        assert_eq!((spread.drawn(0).get(), spread.drawn(u64::MAX).get()), (3, 5));
    }

    #[test]
    fn what_is_no_spread_is_refused_with_the_forms_there_are() {
        for text in ["", "many", "uniform 8-2", "mix 300:0.7", "normal 5", "exponential", "-5"] {
            let message = Spread::parse(text).expect_err(text);
            assert!(message.contains("uniform 200-800"), "{message}");
        }
    }
}
