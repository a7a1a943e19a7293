//! Turns the pattern files into what the program embeds: JSON, which a start reads several times faster than TOML,
//! split into what matching needs and what only a report or a check needs.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

/// Keys of a layout that reading does not need.
const PROOF_KEYS: [&str; 2] = ["samples", "strangers"];
/// Keys of a signature that matching does not need.
const REFERENCE_KEYS: [&str; 5] = ["fix", "source", "samples", "lookalikes", "codes"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=patterns");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut layouts = entries(Path::new("patterns/layouts"), "layout")?;
    let mut proofs = String::new();
    for layout in layouts.iter_mut().filter_map(Value::as_object_mut) {
        let lines = PROOF_KEYS.iter().filter_map(|key| Some((key.to_string(), layout.remove(*key)?)));
        proofs.push_str(&format!("{}\n", Value::Object(lines.collect())));
    }
    // A line each, so that a run has one at a time beside what it makes of it.
    let lines: String = layouts.iter().map(|layout| format!("{layout}\n")).collect();
    fs::write(out.join("layouts.txt"), lines)?;
    fs::write(out.join("proofs.txt"), proofs)?;
    let probes = entries(Path::new("patterns"), "probe")?;
    fs::write(out.join("probes.json"), serde_json::to_vec(&probes)?)?;
    for (name, file) in [("wrapper", "wrappers.json"), ("batch", "batches.json")] {
        fs::write(out.join(file), serde_json::to_vec(&entries(Path::new("patterns"), name)?)?)?;
    }
    let causes = entries(Path::new("patterns"), "cause")?;
    fs::write(out.join("causes.json"), serde_json::to_vec(&causes)?)?;

    // One behind the other, with what finds them apart, so that a run reads only those that it needs.
    let (mut texts, mut anchors, mut ids, mut index) = (String::new(), String::new(), String::new(), Vec::new());
    let mut scopes: Vec<String> = Vec::new();
    let mut references = BTreeMap::new();
    for signature in entries(Path::new("patterns/signatures"), "signature")? {
        let Value::Object(mut signature) = signature else { continue };
        let mut kept = Map::new();
        kept.insert("id".into(), signature.get("id").cloned().unwrap_or(json!("")));
        for key in REFERENCE_KEYS {
            if let Some(value) = signature.remove(key) {
                kept.insert(key.into(), value);
            }
        }
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = text(signature.get("id"));
        if references.insert(id.clone(), Value::Object(kept)).is_some() {
            return Err(format!("patterns/signatures: two signatures are called `{id}`").into());
        }
        let layouts = signature.get("layouts").and_then(Value::as_array).into_iter().flatten();
        let names = layouts.map(|name| text(Some(name))).collect::<Vec<String>>().join(",");
        let scope = scopes.iter().position(|known| *known == names).unwrap_or_else(|| {
            scopes.push(names);
            scopes.len() - 1
        });
        ids.push_str(&format!("{id}\n"));
        for anchor in one_or_many(signature.get("anchor")) {
            if anchor.contains(char::is_control) {
                return Err(format!("patterns/signatures: an anchor of `{id}` has a control character").into());
            }
            anchors.push_str(&format!("{anchor}\n"));
        }
        texts.push_str(&Value::Object(signature).to_string());
        for number in [scope, anchors.len(), texts.len()] {
            index.extend(u32::try_from(number)?.to_le_bytes());
        }
    }
    fs::write(out.join("signatures.txt"), texts)?;
    fs::write(out.join("signature_ids.txt"), ids)?;
    fs::write(out.join("anchors.txt"), anchors)?;
    // For each the number of its line of scopes, and where its anchors and its text end: little-endian, four bytes each.
    fs::write(out.join("signature_index.bin"), index)?;
    fs::write(out.join("scopes.txt"), scopes.iter().map(|names| format!("{names}\n")).collect::<String>())?;
    let lines = references.iter().map(|(id, kept)| format!("{id}\t{kept}\n"));
    fs::write(out.join("reference.txt"), lines.collect::<String>())?;
    Ok(())
}

/// The texts of a value that is one or a list of them.
fn one_or_many(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    value.into_iter().chain(list).filter_map(Value::as_str)
}

/// The entries `[[name]]` of all TOML files directly in `directory`, by file name.
fn entries(directory: &Path, name: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let table: Value = toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        if let Some(Value::Array(list)) = table.get(name) {
            all.extend(list.iter().cloned());
        }
    }
    Ok(all)
}
