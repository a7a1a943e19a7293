//! The text of the lines of one form: what stands between their values, and those of the values that stay the same.
//!
//! A program says in each of its lines what it is called, on which machine it runs, and mostly the same level. Such a
//! value is a part of the text between the others as long as it stays the same: to compare it with that takes a fraction
//! of what it takes to find where it ends. A line in which one differs is read by the text without them.

use super::json_gap::Gap;
use crate::peel::json::Value;

/// Lines of a form by which it is first told which of their values stay the same.
const FIRST_LOOK: u32 = 16;
/// The most of them, where values stayed the same for a while and did not later.
const LONGEST_LOOK: u32 = 4096;
/// Of so many lines one may differ.
const SELDOM: u32 = 8;

/// Is told the values of a line in their order, each by its number, the line from where it starts, and its length. Where
/// the line turns out to have another form, the first of them may have been told.
pub(super) trait Told<'a> {
    /// One that was looked for.
    fn varies(&mut self, number: usize, from: &'a [u8], length: usize);

    /// One that is a part of the text.
    fn stays(&mut self, number: usize, from: &'a [u8], length: usize);
}

/// The text of the lines of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct FormText {
    /// What stands before each value, and whether that is quoted.
    gaps: Vec<(Vec<u8>, bool)>,
    /// Behind the last value.
    tail: Vec<u8>,
    all: Text,
    /// With the values that stay the same as a part of it.
    settled: Option<Text>,
    steady: Steady,
}

/// What a line is compared with.
#[derive(Debug, Clone, Default)]
struct Text {
    parts: Vec<Part>,
    tail: Vec<u8>,
    /// Those that stand in `tail`.
    fixed: Vec<Fixed>,
}

/// A value, and what stands before it.
#[derive(Debug, Clone)]
struct Part {
    gap: Gap,
    /// Those that stand in the gap.
    fixed: Vec<Fixed>,
    /// Number of the value.
    value: usize,
}

/// A value that is a part of the text.
#[derive(Debug, Clone, Copy)]
struct Fixed {
    value: usize,
    /// Where in the text it stands.
    start: usize,
    length: usize,
}

/// What is known of the values that may stay the same.
#[derive(Debug, Clone)]
struct Steady {
    /// What each value was so far; nothing for one that was not always the same.
    values: Vec<Option<Vec<u8>>>,
    /// Lines that were looked at, and how many are to be.
    lines: u32,
    look: u32,
    /// Lines since then in which all stayed the same, and in which one differed.
    same: u32,
    other: u32,
}

impl Default for Steady {
    fn default() -> Self {
        Self { values: Vec::new(), lines: 0, look: FIRST_LOOK, same: 0, other: 0 }
    }
}

impl FormText {
    /// Adds a value, with what stands before it.
    pub(super) fn push(&mut self, gap: &[u8], quoted: bool) {
        self.all.parts.push(Part { gap: Gap::new(gap, quoted), fixed: Vec::new(), value: self.gaps.len() });
        self.gaps.push((gap.to_vec(), quoted));
    }

    /// Adds what stands behind the last value.
    pub(super) fn end(&mut self, tail: &[u8]) {
        self.tail = tail.to_vec();
        self.all.tail = tail.to_vec();
    }

    /// What stands in a line as the value with this number, as the value that it is.
    pub(super) fn as_written<'a>(&self, value: usize, text: &'a [u8]) -> Option<Value<'a>> {
        let (_, quoted) = self.gaps.get(value)?;
        Some(if *quoted { Value::String(text) } else { Value::Plain(text) })
    }

    /// How many values there are.
    pub(super) fn values(&self) -> usize {
        self.gaps.len()
    }

    /// Whether a line has this form and the values that stay the same, of which those are told that
    /// [count](Self::note).
    #[inline(always)]
    pub(super) fn fits_settled<'a>(&mut self, line: &'a [u8], told: &mut impl Told<'a>) -> bool {
        let fits = self.settled.as_ref().is_some_and(|text| text.fits(line, told));
        self.steady.same = self.steady.same.saturating_add(u32::from(fits));
        fits
    }

    /// Whether a line has this form, whatever its values are.
    #[inline(always)]
    pub(super) fn fits<'a>(&self, line: &'a [u8], told: &mut impl Told<'a>) -> bool {
        self.all.fits(line, told)
    }

    /// Notes the values of a line that [has this form](Self::fits) but not all of those that stay the same. `counts` says
    /// of a value whether it is to be told while it stays what it is.
    pub(super) fn note(&mut self, line: &[u8], counts: impl Fn(usize, &[u8]) -> bool) {
        if self.settled.is_some() {
            self.steady.other += 1;
            if self.steady.other <= self.steady.same / SELDOM + 1 {
                return;
            }
            // Looked at anew, and for longer.
            let look = (2 * self.steady.look).min(LONGEST_LOOK);
            (self.settled, self.steady) = (None, Steady { look, ..Steady::default() });
        }
        let mut noted = Noted { first: self.steady.lines == 0, values: &mut self.steady.values };
        self.all.fits(line, &mut noted);
        self.steady.lines += 1;
        if self.steady.lines == self.steady.look {
            self.settle(counts);
        }
    }

    /// Makes the values that stayed the same a part of the text.
    fn settle(&mut self, counts: impl Fn(usize, &[u8]) -> bool) {
        let mut settled = Text::default();
        let (mut text, mut fixed): (Vec<u8>, Vec<Fixed>) = Default::default();
        let gaps = self.gaps.iter().zip(&self.steady.values);
        for (value, ((gap, quoted), steady)) in gaps.enumerate() {
            text.extend_from_slice(gap);
            match steady {
                Some(same) => {
                    let start = text.len();
                    text.extend_from_slice(same);
                    if counts(value, same) {
                        fixed.push(Fixed { value, start, length: same.len() });
                    }
                }
                None => {
                    let gap = Gap::new(&text, *quoted);
                    settled.parts.push(Part { gap, fixed: std::mem::take(&mut fixed), value });
                    text.clear();
                }
            }
        }
        text.extend_from_slice(&self.tail);
        (settled.tail, settled.fixed) = (text, fixed);
        self.steady.values.clear();
        self.settled = Some(settled);
    }
}

