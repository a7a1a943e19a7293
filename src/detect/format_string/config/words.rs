//! The words and statements of configuration files.

/// The statements of an nginx file, each as its words; nothing when no statement ends.
pub(super) fn statements(text: &str) -> Option<Vec<Vec<String>>> {
    let mut all = vec![Vec::new()];
    for word in words(text) {
        match word.as_str() {
            ";" | "{" | "}" => all.push(Vec::new()),
            _ => {
                if let Some(last) = all.last_mut() {
                    last.push(word);
                }
            }
        }
    }
    (all.len() > 1).then_some(all)
}

/// The words of a text: quotes hold one together, `#` ends a line, `;`, `{` and `}` stand alone.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        match first {
            ' ' | '\t' | '\r' | '\n' => {}
            '#' => while characters.next().is_some_and(|next| next != '\n') {},
            ';' | '{' | '}' => words.push(first.to_string()),
            '"' | '\'' => words.push(quoted(first, &mut characters)),
            _ => {
                let mut word = String::from(first);
                // `${name}` is part of a word.
                let mut inside = false;
                while let Some(&next) = characters.peek() {
                    let opens = next == '{' && word.ends_with('$');
                    if matches!(next, ' ' | '\t' | '\r' | '\n' | ';')
                        || (matches!(next, '{' | '}') && !opens && !inside)
                    {
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

/// The inside of quotes, up to the one that closes.
fn quoted(quote: char, characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(next) = characters.next() {
        match (next, characters.peek()) {
            ('\\', Some(&escaped)) if escaped == quote => {
                word.push(escaped);
                characters.next();
            }
            (next, _) if next == quote => break,
            (next, _) => word.push(next),
        }
    }
    word
}
