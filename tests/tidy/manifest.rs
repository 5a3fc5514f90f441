//! Each dependency of `Cargo.toml` stands under a comment that says why it is there.

/// The dependencies without a reason, as `Cargo.toml:line: name`.
pub(super) fn without_reason(manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut is_dependency_table, mut has_reason, mut open_brackets) = (false, false, 0_usize);
    for (number, line) in (1..).zip(manifest.lines().map(str::trim)) {
        if open_brackets == 0 {
            if let Some(header) = line.strip_prefix('[') {
                // `[dependencies.name]` is an entry itself.
                is_dependency_table = header.trim_end_matches(']').ends_with("dependencies");
                if header.contains("dependencies.") && !has_reason {
                    faults.push(format!("Cargo.toml:{number}: {line} has no reason above it"));
                }
            } else if let Some((name, _)) = line.split_once('=')
                && is_dependency_table
                && !line.starts_with('#')
                && !has_reason
            {
                faults.push(format!("Cargo.toml:{number}: {} has no reason above it", name.trim()));
            }
            has_reason = line.starts_with("# ") && line.split_whitespace().count() > 2;
        }
        if !line.starts_with('#') {
            let count = |signs: [char; 2]| line.matches(signs).count();
            open_brackets = (open_brackets + count(['[', '{'])).saturating_sub(count([']', '}']));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(manifest: &str, expected: usize) {
        assert_eq!(without_reason(manifest).len(), expected, "{manifest}");
    }

    #[test]
    fn a_reason_stands_directly_above() {
        check("[dependencies]\n# Reads the tables.\ntoml = \"1\"", 0);
        check("[dependencies]\n# Reads the tables.\ntoml = \"1\"\ncsv = \"1\"", 1);
        check("[dependencies]\n# Reads the tables.\n\ntoml = \"1\"", 1);
        check("[dev-dependencies]\ntoml = \"1\"", 1);
        check("[target.'cfg(unix)'.dependencies]\ntoml = \"1\"", 1);
        check("[dependencies.toml]\nversion = \"1\"", 1);
        check("# Reads the tables.\n[dependencies.toml]\nversion = \"1\"", 0);
        check("[profile.release]\nstrip = true", 0);
    }

    #[test]
    fn an_entry_may_take_several_lines() {
        let entry = "[dependencies]\n# Reads the tables.\ntoml = { version = \"1\", features = [\n\
                     \"std\",\n] }\n";
        check(entry, 0);
        check(&format!("{entry}csv = \"1\""), 1);
    }
}
