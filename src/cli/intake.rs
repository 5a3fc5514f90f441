//! From what the user named to calls: finds the inputs, reads them, keeps the wanted calls.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::anyhow;

use crate::report::InputAccounting;
use crate::sources::{FORMATS, Field, Input, NoInput, ReadOptions, Reading, discover, read};
use crate::usage::{Calls, Dimensions, Filter, FilterError, column};

use super::failure::Failure;
use super::progress::ReadProgress;
use super::settings::{Selection, Settings};
use super::suggest::did_you_mean;

/// The sample month, for `--demo`.
static DEMO: &[u8] = include_bytes!("../../fixtures/usage.jsonl.gz");

/// Looked for, in this order, when no input is named.
const USUAL_FILES: [&str; 2] = ["usage.jsonl", "usage.csv"];

/// What was read.
pub(super) struct Intake {
    /// The account of the input.
    pub(super) reading: Reading,
    /// Calls that the user's own conditions left out.
    pub(super) filtered_out: u64,
}

impl Intake {
    /// Reads the inputs of `settings` and gives the wanted calls to `sink`. `dimensions` are the
    /// columns that the command needs besides those of the settings.
    pub(super) fn read(
        settings: &Settings,
        dimensions: &[String],
        sink: &mut dyn FnMut(&Calls),
    ) -> Result<Self, Failure> {
        let inputs = inputs(settings)?;
        let filter = settings.selection.filter.as_ref();
        let wanted: Vec<&str> = dimensions
            .iter()
            .map(String::as_str)
            .chain(settings.group_dimensions())
            .chain(filter.into_iter().flat_map(Filter::dimensions))
            .collect();
        let options = ReadOptions {
            format: settings.source_format,
            map: settings.map.clone(),
            dimensions: Dimensions::new(wanted),
            assume_model: settings.assume_model.clone(),
            assume_call_type: settings.assume_call_type.clone(),
            threads: settings.threads,
        };
        let progress = ReadProgress::new(!settings.quiet && std::io::stderr().is_terminal());
        let mut sorter = Sorter::new(&settings.selection, options.dimensions.len());
        let reading = read(&inputs, &options, &progress, &mut |calls| sorter.take(calls, sink));
        progress.finish();
        if let Some(error) = sorter.failure {
            return Err(Failure::usage(error));
        }
        check_readable(&reading)?;
        check_columns(&options.dimensions, &sorter.seen, settings, &reading)?;
        Ok(Self { reading, filtered_out: sorter.filtered_out })
    }

    /// The account for the report.
    pub(super) fn accounting(&self) -> InputAccounting {
        InputAccounting::new(&self.reading, self.filtered_out)
    }
}

/// Keeps the wanted calls of each batch.
struct Sorter<'s> {
    selection: &'s Selection,
    filtered_out: u64,
    /// Which dimensions had a name at all.
    seen: Vec<bool>,
    failure: Option<FilterError>,
}

impl<'s> Sorter<'s> {
    fn new(selection: &'s Selection, dimensions: usize) -> Self {
        Self { selection, filtered_out: 0, seen: vec![false; dimensions], failure: None }
    }

    fn take(&mut self, calls: &Calls, sink: &mut dyn FnMut(&Calls)) {
        for (seen, dimension) in self.seen.iter_mut().zip(calls.dimensions.iter()) {
            *seen |= !dimension.is_empty();
        }
        let Selection { filter, since, before } = self.selection;
        if filter.is_none() && since.is_none() && before.is_none() {
            sink(calls);
            return;
        }
        let mut keep = match filter.as_ref().map(|filter| filter.matches(calls)) {
            Some(Ok(keep)) => keep,
            None => vec![true; calls.len()],
            Some(Err(error)) => {
                self.failure.get_or_insert(error);
                return;
            }
        };
        for (row, keep) in keep.iter_mut().enumerate() {
            let time = calls.call(row).time;
            *keep &= since.is_none_or(|since| time >= since);
            *keep &= before.is_none_or(|before| time < before && !time.is_missing());
        }
        self.filtered_out += keep.iter().filter(|keep| !**keep).count() as u64;
        sink(&calls.filtered(&keep));
    }
}

