//! Layouts of columns, which a heading line may name: W3C logs of IIS and CloudFront, CSV exports, flow logs.
//!
//! A template has one order of fields. Here the order is the operator's choice and stands in the file itself
//! (`#Fields: date time c-ip …`), perhaps more than once; the layout file says what each column means, and which
//! order is usual where no heading tells.

use super::cells::Separator;
use super::layout::field;
use super::template::{Found, request, without_port};
use super::unit::Unit;
use crate::model::field::Field;
use crate::model::stamp_format::read_any;
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The `[layout.columns]` table.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnsText {
    /// What stands between two columns: `blank`, `tab`, `comma`, `semicolon`, `bar`.
    pub separator: String,
    /// Whether quotes (and, between blanks, brackets) hold a column together.
    #[serde(default = "yes")]
    pub quotes: bool,
    /// What a heading line begins with, such as `#Fields:`; empty where the names stand alone (CSV).
    #[serde(default)]
    pub heading: String,
    /// Columns that a heading must name; `a|b` means one of them. Without any, no line is a heading.
    #[serde(default)]
    pub require: Vec<String>,
    /// What lines begin with that the server writes around the heading: `#Version:`. They are no records.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// Usual orders, for logs without a heading: names between separators, `name=text|text` for a column that must
    /// hold that text, `name?` for one that may be missing with all behind it, `…` for whatever may follow.
    #[serde(default)]
    pub orders: Vec<String>,
    /// Field name (or `request`) to the columns it may stand in, the first that says something is taken; `a + b`
    /// joins two with a blank, `a . b` with a dot, `name:milliseconds` gives a unit.
    pub fields: BTreeMap<String, Vec<String>>,
}

fn yes() -> bool {
    true
}

/// A compiled `[layout.columns]` table.
#[derive(Debug)]
pub(super) struct Columns {
    text: ColumnsText,
    separator: Separator,
    fills: Vec<Fill>,
    usual: Vec<Order>,
    /// Names of which every heading has one.
    first_names: Vec<Finder<'static>>,
}

/// A field and the columns that may fill it, by name.
#[derive(Debug)]
struct Fill {
    slot: Slot,
    sources: Vec<(Joined<String>, Unit)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Timestamp,
    /// A request line: method, target, protocol.
    Request,
    Field(Field),
}

/// Columns whose texts are joined with a byte between.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Joined<T> {
    parts: Vec<T>,
    between: u8,
}

/// A field and the positions that may fill it, with their units.
type Place = (Slot, Vec<(Joined<usize>, Unit)>);

/// The columns of a log in their order.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// For each field the positions that may fill it, the first that says something does.
    fills: Vec<Place>,
    /// Positions that must hold one of these texts.
    fixed: Vec<(usize, Vec<String>)>,
    least: usize,
    most: usize,
    weight: u32,
}

/// What a line is that is no record.
#[derive(Debug)]
pub enum Heading {
    /// It names the columns of what follows.
    Columns(Arc<Order>),
    /// A remark that the server writes around it.
    Remark,
}

impl Columns {
    pub(super) fn compile(text: &ColumnsText) -> Result<Self, String> {
        let separator = Separator::from_name(&text.separator, text.quotes)
            .ok_or_else(|| format!("columns.separator: unknown separator `{}`", text.separator))?;
        let mut fills = Vec::new();
        for (name, sources) in &text.fields {
            let slot = match name.as_str() {
                "timestamp" => Slot::Timestamp,
                "request" => Slot::Request,
                name => Slot::Field(field("columns.fields", name)?),
            };
            let sources = sources
                .iter()
                .map(|source| {
                    let (columns, unit) = Unit::split(source);
                    (split_join(columns), unit)
                })
                .collect();
            fills.push(Fill { slot, sources });
        }
        let first_names = text.require.first().into_iter().flat_map(|any| any.split('|'));
        let first_names = first_names.map(|name| Finder::new(name).into_owned()).collect();
        let mut columns = Self { text: text.clone(), separator, fills, usual: Vec::new(), first_names };
        columns.usual = text.orders.iter().map(|order| columns.usual_order(order)).collect::<Result<_, _>>()?;
        if columns.usual.is_empty() && columns.text.require.is_empty() {
            return Err("columns: needs `require` for headings, or `orders`".into());
        }
        Ok(columns)
    }

    pub(super) fn has_headings(&self) -> bool {
        !self.text.require.is_empty()
    }

    /// What a remark begins with.
    pub(super) fn remarks(&self) -> &[String] {
        &self.text.remarks
    }

    /// What a heading begins with, where it begins with something of its own.
    pub(super) fn heading_mark(&self) -> Option<&str> {
        Some(self.text.heading.as_str()).filter(|mark| !mark.is_empty())
    }

