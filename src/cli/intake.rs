//! From what the user named to calls: finds the inputs, reads them, keeps the wanted calls.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::anyhow;

use crate::diagnostics::{Code, Place, did_you_mean};
use crate::report::InputAccounting;
use crate::sources::{
    FORMATS, Field, Input, Preview, ReadOptions, Reading, STATEMENTS, Share, Spare, Statement,
    preview, quoted_for_shell, read, read_shared,
};
use crate::usage::{Calls, Dimensions, Filter, column};

use super::failure::{Failure, note, warn};
use super::guess::proposed;
use super::inputs::{inputs, keep_log, stored_bytes, without_repeats};
use super::journal::now;
use super::progress::ReadProgress;
use super::rolled::{RolledPrices, tell_of_rollups};
use super::settings::Settings;
use super::sorter::Sorter;
use super::supplies::Prices;

/// What was read.
pub(super) struct Intake {
    /// The account of the input.
    pub(super) reading: Reading,
    /// Calls that the user's own conditions left out.
    pub(super) filtered_out: u64,
    /// Whether some of the input is a roll-up.
    pub(super) has_rollups: bool,
}

impl Intake {
    /// Reads the inputs of `settings` and gives the wanted calls to `sink`. `dimensions` are the
    /// columns that the command needs besides those of the settings.
    pub(super) fn read(
        settings: &Settings,
        dimensions: &[String],
        sink: &mut dyn FnMut(&Calls),
    ) -> Result<Self, Failure> {
        Self::read_with(settings, dimensions, &[], sink)
    }

    /// As [`Intake::read`]; `late_columns` says whether keys that the first records do not have
    /// are wanted.
    pub(super) fn read_noting(
        settings: &Settings,
        dimensions: &[String],
        late_columns: bool,
        sink: &mut dyn FnMut(&Calls),
    ) -> Result<Self, Failure> {
        Self::read_as(settings, inputs(settings)?, dimensions, &[], late_columns, sink)
    }

    /// As [`Intake::read`], with columns that logs may lack.
    pub(super) fn read_with(
        settings: &Settings,
        dimensions: &[String],
        optional: &[String],
        sink: &mut dyn FnMut(&Calls),
    ) -> Result<Self, Failure> {
        let inputs = inputs(settings)?;
        if let Some(output) = settings.output.as_deref() {
            keep_log(&inputs, output)?;
        }
        Self::read_as(settings, inputs, dimensions, optional, false, sink)
    }

    /// As [`Intake::read_with`], where calls are priced: rows of roll-ups that bill at several prices
    /// are refused.
    pub(super) fn read_priced(
        settings: &Settings,
        prices: &Prices,
        dimensions: &[String],
        optional: &[String],
        sink: &mut dyn FnMut(&Calls),
    ) -> Result<Self, Failure> {
        let mut rolled = RolledPrices::new(prices.books());
        let intake = Self::read_with(settings, dimensions, optional, &mut |calls| {
            rolled.look(calls);
            sink(calls);
        })?;
        rolled.judge(&intake.reading)?;
        Ok(intake)
    }

    fn read_as(
        settings: &Settings,
        inputs: Vec<Input>,
        dimensions: &[String],
        optional: &[String],
        late_columns: bool,
        sink: &mut dyn FnMut(&Calls),
    ) -> Result<Self, Failure> {
        let asked = Asked::new(settings, inputs, dimensions, optional, None)?;
        let options = ReadOptions { late_columns, ..asked.options.clone() };
        let mut sorter = Sorter::new(settings, options.dimensions.len());
        let reading = asked.read(settings, |inputs, progress| {
            read(inputs, &options, progress, &mut |calls| sorter.take(calls, sink))
        });
        asked.taken(settings, reading, sorter)
    }

    /// As [`Intake::read_with`], on several threads: each gives its part of the calls, in no order, to
    /// something that `begin` makes. `lapsed` says that nobody wants the optional columns any more.
    pub(super) fn read_shared<S: Share>(
        settings: &Settings,
        dimensions: &[String],
        optional: &[String],
        lapsed: Option<Arc<AtomicBool>>,
        begin: &(dyn Fn() -> S + Sync),
    ) -> Result<(Self, Vec<S>), Failure> {
        let inputs = inputs(settings)?;
        if let Some(output) = settings.output.as_deref() {
            keep_log(&inputs, output)?;
        }
        let asked = Asked::new(settings, inputs, dimensions, optional, lapsed)?;
        let width = asked.options.dimensions.len();
        let mut sorter = Sorter::new(settings, width);
        let mut parts = Vec::new();
        let reading = asked.read(settings, |inputs, progress| {
            let begin = || (Sorter::new(settings, width), begin());
            let (reading, shares) = read_shared(inputs, &asked.options, progress, &begin);
            for (part, share) in shares {
                sorter.merge(part);
                parts.push(share);
            }
            reading
        });
        Ok((asked.taken(settings, reading, sorter)?, parts))
    }

