use super::*;
use crate::detect::settle::{Assumptions, settle};
use crate::detect::survey::Survey;
use crate::parse::{Parser, Window};
use jiff::tz::TimeZone;

/// The ids that a piece of log hits through detect, parse and spot, when it stands in a file of one of the layouts
/// that `signature` names.
fn ids(layouts: &Layouts, signatures: &Signatures, signature: &Signature, text: &str) -> Vec<String> {
    let named: Vec<usize> = signature.text.layouts.iter().flat_map(|name| layouts.resolve(name)).collect();
    let mut survey = Survey::of(layouts, "sample".to_owned(), None, text.as_bytes(), b"");
    survey
        .recognition
        .votes
        .sort_by_key(|&(layout, count)| (!named.contains(&layout), std::cmp::Reverse(count), layout));
    survey.recognition.votes.truncate(1);
    let assumptions =
        Assumptions { log_zone: None, system_zone: TimeZone::UTC, formats: Vec::new(), now: 1_795_335_814 };
    let readings = settle(layouts, &[survey], &assumptions);
    let (mut found, mut hits) = (Vec::new(), Vec::new());
    Parser::new(layouts, readings[0].clone().into(), Window::default()).keep_undated().block(
        text.as_bytes(),
        1,
        &mut |parsed| {
            signatures.spot(&parsed.record, &mut hits);
            found.extend(hits.iter().map(|hit| signatures.get(hit.signature).text.id.clone()));
        },
    );
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_signature_hits_its_samples_and_spares_its_lookalikes() {
    let layouts = Layouts::embedded().unwrap();
    let signatures = Signatures::embedded(&layouts).unwrap();
    let references = references().unwrap();
    let mut wrong = Vec::new();
    for (signature, reference) in signatures.iter().zip(&references) {
        let id = &signature.text.id;
        assert_eq!(id, &reference.id);
        if reference.samples.is_empty() || reference.lookalikes.is_empty() {
            wrong.push(format!("{id}: needs a sample and a look-alike"));
        }
        if let Err(error) = signature.compile_regex() {
            wrong.push(format!("{id}: {error}"));
        }
        for sample in &reference.samples {
            let hit = ids(&layouts, &signatures, signature, sample);
            if hit != [id.as_str()] {
                wrong.push(format!("{id}: sample hits {hit:?}: {sample}"));
            }
        }
        for lookalike in &reference.lookalikes {
            let hit = ids(&layouts, &signatures, signature, lookalike);
            if hit.contains(id) {
                wrong.push(format!("{id}: look-alike hits: {lookalike}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} signatures are wrong:\n{}", wrong.len(), references.len(), wrong.join("\n"));
}
