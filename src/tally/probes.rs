//! Which user agents are health checks.

use crate::detect::catalogue::wildcard;
use crate::model::byte_set::ByteSet;

/// Patterns of user agents, with `*` for any run of characters; case counts not.
///
/// Asked for each request, so the first byte settles most: a browser's agent begins with that of no pattern.
#[derive(Debug, Clone)]
pub struct Probes {
    patterns: Vec<String>,
    /// A pattern may match what begins with one of these.
    first: ByteSet,
}

impl Probes {
    /// The agents that one of `patterns` describes.
    pub fn new(patterns: Vec<String>) -> Self {
        let firsts = patterns.iter().filter_map(|pattern| pattern.bytes().next());
        let first: Vec<u8> = firsts
            .flat_map(|byte| match byte {
                b'*' => (0..=255).collect(),
                byte => vec![byte.to_ascii_lowercase(), byte.to_ascii_uppercase()],
            })
            .collect();
        let first = ByteSet::of(&first);
        Self { patterns, first }
    }

    /// Whether this agent is a health check's.
    #[inline(always)]
    pub fn holds(&self, agent: &[u8]) -> bool {
        agent.first().is_some_and(|&byte| self.first.has(byte)) && self.matches(agent)
    }

    #[cold]
    fn matches(&self, agent: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| wildcard(pattern, agent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_told_as_by_the_patterns_alone() {
        let probes = Probes::new(vec!["ELB-HealthChecker/*".into(), "kube-probe/*".into()]);
        for (agent, expected) in [
            ("ELB-HealthChecker/2.0", true),
            ("elb-healthchecker/2.0", true),
            ("kube-probe/1.29", true),
            ("kube", false),
            ("Mozilla/5.0 kube-probe/1.29", false),
            ("", false),
        ] {
            assert_eq!(probes.holds(agent.as_bytes()), expected, "{agent}");
        }
        assert!(Probes::new(vec!["*probe*".into()]).holds(b"my probe"));
    }
}
