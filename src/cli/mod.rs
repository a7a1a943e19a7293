//! In: what was typed. Out: an exit code, after the job is done.
//! Promise: a wrong value ends the program before anything is read; what is printed never acts on a terminal; a closed
//! pipe is a quiet end.
//! Why what was typed (`args`) is apart from what it means: a moment needs a zone and the present, a format needs the
//! catalogue, and both may stand behind it on the command line.

mod args;
mod catalogue;
mod console;
mod exit_code;
mod explain;
mod facts;
mod history;
mod json;
mod manual;
mod merge;
mod out;
mod own_files;
mod parse;
mod partial;
mod pattern_files;
mod patterns;
mod progress;
mod reading;
mod report_options;
mod rows;
mod run;
mod scan;
mod sources;
mod suggest;
mod whole_file;

pub use args::Cli;
pub use exit_code::ExitCode;

use args::Command;
use clap::Parser;
use std::ffi::OsString;
use std::io::{self, ErrorKind};

/// Does what `arguments` (with the name of the program first) ask for.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` are "errors" that go to standard output; where nobody listens, nothing is lost.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::Failed } else { ExitCode::Ran };
        }
    };
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::Ran,
        Err(error) => {
            console::error(&error);
            ExitCode::Failed
        }
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        None => run::run(&cli.diagnose),
        Some(Command::Parse(args)) => parse::run(args),
        Some(Command::Sources(args)) => sources::run(args),
        Some(Command::Scan(args)) => scan::run(args),
        Some(Command::Merge(args)) => merge::run(args),
        Some(Command::Patterns { command }) => patterns::run(command),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Completions { shell }) => manual::completions(*shell),
        Some(Command::Man { command }) => manual::page(command.as_deref()),
    }
}

/// Whether whoever read the output went away, as `head` does. Inputs never fail like this: what goes wrong with them is
/// no error but data.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe))
}
