//! Where a value of a nested column belongs: levels of definition and repetition to objects and
//! lists.

use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::schema::types::Type;

/// One step on the way from the top of a row to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// From here on there is something only from this level of definition.
    Optional(i16),
    /// Into the object, by this key.
    Key(String),
    /// Into an item of a list, or of a map, which is not empty from this level of definition.
    Repeated { level: i16, is_map: bool },
}

/// The ways to the values of each column inside a field of the row, in the order of the file.
pub(super) fn leaves(field: &Type) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    Way::default().follow(field, None, Role::Field, &mut found);
    found
}

/// What a field is to the one it is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Field,
    /// What is repeated in a list or map that is marked as one.
    Items {
        is_map: bool,
    },
}

#[derive(Clone, Default)]
struct Way {
    steps: Vec<Step>,
    level: i16,
}

impl Way {
    /// Follows a field down to its columns; `key` is its name where it has one.
    fn follow(mut self, field: &Type, key: Option<&str>, role: Role, found: &mut Vec<Vec<Step>>) {
        let about = field.get_basic_info();
        let repetition = about.has_repetition().then(|| about.repetition());
        if repetition == Some(Repetition::OPTIONAL) {
            self.level += 1;
            self.steps.push(Step::Optional(self.level));
        }
        self.steps.extend(key.map(|key| Step::Key(key.to_owned())));
        if repetition == Some(Repetition::REPEATED) {
            self.level += 1;
            let is_map = role == Role::Items { is_map: true };
            self.steps.push(Step::Repeated { level: self.level, is_map });
        }
        if field.is_primitive() {
            found.push(self.steps);
            return;
        }
        let fields = field.get_fields();
        if let (Role::Field, Some(is_map), [items]) = (role, marked(field), fields) {
            return self.follow(items, None, Role::Items { is_map }, found);
        }
        let is_wrapper = role == Role::Items { is_map: false } && !is_item(field);
        for (place, inner) in fields.iter().enumerate() {
            let key = match role {
                _ if is_wrapper => None,
                Role::Items { is_map: true } => Some(if place == 0 { "key" } else { "value" }),
                Role::Items { .. } | Role::Field => Some(inner.name()),
            };
            self.clone().follow(inner, key, Role::Field, found);
        }
    }
}

/// Whether a field is marked as a list (or, with `true`, a map).
fn marked(field: &Type) -> Option<bool> {
    let about = field.get_basic_info();
    let repeats = field.get_fields().iter().all(|inner| {
        inner.get_basic_info().has_repetition()
            && inner.get_basic_info().repetition() == Repetition::REPEATED
    });
    let is_map = match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::List), _) | (_, ConvertedType::LIST) => false,
        (Some(LogicalType::Map), _) | (_, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE) => {
            true
        }
        _ => return None,
    };
    repeats.then_some(is_map)
}

/// Whether what is repeated in a list is its items, as some older writers have it, not a group
/// around each.
fn is_item(repeated: &Type) -> bool {
    let fields = repeated.get_fields();
    let name = repeated.name();
    fields.len() != 1 || name == "array" || name.ends_with("_tuple")
}

/// Something inside a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Nothing,
    /// JSON text.
    Value(Vec<u8>),
    Object(Vec<(String, Self)>),
    List(Vec<Self>),
    /// Objects of a key and a value.
    Map(Vec<Self>),
}

impl Node {
    /// Puts a value where its levels say. `places` are the places in the lists on the way; those
    /// that are missing are the first.
    pub(super) fn put(&mut self, steps: &[Step], level: i16, places: &[usize], value: &[u8]) {
        let Some((step, rest)) = steps.split_first() else {
            if !value.is_empty() {
                *self = Self::Value(value.to_vec());
            }
            return;
        };
        match step {
            Step::Optional(needed) => {
                if level >= *needed {
                    self.put(rest, level, places, value);
                }
            }
            Step::Key(key) => {
                if *self == Self::Nothing {
                    *self = Self::Object(Vec::new());
                }
                let Self::Object(fields) = self else { return };
                let place = fields.iter().position(|(name, _)| name == key);
                let place = place.unwrap_or_else(|| {
                    fields.push((key.clone(), Self::Nothing));
                    fields.len() - 1
                });
                fields[place].1.put(rest, level, places, value);
            }
            Step::Repeated { level: needed, is_map } => {
                if *self == Self::Nothing {
                    *self = if *is_map { Self::Map(Vec::new()) } else { Self::List(Vec::new()) };
                }
                let (Self::List(items) | Self::Map(items)) = self else { return };
                if level < *needed {
                    return;
                }
                let (place, deeper) =
                    places.split_first().map_or((0, places), |(place, deeper)| (*place, deeper));
                if items.len() <= place {
                    items.resize(place + 1, Self::Nothing);
                }
                items[place].put(rest, level, deeper, value);
            }
        }
    }

