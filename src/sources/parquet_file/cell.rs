//! One value of a Parquet column as JSON text: exact, and as short as that allows.

use std::io::Write;
use std::ops::Range;

use chrono::DateTime;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::ColumnDescriptor;

use serde_json::value::RawValue;

use super::super::scan::plain_end;
use super::super::values::COUNT_MAX;

const SECONDS_PER_DAY: i64 = 86_400;

/// What the numbers or bytes of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What they are.
    Plain,
    Unsigned,
    /// A whole number of this many decimals.
    Decimal(usize),
    /// Parts of a second since 1970, of which a second has so many; and whether in UTC.
    Timestamp(i64, bool),
    /// Days since 1970.
    Date,
    /// Parts of a second since midnight.
    Time(i64),
    /// Text that is JSON.
    Json,
    Uuid,
    Float16,
}

/// How the values of a column are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) kind: Kind,
    /// Whether a text that says `null` is a name like any other.
    pub(super) exact_texts: bool,
}

impl Kind {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let scale = usize::try_from(column.type_scale()).unwrap_or(0);
        match column.logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => {
                return Self::Timestamp(per_second(time.unit), time.is_adjusted_to_u_t_c);
            }
            Some(LogicalType::Time(time)) => return Self::Time(per_second(time.unit)),
            Some(LogicalType::Decimal(decimal)) => {
                return Self::Decimal(usize::try_from(decimal.scale).unwrap_or(0));
            }
            Some(LogicalType::Integer(integer)) if !integer.is_signed => return Self::Unsigned,
            Some(LogicalType::Date) => return Self::Date,
            Some(LogicalType::Json) => return Self::Json,
            Some(LogicalType::Uuid) => return Self::Uuid,
            Some(LogicalType::Float16) => return Self::Float16,
            _ => {}
        }
        match column.converted_type() {
            ConvertedType::TIMESTAMP_MILLIS => Self::Timestamp(1_000, true),
            ConvertedType::TIMESTAMP_MICROS => Self::Timestamp(1_000_000, true),
            ConvertedType::TIME_MILLIS => Self::Time(1_000),
            ConvertedType::TIME_MICROS => Self::Time(1_000_000),
            ConvertedType::DATE => Self::Date,
            ConvertedType::DECIMAL => Self::Decimal(scale),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Self::Unsigned,
            ConvertedType::JSON => Self::Json,
            _ if column.physical_type() == Type::INT96 => Self::Timestamp(1_000_000_000, true),
            _ => Self::Plain,
        }
    }
}

const fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// The years 0 to 9999 in milliseconds: what is written of other times, no reader takes for one.
const YEARS: Range<i64> = -62_167_219_200_000..253_402_300_800_000;

/// Where bytes stand in memory, and how many they are: while they are there, nothing else is.
pub(super) type Address = (usize, usize);

/// A value that can be written; one that says nothing writes nothing. What may be known of some
/// values without their text is what that would say.
pub(super) trait Cell {
    fn write(&self, style: Style, text: &mut Vec<u8>);

    /// It as a count; nothing where only its text can say.
    fn count(&self, _: Style) -> Option<u64> {
        None
    }

    /// It as a time in milliseconds since 1970; nothing where its text is none.
    fn millis(&self, _: Style) -> Option<i64> {
        None
    }

    /// Where it stands, if equal values may share a place.
    fn address(&self) -> Option<Address> {
        None
    }
}

/// Writes to memory, which takes everything.
macro_rules! put {
    ($text:expr, $($what:tt)*) => {
        write!($text, $($what)*).expect("memory takes everything")
    };
}

impl Cell for bool {
    fn write(&self, _: Style, text: &mut Vec<u8>) {
        put!(text, "{self}");
    }
}

