//! The line templates of layout files: `[<timestamp:clf>] "<request:request>" <status:status>`.
//!
//! A template is literal text with typed fields between, walked once from left to right without backtracking, so
//! that a line costs some tens of nanoseconds. Regular expressions with captures were the other way: ten times
//! slower on access lines, and harder to write for whoever adds a layout.
//!
//! Notation: `<field:kind>` is a field, `<:kind>` a part that is skipped; `~` is one or more blanks; `[[ … ]]` may be
//! missing; `\n` is a line feed; `\` takes any other character as it is; `<=text>` stands where `text` follows, and
//! takes nothing. Where two parts of a line fill one field, the first that says something does.

use super::endpoint;
use super::severity::Scale;
use super::web_kinds::WebKind;
use crate::model::field::Field;
use crate::model::record::Fields;
use crate::model::stamp::Stamp;
use crate::model::stamp_format::StampFormat;
use std::borrow::Cow;

/// What may stand in the place of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Up to the next blank, or the first character of what follows; not empty.
    Word,
    /// Letters only, such as the name of a zone.
    Name,
    /// Up to the literal that follows, or to the end; may be empty.
    Text,
    /// Up to an unescaped `"`.
    Quoted,
    /// An optional sign and digits, or `-`.
    Int,
    /// Digits with perhaps a fraction, or `-`.
    Number,
    /// A duration in this many microseconds a unit.
    Duration(i64),
    /// Three digits, or `-`.
    Status,
    /// An address or host name, with a port that is dropped.
    Address,
    /// A quoted request line: method, target, protocol.
    Request,
    /// An address that is checked, with a port that goes to the port field beside it.
    Endpoint,
    /// The same where the port always follows the last colon.
    Socket,
    /// A log prefix: as text, without blanks, quotes, brackets and colons around it.
    Label,
    /// A word that names a severity.
    Level,
    /// A severity that is no word, such as `E` or `50`.
    Scaled(Scale),
    /// A cell of a CSV line: quoted, with `""` for a quote, or bare.
    Cell,
    /// From here to the end; what follows in the template goes on to read it.
    Rest,
    /// A kind of its own file.
    Web(WebKind),
    /// A JSON object up to the end, read by the layout's `[layout.json]`.
    Json,
    /// A timestamp, in the first of these formats that fits.
    Time([Option<StampFormat>; MAX_FORMATS]),
}

/// How many formats one timestamp may have: `<timestamp:clf|iso>`.
const MAX_FORMATS: usize = 4;

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Skip,
    Timestamp,
    Field(Field),
}

#[derive(Debug, Clone)]
enum Op {
    Literal(Vec<u8>),
    /// What follows begins with this, and is not taken.
    Ahead(Vec<u8>),
    Blanks,
    Value {
        slot: Slot,
        kind: Kind,
        until: Vec<u8>,
    },
    Optional(Vec<Op>),
}

/// A compiled template.
#[derive(Debug, Clone)]
pub struct Template {
    ops: Vec<Op>,
    specificity: u32,
}

/// What a line holds by a template.
#[derive(Debug, Default)]
pub struct Found<'a> {
    /// The timestamp, if the template has one and the line too.
    pub stamp: Option<Stamp>,
    /// The fields.
    pub fields: Fields<'a>,
    /// Whether the line was cut inside quotes, so that what the template wants behind them could not be looked for.
    pub cut: bool,
    /// A JSON object that the line ends in.
    pub members: Option<&'a [u8]>,
}

impl Template {
    /// Compiles a template; the error says what is wrong and where.
    pub fn compile(source: &str) -> Result<Self, String> {
        let mut compiler = Compiler { source: source.as_bytes(), at: 0 };
        let mut ops = compiler.ops(false)?;
        link(&mut ops, &[]);
        let specificity = ops.iter().map(weight).sum();
        Ok(Self { ops, specificity })
    }

