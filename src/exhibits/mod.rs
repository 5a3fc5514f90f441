//! Small tables of exact figures that any room may put before the reader: curves, sweeps, breakdowns.
//!
//! The room that computes a figure knows its columns and what they mean; it should not have to know
//! how a table, a document or a spreadsheet is written. So it hands over one of these, and every
//! form of a report shows it.

mod exhibit;
mod selection;

pub use exhibit::{Cell, Column, Exhibit};
pub use selection::{ALL, UnknownExhibit, reveal};
