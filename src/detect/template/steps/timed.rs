//! A line of a proxy that says what took how long, read at once together with its end:
//! `203.0.113.9:58427 [22/Nov/2026:08:05:19.303] www~ shop/app1 0/0/1/12/13 200 216 - - ---- 3/3/2/0/0 0/0 {} "GET /"`.
//!
//! Whatever is written otherwise than in most lines is left to the steps. To go from step to step took three times as
//! long: each looked for its own end, and compared what stands behind it.

#[cfg(test)]
mod tests;

use super::addresses::port_end;
use super::values::{Shape, request_line, time, word};
use super::{Step, What};
use crate::detect::template::kind::Formats;
use crate::detect::template::sink::Sink;
use crate::detect::template::skim::{Place, Skim};
use crate::model::columns::Columns;
use crate::model::field::Field;
use crate::model::lanes::{find, first_of, places};
use crate::model::scan::{End, number};

/// The most bytes that an address with its port is looked for in.
const ADDRESS: usize = 64;

/// What reads such lines.
#[derive(Debug, Clone)]
pub struct Timed {
    formats: Formats,
    client: Place,
    /// Those of the two words behind the timestamp.
    names: [Place; 2],
    /// Microseconds in a unit of the last one of the times.
    unit: i64,
    status: Place,
    /// Those of the three words behind the length of the response.
    flags: [Place; 3],
    /// How many texts in braces may stand in front of the request.
    texts: usize,
    /// Whether a text may stand behind it.
    further: bool,
}

impl Timed {
    /// That of a template with these steps, if it has the form.
    pub(super) fn of(steps: &[Step]) -> Option<Self> {
        let ([client, stamp, first, second, times, total], behind) = steps.split_first_chunk()?;
        let ([status, length, third, fourth, fifth, counts, last], behind) = behind.split_first_chunk()?;
        let ends: [(&Step, &[u8]); 4] = [(client, b" ["), (stamp, b"] "), (total, b" "), (status, b" ")];
        let numbers = numbers_end(times, b"////") && numbers_end(length, b" ") && numbers_end(counts, b"//// /");
        let last = matches!(last.what, What::Int) && last.then.length == 0;
        if !(numbers && last && ends.iter().all(|(step, end)| step.then.is(end))) {
            return None;
        }
        let texts = behind.iter().take_while(|step| is_braced(step)).count();
        let further = request_end(&behind[texts..])?;
        match (&client.what, &stamp.what, &total.what, &status.what) {
            (
                What::Word { shape: Shape::AddressPort, stop: b' ', place: client },
                What::Time { formats, counts: true },
                What::Duration { unit, .. },
                What::Status(status),
            ) => Some(Self {
                formats: *formats,
                client: *client,
                names: [plain(first)?, plain(second)?],
                unit: *unit,
                status: *status,
                flags: [plain(third)?, plain(fourth)?, plain(fifth)?],
                texts,
                further,
            }),
            _ => None,
        }
    }

    /// See [`AtOnce::skim`](super::AtOnce::skim).
    #[inline]
    pub(super) fn skim<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<(usize, usize)> {
        skim.reset();
        let dated = text[self.client(text, skim)?..].strip_prefix(b" [")?;
        let taken = match skim.recent.read(self.formats, dated) {
            Some(taken) => {
                skim.stamp_recent();
                taken
            }
            None => self.other_minute(dated, skim)?,
        };
        let behind = dated.get(taken..)?.strip_prefix(b"] ")?;
        let behind = name(self.names[0], behind, skim)?;
        let behind = name(self.names[1], behind, skim)?;
        let mut columns = Columns::of(behind)?;
        let total = columns.numbers::<5>()?;
        let status = columns.numbers::<1>().filter(|status| status.len() == 3)?;
        columns.numbers::<1>()?;
        for place in self.flags {
            let word = columns.word()?;
            if place != Place::NONE {
                skim.put(place, &behind[word]);
            }
        }
        columns.numbers::<5>()?;
        columns.numbers::<2>()?;
        skim.put(self.status, &behind[status]);
        // As many digits as are read at once.
        let digits = total.len();
        let total = behind[total.start..].first_chunk().filter(|_| digits < 8)?;
        skim.set_default_number(Field::Duration, i64::from(number(total, digits)) * self.unit);
        let rest = &behind[columns.at() - 1..];
        let (request, end, feed) = self.request(rest)?;
        request_line(request, skim);
        let before = text.len() - rest.len();
        skim.is_whole().then_some((before + end, before + feed + 1))
    }

