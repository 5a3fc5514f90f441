//! The calls of the oracle: development material beside the project, not part of it. Without it
//! the tests say so and pass.

use std::path::PathBuf;

use llmcost::pricing::{PriceBook, RateCard, Unpriced, cost};
use llmcost::units::{Excess, TokenClass, Tokens, Usd};
use llmcost::usage::{Call, Instant, ServiceTier};
use serde::Deserialize;

/// 10⁻¹² dollars in units of 10⁻¹⁸: what binary fractions in one library may be off.
const TOLERANCE: i128 = 1_000_000;

/// A call, with what one or both libraries say. What a row may say and this does not read would be
/// passed over silently.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) model: String,
    timestamp: String,
    input_tokens: u64,
    output_tokens: u64,
    #[serde(default)]
    pub(crate) cache_read_tokens: u64,
    #[serde(default)]
    pub(crate) cache_write_5m_tokens: u64,
    #[serde(default)]
    pub(crate) cache_write_1h_tokens: u64,
    #[serde(default)]
    pub(crate) batch: bool,
    /// What both say.
    pub(crate) expected_usd: Option<String>,
    pub(crate) genai_prices_usd: Option<String>,
    pub(crate) litellm_usd: Option<String>,
}

impl Row {
    pub(crate) fn call(&self) -> Call {
        let mut call = Call {
            time: Instant::parse(&self.timestamp).expect("a time"),
            service_tier: if self.batch { ServiceTier::Batch } else { ServiceTier::Standard },
            ..Call::default()
        };
        for (class, count) in [
            (TokenClass::Input, self.input_tokens),
            (TokenClass::CacheRead, self.cache_read_tokens),
            (TokenClass::CacheWrite5m, self.cache_write_5m_tokens),
            (TokenClass::CacheWrite1h, self.cache_write_1h_tokens),
            (TokenClass::Output, self.output_tokens),
        ] {
            call.tokens[class] = Tokens::new(count);
        }
        call
    }

    /// What we say it costs, and at which prices.
    pub(crate) fn priced<'a>(&self, book: &'a PriceBook) -> Result<(Usd, &'a RateCard), Unpriced> {
        let call = self.call();
        let id = book.find(&self.provider, &self.model)?;
        let card = book.card(id, &call, call.time, "")?;
        Ok((cost(&call, card)?, card))
    }
}

/// Whether two amounts are the same but for the noise of binary fractions.
pub(crate) fn is_same(one: Usd, other: Usd) -> bool {
    (one - other).atto().abs() <= TOLERANCE
}

pub(crate) fn amount(text: &str) -> Usd {
    Usd::parse(text, Excess::Round).expect("an amount")
}

/// The rows of a file of the reference material; nothing where it is not there.
pub(crate) fn rows(file: &str) -> Option<Vec<Row>> {
    let text = read(file)?;
    let rows = text.lines().map(|line| serde_json::from_str(line).expect("a row"));
    Some(rows.collect())
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "where CI keeps it")]
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LLMCOST_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {file} of the reference material is not here (set LLMCOST_SHARED)");
    None
}

fn read(file: &str) -> Option<String> {
    Some(std::fs::read_to_string(shared(file)?).expect("reads"))
}
