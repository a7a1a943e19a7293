//! `why503 patterns check`: proves pattern files before a run depends on them.

use crate::cli::catalogue::Catalogue;
use crate::cli::exit_code::ExitCode;
use crate::cli::pattern_files::{self, Added};
use crate::detect::catalogue::Layouts;
use crate::prove::Prover;
use crate::spot::Signatures;
use anyhow::{Context, bail};
use std::io::{self, Write};
use std::path::Path;

/// Proves the patterns of a file or directory, or those of the program; the error tells all mistakes.
pub(super) fn run(path: Option<&Path>) -> anyhow::Result<ExitCode> {
    let summary = match path {
        None => embedded()?,
        Some(path) => files(path)?,
    };
    writeln!(io::stdout().lock(), "{summary}")?;
    Ok(ExitCode::Ran)
}

fn embedded() -> anyhow::Result<String> {
    let catalogue = Catalogue::of(Added::default())?;
    let prover = Prover { layouts: &catalogue.layouts, signatures: &catalogue.signatures };
    let mut mistakes = Vec::new();
    for (_, layout) in catalogue.layouts.iter() {
        let wrong = prover.layout(layout);
        mistakes.extend(wrong.into_iter().map(|mistake| format!("layout `{}`: {mistake}", layout.text.id)));
    }
    let mut samples = 0;
    for signature in catalogue.signatures.iter() {
        let id = &signature.text.id;
        let Some(reference) = catalogue.references.get(id) else { continue };
        samples += reference.samples.len() + reference.lookalikes.len();
        mistakes.extend(
            prover.signature(signature, reference).into_iter().map(|mistake| format!("signature `{id}`: {mistake}")),
        );
    }
    let counts =
        Counts { signatures: catalogue.signatures.iter().count(), layouts: catalogue.layouts.iter().count(), samples };
    told("the patterns of the program", &mistakes, counts)
}

/// Proves the patterns of a file or directory, beside those of the program.
fn files(path: &Path) -> anyhow::Result<String> {
    let mut layouts = Layouts::embedded().context("the embedded layouts")?;
    let mut added = pattern_files::add(pattern_files::read(&[path.to_path_buf()])?, &mut layouts);
    let texts = added.signatures.iter().map(|signature| signature.text.clone()).collect();
    let signatures = Signatures::embedded_with(texts, &layouts).map_err(anyhow::Error::msg)?;
    let prover = Prover { layouts: &layouts, signatures: &signatures };
    let mut counts = Counts { signatures: added.signatures.len(), layouts: added.layout_places.len(), samples: 0 };
    // What a faulty layout would have read is no mistake of the signatures.
    let provable = added.mistakes.is_empty();
    for (id, place) in added.layout_places.clone() {
        if let Some(layout) = layouts.find(&id) {
            for mistake in prover.layout(layouts.get(layout)) {
                added.mistake(&place, "layout", &id, &mistake);
            }
        }
    }
    for written in std::mem::take(&mut added.signatures) {
        let id = &written.text.id;
        counts.samples += written.reference.samples.len() + written.reference.lookalikes.len();
        if let Some(index) = signatures.find(id).filter(|_| provable) {
            for mistake in prover.signature(signatures.get(index), &written.reference) {
                added.mistake(&written.place, "signature", id, &mistake);
            }
        }
    }
    told(&path.display().to_string(), &added.mistakes, counts)
}

struct Counts {
    signatures: usize,
    layouts: usize,
    samples: usize,
}

fn told(what: &str, mistakes: &[String], counts: Counts) -> anyhow::Result<String> {
    let plural = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    if mistakes.is_empty() {
        let signatures = plural(counts.signatures, "signature");
        let layouts = plural(counts.layouts, "layout");
        return Ok(format!("{what}: {signatures} ({} lines) and {layouts} hold", counts.samples));
    }
    bail!("{what}: {}:\n  {}", plural(mistakes.len(), "mistake"), mistakes.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("x.toml");
        std::fs::write(&file, text).unwrap();
        files(&file).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The blocks of TOML in the guide that are whole entries.
    #[test]
    fn the_examples_of_the_guide_hold() {
        let guide = include_str!("../../../patterns/README.md");
        let blocks = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        let whole: Vec<&str> =
            blocks.filter(|block| block.contains("[[signature]]") || block.contains("[[layout]]\n")).collect();
        assert_eq!(whole.len(), 2);
        assert!(checked(&whole.join("\n\n")).contains("1 signature (2 lines) and 1 layout hold"));
    }

    #[test]
    fn the_template_for_a_new_product_holds() {
        for product in ["shop", "my-shop2", "nginx"] {
            let layouts = Layouts::embedded().unwrap();
            let text = super::super::new::template(product, &layouts);
            assert!(checked(&text).contains("1 signature (2 lines) and 1 layout hold"), "{text}");
        }
    }
}