impl Cell for i32 {
    fn write(&self, style: Style, text: &mut Vec<u8>) {
        match style.kind {
            Kind::Unsigned => put!(text, "{}", self.cast_unsigned()),
            Kind::Date => moment(i64::from(*self) * SECONDS_PER_DAY, 0, "%Y-%m-%d", *self, text),
            _ => i64::from(*self).write(style, text),
        }
    }

    fn count(&self, style: Style) -> Option<u64> {
        match style.kind {
            Kind::Plain => u64::try_from(*self).ok(),
            Kind::Unsigned => Some(u64::from(self.cast_unsigned())),
            _ => None,
        }
    }
}

impl Cell for i64 {
    fn write(&self, style: Style, text: &mut Vec<u8>) {
        match style.kind {
            Kind::Unsigned => put!(text, "{}", self.cast_unsigned()),
            Kind::Decimal(scale) => decimal(&self.to_string(), scale, text),
            Kind::Timestamp(parts, in_utc) => {
                let nanos = self.rem_euclid(parts) * (1_000_000_000 / parts);
                timestamp(self.div_euclid(parts), nanos, in_utc, *self, text);
            }
            Kind::Time(parts) => {
                let nanos = self.rem_euclid(parts) * (1_000_000_000 / parts);
                moment(self.div_euclid(parts), nanos, "%H:%M:%S%.f", *self, text);
            }
            _ => serde_json::to_writer(text, self).expect("memory takes everything"),
        }
    }

    fn count(&self, style: Style) -> Option<u64> {
        let count = match style.kind {
            Kind::Plain => u64::try_from(*self).ok()?,
            Kind::Unsigned => self.cast_unsigned(),
            _ => return None,
        };
        (count <= COUNT_MAX).then_some(count)
    }

    fn millis(&self, style: Style) -> Option<i64> {
        let Kind::Timestamp(parts, _) = style.kind else { return None };
        // Digits beyond milliseconds are left away, of times before 1970 too.
        Some(self.div_euclid(parts / 1_000)).filter(|millis| YEARS.contains(millis))
    }
}

/// Writes a day and its time; one that no calendar has, as its number. Every row has one, so no
/// pattern is read for it.
fn timestamp(seconds: i64, nanos: i64, in_utc: bool, number: i64, text: &mut Vec<u8>) {
    let nanos = u32::try_from(nanos).expect("it is less than a second");
    match DateTime::from_timestamp(seconds, nanos) {
        Some(moment) => {
            let zone = if in_utc { "Z" } else { "" };
            put!(text, "\"{:?}{zone}\"", moment.naive_utc());
        }
        None => put!(text, "{number}"),
    }
}

/// Writes a moment; one that no calendar has, as its number.
fn moment(seconds: i64, nanos: i64, pattern: &str, number: impl Into<i64>, text: &mut Vec<u8>) {
    let nanos = u32::try_from(nanos).expect("it is less than a second");
    match DateTime::from_timestamp(seconds, nanos) {
        Some(moment) => put!(text, "\"{}\"", moment.format(pattern)),
        None => put!(text, "{}", number.into()),
    }
}

/// Moments as Spark and Impala wrote them: a day of the Julian calendar and nanoseconds.
impl Cell for Int96 {
    fn write(&self, style: Style, text: &mut Vec<u8>) {
        self.to_nanos().write(style, text);
    }
}

/// Doubles are written as the shortest decimal that is read back as the same, and never computed
/// with.
impl Cell for f64 {
    fn write(&self, _: Style, text: &mut Vec<u8>) {
        if self.is_finite() {
            put!(text, "{self}");
        }
    }
}

impl Cell for f32 {
    fn write(&self, _: Style, text: &mut Vec<u8>) {
        if self.is_finite() {
            put!(text, "{self}");
        }
    }
}

impl Cell for ByteArray {
    fn write(&self, style: Style, text: &mut Vec<u8>) {
        bytes(self.data(), style, text);
    }

    /// The values of a dictionary stand where the dictionary does.
    fn address(&self) -> Option<Address> {
        Some((self.data().as_ptr().addr(), self.len()))
    }
}

