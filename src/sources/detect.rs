//! Which format a file has, from its first records.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::delimited::{DELIMITERS, before_header, is_drawing};
use super::documents::{Next, next_record};
use super::envelope::Envelope;
use super::events::streams;
use super::foreign::{
    VLLM_LOG, container, is_event_stream, is_vllm_log, not_read_yet, without_zeros,
};
use super::format::{Format, Identity};
use super::formats::{ENVELOPES, FORMATS, OWN, is_signed};
use super::framing::Framing;
use super::quotes::Rows;
use super::rows::members;
use super::values::unquoted;

/// How many records of the sample are looked at first: some may be of a kind without usage. Where none
/// is of a known format, all the others are.
pub(super) const RECORDS_MAX: usize = 50;

/// How many names of columns or keys are kept of a file.
pub(super) const NAMES_MAX: usize = 2000;

/// What a file turned out to be.
#[derive(Debug)]
pub(super) struct Detection {
    pub(super) format: &'static Format,
    pub(super) framing: Framing,
    /// The columns of a table in order, or the keys of the first records.
    pub(super) columns: Arc<Vec<String>>,
    /// What its records are in.
    pub(super) envelope: Option<&'static Envelope>,
    /// The member of its records that lists the records of the format.
    pub(super) list: Option<String>,
}

/// What the user said about the format.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hint {
    /// The format, by name.
    pub(super) format: Option<&'static Format>,
    /// A mapping explains the columns, so no format needs to.
    pub(super) mapped: bool,
}

impl Hint {
    /// Whether the user has said what the file is.
    pub(super) const fn explains(self) -> bool {
        self.format.is_some() || self.mapped
    }
}

/// Why no format was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// The sample ends inside the first record: a longer one is needed.
    Incomplete,
    /// What was seen instead of a known format.
    Format(String),
}

/// Finds the format. `complete` says that the sample is the whole file or as much as there will
/// be; then it is never too short.
///
/// # Errors
/// When the file is of no known format, or the sample is too short to say.
pub(super) fn detect(sample: &[u8], complete: bool, hint: Hint) -> Result<Detection, Unknown> {
    match detect_among(RECORDS_MAX, sample, complete, hint) {
        Err(Unknown::Format(reason)) if sample.len() > RECORDS_MAX => {
            let further = detect_among(usize::MAX, sample, complete, hint);
            further.map_err(|_| Unknown::Format(reason))
        }
        found => found,
    }
}

fn detect_among(
    most: usize,
    sample: &[u8],
    complete: bool,
    hint: Hint,
) -> Result<Detection, Unknown> {
    if let Some(reason) = container(sample) {
        return Err(Unknown::Format(reason.to_owned()));
    }
    let sample = &sample[start_of(sample)..];
    match sample.first() {
        // The brackets of a list make no record, whatever is on the lines between them.
        Some(b'[') => detect_json(Framing::Documents, &documents(sample, most), complete, hint),
        Some(b'{') => {
            let (framing, records) = framed(sample, complete, most)?;
            detect_json(framing, &records, complete, hint)
        }
        _ if is_event_stream(sample) => {
            let streams = streams(sample).into_iter();
            let whole = streams.filter(|stream| complete || stream.closed).take(most);
            let records: Vec<Value> = whole.map(|stream| Value::Object(stream.response)).collect();
            detect_json(Framing::Events, &records, complete, hint)
        }
        _ => detect_table(sample, hint).map_err(Unknown::Format),
    }
}

/// Where the first record begins: a crash may leave zeros before it.
pub(super) fn start_of(sample: &[u8]) -> usize {
    let is_empty = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    sample.iter().position(|byte| !is_empty(byte)).unwrap_or(0)
}

/// One record a line if the first line is one, or half of the lines are: a file may start with a torn
/// line, and the last line of a laid-out list is an object too.
fn framed(sample: &[u8], complete: bool, most: usize) -> Result<(Framing, Vec<Value>), Unknown> {
    let lines = whole_lines(sample, complete).map(without_zeros);
    let mut further = lines.filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<Option<Value>> = further.by_ref().take(RECORDS_MAX).map(object).collect();
    let objects = lines.iter().flatten().count();
    if lines.first().is_some_and(Option::is_some) || objects > 0 && 2 * objects >= lines.len() {
        let further = further.take(most - RECORDS_MAX).filter_map(object);
        return Ok((Framing::Lines, lines.into_iter().flatten().chain(further).collect()));
    }
    let records = documents(sample, most);
    // A record whose line end is not in sight may be the first of many lines.
    let undecided = lines.is_empty() || records.is_empty() && objects == 0;
    let ends = match next_record(sample, 0) {
        Next::Record(_, end) => !sample[end..].trim_ascii().is_empty(),
        Next::Incomplete(_) | Next::End => false,
    };
    if undecided && !complete && !ends {
        return Err(Unknown::Incomplete);
    }
    // With nothing to go by, lines: there a broken record costs no more than itself.
    let framing = if records.is_empty() { Framing::Lines } else { Framing::Documents };
    Ok((framing, records))
}

