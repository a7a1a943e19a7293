//! What is told of a text alone, held against what is spotted in its record.

use super::reference::References;
use super::{Recalled, Signatures};
use crate::detect::catalogue::Layouts;
use crate::model::record::Record;
use crate::peel::Envelope;
use std::borrow::Cow;

#[test]
fn a_text_that_shows_nothing_is_no_record_of_a_hit() {
    let layouts = Layouts::embedded().unwrap();
    let signatures = Signatures::embedded(&layouts).unwrap();
    let references = References::embedded();
    let (mut recalled, mut hits) = (Recalled::default(), Vec::new());
    let (mut quiet, mut loud) = (0, 0);
    for signature in signatures.iter() {
        let Some(reference) = references.get(&signature.text.id) else { continue };
        let meant = signature.text.layouts.iter().flat_map(|name| layouts.resolve(name));
        let asked = meant.filter(|&layout| {
            let layout = layouts.get(layout);
            layout.can_be_quiet() || layout.takes_all_quietly() || layout.has_quiet_objects()
        });
        let lines = || reference.samples.iter().chain(&reference.lookalikes).filter(|line| !line.contains('\n'));
        for (layout, line) in asked.flat_map(|layout| lines().map(move |line| (layout, line))) {
            let peeled = Envelope::Syslog.peel(line.as_bytes());
            let text = peeled.as_ref().map_or(line.as_bytes(), |peeled| &peeled.message);
            let Some(found) = layouts.get(layout).read(text) else { continue };
            let record = Record { line: 1, moment: None, layout, fields: &found.fields, text: Cow::Borrowed(text) };
            signatures.spot(&record, &mut recalled, &mut hits);
            let shows_nothing = signatures.show_nothing(layout, record.message(), text, &mut recalled)
                || signatures.show_nothing(layout, text, text, &mut recalled);
            assert!(!shows_nothing || hits.is_empty(), "{}: {line}", layouts.get(layout).text.id);
            quiet += u32::from(shows_nothing);
            loud += u32::from(!hits.is_empty());
        }
    }
    assert!(quiet > 100 && loud > 100, "{quiet} and {loud} are too few to tell");
}
