//! Records that hold records: pages of an API, buckets of a report, bodies kept as text.

use serde_json::{Map, Value};

use super::format::Format;

/// A kind of record that holds others. It is taken apart before the others are read, which takes
/// a tree of it.
#[derive(Debug)]
pub(super) struct Envelope {
    /// What is in it.
    pub(super) format: &'static Format,
    /// Whether a record is one.
    pub(super) is_one: fn(&Value) -> bool,
    /// The records in it, each with what is said of all of them.
    pub(super) open: fn(Value) -> Vec<Value>,
}

/// The list at a key of a record, taken out of it.
pub(super) fn list(record: &mut Value, key: &str) -> Vec<Value> {
    match record.as_object_mut().and_then(|object| object.remove(key)) {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

/// The rows below `key` of each of `groups`, with what the group says beside them.
pub(super) fn grouped(groups: Vec<Value>, key: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for mut group in groups {
        let rows = list(&mut group, key);
        let Value::Object(around) = group else { continue };
        found.extend(rows.into_iter().map(|row| beside(row, &around)));
    }
    found
}

/// A row with the scalars around it, where it does not say the same itself.
pub(super) fn beside(row: Value, around: &Map<String, Value>) -> Value {
    let Value::Object(mut row) = row else { return row };
    for (key, value) in around {
        if !value.is_object() && !value.is_array() && !row.contains_key(key) {
            row.insert(key.clone(), value.clone());
        }
    }
    Value::Object(row)
}

/// Puts in the place of a text the JSON that it holds; other text stays.
pub(super) fn open_text(value: &mut Value) {
    if let Some(text) = value.as_str()
        && let Ok(inner) = serde_json::from_str::<Value>(text)
        && (inner.is_object() || inner.is_array())
    {
        *value = inner;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_take_over_what_is_said_of_all_of_them() {
        let group = json!({"start": 1, "model": "all", "rows": [{"model": "m"}, {"n": 2}]});
        let expected =
            [json!({"start": 1, "model": "m"}), json!({"start": 1, "model": "all", "n": 2})];
        assert_eq!(grouped(vec![group, json!({"rows": []}), json!(1)], "rows"), expected);
    }

    #[test]
    fn only_text_that_holds_json_is_opened() {
        for (text, expected) in
            [("{\"a\":1}", json!({"a": 1})), ("7", json!("7")), ("{", json!("{"))]
        {
            let mut value = json!(text);
            open_text(&mut value);
            assert_eq!(value, expected);
        }
    }
}
