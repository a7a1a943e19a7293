//! What the run learns from configuration files among its inputs: the layouts of the formats that they state.

use super::catalogue::Layouts;
use super::format_string::compile;
use super::format_string::config::{Configuration, Configured, resolve};
use super::survey::Survey;
use crate::model::trouble::Trouble;
use std::collections::BTreeMap;

/// What came of the configuration files.
#[derive(Debug, Default)]
pub struct Learnt {
    /// How many layouts were added: when there are any, the sources have to be surveyed anew.
    pub layouts: usize,
    /// A note for every configuration file: that it is none of the logs, which formats it gave, and which it could not.
    pub troubles: Vec<Trouble>,
}

/// Adds the formats of all surveyed configuration files to the layouts. What cannot be understood is said and left out.
pub fn learn(layouts: &mut Layouts, surveys: &[Survey]) -> Learnt {
    let files: Vec<(&str, &Configuration)> =
        surveys.iter().filter_map(|survey| Some((survey.name.as_str(), survey.configuration.as_ref()?))).collect();
    let mut learnt = Learnt::default();
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut known: Vec<Configured> = Vec::new();
    for one in resolve(&files) {
        // Copies of a configuration on many hosts state the same.
        if known.iter().any(|before| before.format == one.format && before.paths == one.paths) {
            used.entry(one.source).or_default().push(format!("`{}`", one.name));
            continue;
        }
        match add(layouts, &one) {
            Ok(()) => {
                learnt.layouts += 1;
                used.entry(one.source.clone()).or_default().push(format!("`{}`", one.name));
            }
            Err(error) => {
                let message = format!("its log format `{}` is not used: {error}; give it with --log-format", one.name);
                learnt.troubles.push(Trouble::note(&one.source, message));
            }
        }
        known.push(one);
    }
    for (name, file) in files {
        let formats = match used.get(name) {
            Some(formats) => format!("its log formats are used: {}", formats.join(", ")),
            None => "it gives no log format".to_owned(),
        };
        let message = format!("is a configuration of {} and no log; {formats}", file.server.title());
        learnt.troubles.push(Trouble::note(name, message));
    }
    learnt
}

fn add(layouts: &mut Layouts, one: &Configured) -> Result<(), String> {
    let mut text = compile(one.server, &one.format)?;
    text.paths.clone_from(&one.paths);
    layouts.add_own(text).map(|_| ())
}
