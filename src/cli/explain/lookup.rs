//! From what was typed to signatures: by id, by code, by wording, or by reading it as a line of a log.

use crate::cli::catalogue::Catalogue;
use crate::cli::patterns::{is_about, product};
use crate::model::field::Field;
use crate::prove::Prover;
use crate::spot::signature::Signature;
use std::collections::{BTreeMap, BTreeSet};

/// Fields whose values are codes.
const CODE_FIELDS: [Field; 2] = [Field::Reason, Field::Status];
/// Words that a code with its product can have; more are a sentence, and so a line.
const CODE_WORDS: usize = 3;
/// Characters of a code that may be looked for inside a wording; shorter ones stand everywhere.
const SHORTEST: usize = 4;

/// A signature that was found.
pub(super) struct Match {
    /// Its index.
    pub(super) signature: usize,
    /// What it was found by.
    pub(super) by: String,
    /// Values for the names in its title, where a line gave some.
    pub(super) values: BTreeMap<String, String>,
}

/// What `query` stands for, the surest first; nothing when it stands for nothing that is known.
pub(super) fn find(catalogue: &Catalogue, query: &str) -> Vec<Match> {
    if let Some(signature) = catalogue.signatures.find(&query.to_ascii_lowercase()) {
        return vec![Match { signature, by: "its id".to_owned(), values: BTreeMap::new() }];
    }
    if query.split_whitespace().count() > CODE_WORDS {
        let found = by_line(catalogue, query);
        if !found.is_empty() {
            return found;
        }
    }
    let found = by_code(catalogue, query);
    if found.is_empty() { by_line(catalogue, query) } else { found }
}

/// Signatures that a line hits.
fn by_line(catalogue: &Catalogue, line: &str) -> Vec<Match> {
    let prover = Prover { layouts: &catalogue.layouts, signatures: &catalogue.signatures };
    let mut found = Vec::new();
    for look in prover.look(line, &[]) {
        for hit in look.hits {
            let fields = look.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let by = format!("the line, read as {}", catalogue.layouts.get(look.layout).text.id);
            found.push(Match { signature: hit.signature, by, values: fields.chain(hit.captures).collect() });
        }
    }
    found
}

/// The layout that a text is read as, where it looks like a line of a log that why503 knows.
pub(super) fn read_as(catalogue: &Catalogue, line: &str) -> Option<String> {
    let prover = Prover { layouts: &catalogue.layouts, signatures: &catalogue.signatures };
    let looks = if line.split_whitespace().count() > CODE_WORDS { prover.look(line, &[]) } else { Vec::new() };
    looks.first().map(|look| catalogue.layouts.get(look.layout).text.id.clone())
}

/// Whether a signature is one of those that are looked for.
type Fits<'f> = &'f dyn Fn(&Signature) -> bool;

