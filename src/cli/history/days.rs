//! Which days a run with `--history` reads.

use crate::cli::args::{Instant, ReadingArgs};
use crate::compare::{NIGHTS, bounds, days_before};
use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days of one run, at most.
const MAX_DAYS: usize = 400;

/// The days that are asked for, oldest first: those between `--since` and `--until`, which must be whole days. Without
/// `--until` up to today, without both yesterday.
pub(super) fn asked(reading: &ReadingArgs, zone: &TimeZone, now: Timestamp) -> anyhow::Result<Vec<Date>> {
    let today = now.to_zoned(zone.clone()).date();
    let first = day_of(reading.since.as_ref(), "--since", zone, now)?;
    let end = day_of(reading.until.as_ref(), "--until", zone, now)?.unwrap_or(today);
    let first = match first {
        Some(first) => first,
        None => end.yesterday().context("--until: there is no day before")?,
    };
    if end > today {
        bail!("--until {end}: --history keeps days that are over, and {today} is not yet over; write --until {today}");
    }
    let days: Vec<Date> =
        first.series(jiff::Span::new().days(1)).take_while(|day| *day < end).take(MAX_DAYS + 1).collect();
    match days.len() {
        0 => bail!("--since {first} --until {end}: there is no whole day between"),
        1..=MAX_DAYS => Ok(days),
        _ => bail!("--since {first} --until {end}: these are more than {MAX_DAYS} days; keep them in several runs"),
    }
}

/// The days that were missed before one: those behind the last kept night, if that is no longer ago than the comparison
/// goes back.
pub(super) fn missed(first: Date, has: impl Fn(Date) -> bool) -> Vec<Date> {
    let before = days_before(first, NIGHTS);
    let last = before.iter().rposition(|day| has(*day));
    last.map_or_else(Vec::new, |last| before[last + 1..].to_vec())
}

fn day_of(instant: Option<&Instant>, option: &str, zone: &TimeZone, now: Timestamp) -> anyhow::Result<Option<Date>> {
    let Some(instant) = instant else { return Ok(None) };
    let moment =
        instant.resolve(zone, now).with_context(|| format!("{option}: there is no such time in the calendar"))?;
    let day = Timestamp::from_microsecond(moment.0)?.to_zoned(zone.clone()).date();
    let (start, _) = bounds(day, zone)?;
    if moment != crate::model::stamp::Moment::from_second(start) {
        bail!(
            "{option} {moment} is not the beginning of a day in {}: --history keeps whole days, so write a date, today, \
             yesterday or the name of a day (and --tz for days of another zone)",
            zone.iana_name().unwrap_or("the zone of --tz")
        );
    }
    Ok(Some(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn missed_nights_follow_the_last_kept_one() {
        let day = date(2026, 11, 22);
        let kept = |days: &'static [i8]| move |night: Date| days.contains(&night.day());
        assert_eq!(missed(day, kept(&[18, 17])), [19, 20, 21].map(|day| date(2026, 11, day)));
        assert_eq!(missed(day, kept(&[21])), []);
        assert_eq!(missed(day, kept(&[])), [], "a first run does not read years of logs");
        assert_eq!(missed(day, kept(&[7])), [], "what is longer ago is not compared with");
    }
}