impl Cell for FixedLenByteArray {
    fn write(&self, style: Style, text: &mut Vec<u8>) {
        bytes(self.data(), style, text);
    }
}

fn bytes(bytes: &[u8], style: Style, text: &mut Vec<u8>) {
    match (style.kind, std::str::from_utf8(bytes)) {
        (Kind::Decimal(scale), _) => decimal(&whole(bytes), scale, text),
        (Kind::Float16, _) => {
            if let [low, high] = bytes {
                half(u16::from_le_bytes([*low, *high])).write(style, text);
            }
        }
        (Kind::Uuid, _) => {
            let hex = hex(bytes);
            let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, hex.len())];
            let parts = parts.map(|(start, end)| hex.get(start..end).unwrap_or_default());
            put!(text, "\"{}\"", parts.join("-"));
        }
        (Kind::Json, Ok(json)) if serde_json::from_str::<&RawValue>(json).is_ok() => {
            // A line end inside JSON separates, as a space does.
            let flat = |byte: u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte };
            text.extend(json.bytes().map(flat));
        }
        (_, Ok(said)) => write_text(said, style.exact_texts, text),
        // Bytes that are no text may still be an id.
        (_, Err(_)) => {
            put!(text, "\"{}\"", hex(bytes));
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut digits = Vec::with_capacity(2 * bytes.len());
    for byte in bytes {
        put!(digits, "{byte:02x}");
    }
    String::from_utf8(digits).expect("hexadecimal digits are text")
}

/// The longest text that readers may take for no value.
const NOTHING_MAX: usize = 9;

fn write_text(said: &str, exact: bool, text: &mut Vec<u8>) {
    match said.chars().next() {
        Some(first) if exact && first.is_ascii() && said.len() <= NOTHING_MAX => {
            let rest = serde_json::to_string(&said[1..]).expect("a text is JSON");
            put!(text, "\"\\u{:04x}{}", u32::from(first), &rest[1..]);
        }
        // Most have nothing to be escaped.
        _ if plain_end(said.as_bytes(), 0) == said.len() => {
            text.push(b'"');
            text.extend_from_slice(said.as_bytes());
            text.push(b'"');
        }
        _ => serde_json::to_writer(text, said).expect("memory takes everything"),
    }
}

