//! A line of the Common or the Combined Log Format, read at once together with its end:
//! `203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] "GET / HTTP/1.1" 200 17 "https://www.example.org/" "curl/8"`.
//!
//! Whatever has another form than most lines have is left to the steps. To look for the end of the line first, and then
//! for one quote after the other, took twice as long as to look once for all of them.

use super::usual::{Front, Start, Usual, three_digits};
use super::values::request_line;
use super::{Step, What};
use crate::detect::template::skim::{Place, Skim};
use crate::model::lanes::places_until;
use crate::model::scan::few_digits;
use std::ops::Range;

/// The quotes of a request line and of three texts, without the first, which stands in front.
const MOST_QUOTES: usize = 7;

/// What reads such lines.
#[derive(Debug, Clone)]
pub struct Combined {
    front: Front,
    /// Whether two quoted texts may follow the length of the response, the second of which is the user agent.
    quotes: bool,
    /// Whether a third one may follow.
    third: bool,
}

impl Combined {
    /// That of a template with these steps, if it has the form.
    pub(super) fn of(steps: &[Step]) -> Option<Self> {
        let (front, behind) = steps.split_first()?;
        let What::Usual(Usual::Front(front), _) = front.what else { return None };
        let (length, behind) = behind.split_first()?;
        if !(matches!(length.what, What::Int) && length.then.length == 0) {
            return None;
        }
        if !front.fills(Place::CLIENT, Place::STATUS) {
            return None;
        }
        match behind {
            [] => Some(Self { front, quotes: false, third: false }),
            [Step { what: What::Group(inner), then, .. }] if then.length == 0 => {
                let (quotes, behind) = inner.split_first()?;
                let What::Usual(Usual::Quotes(quotes), _) = quotes.what else { return None };
                if !quotes.fills(Place::NONE, Place::USER_AGENT) {
                    return None;
                }
                let third = match behind {
                    [] => false,
                    [Step { what: What::Group(inner), then, .. }] if then.length == 0 => is_quoted(inner),
                    _ => return None,
                };
                Some(Self { front, quotes: true, third })
            }
            _ => None,
        }
    }

    /// See [`AtOnce::skim`](super::AtOnce::skim).
    #[inline]
    pub(super) fn skim<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<(usize, usize)> {
        let Start { client, length: front } = self.front.start(text, skim)?;
        let line = &text[front..];
        let mut quotes = [0; MOST_QUOTES];
        let (count, feed) = places_until(b'"', b'\n', line, &mut quotes)?;
        let request = line.get(..quotes[0])?;
        let behind = line[quotes[0]..].strip_prefix(b"\" ")?;
        let status = three_digits(behind)?;
        let bytes = match behind[4..] {
            [b'-', ..] => 1,
            _ => few_digits(&behind[4..]).filter(|digits| *digits > 0)?,
        };
        let mut end = quotes[0] + 6 + bytes;
        let mut agent: &[u8] = b"";
        if count > 1 {
            let [_, first, first_end, second, second_end, third, third_end] = quotes;
            // All quotes that there are: there is none inside of a text.
            let fits = (count == 5 && self.quotes) || (count == 7 && self.third);
            if !(fits && is_text(line, end, first..first_end) && is_text(line, first_end + 1, second..second_end)) {
                return None;
            }
            agent = &line[second + 1..second_end];
            end = second_end + 1;
            if count == 7 {
                if !is_text(line, end, third..third_end) {
                    return None;
                }
                end = third_end + 1;
            }
        }
        let ends = end == feed || (end + 1 == feed && line[end] == b'\r');
        if !ends || request.last() == Some(&b'\\') {
            return None;
        }
        skim.set_request(client, status, agent);
        request_line(request, skim);
        Some((front + end, front + feed + 1))
    }
}

/// Whether a text between these quotes stands behind a blank at `before`, and its last quote is no escaped one.
#[inline(always)]
fn is_text(line: &[u8], before: usize, quotes: Range<usize>) -> bool {
    line[before] == b' ' && quotes.start == before + 1 && line[quotes.end - 1] != b'\\'
}

/// Whether these are the steps of a quoted text behind a blank, of which nothing is kept.
fn is_quoted(steps: &[Step]) -> bool {
    let [start, text] = steps else { return false };
    matches!((&start.what, &text.what), (What::Literal, What::Quoted { place: Place::NONE, .. }))
        && start.then.is(b" \"")
        && text.then.is(b"\"")
}
