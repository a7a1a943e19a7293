//! All that is known of products: what is part of the program, and what `--patterns` adds to it or replaces.

use super::patterns::{self, Added};
use crate::detect::catalogue::Layouts;
use crate::diagnose::causes::Causes;
use crate::spot::signature::Reference;
use crate::spot::{self, Signatures};
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The catalogue of a run.
pub(super) struct Catalogue {
    pub(super) layouts: Layouts,
    pub(super) signatures: Signatures,
    /// What people read of the signatures, by id.
    pub(super) references: BTreeMap<String, Reference>,
    pub(super) causes: Causes,
    /// User agents of balancers' health checks.
    pub(super) probes: Vec<String>,
}

/// A `[[probe]]` of `patterns/probes.toml`.
#[derive(Deserialize)]
struct Probe {
    user_agent: String,
}

impl Catalogue {
    /// The embedded catalogue, with what the directories of `--patterns` add, the later ones over the earlier.
    pub(super) fn load(directories: &[PathBuf]) -> anyhow::Result<Self> {
        let mut layouts = Layouts::embedded().context("the embedded layouts")?;
        let added = patterns::read(directories)?;
        let Added { signatures, references, .. } = patterns::add(added, &mut layouts)?;
        // Signatures name layouts, so they come when all layouts are there.
        let texts = spot::embedded_texts().context("the embedded signatures")?.into_iter().chain(signatures);
        let signatures = Signatures::compile(texts.collect(), &layouts).map_err(anyhow::Error::msg)?;
        let embedded = spot::references().context("the embedded signatures")?;
        let by_id = |reference: Reference| (reference.id.clone(), reference);
        let probes: Vec<Probe> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/probes.json")))
            .context("the embedded list of health checks")?;
        Ok(Self {
            references: embedded.into_iter().chain(references).map(by_id).collect(),
            causes: Causes::embedded(&layouts).context("the embedded causes")?,
            probes: probes.into_iter().map(|probe| probe.user_agent).collect(),
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
