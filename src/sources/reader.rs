//! Reads all inputs: one thread cuts, several parse, the caller's thread puts in order.

use std::collections::BTreeMap;
use std::io::{self, Chain, Cursor, Read};
use std::num::NonZeroUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::diagnostics::Code;
use crate::usage::{Calls, Dimensions};

use super::assembly::{Assembly, Step};
use super::chunk::{Chunk, Chunks, Limits, newlines};
use super::detect::Hint;
use super::discover::Input;
use super::format::Format;
use super::formats::is_other_money;
use super::guess::{Guess, guess_sample};
use super::look::{Candidates, Look, NoLook, look};
use super::open::{Source, StoredBytes, open_counted};
use super::parse::{Assumed, parse, tell_of_partial_usage};
use super::plan::FilePlan;
use super::reading::Reading;
use super::saved::SavedSource;
use super::session::SoFar;
use super::writing::COST_UNIT;

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
    /// Whether keys that only later records have are wanted; it takes time.
    pub late_columns: bool,
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
            late_columns: false,
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

/// Tells how far the reading is.
struct Told<'p> {
    progress: &'p dyn Progress,
    stored: StoredBytes,
}

impl Told<'_> {
    fn advance(&self, chunk: &Chunk) {
        self.progress.advance(chunk.bytes.len() as u64);
        self.progress.stored(self.stored.swap(0, Ordering::Relaxed));
    }
}

/// What goes to the threads that parse.
struct Job {
    sequence: u64,
    file: u32,
    plan: Arc<FilePlan>,
    work: Work,
}

/// How much of a file goes to one thread.
enum Work {
    /// A chunk; the first one of a file is told apart.
    Chunk(Chunk, bool),
    /// The whole file: its records depend on those before them.
    File(Chunks<Chain<Cursor<Vec<u8>>, Source>>),
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
    read_within(Limits::default(), inputs, options, progress, sink)
}

pub(super) fn read_within(
    limits: Limits,
    inputs: &[Input],
    options: &ReadOptions,
    progress: &dyn Progress,
    sink: &mut dyn FnMut(&Calls),
) -> Reading {
    let threads = options.threads.get();
    let in_flight = 2 * threads + 2;
    let assumed = Assumed {
        model: options.assume_model.clone(),
        call_type: options.assume_call_type.clone(),
    };
    let (job_sender, job_receiver) = sync_channel::<Job>(in_flight);
    let (step_sender, step_receiver) = sync_channel::<(u64, Step)>(in_flight);
    // One token for each chunk on its way: memory stays bounded if one chunk takes long.
    let (token_sender, token_receiver) = sync_channel::<()>(in_flight);
    for _ in 0..in_flight {
        token_sender.send(()).expect("the channel holds as many");
    }
    let job_receiver = Arc::new(Mutex::new(job_receiver));
    let stored = StoredBytes::default();
    let mut assembly = Assembly::new(inputs, options);
    thread::scope(|scope| {
        // Ends of channels live in here, not around: if `sink` panics they are dropped before the
        // threads are waited for, and each thread finds its other end gone.
        let (token_sender, step_receiver) = (token_sender, step_receiver);
        for _ in 0..threads {
            let (steps, jobs) = (step_sender.clone(), Arc::clone(&job_receiver));
            let (assumed, told) = (&assumed, Told { progress, stored: Arc::clone(&stored) });
            scope.spawn(move || parse_jobs(&jobs, &steps, assumed, &options.dimensions, &told));
        }
        drop(job_receiver);
        let cutter = Cutter {
            jobs: job_sender,
            steps: step_sender,
            tokens: token_receiver,
            sequence: 0,
            limits,
            stored: Arc::clone(&stored),
        };
        scope.spawn(move || cutter.run(inputs, options, progress));
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (sequence, step) in step_receiver {
            if matches!(step, Step::Broken) {
                break;
            }
            waiting.insert(sequence, step);
            while let Some(step) = waiting.remove(&next) {
                next += 1;
                assembly.take(step, sink);
                // The cutter may be gone already; then nobody needs the token.
                let _ = token_sender.send(());
            }
        }
    });
    assembly.finish(sink)
}

