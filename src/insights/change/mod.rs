//! Why two periods cost differently: the difference shared out over what changed, without a rest.
//!
//! `C = days × units a day × calls a unit × Σ_g s_g × (Σ_m Q_gm Σ_k∈m a_gk p_gk + Σ_k Q_gk p_gk)`: `s_g` is
//! the part of the calls that group `g` has (that of its family times its part of the family), `Q_gm` its input tokens a call of a kind (text, audio, images), `a_gk` the
//! part of these that is read from or written to the cache or is neither, `Q_gk` its output tokens a
//! call, and `p_gk` the price of a token. What changing one of them does depends on which others have
//! changed before; each gets the mean over all orders, its Shapley value. For sums of products it is
//! the only rule that gives nothing to what did not change and does not depend on how groups or units
//! are cut (Sun and Sundararajan, Axiomatic Attribution for Multilinear Functions, arXiv 1102.0989).
//!
//! A group that only one period has takes tokens and prices of that period in both, so that its coming
//! or going counts as mix.

mod error;
mod explain;
mod finder;
mod identity;
mod parts;
mod period;
mod player;
mod shapley;
mod tables;
mod wide;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use error::ChangeError;
pub use explain::{Change, Effect, GroupChange, Presence, explain};
pub use finder::{ChangeFinder, Span};
pub use parts::{Part, split};
pub use period::{GroupUse, Period, Side};
pub use player::{
    Driver, EFFECTS, GATE_EFFECTS, MIX_PARTS, PRICE_VOLUME_MIX, Player, VOLUME_PARTS,
};
