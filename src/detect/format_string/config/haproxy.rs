//! HAProxy: `log-format`, `error-log-format`. Keywords: HAProxy configuration manual, 4.2; the variables with the
//! built-in formats: the same, 8.2 "Log formats" and 2.4 "Conditional blocks" (environment).

use super::words::words;
use super::{Configuration, FormatString, Server};

/// Keywords that begin a section.
const SECTIONS: [&str; 6] = ["global", "defaults", "frontend", "backend", "listen", "resolvers"];
/// Names of the built-in formats, and what they stand for.
const BUILT_IN: [(&str, &str); 3] = [
    (
        "${HAPROXY_HTTPS_LOG_FMT}",
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r \
         %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc",
    ),
    (
        "${HAPROXY_HTTP_LOG_FMT}",
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r",
    ),
    ("${HAPROXY_TCP_LOG_FMT}", "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"),
];

pub(super) fn read(text: &str) -> Option<Configuration> {
    let mut found = Configuration::of(Server::Haproxy);
    let (mut section, mut sections, mut indented) = (String::new(), 0, 0);
    for line in text.lines() {
        let bare = line.trim();
        let (keyword, rest) = bare.split_once([' ', '\t']).unwrap_or((bare, ""));
        if SECTIONS.contains(&keyword) {
            section = words(bare).join(" ");
            sections += 1;
        } else if sections > 0 && line.starts_with([' ', '\t']) && !bare.is_empty() {
            indented += 1;
        }
        if matches!(keyword, "log-format" | "error-log-format") {
            let format = FormatString::Text(string(rest.trim_start()));
            if !found.formats.iter().any(|(_, known)| *known == format) {
                found.formats.push((section.clone(), format));
            }
        }
    }
    (sections > 0 && (indented > 0 || !found.formats.is_empty())).then_some(found)
}

/// A string in quotes; or a bare one, in which blanks are escaped, up to the first that is not.
fn string(rest: &str) -> String {
    let quoted = rest.starts_with(['"', '\'']);
    let mut text = if quoted {
        words(rest).into_iter().next().unwrap_or_default()
    } else {
        let mut end = rest.len();
        for (at, _) in rest.match_indices([' ', '\t']) {
            if !rest[..at].ends_with('\\') {
                end = at;
                break;
            }
        }
        rest[..end].to_owned()
    };
    for (name, format) in BUILT_IN {
        text = text.replace(name, format);
    }
    text
}
