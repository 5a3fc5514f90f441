//! What tokens cost: price tables to a book of rate cards, and the one function in which tokens
//! meet prices.

mod alike;
mod book;
mod card;
mod changes;
mod check;
mod contract;
mod cost;
mod derive;
mod facts;
mod import;
#[cfg(test)]
mod lane_tests;
mod load;
mod load_alias;
mod load_model;
mod load_period;
mod load_provider;
mod load_rules;
mod model;
#[cfg(test)]
mod moving_tests;
mod outline;
mod policy;
mod resolve;
#[cfg(test)]
mod rules;
mod schedule;
mod schema;
mod span;
mod steady;
mod table_error;
mod tokenizer;
mod trace;
mod unpriced;

pub use alike::Unlike;
pub use book::{PriceBook, hexadecimal};
pub use card::RateCard;
pub use check::{TableCheck, TableRemark, TableWarning, check_table};
pub use contract::{Contract, ContractError, ContractProblem};
pub use cost::{Bill, Charge, PriceList, charges, cost, cost_of_tokens};
pub use facts::{BandFacts, LaneFacts, PlaceFacts, ScheduleFacts};
pub use import::{
    ImportError, ImportFormat, ImportOptions, ImportProblem, Imported, ImportedTable, LeftOut,
    LeftOutReason, import_prices,
};
pub use model::{Model, ModelId, Period};
pub use outline::TableOutline;
pub use policy::{CacheLifetime, CacheMatch, CachePolicy, CacheWrite};
pub use resolve::Unbilled;
pub use schedule::{Schedule, WeekWindow};
pub use span::Span;
pub use steady::Steady;
pub use table_error::{PriceTableError, PriceTableProblem};
pub use tokenizer::TokenizerRatio;
pub use trace::NameTrace;
pub use unpriced::Unpriced;
