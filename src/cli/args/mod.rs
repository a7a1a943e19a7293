//! What can be typed. What it means is worked out by whoever uses it; a value of a wrong form is refused here.

mod choices;
mod instant;
mod log_format;
mod patterns;
mod span;
mod statuses;
mod text;
mod zone;

use super::rows::Output;
use crate::diagnose::constants;
use choices::{delimiter, glob_and_id};
use clap::{Args, Parser, Subcommand};
use jiff::tz::TimeZone;
use std::ffi::OsString;
use std::path::PathBuf;

pub(super) use choices::{Color, EmitKind, RecordOutput, Redact, ShowOutput};
pub(super) use instant::Instant;
pub(super) use log_format::OwnFormat;
pub(super) use patterns::{ExplainArgs, ListArgs, PatternsCommand, ShowArgs};
pub(super) use statuses::Statuses;
pub(super) use zone::of_this_system;

const READING: &str = "Reading";
const DIAGNOSIS: &str = "Diagnosis";
const REPORT: &str = "Report";
const NIGHTS: &str = "Nights";
const RUN: &str = "Run";

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "why503",
    version,
    about = text::ABOUT,
    long_about = text::LONG_ABOUT,
    override_usage = text::USAGE,
    after_help = text::EXAMPLES,
    after_long_help = text::LONG_AFTER,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    max_term_width = 110
)]
pub struct Cli {
    /// Another command than the main job.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// The main job.
    #[command(flatten)]
    pub(super) diagnose: DiagnoseArgs,
}

/// The commands beside the main job.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the normalized records of the logs, one object a record
    ///
    /// In the order of source name and line. Records whose time cannot be told come too, with no timestamp.
    /// Nothing is masked: what the logs hold is printed.
    #[command(after_help = text::PARSE_EXAMPLES)]
    Parse(ParseArgs),
    /// Show which format each input was taken for, why, and how its lines fared
    #[command(after_help = text::SOURCES_EXAMPLES)]
    Sources(SourcesArgs),
    /// Only read: write what was counted to a file, for `merge`
    ///
    /// For logs that stay on their hosts: scan on each, merge anywhere.
    #[command(after_help = text::SCAN_EXAMPLES)]
    Scan(ScanArgs),
    /// Diagnose what one or several `scan`s have counted, and write the report
    Merge(MergeArgs),
    /// What why503 knows: list it, show one entry, prove entries of your own
    #[command(after_help = text::PATTERNS_EXAMPLES)]
    Patterns {
        /// What is to be done with it
        #[command(subcommand)]
        command: PatternsCommand,
    },
    /// Say what a code or a log line means for a 503, and what to check
    #[command(after_help = text::EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Print the completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff
    Man {
        /// The command whose page is wanted; without it, that of why503 itself
        command: Option<String>,
    },
}

