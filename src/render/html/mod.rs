//! A report as one page for a browser, which loads nothing, runs only its own script and escapes
//! every name of a log.

mod charts;
mod page;
mod table;
mod template;
mod what_if;

use std::io;

use super::screen::Screen;
use crate::report::WhatIfPanel;

/// Writes a screen as a page.
pub(super) fn write(screen: &Screen, out: &mut dyn io::Write) -> io::Result<()> {
    write_with(screen, None, out)
}

/// The same with settings to move.
pub(super) fn write_with(
    screen: &Screen,
    what_if: Option<&WhatIfPanel>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = page::of_screen(screen);
    page.what_if = what_if.map(what_if::panel);
    if page.title.is_empty() {
        "llmcost".clone_into(&mut page.title);
    }
    template::write(&page, out)
}
