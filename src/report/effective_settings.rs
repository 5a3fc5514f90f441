//! What is in force when no flag says otherwise, and who said so: the answer of `config show`.

/// Every setting with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveSettings {
    /// The configuration files that were read, the stronger first.
    pub files: Vec<String>,
    /// The settings, in the order of the documents.
    pub settings: Vec<EffectiveSetting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// The key with its table: `gate.threshold`.
    pub key: &'static str,
    /// Its text, its list, or its pairs as `name=text`; nothing where nobody said anything.
    pub values: Vec<String>,
    /// Who said it.
    pub origin: SettingOrigin,
}

/// Who said a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingOrigin {
    /// The environment variable of this name.
    Environment(String),
    /// The project's configuration, at this file and line.
    Project(String),
    /// The user's configuration, at this file and line.
    User(String),
    /// Nobody: what always holds.
    Default,
}

impl SettingOrigin {
    /// The word for programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Environment(_) => "environment",
            Self::Project(_) => "project",
            Self::User(_) => "user",
            Self::Default => "default",
        }
    }

    /// The name of the variable, or file and line.
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Environment(place) | Self::Project(place) | Self::User(place) => Some(place),
            Self::Default => None,
        }
    }
}
