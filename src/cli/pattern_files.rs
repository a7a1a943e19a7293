//! Pattern files of the operator's own: `--patterns`, and a directory of them that is always read.
//!
//! A directory holds `layouts/*.toml` and `signatures/*.toml`, or the files directly. Everything that is wrong is told
//! at once, each with file, line and entry: who writes patterns wants to see all mistakes of a file, not the first.

use crate::detect::catalogue::Layouts;
use crate::detect::layout::{Layout, LayoutText};
use crate::diagnose::causes::CauseText;
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
    /// Their layouts, until they are in the catalogue.
    layouts: Vec<(Place, LayoutText)>,
    /// Where each layout stands, by id.
    pub(super) layout_places: BTreeMap<String, Place>,
    /// Their signatures.
    pub(super) signatures: Vec<AddedSignature>,
    /// Entries that only the program's own files may have.
    closed: Vec<(Place, &'static str)>,
    /// What is wrong, with its place.
    pub(super) mistakes: Vec<String>,
}

/// A signature of a pattern file.
#[derive(Debug)]
pub(super) struct AddedSignature {
    pub(super) place: Place,
    pub(super) text: SignatureText,
    pub(super) reference: Reference,
}

/// Where an entry stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    file: PathBuf,
    line: usize,
}

/// A `[[probe]]`: the user agent of a health check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProbeText {
    #[serde(rename = "user_agent")]
    _user_agent: String,
    #[serde(rename = "source")]
    _source: String,
}

/// A `[[wrapper]]` or a `[[batch]]`: lists in JSON that hold records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListText {
    #[serde(rename = "list", alias = "path")]
    _list: String,
    #[serde(rename = "beside", default)]
    _beside: Vec<String>,
    #[serde(rename = "keep", default)]
    _keep: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// A pattern file, its entries not yet looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    #[serde(default)]
    layout: Vec<Spanned<Table>>,
    #[serde(default)]
    signature: Vec<Spanned<Table>>,
    #[serde(default)]
    cause: Vec<Spanned<Table>>,
    #[serde(default)]
    probe: Vec<Spanned<Table>>,
    #[serde(default)]
    wrapper: Vec<Spanned<Table>>,
    #[serde(default)]
    batch: Vec<Spanned<Table>>,
}

/// The directory that is read without being named, where there is one: `why503/patterns` among the user's
/// configuration. A relative XDG_CONFIG_HOME counts not, as its specification says.
pub(super) fn own_directory() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let configuration = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    let directory = configuration.join("why503").join("patterns");
    let some = directory.is_dir() && toml_files(&directory).is_ok_and(|files| !files.is_empty());
    some.then_some(directory)
}

/// Reads the directories (or single files) of `--patterns`.
pub(super) fn read(directories: &[PathBuf]) -> anyhow::Result<Added> {
    let mut added = Added::default();
    for directory in directories {
        let files = toml_files(directory)?;
        if files.is_empty() {
            bail!(
                "patterns in {}: there is no *.toml in it, nor in layouts/ or signatures/ below it",
                directory.display()
            );
        }
        // An id may stand in several directories, the later of which replace it, but only once in each.
        let mut known = BTreeMap::new();
        for file in files {
            let text =
                fs::read_to_string(&file).with_context(|| format!("reading the patterns in {}", file.display()))?;
            added.file(&file, &text, &mut known);
        }
    }
    Ok(added)
}

/// The files of a directory: its own, and those of `layouts/` and `signatures/`, each by name.
fn toml_files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let metadata = fs::metadata(directory)
        .with_context(|| format!("patterns in {}: a directory with *.toml files is expected", directory.display()))?;
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

