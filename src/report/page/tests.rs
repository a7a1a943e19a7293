//! The page as a browser takes it.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::compare::{Comparison, News, NightRow, SignatureNews};
use crate::model::cause::Cause;
use crate::report::sample::{ATTACK, none, said_everywhere, server_problem, unknown};
use crate::report::{Findings, ReportOptions};

fn page((diagnosis, tally): &(crate::diagnose::verdict::Diagnosis, crate::tally::Tally)) -> String {
    let mut out = Vec::new();
    Page.write(&View::new(&Findings { diagnosis, tally, comparison: None }, &ReportOptions::default()), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_policy_allows_this_style_and_no_other() {
    use base64::Engine;
    use sha2::Digest;
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE));
    assert!(HEAD.contains(&format!("style-src 'sha256-{hash}'")), "the style has changed: its hash is {hash}");
    assert!(!page(&server_problem()).contains(" style=\""), "an attribute of style is not allowed by the policy");
}

#[test]
fn the_answer_comes_first() {
    let page = page(&server_problem());
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in the page"));
    let order =
        ["<h1>503 because: server-problem", "id=\"i1\"", "How it came to that", "Checklist", "Caveats", "Sources"];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])));
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
}

#[test]
fn a_quiet_day_has_a_page_too() {
    for sample in [none(), unknown()] {
        let page = page(&sample);
        assert!(page.contains("<h1>") && page.ends_with("</html>\n"), "{page}");
    }
}

#[test]
fn text_of_a_log_makes_no_element() {
    let (plain, attacked) = (page(&said_everywhere("nothing")), page(&said_everywhere(ATTACK)));
    assert_eq!(elements(&attacked), elements(&plain));
    assert!(!attacked.chars().any(|character| character != '\n' && crate::report::escape::is_unseen(character)));
}

/// A night beside others, in which everything that can be text is this text.
fn compared(text: &str) -> Comparison {
    let day = jiff::civil::date(2026, 11, 22);
    let news = SignatureNews { id: "a.b.c".into(), title: text.into(), cause: None, count: 7, news: News::New };
    let row = NightRow { day, counts: None, trouble: text.into() };
    Comparison {
        nights: vec![row.clone(), row],
        compared: 1,
        enough: true,
        causes: vec![(Cause::Overload, News::Returned(day))],
        signatures: vec![news],
        more_signatures: 3,
        hours: Vec::new(),
        usual_hours: 2,
    }
}

#[test]
fn text_of_an_earlier_night_makes_no_element() {
    let (diagnosis, tally) = server_problem();
    let page = |text: &str| {
        let comparison = compared(text);
        let findings = Findings { diagnosis: &diagnosis, tally: &tally, comparison: Some(&comparison) };
        let mut out = Vec::new();
        Page.write(&View::new(&findings, &ReportOptions::default()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let (plain, attacked) = (page("nothing"), page(ATTACK));
    assert_eq!(elements(&attacked), elements(&plain));
    assert!(
        attacked.contains("&lt;script&gt;") && attacked.contains("overload is back: it was last there on 2026-11-22")
    );
}

/// Every tag of a page with its attributes, in order.
fn elements(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|part| part.split('>').next().unwrap()).collect()
}
