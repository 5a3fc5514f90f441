//! What tokens cost: price tables to a book of rate cards, and the one function in which tokens
//! meet prices.

mod book;
mod card;
mod cost;
mod derive;
mod load;
mod load_model;
mod load_provider;
mod model;
mod policy;
mod resolve;
mod schema;
mod span;
mod table_error;
mod tokenizer;
mod unpriced;

pub use book::PriceBook;
pub use card::RateCard;
pub use cost::cost;
pub use model::{Model, ModelId, Period};
pub use policy::{CacheLifetime, CacheMatch, CachePolicy, CacheWrite};
pub use span::Span;
pub use table_error::{PriceTableError, PriceTableProblem};
pub use tokenizer::TokenizerRatio;
pub use unpriced::Unpriced;
