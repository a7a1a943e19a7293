//! What is new, beside the nights before.

use super::Page;
use crate::compare::Comparison;
use crate::report::compared;
use crate::report::escape::prose;
use crate::report::number::thousands;
use crate::report::view::View;

pub(super) fn write(page: &mut Page, view: &View, comparison: &Comparison) {
    page.heading(2, &compared::heading(comparison));
    let sentences = compared::sentences(comparison, &view.failures());
    page.block(&sentences.iter().map(|sentence| format!("- {}", prose(sentence))).collect::<Vec<_>>());
    if !comparison.signatures.is_empty() {
        let rows: Vec<Vec<String>> = comparison
            .signatures
            .iter()
            .map(|one| {
                vec![
                    compared::news(one.news),
                    prose(&one.title),
                    one.cause.map_or("", |cause| cause.id()).to_owned(),
                    thousands(one.count),
                    prose(&one.id),
                ]
            })
            .collect();
        page.table(&["line", "what it says", "for", "lines:", "signature"], &rows);
        if comparison.more_signatures > 0 {
            page.paragraph(format!("{} more are not listed.", thousands(comparison.more_signatures as u64)));
        }
    }
    page.block(&["```text".to_owned(), compared::blocks(comparison), "```".to_owned()]);
    page.paragraph(format!(
        "{} by night, the last is this one; a dot is none, a question mark a night that was not compared.",
        prose(&view.failures())
    ));
    let rows: Vec<Vec<String>> =
        comparison.nights.iter().map(|row| compared::night(row).iter().map(|cell| prose(cell)).collect()).collect();
    page.table(&compared::NIGHT_HEADINGS, &rows);
}
