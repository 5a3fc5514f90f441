//! A mapping that was saved under a name: it works like a format of its own.

use super::field::Field;
use super::format::Draft;

/// A block `[[source]]` of a configuration, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedSource {
    /// The name in reports and for `--source-format`.
    pub name: String,
    /// Where it is written, for messages.
    pub place: String,
    /// The pattern of file names; any file without one.
    pub files: Option<String>,
    /// The columns or paths that must be there; those of [`SavedSource::essential`] if there are
    /// none and no pattern either.
    pub columns: Vec<String>,
    /// Pairs of a field, a dimension or a statement, and what it is.
    pub map: Vec<(String, String)>,
    /// Names that all records have, by field or dimension.
    pub constants: Vec<(String, String)>,
}

/// Compressed files have the names of what is in them.
const COMPRESSED: [&str; 2] = [".gz", ".zst"];

impl SavedSource {
    /// The fields that a constant can give.
    pub const CONSTANT_FIELDS: [Field; 5] =
        [Field::Provider, Field::Model, Field::RequestModel, Field::CallType, Field::Geo];

    /// The places of the model and of both counts.
    pub fn essential(&self) -> impl Iterator<Item = &str> {
        let wanted = [Field::Model, Field::Input, Field::Output].map(Field::own_name);
        let places = self.map.iter().filter(move |(name, _)| wanted.contains(&Some(name)));
        places.map(|(_, place)| place.as_str())
    }

    /// The columns or paths that a file must have to be read by it.
    pub fn wanted(&self) -> Vec<&str> {
        if self.columns.is_empty() && self.files.is_none() {
            return self.essential().collect();
        }
        self.columns.iter().map(String::as_str).collect()
    }

    /// Whether there is nothing that says which files it is for.
    pub fn takes_anything(&self) -> bool {
        self.files.is_none() && self.wanted().is_empty()
    }

    /// Why a file of this name with these columns is not read by it; nothing if it is.
    pub fn refuses(&self, file: &str, columns: &[String]) -> Option<String> {
        if let Some(pattern) = self.files.as_deref().filter(|pattern| !matches(pattern, file)) {
            return Some(format!("it takes files named `{pattern}`"));
        }
        let wanted = self.wanted();
        let missing = wanted.iter().find(|wanted| !columns.iter().any(|known| known == *wanted))?;
        Some(format!("it takes files with `{missing}`"))
    }

    /// Whether a file of this name with these columns is read by it.
    pub(super) fn fits(&self, file: &str, columns: &[String]) -> bool {
        // With nothing to go by it would take every file.
        !self.takes_anything() && self.refuses(file, columns).is_none()
    }
}

/// A pattern without a folder is one of the name alone.
fn matches(pattern: &str, file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let shown = if pattern.contains('/') { file } else { name };
    let plain = COMPRESSED.iter().find_map(|ending| shown.strip_suffix(ending)).unwrap_or(shown);
    let fits = |pattern: &str| {
        glob::Pattern::new(pattern)
            .is_ok_and(|compiled| compiled.matches(shown) || compiled.matches(plain))
    };
    // However the way to that folder was typed.
    fits(pattern) || pattern.contains('/') && fits(&format!("**/{pattern}"))
}

/// What is the same for all records of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Constants {
    /// Names of the call itself.
    pub(super) fields: Vec<(Field, String)>,
    /// Names of other dimensions, by their place.
    pub(super) dimensions: Vec<(usize, String)>,
}

impl Constants {
    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.dimensions.is_empty()
    }

    /// Gives a call the names that its record leaves open.
    pub(super) fn fill(&self, draft: &mut Draft<'_>) {
        for (field, name) in &self.fields {
            let place = match field {
                Field::Provider => &mut draft.provider,
                Field::Model => &mut draft.model,
                Field::RequestModel => &mut draft.request_model,
                Field::CallType => &mut draft.call_type,
                Field::Geo => &mut draft.geo,
                _ => continue,
            };
            if place.is_empty() {
                *place = name.clone().into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: Option<&str>, columns: &[&str], file: &str, expected: bool) {
        let pair = |(field, place): (&str, &str)| (field.to_owned(), place.to_owned());
        let source = SavedSource {
            files: files.map(str::to_owned),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            map: [("model", "m"), ("input_tokens", "a.in"), ("team", "t")].map(pair).to_vec(),
            ..SavedSource::default()
        };
        let there = ["m", "a.in", "x"].map(str::to_owned);
        assert_eq!(source.fits(file, &there), expected, "{files:?} {columns:?} {file}");
    }

    #[test]
    fn a_saved_source_takes_files_by_name_and_columns() {
        check(None, &[], "any", true);
        check(None, &["x"], "any", true);
        check(None, &["y"], "any", false);
        check(Some("gw-*.jsonl"), &[], "logs/gw-1.jsonl", true);
        check(Some("gw-*.jsonl"), &[], "logs/gw-1.jsonl.gz", true);
        check(Some("gw-*.jsonl"), &["y"], "logs/gw-1.jsonl", false);
        check(Some("gw-*.jsonl"), &[], "logs/other.jsonl", false);
        check(Some("logs/*"), &[], "logs/other.jsonl", true);
        check(Some("logs/*"), &[], "./logs/other.jsonl", true);
        check(Some("logs/*"), &[], "/data/logs/other.jsonl", true);
        check(Some("logs/*"), &[], "/data/log/other.jsonl", false);
    }
}