fn inputs(settings: &Settings) -> Result<Vec<Input>, Failure> {
    if settings.demo {
        return Ok(vec![Input::Embedded("sample month", DEMO)]);
    }
    if !settings.files.is_empty() {
        let mut inputs = Vec::new();
        for argument in &settings.files {
            match discover(argument) {
                Ok(found) => inputs.extend(found),
                // One missing file among others is reported with what the others say.
                Err(NoInput::NotFound(name)) if settings.files.len() > 1 => {
                    inputs.push(Input::File(name.into()));
                }
                Err(error) => return Err(Failure::input(error)),
            }
        }
        return Ok(inputs);
    }
    if !std::io::stdin().is_terminal() && stdin_is_a_pipe() {
        return Ok(vec![Input::Stdin]);
    }
    let usual = USUAL_FILES.into_iter().find(|name| Path::new(name).is_file());
    usual.map(|name| vec![Input::File(name.into())]).ok_or_else(|| {
        Failure::input(anyhow!("no log to read"))
            .hint(format!(
                "name a file, a folder, a pattern or - for standard input; without any, \
                 `inputs` of llmcost.toml, a pipe, or {} in this folder is read",
                USUAL_FILES.join(" or ")
            ))
            .hint("`--demo` shows the report on a sample month")
    })
}

fn check_readable(reading: &Reading) -> Result<(), Failure> {
    let total = reading.total();
    if total.records + total.duplicates > 0 {
        return Ok(());
    }
    if let Some((name, reason)) = reading.failures.first() {
        let failure = Failure::input(anyhow!("cannot read {name}: {reason}"));
        let known: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        return Err(
            if reading.files.iter().any(|file| file.format.is_none()) && is_unknown(reason) {
                failure
                    .hint(
                        "say where the fields stand: --map model=…,input_tokens=…,output_tokens=…",
                    )
                    .hint(format!("or name the format: --source-format {}", known.join("|")))
            } else {
                failure
            },
        );
    }
    let names: Vec<_> = reading.files.iter().map(|file| file.name.as_str()).collect();
    let failure = Failure::input(anyhow!("no usable record in {}", names.join(", ")));
    let entries = reading.ledger.entries().filter_map(|(code, entry)| {
        let first = entry.first.first()?;
        let file = names.get(first.place.file as usize)?;
        Some(format!("{file}:{}: {} ({})", first.place.line, first.message, code.name()))
    });
    Err(entries.fold(failure, Failure::hint))
}

/// Whether the reason is about the format, not about the file.
fn is_unknown(reason: &str) -> bool {
    reason.contains("known format") || reason.contains("neither JSON")
}

/// A column that no record has is a slip, not a group called nothing.
fn check_columns(
    dimensions: &Dimensions,
    seen: &[bool],
    settings: &Settings,
    reading: &Reading,
) -> Result<(), Failure> {
    for place in column::FIXED.len()..dimensions.len() {
        let name = dimensions[place].name.as_str();
        let in_log =
            reading.files.iter().any(|file| file.columns.iter().any(|known| known == name));
        let mapped = settings.map.iter().any(|(field, _)| field == name);
        if seen[place] || in_log || mapped || Field::named(name).is_some() {
            continue;
        }
        let columns = reading.files.iter().flat_map(|file| &file.columns).map(String::as_str);
        let mut known: Vec<&str> = columns.chain(column::FIXED).collect();
        known.sort_unstable();
        known.dedup();
        let failure = Failure::usage(anyhow!("there is no column `{name}` in the log"));
        return Err(match did_you_mean(name, known.iter().copied()) {
            Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
            None => failure.hint(format!("its columns are {}", known.join(", "))),
        });
    }
    Ok(())
}

/// Whether something is written to standard input: a program started by another one often has a
/// standard input that is neither a terminal nor a pipe.
#[cfg(unix)]
fn stdin_is_a_pipe() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let file = std::io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from);
    let kind = file.and_then(|file| file.metadata()).map(|metadata| metadata.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_file() || kind.is_socket())
}

#[cfg(not(unix))]
fn stdin_is_a_pipe() -> bool {
    true
}
