//! Where the prices of a report come from.

/// The price book behind a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceSource {
    /// The day all calls were priced at, such as `2026-11-01`, or `log` for each call's own.
    pub as_of: String,
    /// The fingerprint of all price tables used.
    pub book_sha256: String,
    /// The oldest and the newest day on which a price was checked against its source.
    pub checked_on: (String, String),
}

impl PriceSource {
    /// Whether every call was priced at its own date.
    pub fn follows_log(&self) -> bool {
        self.as_of == "log"
    }
}