    /// How much a line must have to fit: the higher, the less likely by chance.
    pub fn specificity(&self) -> u32 {
        self.specificity
    }

    /// Reads what stands at `at`, whatever follows behind it.
    pub(super) fn read_at<'a>(&self, text: &'a [u8], at: usize) -> Option<Found<'a>> {
        let mut found = Found::default();
        walk(&self.ops, text, at, &mut found)?;
        Some(found)
    }

    /// The literal text that it begins with.
    pub(super) fn lead(&self) -> Option<&[u8]> {
        match self.ops.first() {
            Some(Op::Literal(text)) => Some(text),
            _ => None,
        }
    }

    /// The fields that it can fill.
    pub(super) fn fields(&self) -> Vec<Field> {
        fn gather(ops: &[Op], fields: &mut Vec<Field>) {
            for op in ops {
                match op {
                    Op::Value { slot: Slot::Field(field), .. } => fields.push(*field),
                    Op::Optional(inner) => gather(inner, fields),
                    _ => {}
                }
            }
        }
        let mut fields = Vec::new();
        gather(&self.ops, &mut fields);
        fields
    }

    /// Whether the template has a place for a timestamp.
    pub fn has_timestamp(&self) -> bool {
        fn any(ops: &[Op]) -> bool {
            ops.iter().any(|op| match op {
                Op::Value { slot: Slot::Timestamp, .. } => true,
                Op::Optional(inner) => any(inner),
                _ => false,
            })
        }
        any(&self.ops)
    }

    /// Reads `text` by this template; nothing unless all of it fits.
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<Found<'a>> {
        let mut found = Found::default();
        let at = walk(&self.ops, text, 0, &mut found)?;
        (at == text.len()).then_some(found)
    }

    /// Whether all of `text` fits.
    pub fn fits(&self, text: &[u8]) -> bool {
        self.read(text).is_some_and(|found| !found.cut)
    }
}

fn weight(op: &Op) -> u32 {
    match op {
        Op::Literal(text) => 2 * text.len() as u32,
        // The value behind it counts for itself.
        Op::Ahead(text) => text.len() as u32,
        Op::Blanks => 1,
        Op::Optional(_) => 0,
        Op::Value { kind, .. } => match kind {
            Kind::Time(_) => 12,
            Kind::Request | Kind::Status | Kind::Level | Kind::Address => 6,
            Kind::Endpoint | Kind::Socket => 8,
            Kind::Int | Kind::Number | Kind::Duration(_) | Kind::Scaled(_) => 4,
            Kind::Web(kind) => kind.weight(),
            Kind::Json => 6,
            Kind::Quoted | Kind::Word | Kind::Name => 1,
            Kind::Text | Kind::Label | Kind::Cell | Kind::Rest => 0,
        },
    }
}

/// Tells each value where it ends: the literal behind it, also across the border of an optional group.
fn link(ops: &mut [Op], after: &[u8]) {
    for index in 0..ops.len() {
        let next = ops[index + 1..].iter().find_map(first_literal).unwrap_or_else(|| after.to_vec());
        match &mut ops[index] {
            Op::Value { until, .. } => *until = next,
            Op::Optional(inner) => link(inner, &next),
            _ => {}
        }
    }
}

fn first_literal(op: &Op) -> Option<Vec<u8>> {
    match op {
        Op::Literal(text) | Op::Ahead(text) => Some(text.clone()),
        Op::Blanks => Some(vec![b' ']),
        // A blank ends a word anyway; what counts is the literal behind the blanks that may stand before it.
        Op::Optional(inner) if matches!(inner.as_slice(), [Op::Blanks]) => None,
        Op::Optional(inner) => inner.first().and_then(first_literal),
        Op::Value { .. } => None,
    }
}

