//! What there is to parse, one piece after another: whoever asks opens the next file, reads the
//! next chunk, or is told that there is no more.

use std::io::{self, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::diagnostics::Code;

use super::assembly::Step;
use super::buffers::Buffers;
use super::chunk::{Chunk, Chunks, Limits, newlines};
use super::detect::Hint;
use super::discover::Input;
use super::formats::is_other_money;
use super::guess::{Guess, guess_sample};
use super::look::{Look, NoLook, look};
use super::open::{Opened, Source, StoredBytes, open_counted};
use super::parquet_file::{Piece, Pieces};
use super::plan::FilePlan;
use super::reader::{Progress, ReadOptions};
use super::writing::COST_UNIT;

/// A file whose first bytes were looked at.
pub(super) type Cuts = Chunks<Chain<Cursor<Vec<u8>>, Source>>;

/// What goes to a thread that parses.
pub(super) struct Job {
    pub(super) sequence: u64,
    pub(super) file: u32,
    pub(super) plan: Arc<FilePlan>,
    pub(super) work: Work,
}

/// How much of a file goes to one thread.
pub(super) enum Work {
    /// A chunk; the first one of a file is told apart.
    Chunk(Chunk, bool),
    /// Rows of a table that are no text.
    Rows(Piece),
    /// The whole file: its records depend on those before them.
    File(Box<Cuts>),
}

/// What comes next.
pub(super) enum Next {
    /// Something to parse.
    Job(Job),
    /// Something to be told, in its place among the rest.
    Step(u64, Step),
    /// Nothing more.
    End,
}

/// Tells how far the reading is.
#[derive(Clone)]
pub(super) struct Told<'p> {
    progress: &'p dyn Progress,
    stored: StoredBytes,
}

impl<'p> Told<'p> {
    pub(super) fn new(progress: &'p dyn Progress) -> Self {
        Self { progress, stored: StoredBytes::default() }
    }

    pub(super) fn advance(&self, bytes: u64) {
        self.progress.advance(bytes);
        self.progress.stored(self.stored.swap(0, Ordering::Relaxed));
    }
}

/// The inputs, as far as they are read.
pub(super) struct Feed<'i> {
    inputs: &'i [Input],
    options: &'i ReadOptions,
    told: Told<'i>,
    limits: Limits,
    /// The next input to open.
    file: usize,
    sequence: u64,
    current: Option<Current>,
    buffers: Buffers,
}

/// A file that is read piece by piece.
struct Current {
    plan: Arc<FilePlan>,
    rest: Rest,
}

/// What is left of a file.
enum Rest {
    /// Text; and whether it starts the file.
    Text(Box<Cuts>, bool),
    /// Rows of a table.
    Rows(Pieces),
}

impl Rest {
    /// The next piece, and how many bytes it is; nothing at the end.
    fn next(&mut self) -> io::Result<Option<(Work, u64)>> {
        match self {
            Self::Text(cuts, is_first) => Ok(cuts.next()?.map(|chunk| {
                let bytes = chunk.bytes.len() as u64;
                (Work::Chunk(chunk, std::mem::take(is_first)), bytes)
            })),
            Self::Rows(pieces) => Ok(pieces.next().map(|piece| {
                let bytes = piece.bytes;
                (Work::Rows(piece), bytes)
            })),
        }
    }
}

/// Why a file is not read, or not further.
enum Trouble {
    /// Its format is not known; what its columns could mean.
    Unknown(String, Option<Box<Guess>>),
    /// The source failed; the second says whether the file had been opened as a log.
    Failed(io::Error, bool),
}

impl From<NoLook> for Trouble {
    fn from(none: NoLook) -> Self {
        match none {
            NoLook::Unknown { reason, sample, complete } => {
                let guess = guess_sample(&sample, complete);
                Self::Unknown(reason, guess.map(Box::new))
            }
            NoLook::Failed(error) => Self::Failed(error, false),
        }
    }
}

impl<'i> Feed<'i> {
    pub(super) fn new(
        inputs: &'i [Input],
        options: &'i ReadOptions,
        told: Told<'i>,
        limits: Limits,
        buffers: Buffers,
    ) -> Self {
        Self { inputs, options, told, limits, file: 0, sequence: 0, current: None, buffers }
    }

