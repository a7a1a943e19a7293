//! A layout as its file states it.

use super::Family;
use crate::detect::columns::ColumnsText;
use crate::detect::values::ValuesText;
use crate::peel::Envelope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A `[[layout]]` as its file states it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutText {
    /// Unique name.
    pub id: String,
    /// What a person calls it.
    pub title: String,
    /// The product that writes it.
    pub product: String,
    /// What kind of log it is.
    pub family: Family,
    /// Where the product usually stands on a request's way: 10 CDN, 20 balancer, 30 cache, 40 web server,
    /// 50 application server. For access layouts.
    #[serde(default)]
    pub tier: u8,
    /// Syslog tags (`*` stands for anything) under which these lines arrive.
    #[serde(default)]
    pub programs: Vec<String>,
    /// File names (`*` stands for anything) that speak for it where several layouts fit alike.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Templates, the first that fits is taken.
    #[serde(default)]
    pub lines: Vec<String>,
    /// Templates that say too little to tell a log by, tried only in a log that the others told.
    #[serde(default)]
    pub further_lines: Vec<String>,
    /// Members of JSON lines.
    #[serde(default)]
    pub json: Option<Box<JsonText>>,
    /// Members of logfmt lines, as for JSON.
    #[serde(default)]
    pub logfmt: Option<Box<JsonText>>,
    /// Columns, which a heading line in the log may name.
    #[serde(default)]
    pub columns: Option<Box<ColumnsText>>,
    /// Envelopes that it asks for: it stands only behind one of these.
    #[serde(default)]
    pub envelopes: Vec<Envelope>,
    /// Layouts in whose files it turns up now and then: tried there on every line that they do not read.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Levels whose lines go on with the record before them, though they have a timestamp of their own.
    #[serde(default)]
    pub continued_by: Vec<String>,
    /// Timestamps without a zone are UTC, by the product's documentation.
    #[serde(default)]
    pub utc: bool,
    /// `KEY=value` pairs in the text that become fields: a field, `src:endpoint` for an address with its port, or
    /// `timestamp`, or its parts `date`, `time`, `zone`.
    #[serde(default)]
    pub pairs: BTreeMap<String, String>,
    /// How the pairs are written: `plain` (the default), `colon`, `spaced`, `bar`, `tab`, `comma`.
    #[serde(default)]
    pub pair_styles: Vec<String>,
    /// The pairs end where this stands.
    #[serde(default)]
    pub pairs_end: String,
    /// Templates that may stand anywhere in the text; they begin with literal text.
    #[serde(default)]
    pub anywhere: Vec<String>,
    /// `Tag value` lines of a many-line record that become fields.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Fields taken from others: `service = "upstream before /"`.
    #[serde(default)]
    pub derive: BTreeMap<String, String>,
    /// Fields whose values are brought into shape: `upstream = "authority"`.
    #[serde(default)]
    pub shape: BTreeMap<String, String>,
    /// Fields with a fixed value: `action = "drop"`.
    #[serde(default)]
    pub constant: BTreeMap<String, String>,
    /// Words that mean another word: `Blocked` is the action `drop`.
    #[serde(default)]
    pub values: Vec<ValuesText>,
    /// What the timestamp of a request marks: `start` (then the end is that plus `duration`) or `end`.
    #[serde(default)]
    pub stamps: Stamps,
    /// Whether lines that fit no layout go on with the record before them.
    #[serde(default)]
    pub continuation: Option<bool>,
    /// The template of a record's last line. Every line up to it belongs to the record, whatever it looks like.
    #[serde(default)]
    pub last: Option<String>,
    /// Considered only in files that `paths` name, or behind `programs`: for lines that many products write alike.
    #[serde(default)]
    pub bound: bool,
    /// Fits a great deal: taken only where nothing else fits.
    #[serde(default)]
    pub generic: bool,
    /// Made of a server's own format string: tried before all others in the files that `paths` name.
    #[serde(skip)]
    pub own_string: bool,
    /// See [`Proof`], to which a compiled layout hands them on.
    #[serde(default)]
    pub samples: Vec<String>,
    /// See [`Proof`].
    #[serde(default)]
    pub strangers: Vec<String>,
}

/// Lines that show what a layout is.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Proof {
    /// Lines that it must read.
    #[serde(default)]
    pub samples: Vec<String>,
    /// Lines that it must refuse.
    #[serde(default)]
    pub strangers: Vec<String>,
}

/// The `[layout.json]` table.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JsonText {
    /// Members that must be there, as dotted paths; `a|b` means one of them.
    pub require: Vec<String>,
    /// Members that a line must have in a log that other lines told; without any, the same.
    #[serde(default)]
    pub further: Vec<String>,
    /// Members that must not be there, by which another product's lines with the same members are told.
    #[serde(default)]
    pub refuse: Vec<String>,
    /// Field name to the members it may stand in, the first present is taken; `path:seconds` gives a unit.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Members whose text goes behind the message: stack traces, the error's own text.
    #[serde(default)]
    pub joins: Vec<String>,
}

/// What the timestamp of a request marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stamps {
    /// The end of the request, or the event itself.
    #[default]
    End,
    /// The start of the request.
    Start,
}
