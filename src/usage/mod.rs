//! What was used, in one shape for all providers: one call, the columns of many, their selection.
//!
//! The only room that knows Polars; none of its types leave this room.

mod call;
mod calls;
mod clock;
mod clusters;
mod derived;
mod dimension;
mod expression;
mod fields;
mod filter;
mod kind;
mod narrow;
mod plain;
mod rolled;
mod same_day;
mod text_blocks;
mod turns;
mod vector;

pub use call::{Call, Counting, Fingerprint, FinishReason, ServiceTier, Status};
pub use calls::{Calls, Row};
pub use clock::{Days, Instant, TimeError};
pub use clusters::Clusters;
pub use derived::DerivedColumn;
pub use dimension::{Dimension, Dimensions, Symbol, column};
pub use filter::{Filter, FilterError};
pub use kind::{Kind, KindId};
pub use plain::{ClassColumn, PlainCalls, PlainRecord};
pub use rolled::Rolled;
pub use same_day::SameDay;
pub use text_blocks::{TEXT_BLOCKS, push_text_block, text_blocks_of};
pub use vector::Vector;
