//! Apache httpd: `LogFormat`, `CustomLog`, `TransferLog`. Directives: Apache documentation, mod_log_config.

use super::words::words;
use super::{Configuration, FormatString, Server};

/// Directives by which a file is told, in lower case.
const TELLING: [&str; 14] = [
    "logformat",
    "customlog",
    "transferlog",
    "errorlog",
    "loglevel",
    "servername",
    "serverroot",
    "documentroot",
    "loadmodule",
    "listen",
    "<virtualhost",
    "<directory",
    "<ifmodule",
    "<location",
];
/// The name of a format that was given none.
const NAMELESS: &str = "LogFormat";

pub(super) fn read(text: &str) -> Option<Configuration> {
    let mut told: Vec<&str> = Vec::new();
    let mut found = Configuration::of(Server::Apache);
    for line in text.replace("\\\n", " ").lines() {
        let words = words(line);
        let Some(directive) = words.first().map(|word| word.to_ascii_lowercase()) else { continue };
        if let Some(known) = TELLING.iter().find(|known| **known == directive)
            && !told.contains(known)
        {
            told.push(known);
        }
        match (directive.as_str(), &words[1..]) {
            ("logformat", [format, rest @ ..]) if format.contains('%') => {
                let name = rest.first().map_or(NAMELESS, String::as_str);
                found.formats.push((name.to_owned(), FormatString::Text(format.clone())));
            }
            ("customlog", [path, format, ..]) if format.contains('%') => {
                found.add_inline(path, FormatString::Text(format.clone()));
            }
            ("customlog", [path, format, ..]) => found.logs.push((path.clone(), format.clone())),
            ("transferlog", [path, ..]) => found.logs.push((path.clone(), NAMELESS.to_owned())),
            _ => {}
        }
    }
    (told.len() >= 2 || told.iter().any(|known| matches!(*known, "logformat" | "customlog"))).then_some(found)
}
