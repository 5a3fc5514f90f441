//! How long calls may wait.

use serde::de::{Deserializer, Error};

use crate::usage::{Call, Instant};

/// The column of a log that says until when, or how long, a call may wait.
pub(super) const COLUMN: &str = "deadline";

/// Batches are answered within a day, or expire.
pub(super) const WITHIN: i64 = 24 * HOUR;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Longer than any batch; it keeps sums within the integer.
const LONGEST: i64 = 10_000 * DAY;

/// What a log says about the deadline of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deadline {
    /// Nothing.
    Unsaid,
    /// So many milliseconds from the start of the call.
    After(i64),
    /// A moment.
    At(Instant),
    /// A text that says neither.
    Unclear,
}

impl Deadline {
    /// Reads `24h`, `90m`, `1d 12h`, a bare number of seconds, or a moment.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Unsaid;
        }
        let bare = text.parse::<i64>().ok().filter(|seconds| *seconds < 100_000_000);
        let span = bare.map(|seconds| seconds.saturating_mul(SECOND)).or_else(|| span(text));
        span.map(Self::After)
            .or_else(|| Instant::parse(text).ok().map(Self::At))
            .unwrap_or(Self::Unclear)
    }

    /// Whether a call can wait so many milliseconds; nothing when the log does not say.
    pub(super) fn allows(self, call: &Call, wait: i64) -> Option<bool> {
        match self {
            Self::Unsaid => None,
            Self::After(span) => Some(span >= wait),
            Self::At(end) => Some(
                call.time
                    .known()
                    .is_some_and(|start| end.millis().saturating_sub(start.millis()) >= wait),
            ),
            Self::Unclear => Some(false),
        }
    }
}

/// A span such as `24h` or `1d 12h`, in milliseconds.
pub(super) fn span(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|one: char| !one.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let millis = match unit {
            's' => SECOND,
            'm' => MINUTE,
            'h' => HOUR,
            'd' => DAY,
            _ => return None,
        };
        total = total.checked_add(count.checked_mul(millis)?)?;
        rest = rest[digits + unit.len_utf8()..].trim_start();
    }
    (total <= LONGEST).then_some(total)
}

/// A span in a plan.
pub(super) fn setting<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(input)?;
    span(&text).filter(|span| *span > 0).ok_or_else(|| {
        D::Error::custom(format!(
            "`{text}` is no span of time; write one such as \"24h\" or \"90m\""
        ))
    })
}

/// A span in words, to the minute: `24 h`, `90 min`.
pub(super) fn words(span: i64) -> String {
    if span % HOUR == 0 { format!("{} h", span / HOUR) } else { format!("{} min", span / MINUTE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Deadline) {
        assert_eq!(Deadline::parse(text), expected, "{text}");
    }

    #[test]
    fn a_deadline_is_a_span_or_a_moment() {
        check("24h", Deadline::After(WITHIN));
        check("1d 12h", Deadline::After(36 * HOUR));
        check("90m", Deadline::After(90 * MINUTE));
        check("3600", Deadline::After(HOUR));
        check("", Deadline::Unsaid);
        check("soon", Deadline::Unclear);
        check("99999999999999999d", Deadline::Unclear);
        let noon = Instant::parse("2026-05-04T12:00:00Z").expect("a time");
        check("2026-05-04T12:00:00Z", Deadline::At(noon));
    }

    #[test]
    fn a_moment_is_compared_with_the_start_of_the_call() {
        let at = |text| Instant::parse(text).expect("a time");
        let call = Call { time: at("2026-05-04T12:00:00Z"), ..Call::default() };
        let until = |text| Deadline::At(at(text)).allows(&call, WITHIN);
        assert_eq!(until("2026-05-05T12:00:00Z"), Some(true));
        assert_eq!(until("2026-05-05T11:59:59Z"), Some(false));
        assert_eq!(Deadline::Unsaid.allows(&call, WITHIN), None);
        assert_eq!(Deadline::Unclear.allows(&call, WITHIN), Some(false));
    }
}