/// The main job.
#[derive(Debug, Args)]
pub(super) struct DiagnoseArgs {
    #[command(flatten)]
    pub(super) paths: PathArgs,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    pub(super) status: StatusArgs,
    #[command(flatten)]
    pub(super) diagnosis: DiagnosisArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
    #[command(flatten)]
    pub(super) history: HistoryArgs,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
    #[command(flatten)]
    pub(super) patterns: PatternArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// `parse`.
#[derive(Debug, Args)]
pub(super) struct ParseArgs {
    #[command(flatten)]
    pub(super) paths: PathArgs,
    /// How the records are printed
    #[arg(long, value_name = "FORM", default_value = "ndjson")]
    pub(super) output: RecordOutput,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
    #[command(flatten)]
    pub(super) patterns: PatternArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// `sources`.
#[derive(Debug, Args)]
pub(super) struct SourcesArgs {
    /// Files, directories with all that is in them, globs, or - for standard input
    #[arg(value_name = "PATH", required_unless_present = "list")]
    pub(super) paths: Vec<OsString>,
    /// Print the formats that why503 knows, and read nothing
    #[arg(long, conflicts_with = "paths")]
    pub(super) list: bool,
    /// How the rows are printed
    #[arg(long, value_name = "FORM", default_value = "table")]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    pub(super) status: StatusArgs,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
    #[command(flatten)]
    pub(super) patterns: PatternArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// `scan`.
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) paths: PathArgs,
    /// The file to write; - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    pub(super) status: StatusArgs,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
    #[command(flatten)]
    pub(super) patterns: PatternArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// `merge`.
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Files that `why503 scan` wrote
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) diagnosis: DiagnosisArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
    #[command(flatten)]
    pub(super) zone: ZoneArgs,
    #[command(flatten)]
    pub(super) patterns: PatternArgs,
    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

/// The inputs.
#[derive(Debug, Args)]
pub(super) struct PathArgs {
    /// Files, directories with all that is in them, globs, or - for standard input
    ///
    /// Compressed files and bundles (gzip, zstd, xz, bzip2, lz4, tar, zip) are told by their content and read as they
    /// are. A path that is called like a command is written with its directory: ./parse
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<OsString>,
}

/// What is read, and as what.
#[derive(Debug, Args)]
#[command(next_help_heading = READING)]
pub(super) struct ReadingArgs {
    /// Leave out what happened before: 2026-11-22T08:00:00Z, 2026-11-22, "2026-11-22 08:00", 08:00, today, yesterday,
    /// monday (the last one before today), 24h [default: from the first record]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) since: Option<Instant>,
    /// Leave out what happened at this time or later; the same forms, a date being its midnight
    /// [default: to the last record]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) until: Option<Instant>,
    /// Read every line. Without this, what lies outside of --since and --until is not parsed, a log that ends before is
    /// left out, and of a plain log of 64 MiB or more that is in the order of time only the bytes are read that can
    /// hold the window; where these begin further on, its lines are numbered from there and cited as NAME+BYTE:LINE.
    /// `parse` always reads every line
    #[arg(long)]
    pub(super) read_all: bool,
    /// Zone of logs that state none: an IANA name, UTC, +hh:mm, system [default: that of a log beside them, else this
    /// system's]
    #[arg(long, value_name = "ZONE", value_parser = zone::zone, allow_hyphen_values = true)]
    pub(super) log_tz: Option<TimeZone>,
    /// Read inputs whose name fits GLOB as format ID, whatever they look like; * stands for anything. May be repeated;
    /// `why503 sources --list` has the ids
    #[arg(long, value_name = "GLOB=ID", value_parser = glob_and_id)]
    pub(super) format: Vec<(String, String)>,
    /// Read inputs whose name fits GLOB by the server's own format string: nginx log_format, Apache LogFormat, HAProxy
    /// log-format, Envoy. The specifiers tell the server; where they do not, put it in front: GLOB=apache:STRING. May be
    /// repeated. Strings in nginx.conf, httpd.conf, haproxy.cfg and envoy.yaml among the inputs are used without this
    #[arg(long, value_name = "GLOB=STRING", value_parser = log_format::glob_and_string, allow_hyphen_values = true)]
    pub(super) log_format: Vec<OwnFormat>,
}

/// What is looked for.
#[derive(Debug, Args)]
#[command(next_help_heading = DIAGNOSIS)]
pub(super) struct StatusArgs {
    /// Answers to look for: a status, a list (502,503), a class (5xx) or a range (502-504)
    #[arg(long, value_name = "LIST", default_value = "503")]
    pub(super) status: Statuses,
}

/// How incidents are cut and counted.
#[derive(Debug, Args)]
#[command(next_help_heading = DIAGNOSIS)]
pub(super) struct DiagnosisArgs {
    /// Count requests in the access logs whose name fits GLOB; * stands for anything. May be repeated [default: the
    /// logs that are nearest to the clients, told by their requests]
    #[arg(long, value_name = "GLOB")]
    pub(super) edge: Vec<String>,
    /// Bursts with the same cause and a pause of at most this long are one incident; in seconds, or 2m, 1h
    #[arg(long, value_name = "TIME", value_parser = span::seconds, default_value_t = constants::GAP)]
    pub(super) gap: i64,
}

/// The report.
#[derive(Debug, Args)]
#[command(next_help_heading = REPORT)]
pub(super) struct ReportArgs {
    /// Directory of the report; an earlier report there is replaced, other files stay
    #[arg(short, long, value_name = "DIR", default_value = "why503-report/")]
    pub(super) out: PathBuf,
    /// Files to write, of csv (the tables), md (report.md), html (report.html, for a browser), xlsx (report.xlsx, all
    /// tables in one workbook) and json (summary.json)
    #[arg(
        long,
        value_name = "KINDS",
        value_delimiter = ',',
        default_value = "csv,md,html,json",
        hide_possible_values = true
    )]
    pub(super) emit: Vec<EmitKind>,
    /// What to mask in all that is written: none; secrets (passwords, keys, tokens); all (also addresses and users, by
    /// pseudonyms that stay the same throughout: client-1)
    #[arg(long, value_name = "WHAT", default_value = "secrets", hide_possible_values = true)]
    pub(super) redact: Redact,
    /// With --redact all: make the pseudonyms with the key in FILE, so that they are the same in every report; without
    /// it they are numbered anew in each
    #[arg(long, value_name = "FILE")]
    pub(super) redact_key: Option<PathBuf>,
    /// Write CSV with a byte order mark and CRLF, as Excel takes it
    #[arg(long)]
    pub(super) csv_excel: bool,
    /// What separates the columns of CSV: one character, or `tab`
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter, allow_hyphen_values = true)]
    pub(super) csv_delimiter: u8,
    /// Exit with 1 when there is an incident
    #[arg(long, help_heading = RUN)]
    pub(super) fail_on_incident: bool,
    /// Print the answer in one line, as for a journal
    #[arg(long, help_heading = RUN, conflicts_with = "quiet")]
    pub(super) summary: bool,
    /// Also write what was found to FILE (*.prom) for Prometheus, as its node exporter reads it
    #[arg(long, value_name = "FILE", help_heading = RUN)]
    pub(super) metrics: Option<PathBuf>,
}

