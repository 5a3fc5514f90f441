//! Reads all inputs: one thread cuts, several parse, the caller's thread puts in order.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::diagnostics::{Code, Place};
use crate::usage::{Calls, Dimensions, Symbol};

use super::chunk::{Chunk, Chunks, Limits, newlines};
use super::detect::{Detection, Hint, Unknown, detect};
use super::discover::Input;
use super::duplicates::{Duplicates, Verdict};
use super::format::{Format, Identity};
use super::formats::is_other_money;
use super::open::{Source, open_bytes, open_file, open_stdin};
use super::parse::{Assumed, Parsed, parse};
use super::plan::FilePlan;
use super::reading::{FileReading, Lines, Reading};

/// How inputs are read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format of all inputs; found for each when not given.
    pub format: Option<&'static Format>,
    /// Pairs of a field or dimension and the column or path that holds it.
    pub map: Vec<(String, String)>,
    /// The dimensions to keep.
    pub dimensions: Dimensions,
    /// The model of records that name none.
    pub assume_model: String,
    /// The call type of records that name none.
    pub assume_call_type: String,
    /// How many threads parse.
    pub threads: NonZeroUsize,
}

/// Hears how far the reading is.
pub trait Progress: Sync {
    /// So many more bytes, after decompression, were read.
    fn advance(&self, bytes: u64);
}

/// What goes to the threads that parse.
struct Job {
    sequence: u64,
    file: u32,
    first: bool,
    plan: Arc<FilePlan>,
    chunk: Chunk,
}

