//! What may stand in the place of a field, and where it goes.

use crate::detect::severity::Scale;
use crate::detect::web_kinds::WebKind;
use crate::model::field::Field;
use crate::model::stamp_format::StampFormat;

/// What may stand in the place of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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
    Time(Formats),
}

/// The formats that a timestamp may have, in the order in which they are tried.
pub(super) type Formats = [Option<StampFormat>; MAX_FORMATS];

/// How many formats one timestamp may have: `<timestamp:clf|iso>`.
pub(super) const MAX_FORMATS: usize = 4;

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Skip,
    Timestamp,
    Field(Field),
}

impl Kind {
    /// The kind that layout files call `name`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "word" => Self::Word,
            "name" => Self::Name,
            "text" => Self::Text,
            "quoted" => Self::Quoted,
            "int" => Self::Int,
            "number" => Self::Number,
            "seconds" => Self::Duration(1_000_000),
            "milliseconds" => Self::Duration(1000),
            "microseconds" => Self::Duration(1),
            "status" => Self::Status,
            "address" => Self::Address,
            "request" => Self::Request,
            "endpoint" => Self::Endpoint,
            "socket" => Self::Socket,
            "label" => Self::Label,
            "level" => Self::Level,
            "cell" => Self::Cell,
            "rest" => Self::Rest,
            "json" => Self::Json,
            _ => match (Scale::from_name(name), WebKind::from_name(name)) {
                (Some(scale), _) => Self::Scaled(scale),
                (None, Some(kind)) => Self::Web(kind),
                (None, None) => Self::Time(formats(name)?),
            },
        })
    }

    /// How much a value of this kind says for the template: the higher, the less likely it stands there by chance.
    pub(super) fn weight(self) -> u32 {
        match self {
            Self::Time(_) => 12,
            Self::Request | Self::Status | Self::Level | Self::Address => 6,
            Self::Endpoint | Self::Socket => 8,
            Self::Int | Self::Number | Self::Duration(_) | Self::Scaled(_) => 4,
            Self::Web(kind) => kind.weight(),
            Self::Json => 6,
            Self::Quoted | Self::Word | Self::Name => 1,
            Self::Text | Self::Label | Self::Cell | Self::Rest => 0,
        }
    }
}

fn formats(names: &str) -> Option<Formats> {
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
