//! Where the prices of a report come from.

use crate::insights::Window;
use crate::usage::Days;

use super::currency::Currency;

/// The price book behind a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceSource {
    /// The day all calls were priced at, such as `2026-11-01`, or `log` for each call's own.
    pub as_of: String,
    /// The fingerprint of all price tables used.
    pub book_sha256: String,
    /// The oldest and the newest day on which a price was checked against its source.
    pub checked_on: (String, String),
    /// The contracts whose discounts are in the prices, each in a line.
    pub contracts: Vec<String>,
    /// The currency in which people read amounts; prices are in dollars all the same.
    pub currency: Currency,
}

impl PriceSource {
    /// How many days the last call of a window is younger than the newest check of a price;
    /// negative where the prices are younger.
    pub fn age(&self, window: &Window) -> Option<i32> {
        Some(window.last_day - Days::parse_day(&self.checked_on.1)?)
    }

    /// Whether every call was priced at its own date.
    pub fn follows_log(&self) -> bool {
        self.as_of == "log"
    }
}
