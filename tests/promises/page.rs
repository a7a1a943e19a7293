//! `report.html` as a browser's tokenizer takes it: only elements and attributes of ours, well nested, that load and run
//! nothing, whatever stands in the logs.

use crate::case::{Case, Ran, run};
use crate::hostile;
use html5gum::{Token, Tokenizer};
use std::collections::BTreeSet;
use std::path::Path;

const ELEMENTS: &str = "html head meta title style body a header main section footer h1 h2 h3 p dl div dt dd ol ul li table \
    caption thead tbody tr th td span strong code details summary svg desc rect line circle text";
/// Elements without an end.
const VOID: [&str; 1] = ["meta"];
const ATTRIBUTES: &str = "lang charset http-equiv content name class id href scope tabindex role viewbox aria-labelledby aria-hidden x y \
    x1 x2 y1 y2 cx cy r width height text-anchor";

/// Fails where the page holds anything else; returns its text.
fn assert_ours(what: &str, page: &str) -> String {
    let (elements, attributes): (BTreeSet<&str>, BTreeSet<&str>) =
        (ELEMENTS.split_whitespace().collect(), ATTRIBUTES.split_whitespace().collect());
    let mut open: Vec<String> = Vec::new();
    let (mut text, mut ids, mut links) = (String::new(), BTreeSet::new(), BTreeSet::new());
    for token in Tokenizer::new(page).map(Result::unwrap) {
        match token {
            Token::StartTag(tag) => {
                let name = string(&tag.name);
                assert!(elements.contains(name.as_str()), "{what}: <{name}>");
                for (key, value) in &tag.attributes {
                    let (key, value) = (string(key), string(value));
                    assert!(attributes.contains(key.as_str()), "{what}: <{name} {key}=\"{value}\">");
                    let plain = |c: char| c.is_ascii_alphanumeric() || " -.#".contains(c);
                    assert!(name == "meta" || value.chars().all(plain), "{what}: <{name} {key}=\"{value}\">");
                    match key.as_str() {
                        "href" => assert!(links.insert(value.clone()) || !value.is_empty(), "{what}: {value}"),
                        "id" => assert!(ids.insert(format!("#{value}")), "{what}: {value} is the id of two elements"),
                        _ => {}
                    }
                }
                if !VOID.contains(&name.as_str()) {
                    open.push(name);
                }
            }
            Token::EndTag(tag) => assert_eq!(open.pop(), Some(string(&tag.name)), "{what}"),
            Token::String(part) if open.last().is_none_or(|name| name != "style") => text.push_str(&string(&part)),
            Token::String(_) | Token::Doctype(_) => {}
            other => panic!("{what}: {other:?}"),
        }
    }
    assert!(open.is_empty(), "{what}: {open:?} is not closed");
    assert!(links.is_subset(&ids), "{what}: {links:?} lead nowhere but {ids:?}");
    text
}

fn string(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn page_of(ran: &Ran) -> String {
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.text("report.html")
}

#[test]
fn the_page_of_a_case_is_ours_and_has_the_proof() {
    let mut seen = 0;
    // One in six: the cases are in the order of their causes, so each cause has some.
    for case in Case::all().iter().step_by(6) {
        let ran = run([case.logs()]);
        let text = assert_ours(&case.name, &page_of(&ran));
        let summary = ran.summary();
        assert!(text.contains(summary["answer"].as_str().unwrap()), "{}: the answer is not in the page", case.name);
        for incident in summary["incidents"].as_array().unwrap() {
            for link in incident["chain"].as_array().unwrap() {
                let title = link["title"].as_str().unwrap();
                assert!(text.contains(title), "{}: {title} is not in the page", case.name);
            }
        }
        seen += 1;
    }
    assert!(seen >= 12 || std::env::var_os("CASE").is_some(), "{seen} cases");
}

#[test]
fn text_of_a_log_makes_no_element_attribute_or_link() {
    let mut text = String::new();
    for logs in [hostile::logs(), hostile::logs_with_headers()] {
        let page = page_of(&run([Path::new("--redact"), Path::new("none"), logs.path()]));
        text += &assert_ours("hostile", &page);
    }
    // It did get into the page, and as text.
    for marker in ["MSERVICE", "MMESSAGE", "MAGENT", "<script>alert(1)</script>"] {
        assert!(text.contains(marker), "{marker} is not in the page");
    }
}

#[test]
fn what_is_not_ours_is_found() {
    for page in
        ["<p><script>1</script></p>", "<p onclick=\"x\"></p>", "<a href=\"javascript:x\"></a>", "<p><a></p></a>"]
    {
        assert!(std::panic::catch_unwind(|| assert_ours("sample", page)).is_err(), "{page}");
    }
}
