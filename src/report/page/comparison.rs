//! What is new, beside the nights before.

use super::html::{Html, Row};
use crate::compare::Comparison;
use crate::report::compared;
use crate::report::number::thousands;
use crate::report::view::View;

pub(super) fn write(html: &mut Html, view: &View, comparison: &Comparison) {
    html.element("section", &[], |html| {
        html.line("h2", &[], &compared::heading(comparison));
        html.element("ul", &[], |html| {
            compared::sentences(comparison, &view.failures())
                .iter()
                .for_each(|sentence| html.line("li", &[], sentence));
        });
        if !comparison.signatures.is_empty() {
            let rows = comparison.signatures.iter().map(|one| -> Row {
                vec![
                    compared::news(one.news).into(),
                    one.title.clone().into(),
                    one.cause.map_or("", |cause| cause.id()).into(),
                    thousands(one.count).into(),
                    one.id.clone().into(),
                ]
            });
            html.table(
                "Lines that are new or came back",
                &["line", "what it says", "for", "lines:", "signature"],
                rows,
            );
            if comparison.more_signatures > 0 {
                let more = thousands(comparison.more_signatures as u64);
                html.line("p", &[("class", "more".into())], &format!("{more} more are not listed."));
            }
        }
        // The table below says the same to those who do not see it.
        let spark = [("class", "spark".into()), ("aria-hidden", "true".into())];
        html.line("p", &spark, &compared::blocks(comparison));
        let about = "by night, the last is this one; a dot is none, a question mark a night that was not compared.";
        html.line("p", &[("class", "more".into())], &format!("{} {about}", view.failures()));
        let rows = comparison.nights.iter().map(|row| compared::night(row).into_iter().map(Into::into).collect());
        html.table("Night by night", &compared::NIGHT_HEADINGS, rows);
    });
}
