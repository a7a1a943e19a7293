//! The main job for nights: each day is counted by itself and kept, and the report says what is new.
//!
//! A night belongs to the day on which its requests ended, in `--tz`. A kept night is a partial as `scan` writes it, so
//! `why503 merge DIR/*.why503` is the report of all of them, and reading a day again replaces what was kept of it.

mod days;
mod store;

use super::args::{DiagnoseArgs, ZoneArgs};
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::out;
use super::partial::{Conditions, Night};
use super::reading::{self, Options};
use super::run::{Before, Choices, Knowing, conclude, diagnosed};
use crate::compare::{Digest, NIGHTS_OF_HOURS, Past, bounds, days_before};
use crate::detect::survey::Survey;
use crate::find::Found;
use crate::model::stamp::Moment;
use crate::parse::Window;
use crate::run::Plan;
use crate::tally::Tally;
use anyhow::Context;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::path::Path;
use std::time::Instant;
use store::Store;

/// `why503 --history DIR PATH...`
pub(super) fn run(args: &DiagnoseArgs, directory: &Path) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let console = Console::new(&args.talk);
    let options =
        Options { reading: &args.reading, zone: &args.zone, status: Some(&args.status), threads: Some(&args.threads) };
    let (mut plan, rest) = reading::plan(&options, Catalogue::load(&args.patterns.patterns)?)?;
    let asked = days::asked(&args.reading, &args.zone.tz, Timestamp::now())?;
    out::check(&args.report)?;
    let store = Store::open(directory)?;
    let mut found = reading::find(&args.paths, Some(&args.report.out), console)?;
    let surveys = reading::survey(&mut plan, &mut found, console);
    let mut nights = Nights { args, console, store: &store, plan, found: &found, surveys: &surveys };
    let by_itself = args.reading.since.is_none() && args.reading.until.is_none();
    if by_itself && let Some(&first) = asked.first() {
        for day in days::missed(first, |day| store.has(day)) {
            console.detail(&format!("{day} was missed and is read now"));
            let tally = nights.read(day)?;
            if ExitCode::of_inputs(&tally) != ExitCode::NothingRead {
                nights.keep(day, tally)?;
            }
        }
    }
    let mut sum = Tally::default();
    for &day in &asked {
        let tally = nights.read(day)?;
        let nothing = ExitCode::of_inputs(&tally) == ExitCode::NothingRead;
        sum.add(if nothing { tally } else { nights.keep(day, tally)? });
    }
    sum.settle();
    let Nights { plan, .. } = nights;
    let knowing = Knowing { layouts: &plan.layouts, signatures: &plan.signatures, rest: &rest };
    let choices = Choices::of(args, console, started);
    let last = *asked.last().context("there is no day to read")?;
    // Several nights at once are compared with those before the first of them.
    let before = before(&store, asked[0], knowing, choices);
    let before = Before { day: last, count: asked.len(), nights: before };
    if let Ok(oldest) = last.checked_sub(Span::new().days(i64::from(args.history.keep_nights))) {
        store.forget_before(oldest)?;
    }
    conclude(sum, knowing, choices, Some(&before))
}

/// What every night is read from.
struct Nights<'a> {
    args: &'a DiagnoseArgs,
    console: Console,
    store: &'a Store,
    plan: Plan,
    found: &'a Found,
    surveys: &'a [Survey],
}

impl Nights<'_> {
    /// Counts one day.
    fn read(&mut self, day: Date) -> anyhow::Result<Tally> {
        let (from, to) = bounds(day, &self.args.zone.tz)?;
        self.plan.window = Window { since: Some(Moment::from_second(from)), until: Some(Moment::from_second(to)) };
        Ok(reading::read_surveyed(&self.plan, &self.args.reading, self.found, self.surveys, self.console))
    }

    /// Keeps what was counted of a day, and gives it back. What is gone from the logs stays what it was.
    fn keep(&self, day: Date, tally: Tally) -> anyhow::Result<Tally> {
        if let Some((kept, known)) = self.known(day)
            && known > records(&tally)
        {
            let now = records(&tally);
            if now == 0 {
                self.console.warn(&format!("{day}: the logs no longer have it, so what was kept of it stays"));
                return Ok(kept);
            }
            self.console.warn(&format!("{day}: {now} records are kept in the place of {known}; are logs missing?"));
        }
        let conditions = Conditions::new(&self.args.status.status).of_night(night(day, &self.args.zone)?);
        self.store.keep(day, &conditions, &tally)?;
        Ok(tally)
    }

    /// What was kept of a day under the same conditions, and how many records it has.
    fn known(&self, day: Date) -> Option<(Tally, u64)> {
        let (conditions, tally) = self.store.has(day).then(|| self.store.read(day).ok())??;
        let same = conditions.statuses() == self.args.status.status
            && night(day, &self.args.zone).is_ok_and(|night| conditions.night() == Some(&night));
        let count = records(&tally);
        same.then_some((tally, count))
    }
}

fn records(tally: &Tally) -> u64 {
    tally.sources.values().map(|source| source.fates.records).sum()
}

fn night(day: Date, zone: &ZoneArgs) -> anyhow::Result<Night> {
    let (from, to) = bounds(day, &zone.tz)?;
    Ok(Night { day: day.to_string(), from, to })
}

/// The nights before one, oldest first.
fn before(store: &Store, first: Date, knowing: Knowing<'_>, choices: Choices<'_>) -> Vec<(Date, Past)> {
    let days = days_before(first, NIGHTS_OF_HOURS);
    days.into_iter().map(|day| (day, past(store, day, knowing, choices))).collect()
}

fn past(store: &Store, day: Date, knowing: Knowing<'_>, choices: Choices<'_>) -> Past {
    if !store.has(day) {
        return Past::Missing;
    }
    let again = || {
        let next = day.tomorrow().map_or_else(|_| String::new(), |next| format!(" --until {next}"));
        format!("read it again with --since {day}{next}")
    };
    let unusable = |why: String| {
        choices.console.warn(&format!("the night {day} is not compared: {why}"));
        Past::Unusable(why)
    };
    let (conditions, mut tally) = match store.read(day) {
        Ok(read) => read,
        Err(error) => return unusable(format!("{error:#}; {}", again())),
    };
    if conditions.statuses() != *choices.statuses {
        return unusable(format!("it counted status {}; {}", conditions.statuses(), again()));
    }
    if night(day, choices.zone).ok().as_ref() != conditions.night() {
        return unusable(format!("it was cut in another --tz; {}", again()));
    }
    tally.settle();
    let diagnosis = diagnosed(&mut tally, knowing, choices);
    Past::Kept(Digest::of(&diagnosis, &tally, knowing.signatures, &choices.zone.tz))
}
