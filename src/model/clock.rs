//! How the timestamps of one source become moments, and how sure that is.

use super::stamp::{Civil, Moment, Stamp, Zone};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// How much of a moment the line itself stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Date, year and zone stand in the line (or it is an epoch value).
    Stated,
    /// The zone is borrowed, given or assumed.
    ZoneAssumed,
    /// The year (and perhaps the zone) is inferred.
    YearInferred,
}

/// The zone and year that a source's timestamps take where they state none.
///
/// Stateless: the same stamp gives the same moment wherever in the file it stands, so that blocks of a file
/// can be read in any order. A roll-over inside the file is covered because a year-less date takes the year
/// that puts it nearest to the anchor, and not the year of the line before.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
    fixed: Option<i64>,
    /// Year-less dates are at this second, by their own clock, or before.
    latest: i64,
    /// The year behind that of a moment that the source is known to be near to.
    next_year: i32,
    /// When the system started, in microseconds, for `[12345.678]` stamps.
    boot: Option<i64>,
}

/// The offset that held for the last local time. Clocks change on whole minutes, and to look a change up takes longer
/// than to read a line.
#[derive(Debug, Clone, Default)]
pub struct ZoneMemo {
    /// Local minute, and the offset in seconds that holds in it.
    recent: Option<(i64, i64)>,
}

impl ZoneMemo {
    fn offset(&mut self, clock: &Clock, local: i64) -> i64 {
        if let Some(fixed) = clock.fixed {
            return fixed;
        }
        let minute = local.div_euclid(60);
        match self.recent {
            Some((recent, offset)) if recent == minute => offset,
            _ => {
                let offset = clock.offset_at(local);
                self.recent = Some((minute, offset));
                offset
            }
        }
    }
}

/// A year-less date may lie this far behind its anchor before the next year is meant: a log is read at or after
/// the time its last line was written, and rotated at least once a year.
const BEHIND: i64 = 330 * 86_400;

impl Clock {
    /// A clock for local times in `zone`, for year-less dates that end near `anchor` (seconds since 1970).
    pub fn new(zone: TimeZone, anchor: i64) -> Self {
        let fixed = zone.to_fixed_offset().ok().map(|offset| i64::from(offset.seconds()));
        let next_year = Civil::from_second(anchor).year + 1;
        Self { zone, fixed, latest: anchor + 366 * 86_400 - BEHIND, next_year, boot: None }
    }

    /// The same clock, knowing when the system started.
    pub fn with_boot(mut self, boot: Option<Moment>) -> Self {
        self.boot = boot.map(|moment| moment.0);
        self
    }

    /// The moment of `stamp`, and what of it was stated. Nothing for an uptime without a known start.
    pub fn resolve(&self, stamp: Stamp) -> Option<(Moment, Certainty)> {
        self.resolve_near(stamp, &mut ZoneMemo::default())
    }

    /// The same for one stamp after the other, with what is remembered of the one before.
    pub fn resolve_near(&self, stamp: Stamp, memo: &mut ZoneMemo) -> Option<(Moment, Certainty)> {
        match stamp {
            Stamp::Epoch(micros) => Some((Moment(micros), Certainty::Stated)),
            Stamp::Uptime(micros) => Some((Moment(self.boot?.saturating_add(micros)), Certainty::ZoneAssumed)),
            Stamp::Calendar { mut civil, fraction, stated_year, zone } => {
                if !stated_year {
                    civil.year = self.next_year;
                }
                let mut local = civil.to_second();
                while !stated_year && local > self.latest {
                    civil.year -= 1;
                    local = civil.to_second();
                }
                let (offset, mut certainty) = match zone {
                    Zone::Utc => (0, Certainty::Stated),
                    Zone::Offset(seconds) => (i64::from(seconds), Certainty::Stated),
                    Zone::Unstated => (memo.offset(self, local), Certainty::ZoneAssumed),
                };
                if !stated_year {
                    certainty = Certainty::YearInferred;
                }
                Some((Moment((local - offset) * Moment::SECOND + i64::from(fraction)), certainty))
            }
        }
    }

    /// Whether a year-less stamp takes the same year in the whole minute of one that was resolved to `moment`.
    pub fn keeps_year(&self, moment: Moment) -> bool {
        // Far from the minute in which years change, as it stands in that year and in the next. A zone may be some days.
        (9 * 86_400..356 * 86_400).contains(&self.latest.saturating_sub(moment.second()))
    }

    /// The offset in seconds that holds at a local time. In the hour that a change of clocks repeats, the first;
    /// in the hour that it skips, the one before.
    fn offset_at(&self, local: i64) -> i64 {
        let civil = Civil::from_second(local);
        let datetime = jiff::civil::DateTime::new(
            civil.year as i16,
            civil.month as i8,
            civil.day as i8,
            civil.hour as i8,
            civil.minute as i8,
            civil.second as i8,
            0,
        );
        let Ok(datetime) = datetime else { return 0 };
        let offset = match self.zone.to_ambiguous_timestamp(datetime).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        i64::from(offset.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::super::stamp_format::StampFormat;
    use super::*;

    fn at(clock: &Clock, format: StampFormat, text: &str) -> String {
        let (stamp, _) = format.read(text.as_bytes()).unwrap();
        clock.resolve(stamp).unwrap().0.to_string()
    }

    #[test]
    fn a_yearless_file_may_cross_new_year() {
        let anchor = StampFormat::Iso.read(b"2026-01-02T00:00:00Z").unwrap().0;
        let anchor = Clock::new(TimeZone::UTC, 0).resolve(anchor).unwrap().0.second();
        let clock = Clock::new(TimeZone::UTC, anchor);
        assert_eq!(at(&clock, StampFormat::Syslog, "Dec 31 23:59:59"), "2025-12-31T23:59:59Z");
        assert_eq!(at(&clock, StampFormat::Syslog, "Jan  1 00:00:00"), "2026-01-01T00:00:00Z");
        assert_eq!(at(&clock, StampFormat::Syslog, "Jan  3 00:00:00"), "2026-01-03T00:00:00Z");
    }

    #[test]
    fn clock_changes_do_not_lose_a_line() {
        let clock = Clock::new(TimeZone::get("Europe/Berlin").unwrap(), 0);
        assert_eq!(at(&clock, StampFormat::Iso, "2026-03-29 02:30:00"), "2026-03-29T01:30:00Z");
        assert_eq!(at(&clock, StampFormat::Iso, "2026-10-25 02:30:00"), "2026-10-25T00:30:00Z");
        assert_eq!(at(&clock, StampFormat::Iso, "2026-07-01 12:00:00"), "2026-07-01T10:00:00Z");
    }
}
