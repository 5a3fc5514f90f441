//! The values of one record as text borrowed from the input, by slot.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::diagnostics::Code;
use crate::units::Tokens;

use super::field::Field;
use super::writing::Writing;

/// A value that does not read as what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadValue {
    /// Not a number.
    NotANumber,
    /// A count below zero.
    Negative,
    /// A count beyond anything a provider bills.
    Implausible,
}

/// No provider bills more tokens in one row.
pub(super) const COUNT_MAX: u64 = 1_000_000_000_000;

/// A count that was read as part of a list; none is zero.
pub(super) fn bounded(count: Option<u64>, of: &str) -> Result<Tokens, (Code, String)> {
    let count = count.unwrap_or(0);
    if count > COUNT_MAX {
        let text = format!("{of}: larger than a trillion: {count}");
        return Err((Code::ImplausibleCount, text));
    }
    Ok(Tokens::new(count))
}

/// Something that holds the raw values of a record.
pub(super) trait Raw<'a> {
    /// The raw text of a slot; empty when there is none.
    fn raw(&self, slot: usize) -> &'a str;

    /// The text of a slot, without JSON quotes and escapes; empty when there is none.
    #[inline]
    fn text_at(&self, slot: usize) -> Cow<'a, str> {
        let raw = self.raw(slot);
        // Most values of most records are not there.
        if raw.is_empty() { Cow::Borrowed(raw) } else { unquoted(raw) }
    }

    /// The text of a field.
    #[inline]
    fn text(&self, field: Field) -> Cow<'a, str> {
        self.text_at(field.slot())
    }
}

impl<'a> Raw<'a> for Values<'a> {
    #[inline]
    fn raw(&self, slot: usize) -> &'a str {
        self.raw[slot]
    }
}

/// Rank of a slot that has no value yet.
const UNSET: u16 = u16::MAX;

/// The values of one record. A slot is a [`Field`] or, after those, a dimension that the run asks
/// for. Each holds the raw text of the value, or nothing.
///
/// A format may know several places for one field. Each has a rank; the best one that is there
/// wins, whatever the order of the keys in the record.
#[derive(Clone, Debug)]
pub(super) struct Values<'a> {
    raw: Vec<&'a str>,
    ranks: Vec<u16>,
    /// The slots that have a value, as far as they have a bit.
    present: u128,
    writing: Writing,
}

/// The bit of a slot; those of many dimensions have none.
const fn bit(slot: usize) -> u128 {
    if slot < 128 { 1 << slot } else { 0 }
}

impl<'a> Values<'a> {
    pub(super) fn new(slots: usize) -> Self {
        Self {
            raw: vec![""; slots],
            ranks: vec![UNSET; slots],
            present: 0,
            writing: Writing::default(),
        }
    }

    /// The same, for a log that writes its numbers so.
    pub(super) const fn written(mut self, writing: Writing) -> Self {
        self.writing = writing;
        self
    }

    pub(super) const fn writing(&self) -> Writing {
        self.writing
    }

    /// The same buffers, empty, for records that live elsewhere.
    pub(super) fn reuse<'b>(self) -> Values<'b> {
        let (slots, ranks, writing) = (self.raw.len(), self.ranks, self.writing);
        let mut raw = self.raw;
        raw.clear();
        // Collecting an empty list of the same layout keeps its allocation.
        let mut raw: Vec<&'b str> = raw.into_iter().map(|_| "").collect();
        raw.resize(slots, "");
        let mut values = Values { raw, ranks, present: 0, writing };
        values.ranks.fill(UNSET);
        values
    }

    /// Forgets all values. Most of very many slots have none.
    pub(super) fn clear(&mut self) {
        let mut present = std::mem::take(&mut self.present);
        while present != 0 {
            let slot = present.trailing_zeros() as usize;
            self.raw[slot] = "";
            self.ranks[slot] = UNSET;
            present &= present - 1;
        }
        for slot in 128..self.raw.len() {
            self.raw[slot] = "";
            self.ranks[slot] = UNSET;
        }
    }

    /// Takes the raw text of a value: a JSON value, or a CSV cell. Text that means "nothing" is
    /// as good as no value.
    #[inline]
    pub(super) fn set(&mut self, slot: u16, rank: u16, raw: &'a str) {
        let slot = usize::from(slot);
        if rank <= self.ranks[slot] && !is_nothing(raw.as_bytes()) {
            self.raw[slot] = raw;
            self.ranks[slot] = rank;
            self.present |= bit(slot);
        }
    }

