//! The main job: find → survey → read → segment → diagnose → report.

use super::args::{DiagnoseArgs, DiagnosisArgs, ReportArgs, Statuses, ZoneArgs};
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::reading::{self, Options, Rest};
use super::{history, out, report_options, whole_file};
use crate::compare::{Digest, Past, compare};
use crate::detect::catalogue::{Layouts, wildcard};
use crate::diagnose::verdict::Diagnosis;
use crate::diagnose::{Knowledge, diagnose};
use crate::model::trouble::Trouble;
use crate::report::{self, Findings, RunFacts, TerminalOptions, View};
use crate::segment::{segment, skew::align};
use crate::spot::Signatures;
use crate::tally::Tally;
use anyhow::Context;
use std::io::Write;
use std::time::Instant;

/// `why503 PATH...`
pub(super) fn run(args: &DiagnoseArgs) -> anyhow::Result<ExitCode> {
    if let Some(directory) = &args.history.history {
        return history::run(args, directory);
    }
    let started = Instant::now();
    let console = Console::new(&args.talk);
    let options =
        Options { reading: &args.reading, zone: &args.zone, status: Some(&args.status), threads: Some(&args.threads) };
    let (mut plan, rest) = reading::plan(&options, Catalogue::load(&args.patterns.patterns)?)?;
    // Before the long work, so that a bad path fails early.
    out::check(&args.report)?;
    let found = reading::find(&args.paths, Some(&args.report.out), console)?;
    let tally = reading::read(&mut plan, &args.reading, found, console);
    let knowing = Knowing { layouts: &plan.layouts, signatures: &plan.signatures, rest: &rest };
    let ended = conclude(tally, knowing, Choices::of(args, console, started), None);
    // The process ends here: to free the catalogue piece by piece takes a tenth of the time of a small log.
    std::mem::forget((plan, rest));
    ended
}

/// What is known of products.
#[derive(Clone, Copy)]
pub(super) struct Knowing<'a> {
    pub(super) layouts: &'a Layouts,
    pub(super) signatures: &'a Signatures,
    pub(super) rest: &'a Rest,
}

/// What the operator chose for the second half.
#[derive(Clone, Copy)]
pub(super) struct Choices<'a> {
    pub(super) diagnosis: &'a DiagnosisArgs,
    pub(super) report: &'a ReportArgs,
    pub(super) zone: &'a ZoneArgs,
    pub(super) statuses: &'a Statuses,
    pub(super) console: Console,
    /// How many threads may write.
    pub(super) threads: usize,
    /// When the run began.
    pub(super) started: Instant,
}

impl<'a> Choices<'a> {
    /// Those of a run that began at `started`.
    pub(super) fn of(args: &'a DiagnoseArgs, console: Console, started: Instant) -> Self {
        Self {
            diagnosis: &args.diagnosis,
            report: &args.report,
            zone: &args.zone,
            statuses: &args.status.status,
            console,
            threads: reading::threads(&args.threads),
            started,
        }
    }
}

/// The nights before the one of a report.
pub(super) struct Before {
    /// The night of the report; the last one, if it is of several.
    pub(super) day: jiff::civil::Date,
    /// How many nights the report is of.
    pub(super) count: usize,
    /// Those before, oldest first.
    pub(super) nights: Vec<(jiff::civil::Date, Past)>,
}

/// The diagnosis of what was counted. Where that is much, on all threads that the run may have.
pub(super) fn diagnosed(tally: &mut Tally, knowing: Knowing<'_>, choices: Choices<'_>) -> Diagnosis {
    // To begin a thread takes as long as to look at some thousand buckets.
    const MUCH: usize = 50_000;
    // There are not many services or incidents to go around.
    const MOST: usize = 8;
    let threads = choices.threads.min(MOST);
    let pool = (threads > 1 && buckets(tally) >= MUCH)
        .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok())
        .flatten();
    match pool {
        Some(pool) => pool.install(|| diagnosed_here(tally, knowing, choices)),
        None => diagnosed_here(tally, knowing, choices),
    }
}

/// How many buckets of time the diagnosis looks at.
fn buckets(tally: &Tally) -> usize {
    let services = tally.vantages.values().flat_map(|vantage| vantage.services.values());
    let requests = services.map(|service| service.requests.len()).sum::<usize>();
    let hits = tally.hits.values().flat_map(|signature| signature.scopes.values());
    requests + hits.map(|hits| hits.times.len()).sum::<usize>()
}

