//! Values as text, broken into lines that a person can read.

use super::dialect::Dialect;
use super::expression::{Expr, Form};

/// Lines are broken beyond this, as far as that goes.
const WIDTH: usize = 100;

/// How tightly the parts of a value hold together: a part that holds less gets parentheses.
fn tightness(value: &Expr, dialect: &Dialect) -> u8 {
    match value {
        Expr::Infix("OR", _) => 1,
        Expr::Infix("AND", _) => 2,
        Expr::Infix("+" | "-" | "||", _) => 4,
        Expr::Infix("*", _) => 5,
        Expr::Infix(..) | Expr::OneOf(..) | Expr::IsNull(_) => 3,
        Expr::Whole(number) if *number < 0 => 4,
        Expr::Form(form, _) if !dialect.is_closed(*form) => 3,
        _ => 6,
    }
}

/// A value in one line.
fn flat(value: &Expr, dialect: &Dialect) -> String {
    match value {
        Expr::Column(name) => dialect.own_name(name),
        Expr::Source(name) => dialect.user_name(name),
        Expr::Whole(number) => dialect.whole(*number),
        Expr::Text(text) => dialect.text(text),
        Expr::Null => "NULL".to_owned(),
        Expr::Infix(sign, sides) => {
            let sides: Vec<String> =
                sides.iter().map(|side| within(value, side, dialect)).collect();
            sides.join(&format!(" {sign} "))
        }
        Expr::OneOf(what, texts) => {
            let what = within(value, what, dialect);
            let texts: Vec<String> = texts.iter().map(|text| dialect.text(text)).collect();
            match &texts[..] {
                [only] => format!("{what} = {only}"),
                _ => format!("{what} IN ({})", texts.join(", ")),
            }
        }
        Expr::IsNull(what) => format!("{} IS NULL", within(value, what, dialect)),
        Expr::Not(what) => format!("NOT ({})", flat(what, dialect)),
        Expr::When(cases, or) => {
            let cases: Vec<String> = cases.iter().map(|case| branch(case, dialect)).collect();
            format!("CASE {} ELSE {} END", cases.join(" "), flat(or, dialect))
        }
        Expr::Call(function, values) => format!("{function}({})", list(values, dialect)),
        Expr::Form(form, values) => {
            let is_single = |value: &Expr| tightness(value, dialect) == 6;
            let inner = values.iter().map(|value| {
                let text = flat(value, dialect);
                if is_single(value) { text } else { format!("({text})") }
            });
            dialect.form(*form, &inner.collect::<Vec<_>>())
        }
        Expr::Over { value, within, by, frame } => {
            let frame = if is_neighbour(value) { dialect.neighbours } else { frame };
            let order = if by.is_empty() {
                String::new()
            } else {
                format!(" ORDER BY {}", list(by, dialect))
            };
            let gap = if frame.is_empty() { "" } else { " " };
            let groups = list(within, dialect);
            format!("{} OVER (PARTITION BY {groups}{order}{gap}{frame})", flat(value, dialect))
        }
    }
}

const fn is_neighbour(value: &Expr) -> bool {
    matches!(value, Expr::Form(Form::Previous | Form::Next, _))
}

fn list(values: &[Expr], dialect: &Dialect) -> String {
    values.iter().map(|value| flat(value, dialect)).collect::<Vec<_>>().join(", ")
}

fn branch((condition, value): &(Expr, Expr), dialect: &Dialect) -> String {
    format!("WHEN {} THEN {}", flat(condition, dialect), flat(value, dialect))
}

/// A part of a value, in parentheses where it needs them.
fn within(whole: &Expr, part: &Expr, dialect: &Dialect) -> String {
    let text = flat(part, dialect);
    if holds(whole, part, dialect) { text } else { format!("({text})") }
}

/// Whether a part stays together without parentheses.
fn holds(whole: &Expr, part: &Expr, dialect: &Dialect) -> bool {
    let (outer, inner) = (tightness(whole, dialect), tightness(part, dialect));
    let is_same_sign =
        matches!((whole, part), (Expr::Infix(one, _), Expr::Infix(other, _)) if one == other);
    inner > outer || (is_same_sign && !matches!(whole, Expr::Infix("-" | "=" | "<>", _)))
}