    /// A first look at the inputs of `settings`; standard input cannot be looked at.
    pub(super) fn previews(settings: &Settings) -> Result<Vec<Preview>, Failure> {
        let options = options(settings, Dimensions::new([]));
        Ok(inputs(settings)?.iter().filter_map(|input| preview(input, &options)).collect())
    }

    /// Refuses roll-ups where a command needs each call; `why` says what it does with them.
    pub(super) fn refuse_rollups(&self, command: &str, why: &str) -> Result<(), Failure> {
        if !self.has_rollups {
            return Ok(());
        }
        let file = self.reading.files.iter().find(|file| file.format == Some("rollup"));
        let name = file.map_or("the input", |file| file.name.as_str());
        Err(Failure::usage(anyhow!("{name} is a roll-up, which `{command}` does not take: {why}"))
            .hint("`llmcost explain rollups` says what roll-ups are for"))
    }

    /// The account for the report.
    pub(super) fn accounting(&self) -> InputAccounting {
        InputAccounting::new(&self.reading, self.filtered_out)
    }
}

/// What is to be read, and how.
struct Asked<'a> {
    inputs: Vec<Input>,
    options: ReadOptions,
    /// Columns that logs may lack.
    optional: &'a [String],
    /// Those of the user's own that this run uses, and where they stand.
    own: Vec<(String, String)>,
}

impl<'a> Asked<'a> {
    fn new(
        settings: &Settings,
        inputs: Vec<Input>,
        dimensions: &[String],
        optional: &'a [String],
        lapsed: Option<Arc<AtomicBool>>,
    ) -> Result<Self, Failure> {
        let inputs = without_repeats(inputs);
        note_open_cache(settings);
        let filter = settings.selection.filter.as_ref();
        let needed = dimensions
            .iter()
            .map(String::as_str)
            .chain(settings.group_dimensions())
            .chain(filter.into_iter().flat_map(Filter::dimensions));
        let mut wanted: Vec<&str> = needed.collect();
        let from = Dimensions::new(wanted.iter().copied()).len();
        // Last, so that they may be left out when they are too many.
        wanted.extend(optional.iter().map(String::as_str));
        check_mapped_fields(settings, &wanted)?;
        let own = settings.dimensions.iter().filter(|(name, _)| wanted.contains(&name.as_str()));
        let own: Vec<(String, String)> = own.cloned().collect();
        let usual = options(settings, Dimensions::new(wanted));
        let map = [&usual.map[..], &own].concat();
        let spare = lapsed.map(|lapsed| Spare { from, lapsed });
        let options = ReadOptions { map, spare, ..usual };
        Ok(Self { inputs, options, optional, own })
    }

    /// Reads as `how` says, and shows how far it is.
    fn read(
        &self,
        settings: &Settings,
        how: impl FnOnce(&[Input], &ReadProgress) -> Reading,
    ) -> Reading {
        let progress = ReadProgress::new(settings.quiet, stored_bytes(&self.inputs));
        let started = now();
        let reading = how(&self.inputs, &progress);
        let bytes = progress.finish();
        let named = settings.source_format.map(|format| format.name);
        settings.journal.read(&reading, named, bytes, started.elapsed());
        reading
    }

    /// Judges what was read.
    fn taken(
        &self,
        settings: &Settings,
        mut reading: Reading,
        mut sorter: Sorter<'_>,
    ) -> Result<Intake, Failure> {
        if let Some(error) = sorter.failure {
            return Err(Failure::usage(error));
        }
        sorter.rolled.judge(&reading)?;
        tell_of_rollups(&mut reading);
        check_readable(&reading, settings)?;
        for (place, dimension) in self.options.dimensions.iter().enumerate() {
            sorter.seen[place] |= self.optional.contains(&dimension.name);
        }
        check_columns(&self.options, &sorter.seen, settings, &reading)?;
        warn_of_unreadable(&reading);
        for (place, told) in unmapped(settings, &self.own, &reading) {
            if !settings.quiet {
                warn(&told);
            }
            reading.ledger.push(Code::MissingColumn, place, || told);
        }
        let has_rollups = sorter.rolled.are_there();
        Ok(Intake { reading, filtered_out: sorter.filtered_out, has_rollups })
    }
}

