//! Exact quantities: money, tokens, prices, rates. Knows no file, time or format.

mod bootstrap;
mod chance;
mod decimal;
mod exchange_rate;
mod exponential;
mod factor;
mod fine_usd;
mod normal;
mod share;
mod token_class;
mod token_price;
mod tokens;
mod usd;

pub use bootstrap::{effective_count, poisson_weight};
pub use chance::{Chance, mixed, seed_of};
pub use decimal::{DecimalError, Excess, format_decimal, parse_decimal};
pub use exchange_rate::ExchangeRate;
pub use exponential::{exp, exp_of_minus, ln, minus_ln};
pub use factor::{Factor, Rate};
pub use fine_usd::FineUsd;
pub use normal::normal_quantile;
pub use share::Share;
pub use token_class::{PerClass, TokenClass};
pub use token_price::TokenPrice;
pub use tokens::Tokens;
pub use usd::Usd;