/// A value, broken into lines where it is long. The first line begins at `indent`, which is not written.
pub(super) fn laid(value: &Expr, dialect: &Dialect, indent: usize) -> String {
    let line = flat(value, dialect);
    if indent + line.chars().count() <= WIDTH {
        return line;
    }
    let deeper = indent + 2;
    match value {
        Expr::When(cases, or) => {
            let mut parts: Vec<String> = Vec::new();
            for (condition, result) in cases {
                let condition = laid(condition, dialect, deeper + "WHEN ".len());
                parts.push(format!("WHEN {condition} THEN {}", laid(result, dialect, deeper + 2)));
            }
            parts.push(format!("ELSE {}", laid(or, dialect, deeper + "ELSE ".len())));
            let parts = filled(&parts, "", deeper);
            format!("CASE\n{}{parts}\n{}END", spaces(deeper), spaces(indent))
        }
        Expr::OneOf(what, texts) => {
            let texts: Vec<String> = texts.iter().map(|text| dialect.text(text)).collect();
            let inner = filled(&texts, ",", deeper);
            let what = within(value, what, dialect);
            format!("{what} IN (\n{}{inner}\n{})", spaces(deeper), spaces(indent))
        }
        Expr::Infix(sign @ ("AND" | "OR" | "||" | "+"), sides) => {
            let sides = sides.iter().map(|side| {
                let text = laid(side, dialect, deeper + sign.len() + 1);
                if holds(value, side, dialect) { text } else { format!("({text})") }
            });
            sides.collect::<Vec<_>>().join(&format!("\n{}{sign} ", spaces(deeper)))
        }
        Expr::Form(form, values) => {
            let inner = values.iter().map(|value| {
                let text = laid(value, dialect, deeper);
                if tightness(value, dialect) == 6 { text } else { format!("({text})") }
            });
            dialect.form(*form, &inner.collect::<Vec<_>>())
        }
        Expr::Infix(sign, sides) => {
            let sides = sides.iter().map(|side| {
                let text = laid(side, dialect, indent);
                if holds(value, side, dialect) { text } else { format!("({text})") }
            });
            sides.collect::<Vec<_>>().join(&format!(" {sign} "))
        }
        Expr::Call(function, values) => {
            let values: Vec<String> =
                values.iter().map(|value| laid(value, dialect, deeper)).collect();
            let inner = filled(&values, ",", deeper);
            format!("{function}(\n{}{inner}\n{})", spaces(deeper), spaces(indent))
        }
        Expr::Over { value, within, by, frame } => {
            let frame = if is_neighbour(value) { dialect.neighbours } else { frame };
            let names = |values: &[Expr]| -> Vec<String> {
                values.iter().map(|value| flat(value, dialect)).collect()
            };
            let value = flat(value, dialect);
            let groups = filled(&names(within), ",", deeper + "PARTITION BY ".len());
            let mut lines = vec![format!("{value} OVER ("), format!("PARTITION BY {groups}")];
            if !by.is_empty() {
                lines.push(format!(
                    "ORDER BY {}",
                    filled(&names(by), ",", deeper + "ORDER BY ".len())
                ));
            }
            lines.extend((!frame.is_empty()).then(|| (*frame).to_owned()));
            let text = lines.join(&format!("\n{}", spaces(deeper)));
            format!("{text}\n{})", spaces(indent))
        }
        _ => line,
    }
}

/// Parts one after the other, as many in a line as fit; one that has lines of its own stands alone.
pub(super) fn filled(parts: &[String], separator: &str, indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for (place, part) in parts.iter().enumerate() {
        let last = place + 1 == parts.len();
        let part = if last { part.clone() } else { format!("{part}{separator}") };
        let length = part.chars().count();
        let is_broken = part.contains('\n');
        if place > 0 {
            if is_broken || column + 1 + length > WIDTH {
                text.push('\n');
                text.push_str(&spaces(indent));
                column = indent;
            } else {
                text.push(' ');
                column += 1;
            }
        }
        text.push_str(&part);
        column = if is_broken { WIDTH } else { column + length };
    }
    text
}

pub(super) fn spaces(count: usize) -> String {
    " ".repeat(count)
}
