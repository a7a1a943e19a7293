//! The causes as data: how each is checked, which logs would show it, what to do.

use crate::detect::catalogue::{Layouts, wildcard};
use crate::model::cause::Cause;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A `[[cause]]` of `patterns/causes.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CauseText {
    /// Which cause.
    pub id: Cause,
    /// What a person calls it.
    pub title: String,
    /// How its step of the checklist is called.
    pub check: String,
    /// What it means.
    pub means: String,
    /// Groups of layout ids, families, envelopes and patterns of log names, of each of which one log must cover the
    /// incident. A pattern after `!` names logs that do not count.
    pub shown_by: Vec<Vec<String>>,
    /// The same, but of every host a log must cover it.
    #[serde(default)]
    pub shown_on_each_host: Vec<Vec<String>>,
    /// Logs to add where none does.
    pub add: Vec<String>,
    /// What to do first.
    pub advice: Vec<String>,
}

/// Logs of which one must cover an incident.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Ids of layouts, and names of envelopes.
    layouts: BTreeSet<String>,
    /// Patterns of log names.
    names: Vec<String>,
    /// Patterns of the names of logs that do not count.
    except: Vec<String>,
    /// Whether the log is needed of every host.
    pub each_host: bool,
}

impl Group {
    fn new(entries: &[String], each_host: bool, layouts: &Layouts) -> Self {
        let mut group = Self { each_host, ..Self::default() };
        for entry in entries {
            if let Some(pattern) = entry.strip_prefix('!') {
                group.except.push(pattern.to_owned());
            } else if entry.contains('*') {
                group.names.push(entry.clone());
            } else {
                group.layouts.insert(entry.clone());
                let resolved = layouts.resolve(entry).into_iter();
                group.layouts.extend(resolved.map(|layout| layouts.get(layout).text.id.clone()));
            }
        }
        group
    }

    /// Whether a log of this name, with these layouts and envelopes, is one of them.
    pub fn holds(&self, log: &str, shown: &BTreeSet<String>) -> bool {
        let fits = |patterns: &[String]| patterns.iter().any(|pattern| wildcard(pattern, log.as_bytes()));
        !fits(&self.except) && (!self.layouts.is_disjoint(shown) || fits(&self.names))
    }
}

/// All causes, in the order of [`Cause::ALL`].
#[derive(Debug, Clone)]
pub struct Causes {
    list: Vec<CauseText>,
    groups: Vec<Vec<Group>>,
}

impl Causes {
    /// The causes that are part of the program.
    pub fn embedded(layouts: &Layouts) -> anyhow::Result<Self> {
        let mut list: Vec<CauseText> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/causes.json")))?;
        list.sort_by_key(|cause| cause.id);
        anyhow::ensure!(
            list.iter().map(|cause| cause.id).eq(Cause::ALL),
            "patterns/causes.toml must have each cause once"
        );
        let groups = |cause: &CauseText| {
            let any = cause.shown_by.iter().map(|group| Group::new(group, false, layouts));
            let each = cause.shown_on_each_host.iter().map(|group| Group::new(group, true, layouts));
            any.chain(each).collect()
        };
        let groups = list.iter().map(groups).collect();
        Ok(Self { list, groups })
    }

    /// What the file says of a cause.
    pub fn get(&self, cause: Cause) -> &CauseText {
        &self.list[cause.index()]
    }

    /// The groups of logs that would show a cause.
    pub fn groups(&self, cause: Cause) -> &[Group] {
        &self.groups[cause.index()]
    }
}