/// Nights that are kept.
#[derive(Debug, Args)]
#[command(next_help_heading = NIGHTS)]
pub(super) struct HistoryArgs {
    /// Keep what was counted in DIR, one file a day, and compare with the nights before. Reads whole days of --tz:
    /// yesterday and what was missed since the last night, or the days from --since to --until, which replaces what
    /// was kept of them
    #[arg(long, value_name = "DIR")]
    pub(super) history: Option<PathBuf>,
    /// Remove kept nights that are older than this many days
    #[arg(long, value_name = "DAYS", default_value_t = 400, value_parser = clap::value_parser!(u16).range(29..),
        requires = "history")]
    pub(super) keep_nights: u16,
}

/// The zone of the person who reads.
#[derive(Debug, Args)]
pub(super) struct ZoneArgs {
    /// Zone of --since, --until and of the times that are shown: an IANA name (Europe/Berlin), UTC, +hh:mm, system
    #[arg(long, value_name = "ZONE", value_parser = zone::zone, default_value = "UTC", help_heading = REPORT,
        allow_hyphen_values = true)]
    pub(super) tz: TimeZone,
}

/// Patterns of one's own.
#[derive(Debug, Args)]
pub(super) struct PatternArgs {
    /// Add layouts/*.toml and signatures/*.toml from this directory; an entry replaces the one that has its id. May be
    /// repeated
    #[arg(long, value_name = "DIR", help_heading = READING)]
    pub(super) patterns: Vec<PathBuf>,
}

/// Threads.
#[derive(Debug, Args)]
pub(super) struct ThreadArgs {
    /// Threads that read [default: one per processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024),
        help_heading = RUN)]
    pub(super) threads: Option<u16>,
}

/// What is said on the terminal.
#[derive(Debug, Args)]
#[command(next_help_heading = RUN)]
pub(super) struct TalkArgs {
    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Also say what was left out, and why
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Colour on standard output: auto (on a terminal, unless NO_COLOR or CLICOLOR=0 is set), always,
    /// never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub(super) color: Color,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_says_what_it_does() {
        let command = Cli::command();
        let all = command.get_subcommands().chain([&command]).flat_map(clap::Command::get_arguments);
        for argument in all {
            assert!(argument.get_help().is_some(), "{}", argument.get_id());
        }
    }
}
