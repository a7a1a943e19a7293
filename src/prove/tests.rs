use super::*;
use crate::spot::reference::References;
use crate::spot::signature::SignatureText;

#[test]
fn every_signature_hits_its_samples_and_spares_its_lookalikes() {
    let layouts = Layouts::embedded().unwrap();
    let signatures = Signatures::embedded(&layouts).unwrap();
    let references = References::embedded();
    let prover = Prover { layouts: &layouts, signatures: &signatures };
    let mut wrong = Vec::new();
    for signature in signatures.iter() {
        let reference = references.get(&signature.text.id).unwrap();
        let mistakes = prover.signature(signature, reference);
        wrong.extend(mistakes.into_iter().map(|mistake| format!("{}: {mistake}", reference.id)));
    }
    for (_, layout) in layouts.iter() {
        wrong.extend(prover.layout(layout).into_iter().map(|mistake| format!("{}: {mistake}", layout.text.id)));
    }
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
}

/// Plain, odd and hostile; and a line like them that is another's.
#[test]
fn every_layout_has_three_samples_and_a_stranger() {
    let layouts = Layouts::embedded().unwrap();
    let poor = |layout: &Layout| {
        let mut samples = layout.proof().samples.clone();
        samples.sort();
        samples.dedup();
        samples.len() < 3 || layout.proof().strangers.is_empty()
    };
    let poor: Vec<&str> =
        layouts.iter().filter(|(_, layout)| poor(layout)).map(|(_, layout)| layout.text.id.as_str()).collect();
    assert!(poor.is_empty(), "{poor:?}");
}

#[test]
fn a_mistake_says_which_step_fails() {
    let layouts = Layouts::embedded().unwrap();
    let written = r#"
        id = "test.queue.full"
        layouts = ["nginx-error"]
        anchor = "the queue is full"
        regex = 'full of (?<count>\d+)'
        when = { level = "error" }
        cause = "overload"
        strength = "direct"
        role = "fault"
        family = "test.queue"
        title = "full of {count}"
    "#;
    let line = "2026/11/22 07:56:40 [error] 96#96: *578 the queue is full of 12";
    let mistakes = |text: &str, sample: &str, fix: &str| {
        let text: SignatureText = toml::from_str(text).unwrap();
        let signatures = Signatures::compile(vec![text], &layouts).unwrap();
        let reference = Reference {
            id: "test.queue.full".to_owned(),
            fix: vec![fix.to_owned()],
            source: "a test".to_owned(),
            codes: Vec::new(),
            samples: vec![sample.to_owned()],
            lookalikes: vec![line.replace("full of", "half of")],
        };
        Prover { layouts: &layouts, signatures: &signatures }.signature(signatures.get(0), &reference).join("\n")
    };
    assert_eq!(mistakes(written, line, "look at {count}"), "");
    for (text, sample, fix, expected) in [
        (written.to_owned(), line, "look at {size}", "fix: {size} is neither"),
        (written.to_owned(), "nothing that is known", "", "does not hit it"),
        (written.replace("queue is full\"", "queue is fool\""), line, "", "the anchor is not in the message"),
        (
            written.replace("\"error\"", "\"warn\""),
            line,
            "",
            "when.level does not hold: in nginx-error the field is `error`",
        ),
        (written.replace("full of (", "fool of ("), line, "", "the regex does not match"),
        (written.replace("(?<count>\\d+)", "(?<count>\\w{900}{900})"), line, "", "regex: "),
        (written.replace("test.queue.full", "Test.queue.full"), line, "", "id: write <product>"),
        (written.replace("nginx-error", "nginx-eror"), line, "", "`nginx-eror` is neither"),
    ] {
        let told = mistakes(&text, sample, fix);
        assert!(told.contains(expected), "expected {expected}\ngot {told}");
    }
}
