//! What holds for every roll-up.
