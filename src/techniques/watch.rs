//! Who is told how far replays are.

use crate::usage::Row;

/// Is told how far replays of a log are. What it does must not change what comes out.
pub trait Watch: Sync {
    /// So many more calls will be replayed.
    fn expect(&self, calls: u64);
    /// So many more calls were replayed.
    fn walked(&self, calls: u64);
}

/// So many rows are walked before somebody is told: telling takes longer than a row.
pub(super) const STRIDE: Row = 8_192;
