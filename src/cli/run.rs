//! The main job: find → survey → read → segment → diagnose → report.

use super::args::{DiagnoseArgs, DiagnosisArgs, ReportArgs, Statuses, ZoneArgs};
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::reading::{self, Options, Rest};
use super::{out, report_options};
use crate::detect::catalogue::{Layouts, wildcard};
use crate::diagnose::{Knowledge, diagnose};
use crate::model::trouble::Trouble;
use crate::report::{self, TerminalOptions};
use crate::segment::{segment, skew::align};
use crate::spot::Signatures;
use crate::tally::Tally;
use std::io::Write;

/// `why503 PATH...`
pub(super) fn run(args: &DiagnoseArgs) -> anyhow::Result<ExitCode> {
    let console = Console::new(&args.talk);
    let options =
        Options { reading: &args.reading, zone: &args.zone, status: Some(&args.status), threads: Some(&args.threads) };
    let (plan, rest) = reading::plan(&options, Catalogue::load(&args.patterns.patterns)?)?;
    // Before the long work, so that a bad path fails early.
    out::check(&args.report.out)?;
    let found = reading::find(&args.paths, Some(&args.report.out), console)?;
    let tally = reading::read(&plan, &args.reading, found, console);
    let knowing = Knowing { layouts: &plan.layouts, signatures: &plan.signatures, rest: &rest };
    let choices = Choices {
        diagnosis: &args.diagnosis,
        report: &args.report,
        zone: &args.zone,
        statuses: &args.status.status,
        console,
    };
    conclude(tally, knowing, choices)
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
}

/// The second half: what was counted becomes a report.
pub(super) fn conclude(mut tally: Tally, knowing: Knowing<'_>, choices: Choices<'_>) -> anyhow::Result<ExitCode> {
    let Choices { console, .. } = choices;
    let out = &choices.report.out;
    let read = ExitCode::of_inputs(&tally);
    if read == ExitCode::NothingRead {
        console.troubles(&tally.troubles, "name them one by one to see all");
        console.warn(&format!("no input could be read, so there is no report; {} is as it was", out.display()));
        return Ok(read);
    }
    tally.troubles.extend(unused_edges(&tally, &choices.diagnosis.edge));
    let read = ExitCode::of_inputs(&tally);
    align(&mut tally);
    let segments = segment(&tally, &choices.diagnosis.edge);
    let knowledge = Knowledge {
        layouts: knowing.layouts,
        signatures: knowing.signatures,
        references: &knowing.rest.references,
        causes: &knowing.rest.causes,
        gap: choices.diagnosis.gap,
    };
    let mut diagnosis = diagnose(&tally, &segments, knowledge);
    diagnosis.caveats.extend(knowing.rest.own.clone());
    let options = report_options::of(choices.report, choices.zone, choices.statuses);
    let written = report::write(out, &diagnosis, &tally, &options)?;
    if let Some(left) = &written.left_behind {
        console.warn(&format!("the earlier report is now {} and could not be removed", left.display()));
    }
    console.troubles(&tally.troubles, &format!("see sources in {}", out.display()));
    if !console.is_quiet() {
        let look = TerminalOptions {
            color: console.colors(),
            width: console.width(),
            report: options,
            directory: Some(out.clone()),
        };
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(report::terminal(&diagnosis, &tally, &look).as_bytes())?;
        stdout.flush()?;
    }
    let incidents = choices.report.fail_on_incident && !diagnosis.incidents.is_empty();
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
