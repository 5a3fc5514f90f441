//! `--verbose`: which files were read as what, by which prices, and how long it took; on stderr, so
//! that standard output is the same bytes with and without it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::report::PriceSource;
use crate::sources::{Reading, find_format};

use super::config::Config;
use super::failure::inform;

/// Tells what a run does, where that was asked for.
#[derive(Debug)]
pub(super) struct Journal {
    is_on: bool,
    /// Whether the run ends with it: a comparison reads two logs.
    is_last: bool,
    started: Instant,
    stage: Instant,
}

impl Journal {
    /// Starts it, with the configuration that counts.
    pub(super) fn start(is_on: bool, config: &Config) -> Self {
        let now = now();
        let journal = Self { is_on, is_last: true, started: now, stage: now };
        if is_on {
            let names: Vec<_> = config.files().map(|path| path.display().to_string()).collect();
            journal.tell(|| match names.as_slice() {
                [] => "no configuration file".to_owned(),
                names => format!("configuration: {}", names.join(", then ")),
            });
        }
        journal
    }

    /// Leaves the last words to another one.
    pub(super) fn is_not_last(&mut self) {
        self.is_last = false;
    }

    fn tell(&self, text: impl FnOnce() -> String) {
        if self.is_on {
            inform(&text());
        }
    }

    /// Says which files were found and as what they were read.
    pub(super) fn read(&self, reading: &Reading, named: Option<&str>, bytes: u64, took: Duration) {
        if !self.is_on {
            return;
        }
        for file in &reading.files {
            let format = file.format.unwrap_or("no format");
            let why = match (&file.saved, named) {
                (Some(saved), _) => format!("the saved source `{saved}`"),
                (None, Some(_)) => "--source-format says so".to_owned(),
                (None, None) if file.format.is_some() => {
                    let first = "its first records or columns are those of this format";
                    let summary = file.format.and_then(find_format).map(|format| format.summary);
                    summary.map_or_else(|| first.to_owned(), |text| format!("{first}: {text}"))
                }
                (None, None) => "nothing in it was recognised".to_owned(),
            };
            let lines = &file.lines;
            self.tell(|| {
                format!(
                    "{}: {format} ({why}); {} lines, {} records",
                    file.name, lines.lines, lines.records
                )
            });
        }
        let lines = reading.total().lines;
        self.tell(|| {
            format!(
                "read {lines} lines, {} after decompression, in {}: {} lines a second",
                size(bytes),
                seconds(took),
                rate(lines, took)
            )
        });
    }

    /// Says which prices are used.
    pub(super) fn priced(&self, prices: &PriceSource) {
        let (oldest, newest) = &prices.checked_on;
        self.tell(|| {
            format!("price book {}, checked from {oldest} to {newest}", prices.book_sha256)
        });
    }

    /// Says how long a stage took: all since the end of the one before it.
    pub(super) fn stage(&mut self, name: &str) {
        let now = now();
        let took = now.duration_since(self.stage);
        self.stage = now;
        self.tell(|| format!("{name}: {}", seconds(took)));
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if !self.is_on || !self.is_last {
            return;
        }
        let memory = peak_memory()
            .map_or_else(String::new, |bytes| format!(", at most {} of memory", size(bytes)));
        let took = self.started.elapsed();
        self.tell(|| format!("took {}{memory}", seconds(took)));
    }
}

/// The moment from which something is measured.
#[expect(clippy::disallowed_methods, reason = "how long a run took is told beside the report")]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// A stretch of time: `1.23 s`.
fn seconds(time: Duration) -> String {
    format!("{}.{:02} s", time.as_secs(), time.subsec_millis() / 10)
}

/// So many things in a time, as a number a second.
fn rate(number: u64, time: Duration) -> u128 {
    u128::from(number) * 1_000_000 / time.as_micros().max(1)
}

/// A number of bytes: `12.3 MB`.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// The most memory that this process ever had, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string(PathBuf::from("/proc/self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_rates_and_sizes_are_for_people() {
        assert_eq!(seconds(Duration::from_millis(1_239)), "1.23 s");
        assert_eq!(rate(500, Duration::from_millis(250)), 2_000);
        assert_eq!(
            ["0", "12345", "12345678", "2500000000"]
                .map(|text| { size(text.parse().expect("a number")) }),
            ["0.0 kB", "12.3 kB", "12.3 MB", "2.5 GB"]
        );
    }
}
