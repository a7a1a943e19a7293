//! What a layout file declares, compiled.

use super::anywhere::Anywhere;
use super::columns::{Columns, ColumnsText, Heading, Order};
use super::json_layout::{JsonLayout, Syntax};
use super::pairs::Pairs;
use super::shape::Shapes;
use super::template::{Found, Template};
use super::values::{Values, ValuesText};
use crate::model::field::Field;
use crate::model::stamp::{Stamp, Zone};
use crate::peel::Envelope;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kinds of log, which decide what a record is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// One record a request: the only kind that counts 503s.
    #[default]
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
    pub json: Option<JsonText>,
    /// Members of logfmt lines, as for JSON.
    #[serde(default)]
    pub logfmt: Option<JsonText>,
    /// Columns, which a heading line in the log may name.
    #[serde(default)]
    pub columns: Option<ColumnsText>,
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
    /// Members that a line must have in a log that other lines told; without any, the same.
    #[serde(default)]
    pub further: Vec<String>,
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
    last: Option<Template>,
    templates: Vec<Template>,
    further: Vec<Template>,
    json: Option<JsonLayout>,
    columns: Option<Columns>,
    pairs: Pairs,
    tags: Pairs,
    shapes: Shapes,
    anywhere: Vec<Anywhere>,
    derive: Vec<Derivation>,
    values: Vec<Values>,
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
        let templates = compiled("lines", &text.lines)?;
        let further = compiled("further_lines", &text.further_lines)?;
        let json = match (&text.json, &text.logfmt) {
            (Some(json), _) => Some(JsonLayout::compile(json, Syntax::Json)?),
            (None, Some(logfmt)) => Some(JsonLayout::compile(logfmt, Syntax::Logfmt)?),
            (None, None) => None,
        };
        let columns = text.columns.as_ref().map(Columns::compile).transpose()?;
        if templates.is_empty() && json.is_none() && columns.is_none() {
            return Err("lines: needs at least one template, or a [layout.json] or [layout.columns] table".into());
        }
        let constant = text
            .constant
            .iter()
            .map(|(name, value)| Ok((field("constant", name)?, value.clone().into_bytes())))
            .collect::<Result<_, String>>()?;
        Ok(Self {
            continuation: text.continuation.unwrap_or(text.family != Family::Access),
            pairs: Pairs::compile("pairs", &text.pairs)?.written(&text.pair_styles, &text.pairs_end)?,
            anywhere: text.anywhere.iter().map(|source| Anywhere::compile(source)).collect::<Result<_, _>>()?,
            last: text.last.as_deref().map(Template::compile).transpose().map_err(|error| format!("last: {error}"))?,
            values: text.values.iter().map(Values::compile).collect::<Result<_, _>>()?,
            tags: Pairs::compile("tags", &text.tags)?,
            shapes: Shapes::compile(&text.shape)?,
            derive: text.derive.iter().map(|(to, rule)| derivation(to, rule)).collect::<Result<_, _>>()?,
            constant,
            templates,
            further,
            json,
            columns,
            text,
        })
    }

    /// Whether `line`, the first of a record, has this layout. With how much it had to have in common; 0 is no fit.
    pub fn fit(&self, line: &[u8]) -> u32 {
        self.fit_under(&[], line)
    }

    /// The same for a line under headings that named its columns.
    pub fn fit_under(&self, orders: &[Arc<Order>], line: &[u8]) -> u32 {
        let json = self.json.as_ref().map_or(0, |json| if self.states_status(json, line) { json.fit(line) } else { 0 });
        let by_columns = |columns: &Columns| columns.fit(line, orders.iter().map(Arc::as_ref));
        let best = if json > 0 { json } else { self.columns.as_ref().map_or(0, by_columns) };
        if best > 0 {
            return best;
        }
        self.templates.iter().find(|template| template.fits(line)).map_or(0, |template| template.specificity().max(1))
    }

    /// Whether a record that begins with `line` runs on until its last line is met.
    pub fn stays_open(&self, line: &[u8]) -> bool {
        // A JSON line of the same product is complete in itself.
        self.last.is_some() && self.templates.iter().any(|template| template.fits(line))
    }

    /// Whether `line` is the last of a record.
    pub fn closes(&self, line: &[u8]) -> bool {
        self.last.as_ref().is_some_and(|last| last.fits(line))
    }

    /// Whether a JSON line of an access log has a status that can be one: applications log `"status":"failed"` too.
    fn states_status(&self, json: &JsonLayout, line: &[u8]) -> bool {
        self.text.family != Family::Access || json.read(line).is_some_and(|found| plausible_status(&found))
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
        self.read_under(0, &[], text)
    }

    /// Whether heading lines name its columns.
    pub fn has_headings(&self) -> bool {
        self.columns.as_ref().is_some_and(Columns::has_headings)
    }

    /// What `line` says about the columns of the lines that follow; nothing when it is not a heading of this layout.
    pub fn heading(&self, line: &[u8]) -> Option<Heading> {
        self.columns.as_ref()?.heading(line)
    }

    /// Reads a sample, which may begin with the heading lines that name its columns.
    pub fn read_sample<'a>(&self, sample: &'a str) -> Option<Found<'a>> {
        let mut orders = Vec::new();
        let mut rest = sample;
        while let Some((line, behind)) = rest.split_once('\n')
            && let Some(heading) = self.heading(line.as_bytes())
        {
            if let Heading::Columns(order) = heading {
                orders.insert(0, order);
            }
            rest = behind;
        }
        self.read_under(0, &orders, rest.as_bytes())
    }

    /// Reads a record under headings that named its columns, the latest first, by templates that ask at least so much
    /// of a line.
    pub fn read_under<'a>(&self, least: u32, orders: &[Arc<Order>], text: &'a [u8]) -> Option<Found<'a>> {
        let by_columns = |columns: &Columns| columns.read(text, orders.iter().map(Arc::as_ref));
        let able = || self.templates.iter().filter(|template| template.specificity() >= least);
        // A product may write the same in several ways, such as JSON and text.
        let mut found = (self
            .json
            .as_ref()
            .and_then(|json| json.read(text))
            .filter(|found| self.text.family != Family::Access || plausible_status(found)))
        .or_else(|| self.columns.as_ref().and_then(by_columns))
        .or_else(|| able().find_map(|template| template.read(text)))
        .or_else(|| self.further.iter().find_map(|template| template.read(text)))
        .or_else(|| read_first_line(able(), text))?;
        if let (Some(json), Some(object)) = (&self.json, found.members) {
            json.fill(object, &mut found);
        }
        if !self.pairs.is_empty() {
            self.pairs.read_pairs(text, &mut found);
        }
        if !self.tags.is_empty() {
            self.tags.read_tags(text, &mut found);
        }
        self.anywhere.iter().for_each(|piece| piece.read(text, &mut found));
        self.shapes.apply(&mut found);
        for rule in &self.derive {
            if let Some(value) = found.fields.get(rule.from).and_then(|value| rule.cut(value)) {
                let value = value.to_vec();
                found.fields.set_default(rule.to, value);
            }
        }
        self.values.iter().for_each(|values| values.apply(text, &mut found.fields));
        for (field, value) in &self.constant {
            found.fields.set_default(*field, value.clone());
        }
        if let (true, Some(Stamp::Calendar { zone: zone @ Zone::Unstated, .. })) = (self.text.utc, &mut found.stamp) {
            *zone = Zone::Utc;
        }
        Some(found)
    }
}

/// A record of several lines whose template covers only the first: the message then runs to the end.
fn read_first_line<'a, 't>(mut templates: impl Iterator<Item = &'t Template>, text: &'a [u8]) -> Option<Found<'a>> {
    let end = memchr::memchr(b'\n', text)?;
    let first = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
    let mut found = templates.find_map(|template| template.read(first))?;
    let message = found.fields.get(Field::Message).map(<[u8]>::len);
    // The message is the tail of the line, so it is found by its length.
    if let Some(length) = message
        && first.ends_with(found.fields.get(Field::Message).unwrap_or_default())
    {
        found.fields.clear(Field::Message);
        found.fields.set(Field::Message, Cow::Borrowed(&text[first.len() - length..]));
    }
    Some(found)
}

fn plausible_status(found: &Found<'_>) -> bool {
    found
        .fields
        .get(Field::Status)
        .is_none_or(|status| status.len() <= 4 && status.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-'))
}

fn compiled(key: &str, lines: &[String]) -> Result<Vec<Template>, String> {
    lines.iter().map(|line| Template::compile(line).map_err(|error| format!("{key}: {error}"))).collect()
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
