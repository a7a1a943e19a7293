//! The shape of a message: what is left when its variable parts are taken out.
//!
//! The same line gives the same shape whatever came before it. Miners that learn templates from the order of arrival
//! (Drain and its kin) find finer shapes, but parts of a log would learn different ones, and could not be merged.

/// Longest shape, in bytes; what follows distinguishes nothing.
const MAX_LENGTH: usize = 200;

/// The shape of `message`: its first line, with numbers, ids, addresses, paths and quoted text masked.
pub fn shape(message: &[u8]) -> String {
    let end = memchr::memchr(b'\n', message).unwrap_or(message.len());
    let line = String::from_utf8_lossy(&message[..end.min(4 * MAX_LENGTH)]);
    let mut out = String::with_capacity(line.len().min(MAX_LENGTH));
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        mask(word, &mut out);
        if out.len() >= MAX_LENGTH {
            let cut = out.char_indices().map(|(at, _)| at).take_while(|&at| at <= MAX_LENGTH).last().unwrap_or(0);
            out.truncate(cut);
            break;
        }
    }
    out
}

fn mask(word: &str, out: &mut String) {
    let is_around = |character: char| character.is_ascii_punctuation() && !matches!(character, '/' | '_');
    let behind = word.trim_start_matches(is_around);
    let (start, core) = (word.len() - behind.len(), behind.trim_end_matches(is_around));
    if core.is_empty() {
        out.push_str(word);
        return;
    }
    out.push_str(&word[..start]);
    let digits = core.bytes().any(|byte| byte.is_ascii_digit());
    let hexadecimal = core.len() >= 8 && core.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if core.starts_with('/') && core.len() > 1 {
        out.push_str("<path>");
    } else if digits || hexadecimal {
        out.push_str("<*>");
    } else {
        out.push_str(core);
    }
    out.push_str(&word[start + core.len()..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_parts_are_masked() {
        assert_eq!(
            shape(b"order 4711 of alice failed after 3.2s: /srv/x/y.py:12\ntrace"),
            "order <*> of alice failed after <*>: <path>"
        );
        assert_eq!(shape(b"[a1b2c3d4e5f6] connect to 10.0.0.7:8080 failed"), "[<*>] connect to <*> failed");
        assert!(shape(&[b'x'; 5000]).len() <= MAX_LENGTH);
        assert_eq!(shape("ä".repeat(400).as_bytes()).len(), 200);
    }
}