fn detect_json(
    framing: Framing,
    records: &[Value],
    complete: bool,
    hint: Hint,
) -> Result<Detection, Unknown> {
    if records.is_empty() && !complete {
        return Err(Unknown::Incomplete);
    }
    // A record that llmcost wrote is read as such, whatever else of the log it came from it kept.
    let signed = records.iter().any(|record| is_signed(|name| record.get(name).is_some()));
    if let Some(envelope) = envelope_of(records, hint).filter(|_| !signed) {
        let holding = records.iter().filter(|record| (envelope.is_one)(record)).cloned();
        let inside: Vec<Value> = holding.flat_map(envelope.open).take(RECORDS_MAX).collect();
        let (format, columns) = (envelope.format, keys(&inside).into());
        return Ok(Detection { format, framing, columns, envelope: Some(envelope), list: None });
    }
    let found = if signed { Some(OWN) } else { known(records) };
    let mut nor = String::new();
    if found.is_none()
        && let Some(list) = listing(records)
    {
        match detect_inside(&list, framing, records, hint) {
            Ok(detection) => return Ok(detection),
            Err(keys) => nor = format!(", nor in their list `{list}` with the keys {keys}"),
        }
    }
    let columns = keys(records);
    if is_flat(found)
        && !(signed || hint.explains())
        && let Some(name) = not_read_yet(&columns)
    {
        return Err(Unknown::Format(refused(name)));
    }
    let format = chosen(found, hint).ok_or_else(|| {
        Unknown::Format(if records.is_empty() {
            "it looks like JSON, but its first record is no valid JSON object".to_owned()
        } else {
            format!("no known format has records with the keys {}{nor}", shown(&columns))
        })
    })?;
    Ok(Detection { format, framing, columns: columns.into(), envelope: None, list: None })
}

/// What the records in a list of the records are, as if the list were the file; the keys that they
/// have when that is not known, or not what the user said.
fn detect_inside(
    list: &str,
    framing: Framing,
    records: &[Value],
    hint: Hint,
) -> Result<Detection, String> {
    let inside = inside(records, list);
    let found = detect_json(framing, &inside, true, Hint::default());
    let is_meant = |found: &Detection| {
        found.list.is_none() && hint.format.is_none_or(|format| format.name == found.format.name)
    };
    let found = found.ok().filter(is_meant);
    let found = found.map(|found| Detection { list: Some(list.to_owned()), ..found });
    found.ok_or_else(|| shown(&keys(&inside)))
}

fn detect_table(sample: &[u8], hint: Hint) -> Result<Detection, String> {
    let sample = sample[before_header(sample)..].trim_ascii_start();
    let first = sample.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A table that is drawn may begin with a rule.
    let sample = if is_drawing(first) { sample[first.len()..].trim_ascii_start() } else { sample };
    let line = sample.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if is_vllm_log(sample) {
        return Err(VLLM_LOG.to_owned());
    }
    let delimiter = DELIMITERS
        .into_iter()
        .max_by_key(|delimiter| memchr::memchr_iter(*delimiter, line).count())
        .filter(|delimiter| line.contains(delimiter));
    let Some(delimiter) = delimiter else {
        return Err("it is neither JSON nor a table with a header line".to_owned());
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(sample);
    let header = reader.headers().map_err(|error| format!("its header line is no CSV: {error}"))?;
    let columns: Vec<String> =
        header.iter().map(|name| unquoted(name.trim()).into_owned()).collect();
    if let Some(name) = repeated(&columns) {
        return Err(format!(
            "its header has the column `{name}` twice: which one is meant cannot be known"
        ));
    }
    let signed = is_signed(|name| columns.iter().any(|column| column == name));
    let known = FORMATS.iter().find(|format| (format.recognises_columns)(&columns)).copied();
    let found = if signed { Some(OWN) } else { known };
    if is_flat(found)
        && !(signed || hint.explains())
        && let Some(name) = not_read_yet(&columns)
    {
        return Err(refused(name));
    }
    let format = chosen(found, hint)
        .ok_or_else(|| format!("no known format has the columns {}", shown(&columns)))?;
    let framing = Framing::Delimited(Rows { delimiter, columns: columns.len() });
    Ok(Detection { format, framing, columns: columns.into(), envelope: None, list: None })
}

/// The first format that recognises one of the records.
fn known(records: &[Value]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| records.iter().any(format.recognises)).copied()
}

