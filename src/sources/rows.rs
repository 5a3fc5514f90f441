//! Records that hold several calls: a trace with its observations, an export of spans.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// One of the calls inside a record.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// A JSON object.
    pub(super) text: Cow<'a, str>,
    /// Whether what it lacks is taken from the record around it.
    pub(super) inherits: bool,
    /// Where in the record it begins.
    pub(super) start: usize,
    /// Where in the record it ends.
    pub(super) end: usize,
}

/// Takes the text of a record apart; nothing when the record is a call itself.
pub(super) type Unfold = for<'a> fn(&'a str) -> Option<Vec<Row<'a>>>;

impl<'a> Row<'a> {
    /// A part of a record as it stands there; what it lacks, the record around it says.
    pub(super) fn part(record: &str, text: &'a str) -> Self {
        Self { inherits: true, ..Self::alone(record, text) }
    }

    /// A part of a record that says all there is to say of it.
    pub(super) fn alone(record: &str, text: &'a str) -> Self {
        let (start, end) = place(record, text);
        Self { text: Cow::Borrowed(text), inherits: false, start, end }
    }

    /// Another text for a part of a record.
    pub(super) fn rewritten(record: &str, part: &str, text: String) -> Self {
        let (start, end) = place(record, part);
        Self { text: Cow::Owned(text), inherits: false, start, end }
    }
}

/// Where a part of a text begins and ends in it.
fn place(whole: &str, part: &str) -> (usize, usize) {
    let start = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr()).min(whole.len());
    (start, (start + part.len()).min(whole.len()))
}

/// The texts of the values of an object, by key; nothing when the text is no object.
pub(super) fn members(text: &str) -> Option<BTreeMap<String, &str>> {
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    Some(object.into_iter().map(|(key, value)| (key, value.get())).collect())
}

/// The texts of the elements of a list; none when the text is no list.
pub(super) fn elements(text: &str) -> Vec<&str> {
    let list: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    list.into_iter().map(RawValue::get).collect()
}

/// The elements of the list that an object has under a key; nothing when it has none.
pub(super) fn list_in<'a>(text: &'a str, key: &str) -> Option<Vec<&'a str>> {
    let list = *members(text)?.get(key)?;
    list.starts_with('[').then(|| elements(list))
}

/// A record some of whose members are objects written as text, with those as objects; nothing
/// when it has none.
pub(super) fn decoded<'a>(record: &'a str, keys: &[&str]) -> Option<Vec<Row<'a>>> {
    let found = members(record)?;
    let inner = |key: &str| -> Option<String> {
        let text: String = serde_json::from_str(found.get(key)?).ok()?;
        members(&text).is_some().then_some(text)
    };
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    texts.extend(keys.iter().filter_map(|key| Some((*key, inner(key)?))));
    if texts.is_empty() {
        return None;
    }
    let mut whole = String::with_capacity(record.len());
    for (key, value) in &found {
        whole.push(if whole.is_empty() { '{' } else { ',' });
        whole.push_str(&serde_json::Value::from(key.as_str()).to_string());
        whole.push(':');
        whole.push_str(texts.get(key.as_str()).map_or(value, String::as_str));
    }
    whole.push('}');
    Some(vec![Row::rewritten(record, record, whole)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_where_they_stand() {
        let record = r#"{"a":1,"list":[{"b":2}, {"c":3}]}"#;
        let parts = list_in(record, "list").expect("a list");
        let rows: Vec<_> = parts.into_iter().map(|part| Row::part(record, part)).collect();
        let shown: Vec<_> = rows.iter().map(|row| (&*row.text, row.start, row.end)).collect();
        assert_eq!(shown, [(r#"{"b":2}"#, 15, 22), (r#"{"c":3}"#, 24, 31)]);
        assert!(list_in(record, "a").is_none() && list_in("[1]", "a").is_none());
    }

    #[test]
    fn objects_written_as_text_become_objects() {
        let rows = decoded(r#"{"a":"{\"b\":1}","c":"{}x"}"#, &["a", "c"]).expect("one");
        assert_eq!(rows[0].text, r#"{"a":{"b":1},"c":"{}x"}"#);
        assert!(decoded(r#"{"a":{"b":1}}"#, &["a"]).is_none());
    }
}
