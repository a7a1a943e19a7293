//! Which directory of a path names a machine.

use super::family_name::log_name;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

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

/// The machine that each of the paths of a run names, in their order; nothing where no level looks like one.
pub(super) fn path_hosts<'a>(names: &[&'a str], products: &[&str]) -> Vec<Option<&'a str>> {
    let candidate = |part: &str| {
        let lower = part.to_ascii_lowercase();
        !PLACES.contains(&lower.as_str()) && !PROGRAMS.contains(&lower.as_str()) && !products.contains(&lower.as_str())
    };
    let path = |name: &&'a str| {
        let file = log_name(name.rsplit('/').next().unwrap_or(name)).0;
        (components(name).into_iter().map(|part| (part, candidate(part))).collect(), file)
    };
    let paths: Vec<(Vec<(&'a str, bool)>, String)> = names.iter().map(path).collect();
    // The directories that stand in the same place: below the same ones, and above the same log.
    let mut places: FxHashMap<_, BTreeSet<&'a str>> = FxHashMap::default();
    for (parts, file) in &paths {
        for (level, (part, _)) in parts.iter().enumerate().filter(|(_, (_, candidate))| *candidate) {
            places.entry((&parts[..level], &parts[level + 1..], file)).or_default().insert(part);
        }
    }
    // A level tells machines apart when two of its directories hold the same log.
    let apart = places.iter().filter(|(_, hosts)| hosts.len() > 1);
    let apart: FxHashSet<(&[(&str, bool)], &str)> =
        apart.flat_map(|(&(above, _, _), hosts)| hosts.iter().map(move |host| (above, *host))).collect();
    let host = |(parts, _): &(Vec<(&'a str, bool)>, String)| {
        let mut levels = parts.iter().enumerate().filter(|(_, (_, candidate))| *candidate);
        let told =
            levels.find(|&(level, (part, _))| apart.contains(&(&parts[..level], *part)) || looks_like_host(part));
        told.map(|(_, (part, _))| *part)
    };
    paths.iter().map(host).collect()
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
        let told = [Some("alpha"), Some("beta"), None, None];
        assert_eq!(path_hosts(&names[1..], &["nginx", "haproxy"]), told);
        assert_eq!(path_hosts(&names, &["nginx", "haproxy"])[0], None);
        assert_eq!(path_hosts(&["web1/var/log/syslog"], &[]), [Some("web1")]);
        // Below other directories, or above other logs, they do not stand in the same place.
        for names in [["x/alpha/a.log", "y/beta/a.log", "x/gamma/b.log"], ["a/x.log", "b/y.log", "b/x/y.log"]] {
            assert_eq!(path_hosts(&names, &[]), [None; 3]);
        }
    }
}
