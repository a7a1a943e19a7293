//! HTML in the making.
//!
//! Elements and attributes are constants of the program: the types let no text from a log become one. Such text goes
//! through [`Html::text`] alone, which escapes it.

use crate::report::escape;
use std::fmt::Write;

/// The value of an attribute: ours, or a number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attr {
    /// A constant.
    Word(&'static str),
    /// Two constants with a space between: the classes of an element.
    Words(&'static str, &'static str),
    /// A length or place in a drawing, to a tenth.
    Number(f64),
    /// `i1`: the name of the first thing of a kind.
    Name(&'static str, usize),
    /// `#i1`: a link to it.
    Link(&'static str, usize),
    /// `t1 d1`: two names with one number.
    Names(&'static str, &'static str, usize),
}

impl From<&'static str> for Attr {
    fn from(word: &'static str) -> Self {
        Attr::Word(word)
    }
}

impl From<f64> for Attr {
    fn from(number: f64) -> Self {
        Attr::Number(number)
    }
}

/// Attributes of an element.
pub(super) type Attrs<'a> = &'a [(&'static str, Attr)];

/// A page that grows.
#[derive(Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// The page so far.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Markup of ours, as it is.
    pub(super) fn raw(&mut self, markup: &'static str) {
        self.text.push_str(markup);
    }

    /// Text from anywhere.
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(&escape::html(text));
    }

    /// An element with what `inside` puts into it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attrs, inside: impl FnOnce(&mut Self)) {
        self.start(tag, attributes);
        inside(self);
        self.end(tag);
    }

    /// An element that holds text only.
    pub(super) fn line(&mut self, tag: &'static str, attributes: Attrs, text: &str) {
        self.element(tag, attributes, |html| html.text(text));
    }

    /// An element of a drawing without content.
    pub(super) fn shape(&mut self, tag: &'static str, attributes: Attrs) {
        self.element(tag, attributes, |_| ());
    }

    fn start(&mut self, tag: &'static str, attributes: Attrs) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            // Writing to a string does not fail.
            let _ = match value {
                Attr::Word(word) => write!(self.text, " {name}=\"{word}\""),
                Attr::Words(one, other) => write!(self.text, " {name}=\"{one} {other}\""),
                Attr::Number(number) => write!(self.text, " {name}=\"{}\"", tenths(*number)),
                Attr::Name(kind, index) => write!(self.text, " {name}=\"{kind}{index}\""),
                Attr::Link(kind, index) => write!(self.text, " {name}=\"#{kind}{index}\""),
                Attr::Names(one, other, index) => write!(self.text, " {name}=\"{one}{index} {other}{index}\""),
            };
        }
        self.text.push('>');
    }

    fn end(&mut self, tag: &'static str) {
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
        if BLOCKS.contains(&tag) {
            self.text.push('\n');
        }
    }

    /// A table. Columns whose heading ends in `:` hold numbers. `caption` says what it shows.
    pub(super) fn table(&mut self, caption: &str, headings: &[&str], rows: impl Iterator<Item = Row>) {
        let number = |index: usize| headings.get(index).is_some_and(|heading| heading.ends_with(':'));
        let class = |index| if number(index) { [("class", Attr::Word("number"))].as_slice().to_vec() } else { vec![] };
        // A wide table scrolls by itself, for the keyboard too.
        self.element("div", &[("class", "wide".into()), ("tabindex", "0".into())], |html| {
            html.element("table", &[], |html| {
                html.line("caption", &[], caption);
                html.element("thead", &[], |html| {
                    html.element("tr", &[], |html| {
                        for (index, heading) in headings.iter().enumerate() {
                            let attributes = [&[("scope", "col".into())], class(index).as_slice()].concat();
                            html.line("th", &attributes, heading.trim_end_matches(':'));
                        }
                    });
                });
                html.element("tbody", &[], |html| {
                    for row in rows {
                        html.element("tr", &[], |html| {
                            for (index, cell) in row.iter().enumerate() {
                                html.cell(cell, index == 0, &class(index));
                            }
                        });
                    }
                });
            });
        });
    }

    fn cell(&mut self, cell: &Cell, first: bool, attributes: Attrs) {
        let head = [&[("scope", Attr::Word("row"))], attributes].concat();
        let (tag, attributes) = if first { ("th", head.as_slice()) } else { ("td", attributes) };
        self.element(tag, attributes, |html| match cell {
            Cell::Text(text) => html.text(text),
            Cell::Code(text) => html.line("code", &[], text),
            Cell::Badge(class, text) => html.line("span", &[("class", Attr::Words("badge", class))], text),
            Cell::Link(kind, index, text) => html.line("a", &[("href", Attr::Link(kind, *index))], text),
        });
    }
}

/// A cell of a table.
pub(super) enum Cell {
    /// Words.
    Text(String),
    /// Something of a log.
    Code(String),
    /// A word with a colour, told by its class.
    Badge(&'static str, String),
    /// A word that leads to another place of the page.
    Link(&'static str, usize, String),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

/// A row; its first cell names it.
pub(super) type Row = Vec<Cell>;

/// Elements that end their line, so that the source of the page can be read and compared.
const BLOCKS: [&str; 24] = [
    "html", "head", "title", "body", "header", "main", "section", "footer", "h1", "h2", "h3", "p", "div", "dl", "dd",
    "ol", "ul", "li", "tr", "thead", "table", "svg", "g", "details",
];

/// A number with at most one digit after the point.
pub(super) fn tenths(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut html = Html::default();
        html.line("p", &[("class", "x".into())], "<b onclick='x'>&amp;\"\u{202e}\n");
        let expected = "<p class=\"x\">&lt;b onclick=&#39;x&#39;&gt;&amp;amp;&quot;\\u{202e}⏎</p>\n";
        assert_eq!(html.into_text(), expected);
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!([1.0, 1.25, -0.04, 100.0].map(tenths), ["1", "1.2", "-0", "100"]);
    }
}