    /// Texts of which every heading has one.
    pub(super) fn heading_marks(&self) -> Vec<&str> {
        match self.text.require.first() {
            None => Vec::new(),
            Some(_) if !self.text.heading.is_empty() => vec![self.text.heading.as_str()],
            Some(any) => any.split('|').collect(),
        }
    }

    /// What `line` says about the lines that follow; nothing when it is not a heading of this layout.
    pub(super) fn heading(&self, line: &[u8]) -> Option<Heading> {
        if self.text.remarks.iter().any(|remark| line.starts_with(remark.as_bytes())) {
            return Some(Heading::Remark);
        }
        if self.text.require.is_empty() {
            return None;
        }
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let names = line.strip_prefix(self.text.heading.as_bytes())?.trim_ascii();
        // Every line is asked, so most are sent away by one search.
        if !self.first_names.iter().any(|name| name.find(names).is_some()) {
            return None;
        }
        // A prefix such as `#Fields:` is always followed by blanks between the names, whatever separates the values.
        // (Zeek puts its tabs there too.)
        let same = self.text.heading.is_empty() || memchr::memchr(b'\t', names).is_some();
        let named = if same { self.separator } else { Separator::BLANKS };
        let names: Vec<String> =
            named.split(names).iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let has = |any: &String| any.split('|').any(|one| names.iter().any(|name| name.eq_ignore_ascii_case(one)));
        if !self.text.require.iter().all(has) {
            return None;
        }
        let mut order = self.order(&names);
        order.weight = 30 + 8 * self.text.require.len() as u32;
        Some(Heading::Columns(Arc::new(order)))
    }

    /// How much `line` has in common with one of these orders, or a usual one; 0 is no fit.
    pub(super) fn fit<'o>(&'o self, line: &[u8], named: impl Iterator<Item = &'o Order>) -> u32 {
        self.fitting(line, named).map_or(0, |(order, _)| order.weight)
    }

    /// Reads `text` by the first of these orders that fits, or a usual one.
    pub(super) fn read<'a, 'o>(&'o self, text: &'a [u8], named: impl Iterator<Item = &'o Order>) -> Option<Found<'a>> {
        self.fitting(text, named).map(|(_, found)| found)
    }

    fn fitting<'a, 'o>(
        &'o self,
        text: &'a [u8],
        named: impl Iterator<Item = &'o Order>,
    ) -> Option<(&'o Order, Found<'a>)> {
        // Nearly all lines that are no columns have too few marks for any of the orders.
        let most = self.separator.most_cells(text);
        let mut able = named.chain(&self.usual).filter(|order| order.least <= most).peekable();
        able.peek()?;
        let cells = self.separator.split(text);
        able.find_map(|order| Some((order, order.read(&cells)?)))
    }

    fn order(&self, names: &[String]) -> Order {
        let position = |name: &String| names.iter().position(|known| known.eq_ignore_ascii_case(name));
        let place = |(columns, unit): &(Joined<String>, Unit)| {
            let parts = columns.parts.iter().map(position).collect::<Option<Vec<usize>>>()?;
            Some((Joined { parts, between: columns.between }, *unit))
        };
        let fills = self.fills.iter().map(|fill| (fill.slot, fill.sources.iter().filter_map(place).collect()));
        let fills: Vec<Place> = fills.filter(|(_, sources): &(_, Vec<_>)| !sources.is_empty()).collect();
        Order { fills, fixed: Vec::new(), least: names.len(), most: names.len() + 1, weight: 0 }
    }

    /// An order as a layout file writes it: `version=2 account srcaddr … flow?`, `…` for whatever may follow.
    fn usual_order(&self, text: &str) -> Result<Order, String> {
        let tokens: Vec<&str> = match self.separator.is_blank() {
            true => text.split_whitespace().collect(),
            false => text.split(',').map(str::trim).collect(),
        };
        let (mut names, mut fixed, mut least, mut open) = (Vec::new(), Vec::new(), None, false);
        for (at, token) in tokens.iter().enumerate() {
            if matches!(*token, "…" | "...") {
                open = true;
                break;
            }
            let token = match token.strip_suffix('?') {
                Some(token) => {
                    least = least.or(Some(at));
                    token
                }
                None => token,
            };
            let (name, values) = token.split_once('=').map_or((token, None), |(name, values)| (name, Some(values)));
            if let Some(values) = values {
                fixed.push((at, values.split('|').map(str::to_owned).collect::<Vec<_>>()));
            }
            names.push(name.to_owned());
        }
        let mut order = self.order(&names);
        if !order.fills.iter().any(|(slot, _)| *slot == Slot::Timestamp)
            && self.fills.iter().any(|fill| fill.slot == Slot::Timestamp)
        {
            return Err(format!("columns.orders: `{text}` has no column for the timestamp"));
        }
        order.least = least.unwrap_or(names.len());
        order.most = if open { usize::MAX } else { names.len() };
        order.weight = order.fills.iter().map(|(slot, _)| weight(*slot)).sum::<u32>()
            + fixed.iter().map(|(_, values)| 2 * values.iter().map(String::len).min().unwrap_or(0) as u32).sum::<u32>()
            + order.least as u32 / 2;
        order.fixed = fixed;
        Ok(order)
    }
}

