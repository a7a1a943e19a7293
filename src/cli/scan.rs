//! `why503 scan`: the first half of the main job.

use super::args::ScanArgs;
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::partial::{self, Conditions};
use super::reading::{self, Options};

/// Reads the paths and writes what was counted.
pub(super) fn run(args: &ScanArgs) -> anyhow::Result<ExitCode> {
    let console = Console::new(&args.talk);
    let options =
        Options { reading: &args.reading, zone: &args.zone, status: Some(&args.status), threads: Some(&args.threads) };
    let (mut plan, _) = reading::plan(&options, Catalogue::load(&args.patterns.patterns)?)?;
    partial::check(&args.out)?;
    let found = reading::find(&args.paths, None, console)?;
    let tally = reading::read(&mut plan, &args.reading, found, console);
    let read = ExitCode::of_inputs(&tally);
    console.troubles(&tally.troubles, "the report of `why503 merge` has them all");
    if read == ExitCode::NothingRead {
        console.warn(&format!("no input could be read; {} was not written", args.out.display()));
        return Ok(read);
    }
    partial::write(&args.out, &Conditions::new(&args.status.status), &tally)?;
    Ok(read)
}
