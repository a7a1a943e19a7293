//! `why503 patterns show`: all that is written of one signature.

use crate::cli::args::{ShowArgs, ShowOutput};
use crate::cli::catalogue::Catalogue;
use crate::cli::exit_code::ExitCode;
use crate::cli::{facts, json, suggest};
use anyhow::{Context, bail};
use serde_json::{Map, Value};
use std::io::{self, Write};

/// The keys in the order in which a person asks for them.
const KEYS: [&str; 17] = [
    "id", "title", "cause", "may_be", "strength", "role", "family", "lead", "generic", "layouts", "anchor", "regex",
    "when", "fix", "source", "codes", "samples",
];

/// Prints the signature; the error names those that are called alike.
pub(super) fn run(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::load(&args.patterns.patterns)?;
    let Some(index) = catalogue.signatures.find(&args.id) else {
        let ids = catalogue.signatures.iter().map(|signature| signature.text.id.as_str());
        bail!(
            "no signature is called `{}`{}; `why503 patterns list` prints them all, and `why503 explain` takes codes",
            args.id,
            suggest::hint(&suggest::nearest(&args.id, ids))
        );
    };
    let signature = catalogue.signatures.get(index);
    let mut all = object(serde_json::to_value(&signature.text)?);
    if let Some(reference) = catalogue.references.get(&args.id) {
        all.extend(object(serde_json::to_value(reference)?));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output {
        ShowOutput::Json => {
            json::write(&all, &mut out)?;
            writeln!(out)?;
        }
        ShowOutput::Table => {
            let keys = KEYS.iter().chain(&["lookalikes"]);
            let shown: Vec<_> = keys.map(|key| (*key, all.get(*key).map(values).unwrap_or_default())).collect();
            facts::write(&shown, 0, &mut out)?;
        }
    }
    out.flush().context("writing to standard output")?;
    Ok(ExitCode::Ran)
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// A value as lines; what says nothing has none.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(values).collect(),
        Value::Object(map) => {
            map.iter().map(|(name, value)| format!("{name} = {}", values(value).join(" | "))).collect()
        }
        other => vec![other.to_string()],
    }
}