fn diagnosed_here(tally: &mut Tally, knowing: Knowing<'_>, choices: Choices<'_>) -> Diagnosis {
    align(tally);
    let segments = segment(tally, &choices.diagnosis.edge);
    let knowledge = Knowledge {
        layouts: knowing.layouts,
        signatures: knowing.signatures,
        references: &knowing.rest.references,
        causes: &knowing.rest.causes,
        gap: choices.diagnosis.gap,
    };
    diagnose(tally, &segments, knowledge)
}

/// The second half: what was counted becomes a report.
pub(super) fn conclude(
    mut tally: Tally,
    knowing: Knowing<'_>,
    choices: Choices<'_>,
    before: Option<&Before>,
) -> anyhow::Result<ExitCode> {
    let Choices { console, .. } = choices;
    let out = &choices.report.out;
    let options = report_options::of(choices.report, choices.zone, choices.statuses)?;
    let read = ExitCode::of_inputs(&tally);
    if read == ExitCode::NothingRead {
        console.troubles(&tally.troubles, "name them one by one to see all");
        console.warn(&format!("no input could be read, so there is no report; {} is as it was", out.display()));
        return Ok(read);
    }
    tally.troubles.extend(unused_edges(&tally, &choices.diagnosis.edge));
    let read = ExitCode::of_inputs(&tally);
    let mut diagnosis = diagnosed(&mut tally, knowing, choices);
    diagnosis.caveats.extend(knowing.rest.own.clone());
    if before.is_some_and(|before| before.count > 1) {
        diagnosis.caveats.push(
            "Each night was read by itself: a line that several of them have read is counted by each, as outside of the \
             window by all but one."
                .to_owned(),
        );
    }
    let comparison = before.map(|before| {
        let night = Digest::of(&diagnosis, &tally, knowing.signatures, &choices.zone.tz);
        compare(before.day, &night, &before.nights)
    });
    // The report has the lines that the diagnosis chose; the others, and the counts of hits, give their room to its rows.
    (tally.hits, tally.unknown) = Default::default();
    let findings = Findings { diagnosis: &diagnosis, tally: &tally, comparison: comparison.as_ref() };
    let view = View::new(&findings, &options);
    let written = report::write(out, &view, choices.threads)?;
    if let Some(left) = &written.left_behind {
        console.warn(&format!("the earlier report is now {} and could not be removed", left.display()));
    }
    console.troubles(&tally.troubles, &format!("see sources in {}", out.display()));
    if let Some(path) = &choices.report.metrics {
        let facts =
            RunFacts { duration: choices.started.elapsed().as_secs_f64(), ended: jiff::Timestamp::now().as_second() };
        let text = report::metrics(&view, facts);
        whole_file::write(path, |file| file.write_all(text.as_bytes()))
            .with_context(|| format!("writing {}; name another file with --metrics", path.display()))?;
    }
    if choices.report.summary {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(report::one_line(&view).as_bytes())?;
        stdout.flush()?;
    } else if !console.is_quiet() {
        let look = TerminalOptions { color: console.colors(), width: console.width(), directory: Some(out.clone()) };
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(report::terminal(&view, &look).as_bytes())?;
        stdout.flush()?;
    }
    let incidents = choices.report.fail_on_incident && !diagnosis.incidents.is_empty();
    // Nothing follows: to free what is left of a gigabyte's counts takes milliseconds.
    std::mem::forget(view);
    std::mem::forget((comparison, diagnosis, tally));
    Ok(read.and(if incidents { ExitCode::Incidents } else { ExitCode::Ran }))
}

/// An `--edge` that fits no log counts nothing, and "no 503" would be what is found. Where there is no access log at all
/// the report says so anyway, and on a quiet day that is no mistake.
fn unused_edges(tally: &Tally, globs: &[String]) -> Vec<Trouble> {
    let fits = |glob: &String| tally.vantages.keys().any(|key| wildcard(glob, key.log.as_bytes()));
    let logs: Vec<&str> = tally.vantages.keys().map(|key| key.log.as_str()).take(8).collect();
    let unused = globs.iter().filter(|glob| !logs.is_empty() && !fits(glob));
    unused
        .map(|glob| {
            let message =
                format!("fits the name of no access log, so it counts no request: there are {}", logs.join(", "));
            Trouble::partial(format!("--edge {glob}"), message)
        })
        .collect()
}