impl Text {
    // Always: what is done with a value is done where it was found.
    #[inline(always)]
    fn fits<'a>(&self, line: &'a [u8], told: &mut impl Told<'a>) -> bool {
        // How a line ends sends most of other forms away before any value is looked for.
        if !self.ends(line) {
            return false;
        }
        let mut rest = line;
        for part in &self.parts {
            let Some((from, length)) = part.gap.value(rest) else { return false };
            tell(&part.fixed, rest, told);
            told.varies(part.value, from, length);
            rest = &from[length..];
        }
        let fits = rest.len() == self.tail.len();
        if fits {
            tell(&self.fixed, rest, told);
        }
        fits
    }

    /// Whether a line ends as this does. Two bytes tell nearly always, and to compare them takes no call.
    #[inline(always)]
    fn ends(&self, line: &[u8]) -> bool {
        match (line.last_chunk::<2>(), self.tail.last_chunk::<2>()) {
            (Some(last), Some(known)) if last != known => false,
            _ => line.ends_with(&self.tail),
        }
    }
}

/// Tells the values that stand in a piece of the text.
#[inline(always)]
fn tell<'a>(fixed: &[Fixed], piece: &'a [u8], told: &mut impl Told<'a>) {
    for &Fixed { value, start, length } in fixed {
        if let Some(from) = piece.get(start..) {
            told.stays(value, from, length);
        }
    }
}

/// Notes what values are.
struct Noted<'s> {
    first: bool,
    values: &'s mut Vec<Option<Vec<u8>>>,
}

impl<'a> Told<'a> for Noted<'_> {
    fn varies(&mut self, number: usize, from: &'a [u8], length: usize) {
        let text = from.get(..length);
        if self.first {
            self.values.push(text.map(<[u8]>::to_vec));
        } else if let Some(value) = self.values.get_mut(number)
            && value.as_deref() != text
        {
            *value = None;
        }
    }

    fn stays(&mut self, number: usize, from: &'a [u8], length: usize) {
        self.varies(number, from, length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form() -> FormText {
        let mut form = FormText::default();
        for (gap, quoted) in [(&b"{\"a\":\""[..], true), (b"\",\"b\":", false), (b",\"c\":\"", true)] {
            form.push(gap, quoted);
        }
        form.end(b"\"}");
        form
    }

    /// The values that were told: number, start and length.
    struct Places<'l>(&'l [u8], Vec<(usize, usize, usize)>);

    impl<'l> Told<'l> for Places<'l> {
        fn varies(&mut self, number: usize, from: &'l [u8], length: usize) {
            self.1.push((number, self.0.len() - from.len(), length));
        }

        fn stays(&mut self, number: usize, from: &'l [u8], length: usize) {
            self.varies(number, from, length);
        }
    }

    proptest! {
        /// Values that stay the same for a while, one of which counts not while it does.
        #[test]
        fn values_stand_where_they_stand(
            runs in prop::collection::vec((prop::array::uniform3(0usize..3), 0usize..80, any::<bool>()), 1..9),
            left_out in 0usize..4,
        ) {
            let mut form = form();
            for ([a, b, c], lines, varies) in runs {
                for number in 0..lines {
                    let b = if varies { number } else { b };
                    let line = format!("{{\"a\":\"{}\",\"b\":{b},\"c\":\"{}\"}}", "x".repeat(20 * a), "yz".repeat(c));
                    let line = line.as_bytes();
                    let (mut settled, mut all) = (Places(line, Vec::new()), Places(line, Vec::new()));
                    let fits = form.fits_settled(line, &mut settled);
                    prop_assert!(form.fits(line, &mut all));
                    if fits {
                        // In order, and none is left out that counts.
                        all.1.retain(|(number, ..)| *number != left_out || settled.1.iter().any(|(told, ..)| told == number));
                        prop_assert_eq!(settled.1, all.1);
                    } else {
                        form.note(line, |number, _| number != left_out);
                    }
                }
            }
        }
    }

    #[test]
    fn a_form_settles_and_unsettles() {
        let mut form = form();
        let mut settled = |a: &str, lines: usize| {
            let mut settled = 0;
            for number in 0..lines {
                let line = format!("{{\"a\":\"{a}\",\"b\":{number},\"c\":\"\"}}");
                match form.fits_settled(line.as_bytes(), &mut Places(line.as_bytes(), Vec::new())) {
                    true => settled += 1,
                    false => form.note(line.as_bytes(), |_, _| true),
                }
            }
            settled
        };
        assert_eq!(settled("x", 100), 84);
        assert_eq!(settled("y", 1), 0);
        assert_eq!(settled("x", 100), 100);
        // So many until that is no longer seldom, and then those that are looked at.
        assert!(settled("y", 200) > 100);
        let longer = b"{\"a\":\"y\",\"b\":1,\"c\":\"\"},";
        assert!(!form.fits_settled(longer, &mut Places(longer, Vec::new())));
    }
}
