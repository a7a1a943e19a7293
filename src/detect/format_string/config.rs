//! Format strings in the servers' configuration files: support bundles and `/etc` copies hold them beside the logs.

use super::Server;
use std::collections::BTreeMap;

/// A format string, and the logs that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// What writes the log.
    pub server: Server,
    /// Names of the logs, with `*` for anything: the last part of the configured path, since logs are copied about.
    pub pattern: String,
    /// The string.
    pub format: String,
}

/// The formats that a configuration file states; nothing when it is none of a known server.
pub fn formats(text: &str) -> Vec<Configured> {
    if text.contains("log_format") {
        nginx(text)
    } else if text.contains("LogFormat") || text.contains("CustomLog") {
        apache(text)
    } else if text.contains("log-format") {
        haproxy(text)
    } else {
        Vec::new()
    }
}

fn nginx(text: &str) -> Vec<Configured> {
    let mut formats: BTreeMap<String, String> = BTreeMap::new();
    let mut logs = Vec::new();
    for words in statements(text) {
        match words.as_slice() {
            [directive, name, strings @ ..] if directive == "log_format" => {
                let strings = strings.iter().filter(|word| !word.starts_with("escape="));
                formats.insert(name.clone(), strings.cloned().collect());
            }
            [directive, path, name, ..] if directive == "access_log" => logs.push((path.clone(), name.clone())),
            _ => {}
        }
    }
    let configured = |(path, name): (String, String)| {
        Some(Configured { server: Server::Nginx, pattern: pattern(&path), format: formats.get(&name)?.clone() })
    };
    logs.into_iter().filter_map(configured).collect()
}

fn apache(text: &str) -> Vec<Configured> {
    let mut formats: BTreeMap<String, String> = BTreeMap::new();
    let mut logs = Vec::new();
    for line in text.replace("\\\n", " ").lines() {
        match words(line).as_slice() {
            [directive, format, name, ..] if directive.eq_ignore_ascii_case("LogFormat") => {
                formats.insert(name.clone(), format.clone());
            }
            [directive, path, format, ..]
                if directive.eq_ignore_ascii_case("CustomLog") || directive.eq_ignore_ascii_case("TransferLog") =>
            {
                logs.push((path.clone(), format.clone()));
            }
            _ => {}
        }
    }
    let configured = |(path, format): (String, String)| {
        let format = if format.contains('%') { Some(format) } else { formats.get(&format).cloned() };
        Some(Configured { server: Server::Apache, pattern: pattern(&path), format: format? })
    };
    logs.into_iter().filter_map(configured).collect()
}

fn haproxy(text: &str) -> Vec<Configured> {
    let mut found: Vec<Configured> = Vec::new();
    for line in text.lines() {
        let Some(rest) = line.trim_start().strip_prefix("log-format").filter(|rest| rest.starts_with([' ', '\t']))
        else {
            continue;
        };
        let quoted = words(rest);
        let format = match rest.trim_start().starts_with(['"', '\'']) {
            true => quoted.into_iter().next().unwrap_or_default(),
            false => rest.trim().to_owned(),
        };
        let configured = Configured { server: Server::Haproxy, pattern: "*haproxy*".to_owned(), format };
        if !found.contains(&configured) {
            found.push(configured);
        }
    }
    found
}

/// The last part of a path, rotation allowed; variables stand for anything, and so does a pipe to a rotator.
fn pattern(path: &str) -> String {
    let path = path.trim_start_matches(['|', '"']).split_whitespace().last().unwrap_or_default();
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
    pattern.push('*');
    pattern
}

/// The statements of an nginx file, each as its words.
fn statements(text: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for line in text.lines() {
        for word in words(line) {
            match word.as_str() {
                ";" | "{" | "}" => all.push(Vec::new()),
                _ => {
                    if let Some(last) = all.last_mut() {
                        last.push(word);
                    }
                }
            }
        }
    }
    all
}

/// The words of a line: quotes hold one together, `#` ends the line, `;`, `{` and `}` stand alone.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut characters = line.chars().peekable();
    while let Some(first) = characters.next() {
        match first {
            ' ' | '\t' | '\r' => {}
            '#' => break,
            ';' | '{' | '}' => words.push(first.to_string()),
            '"' | '\'' => {
                let mut word = String::new();
                while let Some(next) = characters.next() {
                    match (next, characters.peek()) {
                        ('\\', Some(&quote)) if quote == first => {
                            word.push(quote);
                            characters.next();
                        }
                        (next, _) if next == first => break,
                        (next, _) => word.push(next),
                    }
                }
                words.push(word);
            }
            _ => {
                let mut word = String::from(first);
                // `${name}` is part of a word.
                let mut inside = false;
                while let Some(&next) = characters.peek() {
                    let opens = next == '{' && word.ends_with('$');
                    if matches!(next, ' ' | '\t' | ';') || (matches!(next, '{' | '}') && !opens && !inside) {
                        break;
                    }
                    inside = opens || (inside && next != '}');
                    word.push(next);
                    characters.next();
                }
                words.push(word);
            }
        }
    }
    words
}
