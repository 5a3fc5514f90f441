//! One JSON record to values, by a full parser: the truth that [`super::layout`] must agree with.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::paths::{NodeId, Paths};
use super::values::Values;

/// Fills `values` from a JSON record. Builds no tree: text is borrowed, what is not wanted is
/// only checked. A record that is valid JSON but no object has no values.
///
/// # Errors
/// When the text is not one valid JSON value.
pub(super) fn walk<'a>(
    text: &'a str,
    paths: &Paths,
    values: &mut Values<'a>,
) -> Result<(), serde_json::Error> {
    walk_at(text, Paths::ROOT, paths, values)
}

/// Fills `values` from the JSON object in a cell of a table, as if it stood under the name of the
/// column. Says whether it was one, where that matters: values may stand in it.
pub(super) fn walk_cell<'a>(
    cell: &'a str,
    column: &str,
    paths: &Paths,
    values: &mut Values<'a>,
) -> bool {
    let node = paths.child(Paths::ROOT, column).filter(|node| paths.has_children(*node));
    node.is_none_or(|node| walk_at(cell, node, paths, values).is_ok())
}

fn walk_at<'a>(
    text: &'a str,
    node: NodeId,
    paths: &Paths,
    values: &mut Values<'a>,
) -> Result<(), serde_json::Error> {
    if !text.trim_start().starts_with('{') {
        return serde_json::from_str::<IgnoredAny>(text).map(|_| ());
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    parser.deserialize_map(ObjectVisitor { node, paths, values })?;
    parser.end()
}

struct ObjectVisitor<'p, 'v, 'a> {
    node: NodeId,
    paths: &'p Paths,
    values: &'v mut Values<'a>,
}

impl<'a> Visitor<'a> for ObjectVisitor<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(child) = map.next_key_seed(KeySeed { node: self.node, paths: self.paths })? {
            let Some(child) = child else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &'a str = map.next_value::<&'a RawValue>()?.get();
            if raw.starts_with('{') && self.paths.has_children(child) {
                // Valid already: the parser has just skipped over it.
                let nested = walk_at(raw, child, self.paths, self.values);
                nested.map_err(serde::de::Error::custom)?;
            } else {
                for target in self.paths.targets(child) {
                    self.values.set(target.slot, target.rank, raw);
                }
            }
        }
        Ok(())
    }
}

/// Finds the node of a key without keeping the key.
struct KeySeed<'p> {
    node: NodeId,
    paths: &'p Paths,
}

impl<'a> DeserializeSeed<'a> for KeySeed<'_> {
    type Value = Option<NodeId>;

    fn deserialize<D: Deserializer<'a>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<NodeId>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.paths.child(self.node, key))
    }
}

#[cfg(test)]
mod tests {
    use super::super::paths::Target;
    use super::*;

    fn check(record: &str, expected: Option<&[&str]>) {
        let mut paths = Paths::new(false);
        for (slot, path) in (0..).zip(["model", "usage.input", "usage.details.cached"]) {
            paths.add(path, Target { slot, rank: 0 });
        }
        let mut values = Values::new(3);
        let valid = walk(record, &paths, &mut values).is_ok();
        let found: Vec<_> = (0..3).map(|slot| values.raw(slot)).collect();
        match expected {
            Some(expected) => assert_eq!((valid, &*found), (true, expected), "{record}"),
            None => assert!(!valid, "{record}"),
        }
    }

    #[test]
    fn finds_values_at_any_depth() {
        check(
            r#"{"x":[1,{"model":"no"}],"usage":{"details":{"cached":3},"input":5},"model":"m"}"#,
            Some(&["\"m\"", "5", "3"]),
        );
        check(r#"{"mod\u0065l":"m","usage":null}"#, Some(&["\"m\"", "", ""]));
        check("[1,2]", Some(&["", "", ""]));
        check("12", Some(&["", "", ""]));
    }

    #[test]
    fn refuses_what_is_not_one_json_value() {
        for record in
            ["{", r#"{"model":"m"} x"#, r#"{"model":"m",}"#, "", r#"{"usage":{"input":}}"#]
        {
            check(record, None);
        }
    }
}
