//! Envoy and Istio: `text_format`, `json_format`, `accessLogFormat` in YAML or JSON.
//! Keys: Envoy documentation, "Access loggers" (`SubstitutionFormatString`); Istio reference, MeshConfig.
//!
//! Read as events and not into the structures of a library: a file of a few bytes can stand for gigabytes when its
//! aliases are followed, and no format is written with one.

use super::super::envoy::is_operator;
use super::{Configuration, FormatString, Server};
use saphyr_parser::{Event, Parser};

/// How deep a configuration is nested at most.
const MAX_DEPTH: usize = 48;
/// Keys of text formats.
const TEXT: [&str; 6] =
    ["text_format", "inline_string", "format", "accessLogFormat", "text", "accesslog-format-string"];
/// Keys of formats with one member a value.
const MEMBERS: [&str; 4] = ["json_format", "typed_json_format", "labels", "jsonFormat"];

/// A value of the file, without what its aliases stand for.
enum Node {
    Text(String),
    List(Vec<Node>),
    Members(Vec<(String, Node)>),
}

pub(super) fn read(text: &str) -> Option<Configuration> {
    let told = ["static_resources", "envoy.access_loggers", "access_loggers", "accessLogFormat", "access_log"];
    if !told.iter().any(|key| text.contains(key)) || !text.contains('%') && !text.contains("static_resources") {
        return None;
    }
    let documents = parse(text)?;
    let mut found = Configuration::of(Server::Envoy);
    let mut told = false;
    for document in &documents {
        told |= matches!(document, Node::Members(members) if members.iter().any(|(key, _)| is_root(key)));
        gather(document, "", 0, &mut found);
    }
    (told && (text.contains("static_resources") || !found.formats.is_empty())).then_some(found)
}

/// Members at the top of what holds an Envoy's or Istio's configuration; a log line as JSON has none of them.
fn is_root(key: &str) -> bool {
    matches!(
        key,
        "static_resources"
            | "dynamic_resources"
            | "admin"
            | "node"
            | "apiVersion"
            | "meshConfig"
            | "accessLogFormat"
            | "configs"
            | "access_log"
            | "spec"
            | "global"
            | "accessLogFile"
    )
}

fn parse(text: &str) -> Option<Vec<Node>> {
    let mut documents = Vec::new();
    let mut open: Vec<(Node, Option<String>)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let done = match event.ok()?.0 {
            Event::Scalar(value, ..) => Node::Text(value.into_owned()),
            Event::Alias(_) => Node::Text(String::new()),
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= MAX_DEPTH => return None,
            Event::SequenceStart(..) => {
                open.push((Node::List(Vec::new()), None));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((Node::Members(Vec::new()), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop()?.0,
            _ => continue,
        };
        match open.last_mut() {
            None => documents.push(done),
            Some((Node::List(list), _)) => list.push(done),
            Some((Node::Members(members), key)) => match (key.take(), done) {
                (Some(key), value) => members.push((key, value)),
                (None, Node::Text(text)) => *key = Some(text),
                (None, _) => *key = Some(String::new()),
            },
            Some((Node::Text(_), _)) => return None,
        }
    }
    Some(documents)
}

/// Finds the formats below a node; `path` is the log that the nodes around it name.
fn gather(node: &Node, path: &str, depth: usize, found: &mut Configuration) {
    let members = match node {
        Node::Text(_) => return,
        Node::List(list) => return list.iter().for_each(|inner| gather(inner, path, depth, found)),
        Node::Members(members) => members,
    };
    let named = members.iter().find_map(|(key, value)| match value {
        Node::Text(text) if key == "path" || key == "accessLogFile" => Some(text.as_str()),
        _ => None,
    });
    let path = named.unwrap_or(path);
    for (key, value) in members {
        match value {
            Node::Text(text) if TEXT.contains(&key.as_str()) && text.contains('%') => {
                found.add_inline(path, FormatString::Text(text.clone()));
            }
            // A ConfigMap holds a whole file as one text.
            Node::Text(text) if depth == 0 && text.contains("accessLogFormat") => {
                parse(text).into_iter().flatten().for_each(|inner| gather(&inner, path, 1, found));
            }
            Node::Members(_) if MEMBERS.contains(&key.as_str()) => {
                let mut list = Vec::new();
                flatten(value, "", &mut list);
                if !list.is_empty() {
                    found.add_inline(path, FormatString::Members(list));
                }
            }
            _ => gather(value, path, depth, found),
        }
    }
}

/// The members of a JSON format by their dotted path, those that hold one operator.
fn flatten(node: &Node, prefix: &str, list: &mut Vec<(String, String)>) {
    let Node::Members(members) = node else { return };
    for (key, value) in members {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Node::Text(text) if is_operator(text) => list.push((path, text.clone())),
            _ => flatten(value, &path, list),
        }
    }
}
