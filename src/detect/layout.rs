//! What a layout file declares, compiled.

use super::json_layout::{JsonLayout, Syntax};
use super::pairs::Pairs;
use super::template::{Found, Template};
use crate::model::field::Field;
use crate::peel::Envelope;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The kinds of log, which decide what a record is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// One record a request: the only kind that counts 503s.
    Access,
    /// What a proxy or web server says about trouble and its own state.
    Error,
    /// What an application says.
    Application,
    /// What a database, cache or broker says.
    Database,
    /// The operating system and process supervision.
    System,
    /// What changed: packages, jobs, configuration runs, commands.
    Change,
    /// Packet filters, WAFs, ban tools.
    Firewall,
}

impl Family {
    /// The id as reports and layout files spell it.
    pub fn id(self) -> &'static str {
        match self {
            Family::Access => "access",
            Family::Error => "error",
            Family::Application => "application",
            Family::Database => "database",
            Family::System => "system",
            Family::Change => "change",
            Family::Firewall => "firewall",
        }
    }

    /// The family that `id` names.
    pub fn from_id(id: &str) -> Option<Self> {
        serde::Deserialize::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(id)).ok()
    }
}

/// A `[[layout]]` as its file states it.
#[derive(Debug, Clone, Deserialize, Serialize)]
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
    /// Members of JSON lines.
    #[serde(default)]
    pub json: Option<JsonText>,
    /// Members of logfmt lines, as for JSON.
    #[serde(default)]
    pub logfmt: Option<JsonText>,
    /// Envelopes that it asks for: it stands only behind one of these.
    #[serde(default)]
    pub envelopes: Vec<Envelope>,
    /// Layouts in whose files it turns up now and then: tried there on every line that they do not read.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Levels whose lines go on with the record before them, though they have a timestamp of their own.
    #[serde(default)]
    pub continued_by: Vec<String>,
    /// `KEY=value` pairs in the text that become fields.
    #[serde(default)]
    pub pairs: BTreeMap<String, String>,
    /// `Tag value` lines of a many-line record that become fields.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Fields taken from others: `service = "upstream before /"`.
    #[serde(default)]
    pub derive: BTreeMap<String, String>,
    /// Fields with a fixed value: `action = "drop"`.
    #[serde(default)]
    pub constant: BTreeMap<String, String>,
    /// What the timestamp of a request marks: `start` (then the end is that plus `duration`) or `end`.
    #[serde(default)]
    pub stamps: Stamps,
    /// Whether lines that fit no layout go on with the record before them.
    #[serde(default)]
    pub continuation: Option<bool>,
    /// Fits a great deal: taken only where nothing else fits.
    #[serde(default)]
    pub generic: bool,
    /// Lines that it must read.
    pub samples: Vec<String>,
    /// Lines that it must refuse.
    pub strangers: Vec<String>,
}

/// The `[layout.json]` table.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JsonText {
    /// Members that must be there, as dotted paths; `a|b` means one of them.
    pub require: Vec<String>,
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

/// A compiled layout.
#[derive(Debug)]
pub struct Layout {
    /// What its file states.
    pub text: LayoutText,
    /// Whether unmatched lines go on with the record before them.
    pub continuation: bool,
    templates: Vec<Template>,
    json: Option<JsonLayout>,
    pairs: Pairs,
    tags: Pairs,
    derive: Vec<Derivation>,
    constant: Vec<(Field, Vec<u8>)>,
}

/// How a field is cut out of another one.
#[derive(Debug)]
struct Derivation {
    to: Field,
    from: Field,
    separator: Vec<u8>,
    side: Side,
}

/// Which part of the other field is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
    /// The blank-separated word with this number, from 0.
    Word(usize),
}

impl Layout {
    /// Compiles a layout; the error names the key that is wrong.
    pub fn compile(text: LayoutText) -> Result<Self, String> {
        let templates = text
            .lines
            .iter()
            .map(|line| Template::compile(line).map_err(|error| format!("lines: {error}")))
            .collect::<Result<Vec<_>, _>>()?;
        let json = match (&text.json, &text.logfmt) {
            (Some(json), _) => Some(JsonLayout::compile(json, Syntax::Json)?),
            (None, Some(logfmt)) => Some(JsonLayout::compile(logfmt, Syntax::Logfmt)?),
            (None, None) => None,
        };
        if templates.is_empty() && json.is_none() {
            return Err("lines: needs at least one template, or a [layout.json] table".into());
        }
        let constant = text
            .constant
            .iter()
            .map(|(name, value)| Ok((field("constant", name)?, value.clone().into_bytes())))
            .collect::<Result<_, String>>()?;
        Ok(Self {
            continuation: text.continuation.unwrap_or(text.family != Family::Access),
            pairs: Pairs::compile("pairs", &text.pairs)?,
            tags: Pairs::compile("tags", &text.tags)?,
            derive: text.derive.iter().map(|(to, rule)| derivation(to, rule)).collect::<Result<_, _>>()?,
            constant,
            templates,
            json,
            text,
        })
    }

