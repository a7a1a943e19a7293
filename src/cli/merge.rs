//! `why503 merge`: the second half of the main job, over what several scans have counted.

use super::args::{MergeArgs, Statuses};
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::reading::Rest;
use super::run::{Choices, Knowing, conclude};
use super::{out, partial};
use crate::tally::Tally;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Merges the files and writes the report.
pub(super) fn run(args: &MergeArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let console = Console::new(&args.talk);
    let Catalogue { layouts, signatures, references, causes, own, .. } = Catalogue::load(&args.patterns.patterns)?;
    out::check(&args.report)?;
    let (statuses, tally) = merged(&args.files, console)?;
    if let Some(id) = tally.hits.keys().find(|id| signatures.find(id).is_none()) {
        console.warn(&format!(
            "signature {id} was found in a scan and is not known here, so it does not count: give the --patterns of \
             the scan"
        ));
    }
    let rest = Rest { references, causes, own };
    let knowing = Knowing { layouts: &layouts, signatures: &signatures, rest: &rest };
    let choices = Choices {
        diagnosis: &args.diagnosis,
        report: &args.report,
        zone: &args.zone,
        statuses: &statuses,
        console,
        threads: 1,
        started,
    };
    conclude(tally, knowing, choices, None)
}

/// The sum of all parts, and the statuses that all of them looked for.
fn merged(files: &[PathBuf], console: Console) -> anyhow::Result<(Statuses, Tally)> {
    once(files)?;
    let mut sum: Option<(&Path, Statuses, Tally)> = None;
    let mut nights = std::collections::BTreeSet::new();
    for file in files {
        let (conditions, part) = partial::read(file)?;
        let another_night = conditions.night().is_some_and(|night| nights.insert(night.clone()));
        let statuses = conditions.statuses();
        let Some((first, known, tally)) = &mut sum else {
            sum = Some((file, statuses, part));
            continue;
        };
        if *known != statuses {
            bail!(
                "{} counted status {statuses}, and {} counted {known}: scan both with the same --status",
                file.display(),
                first.display(),
            );
        }
        // The log of one night has the name of that of the night before.
        let known: std::collections::BTreeSet<&str> = tally.files().collect();
        if !another_night && let Some(name) = part.files().find(|name| known.contains(name)) {
            console.warn(&format!(
                "{name} is in {} and in an earlier part: taken for pieces of one log and added up; scan from a \
                 directory above if they are logs of different hosts",
                file.display(),
            ));
        }
        tally.add(part);
    }
    let (_, statuses, mut tally) = sum.context("there is no file to merge")?;
    tally.settle();
    Ok((statuses, tally))
}

/// A part that is given twice would count twice.
fn once(files: &[PathBuf]) -> anyhow::Result<()> {
    let mut known = std::collections::BTreeSet::new();
    for file in files {
        let path = std::fs::canonicalize(file).with_context(|| format!("reading {}", file.display()))?;
        if !known.insert(path) {
            bail!("{} is given twice, and would count twice", file.display());
        }
    }
    Ok(())
}
