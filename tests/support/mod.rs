//! What the tests of the house share: the files of the project and a small reader of Rust.

pub(crate) mod bans;
pub(crate) mod files;
pub(crate) mod lexer;
pub(crate) mod paths;
pub(crate) mod table;
