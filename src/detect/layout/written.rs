//! The templates of a layout, compiled when a line may first fit them.
//!
//! A run meets a few of some two hundred layouts. To compile them all took longer than to read a small log; so a line
//! is first compared with the literal text of a template as it is written.

use crate::detect::outline::Outline;
use crate::detect::template::Template;
use std::ops::Deref;
use std::sync::OnceLock;

/// A template as a layout file has it.
#[derive(Debug)]
pub(super) struct Written {
    source: String,
    /// The first two bytes in sequence that a line must have, which most lines have not.
    first: Option<[u8; 2]>,
    /// All of them.
    pairs: OnceLock<Box<[[u8; 2]]>>,
    /// In a box: most of a thousand templates are never compiled.
    template: OnceLock<Box<Template>>,
}

impl Written {
    /// A template of the program, which is known to compile.
    pub(super) fn embedded(source: &str) -> Self {
        Self::of(source, OnceLock::new())
    }

    /// A template of anyone; the error says what is wrong and where.
    pub(super) fn compile(source: &str) -> Result<Self, String> {
        let template = OnceLock::from(Box::new(Template::compile(source)?));
        Ok(Self::of(source, template))
    }

    fn of(source: &str, template: OnceLock<Box<Template>>) -> Self {
        let mut first = None;
        visit_pairs(source.as_bytes(), |pair| {
            first = Some(pair);
            false
        });
        Self { source: source.to_owned(), first, pairs: OnceLock::new(), template }
    }

    /// Whether a line may fit; false only if it does not.
    #[inline]
    pub(super) fn may_fit(&self, line: &[u8], outline: &Outline) -> bool {
        if self.first.is_some_and(|pair| !outline.may_have(&pair)) {
            return false;
        }
        let pairs = self.pairs.get_or_init(|| pairs(self.source.as_bytes()));
        pairs.iter().all(|pair| outline.may_have(pair)) && self.get().may_fit(line, outline)
    }

    #[expect(clippy::expect_used, reason = "embedded templates are constants, each of which a test compiles")]
    fn get(&self) -> &Template {
        self.template.get_or_init(|| Box::new(Template::compile(&self.source).expect("a template of the program")))
    }
}

impl Deref for Written {
    type Target = Template;

    fn deref(&self) -> &Template {
        self.get()
    }
}

/// What stands in sequence in the literal text of a template, outside of what may be missing.
fn pairs(source: &[u8]) -> Box<[[u8; 2]]> {
    let mut pairs = Vec::new();
    visit_pairs(source, |pair| {
        pairs.push(pair);
        true
    });
    pairs.into()
}

/// Hands each of them on, as long as `each` wants more.
fn visit_pairs(source: &[u8], mut each: impl FnMut([u8; 2]) -> bool) {
    let (mut at, mut start, mut depth) = (0, 0, 0_usize);
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let length = match rest {
            [] => 0,
            [b'\\', ..] | [b'[', b'[', ..] => 2,
            [b']', b']', ..] if depth > 0 => 2,
            [b'<', ..] => memchr::memchr(b'>', rest).map_or(rest.len(), |close| close + 1),
            [b'~', ..] => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        let literal = if depth == 0 { source.get(start..at).unwrap_or_default() } else { &[] };
        if !literal.windows(2).all(|pair| each([pair[0], pair[1]])) {
            return;
        }
        match rest.first() {
            None => return,
            Some(b'[') => depth += 1,
            Some(b']') => depth -= 1,
            Some(_) => {}
        }
        at += length;
        start = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue::Layouts;

    fn may_stand(source: &str, outline: &Outline) -> bool {
        pairs(source.as_bytes()).iter().all(|pair| outline.may_have(pair))
    }

    #[test]
    fn what_may_be_missing_is_not_asked_for() {
        let outline = |line: &[u8]| {
            let mut outline = Outline::default();
            outline.draw(line);
            outline
        };
        for (source, line, expected) in [
            ("ab<:int>cd[[ ef ]]", "ab1cd", true),
            ("ab<:int>cd[[ ef ]]", "ab1cx", false),
            ("[<:word>] is", "[x] is", true),
            ("[<:word>] is", "[x] si", false),
            ("[[[[xy]]<:int>zz\\]]]ab", "ab", true),
            ("[[[[xy]]<:int>zz\\]]]ab", "ba", false),
            ("~ab]]cd", "ab]]cd", true),
            ("~ab]]cd", "ab] ]cd", false),
            ("<:text>\\nof<=it>", "x\nofit", true),
        ] {
            assert_eq!(may_stand(source, &outline(line.as_bytes())), expected);
        }
    }

    #[test]
    fn samples_have_the_literals_of_their_templates() {
        let mut fitting = 0;
        let layouts = Layouts::embedded().unwrap();
        for (_, layout) in layouts.iter() {
            for line in
                layout.proof().samples.iter().flat_map(|sample| [sample.as_str(), sample.lines().next().unwrap_or("")])
            {
                let mut outline = Outline::default();
                outline.draw(line.as_bytes());
                for (_, other) in layouts.iter().filter(|(_, other)| other.text.product == layout.text.product) {
                    for template in other.templates.iter().filter(|template| template.fits(line.as_bytes())) {
                        fitting += 1;
                        assert!(may_stand(&template.source, &outline), "{line}");
                    }
                }
            }
        }
        assert!(fitting > 500, "{fitting} are too few to tell");
    }

    #[test]
    fn every_template_of_the_program_compiles() {
        for (_, layout) in Layouts::embedded().unwrap().iter() {
            for template in layout.templates.iter().chain(layout.further.iter()).chain(&layout.last) {
                Template::compile(&template.source).unwrap();
            }
        }
    }
}
