//! A mapping to paste: as a flag, or as a block of a configuration.

use std::fmt::Write;

/// What a guess comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Fields and where they stand.
    pub map: Vec<(&'static str, String)>,
    /// What is said about all records, such as the unit of costs.
    pub statements: Vec<(&'static str, String)>,
    /// Columns that fit a field as well, or nearly.
    pub alternatives: Vec<(&'static str, String)>,
    /// The columns by which such a file is known.
    pub columns: Vec<String>,
    /// Whether the file names no model, so that the user has to.
    pub without_model: bool,
}

impl Proposal {
    /// The flags; nothing if a name has a comma, which ends a pair there.
    pub fn flags(&self) -> Option<String> {
        let statements = self.statements.iter().map(|(name, value)| (name, value));
        let pairs = self.map.iter().map(|(field, path)| (field, path)).chain(statements);
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.iter().any(|pair| pair.contains(',')) {
            return None;
        }
        let model = if self.without_model { " --assume-model MODEL" } else { "" };
        Some(format!("--map {}{model}", quoted_for_shell(&pairs.join(","))))
    }

    /// The block `[[source]]`, under a name.
    pub fn block(&self, name: &str) -> String {
        let mut text = String::from("[[source]]\n");
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "name = {}", quoted(name));
        let _ = writeln!(text, "match = {{ columns = [{}] }}", columns.join(", "));
        if self.without_model {
            text.push_str("constants = { model = \"MODEL\" } # which one it was\n");
        }
        for (statement, value) in &self.statements {
            let bare = matches!(value.as_str(), "true" | "false");
            let value = if bare { value.clone() } else { quoted(value) };
            let _ = writeln!(text, "{statement} = {value}");
        }
        text.push_str("\n[source.map]\n");
        for (field, path) in &self.map {
            let _ = writeln!(text, "{field} = {}", quoted(path));
            for (_, other) in self.alternatives.iter().filter(|(other, _)| other == field) {
                let _ = writeln!(text, "# {field} = {}", quoted(other));
            }
        }
        text
    }
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A word of a shell.
pub fn quoted_for_shell(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let map = vec![("model", "Modell".to_owned()), ("cost_usd", "Kosten \"USD\"".to_owned())];
        let proposal = Proposal { map, columns: vec!["Modell".to_owned()], ..Proposal::default() };
        let flags = proposal.flags().expect("no comma");
        assert_eq!(flags, "--map 'model=Modell,cost_usd=Kosten \"USD\"'");
        assert!(proposal.block("x").ends_with("cost_usd = \"Kosten \\\"USD\\\"\"\n"));
        assert_eq!(quoted_for_shell("it's"), "'it'\\''s'");
    }

    #[test]
    fn a_name_with_a_comma_fits_no_flag() {
        let map = vec![("model", "a,b".to_owned())];
        assert_eq!(Proposal { map, ..Proposal::default() }.flags(), None);
    }
}
