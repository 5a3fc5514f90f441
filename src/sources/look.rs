//! The first look at a source: as much of it as its format needs, and the format.

use std::io;

use super::buffers::Buffer;
use super::chunk::Limits;
use super::detect::{Detection, Hint, Unknown, detect};
use super::formats::{OWN, is_signed};
use super::open::Source;
use super::oversized::{PassedOver, begins_inside, pass_first};
use super::saved::SavedSource;

/// What was seen.
pub(super) struct Look {
    /// The start of the source.
    pub(super) sample: Buffer,
    /// Whether that is all of it.
    pub(super) complete: bool,
    /// The records before it, all of them too long.
    pub(super) passed_over: Vec<PassedOver>,
    /// Whether it ended because the source failed, which it will again.
    pub(super) failed: bool,
    /// The format; nothing when there is nothing in it.
    pub(super) detection: Option<Detection>,
    /// The saved source that takes it, by its place.
    pub(super) saved: Option<usize>,
}

/// Why there is no format.
pub(super) enum NoLook {
    /// What was seen is none.
    Unknown { reason: String, sample: Buffer, complete: bool },
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

/// Finds a format, as [`detect`] does.
pub(super) type Detect<'d> = &'d mut dyn FnMut(&[u8], bool, Hint) -> Result<Detection, Unknown>;

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
    look_into(Buffer::default(), source, limits, hint, candidates, &mut detect)
}

/// As [`look`], into a buffer that was used before, with a way to find the format.
pub(super) fn look_into(
    mut sample: Buffer,
    source: &mut Source,
    limits: Limits,
    hint: Hint,
    candidates: Candidates<'_>,
    detect: Detect<'_>,
) -> Result<Look, NoLook> {
    let mut passed_over: Vec<PassedOver> = Vec::new();
    loop {
        let wanted = limits.more(limits.sample, sample.len());
        let before = sample.len();
        let read = sample.read(source, wanted);
        let failed = read.is_err();
        match read {
            Err(error) if sample.is_empty() => return Err(NoLook::Failed(error)),
            _ => {}
        }
        let complete = sample.len() < before + wanted;
        if complete && sample.trim_ascii().is_empty() && passed_over.is_empty() {
            return Ok(Look {
                sample,
                complete,
                passed_over,
                failed,
                detection: None,
                saved: None,
            });
        }
        let last = complete || sample.len() >= limits.record;
        let found = candidates.find(&sample, last).and_then(|found| match found {
            Some((place, detection)) => Ok((Some(place), detection)),
            None => detect(&sample, last, hint).map(|detection| (None, detection)),
        });
        match found {
            Ok((saved, detection)) => {
                let detection = Some(detection);
                return Ok(Look { sample, complete, passed_over, failed, detection, saved });
            }
            Err(Unknown::Format(reason)) => {
                let inside = if last && !complete { begins_inside(&sample) } else { None };
                let Some(framing) = inside else {
                    let reason = behind(&passed_over, reason);
                    return Err(NoLook::Unknown { reason, sample, complete });
                };
                let inside_line = passed_over.last().is_some_and(|before| before.ends_inside);
                let passed = pass_first(&mut sample, source, framing, inside_line, limits);
                passed_over.push(passed.map_err(NoLook::Failed)?);
            }
            Err(Unknown::Incomplete) => {}
        }
    }
}

/// Why the format is not known, when the first records are not known either.
fn behind(passed_over: &[PassedOver], reason: String) -> String {
    let Some(first) = passed_over.first() else { return reason };
    format!(
        "it begins with {}, and behind that {reason}; say what it is with `--source-format`, or \
         read longer records with `--max-record`",
        first.what()
    )
}