    /// The length of the client, once it is put to its place.
    #[inline(always)]
    fn client<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
        match port_end(text) {
            Some((colon, end)) => {
                skim.put(self.client, &text[..colon]);
                Some(end)
            }
            None => word(Shape::AddressPort, b' ', self.client, &text[..text.len().min(ADDRESS)], skim),
        }
    }

    /// The length of a timestamp that is not in the minute of the one before.
    #[cold]
    fn other_minute(&self, dated: &[u8], skim: &mut Skim<'_>) -> Option<usize> {
        time(self.formats, true, &dated[..find(*b"\n", dated)?], skim)
    }

    /// The request, which stands in quotes behind a blank or texts, where the line ends, and where its line feed stands.
    #[inline(always)]
    fn request<'a>(&self, text: &'a [u8]) -> Option<(&'a [u8], usize, usize)> {
        let mut marks = places(*b"\"}\n", text);
        let (mut at, mut texts) = (0, self.texts);
        while text[at..].starts_with(b" {") && texts > 0 {
            at = loop {
                let mark = marks.next()?;
                match text[mark] {
                    b'}' => break mark + 1,
                    b'\n' => return None,
                    _ => {}
                }
            };
            texts -= 1;
        }
        let inside = text[at..].strip_prefix(b" \"")?;
        // The quote in front.
        marks.next()?;
        let quote = loop {
            let mark = marks.next()?;
            match text[mark] {
                b'"' => break mark,
                b'\n' => return None,
                _ => {}
            }
        };
        let request = inside.get(..quote - at - 2)?;
        if request.last() == Some(&b'\\') {
            return None;
        }
        match text[quote + 1..] {
            [b'\n', ..] => Some((request, quote + 1, quote + 1)),
            [b'\r', b'\n', ..] => Some((request, quote + 1, quote + 2)),
            [b' ', ..] if self.further => {
                let feed = marks.find(|&mark| text[mark] == b'\n')?;
                Some((request, feed - usize::from(text[feed - 1] == b'\r'), feed))
            }
            _ => None,
        }
    }
}

/// What stands behind a word, which is not empty, and a blank, once it is put to its place.
#[inline(always)]
fn name<'a>(place: Place, text: &'a [u8], skim: &mut Skim<'a>) -> Option<&'a [u8]> {
    let (name, behind) = text.split_at(first_of(*b" \t\n", text));
    if name.is_empty() {
        return None;
    }
    if place != Place::NONE {
        skim.put(place, name);
    }
    behind.strip_prefix(b" ")
}

/// The place of a word before a blank.
fn plain(step: &Step) -> Option<Place> {
    match step.what {
        What::Plain(place) if step.then.is(b" ") => Some(place),
        _ => None,
    }
}

/// Whether these are numbers that end with these bytes, and nothing else stands behind them.
fn numbers_end(step: &Step, bytes: &[u8]) -> bool {
    let What::Ints(ends) = &step.what else { return false };
    step.then.length == 0 && ends.iter().map(|End { byte, .. }| byte).eq(bytes)
}

/// Whether this is a text in braces behind a blank that may be missing, of which nothing is kept.
fn is_braced(step: &Step) -> bool {
    let What::Group(inner) = &step.what else { return false };
    let [open, text] = inner.as_slice() else { return false };
    let What::Text { until, place: Place::NONE } = &text.what else { return false };
    let braces = open.then.is(b" {") && text.then.is(b"}") && until.quick.is(b"}");
    matches!(open.what, What::Literal) && step.then.length == 0 && braces
}

/// Whether a text may stand behind a request in quotes, if that and a blank before it is what the steps are.
fn request_end(steps: &[Step]) -> Option<bool> {
    let [quote, request, close, behind @ ..] = steps else { return None };
    let (What::Literal, What::Request { until }, What::Maybe(closes)) = (&quote.what, &request.what, &close.what)
    else {
        return None;
    };
    let quoted = quote.then.is(b" \"") && until.quick.is(b"\"") && closes.is(b"\"");
    if !quoted || request.then.length > 0 || close.then.length > 0 {
        return None;
    }
    match behind {
        [] => Some(false),
        [Step { what: What::Group(inner), then, .. }] if then.length == 0 => match inner.as_slice() {
            [Step { what: What::Literal, then: blank, .. }, Step { what: What::Text { until, place }, then, .. }] => {
                let plain = *place == Place::NONE && until.quick.length == 0 && then.length == 0;
                (plain && blank.is(b" ")).then_some(true)
            }
            _ => None,
        },
        _ => None,
    }
}
