//! Whatever a price table or a collection of prices says, it is refused with its place or calls have a
//! price or a reason; and a table that was made of a collection is one.

use llmcost::pricing::{ImportOptions, check_table, import_prices};
use llmcost::units::{PerClass, TokenClass};
use llmcost::usage::{Instant, ServiceTier};
use llmcost::{Call, PriceBook, Tokens, price_call};

pub(crate) fn check(bytes: &[u8]) {
    if matches!(bytes.first(), Some(b'{' | b'[')) {
        let options =
            ImportOptions { checked_on: "2026-11-20".to_owned(), ..ImportOptions::default() };
        match import_prices("collection.json", bytes, &options) {
            Err(error) => assert!(error.to_string().contains("collection.json"), "{error}"),
            Ok(imported) => {
                for table in imported.tables {
                    assert!(table.models > 0);
                    if let Err(error) = load(&table.toml) {
                        panic!("{error}\n{}", table.toml);
                    }
                }
            }
        }
        return;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match load(text) {
        Err(message) => assert!(message.contains("table.toml"), "{message}"),
        Ok(book) => price_everything(&book, text),
    }
    // It sets faults aside one by one, each time with all tables of the program.
    if bytes.len().is_multiple_of(16) {
        let _ = check_table("table.toml", text);
    }
}

fn load(text: &str) -> Result<PriceBook, String> {
    let tables = [("table.toml".to_owned(), text.to_owned())];
    PriceBook::with_overrides(&tables).map_err(|error| error.to_string())
}

/// Prices small, large and odd calls of the models that the table names.
fn price_everything(book: &PriceBook, table: &str) {
    for (_, model) in book.models().filter(|(_, model)| table.contains(&model.id)).take(20) {
        for tier in ServiceTier::ALL {
            for day in [0, 1_780_272_000_000, 4_102_444_800_000] {
                let mut call =
                    Call { time: Instant::from_millis(day), service_tier: tier, ..Call::default() };
                for count in [0, 1, 300_000, u64::from(u32::MAX)] {
                    call.tokens = PerClass::default();
                    for class in TokenClass::ALL {
                        call.tokens[class] = Tokens::new(count);
                        let _ = price_call(book, &model.provider, &model.id, &call);
                    }
                }
            }
        }
    }
}
