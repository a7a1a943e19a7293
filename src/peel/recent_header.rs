//! The syslog header of the line before: a busy program writes many lines in a second, and all have the same one.

use super::beginning::Beginning;
use super::{Envelope, Peeled, syslog};
use crate::model::part::place;
use crate::model::stamp::{Civil, Stamp};
use crate::model::stamp_format::{place_of_second, plain_second};
use std::borrow::Cow;
use std::ops::Range;

/// A header that names a host and a program, perhaps with its process id, and what it says. All of that is read from the
/// header alone, so a line that begins with the same bytes says the same; but what looks like the name of a program is
/// the prefix of a packet filter's rule where a packet follows.
#[derive(Debug, Default)]
pub struct RecentHeader {
    /// From the start of the line to the program; empty when there is none. Other programs of the same host write in the
    /// same second, and most have another process id in each line.
    front: Front,
    /// From the program to the message; empty when there is none.
    tag: Vec<u8>,
    host: Range<usize>,
    program: Range<usize>,
    pid: Option<Range<usize>>,
    /// What stands where the program does may be the prefix of a rule.
    may_be_prefix: bool,
    level: Option<&'static str>,
    /// Counts the headers that were noted.
    number: u32,
    /// Both of them but for the second, from the first time on that it was asked for.
    beginning: Option<Beginning>,
}

/// What a line began with, and the time in it.
#[derive(Debug, Default)]
struct Front {
    text: Vec<u8>,
    /// Where in it the two digits of the second stand.
    second: Option<usize>,
    stamp: Option<Stamp>,
}

impl Front {
    /// Whether a line begins so, but for the second, which is noted then.
    #[inline]
    fn is_of(&mut self, line: &[u8]) -> bool {
        if self.text.is_empty() {
            return false;
        }
        let Some(text) = line.get(..self.text.len()) else { return false };
        // Where it has a second, that is mostly another one: to compare all of it first would be once more for nothing.
        let (Some(at), Some(Stamp::Calendar { civil, fraction, stated_year, zone })) = (self.second, self.stamp) else {
            return *text == self.text;
        };
        if text[..at] != self.text[..at] || text[at + 2..] != self.text[at + 2..] {
            return false;
        }
        let digits = &text[at..at + 2];
        if *digits == self.text[at..at + 2] {
            return true;
        }
        let Some(second) = plain_second(digits) else { return false };
        self.text[at..at + 2].copy_from_slice(digits);
        let civil = Civil { second, ..civil };
        self.stamp = Some(Stamp::Calendar { civil, fraction, stated_year, zone });
        true
    }

    /// Whether a line begins so, but for minute and second, which are noted then. A quiet log has a few lines a minute, and
    /// to read a header takes ten times as long. The hour is left out: some count it to twelve.
    fn is_of_hour(&mut self, line: &[u8]) -> bool {
        let (Some(at), Some(Stamp::Calendar { civil, fraction, stated_year, zone })) = (self.second, self.stamp) else {
            return false;
        };
        // `:mm:` stands before the second, see `place_of_second`.
        let Some(text) = line.get(..self.text.len()).filter(|text| text.len() >= at + 2) else { return false };
        let minute = at - 3;
        if text[..minute] != self.text[..minute] || text[minute + 2] != b':' || text[at + 2..] != self.text[at + 2..] {
            return false;
        }
        let digits = [&text[minute..minute + 2], &text[at..at + 2]];
        let [Some(minute_said), Some(second)] = digits.map(plain_second) else { return false };
        self.text[minute..at + 2].copy_from_slice(&text[minute..at + 2]);
        let civil = Civil { minute: minute_said, second, ..civil };
        self.stamp = Some(Stamp::Calendar { civil, fraction, stated_year, zone });
        true
    }
}

