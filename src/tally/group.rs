//! What requests around a failed one are told apart by: which values count as one, by a key and with a name.
//!
//! Each of these requests is counted by four values, nearly all of them of a group that was met before. So a key is made of
//! the bytes of the line alone, and a name only where the key is new.

use super::breakdown::Dimension;
use super::sketch::{hash, pair};
use crate::model::address::four_numbers;
use crate::model::lanes::{PATH_BYTES, path_bytes, places};
use crate::model::lossy::lossy;

/// Bytes of a segment of a path that are told apart.
const SEGMENT: usize = 48;

/// Tells the group of a value so many levels coarser: values with the same key have the same name. Those with the same
/// name may have several keys.
#[inline]
pub(super) fn key(dimension: Dimension, level: u8, value: &[u8]) -> u64 {
    match dimension {
        Dimension::Url => url_key(level, value),
        Dimension::Client => client_key(level, value),
        _ if level > 0 => 0,
        _ => hash(value),
    }
}

/// The name of the group of a value so many levels coarser.
pub(super) fn name(dimension: Dimension, level: u8, value: &[u8]) -> String {
    let value = lossy(value);
    let mut name = String::new();
    match dimension {
        Dimension::Url => url_group(&value, &mut name),
        Dimension::Client => client_network(&value, &mut name),
        _ => name.push_str(&value),
    }
    dimension.at_level(&name, level).into_owned()
}

fn url_key(level: u8, path: &[u8]) -> u64 {
    near_url_key(level, path).unwrap_or_else(|| far_url_key(level, path))
}

/// The key of a path of which its first bytes tell it, as they do of most. What is no text behind them is in no segment
/// that is told apart.
fn near_url_key(level: u8, path: &[u8]) -> Option<u64> {
    let bytes = path_bytes(path);
    if path.first() != Some(&b'/') || bytes.others != 0 {
        return None;
    }
    let whole = path.len() <= PATH_BYTES;
    let mut ends = bytes.slashes | bytes.stops | if whole { 1 << path.len() } else { 0 };
    let (mut parts, mut count, mut start) = ([0; 2], 0, 0);
    while count <= parts.len() {
        if ends == 0 {
            // The path is longer. That there is a third segment shows where it begins, what the others are at their ends.
            if count < parts.len() || start >= PATH_BYTES {
                return None;
            }
            count += 1;
            break;
        }
        let end = ends.trailing_zeros() as usize;
        if start < end {
            if let Some(part) = parts.get_mut(count) {
                let digits = (bytes.digits & ((1 << end) - (1 << start))).count_ones() as usize;
                *part = if is_mostly(digits, end - start) { 0 } else { hash(&path[start..end]) };
            }
            count += 1;
        }
        if bytes.slashes >> end & 1 == 0 {
            break;
        }
        start = end + 1;
        ends &= ends - 1;
    }
    let told = count.saturating_sub(usize::from(level));
    Some(parts.into_iter().take(told).fold(told as u64, pair))
}

/// The same for any path.
fn far_url_key(level: u8, path: &[u8]) -> u64 {
    // What is no text may have other segments as one.
    if path.first() != Some(&b'/') || !path.is_ascii() {
        return pair(u64::MAX, hash(path));
    }
    let (segments, count) = segments(path);
    let told = count.saturating_sub(usize::from(level));
    let part = |segment: &&[u8]| if is_variable(segment) { 0 } else { hash(segment) };
    segments.iter().take(told).map(part).fold(told as u64, pair)
}

/// The first two segments of a path, and how many there are: three stands for all that are more.
fn segments(path: &[u8]) -> ([&[u8]; 2], usize) {
    let (mut segments, mut count, mut start) = ([&[][..]; 2], 0, 0);
    for end in places([b'/', b'?', b'#', b';'], path).chain([path.len()]) {
        if start < end {
            match segments.get_mut(count) {
                Some(free) => *free = &path[start..end],
                None => return (segments, count + 1),
            }
            count += 1;
        }
        if path.get(end) != Some(&b'/') {
            break;
        }
        start = end + 1;
    }
    (segments, count)
}

/// Whether a segment names one thing of many.
fn is_variable(segment: &[u8]) -> bool {
    is_mostly(segment.iter().filter(|byte| byte.is_ascii_digit()).count(), segment.len())
}

/// Whether a third of so many bytes or more are digits.
fn is_mostly(digits: usize, bytes: usize) -> bool {
    digits > 0 && digits * 3 >= bytes
}

fn client_key(level: u8, client: &[u8]) -> u64 {
    match (four_numbers(client), level) {
        (Some([a, b, c, _]), 0) => u32::from_be_bytes([a, b, c, 0]).into(),
        (Some([a, b, ..]), 1) => u32::from_be_bytes([a, b, 0, 0]).into(),
        (None, 0) => pair(u64::MAX, hash(client)),
        _ => u64::MAX,
    }
}