/// Signatures that a code, with or without its product before it, stands for.
fn by_code(catalogue: &Catalogue, query: &str) -> Vec<Match> {
    let (first, rest) = query.split_once(char::is_whitespace).unwrap_or(("", query));
    let about = |signature: &Signature| is_about(signature, first, &catalogue.layouts);
    let named = !first.is_empty() && catalogue.signatures.iter().any(about);
    let code = if named { rest.trim() } else { query };
    let own = |signature: &&(usize, &Signature)| !named || about(signature.1);
    let among: Vec<(usize, &Signature)> = catalogue.signatures.iter().enumerate().filter(|one| own(&one)).collect();
    // `SC` and `sC` are different codes, so what is spelled exactly comes first.
    for spelled in [code.to_owned(), code.to_ascii_uppercase()] {
        let mut known = BTreeSet::new();
        let mut found = Vec::new();
        let steps: [(&str, Fits<'_>); 3] = [
            ("the code", &|signature| has_code(catalogue, signature, query, &spelled)),
            ("the code in the access log", &|signature| asks_for(signature, &spelled)),
            ("the wording", &|signature| says(signature, &spelled)),
        ];
        for (by, fits) in steps {
            for (index, _) in among.iter().filter(|(_, signature)| fits(signature)) {
                if known.insert(*index) {
                    let by = format!("{by} {spelled}");
                    found.push(Match { signature: *index, by, values: BTreeMap::new() });
                }
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Whether the signature's file names the code, alone or with its product.
fn has_code(catalogue: &Catalogue, signature: &Signature, query: &str, code: &str) -> bool {
    let codes = catalogue.references.get(&signature.text.id).map_or(&[][..], |reference| &reference.codes);
    codes.iter().any(|known| {
        let bare = known.split_once(' ').map_or(known.as_str(), |(_, bare)| bare);
        known == query || known == code || bare == code
    })
}

/// Whether the signature asks an access log for the code. Of several flags each counts, and of a termination state the
/// two characters that tell why.
fn asks_for(signature: &Signature, code: &str) -> bool {
    let flags = code.split(',').map(str::trim).filter(|flag| !flag.is_empty());
    let state = format!("{code}--");
    let spellings: Vec<&str> = std::iter::once(code).chain(flags).chain([state.as_str()]).collect();
    let conditions = signature.conditions.iter().filter(|condition| CODE_FIELDS.contains(&condition.field()));
    let by_reason = signature.conditions.iter().any(|condition| condition.field() == Field::Reason);
    conditions.filter(|condition| !by_reason || condition.field() == Field::Reason).any(|condition| {
        // A number is no flag with blanks behind it.
        let spellings = if code.bytes().all(|byte| byte.is_ascii_digit()) { &spellings[..1] } else { &spellings[..] };
        spellings.iter().any(|spelling| condition.names(spelling.as_bytes()))
    })
}

/// Whether the signature's wording has the code as a word of its own.
fn says(signature: &Signature, code: &str) -> bool {
    let texts = signature.anchors.iter().chain(&signature.text.regex);
    code.len() >= SHORTEST && texts.into_iter().any(|text| holds_word(text, code))
}

fn holds_word(text: &str, word: &str) -> bool {
    let inside = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    text.match_indices(word).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        !inside(before) && !inside(text.as_bytes().get(at + word.len()))
    })
}

/// Everything that can be looked up by name, for suggestions.
pub(super) fn names(catalogue: &Catalogue) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for signature in catalogue.signatures.iter() {
        let id = &signature.text.id;
        names.insert(id.clone());
        names.extend(catalogue.references.get(id).into_iter().flat_map(|reference| reference.codes.clone()));
        names.extend(reasons(signature).into_iter().map(|code| format!("{} {code}", product(id))));
    }
    names
}

/// The codes that a signature asks an access log for, as a person writes them.
pub(super) fn reasons(signature: &Signature) -> BTreeSet<String> {
    let texts = signature.text.when.get("reason").map(|value| value.texts()).unwrap_or_default();
    let stated = texts.into_iter().filter(|text| !text.starts_with(['!', '@', '<', '>']));
    stated.map(|text| text.trim_matches(['*', ',']).to_owned()).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::pattern_files::Added;

    fn ids(catalogue: &Catalogue, query: &str) -> Vec<String> {
        let found = find(catalogue, query);
        found.iter().map(|found| catalogue.signatures.get(found.signature).text.id.clone()).collect()
    }

    #[test]
    fn every_code_leads_to_its_signature() {
        let catalogue = Catalogue::of(Added::default()).unwrap();
        let mut lost = Vec::new();
        for signature in catalogue.signatures.iter() {
            let id = &signature.text.id;
            let of_access = reasons(signature).into_iter().map(|code| format!("{} {code}", product(id)));
            for query in
                of_access.chain(catalogue.references.get(id).into_iter().flat_map(|reference| reference.codes.clone()))
            {
                if !ids(&catalogue, &query).contains(id) {
                    lost.push(format!("{id}: {query}"));
                }
            }
        }
        assert!(lost.is_empty(), "{}", lost.join("\n"));
    }

    #[test]
    fn what_people_type() {
        let catalogue = Catalogue::of(Added::default()).unwrap();
        for (query, expected) in [
            ("haproxy sQ", "haproxy."),
            ("haproxy sQ--", "haproxy."),
            ("envoy UH,UF", "envoy."),
            ("envoy uh", "envoy."),
            ("AH00484", "apache."),
            ("ah00484", "apache."),
            ("apache AH00484", "apache."),
            ("nginx.limit-req.rejected", "nginx.limit-req.rejected"),
        ] {
            let found = ids(&catalogue, query);
            assert!(found.first().is_some_and(|id| id.starts_with(expected)), "{query}: {found:?}");
        }
        assert_ne!(ids(&catalogue, "haproxy sC"), ids(&catalogue, "haproxy SC"));
        assert!(ids(&catalogue, "haproxy ZZ").is_empty());
        assert!(names(&catalogue).contains("haproxy sQ"));
    }

    #[test]
    fn a_line_fills_the_title() {
        let catalogue = Catalogue::of(Added::default()).unwrap();
        let line = "2026/11/22 07:56:40 [error] 96#96: *578 limiting requests, excess: 10.280 by zone \"perip\", client: \
                    203.0.113.101, server: www.example.org, request: \"GET /search HTTP/1.1\", host: \"www.example.org\"";
        let found = find(&catalogue, line);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].values.get("zone").map(String::as_str), Some("perip"));
    }
}