    /// Takes a value from around the record, or from before it: any of its own is better.
    pub(super) fn inherit(&mut self, slot: usize, raw: &'a str) {
        if !raw.is_empty() {
            self.raw[slot] = raw;
            self.present |= bit(slot);
        }
    }

    /// Takes all values of `outer` that way.
    pub(super) fn inherit_all(&mut self, outer: &Self) {
        for (slot, raw) in outer.raw.iter().enumerate() {
            self.inherit(slot, raw);
        }
    }

    /// Forgets the value of a field.
    pub(super) fn remove(&mut self, field: Field) {
        self.raw[field.slot()] = "";
        self.ranks[field.slot()] = UNSET;
        self.present &= !bit(field.slot());
    }

    pub(super) fn raw(&self, slot: usize) -> &'a str {
        self.raw[slot]
    }

    #[inline]
    pub(super) fn text(&self, field: Field) -> Cow<'a, str> {
        Raw::text(self, field)
    }

    #[inline]
    pub(super) fn has(&self, field: Field) -> bool {
        !self.raw[field.slot()].is_empty()
    }

    /// A whole number: `12`, `12.0`, `"12"`, `1,234`, `1.2e3`.
    pub(super) fn count(&self, field: Field) -> Result<Option<u64>, BadValue> {
        let raw = self.raw[field.slot()];
        if raw.is_empty() {
            return Ok(None);
        }
        let count = match plain_digits(raw) {
            Some(count) => count,
            None => self.loose_count(&unquoted(raw))?,
        };
        if count > COUNT_MAX { Err(BadValue::Implausible) } else { Ok(Some(count)) }
    }

    fn loose_count(&self, text: &str) -> Result<u64, BadValue> {
        if !self.writing.has_decimal_comma() {
            return loose_count(text);
        }
        let plain = self.writing.number(text.trim()).ok_or(BadValue::NotANumber)?;
        // What could be ambiguous was stated.
        whole_number(&plain)
    }

    /// A truth value; `1`, `t`, `yes` and their like are true.
    pub(super) fn truth(&self, field: Field) -> Option<bool> {
        let text = self.text(field);
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
        if text.is_empty() {
            None
        } else if is(&["true", "t", "1", "yes", "y"]) {
            Some(true)
        } else if is(&["false", "f", "0", "no", "n"]) {
            Some(false)
        } else {
            None
        }
    }
}

/// The longest spelling of "no value", in bytes.
pub(super) const NOTHING_MAX: usize = 9;

/// Spellings of "no value" in JSON, SQL exports, spreadsheets and data frames.
#[inline]
pub(super) fn is_nothing(raw: &[u8]) -> bool {
    // Most values are longer, or digits.
    let first = raw.first();
    if raw.len() > NOTHING_MAX || first.is_some_and(u8::is_ascii_digit) {
        return false;
    }
    matches!(
        raw,
        b"" | b"null"
            | b"NULL"
            | b"None"
            | b"NaN"
            | b"nan"
            | b"\\N"
            | b"\"\""
            | b"undefined"
            | b"-"
            | b"\"None\""
            | b"\"null\""
            | b"{}"
            | b"[]"
    )
}

/// The text of a raw value: without the quotes and escapes of JSON, if it has them.
#[expect(clippy::needless_bitwise_bool, reason = "looks at all bytes at once, without branches")]
pub(super) fn unquoted(raw: &str) -> Cow<'_, str> {
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(raw);
    };
    // Most are short: a call of a search costs more than to look at each byte.
    let has_escapes = if inner.len() <= 32 {
        inner.bytes().fold(false, |found, byte| found | (byte == b'\\'))
    } else {
        memchr::memchr(b'\\', inner.as_bytes()).is_some()
    };
    if has_escapes && let Ok(text) = serde_json::from_str::<String>(raw) {
        return Cow::Owned(text);
    }
    Cow::Borrowed(inner)
}

#[inline]
fn any_count(raw: &str) -> Result<u64, BadValue> {
    plain_digits(raw).map_or_else(|| loose_count(&unquoted(raw)), Ok)
}

