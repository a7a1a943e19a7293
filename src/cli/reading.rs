//! The first half of every job: from paths to what is to be read, and how.

use super::args::{PathArgs, ReadingArgs, StatusArgs, Statuses, ThreadArgs, ZoneArgs, of_this_system};
use super::catalogue::Catalogue;
use super::console::Console;
use super::own_files;
use super::progress::ProgressLine;
use crate::detect::catalogue::wildcard;
use crate::detect::configured::learn;
use crate::detect::recognize::Recognition;
use crate::detect::settle::Assumptions;
use crate::detect::survey::Survey;
use crate::find::{self, Found};
use crate::model::trouble::Trouble;
use crate::parse::{Window, stretch};
use crate::run::{self, Plan, Progress};
use crate::tally::Tally;
use crate::tally::collect::Wanted;
use crate::tally::probes::Probes;
use anyhow::{Context, bail};
use jiff::Timestamp;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

/// What the options of a run say about reading.
pub(super) struct Options<'a> {
    pub(super) reading: &'a ReadingArgs,
    pub(super) zone: &'a ZoneArgs,
    /// Nothing where no answers are counted.
    pub(super) status: Option<&'a StatusArgs>,
    /// Nothing where one thread reads.
    pub(super) threads: Option<&'a ThreadArgs>,
}

