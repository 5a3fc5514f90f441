//! Why nothing could be imported: the file, the place, what to do about it.

use std::fmt;

use super::super::table_error::PriceTableError;
use super::ImportFormat;

/// A file from which no price table could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The file, as it was named to the importer.
    pub file: String,
    /// What is wrong with it.
    pub problem: ImportProblem,
}

/// What can be wrong with a file of prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportProblem {
    /// Not text in UTF-8: the line of the first such byte.
    NotText {
        /// From 1.
        line: usize,
    },
    /// Not JSON: the line, and why in the parser's words.
    NotJson {
        /// From 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Not TOML: the line, and why in the parser's words.
    NotToml {
        /// From 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Nested deeper than any collection of prices.
    TooDeep,
    /// None of the known collections looks like this.
    UnknownShape,
    /// It does not look like the collection that was named.
    OtherShape(ImportFormat),
    /// It looks like the collection, and there is no model in it.
    NoModels(ImportFormat),
    /// The day of the import is no day.
    BadDay(String),
    /// The file of one model does not say who sells it.
    NoProvider,
    /// The collection has no such provider: the name, and the closest known one.
    UnknownProvider(String, Option<String>),
    /// The collection has no such model: the name, and the closest known one.
    UnknownModel(String, Option<String>),
    /// The table that came out is refused by the loader: a fault of the importer.
    Unloadable(Box<PriceTableError>),
}

impl ImportProblem {
    /// The line of the trouble, where it has one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::NotText { line } | Self::NotJson { line, .. } | Self::NotToml { line, .. } => {
                Some(*line)
            }
            _ => None,
        }
    }

    /// What to do about it, where there is more to say.
    pub fn hint(&self) -> Option<String> {
        let closest = |name: &Option<String>| name.as_ref().map(|name| format!("is it `{name}`?"));
        Some(match self {
            Self::UnknownShape => {
                let names = ImportFormat::ALL.map(ImportFormat::name);
                format!("name the collection it is from, one of {}", names.join(", "))
            }
            Self::OtherShape(_) => {
                "leave out the name of the collection to have it recognised".to_owned()
            }
            Self::BadDay(_) => "write a day: 2026-11-10".to_owned(),
            Self::NoProvider => {
                "name the provider, or keep the path providers/acme/models/acme-1.toml".to_owned()
            }
            Self::UnknownProvider(_, known) | Self::UnknownModel(_, known) => {
                return closest(known);
            }
            Self::Unloadable(_) => "please report it with the file".to_owned(),
            _ => return None,
        })
    }
}

impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText { .. } => f.write_str("not text in UTF-8"),
            Self::NotJson { message, .. } => write!(f, "not JSON: {message}"),
            Self::NotToml { message, .. } => write!(f, "not TOML: {}", message.trim_end()),
            Self::TooDeep => f.write_str("nested too deeply for a collection of prices"),
            Self::UnknownShape => f.write_str("this is no collection of prices that is known here"),
            Self::OtherShape(format) => write!(f, "this does not look like {}", format.name()),
            Self::NoModels(format) => {
                write!(f, "this looks like {}, without any model", format.name())
            }
            Self::BadDay(text) => write!(f, "`{text}` is not a day"),
            Self::NoProvider => f.write_str("the file does not say who sells the model"),
            Self::UnknownProvider(name, _) => write!(f, "there is no provider `{name}`"),
            Self::UnknownModel(name, _) => write!(f, "there is no model `{name}`"),
            Self::Unloadable(error) => write!(f, "the imported table does not load: {error}"),
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}", self.problem, self.file)?;
        if let Some(line) = self.problem.line() {
            write!(f, ":{line}")?;
        }
        match self.problem.hint() {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImportError {}
