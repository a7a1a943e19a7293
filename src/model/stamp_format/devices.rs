//! The timestamps of network devices and intrusion detectors.

use super::cursor::{Cursor, calendar};
use crate::model::stamp::{Stamp, Zone};

impl Cursor<'_> {
    /// `11/22/2026-08:04:28.503456` (Suricata), `11/22-08:04:28.503456` or with two digits of the year (Snort).
    pub(super) fn alert(&mut self) -> Option<Stamp> {
        let month = self.digits(2)?;
        self.expect(b'/')?;
        let day = self.digits(2)?;
        let mut year = None;
        if self.peek() == Some(b'/') {
            self.at += 1;
            let start = self.at;
            year = self.digits(4);
            if year.is_none() {
                self.at = start;
                year = Some(2000 + self.digits(2)?);
            }
        }
        self.expect(b'-')?;
        let time = self.clock()?;
        let fraction = self.fraction();
        Some(calendar((year, month, day), time, fraction, Zone::Unstated))
    }

    /// `2026:11:22-08:04:28` (Sophos UTM).
    pub(super) fn colons(&mut self) -> Option<Stamp> {
        let year = self.digits(4)?;
        self.expect(b':')?;
        let month = self.digits(2)?;
        self.expect(b':')?;
        let day = self.digits(2)?;
        self.expect(b'-')?;
        let time = self.clock()?;
        let fraction = self.fraction();
        Some(calendar((Some(year), month, day), time, fraction, Zone::Unstated))
    }

    /// `nov/22/2026 08:04:28` or, of this year, `nov/22 08:04:28` (RouterOS).
    pub(super) fn month_slash_day(&mut self) -> Option<Stamp> {
        let month = self.month_name()?;
        self.expect(b'/')?;
        let day = self.digits(2)?;
        let year = match self.expect(b'/') {
            Some(()) => Some(self.digits(4)?),
            None => None,
        };
        self.blanks()?;
        let time = self.clock()?;
        Some(calendar((year, month, day), time, 0, Zone::Unstated))
    }

    /// `22Nov2026  8:04:28` (Check Point `fw log`).
    pub(super) fn glued(&mut self) -> Option<Stamp> {
        let day = self.padded()?;
        let month = self.month_name()?;
        let year = self.digits(4)?;
        self.blanks()?;
        let time = self.clock()?;
        Some(calendar((Some(year), month, day), time, 0, Zone::Unstated))
    }

    /// `22/11/2026 -- 08:04:28` (Suricata's own log).
    pub(super) fn day_slash_dashes(&mut self) -> Option<Stamp> {
        let day = self.digits(2)?;
        self.expect(b'/')?;
        let month = self.digits(2)?;
        self.expect(b'/')?;
        let year = self.digits(4)?;
        for &byte in b" -- " {
            self.expect(byte)?;
        }
        let time = self.clock()?;
        Some(calendar((Some(year), month, day), time, 0, Zone::Unstated))
    }
}

#[cfg(test)]
mod tests {
    use super::super::StampFormat;
    use super::*;
    use crate::model::stamp::Civil;

    #[test]
    fn one_day_in_the_spellings_of_devices() {
        let civil = Civil { year: 2026, month: 11, day: 22, hour: 8, minute: 23, second: 34 };
        for (name, text, year) in [
            ("alert", "11/22/2026-08:23:34.503456", 2026),
            ("alert", "11/22/26-08:23:34.503456", 2026),
            ("alert", "11/22-08:23:34.503456", 0),
            ("colons", "2026:11:22-08:23:34", 2026),
            ("glued", "22Nov2026 08:23:34", 2026),
            ("month-slash-day", "nov/22/2026 08:23:34", 2026),
            ("month-slash-day", "nov/22 08:23:34", 0),
            ("day-slash-dashes", "22/11/2026 -- 08:23:34", 2026),
        ] {
            let read = StampFormat::from_name(name).and_then(|format| format.read(text.as_bytes()));
            let Some((Stamp::Calendar { civil: found, stated_year, .. }, taken)) = read else { panic!("{text}") };
            assert_eq!((found, stated_year, taken), (Civil { year, ..civil }, year > 0, text.len()), "{text}");
        }
    }
}
