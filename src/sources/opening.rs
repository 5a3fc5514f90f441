//! The start of an input: it is opened, its format is found, and how it is read is planned. Each thread
//! does that on its own, and remembers the files it opened: of many that are alike, only the first takes
//! long.

use std::collections::VecDeque;
use std::io::{self, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::diagnostics::Code;

use super::assembly::Step;
use super::buffers::{Buffer, Buffers};
use super::chunk::{Chunk, Chunks, Limits, newlines};
use super::detect::{Detection, Hint};
use super::discover::Input;
use super::formats::is_other_money;
use super::guess::{Guess, guess_sample};
use super::look::{Look, NoLook, look_into};
use super::open::{Opened, Source, StoredBytes, open_counted};
use super::parquet_file::Pieces;
use super::plan::FilePlan;
use super::reader::{Progress, ReadOptions};
use super::sketch::Sketches;
use super::writing::COST_UNIT;

/// A file whose first bytes were looked at.
pub(super) type Cuts = Chunks<Chain<Cursor<Buffer>, Source>>;

/// So many plans are kept.
const PLANS_MAX: usize = 16;

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

/// What opens inputs.
#[derive(Clone)]
pub(super) struct Opener<'i> {
    pub(super) options: &'i ReadOptions,
    pub(super) told: Told<'i>,
    pub(super) limits: Limits,
    pub(super) buffers: Buffers,
}

/// What a thread remembers of the files that it opened; it makes opening others fast and changes
/// nothing.
#[derive(Default)]
pub(super) struct Acquaintance {
    sketches: Sketches,
    /// The latest first.
    plans: VecDeque<Planned>,
}

/// What was found in an input, and how it is read.
#[derive(Clone)]
struct Planned {
    columns: Arc<Vec<String>>,
    /// The saved source that takes it, by its place.
    saved: Option<usize>,
    plan: Arc<FilePlan>,
    /// A column of money that is left out.
    other_money: Option<String>,
}

/// What became of an input.
pub(super) enum Opening {
    /// There is nothing in it to read; why.
    Nothing(Step),
    /// It begins; all of it, or what it is read from.
    Begins(Step, Arc<FilePlan>, Rest),
}

/// The records of a file.
pub(super) enum Rest {
    /// All of them.
    All(Chunk),
    /// What they come from.
    Chunks(Box<Cuts>),
    /// Rows of a table that are no text.
    Rows(Pieces),
}

/// Why a file is not read, or not further.
pub(super) enum Trouble {
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

impl Trouble {
    /// What is to be told.
    pub(super) fn step(self, file: u32) -> Step {
        let (code, reason, opened, guess) = match self {
            Self::Unknown(reason, guess) => (Code::UnknownFormat, reason, false, guess),
            Self::Failed(error, opened) => (Code::UnreadableFile, error.to_string(), opened, None),
        };
        Step::Failed { file, code, reason, opened, guess }
    }
}

impl Opener<'_> {
    /// Opens an input.
    pub(super) fn open(&self, file: u32, input: &Input, known: &mut Acquaintance) -> Opening {
        self.look_at(file, input, known)
            .unwrap_or_else(|trouble| Opening::Nothing(trouble.step(file)))
    }

    fn look_at(
        &self,
        file: u32,
        input: &Input,
        known: &mut Acquaintance,
    ) -> Result<Opening, Trouble> {
        let opened = open_counted(input, &self.told.stored, self.options.most_unpacked);
        let Opened { text: mut source, table } =
            opened.map_err(|error| Trouble::Failed(error, false))?;
        let (name, hint) = (input.name(), self.hint());
        let (sample, candidates) = (self.buffers.take(), self.options.candidates(&name));
        let mut detect = |sample: &[u8], last, hint| known.sketches.detect(sample, last, hint);
        let look = look_into(sample, &mut source, self.limits, hint, candidates, &mut detect)?;
        let Look { sample, complete, passed_over, failed, detection, saved } = look;
        let Some(detection) = detection else {
            return Ok(Opening::Nothing(Step::Empty { file, blank: newlines(&sample) }));
        };
        let Planned { columns, plan, other_money, .. } =
            known.plan(&detection, saved, self.options);
        let saved = saved.map(|place| self.options.sources[place].name.clone());
        let step = Step::Opened { file, format: plan.format, saved, columns, other_money };
        let rest = if let Some(pieces) = table.and_then(|table| Pieces::of(&table, &plan)) {
            Rest::Rows(pieces)
        } else if complete && !failed && passed_over.is_empty() && sample.len() < self.limits.chunk
        {
            drop(source);
            // As it would be cut.
            let chunk = Chunk { bytes: sample, inside_line: false, passed_over: None };
            self.told.advance(chunk.bytes.len() as u64);
            Rest::All(chunk)
        } else {
            let source = Cursor::new(sample).chain(source);
            let chunks = Chunks::new(source, plan.framing, self.limits);
            let chunks = chunks.behind(passed_over).with_buffers(self.buffers.clone());
            Rest::Chunks(Box::new(chunks))
        };
        Ok(Opening::Begins(step, plan, rest))
    }

    fn hint(&self) -> Hint {
        Hint { format: self.options.format, mapped: !self.options.map.is_empty() }
    }
}

impl Acquaintance {
    /// How a file is read; as the one before it, if the same was found in both.
    fn plan(
        &mut self,
        detection: &Detection,
        saved: Option<usize>,
        options: &ReadOptions,
    ) -> Planned {
        let is_same = |known: &Planned| {
            let (plan, columns) = (&known.plan, &detection.columns);
            let same_columns = Arc::ptr_eq(&known.columns, columns) || known.columns == *columns;
            let same_envelope = match (plan.envelope, detection.envelope) {
                (Some(known), Some(envelope)) => std::ptr::eq(known, envelope),
                (known, envelope) => known.is_none() && envelope.is_none(),
            };
            same_columns
                && same_envelope
                && known.saved == saved
                && plan.format.name == detection.format.name
                && plan.framing == detection.framing
                && plan.list == detection.list
        };
        let planned = match self.plans.iter().position(is_same) {
            Some(place) => self.plans.remove(place).expect("it is there"),
            None => planned(detection, saved, options),
        };
        self.plans.truncate(PLANS_MAX - 1);
        self.plans.push_front(planned.clone());
        planned
    }
}

fn planned(detection: &Detection, saved: Option<usize>, options: &ReadOptions) -> Planned {
    let source = saved.map(|place| &options.sources[place]);
    let plan = match source {
        Some(source) => FilePlan::saved(detection, source, &options.map, &options.dimensions),
        None => FilePlan::new(detection, &options.map, &options.dimensions),
    };
    let explained = options.format.is_some() || !options.map.is_empty() || saved.is_some();
    let plan =
        if explained { plan } else { plan.with_others(&detection.columns, &options.dimensions) };
    let plan = if options.late_columns { plan.with_late_columns() } else { plan };
    let plan = plan.sparing(options.spare.clone());
    let plan = Arc::new(if options.keep_duplicates { plan.keeping_copies() } else { plan });
    let columns = Arc::clone(&detection.columns);
    let states_unit = |map: &[(String, String)]| map.iter().any(|(name, _)| name == COST_UNIT);
    let settled = saved.is_some() || states_unit(&options.map);
    let left_out = |column: &&String| is_other_money(column) && !plan.format.reads(column);
    let other_money = columns.iter().filter(|_| !settled).find(left_out).cloned();
    Planned { columns, saved, plan, other_money }
}