    /// Whether `line`, the first of a record, has this layout. With how much it had to have in common; 0 is no fit.
    pub fn fit(&self, line: &[u8]) -> u32 {
        let template = self.templates.iter().find(|template| template.fits(line));
        match (template, &self.json) {
            (Some(template), _) => template.specificity().max(1),
            (None, Some(json)) => json.fit(line),
            (None, None) => 0,
        }
    }

    /// The most that a line must have in common with one of its templates.
    pub fn specificity(&self) -> u32 {
        self.templates.iter().map(Template::specificity).max().unwrap_or(20)
    }

    /// Whether it has nothing but a message, and so reads any text.
    pub fn reads_anything(&self) -> bool {
        self.templates.iter().any(|template| template.specificity() == 0)
    }

    /// Reads a whole record; nothing when it does not have this layout.
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<Found<'a>> {
        self.read_at_least(0, text)
    }

    /// The same, by templates that ask at least so much of a line.
    pub fn read_at_least<'a>(&self, least: u32, text: &'a [u8]) -> Option<Found<'a>> {
        let able = || self.templates.iter().filter(|template| template.specificity() >= least);
        let mut found = able()
            .find_map(|template| template.read(text))
            .or_else(|| self.json.as_ref().and_then(|json| json.read(text)))
            .or_else(|| read_first_line(able(), text))?;
        if !self.pairs.is_empty() {
            self.pairs.read_pairs(text, &mut found.fields);
        }
        if !self.tags.is_empty() {
            self.tags.read_tags(text, &mut found);
        }
        for rule in &self.derive {
            if let Some(value) = found.fields.get(rule.from).and_then(|value| rule.cut(value)) {
                let value = value.to_vec();
                found.fields.set_default(rule.to, value);
            }
        }
        for (field, value) in &self.constant {
            found.fields.set_default(*field, value.clone());
        }
        Some(found)
    }
}

/// A record of several lines whose template covers only the first: the message then runs to the end.
fn read_first_line<'a, 't>(
    mut templates: impl Iterator<Item = &'t Template>,
    text: &'a [u8],
) -> Option<Found<'a>> {
    let end = memchr::memchr(b'\n', text)?;
    let first = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
    let mut found = templates.find_map(|template| template.read(first))?;
    let message = found.fields.get(Field::Message).map(<[u8]>::len);
    // The message is the tail of the line, so it is found by its length.
    if let Some(length) = message
        && first.ends_with(&found.fields.get(Field::Message).unwrap_or_default().to_vec())
    {
        found.fields.clear(Field::Message);
        found.fields.set(Field::Message, Cow::Borrowed(&text[first.len() - length..]));
    }
    Some(found)
}

impl Derivation {
    fn cut<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        if let Side::Word(number) = self.side {
            return value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(number);
        }
        let at = memchr::memmem::find(value, &self.separator)?;
        let cut = if self.side == Side::Before { &value[..at] } else { &value[at + self.separator.len()..] };
        (!cut.is_empty()).then_some(cut)
    }
}

fn derivation(to: &str, rule: &str) -> Result<Derivation, String> {
    let mut words = rule.split(' ');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(from), Some(side @ ("before" | "after")), Some(separator), None) => Ok(Derivation {
            to: field("derive", to)?,
            from: field("derive", from)?,
            separator: separator.as_bytes().to_vec(),
            side: if side == "before" { Side::Before } else { Side::After },
        }),
        (Some(from), Some("word"), Some(number @ ("1" | "2" | "3" | "4")), None) => Ok(Derivation {
            to: field("derive", to)?,
            from: field("derive", from)?,
            separator: Vec::new(),
            side: Side::Word(usize::from(number.as_bytes()[0] - b'1')),
        }),
        _ => Err(format!("derive: `{rule}`: write `<field> before|after <text>` or `<field> word <1 to 4>`")),
    }
}

pub(super) fn field(key: &str, name: &str) -> Result<Field, String> {
    Field::from_name(name).ok_or_else(|| format!("{key}: unknown field `{name}`"))
}
