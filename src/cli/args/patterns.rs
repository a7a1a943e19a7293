//! What can be typed behind `patterns` and `explain`.

use super::{PatternArgs, ShowOutput};
use crate::cli::rows::Output;
use clap::{Args, Subcommand};
use std::path::PathBuf;

const CAUSES: [&str; 7] =
    ["maintenance", "overload", "server-problem", "automatic-configuration", "connectivity", "firewall", "script-bug"];
const STRENGTHS: [&str; 4] = ["direct", "strong", "contributing", "context"];
const ROLES: [&str; 5] = ["trigger", "fault", "symptom", "recovery", "backup"];

/// The commands behind `patterns`.
#[derive(Debug, Subcommand)]
pub(crate) enum PatternsCommand {
    /// List the signatures: the messages and codes that argue for a cause
    List(ListArgs),
    /// Show everything that is known of one signature
    Show(ShowArgs),
    /// Prove pattern files: their form, and that every sample hits its signature and no look-alike does
    ///
    /// Exits with 2 when something is wrong, and says what, with file and line.
    Check {
        /// A pattern file or a directory of them; without it, the patterns that are part of the program
        #[arg(value_name = "DIR|FILE")]
        path: Option<PathBuf>,
    },
    /// Print a pattern file to begin with: a layout and a signature, complete and explained
    New {
        /// The product whose log it is for: lower-case letters, digits and -
        #[arg(value_name = "PRODUCT", value_parser = product)]
        product: String,
    },
}

/// `patterns list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those of this product: the first part of the id, or the product that writes the log
    #[arg(long, value_name = "NAME")]
    pub(crate) product: Option<String>,
    /// Only those that argue for this cause, alone or among others
    #[arg(long, value_name = "CAUSE", value_parser = CAUSES)]
    pub(crate) cause: Option<String>,
    /// Only those of this strength
    #[arg(long, value_name = "STRENGTH", value_parser = STRENGTHS)]
    pub(crate) strength: Option<String>,
    /// Only those with this role
    #[arg(long, value_name = "ROLE", value_parser = ROLES)]
    pub(crate) role: Option<String>,
    /// How the rows are printed
    #[arg(long, value_name = "FORM", default_value = "table")]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) patterns: PatternArgs,
}

/// `patterns show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The signature's id, as `why503 patterns list` prints it
    pub(crate) id: String,
    /// How it is printed
    #[arg(long, value_name = "FORM", default_value = "table")]
    pub(crate) output: ShowOutput,
    #[command(flatten)]
    pub(crate) patterns: PatternArgs,
}

/// `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A signature's id, a code (alone, or with its product before it), or a whole log line
    #[arg(value_name = "ID|CODE|LINE", required = true)]
    pub(crate) words: Vec<String>,
    /// How it is printed
    #[arg(long, value_name = "FORM", default_value = "table")]
    pub(crate) output: ShowOutput,
    #[command(flatten)]
    pub(crate) patterns: PatternArgs,
}

fn product(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(fits) && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        Err("write lower-case letters, digits and -, a letter first, as in `my-shop`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cause::Cause;

    #[test]
    fn the_causes_are_those_of_the_model() {
        assert_eq!(CAUSES, Cause::ALL.map(Cause::id));
    }

    #[test]
    fn names_of_products() {
        assert!(product("my-shop2").is_ok());
        for name in ["", "Shop", "2shop", "a.b", "a b", "-a", "\u{1b}"] {
            assert!(product(name).is_err(), "{name:?}");
        }
    }
}
