//! The tables of formats in the documentation are those that the program prints. `UPDATE_WANT=1` writes them anew.

use crate::logs::{Logs, rows};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

const FAMILIES: [(&str, &str); 7] = [
    ("access", "Requests and their answers"),
    ("error", "What servers and balancers say about themselves"),
    ("application", "Applications, by language"),
    ("database", "Databases, caches, brokers, poolers"),
    ("system", "The operating system, supervision, containers"),
    ("change", "Package managers, configuration management, backups, commands"),
    ("firewall", "Packet filters, web application firewalls, ban tools"),
];
const START: &str = "<!-- layouts: made by tests/cli/layouts.rs -->\n";
const END: &str = "<!-- layouts end -->\n";

type Row = BTreeMap<String, String>;

fn listed() -> Vec<Row> {
    let ran = Logs::new().run(&["sources", "--list", "--output", "csv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    rows(&ran.out)
}

fn of_family<'r>(all: &'r [Row], family: &str) -> Vec<&'r Row> {
    let mut rows: Vec<&Row> = all.iter().filter(|row| row["family"] == family).collect();
    rows.sort_by_key(|row| (&row["product"], &row["id"]));
    rows
}

/// All formats, a table a family.
fn long(all: &[Row]) -> String {
    let mut text = "# The formats that why503 knows\n\nMade from `layouts/*.toml` by `tests/cli/layouts.rs`; `why503 sources --list` prints the same. The id is what `--format GLOB=ID` takes.\n".to_owned();
    for (family, title) in FAMILIES {
        write!(text, "\n## {title} (`{family}`)\n\n| id | what it is | product |\n|---|---|---|\n").unwrap();
        for row in of_family(all, family) {
            writeln!(text, "| `{}` | {} | {} |", row["id"], row["title"].replace('|', "\\|"), row["product"]).unwrap();
        }
    }
    text
}

/// The products of each family.
fn short(all: &[Row]) -> String {
    let mut text = "| family | formats | of |\n|---|---|---|\n".to_owned();
    for (family, _) in FAMILIES {
        let rows = of_family(all, family);
        let products: BTreeSet<&str> = rows.iter().map(|row| row["product"].as_str()).collect();
        let products: Vec<&str> = products.into_iter().collect();
        writeln!(text, "| `{family}` | {} | {} |", rows.len(), products.join(", ")).unwrap();
    }
    text
}

fn is_current(name: &str, current: &dyn Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let current = current(&written);
    if std::env::var_os("UPDATE_WANT").is_some() {
        std::fs::write(&path, &current).unwrap();
    } else {
        assert!(written == current, "{name} is stale: UPDATE_WANT=1 cargo test --test cli layouts");
    }
}

#[test]
fn the_table_of_all_formats_is_current() {
    let all = listed();
    let families: BTreeSet<&str> = all.iter().map(|row| row["family"].as_str()).collect();
    assert!(families.iter().all(|family| FAMILIES.iter().any(|(known, _)| known == family)), "{families:?}");
    is_current("patterns/LAYOUTS.md", &|_| long(&all));
}

#[test]
fn the_table_in_the_readme_is_current() {
    let all = listed();
    is_current("README.md", &|written| {
        let (before, rest) = written.split_once(START).expect("README.md has the start of the table");
        let (_, after) = rest.split_once(END).expect("README.md has the end of the table");
        format!("{before}{START}\n{}\n{END}{after}", short(&all))
    });
}
