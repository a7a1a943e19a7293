//! `patterns/schema.json` says what the program reads: no key more, no key less.

use crate::detect::columns::ColumnsText;
use crate::detect::layout::{JsonText, LayoutText};
use crate::detect::values::ValuesText;
use crate::diagnose::causes::CauseText;
use crate::spot::signature::{Reference, SignatureText};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../patterns/schema.json")).unwrap()
}

/// The keys of a structure, from its least form.
fn keys<T: Serialize + DeserializeOwned>(least: &str) -> BTreeSet<String> {
    let value = serde_json::to_value(toml::from_str::<T>(least).unwrap()).unwrap();
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema = schema();
    let signature = "id = ''\nlayouts = []\nstrength = 'strong'\nrole = 'fault'\nfamily = ''\ntitle = ''";
    let mut of_signature = keys::<SignatureText>(signature);
    of_signature.extend(keys::<Reference>("id = ''"));
    let layout = "id = ''\ntitle = ''\nproduct = ''\nfamily = 'error'\nsamples = []\nstrangers = []";
    let cause = "id = 'overload'\ntitle = ''\ncheck = ''\nmeans = ''\nshown_by = []\nadd = []\nadvice = []";
    for (name, read) in [
        ("signature", of_signature),
        ("layout", keys::<LayoutText>(layout)),
        ("members", keys::<JsonText>("require = []\nfields = {}")),
        ("columns", keys::<ColumnsText>("separator = ''\nfields = {}")),
        ("values", keys::<ValuesText>("field = ''\nwhen = []")),
        ("cause", keys::<CauseText>(cause)),
    ] {
        let stated = schema["$defs"][name]["properties"].as_object().unwrap();
        assert_eq!(stated.keys().cloned().collect::<BTreeSet<_>>(), read, "{name}");
    }
}

#[test]
fn every_pattern_file_has_the_form_of_the_schema() {
    let schema = schema();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut files = 0;
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "toml") {
            let value: Value = toml::from_str(&std::fs::read_to_string(entry.path()).unwrap()).unwrap();
            let mut wrong = Vec::new();
            validate(&schema, &schema, &value, &entry.path().display().to_string(), &mut wrong);
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            files += 1;
        }
    }
    assert!(files > 50);
}

#[test]
fn a_wrong_form_is_seen() {
    let schema = schema();
    for text in ["[[signatur]]", "[[probe]]\nuser_agent = 1\nsource = ''", "[[probe]]\nsource = ''", "layout = 1"] {
        let mut wrong = Vec::new();
        validate(&schema, &schema, &toml::from_str(text).unwrap(), "", &mut wrong);
        assert_eq!(wrong.len(), 1, "{text}");
    }
}

/// As much of JSON Schema as the file uses; patterns are left to the proof of the ids.
fn validate(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return validate(root, &root["$defs"][name.trim_start_matches("#/$defs/")], value, at, wrong);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = |choice: &Value| {
            let mut wrong = Vec::new();
            validate(root, choice, value, at, &mut wrong);
            wrong.is_empty()
        };
        if !choices.iter().any(fits) {
            wrong.push(format!("{at}: fits no choice"));
        }
        return;
    }
    let is_type = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    if !is_type || schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        wrong.push(format!("{at}: {value} is not what is expected"));
        return;
    }
    for item in value.as_array().into_iter().flatten() {
        validate(root, &schema["items"], item, at, wrong);
    }
    let Some(object) = value.as_object() else { return };
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(key) {
            wrong.push(format!("{at}: {key} is missing"));
        }
    }
    for (key, value) in object {
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(schema), _) => validate(root, schema, value, &format!("{at}.{key}"), wrong),
            (None, Value::Bool(false)) => wrong.push(format!("{at}: unknown key {key}")),
            (None, schema) => validate(root, schema, value, &format!("{at}.{key}"), wrong),
        }
    }
}
