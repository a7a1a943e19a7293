//! Which directory of a path names a machine.

use std::collections::{BTreeMap, BTreeSet};

/// Directories that hold logs of any machine.
const PLACES: [&str; 12] =
    ["var", "log", "logs", "journal", "home", "srv", "opt", "usr", "local", "tmp", "data", "archive"];
/// Directories that are named after a program, beside the products of the catalogue.
const PROGRAMS: [&str; 28] = [
    "apache",
    "apache2",
    "httpd",
    "mysql",
    "mariadb",
    "postgresql",
    "postgres",
    "php",
    "php-fpm",
    "apt",
    "supervisor",
    "supervisord",
    "audit",
    "unattended-upgrades",
    "letsencrypt",
    "cron",
    "mail",
    "tomcat",
    "tomcat9",
    "tomcat10",
    "redis",
    "squid",
    "varnish",
    "lighttpd",
    "caddy",
    "firewall",
    "syslog",
    "app",
];

/// The machine that the path `name` names, among all paths of the run; nothing when no level looks like one.
pub(super) fn path_host(name: &str, names: &[&str], products: &[&str]) -> Option<String> {
    let directories: Vec<&str> = components(name);
    let candidate = |part: &str| {
        let lower = part.to_ascii_lowercase();
        !PLACES.contains(&lower.as_str()) && !PROGRAMS.contains(&lower.as_str()) && !products.contains(&lower.as_str())
    };
    // A level tells machines apart when two of its directories hold the same log.
    for (level, part) in directories.iter().enumerate().filter(|(_, part)| candidate(part)) {
        let prefix = &directories[..level];
        let mut holders: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for other in names {
            let parts = components(other);
            if parts.len() > level && parts[..level] == *prefix && candidate(parts[level]) {
                let file = super::family_name::log_name(other.rsplit('/').next().unwrap_or(other)).0;
                let below = format!("{}/{file}", parts[level + 1..].join("/"));
                holders.entry(below).or_default().insert(parts[level]);
            }
        }
        if holders.values().any(|hosts| hosts.len() > 1 && hosts.contains(part)) || looks_like_host(part) {
            return Some((*part).to_owned());
        }
    }
    None
}

fn components(name: &str) -> Vec<&str> {
    let inside = name.rsplit_once("!/").map_or(name, |(_, inside)| inside);
    let mut parts: Vec<&str> = inside.split('/').filter(|part| !part.is_empty()).collect();
    parts.pop();
    parts
}

/// `web1`, `db-02`, `app1.example.org`, `ip-10-0-0-7`: letters, and a number at the end or a domain behind.
fn looks_like_host(part: &str) -> bool {
    let first = part.split('.').next().unwrap_or_default();
    let letters = first.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').count();
    let numbered = letters >= 2
        && letters < first.len()
        && first.len() - letters <= 3
        && first[letters..].bytes().all(|byte| byte.is_ascii_digit());
    numbered
        || first.starts_with("ip-")
        || (part.matches('.').count() >= 2
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_that_tells_machines_apart() {
        let names = [
            "haproxy.log",
            "alpha/nginx/access.log",
            "beta/nginx/access.log.1",
            "gamma/mysql/error.log",
            "shop/access.log",
        ];
        let host = |name: &str| path_host(name, &names, &["nginx", "haproxy"]);
        assert_eq!(host("alpha/nginx/access.log").as_deref(), Some("alpha"));
        assert_eq!(host("gamma/mysql/error.log"), None);
        assert_eq!(host("haproxy.log"), None);
        assert_eq!(host("shop/access.log"), None);
        assert_eq!(path_host("web1/var/log/syslog", &["web1/var/log/syslog"], &[]).as_deref(), Some("web1"));
    }
}
