use super::*;
use crate::detect::catalogue::Layouts;
use crate::detect::layout::{Family, Layout};
use crate::detect::template::Template;
use crate::detect::template::skim::SKIMMED;
use proptest::prelude::*;

/// Everything that was skimmed, or that the template does not fit.
fn by<'a>(read: impl Fn(&mut Skim<'a>) -> Option<usize>, length: usize) -> Option<String> {
    let mut skim = Skim::default();
    if read(&mut skim) != Some(length) {
        return None;
    }
    let values = SKIMMED.map(|field| skim.get(field).map(String::from_utf8_lossy));
    Some(format!("{:?} {:?} {values:?} {} {}", Skim::stamp(&skim), skim.duration(), skim.is_whole(), skim.is_error()))
}

fn templates_with_samples() -> Vec<(Template, Vec<String>)> {
    let layouts = Layouts::embedded().unwrap();
    let skimmed = |layout: &&Layout| layout.text.family == Family::Access || layout.can_be_quiet();
    let skimmed = layouts.iter().map(|(_, layout)| layout).filter(skimmed);
    skimmed
        .flat_map(|layout| {
            let text = &layout.text;
            text.lines
                .iter()
                .map(|line| (Template::compile(line).unwrap(), layout.proof().samples.clone()))
                .collect::<Vec<_>>()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Samples of all logs that are skimmed, with bytes put in, taken out and changed that mean something to a template.
    #[test]
    fn they_read_what_the_walk_reads(
        edits in prop::collection::vec((0usize..400, 0usize..3, prop::sample::select(&b" \t\"\\-[]{}|/:.,0a2Z+"[..])), 0..4),
    ) {
        thread_local!(static ALL: Vec<(Template, Vec<String>)> = templates_with_samples());
        ALL.with(|all| {
            let mut fitted = 0;
            for (template, samples) in all {
                let steps = steps(&template.ops);
                for sample in samples {
                    let mut line = sample.as_bytes().to_vec();
                    for &(at, edit, byte) in &edits {
                        let at = at % (line.len() + 1);
                        match edit {
                            0 => line.insert(at, byte),
                            1 => drop(line.splice(at..(at + 1).min(line.len()), [])),
                            _ => drop(line.splice(at..(at + 1).min(line.len()), [byte])),
                        }
                    }
                    let walked = by(|skim| walk(&template.ops, &line, 0, skim), line.len());
                    let stepped = by(|skim| run(&steps, &line, &line, skim).map(|rest| line.len() - rest.len()), line.len());
                    let behind_another = by(
                        |skim| {
                            run(&steps, sample.as_bytes(), sample.as_bytes(), skim);
                            skim.reset();
                            run(&steps, &line, &line, skim).map(|rest| line.len() - rest.len())
                        },
                        line.len(),
                    );
                    assert_eq!(behind_another, stepped, "{}", String::from_utf8_lossy(&line));
                    fitted += usize::from(walked.is_some());
                    assert_eq!(stepped, walked, "{}", String::from_utf8_lossy(&line));
                }
            }
            assert!(!edits.is_empty() || fitted > 100, "{fitted} lines that fit are too few to tell");
        });
    }
}
