//! Completion scripts and manual pages, made from the command line itself.

use super::{Cli, ExitCode};
use anyhow::bail;
use clap::CommandFactory;
use std::io::Write;

/// `why503 completions`.
pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "why503", &mut script);
    print(&script)
}

/// `why503 man`.
pub(super) fn page(name: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut all = Cli::command();
    // Gives the commands their full names, `why503-parse`, and the help command its place among them.
    all.build();
    let command = match name {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
                bail!("man {name}: there is no such command; there are {}", names.join(", "))
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&page)
}

fn print(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(ExitCode::Ran)
}
