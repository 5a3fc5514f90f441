//! Pictures with axes, drawn as SVG; colours are for the style of the page to say.

use super::table::Table;

/// A picture, what it shows in words, and its figures.
#[derive(Clone, Debug, Default)]
pub(super) struct Chart {
    /// What it shows, for those who do not see it.
    pub(super) label: String,
    /// The kind of picture.
    pub(super) class: &'static str,
    /// The picture itself: SVG without anything from a log but escaped text.
    pub(super) svg: String,
    /// The class of each colour and what it stands for.
    pub(super) legend: Vec<(&'static str, String)>,
    /// The figures.
    pub(super) table: Option<Table>,
}
