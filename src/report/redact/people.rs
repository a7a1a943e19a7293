//! People: e-mail addresses and user names in the places where programs write them, and the addresses of machines.

use super::address::Addresses;
use super::name::Names;
use super::{MASK, pattern, replaced};
use regex::Regex;
use std::collections::BTreeMap;
use std::ops::Range;

/// Where a user name stands; the group `u` is the name. A name on its own cannot be told from any other word.
const PLACES: &[&str] = &[
    r#"(?i)\b(?:user|username|user_name|userid|user_id|login|logname|ruser|remote_user|account|suser|duser|uname|usrname|acct)\\?["']?\s*(?:=>|[=:])\s*\\?["']?(?<u>[^\s"',;&)\\]+)"#,
    r#"(?i)\buser\s+\\?["'`](?<u>[^"'`\\]+)"#,
    r"(?i)\b(?:for|by|of|invalid|illegal)\s+user\s+(?<u>[\w.$-]+)",
    r"\b(?:Accepted|Failed|Postponed)\s+\S+\s+for\s+(?:invalid\s+user\s+)?(?<u>\S+)\s+from\b",
    r"\bsudo(?:\[\d+\])?:\s+(?<u>[\w.$-]+)\s+:\s",
    r"^\s*(?<u>[\w.$-]+) : (?:TTY|PWD|USER)=",
    r"\((?<u>[\w.$-]+)\) (?:CMD|RELOAD|REPLACE|LIST|BEGIN EDIT|END EDIT)\b",
    r"\bby (?<u>[\w.$-]+)\(uid=",
    r"^\S+ \S+ (?<u>[^\s-]\S*) \[\d",
    r"/(?:home|Users)/(?<u>[\w.$-]+)",
    r"'(?<u>[^'\s]+)'@'",
    r"\bsession \d+ of user (?<u>[\w.$-]+)",
];

/// Accounts of programs, which every machine has.
const NOBODY: [&str; 20] = [
    "root",
    "nobody",
    "www-data",
    "nginx",
    "apache",
    "httpd",
    "haproxy",
    "mysql",
    "postgres",
    "redis",
    "daemon",
    "system",
    "admin",
    "unknown",
    "anonymous",
    "null",
    "none",
    "-",
    "user",
    "default",
];

/// Finds people and machines, and names them.
pub(super) struct People {
    mail: Regex,
    places: Vec<Regex>,
    pseudonym: Regex,
    mails: BTreeMap<String, String>,
    users: BTreeMap<String, String>,
    addresses: Addresses,
    naming: Names,
}

impl People {
    pub(super) fn new(naming: &Names) -> Self {
        Self {
            mail: pattern(r"[A-Za-z0-9._+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"),
            places: PLACES.iter().map(|place| pattern(place)).collect(),
            pseudonym: pattern(r"^(?:user|mail|client|addr|net)-(?:\d+|[0-9a-f]{10})$"),
            mails: BTreeMap::new(),
            users: BTreeMap::new(),
            addresses: Addresses::new(naming.clone()),
            naming: naming.clone(),
        }
    }

    /// First pass.
    pub(super) fn learn(&mut self, text: &str) {
        self.addresses.learn(text);
    }

    /// Second pass.
    pub(super) fn mask(&mut self, text: &str) -> String {
        // Places go by the text around, so user names come before the addresses change it.
        let parts: Vec<_> = self
            .mail
            .find_iter(text)
            .map(|found| {
                (found.range(), named(&self.naming, &mut self.mails, "mail", &found.as_str().replace("%40", "@")))
            })
            .collect();
        let text = self.without_users(replaced(text, &parts));
        self.addresses.mask(&text)
    }

    fn without_users(&mut self, mut text: String) -> String {
        for place in &self.places {
            let names: Vec<(Range<usize>, String)> = place
                .captures_iter(&text)
                .filter_map(|captures| captures.name("u"))
                .filter(|name| is_person(name.as_str()) && !self.pseudonym.is_match(name.as_str()))
                .map(|name| (name.range(), named(&self.naming, &mut self.users, "user", name.as_str())))
                .collect();
            if !names.is_empty() {
                text = replaced(&text, &names);
            }
        }
        text
    }
}

fn is_person(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(MASK)
        && !NOBODY.contains(&name.to_ascii_lowercase().as_str())
        && name.parse::<std::net::IpAddr>().is_err()
        && name != "0"
}

fn named(naming: &Names, names: &mut BTreeMap<String, String>, kind: &str, value: &str) -> String {
    let next = names.len() + 1;
    names.entry(value.to_owned()).or_insert_with(|| naming.of(kind, value, next)).clone()
}