fn walk<'a>(ops: &[Op], text: &'a [u8], mut at: usize, found: &mut Found<'a>) -> Option<usize> {
    for op in ops {
        at = match op {
            Op::Literal(literal) => {
                if !text[at..].starts_with(literal) {
                    return None;
                }
                at + literal.len()
            }
            Op::Ahead(literal) => text[at..].starts_with(literal).then_some(at)?,
            Op::Blanks => {
                let blanks = text[at..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
                if blanks == 0 {
                    return None;
                }
                at + blanks
            }
            // A group that does not fit leaves no trace: its values are set only when all of it fits.
            Op::Optional(inner) => match probe(inner, text, at) {
                true => {
                    // Cut inside a part that might be missing, the line still had all it must have.
                    let cut = found.cut;
                    let end = walk(inner, text, at, found)?;
                    found.cut = cut;
                    end
                }
                false => at,
            },
            Op::Value { slot, kind, until } => {
                let end = value(*slot, *kind, until, text, at, found)?;
                // A line that was cut inside quotes says no more.
                if *kind == Kind::Quoted && end == text.len() && !until.is_empty() {
                    found.cut = true;
                    return Some(end);
                }
                end
            }
        };
    }
    Some(at)
}

fn probe(ops: &[Op], text: &[u8], at: usize) -> bool {
    // Most groups begin with a literal that settles it.
    if let Some(Op::Literal(literal)) = ops.first()
        && !text[at..].starts_with(literal)
    {
        return false;
    }
    walk(ops, text, at, &mut Found::default()).is_some()
}

fn value<'a>(slot: Slot, kind: Kind, until: &[u8], text: &'a [u8], at: usize, found: &mut Found<'a>) -> Option<usize> {
    let rest = &text[at..];
    if let Kind::Time(formats) = kind {
        let (stamp, taken) = formats.into_iter().flatten().find_map(|format| format.read(rest))?;
        if slot == Slot::Timestamp {
            found.stamp = Some(stamp);
        }
        return Some(at + taken);
    }
    let end = extent(kind, until, rest)?;
    let inside = &rest[..end];
    match kind {
        Kind::Cell => {
            if let Slot::Field(field) = slot {
                found.fields.set(field, cell(inside));
            }
        }
        Kind::Scaled(scale) => {
            if let (Slot::Field(field), Some(word)) = (slot, scale.word(inside)) {
                found.fields.set(field, word.as_bytes());
            }
        }
        Kind::Request => request(inside, found),
        Kind::Json => found.members = Some(inside),
        Kind::Rest => {
            if let Slot::Field(field) = slot {
                found.fields.set(field, rest);
            }
        }
        Kind::Web(kind) => {
            if let (Slot::Field(field), Some(value)) = (slot, kind.value(inside)) {
                found.fields.set_default(field, value);
            }
        }
        Kind::Duration(unit) => {
            if let (Slot::Field(field), Some(micros)) = (slot, decimal(inside, unit)) {
                found.fields.set_default(field, micros.to_string().into_bytes());
            }
        }
        Kind::Address => {
            if let Slot::Field(field) = slot {
                found.fields.set_default(field, without_port(inside));
            }
        }
        Kind::Endpoint | Kind::Socket => {
            let parts = if kind == Kind::Socket { endpoint::split_at_last_colon } else { endpoint::split };
            let (address, port) = parts(inside)?;
            if let Slot::Field(field) = slot {
                set_endpoint(field, address, port, &mut found.fields);
            }
        }
        Kind::Label => {
            if let Slot::Field(field) = slot {
                found.fields.set(field, label(inside));
            }
        }
        _ => {
            if let Slot::Field(field) = slot {
                found.fields.set_default(field, Cow::Borrowed(inside));
            }
        }
    }
    Some(at + end)
}

