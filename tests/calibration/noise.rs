//! Ordinary logs of a host that has nothing to do with the case.

use crate::tree::Tree;
use std::fmt::Write;

/// With the logs of a healthy database and a healthy site beside.
pub(crate) fn beside(tree: &Tree, (first, last): (i64, i64)) -> Tree {
    let mut tree = tree.clone();
    tree.files.insert("noise1/postgresql/postgresql-16-main.log".into(), database(first, last).into_bytes());
    tree.files.insert("noise1/nginx/static.example.net.access.log".into(), site(first, last).into_bytes());
    tree
}

fn database(first: i64, last: i64) -> String {
    let mut text = String::new();
    for second in (first..=last).step_by(20) {
        let time = jiff::Timestamp::from_second(second).unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string();
        let buffers = 3 + second % 17;
        writeln!(text, "{time}.118 UTC [731] LOG:  checkpoint starting: time").unwrap();
        writeln!(
            text,
            "{time}.964 UTC [731] LOG:  checkpoint complete: wrote {buffers} buffers (0.1%); 0 WAL file(s) added, 0 \
             removed, 0 recycled; write=0.802 s, sync=0.011 s, total=0.846 s; sync files=2, longest=0.007 s, \
             average=0.006 s; distance=12 kB, estimate=90 kB"
        )
        .unwrap();
    }
    text
}

fn site(first: i64, last: i64) -> String {
    let mut text = String::new();
    for second in first..=last {
        let time = jiff::Timestamp::from_second(second).unwrap().strftime("%d/%b/%Y:%H:%M:%S").to_string();
        let (client, asset) = (second % 89 + 10, second * 7919 % 4111);
        writeln!(
            text,
            "198.51.100.{client} - - [{time} +0000] \"GET /assets/{asset}.css HTTP/1.1\" 200 {} \"-\" \"Mozilla/5.0 \
             (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0\"",
            500 + asset
        )
        .unwrap();
    }
    text
}
