//! What other settings would make of a bill, for a page whose reader moves them.

use crate::simulation::WhatIf;

/// A what-if, and the command that says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIfPanel {
    /// `llmcost simulate` over the same calls, in words of a shell; flags of techniques go behind it.
    pub command: String,
    /// The bills.
    pub what_if: WhatIf,
}
