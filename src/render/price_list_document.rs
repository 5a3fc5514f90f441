//! The machine output of `prices list`; its schema is `docs/schema/prices-list.schema.json`.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::report::{ClassPrices, PriceFlag, PriceList, PriceRow};
use crate::units::{TokenClass, TokenPrice, Tokens};
use crate::usage::Instant;

use super::input_document::PricesDocument;
use super::wire::SCHEMA_VERSION;

/// Prices by class in dollars per million tokens, as decimal text; null where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClassesDocument(pub(super) ClassPrices);

impl Serialize for ClassesDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(TokenClass::ALL.len()))?;
        for (class, price) in self.0.iter() {
            map.serialize_entry(class.name(), &price.map(TokenPrice::per_million))?;
        }
        map.end()
    }
}

pub(super) fn time(at: Option<Instant>) -> Option<String> {
    at.map(Instant::to_iso)
}

/// The document of a list.
#[derive(Debug, Serialize)]
pub(super) struct ListDocument<'a> {
    schema_version: &'static str,
    models: Vec<RowDocument<'a>>,
    retired_left_out: usize,
    without_price: &'a [String],
    prices: PricesDocument<'a>,
}

#[derive(Debug, Serialize)]
struct RowDocument<'a> {
    provider: &'a str,
    model: &'a str,
    aliases: &'a [String],
    prices: ClassesDocument,
    batch: Option<ClassesDocument>,
    context_window: Option<u64>,
    since: Option<String>,
    source: &'a str,
    checked_on: &'a str,
    bands_from: &'a [u64],
    scheduled: &'a [String],
    doubt: Option<&'a str>,
    means: Option<&'a str>,
    changes_on: Option<String>,
    ends_on: Option<String>,
    retired: Option<String>,
}

/// Builds the document of a list.
pub(super) fn document(list: &PriceList) -> ListDocument<'_> {
    ListDocument {
        schema_version: SCHEMA_VERSION,
        models: list.rows.iter().map(row).collect(),
        retired_left_out: list.retired_left_out,
        without_price: &list.unpriced,
        prices: PricesDocument::from(&list.prices),
    }
}

fn row(row: &PriceRow) -> RowDocument<'_> {
    let mut document = RowDocument {
        provider: &row.provider,
        model: &row.model,
        aliases: &row.aliases,
        prices: ClassesDocument(row.prices),
        batch: row.batch.map(ClassesDocument),
        context_window: row.context_window.map(Tokens::get),
        since: time(row.since),
        source: &row.source,
        checked_on: &row.checked_on,
        bands_from: &[],
        scheduled: &[],
        doubt: None,
        means: None,
        changes_on: None,
        ends_on: None,
        retired: None,
    };
    for flag in &row.flags {
        match flag {
            PriceFlag::Bands(limits) => document.bands_from = limits,
            PriceFlag::Hours(names) => document.scheduled = names,
            PriceFlag::Doubt(why) => document.doubt = Some(why),
            PriceFlag::Means(model) => document.means = Some(model),
            PriceFlag::Changes(at) => document.changes_on = Some(at.to_iso()),
            PriceFlag::Ends(at) => document.ends_on = Some(at.to_iso()),
            PriceFlag::Retired(at) => document.retired = Some(at.to_iso()),
        }
    }
    document
}
