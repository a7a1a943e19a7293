//! The name of a log without what rotation and compression added to it.

/// Name endings that compression adds.
const COMPRESSED: [&str; 7] = [".gz", ".xz", ".zst", ".bz2", ".lz4", ".lzma", ".Z"];

/// The log that a file belongs to, and whether the file is the one still being written.
pub fn log_name(name: &str) -> (String, bool) {
    let mut stem = name;
    let mut rotated = false;
    loop {
        let before = stem;
        for ending in COMPRESSED {
            stem = stem.strip_suffix(ending).unwrap_or(stem);
        }
        if let Some(shorter) = without_number(stem) {
            stem = shorter;
            rotated = true;
        }
        if stem == before {
            break;
        }
    }
    if stem == name {
        return dated_inside(name).map_or_else(|| (name.to_owned(), true), |log| (log, false));
    }
    (stem.to_owned(), !rotated && stem == name)
}

/// `access.log.1`, `access.log-20261122`, `access.log-20261122-1795335814`, `access.log.2026-11-22`, `access.log.old`.
fn without_number(stem: &str) -> Option<&str> {
    if let Some(shorter) = stem.strip_suffix(".old") {
        return Some(shorter);
    }
    let at = stem.rfind(['.', '-', '_'])?;
    let tail = &stem[at + 1..];
    let counted = stem.as_bytes()[at] == b'.' && !tail.is_empty() && tail.len() <= 3;
    let dated = matches!(tail.len(), 8 | 10..=14);
    if at > 0 && tail.bytes().all(|byte| byte.is_ascii_digit()) && (counted || dated) {
        return Some(&stem[..at]);
    }
    iso_date_at_end(stem)
}

fn iso_date_at_end(stem: &str) -> Option<&str> {
    let at = stem.len().checked_sub(11)?;
    let tail = stem.as_bytes().get(at..)?;
    let shape = tail.iter().enumerate().all(|(index, byte)| match index {
        0 => matches!(byte, b'.' | b'-' | b'_'),
        5 | 8 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (shape && at > 0).then(|| &stem[..at])
}

/// `localhost_access_log.2026-11-22.txt`, `catalina.2026-11-22.log`: the date before the ending.
fn dated_inside(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    iso_date_at_end(stem).map(|log| format!("{log}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_is_taken_off() {
        for (name, log, live) in [
            ("web1/access.log", "web1/access.log", true),
            ("web1/access.log.1", "web1/access.log", false),
            ("web1/access.log.14.gz", "web1/access.log", false),
            ("messages-20261122.xz", "messages", false),
            ("access.log.2026-11-22", "access.log", false),
            ("catalina.2026-11-22.log", "catalina.log", false),
            ("php8.2-fpm.log", "php8.2-fpm.log", true),
            ("app-1.log", "app-1.log", true),
            ("audit.log.old", "audit.log", false),
        ] {
            assert_eq!(log_name(name), (log.to_owned(), live), "{name}");
        }
    }
}
