//! Public collections of prices to tables of this program, with a list of what was lost.
//!
//! A format reads its file into a draft; the rest is common to all: what a table cannot hold is
//! left out, always so that a call is unpriced rather than too cheap, and the text is written and
//! loaded once before it is handed out. No file is opened here and no clock is read.

mod align;
mod draft;
mod error;
mod genai_periods;
mod genai_prices;
mod hours;
mod left_out;
mod litellm;
mod litellm_keys;
mod models_dev;
mod names;
mod number;
mod select;
mod tree;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use self::draft::Draft;
use self::hours::is_day;
use self::tree::Node;
use self::write::{Origin, write_table};
use super::book::PriceBook;
use super::load::Tables;
use super::table_error::Source;

pub use self::error::{ImportError, ImportProblem};
pub use self::left_out::{LeftOut, LeftOutReason};

/// A public collection of prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportFormat {
    /// `model_prices_and_context_window.json` of LiteLLM.
    LiteLlm,
    /// `api.json` of models.dev, or the file of one of its models.
    ModelsDev,
    /// `data.json` of genai-prices, with or without units.
    GenaiPrices,
}

/// How a collection is told from the others, and read.
struct Reader {
    format: ImportFormat,
    recognises: fn(&Node) -> bool,
    read: fn(&Node, &Given, &mut Draft) -> Result<(), ImportProblem>,
}

/// What the caller knows about a file beside its content.
struct Given<'a> {
    file: &'a str,
    provider: Option<&'a str>,
}

/// Every format; the first that recognises a file takes it.
const READERS: [Reader; 3] = [genai_prices::READER, models_dev::READER, litellm::READER];

impl ImportFormat {
    /// Every format, in the order of their names.
    pub const ALL: [Self; 3] = [Self::GenaiPrices, Self::LiteLlm, Self::ModelsDev];

    /// The name on the command line and in the imported tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LiteLlm => "litellm",
            Self::ModelsDev => "models.dev",
            Self::GenaiPrices => "genai-prices",
        }
    }
}

/// What to import, and what the tables say about it.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The collection the file is from; recognised by its content without this.
    pub format: Option<ImportFormat>,
    /// Only this provider, by its name here or in the collection. For the file of one model: who
    /// sells it.
    pub provider: Option<String>,
    /// Only these models, by their id here or in the collection; all of them when empty.
    pub models: Vec<String>,
    /// The version of the collection, for the sources of the tables; empty when not known.
    pub edition: String,
    /// The day of the import: `2026-11-10`.
    pub checked_on: String,
}

/// Price tables that were made of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The collection that the file is from.
    pub format: ImportFormat,
    /// One table for each provider with a model that has a price, in the order of their names.
    pub tables: Vec<ImportedTable>,
    /// Everything that the tables do not say, in order.
    pub left_out: Vec<LeftOut>,
}

/// The price table of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedTable {
    /// The id of the provider in this program.
    pub provider: String,
    /// The table, as `--prices` takes it.
    pub toml: String,
    /// How many models it has.
    pub models: usize,
}

/// Makes price tables of the bytes of a public collection. `name` is what the file is called, for
/// messages and, where a file holds one model, for the model's id.
///
/// # Errors
/// When the bytes are no collection that is known, or do not have what was asked for.
pub fn import_prices(
    name: &str,
    bytes: &[u8],
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    import(name, bytes, options).map_err(|problem| ImportError { file: name.to_owned(), problem })
}

fn import(name: &str, bytes: &[u8], options: &ImportOptions) -> Result<Imported, ImportProblem> {
    let day = &options.checked_on;
    if !is_day(day) {
        return Err(ImportProblem::BadDay(day.clone()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        ImportProblem::NotText { line: before.split(|byte| *byte == b'\n').count() }
    })?;
    let node = read_tree(name, text.trim_start_matches('\u{feff}'))?;
    let reader = find_reader(&node, options.format)?;
    let mut draft = Draft::default();
    let given = Given { file: name, provider: options.provider.as_deref() };
    (reader.read)(&node, &given, &mut draft)?;
    align::align(&mut draft);
    select::select(&mut draft, options.provider.as_deref(), &options.models)?;
    forget_known_names(&mut draft);
    draft.left_out.sort();
    draft.left_out.dedup();
    let tables = write_tables(&draft, reader.format, options)?;
    Ok(Imported { format: reader.format, tables, left_out: draft.left_out })
}

/// A name that the tables in the program know already stays as it is there: it may mean a place at
/// which their models cost more than the list says.
fn forget_known_names(draft: &mut Draft) {
    if draft.tables.iter().all(|(provider, table)| table.names.iter().all(|name| name == provider))
    {
        return;
    }
    let book = PriceBook::embedded();
    for (provider, table) in &mut draft.tables {
        let Some((_, known)) = book.models().find(|(_, model)| model.provider == *provider) else {
            continue;
        };
        table.names.retain(|name| {
            let found = book.find(name, &known.id);
            !found.is_ok_and(|id| book.model(id).provider == *provider)
        });
    }
}

/// JSON or TOML: by the name of the file, or else by how it begins.
fn read_tree(name: &str, text: &str) -> Result<Node, ImportProblem> {
    let has_extension = |wanted: &str| {
        name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case(wanted))
    };
    if has_extension("toml") {
        return Node::toml(text);
    }
    let json = Node::json(text);
    let may_be_toml = !has_extension("json") && !text.trim_start().starts_with('{');
    if json.is_err() && may_be_toml {
        return Node::toml(text).or(json);
    }
    json
}

fn find_reader(
    node: &Node,
    wanted: Option<ImportFormat>,
) -> Result<&'static Reader, ImportProblem> {
    let reader = READERS.iter().find(|reader| {
        wanted.is_none_or(|format| reader.format == format) && (reader.recognises)(node)
    });
    reader.ok_or_else(|| wanted.map_or(ImportProblem::UnknownShape, ImportProblem::OtherShape))
}

fn write_tables(
    draft: &Draft,
    format: ImportFormat,
    options: &ImportOptions,
) -> Result<Vec<ImportedTable>, ImportProblem> {
    let mut left_out: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for one in draft.left_out.iter().filter(|one| !one.field.is_empty() && !one.reason.is_kept()) {
        let model = (&*one.provider, &*one.model);
        left_out.entry(model).or_default().insert(&*one.field);
    }
    let collection = [format.name(), &*options.edition].join(" ").trim_end().to_owned();
    let origin = Origin { collection, checked_on: &options.checked_on, left_out };
    let tables = draft.tables.iter().map(|(provider, table)| {
        let toml = write_table(provider, table, &origin);
        let file = format!("{provider}.toml");
        // A table that its own program refuses would be found out only when it is needed.
        Tables::default()
            .add(Source { file: &file, text: &toml })
            .map_err(|error| ImportProblem::Unloadable(Box::new(error)))?;
        Ok(ImportedTable { provider: provider.clone(), toml, models: table.models.len() })
    });
    tables.collect()
}