fn options(settings: &Settings, dimensions: Dimensions) -> ReadOptions {
    ReadOptions {
        format: settings.source_format,
        map: settings.map.clone(),
        sources: settings.sources.clone(),
        source: settings.source,
        dimensions,
        assume_model: settings.assume_model.clone(),
        assume_call_type: settings.assume_call_type.clone(),
        threads: settings.threads,
        spare: None,
        keep_duplicates: settings.keep_duplicates,
        late_columns: false,
        most_unpacked: settings.most_unpacked,
        longest_record: settings.longest_record,
    }
}

/// Says that a mapping leaves open whether cached tokens are inside the input: taken for the wrong
/// one, a bill is far off.
pub(super) fn note_open_cache(settings: &Settings) {
    let column = |field: &str| {
        let found = settings.map.iter().find(|(name, _)| name == field);
        found.map(|(_, column)| column.as_str())
    };
    let (Some(input), None) = (column("input_tokens"), column("input_includes_cache")) else {
        return;
    };
    let cached = ["cache_read_tokens", "cache_write_tokens", "cache_write_5m_tokens"];
    if let Some(cached) = cached.into_iter().find_map(column).filter(|_| !settings.quiet) {
        note(&format!(
            "the tokens of `{cached}` are taken to be beside those of `{input}`, not inside them; \
             --map input_includes_cache=true or =false says which"
        ));
    }
}

/// A name that is no field must be a column that the run asks for; else it is a slip.
pub(super) fn check_mapped_fields(settings: &Settings, wanted: &[&str]) -> Result<(), Failure> {
    let mut known: Vec<&str> = Field::ALL.into_iter().filter_map(Field::own_name).collect();
    known.extend(STATEMENTS.iter().map(|statement| statement.name));
    known.extend(wanted);
    let (typed, place) = &settings.map_typed;
    for (index, (field, _)) in settings.map.iter().enumerate() {
        if known.contains(&field.as_str()) {
            continue;
        }
        let who = if index < *typed { "--map" } else { place };
        let failure = Failure::usage(anyhow!(
            "{who}: there is no field `{field}`, and nothing in this run uses a column of that name"
        ));
        return Err(match did_you_mean(field, known.iter().copied()) {
            Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
            None if index < *typed => failure.hint(format!("the fields are {}", known.join(", "))),
            None => failure
                .hint("a column for some runs goes under dimensions, not map")
                .hint(format!("the fields are {}", known.join(", "))),
        });
    }
    Ok(())
}

/// Says on stderr what the report says too: a missing file must not go unseen in a pipeline.
fn warn_of_unreadable(reading: &Reading) {
    for (name, reason) in &reading.failures {
        warn(&format!("cannot read {name}: {reason}"));
        if reading.guesses.iter().any(|guess| guess.file == *name && guess.proposal.is_some()) {
            warn(&format!("`llmcost formats guess {}` proposes how", quoted_for_shell(name)));
        }
    }
    for (name, lines, reason) in &reading.cut_off {
        warn(&format!("{name} was read only up to line {lines}: {reason}"));
    }
}

/// Mappings that find nothing: most likely slips, though a rare column may come later.
fn unmapped(
    settings: &Settings,
    own: &[(String, String)],
    reading: &Reading,
) -> Vec<(Place, String)> {
    let all: Vec<usize> = (0..reading.files.len()).collect();
    let (typed, from_file) = settings.map.split_at(settings.map_typed.0);
    let mut found = nowhere(typed, &all, reading, |pair| format!("--map {pair}"));
    let place = &settings.map_typed.1;
    found.extend(nowhere(from_file, &all, reading, |pair| format!("{place}: {pair}")));
    found.extend(nowhere(own, &all, reading, |pair| format!("dimensions: {pair}")));
    for source in &settings.sources {
        let is_taken = |place: &usize| reading.files[*place].saved.as_ref() == Some(&source.name);
        let taken: Vec<usize> = all.iter().copied().filter(is_taken).collect();
        let (place, name) = (&source.place, &source.name);
        found.extend(nowhere(&source.map, &taken, reading, |pair| {
            let field = pair.split('=').next().unwrap_or_default();
            format!("{place}: source `{name}`: {field}")
        }));
    }
    found
}

