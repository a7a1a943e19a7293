//! Pattern files of the operator's own (`--patterns`).
//!
//! A directory holds `layouts/*.toml` and `signatures/*.toml`, or the files directly. Everything that is wrong is told
//! at once, each with file, line and entry: who writes patterns wants to see all mistakes of a file, not the first.

use crate::detect::catalogue::Layouts;
use crate::detect::layout::{Layout, LayoutText};
use crate::spot::signature::{Reference, Signature, SignatureText};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Spanned, Table, Value};

/// Keys of a signature that people read; the others are for matching.
const REFERENCE_KEYS: [&str; 5] = ["fix", "source", "samples", "lookalikes", "codes"];
/// Mistakes that are told; more would only hide them.
const MAX_MISTAKES: usize = 20;

/// What pattern files add.
#[derive(Debug, Default)]
pub(super) struct Added {
    layouts: Vec<(Place, LayoutText)>,
    pub(super) signatures: Vec<SignatureText>,
    pub(super) references: Vec<Reference>,
    /// Where each signature stands, in their order.
    places: Vec<Place>,
    mistakes: Vec<String>,
}

/// Where an entry stands.
#[derive(Debug, Clone)]
struct Place {
    file: PathBuf,
    line: usize,
}

/// A pattern file, its entries not yet looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    #[serde(default)]
    layout: Vec<Spanned<Table>>,
    #[serde(default)]
    signature: Vec<Spanned<Table>>,
}

/// Reads the directories (or single files) of `--patterns`.
pub(super) fn read(directories: &[PathBuf]) -> anyhow::Result<Added> {
    let mut added = Added::default();
    for directory in directories {
        let files = toml_files(directory)?;
        if files.is_empty() {
            bail!(
                "--patterns {}: there is no *.toml in it, nor in layouts/ or signatures/ below it",
                directory.display()
            );
        }
        for file in files {
            let text =
                fs::read_to_string(&file).with_context(|| format!("reading the patterns in {}", file.display()))?;
            added.file(&file, &text);
        }
    }
    Ok(added)
}

/// The files of a directory: its own, and those of `layouts/` and `signatures/`, each by name.
fn toml_files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let metadata = fs::metadata(directory)
        .with_context(|| format!("--patterns {}: a directory with *.toml files is expected", directory.display()))?;
    if metadata.is_file() {
        return Ok(vec![directory.to_path_buf()]);
    }
    let mut files = Vec::new();
    for folder in [directory.to_path_buf(), directory.join("layouts"), directory.join("signatures")] {
        if folder != directory && !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder).with_context(|| format!("looking for patterns in {}", folder.display()))?;
        let mut here: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        here.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file());
        here.sort();
        files.extend(here);
    }
    Ok(files)
}

/// Compiles what was read: the layouts into the catalogue, the signatures only to see whether they would.
pub(super) fn add(mut added: Added, layouts: &mut Layouts) -> anyhow::Result<Added> {
    let mut declared = BTreeSet::new();
    for (place, text) in std::mem::take(&mut added.layouts) {
        let id = text.id.clone();
        declared.insert(id.clone());
        // Compiled twice, because the catalogue keeps an entry that is wrong out without saying where it stands.
        if let Err(error) = Layout::compile(text.clone()) {
            added.mistake(&place, "layout", &id, &error);
        } else if let Err(error) = layouts.add(text) {
            added.mistake(&place, "layout", &id, &error);
        }
    }
    let mut mistakes = Vec::new();
    for (place, text) in added.places.iter().zip(&added.signatures) {
        // A layout with a mistake is told once, and not again by every signature that names it.
        let known = |name: &str| declared.contains(name) || !layouts.resolve(name).is_empty();
        if let Err(error) = check(text, &known) {
            mistakes.push((place.clone(), text.id.clone(), error));
        }
    }
    for (place, id, error) in mistakes {
        added.mistake(&place, "signature", &id, &error);
    }
    if added.mistakes.is_empty() {
        return Ok(added);
    }
    let count = added.mistakes.len();
    let more = count.saturating_sub(MAX_MISTAKES);
    added.mistakes.truncate(MAX_MISTAKES);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    bail!("the patterns given with --patterns have mistakes:\n  {}{more}", added.mistakes.join("\n  "))
}

/// What a run would only find out when a line comes, or never.
fn check(text: &SignatureText, known: &dyn Fn(&str) -> bool) -> Result<(), String> {
    Signature::compile(text.clone())?.compile_regex()?;
    match text.layouts.iter().find(|name| !known(name)) {
        Some(name) => Err(format!("layouts: `{name}` is neither a layout nor a family")),
        None if text.layouts.is_empty() => Err("layouts: name at least one layout or family".to_owned()),
        None => Ok(()),
    }
}

impl Added {
    fn file(&mut self, file: &Path, text: &str) {
        let parsed: PatternFile = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                self.mistakes.push(format!("{}:{line}: {}", file.display(), error.message()));
                return;
            }
        };
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let entries = parsed.layout.into_iter().map(|entry| ("layout", entry));
        for (kind, entry) in entries.chain(parsed.signature.into_iter().map(|entry| ("signature", entry))) {
            let place = Place { file: file.to_path_buf(), line: line_of(text, entry.span().start) };
            let table = entry.into_inner();
            let id = table.get("id").and_then(Value::as_str).unwrap_or("(without an id)").to_owned();
            if let Some(line) = known.insert(format!("{kind} {id}"), place.line) {
                self.mistake(&place, kind, &id, &format!("the id stands in line {line} already"));
            }
            let read = if kind == "layout" { self.layout(&place, table) } else { self.signature(&place, table) };
            if let Err(error) = read {
                self.mistake(&place, kind, &id, error.message());
            }
        }
    }

    fn layout(&mut self, place: &Place, table: Table) -> Result<(), toml::de::Error> {
        self.layouts.push((place.clone(), table.try_into()?));
        Ok(())
    }

    fn signature(&mut self, place: &Place, mut matching: Table) -> Result<(), toml::de::Error> {
        let mut reference = Table::new();
        reference.extend(matching.get("id").map(|id| ("id".to_owned(), id.clone())));
        for key in REFERENCE_KEYS {
            reference.extend(matching.remove(key).map(|value| (key.to_owned(), value)));
        }
        let (text, reference) = (matching.try_into()?, reference.try_into()?);
        self.signatures.push(text);
        self.references.push(reference);
        self.places.push(place.clone());
        Ok(())
    }

    fn mistake(&mut self, place: &Place, kind: &str, id: &str, error: &str) {
        let Place { file, line } = place;
        self.mistakes.push(format!("{}:{line}: {kind} `{id}`: {error}", file.display()));
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}