/// Puts the group of URLs that a path belongs to into `group`: host and query left out, two segments, with numbers
/// masked.
fn url_group(path: &str, group: &mut String) {
    group.clear();
    // A scheme further on is part of a query: `/login?next=https://…`.
    let path = match (!path.starts_with('/')).then(|| path.find("://")).flatten() {
        Some(scheme) => path[scheme + 3..].find('/').map_or("/", |slash| &path[scheme + 3 + slash..]),
        None => path,
    };
    let end = path.bytes().position(|byte| matches!(byte, b'?' | b'#' | b';')).unwrap_or(path.len());
    let mut segments = path[..end].split('/').filter(|segment| !segment.is_empty());
    for segment in segments.by_ref().take(2) {
        group.push('/');
        let told = segment.get(..segment.len().min(SEGMENT)).filter(|_| !is_variable(segment.as_bytes()));
        group.push_str(told.unwrap_or("*"));
    }
    if segments.next().is_some() {
        group.push_str("/…");
    }
    if group.is_empty() {
        group.push('/');
    }
}

/// Puts the network of a client into `network`: /24 of an IPv4 address, /48 of an IPv6 address.
fn client_network(client: &str, network: &mut String) {
    network.clear();
    let last = client.bytes().rposition(|byte| byte == b'.');
    if let (Some(_), Some(last)) = (four_numbers(client.as_bytes()), last) {
        network.push_str(&client[..=last]);
        network.push_str("0/24");
        return;
    }
    match client.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            network.push_str(&format!("{a}.{b}.{c}.0/24"));
        }
        Ok(std::net::IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            network.push_str(&format!("{a:x}:{b:x}:{c:x}::/48"));
        }
        Err(_) => network.push_str("(no address)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = (Dimension, Vec<u8>)> {
        let texts =
            |dimension, pattern: &'static str| pattern.prop_map(move |text: String| (dimension, text.into_bytes()));
        prop_oneof![
            texts(Dimension::Url, "(/{1,2}(a|b|7|a7b|a47|é|x{50})){0,4}[/?#;]?[a/]?"),
            texts(Dimension::Url, "(http:)?//a?(/[ab7]){0,3}"),
            texts(Dimension::Url, "/[a7/é?;]{0,33}x{0,33}[/?é]?[a/]?"),
            texts(Dimension::Client, "1[.]2?[.](3|256|03)[.][45x]{0,2}"),
            texts(Dimension::Client, "(2001:db8:[1-2]|:){1,2}:[0-1]"),
            texts(Dimension::Method, "(GET|PUT)?"),
            ("[/a7]{0,3}", 0x7eu8..0x84)
                .prop_map(|(text, byte)| (Dimension::Url, [text.as_bytes(), &[byte, b'7']].concat())),
        ]
    }

    proptest! {
        #[test]
        fn what_has_the_same_key_has_the_same_name(values in prop::collection::vec(value(), 2..40), level in 0u8..4) {
            let named: Vec<_> = values
                .iter()
                .map(|(dimension, value)| ((*dimension, key(*dimension, level, value)), name(*dimension, level, value)))
                .collect();
            for (index, (key, name)) in named.iter().enumerate() {
                for (other_key, other_name) in &named[..index] {
                    prop_assert!(key != other_key || name == other_name, "{name} {other_name}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_first_bytes_tell_the_key(path in "/?[a7/?#;]{0,12}[a7]{0,30}[a7/?#;]{0,30}", level in 0u8..4) {
            if let Some(key) = near_url_key(level, path.as_bytes()) {
                prop_assert_eq!(key, far_url_key(level, path.as_bytes()));
            } else {
                prop_assert!(!path.starts_with('/') || path.len() > PATH_BYTES, "{}", path);
            }
        }
    }

    #[test]
    fn groups_of_urls_and_clients() {
        for (path, group) in [
            ("/product/4873?x=1", "/product/*"),
            ("http://www.example.org/catalog", "/catalog"),
            ("/login?next=https://www.example.org/x", "/login"),
            ("/", "/"),
            ("*", "/*"),
            ("/a/b/c/d", "/a/b/…"),
            ("/static/logo.txt", "/static/logo.txt"),
        ] {
            assert_eq!(name(Dimension::Url, 0, path.as_bytes()), group, "{path}");
        }
        for (client, network) in [
            ("203.0.113.9", "203.0.113.0/24"),
            ("0.0.0.0", "0.0.0.0/24"),
            ("203.0.113.256", "(no address)"),
            ("203.0.113.09", "(no address)"),
            ("203.0.113.9.1", "(no address)"),
            ("203.0.113.", "(no address)"),
            ("203.0..9", "(no address)"),
            ("2001:db8:1:2::9", "2001:db8:1::/48"),
            ("app1", "(no address)"),
        ] {
            assert_eq!(name(Dimension::Client, 0, client.as_bytes()), network, "{client}");
        }
    }

    #[test]
    fn few_keys_stand_for_many_values() {
        let keys = |dimension, level, values: &[&str]| {
            values
                .iter()
                .map(|value| key(dimension, level, value.as_bytes()))
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        };
        assert_eq!(keys(Dimension::Url, 0, &["/product/4873?x=1", "/product/12", "//product/9;a", "/product/77"]), 1);
        assert_eq!(keys(Dimension::Url, 1, &["/product/coat-1", "/product/hat", "/product/9"]), 1);
        assert_eq!(keys(Dimension::Client, 0, &["203.0.113.9", "203.0.113.200"]), 1);
        assert_eq!(keys(Dimension::Client, 1, &["203.0.113.9", "203.0.7.1"]), 1);
        assert_eq!(keys(Dimension::Client, 1, &["2001:db8::9", "2001:db9::9", "app1"]), 1);
    }
}
