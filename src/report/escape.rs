//! Text from the outside world, made harmless for the place where it is shown.
//!
//! A log line is written by whoever sent the request. It can hold escape sequences that repaint a terminal, marks that
//! reverse the reading order, formulas for a spreadsheet, links and mentions for the page that shows the report.
//! JSON keeps the exact text instead (see `summary`), with the same characters as `\uXXXX`.

use std::borrow::Cow;

/// What stands for a line end in one-line text.
const LINE_END: char = '⏎';

/// The text on one line, with every character that cannot be seen, or that changes how others are seen, as `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => out.push(LINE_END),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            unseen if is_unseen(unseen) => out.extend(unseen.escape_unicode()),
            seen => out.push(seen),
        }
    }
    Cow::Owned(out)
}

/// Whether all of the text is printable ASCII: settles most texts without a look at each character.
pub fn is_plain(text: &str) -> bool {
    // Each byte, whatever the one before was: that is done for many at once.
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// Whether a character is a control, a formatting mark or a blank that has no width: Unicode's categories Cc and Cf,
/// line and paragraph separators, variation selectors, fillers and tags.
pub fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0x00AD | 0x034F | 0x061C | 0x06DD | 0x070F | 0x08E2 | 0x180E | 0x2028 | 0x2029 | 0x2800 | 0x3164
            | 0xFEFF | 0xFFA0 | 0x110BD | 0x110CD
            | 0x0600..=0x0605 | 0x0890..=0x0891 | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFFF0..=0xFFFB
            | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// A cell of text for a spreadsheet: visible, and never a formula. The apostrophe is what spreadsheets themselves use to
/// say "this is text". The wide forms count too, because East Asian editions take them for the narrow ones.
pub fn cell(text: &str) -> Cow<'_, str> {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let edge = text.starts_with(['\t', '\r']);
    let shown = visible(text);
    if formula || edge { Cow::Owned(format!("'{shown}")) } else { shown }
}

