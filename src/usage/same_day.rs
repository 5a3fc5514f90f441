//! Times of neighbouring records, which mostly share a day.

use super::clock::Instant;

const DATE: usize = "2026-05-01T".len();
const CLOCK: usize = "10:00:00".len();
const LOW_BITS: u64 = u64::from_ne_bytes([0x7f; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Remembers the day of the time that was read last.
#[derive(Clone, Copy, Debug, Default)]
pub struct SameDay {
    /// `2026-05-01T`; zeros before the first one.
    date: u128,
    start: i64,
}

impl SameDay {
    /// The time that starts at a place, as [`Instant::parse_usual`] reads it, and where it ends.
    /// Nothing where another form stands there, or where `bytes` are about to end.
    #[inline]
    pub fn read(&mut self, bytes: &[u8], at: usize) -> Option<(Instant, usize)> {
        let text = bytes.get(at..)?.first_chunk::<24>()?;
        let [head @ .., _, _, _, _, _, _, _, _] = text;
        let (clock, tail) = text[DATE..].split_at(CLOCK);
        let length = match tail {
            [b'Z', ..] => 20,
            [b'.', _, _, _, b'Z'] => 24,
            _ => return None,
        };
        let date = u128::from_le_bytes(*head) & ((1 << (8 * DATE)) - 1);
        if date != self.date {
            let time = Instant::parse_usual(std::str::from_utf8(&text[..length]).ok()?)?;
            let day = std::str::from_utf8(&text[..DATE]).ok()?;
            let midnight = Instant::parse_usual(&format!("{day}00:00:00Z"))?;
            (self.date, self.start) = (date, midnight.millis());
            return Some((time, at + length));
        }
        let clock = u64::from_le_bytes(*clock.first_chunk()?);
        let seconds = seconds(clock ^ u64::from_le_bytes(*b"00:00:00"))?;
        let millis = if length == 20 { 0 } else { thousandths([tail[1], tail[2], tail[3]])? };
        Some((Instant::from_millis(self.start + 1000 * seconds + millis), at + length))
    }
}

/// The seconds of a day, of a clock with its digits as numbers and nothing between them.
#[inline]
fn seconds(clock: u64) -> Option<i64> {
    let nine = u64::from_ne_bytes([0x7f - 9; 8]);
    let colons = 0x0000_ff00_00ff_0000;
    if (((clock & LOW_BITS) + nine) | clock) & HIGH_BITS != 0 || clock & colons != 0 {
        return None;
    }
    let two = |at: u32| {
        let [tens, ones] = [clock >> (8 * at) & 0xff, clock >> (8 * at + 8) & 0xff];
        10 * tens + ones
    };
    let (hour, minute, second) = (two(0), two(3), two(6));
    let is_clock = hour <= 23 && minute <= 59 && second <= 60;
    is_clock.then(|| (3_600 * hour + 60 * minute + second).cast_signed())
}

#[inline]
fn thousandths(digits: [u8; 3]) -> Option<i64> {
    let [a, b, c] = digits.map(|digit| digit.wrapping_sub(b'0'));
    (a <= 9 && b <= 9 && c <= 9).then(|| 100 * i64::from(a) + 10 * i64::from(b) + i64::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(memo: &mut SameDay, text: &str) {
        let bytes = format!("x{text}\"and so on, for longer than any time");
        let found = memo.read(bytes.as_bytes(), 1);
        let expected = Instant::parse_usual(text).map(|time| (time, 1 + text.len()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_day_of_before_is_known_again() {
        let mut memo = SameDay::default();
        for text in [
            "2026-05-01T10:00:00Z",
            "2026-05-01T23:59:60.999Z",
            "2026-05-02T00:00:00.001Z",
            "2026-02-30T00:00:00Z",
            "2026-05-02T24:00:00Z",
            "2026-05-02T10:60:00Z",
            "2026-05-02T10:00:61Z",
            "2026-05-02T10.00:00Z",
            "2026-05-02T1a:00:00Z",
            "2026-05-02T10:00:00.a00Z",
            "2026-05-02 10:00:00Z",
            "2026-05-02T10:00:00z",
        ] {
            check(&mut memo, text);
        }
        assert_eq!(memo.read(b"2026-05-02T00:00:00Z", 0), None, "the end is too near");
    }

    proptest! {
        #[test]
        fn times_are_what_each_digit_says(
            texts in proptest::collection::vec(
                "2026-0[12]-0[1-3]T[012][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{3})?Z", 1..9),
            odd in 0usize..24,
            byte in any::<u8>().prop_filter("ASCII", u8::is_ascii),
        ) {
            let mut memo = SameDay::default();
            for text in &texts {
                check(&mut memo, text);
                let mut changed = text.clone().into_bytes();
                if odd < changed.len() {
                    changed[odd] = byte;
                    let changed = String::from_utf8(changed).expect("ASCII");
                    // A letter that ends the time earlier makes another text of it.
                    if changed.find('Z') == Some(changed.len() - 1) {
                        check(&mut memo, &changed);
                    }
                }
            }
        }
    }
}