/// How many bytes at the front of `rest` are a value of this kind.
fn extent(kind: Kind, until: &[u8], rest: &[u8]) -> Option<usize> {
    match kind {
        Kind::Text | Kind::Label => {
            Some(if until.is_empty() { rest.len() } else { memchr::memmem::find(rest, until).unwrap_or(rest.len()) })
        }
        Kind::Quoted | Kind::Request => Some(quoted_end(rest, until, kind == Kind::Request)),
        Kind::Web(kind) => kind.extent(until.first().copied().unwrap_or(b' '), rest),
        Kind::Scaled(scale) => scale.extent(rest),
        Kind::Cell => Some(cell_end(rest, until.first().copied().unwrap_or(b','))),
        Kind::Rest => Some(0),
        Kind::Json => (rest.first() == Some(&b'{')).then_some(rest.len()),
        Kind::Word | Kind::Address | Kind::Level | Kind::Endpoint | Kind::Socket => {
            let stop = until.first().copied().unwrap_or(b' ');
            let end = rest.iter().position(|&byte| byte == stop || byte == b' ' || byte == b'\t').unwrap_or(rest.len());
            let fits = match kind {
                Kind::Address => rest[..end].iter().all(|&byte| is_address_byte(byte)),
                Kind::Level => is_level(&rest[..end]),
                _ => true,
            };
            // An IPv6 address may hold the colon that is to end it; the layout says `[…]:port` or a blank then.
            (end > 0 && fits).then_some(end)
        }
        Kind::Name => {
            let end = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            // `fw01` is no name of a zone.
            (end > 0 && !rest.get(end).is_some_and(u8::is_ascii_digit)).then_some(end)
        }
        Kind::Int | Kind::Number | Kind::Duration(_) => {
            let sign = usize::from(matches!(rest.first(), Some(b'-' | b'+')));
            let digits = rest[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let end = sign + digits;
            if digits == 0 {
                return (rest.first() == Some(&b'-')).then_some(1);
            }
            if kind != Kind::Int && rest.get(end) == Some(&b'.') {
                let fraction = rest[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                return Some(if fraction > 0 { end + 1 + fraction } else { end });
            }
            Some(end)
        }
        Kind::Status => match rest {
            [b'-', ..] => Some(if rest.starts_with(b"-1") { 2 } else { 1 }),
            [a @ b'0'..=b'9', b, c, ..] if b.is_ascii_digit() && c.is_ascii_digit() => {
                let another = rest.get(3).is_some_and(u8::is_ascii_digit);
                (!another && *a <= b'9').then_some(3)
            }
            [b'0', ..] => Some(1),
            _ => None,
        },
        Kind::Time(_) => None,
    }
}

/// Where the inside of a quoted string ends: at the first unescaped quote, or at the end of a line that was cut. Some
/// servers write a client's quotes as they are, so the first quote counts only if what `follows` does; behind a request
/// line that is a number.
fn quoted_end(rest: &[u8], follows: &[u8], request: bool) -> usize {
    let mut from = 0;
    let mut first = None;
    while let Some(offset) = memchr::memchr(b'"', &rest[from..]) {
        let quote = from + offset;
        let slashes = rest[..quote].iter().rev().take_while(|&&byte| byte == b'\\').count();
        if slashes % 2 == 0 {
            let behind = rest[quote..].strip_prefix(follows);
            let number = |text: &[u8]| text.first().is_none_or(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'"'));
            if behind.is_some_and(|text| follows.len() < 2 || !request || number(text)) {
                return quote;
            }
            first = first.or(Some(quote));
        }
        from = quote + 1;
    }
    first.unwrap_or(rest.len())
}

/// Sets an address, and the port field that belongs to it.
pub(super) fn set_endpoint<'a>(field: Field, address: &'a [u8], port: &'a [u8], fields: &mut Fields<'a>) {
    fields.set(field, address);
    match field {
        Field::Src => fields.set(Field::SrcPort, port),
        Field::Dst => fields.set(Field::DstPort, port),
        _ => {}
    }
}