/// Puts the layouts into the catalogue, and leaves out what would not compile, each time with a mistake.
pub(super) fn add(mut added: Added, layouts: &mut Layouts) -> Added {
    let mut declared = BTreeSet::new();
    for (place, text) in std::mem::take(&mut added.layouts) {
        let id = text.id.clone();
        declared.insert(id.clone());
        // Compiled twice, because the catalogue keeps an entry that is wrong out without saying where it stands.
        if let Err(error) = Layout::compile(text.clone()) {
            added.mistake(&place, "layout", &id, &error);
        } else if let Err(error) = layouts.add(text) {
            added.mistake(&place, "layout", &id, &error);
        } else {
            added.layout_places.insert(id, place);
        }
    }
    for signature in std::mem::take(&mut added.signatures) {
        // A layout with a mistake is told once, and not again by every signature that names it.
        let known = |name: &str| declared.contains(name) || !layouts.resolve(name).is_empty();
        match check(&signature.text, &known) {
            Ok(()) => added.signatures.push(signature),
            Err(error) => added.mistake(&signature.place, "signature", &signature.text.id, &error),
        }
    }
    added
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
    /// What can be used in a run: everything, or nothing when something is wrong.
    pub(super) fn usable(mut self) -> anyhow::Result<Self> {
        for (place, kind) in std::mem::take(&mut self.closed) {
            let error = "only the program's own catalogue has these; take it out";
            self.mistakes.push(format!("{}: [[{kind}]]: {error}", place.shown()));
        }
        if self.mistakes.is_empty() {
            return Ok(self);
        }
        let more = self.mistakes.len().saturating_sub(MAX_MISTAKES);
        self.mistakes.truncate(MAX_MISTAKES);
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        bail!(
            "the patterns have mistakes (`why503 patterns check` proves them):\n  {}{more}",
            self.mistakes.join("\n  ")
        )
    }

    fn file(&mut self, file: &Path, text: &str, known: &mut BTreeMap<String, Place>) {
        let parsed: PatternFile = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                self.mistakes.push(format!("{}:{line}: {}", file.display(), error.message()));
                return;
            }
        };
        let entries = parsed.layout.into_iter().map(|entry| ("layout", entry));
        for (kind, entry) in entries.chain(parsed.signature.into_iter().map(|entry| ("signature", entry))) {
            let place = Place { file: file.to_path_buf(), line: line_of(text, entry.span().start) };
            let table = entry.into_inner();
            let id = table.get("id").and_then(Value::as_str).unwrap_or("(without an id)").to_owned();
            if let Some(first) = known.insert(format!("{kind} {id}"), place.clone()) {
                let first = if first.file == place.file { format!("line {}", first.line) } else { first.shown() };
                self.mistake(&place, kind, &id, &format!("the id stands in {first} already"));
            }
            let read = if kind == "layout" { self.layout(&place, table) } else { self.signature(&place, table) };
            if let Err(error) = read {
                self.mistake(&place, kind, &id, error.message());
            }
        }
        let closed =
            [("cause", parsed.cause), ("probe", parsed.probe), ("wrapper", parsed.wrapper), ("batch", parsed.batch)];
        for (kind, entry) in
            closed.into_iter().flat_map(|(kind, entries)| entries.into_iter().map(move |entry| (kind, entry)))
        {
            let place = Place { file: file.to_path_buf(), line: line_of(text, entry.span().start) };
            let table = entry.into_inner();
            let read = match kind {
                "cause" => table.try_into::<CauseText>().map(|_| ()),
                "probe" => table.try_into::<ProbeText>().map(|_| ()),
                _ => table.try_into::<ListText>().map(|_| ()),
            };
            if let Err(error) = read {
                self.mistakes.push(format!("{}: [[{kind}]]: {}", place.shown(), error.message()));
            }
            self.closed.push((place, kind));
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
        self.signatures.push(AddedSignature { place: place.clone(), text, reference });
        Ok(())
    }

    /// Notes what is wrong with an entry.
    pub(super) fn mistake(&mut self, place: &Place, kind: &str, id: &str, error: &str) {
        self.mistakes.push(format!("{}: {kind} `{id}`: {error}", place.shown()));
    }
}

impl Place {
    fn shown(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}
