//! What gives a format away: the places of its counts.

use super::field::Field;
use super::format::Format;

impl Format {
    /// The usual places of the counts of a record, input before output: what it is recognised by.
    pub fn counts(&self) -> Vec<&'static str> {
        let place = |wanted: Field| {
            self.fields.iter().find(|(_, field)| *field == wanted).map(|(path, _)| *path)
        };
        [Field::Input, Field::Output].into_iter().filter_map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::find_format;

    #[test]
    fn a_format_is_given_away_by_its_counts() {
        let counts = find_format("claude-code").expect("a format").counts();
        assert_eq!(counts, ["message.usage.input_tokens", "message.usage.output_tokens"]);
    }
}