/// How the inputs are to be read; takes layouts and signatures out of the catalogue.
pub(super) fn plan(options: &Options<'_>, mut catalogue: Catalogue) -> anyhow::Result<(Plan, Rest)> {
    let now = Timestamp::now();
    let mut formats = options
        .reading
        .format
        .iter()
        .map(|(glob, id)| {
            catalogue
                .layout(id)
                .map(|layout| (glob.clone(), layout))
                .map_err(|error| anyhow::anyhow!("--format: {error}"))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    for own in &options.reading.log_format {
        let layout = catalogue.layouts.add_own(own.layout.clone());
        let layout = layout.map_err(|error| anyhow::anyhow!("--log-format {}: {error}", own.string))?;
        formats.push((own.glob.clone(), layout));
    }
    if !options.reading.log_format.is_empty() {
        catalogue.signatures.cover(&catalogue.layouts);
    }
    let statuses = options.status.map_or_else(|| Statuses::of(Vec::new()), |status| status.status.clone());
    let plan = Plan {
        wanted: Wanted { statuses: statuses.ranges().to_vec(), probes: Probes::new(catalogue.probes) },
        assumptions: Assumptions {
            log_zone: options.reading.log_tz.clone(),
            system_zone: of_this_system(),
            formats,
            now: now.as_second(),
        },
        window: window(options.reading, options.zone, now)?,
        seeks_from: (!options.reading.read_all).then_some(stretch::LEAST),
        threads: options.threads.map_or(1, threads),
        layouts: catalogue.layouts,
        signatures: catalogue.signatures,
    };
    Ok((plan, Rest { references: catalogue.references, causes: catalogue.causes, own: catalogue.own }))
}

/// What is left of a catalogue whose layouts and signatures are in a plan.
pub(super) struct Rest {
    pub(super) references: crate::spot::reference::References,
    pub(super) causes: crate::diagnose::causes::Causes,
    /// What the report says of patterns that were read without being asked for.
    pub(super) own: Option<String>,
}

fn window(reading: &ReadingArgs, zone: &ZoneArgs, now: Timestamp) -> anyhow::Result<Window> {
    let resolve = |instant: Option<&super::args::Instant>, option: &str| {
        let moment = instant.map(|instant| instant.resolve(&zone.tz, now)).transpose();
        moment.with_context(|| format!("{option}: there is no such time in the calendar"))
    };
    let window = Window {
        since: resolve(reading.since.as_ref(), "--since")?,
        until: resolve(reading.until.as_ref(), "--until")?,
    };
    if let (Some(since), Some(until)) = (window.since, window.until)
        && since >= until
    {
        bail!("--since {since} is not before --until {until}: nothing can lie between them");
    }
    Ok(window)
}

/// `--threads`, or one for each processor.
pub(super) fn threads(args: &ThreadArgs) -> usize {
    match args.threads {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// Finds the files behind the paths, without those that why503 itself wrote.
pub(super) fn find(paths: &PathArgs, out: Option<&Path>, console: Console) -> anyhow::Result<Found> {
    misplaced_command(&paths.paths)?;
    let mut found = find::find(&paths.paths);
    for left_out in own_files::leave_out(&mut found.sources, out) {
        console.detail(&format!("{left_out}: was written by why503 and is not read as a log"));
    }
    Ok(found)
}

/// `why503 -q sources /var/log`: what stands behind an option is a path, so that any file can be named. If there is no
/// such file, the command was meant.
fn misplaced_command(paths: &[OsString]) -> anyhow::Result<()> {
    let command = <super::Cli as clap::CommandFactory>::command();
    for path in paths {
        let named = path.to_str().and_then(|name| command.find_subcommand(name));
        if let Some(subcommand) = named
            && !Path::new(path).exists()
        {
            let name = subcommand.get_name();
            bail!(
                "`{name}` is taken for a path here, and there is no such file: put the command first \
                 (why503 {name} ...), and its options behind it"
            );
        }
    }
    Ok(())
}

/// Looks at every input before the first is read, and learns the formats that configuration files among them state.
pub(super) fn survey(plan: &mut Plan, found: &mut Found, console: Console) -> Vec<Survey> {
    let line = console.shows_progress().then(|| ProgressLine::looking(found.sources.len()));
    let mut surveys = run::survey_all(plan, &found.sources);
    let learnt = learn(&mut plan.layouts, &surveys);
    found.troubles.extend(learnt.troubles);
    if learnt.layouts > 0 {
        plan.signatures.cover(&plan.layouts);
        surveys = run::survey_all(plan, &found.sources);
    }
    drop(line);
    found.troubles.extend(unread_by_own_format(plan, &surveys));
    surveys
}

/// An input that the string of `--log-format` reads hardly a line of: a slip in the string, which would else show only
/// in what was not read.
fn unread_by_own_format(plan: &Plan, surveys: &[Survey]) -> Vec<Trouble> {
    let own = |survey: &&Survey| {
        let forced = plan.assumptions.formats.iter().find(|(glob, _)| wildcard(glob, survey.name.as_bytes()));
        forced.filter(|(_, layout)| plan.layouts.get(*layout).text.own_string).map(|(_, layout)| *layout)
    };
    let unread = |survey: &Survey, layout: usize| {
        let Recognition { votes, considered, .. } = &survey.recognition;
        let fitting = votes.iter().find(|(voted, _)| *voted == layout).map_or(0, |(_, lines)| *lines);
        (2 * fitting < *considered).then(|| {
            let message = format!(
                "--log-format fits {fitting} of {considered} lines that were tried: compare the string with the server's \
                 configuration"
            );
            Trouble::partial(&survey.name, message)
        })
    };
    surveys.iter().filter_map(|survey| unread(survey, own(&survey)?)).collect()
}

/// Reads everything into one tally, with what went wrong on the way.
pub(super) fn read(plan: &mut Plan, globs: &ReadingArgs, mut found: Found, console: Console) -> Tally {
    let surveys = survey(plan, &mut found, console);
    read_surveyed(plan, globs, &found, &surveys, console)
}

/// The same of inputs that were looked at.
pub(super) fn read_surveyed(
    plan: &Plan,
    globs: &ReadingArgs,
    found: &Found,
    surveys: &[Survey],
    console: Console,
) -> Tally {
    let progress = Arc::new(Progress::default());
    let line = console.shows_progress().then(|| ProgressLine::reading(&found.sources, &progress));
    let mut tally = run::read_all(plan, &found.sources, surveys, &progress);
    drop(line);
    tally.troubles.extend(found.troubles.iter().cloned());
    tally.settle();
    warn_of_unused_formats(globs, tally.files(), console);
    tally
}

/// A `--format` that fits no input is a slip, and would otherwise only show in what the input was taken for.
pub(super) fn warn_of_unused_formats<'n>(
    reading: &ReadingArgs,
    names: impl Iterator<Item = &'n str> + Clone,
    console: Console,
) {
    let formats = reading.format.iter().map(|(glob, id)| ("--format", glob, id));
    let own = reading.log_format.iter().map(|own| ("--log-format", &own.glob, &own.string));
    for (option, glob, id) in formats.chain(own) {
        if !names.clone().any(|name| wildcard(glob, name.as_bytes())) {
            console.warn(&format!(
                "{option} {glob}={id}: fits the name of no input; `why503 sources` prints the names, and * stands for anything"
            ));
        }
    }
}
