//! JSON or TOML as one tree, in which numbers stay the text they were written as.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use toml::de::{DeTable, DeValue};

use super::error::ImportProblem;

/// Nesting beyond this is no price table; it also keeps the reader from overflowing its stack.
const DEPTH: usize = 24;

/// A value of either format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    Table(BTreeMap<String, Self>),
}

impl Node {
    pub(super) fn json(text: &str) -> Result<Self, ImportProblem> {
        let raw = serde_json::from_str::<&RawValue>(text).map_err(|error| not_json(&error))?;
        from_json(raw, DEPTH)
    }

    pub(super) fn toml(text: &str) -> Result<Self, ImportProblem> {
        let table = DeTable::parse(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..start].split(|byte| *byte == b'\n').count();
            ImportProblem::NotToml { line, message: error.message().to_owned() }
        })?;
        from_table(table.get_ref(), DEPTH)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.table()?.get(key)
    }

    pub(super) fn table(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn number(&self) -> Option<&str> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The value on one line, for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(text) | Self::Text(text) => text.clone(),
            Self::List(list) => {
                format!("[{}]", list.iter().map(Self::shown).collect::<Vec<_>>().join(", "))
            }
            Self::Table(table) => {
                let pairs = table.iter().map(|(key, value)| format!("{key}: {}", value.shown()));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn not_json(error: &serde_json::Error) -> ImportProblem {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    ImportProblem::NotJson { line: error.line(), message }
}

/// Cuts raw text into its values; every level lends the text of the next one.
fn from_json(raw: &RawValue, depth: usize) -> Result<Node, ImportProblem> {
    let depth = depth.checked_sub(1).ok_or(ImportProblem::TooDeep)?;
    let text = raw.get();
    let refuse = |error: serde_json::Error| not_json(&error);
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let table: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(refuse)?;
            let pairs = table.into_iter().map(|(key, value)| Ok((key, from_json(value, depth)?)));
            Node::Table(pairs.collect::<Result<_, ImportProblem>>()?)
        }
        Some(b'[') => {
            let list: Vec<&RawValue> = serde_json::from_str(text).map_err(refuse)?;
            Node::List(
                list.into_iter().map(|value| from_json(value, depth)).collect::<Result<_, _>>()?,
            )
        }
        Some(b'"') => Node::Text(serde_json::from_str(text).map_err(refuse)?),
        Some(b't') => Node::Bool(true),
        Some(b'f') => Node::Bool(false),
        Some(b'n') => Node::Null,
        _ => Node::Number(text.to_owned()),
    })
}

fn from_table(table: &DeTable, depth: usize) -> Result<Node, ImportProblem> {
    let pairs = table.iter().map(|(key, value)| {
        Ok((key.get_ref().clone().into_owned(), from_toml(value.get_ref(), depth)?))
    });
    Ok(Node::Table(pairs.collect::<Result<_, ImportProblem>>()?))
}

fn from_toml(value: &DeValue, depth: usize) -> Result<Node, ImportProblem> {
    let depth = depth.checked_sub(1).ok_or(ImportProblem::TooDeep)?;
    Ok(match value {
        DeValue::String(text) => Node::Text(text.clone().into_owned()),
        DeValue::Integer(number) => Node::Number(number.to_string()),
        DeValue::Float(number) => Node::Number(number.to_string()),
        DeValue::Boolean(value) => Node::Bool(*value),
        DeValue::Datetime(time) => Node::Text(time.to_string()),
        DeValue::Array(list) => {
            let nodes = list.iter().map(|value| from_toml(value.get_ref(), depth));
            Node::List(nodes.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => from_table(table, depth)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_as_they_were_written() {
        let json = Node::json(r#"{"a": 1.0000000000000002e-06, "b": [0.10, "x\n", null, true]}"#);
        let json = json.expect("JSON");
        assert_eq!(json.get("a").and_then(Node::number), Some("1.0000000000000002e-06"));
        assert_eq!(json.get("b").map(Node::shown).as_deref(), Some("[0.10, x\n, null, true]"));
        let toml = Node::toml("[cost]\ninput = 3.00\nsize = 272_000\n").expect("TOML");
        let cost = toml.get("cost").expect("a table");
        assert_eq!(cost.get("input").and_then(Node::number), Some("3.00"));
        assert_eq!(cost.get("size").and_then(Node::number), Some("272000"));
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let json = Node::json("{\n\"a\": 1,\n}");
        assert!(matches!(json, Err(ImportProblem::NotJson { line: 3, .. })), "{json:?}");
        let toml = Node::toml("a = 1\nb = \n");
        assert!(matches!(toml, Err(ImportProblem::NotToml { line: 2, .. })), "{toml:?}");
    }

    #[test]
    fn endless_nesting_is_refused() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Node::json(&deep).is_err());
    }
}