    /// Writes it as JSON.
    pub(super) fn write(&self, text: &mut Vec<u8>) {
        match self {
            Self::Nothing => text.extend_from_slice(b"null"),
            Self::Value(value) => text.extend_from_slice(value),
            Self::List(items) => {
                text.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        text.push(b',');
                    }
                    item.write(text);
                }
                text.push(b']');
            }
            Self::Object(fields) => {
                let known = fields.iter().filter(|(_, value)| *value != Self::Nothing);
                let name = |name: &String| serde_json::to_vec(name).expect("a text is JSON");
                write_object(known.map(|(key, value)| (name(key), value)), text);
            }
            Self::Map(entries) => write_object(entries.iter().filter_map(entry), text),
        }
    }
}

fn write_object<'n>(fields: impl Iterator<Item = (Vec<u8>, &'n Node)>, text: &mut Vec<u8>) {
    text.push(b'{');
    for (place, (key, value)) in fields.enumerate() {
        if place > 0 {
            text.push(b',');
        }
        text.extend_from_slice(&key);
        text.push(b':');
        value.write(text);
    }
    text.push(b'}');
}

/// The key of an entry of a map as JSON text, and its value.
fn entry(node: &Node) -> Option<(Vec<u8>, &Node)> {
    let Node::Object(fields) = node else { return None };
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let Some(Node::Value(key)) = field("key") else { return None };
    let is_text = key.starts_with(b"\"");
    let quoted = if is_text { key.clone() } else { [b"\"", &key[..], b"\""].concat() };
    Some((quoted, field("value").unwrap_or(&Node::Nothing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::schema::parser::parse_message_type;

    /// Values, each with its levels and its places in lists.
    type Values<'v> = &'v [(i16, &'v [usize], &'v str)];

    fn check(field: &str, columns: &[Values<'_>], expected: &str) {
        let schema = parse_message_type(&format!("message m {{ {field} }}")).expect("a schema");
        let ways = leaves(&schema.get_fields()[0]);
        assert_eq!(ways.len(), columns.len(), "{field}");
        let mut node = Node::Nothing;
        for (steps, values) in ways.iter().zip(columns) {
            for (level, places, value) in *values {
                node.put(steps, *level, places, value.as_bytes());
            }
        }
        let mut text = Vec::new();
        node.write(&mut text);
        assert_eq!(String::from_utf8(text).expect("text"), expected, "{field}");
    }

    #[test]
    fn levels_say_where_values_belong() {
        let inner = "optional group a { required int32 b; optional int32 c; }";
        check(inner, &[&[(1, &[], "1")], &[(1, &[], "")]], r#"{"b":1}"#);
        check(inner, &[&[(0, &[], "")], &[(0, &[], "")]], "null");
        let list = "optional group a (LIST) { repeated group list { optional int32 element; } }";
        check(list, &[&[(3, &[], "1"), (2, &[1], ""), (3, &[2], "3")]], "[1,null,3]");
        check(list, &[&[(1, &[], "")]], "[]");
        check("repeated int32 a;", &[&[(1, &[], "1"), (1, &[1], "2")]], "[1,2]");
        let old = "optional group a (LIST) { repeated group array { required int32 b; } }";
        check(old, &[&[(2, &[], "1"), (2, &[1], "2")]], r#"[{"b":1},{"b":2}]"#);
        let map = "optional group a (MAP) { repeated group key_value \
                   { required binary key (UTF8); optional int32 value; } }";
        let keys: Values<'_> = &[(2, &[], "\"x\""), (2, &[1], "\"y\"")];
        check(map, &[keys, &[(3, &[], "1"), (2, &[1], "")]], r#"{"x":1,"y":null}"#);
        check(map, &[&[(1, &[], "")], &[(1, &[], "")]], "{}");
    }

    #[test]
    fn lists_hold_lists() {
        let field = "optional group a (LIST) { repeated group list { optional group element (LIST) \
                     { repeated group list { optional int32 element; } } } }";
        let values: Values<'_> = &[(5, &[], "1"), (5, &[0, 1], "2"), (3, &[1], ""), (2, &[2], "")];
        check(field, &[values], "[[1,2],[],null]");
    }
}