/// Text in a page of HTML, between tags or in a quoted attribute.
pub(super) fn html(text: &str) -> String {
    let shown = visible(text);
    let mut out = String::with_capacity(shown.len() + 16);
    for character in shown.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A code span of Markdown, for use outside of tables: the fence is longer than any run of backticks inside.
pub(super) fn code(text: &str) -> String {
    let shown = visible(text);
    if shown.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let fence = "`".repeat(longest_run(&shown) + 1);
    // A renderer takes one space off each end, and needs one where the text touches the fence with a backtick.
    let pad = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Text in a sentence or a table cell of Markdown.
///
/// A backslash stops Markdown, but not the passes that GitHub and GitLab run over the finished page: there `\@all` still
/// is a mention and `http\://…` a link. They leave code alone, so a word with such a trigger becomes a code span.
pub(super) fn prose(text: &str) -> String {
    let shown = visible(text);
    let words: Vec<String> = shown.trim().split(' ').map(word_of_prose).collect();
    let mut out = words.join(" ");
    // What would start a list, where the text starts a line or an item.
    if out.starts_with(['-', '+', '=']) {
        out.insert(0, '\\');
    } else if let Some(end) = out.find(|character: char| !character.is_ascii_digit())
        && end > 0
        && out[end..].starts_with(['.', ')'])
        && out[end + 1..].chars().next().is_none_or(|next| next == ' ')
    {
        out.insert(end, '\\');
    }
    out
}

/// Advice in a sentence of Markdown: what stands between backticks is a command, and stays one that can be copied.
pub(super) fn advice(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) || parts.iter().skip(1).step_by(2).any(|command| command.trim().is_empty()) {
        return prose(text);
    }
    let written = parts.iter().enumerate().map(|(index, part)| {
        if index % 2 == 1 {
            return code(part);
        }
        // A sentence keeps the blanks at its ends: a command stands there.
        let (front, back) = (part.len() - part.trim_start().len(), part.len() - part.trim_end().len());
        let (front, back) = if part.trim().is_empty() { (front, 0) } else { (front, back) };
        format!("{}{}{}", " ".repeat(front), prose(part), " ".repeat(back))
    });
    written.collect()
}

fn word_of_prose(word: &str) -> String {
    // The end of a clause is no part of the word.
    let core = word.trim_end_matches([';', ',', '.', ':']);
    if core.len() < word.len() && !core.is_empty() && !core.contains('&') && acts_in_a_page(core) {
        return word_of_prose(core) + &word[core.len()..];
    }
    if acts_in_a_page(word) {
        // No escape for a pipe works both in code and in a table on every renderer; the tables in CSV have the exact text.
        return code(&word.replace('|', "¦"));
    }
    let mut out = String::with_capacity(word.len() + 8);
    let characters: Vec<char> = word.chars().collect();
    for (index, &character) in characters.iter().enumerate() {
        let beside = |at: Option<&char>| at.is_some_and(char::is_ascii_alphanumeric);
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            // Between letters it never means emphasis, and names of backends stay readable without the backslash.
            '_' if index > 0 && beside(characters.get(index - 1)) && beside(characters.get(index + 1)) => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '$' | '!' | '^' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    out
}

/// Whether a page that shows the report would make something of the word: a mention, a link, a reference to an issue.
fn acts_in_a_page(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let reference = word
        .char_indices()
        .filter(|(_, character)| matches!(character, '#' | '!' | '~' | '%' | '&' | '$' | '^'))
        .any(|(at, _)| word[at + 1..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '"'));
    lower.contains('@')
        || lower.contains("://")
        || lower.contains("www.")
        || lower.starts_with("mailto:")
        || lower.starts_with("gh-")
        || lower.starts_with('/') && !lower[1..].contains('/') && lower.len() > 1
        || reference
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::ATTACK;

    #[test]
    fn nothing_unseen_is_left() {
        let shown = visible(ATTACK);
        assert!(!shown.chars().any(is_unseen), "{shown}");
        assert!(shown.contains("\\u{1b}[2J") && shown.contains("\\u{202e}gpj\\u{2066}\\u{200b}\\u{feff}\\u{e0041}"));
        assert!(shown.contains("\\u{0}⏎# head⏎| a |"), "{shown}");
        assert!(matches!(visible("plain é 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        for text in ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "\n=1"] {
            assert!(cell(text).starts_with('\''), "{text:?} → {}", cell(text));
        }
        assert_eq!(cell("a=1"), "a=1");
        assert_eq!(cell("two\nlines"), "two⏎lines");
    }

    #[test]
    fn code_keeps_to_its_fence() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a `b` ``c``"), "``` a `b` ``c`` ```");
        assert_eq!(code(" "), "(empty)");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn prose_is_only_prose() {
        assert_eq!(prose("bk_shop and _this_ *that*"), "bk_shop and \\_this\\_ \\*that\\*");
        assert_eq!(prose("<b> & </b> a|b"), "&lt;b&gt; &amp; &lt;/b&gt; a&#124;b");
        assert_eq!(prose("&amp;"), "`&amp;`", "nothing is decoded in code");
        assert_eq!(prose("ping @all"), "ping `@all`");
        assert_eq!(prose("see https://evil.example now"), "see `https://evil.example` now");
        assert_eq!(prose("- item"), "\\- item");
        assert_eq!(prose("12. item"), "12\\. item");
        assert_eq!(prose("1.5 s"), "1.5 s");
        assert_eq!(prose("# head"), "\\# head");
        assert_eq!(prose("[x](y)"), "\\[x\\](y)");
        assert_eq!(prose("fix #12"), "fix `#12`");
        assert_eq!(prose("@a|b"), "`@a¦b`");
        assert_eq!(prose("to 8.2~deb12; and ping @all."), "to `8.2~deb12`; and ping `@all`.");
    }

    #[test]
    fn commands_in_advice_stay_commands() {
        assert_eq!(advice("Run `nft list ruleset > x`, or `a_b`."), "Run `nft list ruleset > x`, or `a_b`.");
        assert_eq!(advice("No `end"), "No \\`end");
        assert_eq!(advice("``"), "\\`\\`");
        assert_eq!(advice("`<b>` <b>"), "`<b>` &lt;b&gt;");
    }
}
