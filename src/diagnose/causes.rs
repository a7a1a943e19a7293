//! The causes as data: how each is checked, which logs would show it, what to do.

use crate::detect::catalogue::Layouts;
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
    /// Groups of layout ids or families, of each of which one log must cover the incident.
    pub shown_by: Vec<Vec<String>>,
    /// Logs to add where none does.
    pub add: Vec<String>,
    /// What to do first.
    pub advice: Vec<String>,
}

/// All causes, in the order of [`Cause::ALL`].
#[derive(Debug, Clone)]
pub struct Causes {
    list: Vec<CauseText>,
    /// For each cause and group, the ids of the layouts.
    layouts: Vec<Vec<BTreeSet<String>>>,
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
        let ids = |name: &String| {
            layouts.resolve(name).into_iter().map(|layout| layouts.get(layout).text.id.clone()).collect::<Vec<_>>()
        };
        let groups =
            |cause: &CauseText| cause.shown_by.iter().map(|group| group.iter().flat_map(ids).collect()).collect();
        let layouts = list.iter().map(groups).collect();
        Ok(Self { list, layouts })
    }

    /// What the file says of a cause.
    pub fn get(&self, cause: Cause) -> &CauseText {
        &self.list[cause.index()]
    }

    /// The groups of layouts that would show a cause.
    pub fn groups(&self, cause: Cause) -> &[BTreeSet<String>] {
        &self.layouts[cause.index()]
    }
}
