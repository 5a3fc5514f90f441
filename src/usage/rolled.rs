//! What a row of a roll-up knows besides its sums.

/// What a row of a roll-up says of its calls as a whole.
///
/// A table keeps it beside its rows: [`Calls::push_rolled`](super::Calls::push_rolled), so that a call
/// is no larger for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rolled {
    /// The smallest prompt, in tokens.
    pub prompt_min: u32,
    /// The largest prompt, in tokens.
    pub prompt_max: u32,
    /// How many of the calls are no further attempt of an earlier one; nothing where nobody looked.
    pub requests: Option<u64>,
    /// The lot of the bootstrap that all of them fall into; nothing where rows are not kept apart by
    /// it.
    pub lot: Option<u32>,
}
