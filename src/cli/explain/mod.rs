//! `why503 explain`: what a code or a line means for a 503, and what to check.

mod lookup;

use super::args::{ExplainArgs, ShowOutput};
use super::catalogue::Catalogue;
use super::exit_code::ExitCode;
use super::{facts, json, suggest};
use crate::model::cause::{Role, Strength};
use crate::report::escape;
use crate::spot::fill;
use anyhow::bail;
use lookup::Match;
use serde::Serialize;
use std::io::{self, Write};

/// Signatures that are explained in full; of more, only the ids are told.
const MOST: usize = 12;

/// One signature as it is explained.
#[derive(Serialize)]
struct Explained<'c> {
    id: &'c str,
    title: String,
    found_by: String,
    cause: Option<&'static str>,
    may_be: Vec<&'static str>,
    strength: &'static str,
    role: &'static str,
    meaning: String,
    check: Vec<String>,
    layouts: &'c [String],
    codes: &'c [String],
    source: &'c str,
}

/// Looks it up; the error names what is called alike.
pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::load(&args.patterns.patterns)?;
    let query = args.words.join(" ");
    let query = query.trim();
    let found = lookup::find(&catalogue, query);
    if found.is_empty() {
        if let Some(read) = lookup::read_as(&catalogue, query) {
            bail!("the line is read as {read}, and no signature knows what it says; `why503 patterns list` prints all");
        }
        let names = lookup::names(&catalogue);
        let hint = suggest::hint(&suggest::nearest(query, names.iter().map(String::as_str)));
        bail!(
            "nothing is known of `{query}`{hint}; name an id, a code with or without its product, or a whole log line"
        );
    }
    let explained: Vec<Explained<'_>> = found.iter().map(|found| explain(&catalogue, found)).collect();
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output {
        ShowOutput::Json => {
            json::write(&explained, &mut out)?;
            writeln!(out)?;
        }
        ShowOutput::Table => print(&explained, &mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::Ran)
}

fn explain<'c>(catalogue: &'c Catalogue, found: &Match) -> Explained<'c> {
    let text = &catalogue.signatures.get(found.signature).text;
    let reference = catalogue.references.get(&text.id);
    // Without a line there are no values: the names of the captures stand for them.
    let value = |name: &str| Some(found.values.get(name).cloned().unwrap_or_else(|| format!("<{name}>")));
    Explained {
        id: &text.id,
        title: fill(&text.title, value),
        found_by: found.by.clone(),
        cause: text.cause.map(|cause| cause.id()),
        may_be: text.may_be.iter().map(|cause| cause.id()).collect(),
        strength: text.strength.id(),
        role: text.role.id(),
        meaning: format!("{}; {}", place(text.role), weight(text.strength)),
        check: reference.into_iter().flat_map(|reference| &reference.fix).map(|fix| fill(fix, value)).collect(),
        layouts: &text.layouts,
        codes: reference.map_or(&[], |reference| &reference.codes),
        source: reference.map_or("", |reference| &reference.source),
    }
    .with_cause(catalogue, found)
}

impl Explained<'_> {
    /// Puts what the cause means before the rest.
    fn with_cause(mut self, catalogue: &Catalogue, found: &Match) -> Self {
        if let Some(cause) = catalogue.signatures.get(found.signature).text.cause {
            self.meaning = format!("{}; {}", catalogue.causes.get(cause).means, self.meaning);
        }
        self
    }
}

fn place(role: Role) -> &'static str {
    match role {
        Role::Trigger => "a change that can begin it",
        Role::Fault => "what broke",
        Role::Symptom => "what another tier noticed, so look for what is behind it",
        Role::Recovery => "it works again",
        Role::Backup => "a backup, which explains nothing but is good to have",
    }
}

fn weight(strength: Strength) -> &'static str {
    match strength {
        Strength::Direct => "a request got 503, or the service was taken away, for this reason",
        Strength::Strong => "alone it makes a server answer 503",
        Strength::Contributing => "it can be part of the reason",
        Strength::Context => "alone it is no reason",
    }
}

fn print(explained: &[Explained<'_>], out: &mut dyn Write) -> io::Result<()> {
    for (index, one) in explained.iter().take(MOST).enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", escape::visible(&one.title))?;
        let cause = match (one.cause, one.may_be.as_slice()) {
            (None, _) => "no cause of a 503".to_owned(),
            (Some(cause), []) => cause.to_owned(),
            (Some(cause), others) => format!("{cause}, but may be {}", others.join(" or ")),
        };
        let facts = [
            ("Cause", vec![cause]),
            ("Means", vec![one.meaning.clone()]),
            ("Weight", vec![format!("{} {}", one.strength, one.role)]),
            ("Check", one.check.clone()),
            ("In", vec![one.layouts.join(", ")]),
            ("Signature", vec![format!("{} (found by {})", one.id, one.found_by)]),
            ("Source", vec![one.source.to_owned()]),
        ];
        facts::write(&facts, 2, out)?;
    }
    let more: Vec<&str> = explained.iter().skip(MOST).map(|one| one.id).collect();
    if !more.is_empty() {
        writeln!(out, "\nand {} more: {}", more.len(), escape::visible(&more.join(", ")))?;
    }
    Ok(())
}