/// The one member that lists objects, of the first record that has one.
fn listing(records: &[Value]) -> Option<String> {
    let is_list = |value: &Value| {
        value.as_array().is_some_and(|list| list.first().is_some_and(Value::is_object))
    };
    records.iter().find_map(|record| {
        let mut lists = record.as_object()?.iter().filter(|(_, value)| is_list(value));
        let (name, _) = lists.next()?;
        lists.next().is_none().then(|| name.clone())
    })
}

/// What the records have in a list.
fn inside(records: &[Value], list: &str) -> Vec<Value> {
    let lists = records.iter().filter_map(|record| record.get(list)?.as_array());
    lists.flatten().take(NAMES_MAX).cloned().collect()
}

/// What the records are in, unless the user said that they are something else.
fn envelope_of(records: &[Value], hint: Hint) -> Option<&'static Envelope> {
    let wanted = |envelope: &&&Envelope| {
        hint.format.map_or(!hint.mapped, |format| format.name == envelope.format.name)
    };
    let mut known = ENVELOPES.iter().filter(wanted);
    known.find(|envelope| records.iter().any(envelope.is_one)).copied()
}

/// A column name that stands twice; columns without a name do not matter.
fn repeated(columns: &[String]) -> Option<&String> {
    let earlier = |place: usize| &columns[..place];
    let repeats = |(place, name): &(usize, &String)| earlier(*place).contains(*name);
    let found = columns.iter().enumerate().filter(|(_, name)| !name.is_empty()).find(repeats);
    found.map(|(_, name)| name)
}

/// Whether the format goes by the names of columns alone.
pub(super) fn is_flat(found: Option<&'static Format>) -> bool {
    found.is_none_or(has_flat_records)
}

/// Whether the records of a format are rows of columns: nothing wrapped, nothing in parts.
pub(super) fn has_flat_records(format: &'static Format) -> bool {
    format.wrappers.len() == 1 && format.identity == Identity::WholeRecord
}

fn refused(name: &str) -> String {
    format!(
        "it looks like {name}, which is not read yet; if its rows are calls, say what its columns \
         mean with `--map field=column`"
    )
}

fn chosen(found: Option<&'static Format>, hint: Hint) -> Option<&'static Format> {
    hint.format.or(found).or(hint.mapped.then_some(OWN))
}

/// The lines that are complete: the sample may end inside one.
pub(super) fn whole_lines(sample: &[u8], complete: bool) -> impl Iterator<Item = &[u8]> {
    let end =
        if complete { sample.len() } else { memchr::memrchr(b'\n', sample).map_or(0, |at| at + 1) };
    let mut rest = Some(&sample[..end]);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let at = memchr::memchr(b'\n', bytes);
        rest = at.map(|at| &bytes[at + 1..]);
        Some(&bytes[..at.unwrap_or(bytes.len())])
    })
}

/// The record that a text is, if it is one.
pub(super) fn object(bytes: &[u8]) -> Option<Value> {
    let found = serde_json::from_slice(bytes).ok().filter(Value::is_object);
    found.or_else(|| std::str::from_utf8(bytes).ok().and_then(|text| pruned(text, 0)))
}

/// An object without what is nested more deeply than the parser goes.
fn pruned(text: &str, depth: usize) -> Option<Value> {
    const DEPTH_MAX: usize = 16;
    let members = members(text).filter(|_| depth < DEPTH_MAX)?;
    let value = |text: &str| {
        let whole = serde_json::from_str(text).ok();
        whole.or_else(|| pruned(text, depth + 1)).unwrap_or(Value::Null)
    };
    Some(Value::Object(members.into_iter().map(|(key, text)| (key, value(text))).collect()))
}

fn documents(sample: &[u8], most: usize) -> Vec<Value> {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Next::Record(start, end) = next_record(sample, at) {
        records.extend(object(&sample[start..end]));
        if records.len() == most {
            break;
        }
        at = end;
    }
    records
}

/// The keys of the records, those of objects inside them with their path.
pub(super) fn keys(records: &[Value]) -> Vec<String> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for record in records {
        collect_keys(record, "", &mut found, &mut seen);
    }
    found
}

fn collect_keys(value: &Value, path: &str, found: &mut Vec<String>, seen: &mut HashSet<String>) {
    let Some(object) = value.as_object() else { return };
    for (key, inner) in object {
        if found.len() == NAMES_MAX {
            return;
        }
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if inner.is_object() {
            collect_keys(inner, &path, found, seen);
        } else if seen.insert(path.clone()) {
            found.push(path);
        }
    }
}

/// The first few names, for a message.
fn shown(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
#[path = "detect_tests.rs"]
mod tests;
