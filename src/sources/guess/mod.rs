//! What the columns of an unknown log could mean, by rules that say why; nothing is made up.
//!
//! The first records are laid out as columns (`survey`), each column is taken for what its name
//! and its values allow (`rules`, `names`), sums settle what overlaps (`sums`, `money`), and what
//! is left over is a mapping to paste (`proposal`). No text of a log gets out but short names.

mod inside;
mod money;
mod names;
mod proposal;
mod reading;
mod rules;
mod samples;
mod sums;
mod survey;
mod verdict;

use std::fmt;

use crate::usage::Dimensions;

use super::chunk::Limits;
use super::detect::Hint;
use super::discover::Input;
use super::formats::find_format;
use super::look::{Candidates, Look, NoLook, look};
use super::open::open;
use super::plan::FilePlan;
use super::saved::SavedSource;

pub use self::inside::Inside;
pub use self::proposal::{Proposal, quoted_for_shell};

use self::inside::guess_inside;
use self::reading::as_read;
use self::survey::survey;
use self::verdict::judge;

/// What the columns of a file could mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// The file as the user named it.
    pub file: String,
    /// How its records follow each other.
    pub layout: &'static str,
    /// How many records were looked at.
    pub records: u64,
    /// The format or saved source that reads it anyway.
    pub fits: Option<String>,
    /// How its records are taken out of those that they are in; they are what was looked at.
    pub inside: Option<Inside>,
    /// Its columns or paths, in the order of the file.
    pub findings: Vec<Finding>,
    /// How many further columns there are.
    pub left_out: u64,
    /// Fields without which there is no proposal, and no column for them.
    pub missing: Vec<&'static str>,
    /// What cannot be told for sure.
    pub doubts: Vec<String>,
    /// The mapping to paste.
    pub proposal: Option<Proposal>,
}

impl Guess {
    /// A name for the source, after the file: `gateway-2026-10.jsonl.gz` is of `gateway`.
    pub fn source_name(&self) -> String {
        let file = self.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default().to_lowercase();
        let words = stem.split(|letter: char| !letter.is_ascii_alphabetic());
        let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
        match name.as_str() {
            "" => "my-log".to_owned(),
            known if find_format(known).is_some() => format!("{known}-log"),
            _ => name,
        }
    }
}

/// A column or path, and what it is taken for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// The name of the column, or the path of keys.
    pub path: String,
    /// What its values are: `whole number`, `time`, `text`, …
    pub kind: &'static str,
    /// A value, unless it could be text of a prompt or an answer.
    pub sample: String,
    /// In how many records it has a value.
    pub present: u64,
    /// What it is taken for.
    pub role: Role,
    /// Why.
    pub reason: String,
}

/// What a column is taken for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// This field.
    Taken(&'static str),
    /// It could be this field as well, but another column fits better.
    Alternative(&'static str),
    /// The sum of others: shows what is inside what.
    Total,
    /// Nothing; it can still group a report under its own name.
    #[default]
    Nothing,
}

/// Why there is nothing to guess about.
#[derive(Debug)]
pub enum NoGuess {
    /// The file cannot be read.
    Unreadable(std::io::Error),
    /// There is nothing in it.
    Empty,
    /// It holds no records.
    NoRecords(String),
}

impl fmt::Display for NoGuess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "{error}"),
            Self::Empty => f.write_str("there is nothing in it"),
            Self::NoRecords(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for NoGuess {}

/// Looks at the start of an input, by itself and with the mappings that were saved.
///
/// # Errors
/// When it cannot be read, or holds no records.
pub fn guess(input: &Input, sources: &[SavedSource]) -> Result<Guess, NoGuess> {
    let mut source = open(input).map_err(NoGuess::Unreadable)?;
    let name = input.name();
    let candidates = Candidates { sources, named: None, file: &name };
    let (sample, complete, fits, reason, plan) =
        match look(&mut source, Limits::default(), Hint::default(), candidates) {
            Ok(Look { detection: None, .. }) => return Err(NoGuess::Empty),
            Ok(Look { sample, complete, detection: Some(detection), saved, .. }) => {
                let name = saved.map(|place| sources[place].name.clone());
                let fits = name.unwrap_or_else(|| detection.format.name.to_owned());
                let none = Dimensions::new([]);
                let plan = match saved {
                    Some(place) => FilePlan::saved(&detection, &sources[place], &[], &none),
                    None => FilePlan::new(&detection, &[], &none),
                };
                let reason = format!("it is read as `{fits}`, but holds no record yet");
                (sample, complete, Some(fits), reason, Some(plan))
            }
            Err(NoLook::Unknown { reason, sample, complete }) => {
                (sample, complete, None, reason, None)
            }
            Err(NoLook::Failed(error)) => return Err(NoGuess::Unreadable(error)),
        };
    let found = match plan {
        // What is inside the records of a known format, the format knows.
        Some(_) => survey(&sample, complete).map(|survey| judge(&survey)),
        None => guess_sample(&sample, complete),
    };
    let found = found.ok_or(NoGuess::NoRecords(reason))?;
    let guess = Guess { file: name, fits, ..found };
    Ok(match plan {
        Some(plan) => as_read(guess, &plan),
        None => guess,
    })
}

/// The same for bytes that were read already; nothing if they hold no records.
pub(super) fn guess_sample(sample: &[u8], complete: bool) -> Option<Guess> {
    let guess = survey(sample, complete).map(|survey| judge(&survey))?;
    if guess.proposal.is_some() {
        return Some(guess);
    }
    Some(guess_inside(sample, complete).unwrap_or(guess))
}

#[cfg(test)]
mod tests;
