//! Units of time in layout files: `time-taken:milliseconds`.

use std::borrow::Cow;

/// What a number counts; [`Unit::None`] leaves a value as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// No unit: any text.
    None,
    /// This many microseconds.
    Micros(i64),
    /// Thousandths of a microsecond.
    Nanos,
}

impl Unit {
    /// The unit that layout files call `name`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "seconds" => Self::Micros(1_000_000),
            "milliseconds" => Self::Micros(1000),
            "microseconds" => Self::Micros(1),
            "nanoseconds" => Self::Nanos,
            _ => return None,
        })
    }

    /// `name:unit` as name and unit; a name without a known unit is all name.
    pub(super) fn split(source: &str) -> (&str, Self) {
        match source.rsplit_once(':') {
            Some((name, unit)) => Self::from_name(unit).map_or((source, Self::None), |unit| (name, unit)),
            None => (source, Self::None),
        }
    }

    /// The value in microseconds; nothing when it is no number. A trailing `s` or `ms` is allowed.
    pub(super) fn scale(self, text: Cow<'_, [u8]>) -> Option<Cow<'_, [u8]>> {
        let number = || -> Option<f64> {
            let text = std::str::from_utf8(&text).ok()?.trim_end_matches(['s', 'm']);
            text.parse::<f64>().ok().filter(|number| number.is_finite())
        };
        let micros = match self {
            Self::None => return Some(text),
            Self::Micros(unit) => number()? * unit as f64,
            Self::Nanos => number()? / 1000.0,
        };
        Some(Cow::Owned((micros.round() as i64).to_string().into_bytes()))
    }
}
