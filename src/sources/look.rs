//! The first look at a source: as much of it as its format needs, and the format.

use std::io::{self, Read};

use super::chunk::Limits;
use super::detect::{Detection, Hint, Unknown, detect};
use super::formats::{OWN, is_signed};
use super::open::Source;
use super::saved::SavedSource;

/// What was seen.
pub(super) struct Look {
    /// The start of the source.
    pub(super) sample: Vec<u8>,
    /// Whether that is all of it.
    pub(super) complete: bool,
    /// The format; nothing when there is nothing in it.
    pub(super) detection: Option<Detection>,
    /// The saved source that takes it, by its place.
    pub(super) saved: Option<usize>,
}

/// Why there is no format.
pub(super) enum NoLook {
    /// What was seen is none.
    Unknown { reason: String, sample: Vec<u8>, complete: bool },
    /// The source failed.
    Failed(io::Error),
}

/// The saved sources that may take a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidates<'s> {
    pub(super) sources: &'s [SavedSource],
    /// The one that the user named.
    pub(super) named: Option<usize>,
    /// The name of the file.
    pub(super) file: &'s str,
}

impl Candidates<'_> {
    /// The saved source that takes the file, and its layout; nothing if none does or the sample
    /// cannot say.
    fn find(&self, sample: &[u8], last: bool) -> Result<Option<(usize, Detection)>, Unknown> {
        if self.sources.is_empty() {
            return Ok(None);
        }
        let hint = Hint { format: Some(OWN), mapped: true };
        let detection = match detect(sample, last, hint) {
            // Told again by the formats, with what they would have liked to see.
            Err(Unknown::Format(_)) => return Ok(None),
            found => found?,
        };
        // What llmcost wrote is its own, whatever its file is called.
        let signed = is_signed(|name| detection.columns.iter().any(|column| column == name));
        let fits = |source: &SavedSource| !signed && source.fits(self.file, &detection.columns);
        let fitting = self.sources.iter().position(fits);
        Ok(self.named.or(fitting).map(|place| (place, detection)))
    }
}

/// Looks at the start of a source.
///
/// # Errors
/// When the source fails or is of no known format.
pub(super) fn look(
    source: &mut Source,
    limits: Limits,
    hint: Hint,
    candidates: Candidates<'_>,
) -> Result<Look, NoLook> {
    let mut sample = Vec::new();
    loop {
        let wanted = limits.more(limits.sample, sample.len());
        let before = sample.len();
        let read = source.by_ref().take(wanted as u64).read_to_end(&mut sample);
        match read {
            Err(error) if sample.is_empty() => return Err(NoLook::Failed(error)),
            _ => {}
        }
        let complete = sample.len() < before + wanted;
        if complete && sample.trim_ascii().is_empty() {
            return Ok(Look { sample, complete, detection: None, saved: None });
        }
        let last = complete || sample.len() >= limits.record;
        let found = candidates.find(&sample, last).and_then(|found| match found {
            Some((place, detection)) => Ok((Some(place), detection)),
            None => detect(&sample, last, hint).map(|detection| (None, detection)),
        });
        match found {
            Ok((saved, detection)) => {
                return Ok(Look { sample, complete, detection: Some(detection), saved });
            }
            Err(Unknown::Format(reason)) => {
                return Err(NoLook::Unknown { reason, sample, complete });
            }
            Err(Unknown::Incomplete) => {}
        }
    }
}
