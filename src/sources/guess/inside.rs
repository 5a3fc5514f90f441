//! Records that are inside others, where no mapping leads: in a list, or as text. `jq` takes them
//! out.

use serde_json::{Map, Value};

use crate::sources::detect::{Hint, detect};

use super::survey::{RECORDS_MAX, records, survey};
use super::verdict::judge;
use super::{Guess, quoted_for_shell};

/// Lists and texts further in than this are not looked for.
const DEPTH_MAX: usize = 3;

/// How the records of a file are taken out of what they are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The filter of `jq`.
    pub filter: String,
    /// The format that they are of then; nothing if they need a mapping.
    pub format: Option<String>,
}

impl Inside {
    /// The line of a shell that reads the records of `file`, with these flags.
    pub fn command(&self, file: &str, flags: &str) -> String {
        let (filter, name) = (quoted_for_shell(&self.filter), quoted_for_shell(file));
        let jq = match file.rsplit('.').next() {
            _ if file == "-" => format!("jq -c {filter}"),
            Some("gz") => format!("gzip -dc {name} | jq -c {filter}"),
            Some("zst") => format!("zstd -dc {name} | jq -c {filter}"),
            _ => format!("jq -c {filter} {name}"),
        };
        let flags = if flags.is_empty() { String::new() } else { format!(" {flags}") };
        format!("{jq} | llmcost analyze -{flags}")
    }
}

/// What the records inside those of a sample could mean; nothing if there are none that say.
pub(super) fn guess_inside(sample: &[u8], complete: bool) -> Option<Guess> {
    let records = records(sample, complete);
    let mut places = Vec::new();
    for record in records.iter().filter_map(Value::as_object) {
        find("", record, 0, &mut places);
    }
    let outer = if sample.trim_ascii_start().starts_with(b"[") { ".[] | " } else { "" };
    places.iter().find_map(|place| {
        let mut lines = Vec::new();
        for record in records.iter().flat_map(|record| place.taken_out(record)).take(RECORDS_MAX) {
            lines.extend(record.to_string().into_bytes());
            lines.push(b'\n');
        }
        let guess = judge(&survey(&lines, true)?);
        let known = detect(&lines, true, Hint::default()).ok();
        let format = known.map(|known| known.format.name.to_owned());
        if format.is_none() && guess.proposal.is_none() {
            return None;
        }
        let filter = format!("{outer}{}", place.filter());
        let inside = Some(Inside { filter, format: format.clone() });
        Some(match format {
            None => Guess { inside, ..guess },
            Some(_) => {
                Guess { inside, missing: Vec::new(), doubts: Vec::new(), proposal: None, ..guess }
            }
        })
    })
}

/// Where further records are.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// Listed at this path.
    List(String),
    /// Written as text at this path.
    Text(String),
}

impl Place {
    fn filter(&self) -> String {
        match self {
            Self::List(path) => format!("{path}[]"),
            Self::Text(path) => format!("del({path}) + ({path} | fromjson)"),
        }
    }

    /// What the filter makes of a record.
    fn taken_out(&self, record: &Value) -> Vec<Value> {
        match self {
            Self::List(path) => {
                let list = at(record, path).and_then(Value::as_array);
                list.into_iter().flatten().take(RECORDS_MAX).cloned().collect()
            }
            Self::Text(path) => {
                let inner = at(record, path).and_then(object_of_text);
                let mut whole = record.as_object().cloned().unwrap_or_default();
                // What is around it is never larger than the record; its text stays unseen.
                whole.retain(|key, value| value.as_str().is_none() || key_of(key) != *path);
                whole.extend(inner.unwrap_or_default());
                vec![Value::Object(whole)]
            }
        }
    }
}

/// The key as `jq` has it.
fn key_of(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if key.bytes().all(plain) && !key.starts_with(|first: char| first.is_ascii_digit()) {
        format!(".{key}")
    } else {
        format!(".{}", Value::from(key))
    }
}

/// The value at a path of `jq`.
fn at<'v>(record: &'v Value, path: &str) -> Option<&'v Value> {
    if path.is_empty() {
        return Some(record);
    }
    record.as_object()?.iter().find_map(|(key, value)| {
        let rest = path.strip_prefix(&key_of(key))?;
        if rest.is_empty() || rest.starts_with('.') { at(value, rest) } else { None }
    })
}

fn find(path: &str, record: &Map<String, Value>, depth: usize, places: &mut Vec<Place>) {
    for (key, value) in record {
        let path = format!("{path}{}", key_of(key));
        let place = match value {
            Value::Array(list) if list.first().is_some_and(Value::is_object) => Place::List(path),
            Value::String(text) if object_in(text).is_some() => Place::Text(path),
            Value::Object(inner) if depth < DEPTH_MAX => {
                find(&path, inner, depth + 1, places);
                continue;
            }
            _ => continue,
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
}

fn object_of_text(value: &Value) -> Option<Map<String, Value>> {
    object_in(value.as_str()?)
}

fn object_in(text: &str) -> Option<Map<String, Value>> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<&str>)>) {
        let found = guess_inside(text.as_bytes(), true).and_then(|guess| guess.inside);
        let found = found.as_ref();
        let found = found.map(|inside| (inside.filter.as_str(), inside.format.as_deref()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn records_in_a_list_or_a_text_are_found() {
        let row = "{\"engine\":\"gpt-4o\",\"nIn\":10,\"nOut\":5}";
        check(&format!("{{\"page\":1,\"rows\":[{row}]}}\n"), Some((".rows[]", None)));
        check(&format!("{{\"a\":{{\"b c\":[{row}]}}}}\n"), Some((".a.\"b c\"[]", None)));
        check(&format!("[{{\"rows\":[{row}]}}]\n"), Some((".[] | .rows[]", None)));
        let body = "{\"id\":\"c\",\"object\":\"chat.completion\",\"model\":\"gpt-4o\",\"usage\":\
                    {\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}";
        let line = format!("{{\"ts\":\"2026-10-01\",\"body\":{}}}\n", Value::from(body));
        check(&line, Some(("del(.body) + (.body | fromjson)", Some("openai-chat"))));
        check("{\"rows\":[{\"a\":1}],\"text\":\"{}\"}\n", None);
    }

    #[test]
    fn the_line_of_a_shell_fits_the_file() {
        let inside = Inside { filter: ".rows[]".to_owned(), format: None };
        let line = |file| inside.command(file, "--map a=b");
        assert_eq!(line("a.json"), "jq -c '.rows[]' a.json | llmcost analyze - --map a=b");
        assert_eq!(line("-"), "jq -c '.rows[]' | llmcost analyze - --map a=b");
        let packed = "gzip -dc a.json.gz | jq -c '.rows[]' | llmcost analyze - --map a=b";
        assert_eq!(line("a.json.gz"), packed);
    }
}
