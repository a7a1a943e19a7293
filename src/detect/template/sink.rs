//! Where the walk over a line puts what it reads.

use super::Found;
use super::kind::Formats;
use crate::model::field::Field;
use crate::model::record::FieldsMark;
use crate::model::stamp::Stamp;
use std::borrow::Cow;

/// Takes what a template reads. One walk serves all who read, so that none of them can come to another result; and who
/// only asks whether a line fits pays for no fields.
pub(in crate::detect) trait Sink<'a> {
    /// Whether values are taken at all; without it none need be made.
    const KEEPS: bool;

    /// What brings back the state that [`Sink::mark`] saw.
    type Mark;

    /// Whether this field is taken.
    fn wants(&self, field: Field) -> bool;

    /// Takes the timestamp.
    fn stamp(&mut self, stamp: Stamp);

    /// Sets a field.
    fn set(&mut self, field: Field, value: Cow<'a, [u8]>);

    /// Sets a field that is not set yet.
    fn set_default(&mut self, field: Field, value: Cow<'a, [u8]>);

    /// Sets a field that is not set yet to a number.
    fn set_default_number(&mut self, field: Field, value: i64) {
        self.set_default(field, Cow::Owned(value.to_string().into_bytes()));
    }

    /// Takes the JSON object that the line ends in.
    fn members(&mut self, object: &'a [u8]);

    /// Whether the line was cut inside quotes.
    fn cut(&mut self) -> &mut bool;

    /// The state before a group that may not fit.
    fn mark(&self) -> Self::Mark;

    /// Forgets the fields that were set since; in between, [`Sink::set_default`] alone was called, and no timestamp read.
    fn undo(&mut self, mark: Self::Mark);

    /// The timestamp that was read last, for lines of the same second.
    fn recent(&mut self) -> Option<&mut RecentStamp> {
        None
    }
}

/// Takes nothing but the fit.
#[derive(Debug, Default)]
pub(super) struct Fit {
    /// See [`Found::cut`].
    pub(super) cut: bool,
}

impl<'a> Sink<'a> for Fit {
    const KEEPS: bool = false;

    type Mark = ();

    fn wants(&self, _: Field) -> bool {
        false
    }

    fn stamp(&mut self, _: Stamp) {}

    fn set(&mut self, _: Field, _: Cow<'a, [u8]>) {}

    fn set_default(&mut self, _: Field, _: Cow<'a, [u8]>) {}

    fn members(&mut self, _: &'a [u8]) {}

    fn cut(&mut self) -> &mut bool {
        &mut self.cut
    }

    fn mark(&self) {}

    fn undo(&mut self, _: ()) {}
}

impl<'a> Sink<'a> for Found<'a> {
    const KEEPS: bool = true;

    type Mark = FieldsMark;

    fn wants(&self, _: Field) -> bool {
        true
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
    }

    fn set(&mut self, field: Field, value: Cow<'a, [u8]>) {
        self.fields.set(field, value);
    }

    fn set_default(&mut self, field: Field, value: Cow<'a, [u8]>) {
        self.fields.set_default(field, value);
    }

    fn members(&mut self, object: &'a [u8]) {
        self.members = Some(object);
    }

    fn cut(&mut self) -> &mut bool {
        &mut self.cut
    }

    fn mark(&self) -> Self::Mark {
        self.fields.mark()
    }

    fn undo(&mut self, mark: FieldsMark) {
        self.fields.undo(&mark);
    }
}

/// The timestamp of the line before, as text and as it was read: many requests end in one second.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct RecentStamp {
    formats: Formats,
    text: [u8; RecentStamp::LONGEST],
    /// 0 when there is none.
    length: usize,
    /// Where in `text` the digits of the fraction stand, if it has one that is read digit by digit.
    fraction: Option<(usize, usize)>,
    stamp: Stamp,
    /// Counts the timestamps that were noted.
    number: u32,
}

impl Default for RecentStamp {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            text: [0; RecentStamp::LONGEST],
            length: 0,
            fraction: None,
            stamp: Stamp::Epoch(0),
            number: 0,
        }
    }
}

impl RecentStamp {
    const LONGEST: usize = 40;

    /// A number that no timestamp had.
    pub(super) fn next_number(&mut self) -> u32 {
        self.number = self.number.wrapping_add(1);
        self.number
    }

    /// A number that changes whenever a timestamp is noted.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// The timestamp that `text` begins with, if it is the recent one or differs from it only in the fraction of its
    /// second, and its length.
    pub(super) fn read(&mut self, formats: Formats, text: &[u8]) -> Option<(Stamp, usize)> {
        if self.length == 0 || formats != self.formats {
            return None;
        }
        let Some((from, to)) = self.fraction else {
            return text.starts_with(&self.text[..self.length]).then_some((self.stamp, self.length - 1));
        };
        if !text.starts_with(&self.text[..from]) || !text.get(to..)?.starts_with(&self.text[to..self.length]) {
            return None;
        }
        let Stamp::Calendar { civil, stated_year, zone, .. } = self.stamp else { return None };
        let mut fraction = 0;
        for &digit in &text[from..to] {
            fraction = digit.is_ascii_digit().then(|| fraction * 10 + u32::from(digit - b'0'))?;
        }
        fraction *= MICROS[to - from];
        self.number = self.number.wrapping_add(1);
        self.stamp = Stamp::Calendar { civil, fraction, stated_year, zone };
        Some((self.stamp, self.length - 1))
    }

    /// Notes a timestamp that took `taken` bytes of `text`. Kept with the bracket that closes it, as only a byte that
    /// belongs to no timestamp makes sure that the same text is read alike.
    pub(super) fn note(&mut self, formats: Formats, text: &[u8], taken: usize, stamp: Stamp) {
        self.length = 0;
        self.number = self.number.wrapping_add(1);
        if taken < Self::LONGEST && text.get(taken) == Some(&b']') {
            self.length = taken + 1;
            self.text[..self.length].copy_from_slice(&text[..self.length]);
            self.formats = formats;
            self.stamp = stamp;
            self.fraction = fraction(&self.text[..self.length]).filter(|_| matches!(stamp, Stamp::Calendar { .. }));
        }
    }
}

/// Microseconds in the last of this many digits behind a second.
const MICROS: [u32; 7] = [0, 100_000, 10_000, 1000, 100, 10, 1];

/// The digits behind the second of a timestamp: `08:04:28.349`.
fn fraction(text: &[u8]) -> Option<(usize, usize)> {
    let point = text.iter().position(|byte| matches!(byte, b'.' | b','))?;
    let digits = text[point + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let behind_second = point > 3 && text[point - 3] == b':';
    (behind_second && (1..MICROS.len()).contains(&digits)).then_some((point + 1, point + 1 + digits))
}