/// A whole number from its bytes, the highest first, negative ones as their complement.
fn whole(bytes: &[u8]) -> String {
    let is_negative = bytes.first().is_some_and(|first| *first >= 0x80);
    if bytes.len() <= 16 {
        let mut all = [if is_negative { 0xff } else { 0 }; 16];
        all[16 - bytes.len()..].copy_from_slice(bytes);
        return i128::from_be_bytes(all).to_string();
    }
    // Decimal digits, the lowest first.
    let mut digits = vec![0_u16];
    for byte in bytes {
        let mut carry = u16::from(if is_negative { !*byte } else { *byte });
        for digit in &mut digits {
            carry += *digit * 256;
            *digit = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    if is_negative {
        // The complement is one less than the amount.
        let nines = digits.iter().take_while(|digit| **digit == 9).count();
        digits[..nines].fill(0);
        match digits.get_mut(nines) {
            Some(digit) => *digit += 1,
            None => digits.push(1),
        }
    }
    let sign = if is_negative { "-" } else { "" };
    let digits: String = digits.iter().rev().map(ToString::to_string).collect();
    format!("{sign}{}", digits.trim_start_matches('0'))
}

/// Writes a whole number of `scale` decimals, without zeros at its end.
fn decimal(whole: &str, scale: usize, text: &mut Vec<u8>) {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (before, after) = digits.split_at(digits.len() - scale);
    let after = after.trim_end_matches('0');
    let point = if after.is_empty() { "" } else { "." };
    put!(text, "{sign}{before}{point}{after}");
}

/// A number of 16 bits as one of 32.
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    let rest = match (exponent, fraction) {
        (0, 0) => 0,
        (0, _) => {
            // Below the normal numbers of 16 bits, but not of 32.
            let places = fraction.leading_zeros() - 21;
            (113 - places) << 23 | (fraction << places & 0x3ff) << 13
        }
        (0x1f, _) => 0xff << 23 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &impl Cell, kind: Kind, expected: &str) {
        let mut text = Vec::new();
        value.write(Style { kind, exact_texts: false }, &mut text);
        assert_eq!(String::from_utf8(text).expect("text"), expected, "{kind:?}");
    }

    #[test]
    fn numbers_are_exact_and_short() {
        check(&-1_i32, Kind::Plain, "-1");
        check(&-1_i32, Kind::Unsigned, "4294967295");
        check(&-1_i64, Kind::Unsigned, "18446744073709551615");
        check(&0.1_f64, Kind::Plain, "0.1");
        check(&123.0_f64, Kind::Plain, "123");
        check(&1e-7_f64, Kind::Plain, "0.0000001");
        check(&0.1_f32, Kind::Plain, "0.1");
        check(&f64::NAN, Kind::Plain, "");
        for (bits, expected) in
            [(0x3c00_u16, "1"), (0xc000, "-2"), (0x0001, "0.000000059604645"), (0x7c00, "")]
        {
            check(&ByteArray::from(bits.to_le_bytes().to_vec()), Kind::Float16, expected);
        }
    }

    #[test]
    fn decimals_keep_every_digit() {
        check(&12_345_i64, Kind::Decimal(2), "123.45");
        check(&-5_i32, Kind::Decimal(3), "-0.005");
        check(&1_500_i64, Kind::Decimal(3), "1.5");
        check(&7_i64, Kind::Decimal(0), "7");
        for number in [-1_i128, 0, 255, -256, i128::MAX, i128::MIN] {
            let narrow = number.to_be_bytes();
            check(&ByteArray::from(narrow.to_vec()), Kind::Decimal(0), &number.to_string());
            let fill = if number < 0 { 0xff } else { 0 };
            let wide = [&[fill; 16][..], &narrow].concat();
            let expected = number.to_string();
            let expected = if number == 0 { "0" } else { &expected };
            check(&ByteArray::from(wide), Kind::Decimal(0), expected);
        }
    }

    #[test]
    fn moments_are_written_with_what_is_known() {
        let time = 1_790_000_000_123_i64;
        check(&time, Kind::Timestamp(1_000, true), "\"2026-09-21T14:13:20.123Z\"");
        check(&time, Kind::Timestamp(1_000, false), "\"2026-09-21T14:13:20.123\"");
        check(&-1_i64, Kind::Timestamp(1_000_000_000, true), "\"1969-12-31T23:59:59.999999999Z\"");
        check(&i64::MAX, Kind::Timestamp(1_000, true), "9223372036854775807");
        check(&20_000_i32, Kind::Date, "\"2024-10-04\"");
        check(&3_661_000_i32, Kind::Time(1_000), "\"01:01:01\"");
    }

    #[test]
    fn bytes_are_text_where_they_can_be() {
        let text = |bytes: &[u8]| ByteArray::from(bytes.to_vec());
        check(&text("a\n\"é".as_bytes()), Kind::Plain, "\"a\\n\\\"é\"");
        check(&text(b"\xff\x00"), Kind::Plain, "\"ff00\"");
        check(&text(b"{\"a\":\n1.10}"), Kind::Json, "{\"a\": 1.10}");
        check(&text(b"torn{"), Kind::Json, "\"torn{\"");
        let id = text(&(0..16).collect::<Vec<u8>>());
        check(&id, Kind::Uuid, "\"00010203-0405-0607-0809-0a0b0c0d0e0f\"");
        let mut own = Vec::new();
        text(b"null").write(Style { kind: Kind::Plain, exact_texts: true }, &mut own);
        assert_eq!(own, b"\"\\u006eull\"");
    }
}
