//! The parts of a format string, and the template that they make.

/// A part of a format string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text that the server writes as it stands.
    Literal(String),
    /// A value.
    Value {
        /// Field, `timestamp`, `request`, or empty for a value that no field holds.
        field: &'static str,
        /// What it looks like.
        look: Look,
        /// The specifier, for messages.
        name: String,
    },
    /// A finished part of a template, such as a group that may be missing.
    Template(&'static str),
}

/// What a value looks like in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A kind of the template language that holds whether quoted or not.
    Kind(&'static str),
    /// Text without blanks, unless in quotes.
    Word,
    /// Text with blanks.
    Text,
    /// A list with one entry an attempt.
    List,
}

/// A value of the kind that `look` says.
pub(super) fn value(field: &'static str, look: Look, name: &str) -> Piece {
    Piece::Value { field, look, name: name.to_owned() }
}

/// Adds literal text, to the literal before where there is one.
pub(super) fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

/// The template of the pieces; an error where two values touch and nothing tells where one ends.
pub(super) fn assemble(pieces: &[Piece]) -> Result<String, String> {
    let mut template = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(text) => template.push_str(&escaped(text)),
            Piece::Template(text) => template.push_str(text),
            Piece::Value { field, look, name } => {
                let after = match pieces.get(at + 1) {
                    None => "",
                    Some(Piece::Literal(text)) => text.as_str(),
                    // A group that may be missing begins with the blank before it.
                    Some(Piece::Template(_)) => " ",
                    Some(Piece::Value { name: next, .. }) => {
                        return Err(format!("nothing stands between `{name}` and `{next}`"));
                    }
                };
                let before = match at.checked_sub(1).and_then(|before| pieces.get(before)) {
                    Some(Piece::Literal(text)) => text.as_str(),
                    _ => "",
                };
                let quoted = before.ends_with('"') && after.starts_with('"');
                template.push_str(&format!("<{field}:{}>", kind(*look, quoted, after)));
            }
        }
    }
    Ok(template)
}

fn kind(look: Look, quoted: bool, after: &str) -> &'static str {
    match look {
        Look::Kind(kind) => kind,
        _ if quoted => "quoted",
        Look::List if after.is_empty() || after.starts_with(' ') => "list",
        Look::Word if after.starts_with(' ') => "word",
        Look::List | Look::Word | Look::Text => "text",
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if matches!(character, '\\' | '<' | '~' | '[' | ']') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
