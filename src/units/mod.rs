//! Exact quantities: money, tokens, prices, rates. Knows no file, time or format.

mod chance;
mod decimal;
mod exponential;
mod factor;
mod fine_usd;
mod share;
mod token_class;
mod token_price;
mod tokens;
mod usd;

pub use chance::{Chance, mixed};
pub use decimal::{DecimalError, Excess, format_decimal, parse_decimal};
pub use exponential::{exp_of_minus, minus_ln};
pub use factor::{Factor, Rate};
pub use fine_usd::FineUsd;
pub use share::Share;
pub use token_class::{PerClass, TokenClass};
pub use token_price::TokenPrice;
pub use tokens::Tokens;
pub use usd::Usd;