/// What comes to the thread that puts in order.
enum Step {
    /// A file begins: its format and columns.
    Opened { file: u32, format: &'static Format, columns: Vec<String> },
    /// A file has no records.
    Empty { file: u32, blank: u64 },
    /// A file cannot be read at all, or not further.
    Failed { file: u32, code: Code, reason: String, opened: bool },
    /// A chunk of a file.
    Parsed { file: u32, identity: Identity, parsed: Box<Parsed> },
    /// A thread that parses has panicked; nothing more will come in order.
    Broken,
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
    let mut assembly = Assembly::new(inputs, options);
    thread::scope(|scope| {
        // Ends of channels live in here, not around: if `sink` panics they are dropped before the
        // threads are waited for, and each thread finds its other end gone.
        let (token_sender, step_receiver) = (token_sender, step_receiver);
        for _ in 0..threads {
            let (steps, jobs) = (step_sender.clone(), Arc::clone(&job_receiver));
            let assumed = &assumed;
            scope.spawn(move || parse_jobs(&jobs, &steps, assumed, &options.dimensions));
        }
        drop(job_receiver);
        let cutter = Cutter {
            jobs: job_sender,
            steps: step_sender,
            tokens: token_receiver,
            sequence: 0,
            limits,
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
) {
    let _alarm = Alarm { steps };
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let parsed = parse(&job.chunk, job.first, &job.plan, assumed, dimensions);
        let identity = job.plan.format.identity;
        let step = Step::Parsed { file: job.file, identity, parsed: Box::new(parsed) };
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
    /// Its format is not known.
    Unknown(String),
    /// The source failed; the second says whether the file had been opened as a log.
    Failed(io::Error, bool),
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
}

impl Cutter {
    fn run(mut self, inputs: &[Input], options: &ReadOptions, progress: &dyn Progress) {
        for (file, input) in (0..).zip(inputs) {
            let source = match input {
                Input::File(path) => open_file(path),
                Input::Stdin => open_stdin(),
                Input::Embedded(_, bytes) => open_bytes(bytes),
            };
            let result = source
                .map_err(|error| Trouble::Failed(error, false))
                .and_then(|source| self.file(file, source, options, progress));
            let (code, reason, opened) = match result {
                Ok(()) => continue,
                Err(Trouble::Stopped) => return,
                Err(Trouble::Unknown(reason)) => (Code::UnknownFormat, reason, false),
                Err(Trouble::Failed(error, opened)) => {
                    (Code::UnreadableFile, error.to_string(), opened)
                }
            };
            if self.step(Step::Failed { file, code, reason, opened }).is_err() {
                return;
            }
        }
    }

    /// Reads one file.
    fn file(
        &mut self,
        file: u32,
        mut source: Source,
        options: &ReadOptions,
        progress: &dyn Progress,
    ) -> Result<(), Trouble> {
        let hint = Hint { format: options.format, mapped: !options.map.is_empty() };
        let (sample, detection) = look(&mut source, self.limits, hint)?;
        let Some(detection) = detection else {
            self.step(Step::Empty { file, blank: newlines(&sample) })?;
            return Ok(());
        };
        let plan = FilePlan::new(&detection, &options.map, &options.dimensions);
        let plan = if hint.explains() {
            plan
        } else {
            plan.with_others(&detection.columns, &options.dimensions)
        };
        let plan = Arc::new(plan);
        let columns = detection.columns;
        self.step(Step::Opened { file, format: plan.format, columns })?;
        let source = Cursor::new(sample).chain(source);
        let mut chunks = Chunks::new(source, plan.framing, self.limits);
        let mut first = true;
        while let Some(chunk) = chunks.next().map_err(|error| Trouble::Failed(error, true))? {
            progress.advance(chunk.bytes.len() as u64);
            let sequence = self.next_sequence()?;
            let job = Job { sequence, file, first, plan: Arc::clone(&plan), chunk };
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

/// The start of a source, as much of it as its format needs, and the format; no format when
/// there is nothing in it.
pub(super) fn look(
    source: &mut Source,
    limits: Limits,
    hint: Hint,
) -> Result<(Vec<u8>, Option<Detection>), Trouble> {
    let mut sample = Vec::new();
    loop {
        let wanted = limits.sample.max(sample.len());
        let before = sample.len();
        let read = source.by_ref().take(wanted as u64).read_to_end(&mut sample);
        match read {
            Err(error) if sample.is_empty() => return Err(Trouble::Failed(error, false)),
            _ => {}
        }
        let complete = sample.len() < before + wanted;
        if complete && sample.trim_ascii().is_empty() {
            return Ok((sample, None));
        }
        let last = complete || sample.len() >= limits.record;
        match detect(&sample, last, hint) {
            Ok(detection) => return Ok((sample, Some(detection))),
            Err(Unknown::Format(reason)) => return Err(Trouble::Unknown(reason)),
            Err(Unknown::Incomplete) => {}
        }
    }
}

/// Puts chunks in order, drops copies and keeps the account.
struct Assembly {
    reading: Reading,
    /// Lines of text so far, by file.
    newlines: Vec<u64>,
    duplicates: Duplicates,
}

impl Assembly {
    fn new(inputs: &[Input], options: &ReadOptions) -> Self {
        let named = |input: &Input| FileReading { name: input.name(), ..FileReading::default() };
        let files = inputs.iter().map(named).collect();
        let duplicates = Duplicates::new(Calls::new(options.dimensions.emptied()));
        let newlines = vec![0; inputs.len()];
        Self { reading: Reading { files, ..Reading::default() }, newlines, duplicates }
    }

    fn take(&mut self, step: Step, sink: &mut dyn FnMut(&Calls)) {
        match step {
            Step::Opened { file, format, columns } => {
                let reading = &mut self.reading.files[file as usize];
                reading.format = Some(format.name);
                if let Some(column) = columns.iter().find(|column| is_other_money(column)) {
                    let place = Place { file, line: 0 };
                    self.reading.ledger.push(Code::BadCost, place, || {
                        format!("`{column}` is not in dollars; it was left out")
                    });
                }
                reading.columns = columns;
            }
            Step::Empty { file, blank } => {
                self.reading.files[file as usize].lines =
                    Lines { lines: blank, blank, ..Lines::default() };
                self.reading.ledger.push(Code::EmptyFile, Place { file, line: 0 }, || {
                    "there is nothing in it".to_owned()
                });
            }
            Step::Broken => {}
            Step::Failed { file, code, reason, opened } => {
                let place = Place { file, line: 0 };
                self.reading.ledger.push(code, place, || reason.clone());
                if !opened {
                    let name = self.reading.files[file as usize].name.clone();
                    self.reading.failures.push((name, reason));
                }
            }
            Step::Parsed { file, identity, parsed } => self.chunk(file, identity, *parsed, sink),
        }
    }

    fn chunk(
        &mut self,
        file: u32,
        identity: Identity,
        mut parsed: Parsed,
        sink: &mut dyn FnMut(&Calls),
    ) {
        let before = &mut self.newlines[file as usize];
        parsed.calls.shift_places(file, *before);
        parsed.ledger.shift_places(file, *before);
        *before += parsed.newlines;
        self.reading.ledger.append(std::mem::take(&mut parsed.ledger));
        let verdicts: Vec<Verdict> = match identity {
            Identity::WholeRecord => {
                parsed.keys.iter().map(|record| self.duplicates.record(record.key)).collect()
            }
            Identity::Response | Identity::Stream => self.snapshots(&parsed),
        };
        for (verdict, record) in verdicts.iter().zip(&parsed.keys) {
            if !record.counts_line || *verdict == Verdict::New {
                continue;
            }
            parsed.lines.records -= 1;
            match verdict {
                Verdict::Snapshot if identity == Identity::Stream => {
                    parsed.lines.continuation += 1;
                }
                _ => parsed.lines.duplicates += 1,
            }
        }
        self.reading.files[file as usize].lines.add(&parsed.lines);
        if identity != Identity::WholeRecord {
            if let Some(calls) = self.duplicates.release(false) {
                sink(&calls);
            }
            return;
        }
        let keep: Vec<bool> = verdicts.iter().map(|verdict| *verdict == Verdict::New).collect();
        if keep.iter().all(|keep| *keep) {
            sink(&parsed.calls);
        } else {
            sink(&parsed.calls.filtered(&keep));
        }
    }

    fn snapshots(&mut self, parsed: &Parsed) -> Vec<Verdict> {
        let remap = self.duplicates.adopt(&parsed.calls);
        let mut symbols = vec![Symbol::EMPTY; parsed.calls.dimensions.len()];
        let keys = parsed.keys.iter().enumerate();
        keys.map(|(row, record)| {
            for (place, symbol) in symbols.iter_mut().enumerate() {
                *symbol = remap[place][parsed.calls.symbol(place, row).index()];
            }
            self.duplicates.snapshot(record.key, &parsed.calls.call(row), &symbols)
        })
        .collect()
    }

    fn finish(mut self, sink: &mut dyn FnMut(&Calls)) -> Reading {
        if let Some(calls) = self.duplicates.release(true) {
            sink(&calls);
        }
        if self.duplicates.forgot {
            self.reading.ledger.push(Code::DuplicateWindow, Place::default(), || {
                "more request ids than are remembered".to_owned()
            });
        }
        self.reading
    }
}
