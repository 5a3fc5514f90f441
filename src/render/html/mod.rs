//! A report as one page for a browser, which loads nothing, runs only its own script and escapes
//! every name of a log.

mod charts;
mod page;
mod table;
mod template;

use std::io;

use super::screen::Screen;

/// Writes a screen as a page.
pub(super) fn write(screen: &Screen, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = page::of_screen(screen);
    if page.title.is_empty() {
        "llmcost".clone_into(&mut page.title);
    }
    template::write(&page, out)
}
