//! Embeddings as vectors of integers, so that similarities of them are exact.

/// Components are scaled so that the largest has this magnitude: a millionth of it is still told
/// apart, finer than any model's own noise.
const SCALE: u128 = 1 << 20;

/// No model's vectors are longer; then every sum of products fits an integer.
const LENGTH_MAX: usize = 8_192;

/// Decimals that are kept of a component while it is read.
const DECIMALS: i32 = 15;

/// Components beyond this are no components.
const EXPONENT_MAX: i32 = 9;

/// Marks the text form, which no JSON or base64 begins with.
const MARK: char = '~';

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A direction. Its length means nothing: similarities are cosines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vector(Vec<i32>);

impl Vector {
    /// Reads a JSON array of numbers, or base64 of little-endian 32-bit floats, without computing
    /// with floats. Nothing when it is neither, is zero, or has fewer than 2 or more than 8,192
    /// components.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let parts: Option<Vec<i128>> = match inner {
            Some(inner) => inner.split(',').map(|number| decimal(number.trim())).collect(),
            None => floats(text),
        };
        Self::scaled(&parts?)
    }

    fn scaled(parts: &[i128]) -> Option<Self> {
        let largest = parts.iter().map(|part| part.unsigned_abs()).max()?;
        if largest < SCALE || !(2..=LENGTH_MAX).contains(&parts.len()) {
            return None;
        }
        let scale = |part: &i128| {
            let size = (part.unsigned_abs() * SCALE * 2 + largest) / (largest * 2);
            let size = i32::try_from(size).ok()?;
            Some(if *part < 0 { -size } else { size })
        };
        parts.iter().map(scale).collect::<Option<_>>().map(Self)
    }

    /// The components, at most 2²⁰ in magnitude.
    pub fn parts(&self) -> &[i32] {
        &self.0
    }

    /// A short text that [`Vector::from_text`] reads again.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.0.len() * 4 + 1);
        text.push(MARK);
        for part in &self.0 {
            let bits = u32::from_le_bytes(part.to_le_bytes());
            for shift in [0, 6, 12, 18] {
                text.push(char::from(ALPHABET[(bits >> shift & 63) as usize]));
            }
        }
        text
    }

    /// Reads the text form; nothing when it is none.
    pub fn from_text(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(MARK)?.as_bytes();
        let parts = digits.chunks(4).map(|chunk| {
            let mut bits = 0;
            for (place, digit) in chunk.iter().enumerate() {
                bits |= sextet(*digit)? << (6 * place);
            }
            // The sign is the highest of the 24 bits.
            Some(i32::from_le_bytes((bits << 8).to_le_bytes()) >> 8)
        });
        parts.collect::<Option<_>>().map(Self)
    }
}

fn sextet(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// A decimal number such as `-1.25e-3` in units of 10⁻¹⁵; digits beyond are cut off.
fn decimal(text: &str) -> Option<i128> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, number) = match number.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let mut size: i128 = 0;
    // How many decimals of the number are in `size`, once moved by the exponent.
    let mut room = DECIMALS.checked_add(exponent)?.checked_add(i32::try_from(whole.len()).ok()?)?;
    for digit in digits() {
        if room <= 0 {
            break;
        }
        size = size.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        room -= 1;
        if size > 10_i128.pow(24) {
            return None;
        }
    }
    if size == 0 {
        return Some(0);
    }
    let moved = 10_i128.checked_pow(u32::try_from(room.max(0)).ok()?)?;
    size.checked_mul(moved).filter(|size| *size < 10_i128.pow(24)).map(|size| sign * size)
}

/// The 32-bit floats in base64, in units of 10⁻¹⁵.
fn floats(text: &str) -> Option<Vec<i128>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        let mut bits = 0;
        for (place, digit) in chunk.iter().enumerate() {
            bits |= sextet(*digit)? << (18 - 6 * place);
        }
        let kept = chunk.len().checked_sub(1)?;
        bytes.extend_from_slice(&bits.to_be_bytes()[1..=kept]);
    }
    let (floats, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() || floats.is_empty() {
        return None;
    }
    floats.iter().map(|float| fixed(u32::from_le_bytes(*float))).collect()
}

/// What the bits of a 32-bit float stand for, in units of 10⁻¹⁵.
fn fixed(bits: u32) -> Option<i128> {
    let exponent = i32::try_from(bits >> 23 & 0xff).ok()?;
    // Beyond 2³⁰, infinite, or no number.
    if exponent > 127 + 3 * EXPONENT_MAX {
        return None;
    }
    let fraction = i128::from(bits & 0x7f_ffff);
    let (mantissa, exponent) =
        if exponent == 0 { (fraction, 1) } else { (fraction | 1 << 23, exponent) };
    let scaled = mantissa * 10_i128.pow(15);
    let shift = exponent - 150;
    let size = match u32::try_from(shift) {
        Ok(left) => scaled << left,
        Err(_) => scaled.checked_shr(shift.unsigned_abs()).unwrap_or(0),
    };
    Some(if bits >> 31 == 1 { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&[i32]>) {
        assert_eq!(Vector::parse(text).as_ref().map(Vector::parts), expected, "{text}");
    }

    #[test]
    fn numbers_are_scaled_by_the_largest() {
        check("[1, -0.5, 0]", Some(&[1 << 20, -(1 << 19), 0]));
        check("[2e-3, 1E-3]", Some(&[1 << 20, 1 << 19]));
        check("[3,4]", Some(&[3 << 18, 1 << 20]));
        check("[0.000001e6, 0.25]", Some(&[1 << 20, 1 << 18]));
    }

    #[test]
    fn what_is_no_vector_is_none() {
        for text in ["", "[]", "[1]", "[0,0]", "[1,x]", "[1,]", "hello", "[1e400,1]", "[NaN,1]"] {
            check(text, None);
        }
    }

    /// The bytes of 1.0, -0.5, 0.25 as floats: 0000803f 000000bf 0000803e.
    #[test]
    fn floats_in_base64_are_the_same_numbers() {
        check("AACAPwAAAL8AAIA+", Some(&[1 << 20, -(1 << 19), 1 << 18]));
    }

    #[test]
    fn the_text_form_loses_nothing() {
        for text in ["[1,-0.5,0.333,-1]", "[0.001,-0.002,0.0003]"] {
            let vector = Vector::parse(text).expect("a vector");
            assert_eq!(Vector::from_text(&vector.to_text()).as_ref(), Some(&vector), "{text}");
        }
    }
}