impl Order {
    /// How much a line must have to fit.
    pub fn weight(&self) -> u32 {
        self.weight
    }

    fn read<'a>(&self, cells: &[Cow<'a, [u8]>]) -> Option<Found<'a>> {
        if cells.len() < self.least || cells.len() > self.most {
            return None;
        }
        let holds = |(at, values): &(usize, Vec<String>)| {
            cells.get(*at).is_some_and(|cell| values.iter().any(|value| value.as_bytes() == cell.as_ref()))
        };
        if !self.fixed.iter().all(holds) {
            return None;
        }
        let mut found = Found::default();
        for (slot, sources) in &self.fills {
            for (positions, unit) in sources {
                let Some(value) = join(cells, positions) else { continue };
                if !plausible(*slot, &value) {
                    return None;
                }
                if take(&mut found, *slot, *unit, value)? {
                    break;
                }
            }
        }
        let wants_stamp = self.fills.iter().any(|(slot, _)| *slot == Slot::Timestamp);
        (found.stamp.is_some() || !wants_stamp).then_some(found)
    }
}

/// `date + time` are joined with a blank, `sc-status . sc-substatus` with a dot.
fn split_join(columns: &str) -> Joined<String> {
    let (mark, between) = if columns.contains(" . ") { (" . ", b'.') } else { (" + ", b' ') };
    Joined { parts: columns.split(mark).map(str::to_owned).collect(), between }
}

/// The text of some cells; nothing when one of them says nothing.
fn join<'a>(cells: &[Cow<'a, [u8]>], positions: &Joined<usize>) -> Option<Cow<'a, [u8]>> {
    let said = |at: &usize| cells.get(*at).filter(|cell| !cell.is_empty() && cell.as_ref() != b"-");
    match positions.parts.as_slice() {
        [one] => said(one).cloned(),
        several => {
            let parts = several.iter().map(said).collect::<Option<Vec<_>>>()?;
            Some(Cow::Owned(parts.iter().map(|part| part.as_ref()).collect::<Vec<_>>().join(&positions.between)))
        }
    }
}

/// Puts a value in its place; says whether it filled it, and nothing when the line cannot be of this order.
fn take<'a>(found: &mut Found<'a>, slot: Slot, unit: Unit, value: Cow<'a, [u8]>) -> Option<bool> {
    match slot {
        Slot::Timestamp => found.stamp = Some(read_any(&value)?),
        Slot::Request => match value {
            Cow::Borrowed(line) => request(line, found),
            Cow::Owned(line) => {
                let mut inner = Found::default();
                request(&line, &mut inner);
                for field in [Field::Method, Field::Path] {
                    found.fields.set(field, inner.fields.get(field).unwrap_or_default().to_vec());
                }
            }
        },
        Slot::Field(field) => {
            let value = match field {
                Field::Client | Field::Src | Field::Dst => address(value),
                _ => match unit.scale(value)? {
                    // A phase that was not reached is written as -1.
                    value if unit != Unit::None && value.starts_with(b"-") => return Some(false),
                    value => value,
                },
            };
            found.fields.set(field, value);
        }
    }
    Some(true)
}

fn address(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(without_port(text)),
        Cow::Owned(text) => Cow::Owned(without_port(&text).to_vec()),
    }
}

fn weight(slot: Slot) -> u32 {
    match slot {
        Slot::Timestamp => 12,
        Slot::Request | Slot::Field(Field::Status | Field::Client | Field::Src | Field::Dst) => 6,
        Slot::Field(Field::SrcPort | Field::DstPort | Field::Duration | Field::Bytes | Field::Method) => 4,
        Slot::Field(_) => 1,
    }
}

/// Whether a column can hold this: what keeps one layout from reading the columns of another.
fn plausible(slot: Slot, value: &[u8]) -> bool {
    let number = |value: &[u8]| value.strip_prefix(b"-").unwrap_or(value).iter().all(u8::is_ascii_digit);
    match slot {
        Slot::Field(Field::Status) => value.len() <= 4 && number(value),
        Slot::Field(Field::SrcPort | Field::DstPort) => value.len() <= 5 && number(value),
        Slot::Field(Field::Bytes) => number(value),
        Slot::Field(Field::Client | Field::Src | Field::Dst) => value.iter().all(|&byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'_' | b'[' | b']' | b'%' | b'/')
        }),
        Slot::Field(Field::Method) => {
            value.len() <= 24 && value.iter().all(|&byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
        }
        _ => true,
    }
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