/// What of a mapping none of these files has.
fn nowhere(
    map: &[(String, String)],
    files: &[usize],
    reading: &Reading,
    said: impl Fn(&str) -> String,
) -> Vec<(Place, String)> {
    let columns = || files.iter().flat_map(|place| reading.files[*place].columns.iter());
    let missing = map.iter().filter(|(name, path)| {
        Statement::named(name).is_none() && !columns().any(|column| column == path)
    });
    let Some(first) = files.first().and_then(|place| u32::try_from(*place).ok()) else {
        return Vec::new();
    };
    let told = |(field, path): &(String, String)| {
        let similar = did_you_mean(path, columns().map(String::as_str));
        let meant = similar.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
        let said = said(&format!("{field}={path}"));
        let text = format!("{said}: the first records have no `{path}`{meant}");
        (Place { file: first, line: 0 }, text)
    };
    missing.map(told).collect()
}

fn check_readable(reading: &Reading, settings: &Settings) -> Result<(), Failure> {
    let total = reading.total();
    if total.records + total.duplicates > 0 {
        return Ok(());
    }
    if let Some((name, reason)) = reading.failures.first() {
        let failure = Failure::input(anyhow!("cannot read {name}: {reason}"));
        let unread = reading.files.iter().any(|file| file.format.is_none());
        return Err(match reading.guesses.iter().find(|guess| guess.file == *name) {
            Some(guess) => proposed(failure, guess, &settings.sources),
            None if unread && is_unknown(reason) => named_by_hand(failure),
            None => failure,
        });
    }
    let names: Vec<_> = reading.files.iter().map(|file| file.name.as_str()).collect();
    let failure = Failure::input(anyhow!("no usable record in {}", names.join(", ")));
    let entries = reading.ledger.entries().filter_map(|(code, entry)| {
        let first = entry.first.first()?;
        let file = names.get(first.place.file as usize)?;
        let line = first.place.line;
        let place = if line == 0 { (*file).to_owned() } else { format!("{file}:{line}") };
        Some(format!("{place}: {} ({})", first.message, code.name()))
    });
    Err(entries.fold(failure, Failure::hint))
}

/// What to do about a file of which not even the columns are known.
fn named_by_hand(failure: Failure) -> Failure {
    let known: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    failure
        .hint("say where the fields stand: --map model=…,input_tokens=…,output_tokens=…")
        .hint(format!("or name the format: --source-format {}", known.join("|")))
}

/// Whether the reason is about the format, not about the file.
fn is_unknown(reason: &str) -> bool {
    reason.contains("known format") || reason.contains("neither JSON")
}

/// A column that no record has is a slip, not a group called nothing.
fn check_columns(
    options: &ReadOptions,
    seen: &[bool],
    settings: &Settings,
    reading: &Reading,
) -> Result<(), Failure> {
    let dimensions = &options.dimensions;
    for place in column::FIXED.len()..dimensions.len() {
        let name = dimensions[place].name.as_str();
        let in_log =
            reading.files.iter().any(|file| file.columns.iter().any(|known| known == name));
        let saved =
            settings.sources.iter().flat_map(|saved| saved.map.iter().chain(&saved.constants));
        let mapped = options.map.iter().chain(saved).any(|(field, _)| field == name);
        let is_field = Field::named(name).or_else(|| Field::of_dimension(name)).is_some();
        if seen[place] || in_log || mapped || is_field {
            continue;
        }
        let columns = reading.files.iter().flat_map(|file| file.columns.iter()).map(String::as_str);
        let own = settings.dimensions.iter().map(|(name, _)| name.as_str());
        let mut known: Vec<&str> = columns.chain(column::FIXED).chain(own).collect();
        known.sort_unstable();
        known.dedup();
        let mut failure = Failure::usage(anyhow!("there is no column `{name}` in the log"));
        let filter = settings.selection.filter.as_ref();
        if filter.is_some_and(|filter| filter.dimensions().any(|column| column == name)) {
            failure = failure.hint("in --where, texts are written in single quotes: model = 'x'");
        }
        return Err(match did_you_mean(name, known.iter().copied()) {
            Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
            None => failure.hint(format!("its columns are {}", known.join(", "))),
        });
    }
    Ok(())
}
