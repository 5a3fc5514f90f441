//! A query: steps, each a selection from the one before.

use std::fmt::Write;

use super::dialect::Dialect;
use super::expression::{Expr, column};
use super::layout::{filled, laid, spaces};
use super::name::Name;

/// A whole query.
#[derive(Debug)]
pub(super) struct Query {
    /// What stands before the names of steps: the user's table may have the name of one.
    pub(super) prefix: &'static str,
    /// Lines of comment at its beginning.
    pub(super) header: Vec<String>,
    /// The steps, in order.
    pub(super) steps: Vec<Step>,
    /// What it gives out; each has the columns of the first.
    pub(super) results: Vec<Select>,
}

/// A selection with a name.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    /// What it does, in a sentence.
    pub(super) says: String,
    pub(super) select: Select,
    /// Whether more than one step reads it.
    pub(super) is_used_twice: bool,
}

/// Where rows come from.
#[derive(Debug)]
pub(super) enum From {
    /// The user's table.
    Table(Name),
    /// An earlier step.
    Step(&'static str),
}

/// Columns made of rows.
#[derive(Debug)]
pub(super) struct Select {
    pub(super) columns: Vec<(String, Expr)>,
    pub(super) from: From,
    pub(super) condition: Option<Expr>,
    /// The columns that make a group; none where rows stay rows.
    pub(super) groups: Vec<String>,
}

impl Query {
    /// The query as text.
    pub(super) fn text(&self, dialect: &Dialect) -> String {
        let mut text = String::new();
        for line in &self.header {
            push(&mut text, format_args!("{}", comment(line)));
        }
        text.push_str("WITH\n");
        for (place, step) in self.steps.iter().enumerate() {
            let comma = if place + 1 < self.steps.len() { "," } else { "" };
            let hint = if step.is_used_twice { dialect.inlined } else { "" };
            let name = self.step_name(step.name, dialect);
            push(&mut text, format_args!("{}{name} AS {hint}(\n", comment(&step.says)));
            text.push_str(&self.selection(&step.select, dialect, 2, true));
            push(&mut text, format_args!("\n){comma}\n"));
        }
        let results: Vec<String> = self
            .results
            .iter()
            .enumerate()
            .map(|(place, select)| self.selection(select, dialect, 0, place == 0))
            .collect();
        text.push_str(&results.join("\nUNION ALL\n"));
        text.push_str(dialect.end);
        text.push('\n');
        text
    }

    fn step_name(&self, name: &str, dialect: &Dialect) -> String {
        dialect.own_name(&format!("{}{name}", self.prefix))
    }

    fn selection(
        &self,
        select: &Select,
        dialect: &Dialect,
        indent: usize,
        is_named: bool,
    ) -> String {
        let deeper = indent + 2;
        let columns: Vec<String> =
            select.columns.iter().map(|named| selected(named, dialect, deeper, is_named)).collect();
        let pad = spaces(indent);
        let mut text = format!("{pad}SELECT\n{}{}", spaces(deeper), filled(&columns, ",", deeper));
        let from = match &select.from {
            From::Table(name) => dialect.user_name(name),
            From::Step(name) => self.step_name(name, dialect),
        };
        push(&mut text, format_args!("\n{pad}FROM {from}"));
        if let Some(condition) = &select.condition {
            let condition = laid(condition, dialect, indent + "WHERE ".len());
            push(&mut text, format_args!("\n{pad}WHERE {condition}"));
        }
        if !select.groups.is_empty() {
            let groups: Vec<String> =
                select.groups.iter().map(|name| dialect.own_name(name)).collect();
            let groups = filled(&groups, ",", indent + "GROUP BY ".len());
            push(&mut text, format_args!("\n{pad}GROUP BY {groups}"));
        }
        text
    }
}

/// A value with its name, which it needs not where it is a column of that name.
fn selected(
    (name, value): &(String, Expr),
    dialect: &Dialect,
    indent: usize,
    is_named: bool,
) -> String {
    let laid = laid(value, dialect, indent);
    if *value == column(name) || !is_named {
        laid
    } else {
        format!("{laid} AS {}", dialect.own_name(name))
    }
}

/// A sentence as lines of comment. A command that stands alone in its line is left whole.
fn comment(line: &str) -> String {
    if line.starts_with("  ") {
        return format!("-- {line}\n");
    }
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    format!("-- {}\n", filled(&words, "", 3).replace("\n   ", "\n-- "))
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(more);
}
