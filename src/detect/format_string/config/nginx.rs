//! nginx: `log_format`, `access_log`. Directives: nginx documentation, ngx_http_log_module and ngx_stream_log_module.

use super::words::statements;
use super::{Configuration, FormatString, Server};

/// Directives by which a file is told.
const TELLING: [&str; 16] = [
    "http",
    "server",
    "events",
    "upstream",
    "location",
    "listen",
    "server_name",
    "proxy_pass",
    "fastcgi_pass",
    "worker_processes",
    "log_format",
    "access_log",
    "error_log",
    "include",
    "root",
    "keepalive_timeout",
];

pub(super) fn read(text: &str) -> Option<Configuration> {
    let statements = statements(text)?;
    let mut told: Vec<&str> = Vec::new();
    let mut found = Configuration::of(Server::Nginx);
    for words in &statements {
        let Some(directive) = words.first() else { continue };
        if let Some(known) = TELLING.iter().find(|known| *known == directive)
            && !told.contains(known)
        {
            told.push(known);
        }
        match words.as_slice() {
            [directive, name, strings @ ..] if directive == "log_format" => {
                let strings = strings.iter().filter(|word| !word.starts_with("escape="));
                found.formats.push((name.clone(), FormatString::Text(strings.cloned().collect())));
            }
            [directive, path, name, ..] if directive == "access_log" && !name.contains('=') => {
                found.logs.push((path.clone(), name.clone()));
            }
            _ => {}
        }
    }
    (told.len() >= 2 || told.contains(&"log_format")).then_some(found)
}
