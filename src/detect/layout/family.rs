//! The kinds of log.

use serde::{Deserialize, Serialize};

/// The kinds of log, which decide what a record is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// One record a request: the only kind that counts 503s.
    #[default]
    Access,
    /// What a proxy or web server says about trouble and its own state.
    Error,
    /// What an application says.
    Application,
    /// What a database, cache or broker says.
    Database,
    /// The operating system and process supervision.
    System,
    /// What changed: packages, jobs, configuration runs, commands.
    Change,
    /// Packet filters, WAFs, ban tools.
    Firewall,
}

impl Family {
    /// The id as reports and layout files spell it.
    pub fn id(self) -> &'static str {
        match self {
            Family::Access => "access",
            Family::Error => "error",
            Family::Application => "application",
            Family::Database => "database",
            Family::System => "system",
            Family::Change => "change",
            Family::Firewall => "firewall",
        }
    }

    /// The family that `id` names.
    pub fn from_id(id: &str) -> Option<Self> {
        serde::Deserialize::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(id)).ok()
    }
}
