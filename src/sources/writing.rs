//! What the user says about all records of a log: what its counts include, and how it writes
//! numbers.

use std::borrow::Cow;

use crate::units::{Excess, Usd, parse_decimal};
use crate::usage::Instant;

use super::format::Convention;

/// A name of `--map` whose value is a statement about the log, not a column.
#[derive(Debug)]
pub struct Statement {
    /// The name before the equals sign.
    pub name: &'static str,
    /// What may stand behind it.
    pub values: &'static [&'static str],
}

const TRUTH: &[&str] = &["true", "false"];

/// Whether cached tokens are part of the input count.
pub(super) const INCLUDES_CACHE: &str = "input_includes_cache";
/// Whether reasoning is part of the output count.
pub(super) const INCLUDES_REASONING: &str = "output_includes_reasoning";
/// What a cost is counted in.
pub(super) const COST_UNIT: &str = "cost_unit";
/// What a number since 1970 counts.
pub(super) const TIME_UNIT: &str = "time_unit";
/// Whether `1.234,5` is a number above a thousand.
pub(super) const DECIMAL_COMMA: &str = "decimal_comma";

/// Every statement.
pub static STATEMENTS: [Statement; 5] = [
    Statement { name: INCLUDES_CACHE, values: TRUTH },
    Statement { name: INCLUDES_REASONING, values: TRUTH },
    Statement { name: COST_UNIT, values: &["usd", "cents", "microdollars"] },
    Statement { name: TIME_UNIT, values: &["s", "ms", "us", "ns"] },
    Statement { name: DECIMAL_COMMA, values: TRUTH },
];

impl Statement {
    /// The statement of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        STATEMENTS.iter().find(|statement| statement.name == name)
    }
}

/// How a log writes numbers, where that cannot be seen from each of them, and what was said of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Writing {
    cost_unit: CostUnit,
    time_unit: Option<TimeUnit>,
    decimal_comma: bool,
    cache_is_stated: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum CostUnit {
    #[default]
    Dollars,
    Cents,
    Microdollars,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimeUnit {
    Seconds,
    Millis,
    Micros,
    Nanos,
}

/// Takes up a statement; anything else is left alone. Values were checked where they were typed.
pub(super) fn state(name: &str, value: &str, convention: &mut Convention, writing: &mut Writing) {
    match name {
        INCLUDES_CACHE => {
            convention.input_includes_cache = value == "true";
            convention.settled = true;
            writing.cache_is_stated = true;
        }
        INCLUDES_REASONING => {
            convention.output_includes_reasoning = value == "true";
            convention.settled = true;
        }
        COST_UNIT => {
            writing.cost_unit = match value {
                "cents" => CostUnit::Cents,
                "microdollars" => CostUnit::Microdollars,
                _ => CostUnit::Dollars,
            }
        }
        TIME_UNIT => {
            writing.time_unit = match value {
                "s" => Some(TimeUnit::Seconds),
                "ms" => Some(TimeUnit::Millis),
                "us" => Some(TimeUnit::Micros),
                "ns" => Some(TimeUnit::Nanos),
                _ => None,
            }
        }
        DECIMAL_COMMA => writing.decimal_comma = value == "true",
        _ => {}
    }
}

impl Writing {
    /// Whether numbers are written as in most logs.
    pub(super) fn is_usual(self) -> bool {
        self == Self { cache_is_stated: self.cache_is_stated, ..Self::default() }
    }

    /// Whether the user said what the input includes, whatever the names of columns say.
    pub(super) const fn says_where_cache_is(self) -> bool {
        self.cache_is_stated
    }

    pub(super) const fn has_decimal_comma(self) -> bool {
        self.decimal_comma
    }

    /// The same for JSON, whose numbers have points whatever its texts have.
    pub(super) const fn of_json(mut self) -> Self {
        self.decimal_comma = false;
        self
    }

    /// A number as the rest of the program writes it; nothing when it is none in this writing.
    pub(super) fn number(self, text: &str) -> Option<Cow<'_, str>> {
        if !self.decimal_comma {
            return Some(Cow::Borrowed(text));
        }
        let (whole, fraction) = text.split_once(',').unwrap_or((text, ""));
        let mut groups = whole.split('.');
        groups.next();
        // `0.5` has no comma to be a decimal number, and no group of three to be a large one.
        if fraction.contains(['.', ',']) || !groups.all(|group| group.len() == 3) {
            return None;
        }
        let whole = whole.replace('.', "");
        let point = if fraction.is_empty() { "" } else { "." };
        Some(Cow::Owned(format!("{whole}{point}{fraction}")))
    }

    /// How many decimals of the log's unit of cost the smallest part of a dollar is.
    pub(super) const fn decimals_of_cost(self) -> u32 {
        match self.cost_unit {
            CostUnit::Dollars => 18,
            CostUnit::Cents => 16,
            CostUnit::Microdollars => 12,
        }
    }

    /// An amount of money in units of so many decimals.
    pub(super) fn dollars(self, text: &str, decimals: u32) -> Option<Usd> {
        let plain = text.trim().trim_start_matches('$');
        let read = |text: &str| parse_decimal(text, decimals, Excess::Round).ok();
        let number = self.number(plain)?;
        // Commas between groups of digits are rare, so they are only looked for then.
        let atto = read(&number).or_else(|| read(&without_groups(&number)?))?;
        Some(Usd::from_atto(atto))
    }

    /// A time; a number is in the unit of the log, or told by its size when none was stated.
    pub(super) fn time(self, text: &str) -> Option<Instant> {
        let Some(unit) = self.time_unit else { return Instant::parse(text).ok() };
        let (decimals, divisor) = match unit {
            TimeUnit::Seconds => (3, 1),
            TimeUnit::Millis => (0, 1),
            TimeUnit::Micros => (0, 1_000),
            TimeUnit::Nanos => (0, 1_000_000),
        };
        let Ok(number) = parse_decimal(text.trim(), decimals, Excess::Round) else {
            return Instant::parse(text).ok();
        };
        i64::try_from(number.div_euclid(divisor)).ok().map(Instant::from_millis)
    }
}