fn label(text: &[u8]) -> &[u8] {
    let around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'[' | b']' | b'"' | b':');
    let start = text.iter().position(|byte| !around(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !around(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// Where a CSV cell ends; one that was opened and not closed goes on to the end.
fn cell_end(rest: &[u8], separator: u8) -> usize {
    if rest.first() != Some(&b'"') {
        return memchr::memchr(separator, rest).unwrap_or(rest.len());
    }
    let mut at = 1;
    while let Some(offset) = memchr::memchr(b'"', &rest[at..]) {
        at += offset + 1;
        if rest.get(at) != Some(&b'"') {
            return at;
        }
        at += 1;
    }
    rest.len()
}

/// The text of a CSV cell.
fn cell(written: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = written.strip_prefix(b"\"") else { return Cow::Borrowed(written) };
    let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
    if memchr::memmem::find(inside, b"\"\"").is_none() {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    for (index, &byte) in inside.iter().enumerate() {
        let quotes = inside[..index].iter().rev().take_while(|&&byte| byte == b'"').count();
        if byte != b'"' || quotes % 2 == 0 {
            text.push(byte);
        }
    }
    Cow::Owned(text)
}

fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'_' | b'[' | b']' | b'%' | b'/' | b'*')
}

/// Whether `word` names a severity, in any of the usual spellings.
pub fn is_level(word: &[u8]) -> bool {
    const LEVELS: [&str; 60] = [
        "emerg",
        "emergency",
        "alert",
        "crit",
        "critical",
        "fatal",
        "severe",
        "panic",
        "dpanic",
        "error",
        "err",
        "warn",
        "warning",
        "notice",
        "info",
        "information",
        "informational",
        "debug",
        "trace",
        "verbose",
        "fine",
        "finer",
        "finest",
        "config",
        "log",
        "note",
        "system",
        "dbg",
        "inf",
        "wrn",
        "statement",
        "detail",
        "hint",
        "context",
        "location",
        "query",
        "debug1",
        "debug2",
        "debug3",
        "debug4",
        "debug5",
        "erro",
        "eror",
        "debg",
        "blat",
        "ftl",
        "fatl",
        "fail",
        "trce",
        "dbug",
        "trc",
        "vrb",
        "alrt",
        "emrg",
        "subdebug",
        "ddebug",
        "success",
        "silly",
        "noise",
        "default",
    ];
    word.len() <= 13
        && std::str::from_utf8(word).is_ok_and(|word| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)))
}

/// A request line. What is none (a TLS handshake, a scan) leaves method and path unset.
pub(super) fn request<'a>(line: &'a [u8], found: &mut Found<'a>) {
    let Some(blank) = memchr::memchr(b' ', line) else { return };
    let (method, rest) = (&line[..blank], &line[blank + 1..]);
    if matches!(method, b"" | b"-")
        || !method.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
    {
        return;
    }
    let path = match memchr::memrchr(b' ', rest) {
        Some(last) if rest[last + 1..].starts_with(b"HTTP/") => &rest[..last],
        _ => rest,
    };
    found.fields.set(Field::Method, method);
    found.fields.set(Field::Path, path);
}

/// `text` in units of `unit` microseconds, as microseconds.
fn decimal(text: &[u8], unit: i64) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut value = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut scale = unit;
    for digit in fraction.bytes().take(6) {
        scale /= 10;
        value += i64::from(digit.wrapping_sub(b'0')) * scale;
    }
    Some(value)
}

/// An address without its port: `203.0.113.5:58427`, `[2001:db8::1]:443`, `2001:db8::1`.
pub fn without_port(text: &[u8]) -> &[u8] {
    if let Some(rest) = text.strip_prefix(b"[")
        && let Some(close) = memchr::memchr(b']', rest)
    {
        return &rest[..close];
    }
    match (memchr::memchr(b':', text), memchr::memrchr(b':', text)) {
        (Some(first), Some(last)) if first == last => &text[..first],
        _ => text,
    }
}

struct Compiler<'a> {
    source: &'a [u8],
    at: usize,
}

