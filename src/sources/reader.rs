//! Reads all inputs: several threads read and parse, the caller's thread puts in order.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::usage::{Calls, Dimensions};

use super::assembly::Assembly;
use super::chunk::{Limits, RECORD_BYTES_MAX};
use super::crew::Crew;
use super::discover::Input;
use super::format::Format;
use super::look::Candidates;
use super::reading::Reading;
use super::saved::SavedSource;
use super::unpacked::MostUnpacked;

/// How inputs are read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format of all inputs; found for each when not given.
    pub format: Option<&'static Format>,
    /// Pairs of a field or dimension and the column or path that holds it.
    pub map: Vec<(String, String)>,
    /// Mappings that were saved; each takes the files that it fits before any format does.
    pub sources: Vec<SavedSource>,
    /// The one of them that reads all inputs, whatever they look like.
    pub source: Option<usize>,
    /// The dimensions to keep.
    pub dimensions: Dimensions,
    /// The model of records that name none.
    pub assume_model: String,
    /// The call type of records that name none.
    pub assume_call_type: String,
    /// How many threads parse.
    pub threads: NonZeroUsize,
    /// Which of the dimensions nobody may want any more.
    pub spare: Option<Spare>,
    /// Whether copies of a call count like any other: for logs in which ids are no ids, or that are
    /// known to have none. Sums over a period and totals of a session are still told from their copies.
    pub keep_duplicates: bool,
    /// Whether keys that only later records have are wanted; it takes time.
    pub late_columns: bool,
    /// How much one compressed input may unpack to.
    pub most_unpacked: MostUnpacked,
    /// The longest record that is read, in bytes; longer ones are passed over.
    pub longest_record: usize,
}

/// Dimensions that are only of use for a while: names of which a log has very many, for a look at
/// logs that are not too long.
#[derive(Clone, Debug)]
pub struct Spare {
    /// The place of the first of them; all behind it are spare.
    pub from: usize,
    /// Says that they may be left empty from now on.
    pub lapsed: Arc<AtomicBool>,
}

impl Default for ReadOptions {
    /// Formats are recognised, names are llmcost's own, no column is kept beside the usual ones, and
    /// one thread parses.
    fn default() -> Self {
        Self {
            format: None,
            map: Vec::new(),
            sources: Vec::new(),
            source: None,
            dimensions: Dimensions::new([]),
            assume_model: String::new(),
            assume_call_type: String::new(),
            threads: NonZeroUsize::MIN,
            spare: None,
            keep_duplicates: false,
            late_columns: false,
            most_unpacked: MostUnpacked::default(),
            longest_record: RECORD_BYTES_MAX,
        }
    }
}

impl ReadOptions {
    /// The saved sources that may take a file of this name; none if the user named a format.
    pub(super) fn candidates<'s>(&'s self, file: &'s str) -> Candidates<'s> {
        let sources = if self.format.is_some() { &[] } else { self.sources.as_slice() };
        Candidates { sources, named: self.source, file }
    }
}

/// Hears how far the reading is.
pub trait Progress: Sync {
    /// So many more bytes, after decompression, were read.
    fn advance(&self, bytes: u64);

    /// So many more bytes of files, as they are stored, were read.
    fn stored(&self, _bytes: u64) {}
}

/// Sums up calls of a log apart from others: several threads have one each.
pub trait Share: Send {
    /// Takes some calls; those of a lower `order` stand before them in the input.
    fn take(&mut self, order: u64, calls: Calls);
}

/// Reads `inputs` on several threads, each of which gives its part of the calls to a share that
/// `begin` makes; no call goes to two. Copies are left out as in [`read`]; which call goes where
/// depends on chance.
///
/// # Panics
/// When a share does, or a thread that parses: a bug.
pub fn read_shared<S: Share>(
    inputs: &[Input],
    options: &ReadOptions,
    progress: &dyn Progress,
    begin: &(dyn Fn() -> S + Sync),
) -> (Reading, Vec<S>) {
    let crew = Crew::new(limits(options), inputs, options, progress);
    crew.read_shared(options.threads.get(), Assembly::new(inputs, options), begin)
}

/// Reads `inputs` and gives their calls to `sink`, in input order and without copies. Batches
/// have the dimensions of `options` with dictionaries of their own. The result does not depend on
/// the number of threads.
///
/// # Panics
/// When `sink` does, or a thread that parses: a bug.
pub fn read(
    inputs: &[Input],
    options: &ReadOptions,
    progress: &dyn Progress,
    sink: &mut dyn FnMut(&Calls),
) -> Reading {
    read_within(limits(options), inputs, options, progress, sink)
}

/// The sizes in which files are read.
fn limits(options: &ReadOptions) -> Limits {
    Limits { record: options.longest_record, ..Limits::default() }
}

pub(super) fn read_within(
    limits: Limits,
    inputs: &[Input],
    options: &ReadOptions,
    progress: &dyn Progress,
    sink: &mut dyn FnMut(&Calls),
) -> Reading {
    let crew = Crew::new(limits, inputs, options, progress);
    let assembly = Assembly::new(inputs, options);
    crew.read(options.threads.get(), assembly, &mut |calls| sink(&calls))
}
