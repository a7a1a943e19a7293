//! Format strings in the servers' configuration files: support bundles and copies of `/etc` hold them beside the logs.
//!
//! A file is one when its name allows it and its directives say so. One file may define a format and another use it,
//! so what the files state is put together at the end.

mod apache;
mod envoy;
mod haproxy;
mod nginx;
mod words;

use super::{FormatString, Server};
use crate::model::lossy::lossy;

/// Bytes of a configuration file that are read.
pub const MAX_BYTES: usize = 256 * 1024;

/// What one configuration file states about logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Whose configuration it is.
    pub server: Server,
    /// Formats with their names; those that are written where they are used have none.
    pub formats: Vec<(String, FormatString)>,
    /// Logs: their path as it is written, and the name of their format.
    pub logs: Vec<(String, String)>,
}

/// A format that a configuration file states, and the logs that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// What writes the log.
    pub server: Server,
    /// The configuration file.
    pub source: String,
    /// What the file calls the format; the log's path where it has no name.
    pub name: String,
    /// The format.
    pub format: FormatString,
    /// Names of the logs, with `*` for anything: the last part of the configured paths, since logs are copied about.
    pub paths: Vec<String>,
}

/// How a configuration is written.
enum Kind {
    /// YAML or JSON.
    Structured,
    /// A directive a line.
    Directives,
}

impl Kind {
    fn of(name: &str, text: &[u8]) -> Option<Self> {
        let base = name.rsplit(['/', '!']).next().unwrap_or_default().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| base.ends_with(ending));
        let in_place = ["sites-enabled/", "sites-available/", "conf.d/", "vhosts.d/", "conf-enabled/"]
            .iter()
            .any(|place| name.contains(place));
        if ends(&[".yaml", ".yml", ".json"]) {
            return Some(Self::Structured);
        }
        // `nginx -T` prints all files behind headings of their own.
        let is_one = ends(&[".conf", ".cfg", ".vhost", ".inc"]) || in_place;
        (is_one || text.starts_with(b"# configuration file ")).then_some(Self::Directives)
    }
}

impl Configuration {
    /// Reads a file called `name`; nothing when it is no configuration of a known server.
    pub fn read(name: &str, text: &[u8]) -> Option<Self> {
        match Kind::of(name, text)? {
            Kind::Structured => envoy::read(&lossy(text)),
            Kind::Directives => {
                let text = lossy(text);
                nginx::read(&text).or_else(|| apache::read(&text)).or_else(|| haproxy::read(&text))
            }
        }
    }

    /// Whether a file called `name` that begins with `text` may be a configuration.
    pub fn may_be(name: &str, text: &[u8]) -> bool {
        Kind::of(name, text).is_some()
    }

    fn of(server: Server) -> Self {
        Self { server, formats: Vec::new(), logs: Vec::new() }
    }

    /// Adds a format that stands where it is used.
    fn add_inline(&mut self, path: &str, format: FormatString) {
        if !self.formats.iter().any(|(name, known)| name == path && *known == format) {
            self.formats.push((path.to_owned(), format));
        }
        self.logs.push((path.to_owned(), path.to_owned()));
    }
}

/// Puts together what configuration files, each with its name, state: every format once, with the logs that use it.
pub fn resolve(files: &[(&str, &Configuration)]) -> Vec<Configured> {
    let mut found: Vec<Configured> = Vec::new();
    for (source, file) in files {
        for (name, format) in &file.formats {
            found.push(Configured {
                server: file.server,
                source: (*source).to_owned(),
                name: name.clone(),
                format: format.clone(),
                paths: Vec::new(),
            });
        }
    }
    for (source, file) in files {
        for (path, name) in &file.logs {
            let nearest = found
                .iter_mut()
                .filter(|one| one.server == file.server && one.name == *name)
                .max_by_key(|one| (one.source == *source, shared(&one.source, source)));
            let pattern = pattern(path);
            if let Some(one) = nearest
                && !pattern.is_empty()
                && !one.paths.contains(&pattern)
            {
                one.paths.push(pattern);
            }
        }
    }
    found
}

/// How many directories two paths share from the front.
fn shared(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}

/// The last part of a path, rotation allowed; variables stand for anything, and so does a pipe to a rotator. Nothing
/// for what is no file.
fn pattern(path: &str) -> String {
    if path.starts_with("syslog:") || path.starts_with("/dev/") || path.starts_with("memory:") {
        return String::new();
    }
    let path = path.trim_start_matches(['|', '"', '$']).split_whitespace().last().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut pattern = String::from("*");
    let mut in_variable = false;
    for character in name.chars() {
        let part_of_variable = matches!(character, '{' | '}' | '_') || character.is_ascii_alphanumeric();
        in_variable = matches!(character, '$' | '%') || (in_variable && part_of_variable);
        match in_variable {
            true if !pattern.ends_with('*') => pattern.push('*'),
            true => {}
            false => pattern.push(character),
        }
    }
    if pattern.trim_matches(['*', '.']).is_empty() {
        return String::new();
    }
    pattern.push('*');
    pattern
}

#[cfg(test)]
mod tests;
