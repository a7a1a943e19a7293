//! The closed vocabularies of a verdict: causes, strengths, roles.

use serde::{Deserialize, Serialize};

/// Why a service was unavailable. The order is that of the checklist, and breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Somebody took the service down on purpose.
    Maintenance,
    /// Saturation: queue, workers, connections, pool, rate limit, traffic.
    Overload,
    /// The web, application or database server itself is broken.
    ServerProblem,
    /// Automation changed something: upgrade, configuration run, cron job, renewal, rolling deploy.
    AutomaticConfiguration,
    /// A link of the chain is down: refused, timed out, unreachable, unresolved, TLS fails.
    Connectivity,
    /// A packet filter, WAF or ban tool blocks what should pass.
    Firewall,
    /// The application's code fails.
    ScriptBug,
}

impl Cause {
    /// All causes, in the order of the checklist.
    pub const ALL: [Cause; 7] = [
        Cause::Maintenance,
        Cause::Overload,
        Cause::ServerProblem,
        Cause::AutomaticConfiguration,
        Cause::Connectivity,
        Cause::Firewall,
        Cause::ScriptBug,
    ];

    /// The id as reports and pattern files spell it.
    pub fn id(self) -> &'static str {
        match self {
            Cause::Maintenance => "maintenance",
            Cause::Overload => "overload",
            Cause::ServerProblem => "server-problem",
            Cause::AutomaticConfiguration => "automatic-configuration",
            Cause::Connectivity => "connectivity",
            Cause::Firewall => "firewall",
            Cause::ScriptBug => "script-bug",
        }
    }

    /// Position in [`Cause::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// What one line is worth as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Good to know.
    Context,
    /// Can be part of a cause.
    Contributing,
    /// A fault that alone makes a server answer 503.
    Strong,
    /// Says that a request got 503, or the service was taken away, for this reason.
    Direct,
}

impl Strength {
    /// The id as reports and pattern files spell it.
    pub fn id(self) -> &'static str {
        match self {
            Strength::Context => "context",
            Strength::Contributing => "contributing",
            Strength::Strong => "strong",
            Strength::Direct => "direct",
        }
    }
}

/// Which place in the chain *trigger → fault → symptom → 503* a line takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A change that somebody or something made.
    Trigger,
    /// What broke.
    Fault,
    /// What another tier noticed.
    Symptom,
    /// It works again.
    Recovery,
    /// A backup succeeded or failed.
    Backup,
}

impl Role {
    /// The id as reports and pattern files spell it.
    pub fn id(self) -> &'static str {
        match self {
            Role::Trigger => "trigger",
            Role::Fault => "fault",
            Role::Symptom => "symptom",
            Role::Recovery => "recovery",
            Role::Backup => "backup",
        }
    }
}

/// How long before the first 503 a line of a signature is normally written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// Refused, queue full, server down: within 30 s.
    Instant,
    /// Kill, restart, failed start, maintenance switch: within 2 minutes.
    #[default]
    Process,
    /// Disk, pool, leak, deploy: within 30 minutes.
    Slow,
}

impl Lead {
    /// The window in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Lead::Instant => 30,
            Lead::Process => 120,
            Lead::Slow => 1800,
        }
    }
}
