//! Which format a file has, from its first records.

use serde_json::Value;

use super::documents::{Next, next_record};
use super::format::Format;
use super::formats::{FORMATS, OWN};
use super::framing::Framing;

/// How much of a file is looked at.
pub(super) const SAMPLE_BYTES: usize = 1 << 20;

/// How many records of the sample are looked at: the first ones may be of a kind without usage.
const RECORDS_MAX: usize = 50;

/// What a file turned out to be.
#[derive(Debug)]
pub(super) struct Detection {
    pub(super) format: &'static Format,
    pub(super) framing: Framing,
    /// The columns of a table in order, or the keys of the first records.
    pub(super) columns: Vec<String>,
}

/// What the user said about the format.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hint {
    /// The format, by name.
    pub(super) format: Option<&'static Format>,
    /// A mapping explains the columns, so no format needs to.
    pub(super) mapped: bool,
}

/// Finds the format. `complete` says whether the sample is the whole file.
///
/// # Errors
/// When the file is of no known format: what was seen instead.
pub(super) fn detect(sample: &[u8], complete: bool, hint: Hint) -> Result<Detection, String> {
    let start = sample.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if matches!(sample.get(start), Some(b'{' | b'[')) {
        return detect_json(sample, complete, hint);
    }
    detect_table(sample, hint)
}

fn detect_json(sample: &[u8], complete: bool, hint: Hint) -> Result<Detection, String> {
    let lines = whole_lines(sample, complete);
    let one_a_line: Vec<Value> = lines.filter_map(object).take(RECORDS_MAX).collect();
    let (framing, records) = if one_a_line.is_empty() {
        (Framing::Documents, documents(sample))
    } else {
        (Framing::Lines, one_a_line)
    };
    if records.is_empty() {
        return Err("it looks like JSON, but its first record is no valid JSON object".to_owned());
    }
    let found = FORMATS.iter().find(|format| records.iter().any(format.recognises)).copied();
    let columns = keys(&records);
    let format = chosen(found, hint)
        .ok_or_else(|| format!("no known format has records with the keys {}", shown(&columns)))?;
    Ok(Detection { format, framing, columns })
}

fn detect_table(sample: &[u8], hint: Hint) -> Result<Detection, String> {
    let line = sample.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let line = line.unwrap_or_default();
    let delimiter = [b',', b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|delimiter| memchr::memchr_iter(*delimiter, line).count())
        .filter(|delimiter| line.contains(delimiter));
    let Some(delimiter) = delimiter else {
        return Err("it is neither JSON nor a table with a header line".to_owned());
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(sample);
    let header = reader.headers().map_err(|error| format!("its header line is no CSV: {error}"))?;
    let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let found = FORMATS.iter().find(|format| (format.recognises_columns)(&columns)).copied();
    let format = chosen(found, hint)
        .ok_or_else(|| format!("no known format has the columns {}", shown(&columns)))?;
    Ok(Detection { format, framing: Framing::Delimited { delimiter }, columns })
}

fn chosen(found: Option<&'static Format>, hint: Hint) -> Option<&'static Format> {
    hint.format.or(found).or(hint.mapped.then_some(OWN))
}

/// The lines that are complete: the sample may end inside one.
fn whole_lines(sample: &[u8], complete: bool) -> impl Iterator<Item = &[u8]> {
    let end =
        if complete { sample.len() } else { memchr::memrchr(b'\n', sample).map_or(0, |at| at + 1) };
    sample[..end].split(|byte| *byte == b'\n')
}

fn object(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().filter(Value::is_object)
}

fn documents(sample: &[u8]) -> Vec<Value> {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Next::Record(start, end) = next_record(sample, at) {
        records.extend(object(&sample[start..end]));
        if records.len() == RECORDS_MAX {
            break;
        }
        at = end;
    }
    records
}

/// The keys of the records, those of objects inside them with their path.
fn keys(records: &[Value]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for record in records {
        collect_keys(record, "", &mut found);
    }
    found
}

fn collect_keys(value: &Value, path: &str, found: &mut Vec<String>) {
    let Some(object) = value.as_object() else { return };
    for (key, inner) in object {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if inner.is_object() {
            collect_keys(inner, &path, found);
        } else if !found.contains(&path) {
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
mod tests {
    use super::*;

    fn check(sample: &str, expected: Result<(&str, Framing), &str>) {
        let found = detect(sample.as_bytes(), true, Hint::default());
        match (found, expected) {
            (Ok(found), Ok(expected)) => {
                assert_eq!((found.format.name, found.framing), expected, "{sample}");
            }
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{reason}"),
            (found, expected) => panic!("{sample}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn formats_are_told_by_their_first_records() {
        use Framing::{Delimited, Documents, Lines};
        let own = r#"{"model":"m","input_tokens":1,"output_tokens":2}"#;
        check(own, Ok(("llmcost", Lines)));
        check(&format!("{{\"cut\n{own}\n"), Ok(("llmcost", Lines)));
        check(&format!("[{own},\n{own}]"), Ok(("llmcost", Documents)));
        check(&own.replace(',', ",\n"), Ok(("llmcost", Documents)));
        let inclusive = r#"{"model":"m","input_tokens":9,"output_tokens":2,"cached_tokens":3}"#;
        check(inclusive, Ok(("table", Lines)));
        let comma = Delimited { delimiter: b',' };
        check("model,input_tokens,output_tokens\n", Ok(("llmcost", comma)));
        let semicolon = Delimited { delimiter: b';' };
        check("Model;Prompt Tokens;Completion Tokens\n", Ok(("table", semicolon)));
        check("name,amount\n", Err("the columns name, amount"));
        check("{\"a\":1}\n", Err("the keys a"));
        check("hello\n", Err("neither JSON nor a table"));
        check("{broken\n", Err("no valid JSON object"));
    }

    #[test]
    fn a_mapping_explains_what_no_format_does() {
        let hint = Hint { format: None, mapped: true };
        let found = detect(b"{\"a\":1}\n", true, hint).expect("mapped");
        assert_eq!(found.format.name, "llmcost");
        assert_eq!(found.columns, ["a"]);
    }
}
