//! All that is known of products: what is part of the program, and what the operator's own files add to it or
//! replace.

use super::pattern_files::{self, Added};
use crate::detect::catalogue::Layouts;
use crate::diagnose::causes::Causes;
use crate::spot::Signatures;
use crate::spot::reference::References;
use anyhow::Context;
use serde::Deserialize;
use std::path::PathBuf;

/// The catalogue of a run.
pub(super) struct Catalogue {
    pub(super) layouts: Layouts,
    pub(super) signatures: Signatures,
    /// What people read of the signatures, by id.
    pub(super) references: References,
    pub(super) causes: Causes,
    /// User agents of balancers' health checks.
    pub(super) probes: Vec<String>,
    /// What the report says of patterns that were read without being asked for.
    pub(super) own: Option<String>,
}

/// A `[[probe]]` of `patterns/probes.toml`.
#[derive(Deserialize)]
struct Probe {
    user_agent: String,
}

impl Catalogue {
    /// The embedded catalogue, with what the user's own directory and the directories of `--patterns` add, the later
    /// ones over the earlier.
    pub(super) fn load(directories: &[PathBuf]) -> anyhow::Result<Self> {
        let own = pattern_files::own_directory();
        let all: Vec<PathBuf> = own.iter().chain(directories).cloned().collect();
        let added = pattern_files::read(&all).context(if directories.is_empty() {
            "reading patterns"
        } else {
            "--patterns"
        })?;
        let mut catalogue = Self::of(added)?;
        catalogue.own = own
            .map(|directory| format!("the patterns in {} are in use beside those of the program", directory.display()));
        Ok(catalogue)
    }

    /// The embedded catalogue, with what was read from files.
    pub(super) fn of(added: Added) -> anyhow::Result<Self> {
        let mut layouts = Layouts::embedded().context("the embedded layouts")?;
        let added = pattern_files::add(added, &mut layouts).usable()?;
        // Signatures name layouts, so they come when all layouts are there.
        let mut references = References::embedded();
        let mut texts = Vec::new();
        for signature in added.signatures {
            texts.push(signature.text);
            references.add(signature.reference);
        }
        let signatures = Signatures::embedded_with(texts, &layouts).map_err(anyhow::Error::msg)?;
        let probes: Vec<Probe> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/probes.json")))
            .context("the embedded list of health checks")?;
        Ok(Self {
            references,
            causes: Causes::embedded(&layouts).context("the embedded causes")?,
            probes: probes.into_iter().map(|probe| probe.user_agent).collect(),
            own: None,
            layouts,
            signatures,
        })
    }

    /// The layout called `id`; the error names those that are called alike.
    pub(super) fn layout(&self, id: &str) -> Result<usize, String> {
        self.layouts.find(id).ok_or_else(|| {
            let ids = self.layouts.iter().map(|(_, layout)| layout.text.id.as_str());
            let word = id.split('-').next().filter(|word| !word.is_empty()).unwrap_or(id);
            let alike: Vec<&str> = ids.filter(|known| known.contains(word)).take(8).collect();
            let hint = if alike.is_empty() { String::new() } else { format!("; perhaps {}", alike.join(", ")) };
            format!("no format is called `{id}`{hint}; `why503 sources --list` prints them all")
        })
    }
}