    /// The next piece. Cuts depend on the bytes alone, never on who asks when.
    pub(super) fn next(&mut self) -> Next {
        let Some(Current { plan, rest }) = self.current.take() else { return self.open() };
        let mut rest = match (plan.format.session, rest) {
            (Some(_), Rest::Text(cuts, _)) => {
                let (sequence, file, work) = (self.number(), self.last_file(), Work::File(cuts));
                return Next::Job(Job { sequence, file, plan, work });
            }
            (_, rest) => rest,
        };
        match rest.next() {
            Ok(Some((work, bytes))) => {
                self.told.advance(bytes);
                self.current = Some(Current { plan: Arc::clone(&plan), rest });
                Next::Job(Job { sequence: self.number(), file: self.last_file(), plan, work })
            }
            Ok(None) => self.open(),
            Err(error) => self.failed(Trouble::Failed(error, true)),
        }
    }

    fn number(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence - 1
    }

    /// The number of the file that was opened last.
    fn last_file(&self) -> u32 {
        u32::try_from(self.file - 1).expect("fewer than 2^32 inputs")
    }

    fn failed(&mut self, trouble: Trouble) -> Next {
        let (code, reason, opened, guess) = match trouble {
            Trouble::Unknown(reason, guess) => (Code::UnknownFormat, reason, false, guess),
            Trouble::Failed(error, opened) => {
                (Code::UnreadableFile, error.to_string(), opened, None)
            }
        };
        let step = Step::Failed { file: self.last_file(), code, reason, opened, guess };
        Next::Step(self.number(), step)
    }

    /// Opens the next input; what it holds comes after the answer.
    fn open(&mut self) -> Next {
        let Some(input) = self.inputs.get(self.file) else { return Next::End };
        self.file += 1;
        match self.look_at(input) {
            Ok(step) => Next::Step(self.number(), step),
            Err(trouble) => self.failed(trouble),
        }
    }

    fn look_at(&mut self, input: &Input) -> Result<Step, Trouble> {
        let (options, file) = (self.options, self.last_file());
        let Opened { text: mut source, table } = open_counted(input, &self.told.stored)
            .map_err(|error| Trouble::Failed(error, false))?;
        let hint = Hint { format: options.format, mapped: !options.map.is_empty() };
        let name = input.name();
        let look = look(&mut source, self.limits, hint, options.candidates(&name))?;
        let Look { sample, detection, saved, .. } = look;
        let Some(detection) = detection else {
            return Ok(Step::Empty { file, blank: newlines(&sample) });
        };
        let saved = saved.map(|place| &options.sources[place]);
        let plan = match saved {
            Some(source) => FilePlan::saved(&detection, source, &options.map, &options.dimensions),
            None => FilePlan::new(&detection, &options.map, &options.dimensions),
        };
        let plan = if hint.explains() || saved.is_some() {
            plan
        } else {
            plan.with_others(&detection.columns, &options.dimensions)
        };
        let plan = if options.late_columns { plan.with_late_columns() } else { plan };
        let plan = plan.sparing(options.spare.clone());
        let plan = Arc::new(if options.keep_duplicates { plan.keeping_copies() } else { plan });
        let columns = detection.columns;
        let states_unit = |map: &[(String, String)]| map.iter().any(|(name, _)| name == COST_UNIT);
        let settled = saved.is_some() || states_unit(&options.map);
        let left_out = |column: &&String| is_other_money(column) && !plan.format.reads(column);
        let other_money = columns.iter().filter(|_| !settled).find(left_out).cloned();
        let saved = saved.map(|source| source.name.clone());
        let format = plan.format;
        let rest = if let Some(pieces) = table.and_then(|table| Pieces::of(&table, &plan)) {
            Rest::Rows(pieces)
        } else {
            let source = Cursor::new(sample).chain(source);
            let cuts = Chunks::new(source, plan.framing, self.limits);
            Rest::Text(Box::new(cuts.with_buffers(self.buffers.clone())), true)
        };
        self.current = Some(Current { plan, rest });
        Ok(Step::Opened { file, format, saved, columns, other_money })
    }
}
