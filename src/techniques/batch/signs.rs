//! Signs in a log that nobody waits for a call.

use hashbrown::HashMap;

use crate::usage::{Calls, Days, Row, Symbol};

/// Words in the name of a call type or a tag that say that work is done behind the scenes.
const WORDS: [&str; 20] = [
    "backfill",
    "batch",
    "benchmark",
    "bulk",
    "cron",
    "daily",
    "digest",
    "etl",
    "eval",
    "evals",
    "evaluation",
    "evaluations",
    "monthly",
    "night",
    "nightly",
    "offline",
    "overnight",
    "reindex",
    "scheduled",
    "weekly",
];

/// Keys also say so when they are those of continuous integration.
const KEY_WORD: &str = "ci";

/// The word of a name that says that work is offline; of a key, `ci` too.
pub(super) fn offline_word(name: &str, is_key: bool) -> Option<&'static str> {
    let words = WORDS.into_iter().chain(is_key.then_some(KEY_WORD));
    let said: Vec<String> = words_of(name);
    words.into_iter().find(|word| said.iter().any(|one| one == word))
}

/// The words of a name such as `nightly_report` or `nightlyReport`, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        let starts = !letter.is_alphanumeric() || (was_lower && letter.is_uppercase());
        if starts {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            let last = words.last_mut().expect("there is one from the start");
            last.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase();
    }
    words
}

/// Calls of one type and key: what a job sends.
pub(super) type Stream = (Symbol, Symbol);

const MILLIS_PER_MINUTE: i64 = 60_000;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// A schedule is told from a habit by this many days and calls.
const DAYS_MIN: usize = 3;
const CALLS_MIN: usize = 20;
/// Days start within this of the usual time, and are done after that.
const START_TOLERANCE: i64 = 15 * MILLIS_PER_MINUTE;
const RUN_MAX: i64 = 120 * MILLIS_PER_MINUTE;

/// The rows of a stream that run on a schedule: at least three days that start at nearly the same
/// time and are done two hours later, and four of five days do so. `rows` are in order of time and
/// have one.
pub(super) fn scheduled(calls: &Calls, rows: &[Row]) -> Vec<Row> {
    let mut days: Vec<(i32, Vec<Row>)> = Vec::new();
    for row in rows {
        let Some(day) = Days::UTC.day_of(calls.call(*row).time) else { continue };
        match days.last_mut() {
            Some((known, rows)) if *known == day => rows.push(*row),
            _ => days.push((day, vec![*row])),
        }
    }
    if days.len() < DAYS_MIN || rows.len() < CALLS_MIN {
        return Vec::new();
    }
    let time_of_day = |row: Row| calls.call(row).time.millis().rem_euclid(MILLIS_PER_DAY);
    let first = |rows: &[Row]| rows.first().map_or(0, |row| time_of_day(*row));
    let last = |rows: &[Row]| rows.last().map_or(0, |row| time_of_day(*row));
    let mut starts: Vec<i64> = days.iter().map(|(_, rows)| first(rows)).collect();
    starts.sort_unstable();
    let usual = starts[starts.len() / 2];
    let fits = |rows: &[Row]| {
        (first(rows) - usual).abs() <= START_TOLERANCE && last(rows) - first(rows) <= RUN_MAX
    };
    let all = days.len();
    let regular: Vec<_> = days.into_iter().filter(|(_, rows)| fits(rows)).collect();
    if regular.len() < DAYS_MIN || regular.len() * 5 < all * 4 {
        return Vec::new();
    }
    regular.into_iter().flat_map(|(_, rows)| rows).collect()
}

/// A burst: so many calls after a pause, two a second on average, over after ten minutes.
const BURST_MIN: usize = 20;
const PAUSE: i64 = MILLIS_PER_MINUTE;
const BURST_MAX: i64 = 10 * MILLIS_PER_MINUTE;
const MILLIS_PER_BURST_CALL: i64 = 500;

/// The rows of a stream that are sent in bursts. `rows` are in order of time and have one.
pub(super) fn bursts(calls: &Calls, rows: &[Row]) -> Vec<Row> {
    let time = |row: Row| calls.call(row).time.millis();
    let runs = rows.chunk_by(|one, next| time(*next) - time(*one) <= PAUSE);
    let is_burst = |run: &&[Row]| {
        let length =
            run.first().zip(run.last()).map_or(0, |(first, last)| time(*last) - time(*first));
        let count = i64::try_from(run.len()).unwrap_or(i64::MAX);
        run.len() >= BURST_MIN
            && length <= BURST_MAX
            && length <= count.saturating_mul(MILLIS_PER_BURST_CALL)
    };
    runs.filter(is_burst).flatten().copied().collect()
}

/// The rows of each stream, in order.
pub(super) fn streams(rows: impl Iterator<Item = (Row, Stream)>) -> Vec<Vec<Row>> {
    let mut places: HashMap<Stream, usize> = HashMap::new();
    let mut found: Vec<Vec<Row>> = Vec::new();
    for (row, stream) in rows {
        let place = *places.entry(stream).or_insert_with(|| {
            found.push(Vec::new());
            found.len() - 1
        });
        found[place].push(row);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, is_key: bool, expected: Option<&str>) {
        assert_eq!(offline_word(name, is_key), expected, "{name}");
    }

    #[test]
    fn a_word_stands_alone_in_a_name() {
        check("nightly_report", false, Some("nightly"));
        check("reportNightly", false, Some("nightly"));
        check("EVAL-suite", false, Some("eval"));
        check("retrieval", false, None);
        check("knight", false, None);
        check("ci-runner", true, Some("ci"));
        check("ci-runner", false, None);
        check("pricing", true, None);
        check("", true, None);
    }
}
