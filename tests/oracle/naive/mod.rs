//! The naive engine: what `llmcost explain` and `docs/` say, as loops over calls and fractions.
//!
//! It shares no code with the crate, keeps nothing from call to call that the documents do not speak
//! of, and takes no short way. Where it and the program differ, one of them is wrong.

pub(crate) mod analyze;
pub(crate) mod gate;
pub(crate) mod names;
pub(crate) mod price;
pub(crate) mod rates;
pub(crate) mod replay;
pub(crate) mod techniques;
pub(crate) mod zones;