/// `1,234.5` without its commas; nothing if they stand anywhere else.
pub(super) fn without_groups(text: &str) -> Option<String> {
    let whole = text.split('.').next().unwrap_or(text);
    let is_group = |group: &str| group.len() == 3;
    whole.split(',').skip(1).all(is_group).then(|| text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writing(statements: &[(&str, &str)]) -> Writing {
        let (mut convention, mut writing) = (Convention::EXCLUSIVE, Writing::default());
        for (name, value) in statements {
            state(name, value, &mut convention, &mut writing);
        }
        writing
    }

    #[test]
    fn decimal_commas_are_read_where_they_are_stated() {
        let german = writing(&[(DECIMAL_COMMA, "true")]);
        for (text, expected) in [
            ("0,0123", Some("0.0123")),
            ("1.234", Some("1234")),
            ("1.234.567,5", Some("1234567.5")),
            ("12", Some("12")),
            ("0.5", None),
            ("1,2,3", None),
        ] {
            assert_eq!(german.number(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn costs_are_read_in_their_unit() {
        for (unit, text, expected) in [
            ("usd", "$0.5", 500_000_000_000_000_000),
            ("usd", "$1,234.5", 1_234_500_000_000_000_000_000),
            ("cents", "0.5", 5_000_000_000_000_000),
            ("microdollars", "4120", 4_120_000_000_000_000),
        ] {
            let writing = writing(&[(COST_UNIT, unit)]);
            let found = writing.dollars(text, writing.decimals_of_cost()).expect("money");
            assert_eq!(found.atto(), expected, "{text} {unit}");
        }
    }

    #[test]
    fn a_stated_unit_of_time_goes_before_the_size_of_the_number() {
        let millis = |unit, text| writing(&[(TIME_UNIT, unit)]).time(text).map(Instant::millis);
        assert_eq!(millis("s", "12.5"), Some(12_500));
        assert_eq!(millis("ms", "1790000000"), Some(1_790_000_000));
        assert_eq!(millis("us", "1500"), Some(1));
        assert_eq!(millis("ns", "1970-01-02"), Some(86_400_000));
        assert_eq!(writing(&[]).time("1790000000").map(Instant::millis), Some(1_790_000_000_000));
    }
}