impl Compiler<'_> {
    fn ops(&mut self, inside_group: bool) -> Result<Vec<Op>, String> {
        let mut ops = Vec::new();
        let mut literal = Vec::new();
        while let Some(&byte) = self.source.get(self.at) {
            let rest = &self.source[self.at..];
            if byte == b'\\' {
                let next = *rest.get(1).ok_or("ends with a `\\`")?;
                literal.push(if next == b'n' { b'\n' } else { next });
                self.at += 2;
            } else if rest.starts_with(b"[[") {
                flush(&mut literal, &mut ops);
                self.at += 2;
                ops.push(Op::Optional(self.ops(true)?));
            } else if inside_group && rest.starts_with(b"]]") {
                self.at += 2;
                flush(&mut literal, &mut ops);
                return Ok(ops);
            } else if byte == b'<' {
                flush(&mut literal, &mut ops);
                ops.push(self.field()?);
            } else if byte == b'~' {
                flush(&mut literal, &mut ops);
                ops.push(Op::Blanks);
                self.at += 1;
            } else {
                literal.push(byte);
                self.at += 1;
            }
        }
        if inside_group {
            return Err("`[[` without its `]]`".into());
        }
        flush(&mut literal, &mut ops);
        Ok(ops)
    }

    fn field(&mut self) -> Result<Op, String> {
        let rest = &self.source[self.at + 1..];
        let close = memchr::memchr(b'>', rest).ok_or("`<` without its `>`")?;
        let inside = String::from_utf8_lossy(&rest[..close]).into_owned();
        self.at += close + 2;
        if let Some(ahead) = inside.strip_prefix('=') {
            return Ok(Op::Ahead(ahead.as_bytes().to_vec()));
        }
        let (name, kind) = inside.split_once(':').ok_or_else(|| format!("`<{inside}>`: write `<field:kind>`"))?;
        let kind = kind_of(kind).ok_or_else(|| format!("`<{inside}>`: unknown kind `{kind}`"))?;
        let slot = match name {
            "" | "request" => Slot::Skip,
            "timestamp" => Slot::Timestamp,
            _ => Slot::Field(Field::from_name(name).ok_or_else(|| format!("`<{inside}>`: unknown field `{name}`"))?),
        };
        if matches!(kind, Kind::Time(_)) == matches!(slot, Slot::Field(_)) && slot != Slot::Skip {
            return Err(format!("`<{inside}>`: a timestamp goes with a time format, and only that"));
        }
        Ok(Op::Value { slot, kind, until: Vec::new() })
    }
}

fn flush(literal: &mut Vec<u8>, ops: &mut Vec<Op>) {
    if !literal.is_empty() {
        ops.push(Op::Literal(std::mem::take(literal)));
    }
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "word" => Kind::Word,
        "name" => Kind::Name,
        "text" => Kind::Text,
        "quoted" => Kind::Quoted,
        "int" => Kind::Int,
        "number" => Kind::Number,
        "seconds" => Kind::Duration(1_000_000),
        "milliseconds" => Kind::Duration(1000),
        "microseconds" => Kind::Duration(1),
        "status" => Kind::Status,
        "address" => Kind::Address,
        "request" => Kind::Request,
        "endpoint" => Kind::Endpoint,
        "socket" => Kind::Socket,
        "label" => Kind::Label,
        "level" => Kind::Level,
        "cell" => Kind::Cell,
        "rest" => Kind::Rest,
        "json" => Kind::Json,
        _ => match (Scale::from_name(name), WebKind::from_name(name)) {
            (Some(scale), _) => Kind::Scaled(scale),
            (None, Some(kind)) => Kind::Web(kind),
            (None, None) => Kind::Time(formats(name)?),
        },
    })
}

fn formats(names: &str) -> Option<[Option<StampFormat>; MAX_FORMATS]> {
    let mut formats = [None; MAX_FORMATS];
    let mut names = names.split('|');
    for format in &mut formats {
        match names.next() {
            Some(name) => *format = Some(StampFormat::from_name(name)?),
            None => return Some(formats),
        }
    }
    names.next().is_none().then_some(formats)
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
