//! `--log-format GLOB=STRING`.

use crate::detect::format_string::{FormatString, Server, compile};
use crate::detect::layout::LayoutText;

/// A server's own format string, and the inputs that it is for.
#[derive(Debug, Clone)]
pub(crate) struct OwnFormat {
    /// Names of the inputs.
    pub(crate) glob: String,
    /// What was typed behind the glob.
    pub(crate) string: String,
    /// The layout that the string makes.
    pub(crate) layout: LayoutText,
}

/// Reads `GLOB=STRING`; the first `=` separates, because strings have more of them.
pub(super) fn glob_and_string(text: &str) -> Result<OwnFormat, String> {
    let split = text.split_once('=').filter(|(glob, string)| !glob.is_empty() && !string.is_empty());
    let (glob, string) =
        split.ok_or("write GLOB=STRING, as in '*shop*=$remote_addr [$time_local] \"$request\" $status'")?;
    let named = string.split_once(':').and_then(|(name, rest)| Some((Server::from_name(name)?, rest)));
    let told = named.or_else(|| Server::of(string).map(|server| (server, string)));
    let (server, format) = told.ok_or_else(|| {
        format!("`{string}` has no specifier that tells the server; put it in front: {glob}=nginx:{string}, or apache:, haproxy:, envoy:")
    })?;
    let mut layout = compile(server, &FormatString::Text(format.to_owned()))
        .map_err(|error| format!("as a format string of {}: {error}", server.title()))?;
    layout.paths = vec![glob.to_owned()];
    Ok(OwnFormat { glob: glob.to_owned(), string: string.to_owned(), layout })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_told() {
        for (text, product) in [
            ("*=$remote_addr [$time_local] \"$request\" $status", "nginx-access"),
            ("*=%h %l %u %t \"%r\" %>s %b", "apache-access"),
            ("*=tomcat:%h %t %T=%s", "apache-access"),
            ("*=%ci:%cp [%tr] %ft %b/%s %ST %{+Q}r", "haproxy-http"),
            ("*=[%START_TIME%] %RESPONSE_CODE%", "envoy-access"),
        ] {
            assert_eq!(glob_and_string(text).unwrap().layout.id, product, "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("x", "GLOB=STRING"),
            ("=%h %s", "GLOB=STRING"),
            ("*=nothing", "nginx:nothing"),
            ("*=%h %Z %s", "`%Z`"),
            ("*=$status$request", "`$status`"),
        ] {
            let error = glob_and_string(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
