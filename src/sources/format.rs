//! What a log format is: where its values stand, what they mean, and its quirks.

use std::borrow::Cow;

use crate::diagnostics::Code;
use crate::units::{PerClass, Tokens};
use crate::usage::{Call, Instant, Rolled};

use super::field::Field;
use super::rows::Unfold;
use super::session::Session;
use super::values::Values;

/// A log format. Adding one is a file with one of these, and a line in
/// [`FORMATS`](super::FORMATS).
#[derive(Debug)]
pub struct Format {
    /// The name for `--source-format` and reports.
    pub name: &'static str,
    /// One line on what writes such logs.
    pub summary: &'static str,
    /// Who bills, when the record does not say; may be empty.
    pub provider: &'static str,
    /// Whether a JSON record is of this format.
    pub(super) recognises: fn(&serde_json::Value) -> bool,
    /// Whether a table with these columns is of this format.
    pub(super) recognises_columns: fn(&[String]) -> bool,
    /// Where the values stand. The first place of a field that has a value wins.
    pub(super) fields: &'static [(&'static str, Field)],
    /// Where a record may be wrapped; the empty wrapper is the record itself.
    pub(super) wrappers: &'static [&'static str],
    /// Whether case and separators of names do not matter.
    pub(super) loose_names: bool,
    /// What the counts include, given the names of the columns or keys.
    pub(super) convention: fn(&[String]) -> Convention,
    /// Takes apart records that hold several calls, or that no path leads into.
    pub(super) unfold: Option<Unfold>,
    /// Whether records may be read the short way (see [`quick`](super::quick)): then, of records with
    /// both counts, `screen` and `refine` look at words alone. Fields that need a closer look where
    /// they are there are listed; nothing where all records do.
    pub(super) quick: Option<&'static [Field]>,
    /// How copies of one call are recognised.
    pub(super) identity: Identity,
    /// Says whether a record is a call at all, before its counts are read.
    pub(super) screen: fn(&Values<'_>) -> Screen,
    /// How its records depend on those before them, where they do.
    pub(super) session: Option<&'static Session>,
    /// Mends what the general rules cannot know.
    pub(super) refine: fn(&Values<'_>, &mut Draft<'_>) -> Result<(), Refusal>,
}

impl Format {
    /// Whether it has a use for a value of this name, wherever it stands.
    pub(super) fn reads(&self, name: &str) -> bool {
        let ends = |path: &str| path == name || name.ends_with(&format!(".{path}"));
        self.fields.iter().any(|(path, _)| ends(path))
    }
}

/// Which counts are inside which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "questions that have nothing to do with each other"
)]
pub(super) struct Convention {
    /// Cached tokens, read and written, are part of the input count.
    pub(super) input_includes_cache: bool,
    /// Reasoning is part of the output count.
    pub(super) output_includes_reasoning: bool,
    /// Audio and images are part of the count of their side.
    pub(super) includes_media: bool,
    /// Known beyond doubt, from the user or the names: no total of a record is asked.
    pub(super) settled: bool,
}

impl Convention {
    pub(super) const INCLUSIVE: Self = Self {
        input_includes_cache: true,
        output_includes_reasoning: true,
        includes_media: true,
        settled: false,
    };
    pub(super) const EXCLUSIVE: Self = Self { input_includes_cache: false, ..Self::INCLUSIVE };
    /// Nothing inside anything: for counts that [`settle`](super::counts::settle) looks at again.
    pub(super) const APART: Self =
        Self { output_includes_reasoning: false, settled: true, ..Self::EXCLUSIVE };
}

/// How copies of one call are recognised across all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// The same id and the same contents: an id alone may name a group of calls.
    WholeRecord,
    /// The provider's id of the response: the most complete copy counts.
    Response,
    /// As [`Identity::Response`], where a response by its nature takes several records: the
    /// further ones in its file are parts of it, not copies.
    Stream,
    /// The session's totals so far, which its forks repeat.
    Running,
    /// A sum over a period: all that names it. The same name a second time in a file is another
    /// sum; in another file it is a copy, and the larger counts are the later ones.
    Bucket,
    /// As [`Identity::Bucket`], where each count of the sum has a row of its own.
    Pivot,
    /// Not at all: every record counts.
    Unknown,
}

/// Whether a record is a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Screen {
    /// It is.
    Call,
    /// It is, or it sums up some, though it need not have tokens.
    WithoutTokens,
    /// By its nature it is none; nothing is lost.
    NoCall,
    /// It is usage, but none that can be priced; why.
    NoTokens(&'static str),
}

/// Why a record cannot be used.
pub(super) type Refusal = (Code, String);

/// A remark on a record that was used all the same.
pub(super) type Remark = (Code, String);

/// A call in the making: its numbers, and its names as text.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub(super) call: Call,
    /// What it says of its calls as a whole, where it is a row of a roll-up.
    pub(super) rolled: Option<Rolled>,
    /// When the latest of its calls was, where it is a row of a roll-up with times.
    pub(super) last_time: Option<Instant>,
    pub(super) provider: Cow<'a, str>,
    pub(super) model: Cow<'a, str>,
    pub(super) request_model: Cow<'a, str>,
    pub(super) call_type: Cow<'a, str>,
    pub(super) geo: Cow<'a, str>,
    /// Calls inside this one that are billed on their own: their model and numbers.
    pub(super) parts: Vec<(String, Call)>,
    /// Where the numbers are totals so far: those of the last call, if the log has them.
    pub(super) last: Option<PerClass<Tokens>>,
    /// How many records beside it were left out, where it is such a row of a roll-up.
    pub(super) more_left_out: u64,
    /// Whether it need not have tokens.
    pub(super) without_tokens: bool,
    /// What the format has to say about the record.
    pub(super) remarks: Vec<Remark>,
}

/// For formats without other records.
pub(super) fn every_record(_: &Values<'_>) -> Screen {
    Screen::Call
}

/// For formats without quirks.
#[expect(clippy::unnecessary_wraps, reason = "other formats refuse records here")]
pub(super) fn as_read(_: &Values<'_>, _: &mut Draft<'_>) -> Result<(), Refusal> {
    Ok(())
}

/// For formats that are never a table.
pub(super) fn no_table(_: &[String]) -> bool {
    false
}

/// The value at a path of keys, if there is one that is not null.
pub(super) fn at<'v>(record: &'v serde_json::Value, path: &str) -> Option<&'v serde_json::Value> {
    path.split('.').try_fold(record, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// Whether the record, or what one of `wrappers` holds, has an object of usage at `usage` that
/// satisfies `test`.
pub(super) fn wrapped(
    record: &serde_json::Value,
    wrappers: &[&str],
    test: impl Fn(&serde_json::Value) -> bool,
) -> bool {
    wrappers.iter().any(|wrapper| {
        let inner = if wrapper.is_empty() { Some(record) } else { at(record, wrapper) };
        inner.is_some_and(&test)
    })
}