impl RecentHeader {
    /// What stands behind the header and the host that it names, if the line has the recent header, but for the second.
    #[inline]
    pub fn strip<'a>(&mut self, line: &'a [u8]) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        if !self.front.is_of(line) || !self.has_tag(line) {
            return None;
        }
        Some((&line[self.length()..], Some(&line[self.host.clone()])))
    }

    /// The length of the header that `text` begins with and where in it the host stands, if it is the recent one, but for
    /// the second. Nothing for a header that may be none, as what stands behind it tells, or where the text ends soon.
    #[inline]
    pub fn strip_at_once(&mut self, text: &[u8]) -> Option<(usize, Range<usize>)> {
        let beginning = match &self.beginning {
            Some(beginning) => beginning,
            None if self.front.text.is_empty() || self.tag.is_empty() || self.may_be_prefix => return None,
            None => self.beginning.insert(Beginning::of([&self.front.text, &self.tag], self.front.second)?),
        };
        if !beginning.is_of(text) {
            return None;
        }
        if let Some(at) = self.front.second {
            plain_second(text.get(at..at + 2)?)?;
        }
        Some((self.length(), self.host.clone()))
    }

    /// A number that changes with the recent header, unless that is another second of it.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The same as [`Envelope::Syslog`]'s [`Envelope::peel`].
    pub fn peel<'a>(&mut self, line: &'a [u8]) -> Option<Peeled<'a>> {
        let known = self.front.is_of(line);
        if known && self.has_tag(line) {
            return Some(self.peeled(line));
        }
        self.number = self.number.wrapping_add(1);
        self.beginning = None;
        if (known || self.front.is_of_hour(line)) && (self.has_tag(line) || self.note_tag(line)) {
            return Some(self.peeled(line));
        }
        let peeled = syslog::peel(line);
        if peeled.as_ref().and_then(|peeled| self.note(line, peeled)).is_none() {
            self.front.text.clear();
        }
        peeled
    }

    /// Where the message of a line with the recent header begins.
    fn length(&self) -> usize {
        self.front.text.len() + self.tag.len()
    }

    /// What a line with the recent header says.
    fn peeled<'a>(&self, line: &'a [u8]) -> Peeled<'a> {
        let part = |range: &Range<usize>| Some(Cow::Borrowed(&line[range.clone()]));
        Peeled {
            by: Envelope::Syslog,
            message: Cow::Borrowed(&line[self.length()..]),
            stamp: self.front.stamp,
            host: part(&self.host),
            program: part(&self.program),
            pid: self.pid.as_ref().and_then(part),
            level: self.level,
            unfinished: false,
        }
    }

    /// Whether a line with the front of the recent header has its tag too, and says the same by it.
    #[inline]
    fn has_tag(&self, line: &[u8]) -> bool {
        !self.tag.is_empty()
            && line[self.front.text.len()..].starts_with(&self.tag)
            && !(self.may_be_prefix && syslog::is_packet_line(&line[self.length()..]))
    }

    /// Notes the tag of a line that has the front of the recent header; false, and none noted, unless it is the usual
    /// one: `program[pid]: ` or `program: `. Where it is, no other header is told from the message, but that of a packet.
    fn note_tag(&mut self, line: &[u8]) -> bool {
        self.tag.clear();
        let start = self.front.text.len();
        let (Some(program), pid, message) = syslog::tag(&line[start..]) else { return false };
        let program = start..start + program.len();
        let (pid, end) = match pid {
            Some(pid) => {
                let pid = program.end + 1..program.end + 1 + pid.len();
                let end = pid.end + 3;
                (Some(pid), end)
            }
            None => (None, program.end + 2),
        };
        let may_be_prefix = pid.is_none() && line[program.clone()] != *b"kernel";
        if line.len() - message.len() != end || (may_be_prefix && syslog::is_packet_line(message)) {
            return false;
        }
        self.tag.extend_from_slice(&line[start..end]);
        (self.program, self.pid, self.may_be_prefix) = (program, pid, may_be_prefix);
        true
    }

    /// Notes the header of a line that was read, where it is one that names a host and has the usual tag behind.
    fn note(&mut self, line: &[u8], peeled: &Peeled<'_>) -> Option<()> {
        let (host, program) = (place(line, peeled.host.as_ref()?)?, place(line, peeled.program.as_ref()?)?);
        let message = place(line, &peeled.message)?;
        if host.end + 1 != program.start || message.end != line.len() {
            return None;
        }
        let second = match peeled.stamp {
            Some(Stamp::Calendar { civil, .. }) => place_of_second(&line[..program.start], civil),
            _ => None,
        };
        self.front.text.clear();
        self.front.text.extend_from_slice(&line[..program.start]);
        (self.front.second, self.front.stamp) = (second, peeled.stamp);
        (self.host, self.level) = (host, peeled.level);
        (self.note_tag(line) && self.length() == message.start).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(peeled: Option<Peeled<'_>>) -> Option<String> {
        let text = |part: Option<Cow<'_, [u8]>>| part.map(|part| String::from_utf8_lossy(&part).into_owned());
        peeled.map(|peeled| {
            let (host, program, pid) = (text(peeled.host), text(peeled.program), text(peeled.pid));
            format!(
                "{:?} {:?} {host:?} {program:?} {pid:?} {:?}",
                peeled.stamp,
                peeled.level,
                text(Some(peeled.message))
            )
        })
    }

    proptest! {
        #[test]
        fn a_line_says_the_same_whatever_stood_before_it(
            picks in prop::collection::vec((0usize..24, 0usize..11, 0u8..70, prop::sample::select(&[4, 5, 59, 60][..])), 1..12),
        ) {
            const HEADERS: [&str; 24] = [
                "Nov 22 08:04:28 lb1 haproxy[7]: ",
                "<134>Nov 22 08:04:28 lb1 haproxy[7]: ",
                "Nov 22 08:04:28 lb1 haproxy[7]:",
                "Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 sshd[7]: ",
                "<30>1 2026-11-22T08:04:28Z lb01 app 7 - - ",
                "2026-11-22T08:04:28.5Z web1 nginx[7]: ",
                "Nov 22 08:04:28 haproxy[7]: ",
                "Nov 22 08:04:28 kern.warn kernel[7]: ",
                "Nov 22 08:04:28 lb1 kernel: ",
                "Nov 22 08:04:28 lb1 drop: ",
                "Nov 22 08:04:28 lb1 drop:",
                "Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 sshd: ",
                "Nov 22 08:04:28 lb1 sshd[8]: ",
                "Nov 22 08:04:28 lb1 sshd[8]:",
                "Nov 22 08:04:28 lb1 CEF: ",
                "Nov 22 08:04:28 lb1 local0.info sshd[8]: ",
                "Nov 22 08:04:28 lb1 kern.err[7]: ",
                "Nov 22 08:04:28 lb1 kern.warn: ",
                "Nov 22 08:04:28 lb1 7: ",
                "Nov 22 08:04:28 lb1  %ASA-4-1: ",
                "<134>Nov 22 08:04:28 lb1 Updated: ",
                "Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 cron[9]: ",
                "2026-11-22T08:04:28.5Z web1 INFO: ",
                "2026-11-22T08:04:28.5Z INFO main: ",
            ];
            const MESSAGES: [&str; 11] = [
                "", " ", "x", "IN=a OUT=b", ": %ASA-4-1: x", "%ASA-4-1: x", "Nov 22 08:04:27 web1 app[1]: x", "[1.5] y",
                "]: z", "  IN=a OUT=b", "INFO IN=a OUT=b",
            ];
            let mut recent = RecentHeader::default();
            for (header, message, second, minute) in picks {
                let header = HEADERS[header].replacen(":28", &format!(":{second:02}"), 1);
                let header = header.replacen(":04:", &format!(":{minute:02}:"), 1);
                let line = format!("{header}{}", MESSAGES[message]);
                let alone = parts(Envelope::Syslog.peel(line.as_bytes()));
                let in_block = format!("{line}\n{}", "x".repeat(64));
                if let Some((length, host)) = recent.strip_at_once(in_block.as_bytes()) {
                    let peeled = Envelope::Syslog.peel(line.as_bytes()).unwrap();
                    prop_assert_eq!(&*peeled.message, &line.as_bytes()[length..], "{}", line);
                    prop_assert_eq!(peeled.host.as_deref(), Some(&line.as_bytes()[host]), "{}", line);
                }
                prop_assert_eq!(parts(recent.peel(line.as_bytes())), alone, "{}", line);
            }
        }
    }
}