/// A count in a list or object that is read as a whole, in all the ways in which [`Values::count`]
/// reads one.
pub(super) fn lenient<'de, D: Deserializer<'de>>(parser: D) -> Result<Option<u64>, D::Error> {
    let raw = <&RawValue>::deserialize(parser)?.get();
    if is_nothing(raw.as_bytes()) {
        return Ok(None);
    }
    match any_count(raw) {
        Ok(count) => Ok(Some(count)),
        // For `bounded` to refuse.
        Err(BadValue::Implausible) => Ok(Some(u64::MAX)),
        Err(BadValue::Negative) => Err(D::Error::custom(format!("below zero: {raw}"))),
        Err(BadValue::NotANumber) => Err(D::Error::custom(format!("not a whole number: {raw}"))),
    }
}

/// The common case, without a look at anything but digits.
#[inline]
pub(super) fn plain_digits(raw: &str) -> Option<u64> {
    if raw.len() > 18 {
        return None;
    }
    raw.bytes().try_fold(0u64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0'))
    })
}

/// Counts as spreadsheets and data frames write them. A fraction other than zero is no count.
fn loose_count(text: &str) -> Result<u64, BadValue> {
    let text = text.trim();
    if !is_grouped(text) || is_ambiguous(text) {
        return Err(BadValue::NotANumber);
    }
    whole_number(&text.replace([',', '_'], ""))
}

fn whole_number(text: &str) -> Result<u64, BadValue> {
    let scaled = crate::units::parse_decimal(text, 0, crate::units::Excess::Reject);
    match scaled {
        Ok(count) if count < 0 => Err(BadValue::Negative),
        Ok(count) => u64::try_from(count).map_err(|_| BadValue::Implausible),
        Err(crate::units::DecimalError::TooLarge) => Err(BadValue::Implausible),
        Err(_) => Err(BadValue::NotANumber),
    }
}

/// Commas stand between groups of three digits, if there are any: `12,5` is a fraction.
fn is_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or(text);
    whole.split(',').skip(1).all(|group| group.len() == 3)
}

/// `1.000` may be one, or a thousand where a point stands between groups of digits.
fn is_ambiguous(text: &str) -> bool {
    let Some((whole, fraction)) = text.split_once('.') else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    fraction == "000" && (1..=3).contains(&whole.len()) && digits(whole) && !whole.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(raw: &str) -> Result<Option<u64>, BadValue> {
        let mut values = Values::new(Field::ALL.len());
        values.set(0, 0, raw);
        values.count(Field::ALL[0])
    }

    #[test]
    fn counts_read_as_logs_write_them() {
        for (raw, expected) in [
            ("12", Some(12)),
            ("12.0", Some(12)),
            ("\"12\"", Some(12)),
            ("1,234", Some(1234)),
            ("1.2e3", Some(1200)),
            ("null", None),
            ("", None),
            ("NaN", None),
            ("1,234,567.0", Some(1_234_567)),
            ("1234.000", Some(1234)),
            ("0.000", Some(0)),
        ] {
            assert_eq!(count(raw), Ok(expected), "{raw:?}");
        }
        assert_eq!(count("-5"), Err(BadValue::Negative));
        assert_eq!(count("12.5"), Err(BadValue::NotANumber));
        // A thousand, in some countries.
        assert_eq!(count("1.000"), Err(BadValue::NotANumber));
        assert_eq!(count("12,5"), Err(BadValue::NotANumber));
        assert_eq!(count("true"), Err(BadValue::NotANumber));
        assert_eq!(count("1e30"), Err(BadValue::Implausible));
        assert_eq!(count("99999999999999999999"), Err(BadValue::Implausible));
    }

    #[test]
    fn the_best_ranked_place_wins_in_any_order() {
        for order in [[(0, "1"), (1, "2")], [(1, "2"), (0, "1")]] {
            let mut values = Values::new(1);
            for (rank, raw) in order {
                values.set(0, rank, raw);
            }
            assert_eq!(values.raw(0), "1");
        }
    }

    #[test]
    fn escapes_are_decoded() {
        let mut values = Values::new(1);
        values.set(0, 0, r#""a\"b\u00e9""#);
        assert_eq!(Raw::text_at(&values, 0), "a\"bé");
    }
}