fn parse_jobs(
    jobs: &Mutex<Receiver<Job>>,
    steps: &SyncSender<(u64, Step)>,
    assumed: &Assumed,
    dimensions: &Dimensions,
    told: &Told<'_>,
) {
    let _alarm = Alarm { steps };
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let (identity, mut so_far) = (job.plan.format.identity, SoFar::default());
        let (mut parsed, mut failure) = (Vec::new(), None);
        match job.work {
            Work::Chunk(chunk, first) => {
                parsed.push(parse(&chunk, first, &job.plan, assumed, dimensions, &mut so_far));
            }
            Work::File(mut chunks) => loop {
                let chunk = match chunks.next() {
                    Ok(Some(chunk)) => chunk,
                    Ok(None) => break,
                    Err(error) => {
                        failure = Some(error.to_string());
                        break;
                    }
                };
                told.advance(&chunk);
                let first = parsed.is_empty();
                parsed.push(parse(&chunk, first, &job.plan, assumed, dimensions, &mut so_far));
            },
        }
        tell_of_partial_usage(&mut parsed, &so_far);
        let step = Step::Parsed { file: job.file, identity, parsed, failure };
        if steps.send((job.sequence, step)).is_err() {
            return;
        }
    }
}

/// Tells of a panic: the others would wait for ever for the chunk that was lost with it.
struct Alarm<'s> {
    steps: &'s SyncSender<(u64, Step)>,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            // Fails only when nobody listens any more; then nobody waits either.
            let _ = self.steps.send((0, Step::Broken));
        }
    }
}

/// Nobody takes what is read any more.
pub(super) struct Stopped;

/// Why a file is not read, or not further.
pub(super) enum Trouble {
    /// The reading as a whole has ended.
    Stopped,
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

impl From<Stopped> for Trouble {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Opens the files one after another and cuts them into jobs.
struct Cutter {
    jobs: SyncSender<Job>,
    steps: SyncSender<(u64, Step)>,
    tokens: Receiver<()>,
    sequence: u64,
    limits: Limits,
    stored: StoredBytes,
}

impl Cutter {
    fn run(mut self, inputs: &[Input], options: &ReadOptions, progress: &dyn Progress) {
        let told = Told { progress, stored: Arc::clone(&self.stored) };
        for (file, input) in (0..).zip(inputs) {
            let name = input.name();
            let result = open_counted(input, &self.stored)
                .map_err(|error| Trouble::Failed(error, false))
                .and_then(|source| self.file((file, &name), source, options, &told));
            let (code, reason, opened, guess) = match result {
                Ok(()) => continue,
                Err(Trouble::Stopped) => return,
                Err(Trouble::Unknown(reason, guess)) => (Code::UnknownFormat, reason, false, guess),
                Err(Trouble::Failed(error, opened)) => {
                    (Code::UnreadableFile, error.to_string(), opened, None)
                }
            };
            if self.step(Step::Failed { file, code, reason, opened, guess }).is_err() {
                return;
            }
        }
    }

    /// Reads one file.
    fn file(
        &mut self,
        (file, name): (u32, &str),
        mut source: Source,
        options: &ReadOptions,
        told: &Told<'_>,
    ) -> Result<(), Trouble> {
        let hint = Hint { format: options.format, mapped: !options.map.is_empty() };
        let look = look(&mut source, self.limits, hint, options.candidates(name));
        let Look { sample, detection, saved, .. } = look?;
        let Some(detection) = detection else {
            self.step(Step::Empty { file, blank: newlines(&sample) })?;
            return Ok(());
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
        let plan = Arc::new(if options.late_columns { plan.with_late_columns() } else { plan });
        let columns = detection.columns;
        let states_unit = |map: &[(String, String)]| map.iter().any(|(name, _)| name == COST_UNIT);
        let settled = saved.is_some() || states_unit(&options.map);
        let left_out = |column: &&String| is_other_money(column) && !plan.format.reads(column);
        let other_money = columns.iter().filter(|_| !settled).find(left_out).cloned();
        let saved = saved.map(|source| source.name.clone());
        self.step(Step::Opened { file, format: plan.format, saved, columns, other_money })?;
        let source = Cursor::new(sample).chain(source);
        let mut chunks = Chunks::new(source, plan.framing, self.limits);
        if plan.format.session.is_some() {
            let sequence = self.next_sequence()?;
            let job = Job { sequence, file, plan, work: Work::File(chunks) };
            return self.jobs.send(job).map_err(|_| Trouble::Stopped);
        }
        let mut first = true;
        while let Some(chunk) = chunks.next().map_err(|error| Trouble::Failed(error, true))? {
            told.advance(&chunk);
            let sequence = self.next_sequence()?;
            let work = Work::Chunk(chunk, first);
            let job = Job { sequence, file, plan: Arc::clone(&plan), work };
            first = false;
            self.jobs.send(job).map_err(|_| Stopped)?;
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), Stopped> {
        let sequence = self.next_sequence()?;
        self.steps.send((sequence, step)).map_err(|_| Stopped)
    }

    fn next_sequence(&mut self) -> Result<u64, Stopped> {
        self.tokens.recv().map_err(|_| Stopped)?;
        self.sequence += 1;
        Ok(self.sequence - 1)
    }
}
