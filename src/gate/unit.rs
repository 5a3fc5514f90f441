//! What a unit of work is, whose cost is compared.

/// What the cost of is compared between two logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A request as the program asked for it. Further attempts after a failure belong to it.
    #[default]
    Call,
    /// A conversation.
    Session,
    /// A test case: the mean over its trials, each case counting alike.
    Case,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Call, Self::Session, Self::Case];

    /// The name in flags, baselines and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Session => "session",
            Self::Case => "case",
        }
    }

    /// The unit of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// What one is in a sentence, and several are.
    pub const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Call => ["request", "requests"],
            Self::Session => ["conversation", "conversations"],
            Self::Case => ["trial", "trials"],
        }
    }

    /// The columns by which units are kept apart where nothing is said: their mix may change freely.
    pub fn usual_groups(self) -> Vec<String> {
        match self {
            Self::Call => vec!["call_type".to_owned()],
            Self::Session | Self::Case => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_read_their_own_names() {
        for unit in Unit::ALL {
            assert_eq!(Unit::named(unit.name()), Some(unit));
        }
        assert_eq!(Unit::named("token"), None);
    }
}
