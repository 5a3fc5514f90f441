//! The page as HTML: templates that escape every value, one style, our own scripts, and a policy that
//! lets nothing else run or load.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates lend what they name")]

use std::io;

use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

use super::super::screen::Tone;
use super::page::{Block, Page};
use super::table::{Cell, Head, Row, Table};

/// How pages look.
const STYLE: &str = include_str!("../../../templates/page.css");

/// Everything that runs in a page, in this order; a page is complete without it.
const SCRIPTS: [&str; 2] =
    [include_str!("../../../templates/page.js"), include_str!("../../../templates/what_if.js")];

#[derive(Template)]
#[template(path = "page.html")]
struct PageTemplate<'a> {
    page: &'a Page,
    policy: String,
    style: &'static str,
    scripts: &'a [&'static str],
    version: &'static str,
}

/// Writes a page: one file that loads nothing.
pub(super) fn write(page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let template = PageTemplate {
        page,
        policy: policy(),
        style: STYLE,
        scripts: &SCRIPTS,
        version: env!("CARGO_PKG_VERSION"),
    };
    let text = template.render().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())?;
    writeln!(out)
}

/// Only this style and these scripts; no other file, form, frame or connection.
fn policy() -> String {
    let scripts: Vec<_> = SCRIPTS.iter().map(|script| hash(script)).collect();
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        scripts.join(" ")
    )
}

/// The source of a policy that names a text by its hash.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// The class of a tone.
const fn tone_class(tone: &Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Strong => "strong",
        Tone::Quiet => "quiet",
        Tone::Good => "good",
        Tone::Warning => "warning",
        Tone::Bad => "bad",
    }
}

/// What says the tone beside the colour: a sign to see and a word to hear.
const fn tone_sign(tone: &Tone) -> Option<(&'static str, &'static str)> {
    match tone {
        Tone::Plain | Tone::Strong | Tone::Quiet => None,
        Tone::Good => Some(("✓", "good")),
        Tone::Warning => Some(("▲", "attention")),
        Tone::Bad => Some(("✕", "failed")),
    }
}

impl Page {
    /// The places and headings of its chapters.
    fn chapters(&self) -> Vec<(usize, &str)> {
        let sections = self.sections.iter().enumerate();
        let chapters = sections.filter(|(_, section)| section.is_chapter);
        chapters.map(|(place, section)| (place, section.heading.as_str())).collect()
    }

    /// The element of a section's heading: below chapters where there are any.
    fn rank(&self) -> &'static str {
        if self.chapters().is_empty() { "h2" } else { "h3" }
    }
}

impl Head {
    /// What a column without a title is called for those who do not see it.
    fn unseen_title(&self) -> &'static str {
        if self.class == "bar" { "as a bar" } else { "name" }
    }
}

impl Row {
    fn class(&self) -> &'static str {
        if self.tone == Tone::Plain { "" } else { tone_class(&self.tone) }
    }
}

impl Cell {
    /// Short names stay on one line, sentences have room, and a long word may have to be broken for
    /// the table to fit.
    fn length_class(&self) -> &'static str {
        const SHORT: usize = 30;
        let longest = self.text.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        match self.text.chars().count() {
            _ if longest > SHORT => " long",
            0..=SHORT => " short",
            _ => " prose",
        }
    }
}

impl Table {
    fn class_of(&self, place: &usize) -> &'static str {
        self.columns.get(*place).map_or("text", |column| column.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_do_not_end_early_and_are_small() {
        for script in SCRIPTS {
            assert!(!script.contains("</") && script.len() < 15_000, "{}", script.len());
        }
        assert!(!STYLE.contains("</"));
    }
}
