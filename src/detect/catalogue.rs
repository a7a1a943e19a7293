//! All layouts that a run knows: the embedded ones, and those of `--patterns`.

use super::heading_signs::HeadingSigns;
use super::layout::{Family, Layout, LayoutText};
use crate::embedded::{self, Entry};
use serde::Deserialize;
use std::sync::OnceLock;

/// The layouts, in the order of their ids' files; the index of a layout is its identity within a run.
#[derive(Debug)]
pub struct Layouts {
    list: Vec<Layout>,
    /// Of all layouts, from the first line on that was asked.
    heading_signs: OnceLock<HeadingSigns>,
}

/// A layout file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutFile {
    /// Its layouts.
    #[serde(default)]
    pub layout: Vec<LayoutText>,
}

impl Layouts {
    /// The layouts that are part of the program.
    pub fn embedded() -> anyhow::Result<Self> {
        let texts = include_str!(concat!(env!("OUT_DIR"), "/layouts.txt"));
        let proofs = include_str!(concat!(env!("OUT_DIR"), "/proofs.txt"));
        let mut layouts = Self {
            list: Vec::with_capacity(memchr::memchr_iter(b'\n', texts.as_bytes()).count()),
            heading_signs: OnceLock::new(),
        };
        for (text, proof) in embedded::lines(texts).zip(embedded::lines(proofs)) {
            let text: LayoutText = serde_json::from_str(text)?;
            let id = text.id.clone();
            let layout = Layout::embedded(text, Entry::embedded(proof));
            layouts.put(layout.map_err(|error| anyhow::anyhow!("layout `{id}`: {error}"))?);
        }
        Ok(layouts)
    }

    /// Adds a layout, or replaces the one with the same id.
    pub fn add(&mut self, text: LayoutText) -> Result<(), String> {
        let id = text.id.clone();
        self.put(Layout::compile(text).map_err(|error| format!("layout `{id}`: {error}"))?);
        Ok(())
    }

    fn put(&mut self, layout: Layout) {
        self.heading_signs = OnceLock::new();
        match self.list.iter_mut().find(|known| known.text.id == layout.text.id) {
            Some(known) => *known = layout,
            None => self.list.push(layout),
        }
    }

    /// Adds the layout of a server's own format string, beside the one that the server has by default and under the
    /// same id; gives its index.
    pub fn add_own(&mut self, text: LayoutText) -> Result<usize, String> {
        let standing = self.find(&text.id).ok_or_else(|| format!("no layout is called `{}`", text.id))?;
        let standing = &self.get(standing).text;
        let text = LayoutText {
            title: standing.title.clone(),
            product: standing.product.clone(),
            tier: standing.tier,
            programs: standing.programs.clone(),
            ..text
        };
        self.list.push(Layout::compile(text)?);
        self.heading_signs = OnceLock::new();
        Ok(self.list.len() - 1)
    }

    /// The layout at `index`.
    pub fn get(&self, index: usize) -> &Layout {
        &self.list[index]
    }

    /// The layout called `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.list.iter().position(|layout| layout.text.id == id)
    }

    /// All layouts with their index.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Layout)> {
        self.list.iter().enumerate()
    }

    /// What tells that a line is no heading of any layout.
    pub(super) fn heading_signs(&self) -> &HeadingSigns {
        self.heading_signs.get_or_init(|| HeadingSigns::of(&self.list))
    }

    /// The layouts that `names` stand for: ids, or families.
    pub fn resolve(&self, name: &str) -> Vec<usize> {
        let family = if self.find(name).is_some() { None } else { Family::from_id(name) };
        let named = |layout: &Layout| layout.text.id == name || family == Some(layout.text.family);
        self.iter().filter(|(_, layout)| named(layout)).map(|(index, _)| index).collect()
    }
}

/// Whether `text` is what `pattern` describes, where `*` stands for any run of characters. Case counts not.
pub fn wildcard(pattern: &str, text: &[u8]) -> bool {
    let pattern = pattern.as_bytes();
    let Some(star) = memchr::memchr(b'*', pattern) else { return pattern.eq_ignore_ascii_case(text) };
    let last_star = memchr::memrchr(b'*', pattern).unwrap_or(star);
    let (first, last) = (&pattern[..star], &pattern[last_star + 1..]);
    if text.len() < first.len() + last.len()
        || !text[..first.len()].eq_ignore_ascii_case(first)
        || !text[text.len() - last.len()..].eq_ignore_ascii_case(last)
    {
        return false;
    }
    let mut between = &text[first.len()..text.len() - last.len()];
    pattern[star..last_star].split(|&byte| byte == b'*').filter(|part| !part.is_empty()).all(|part| {
        let at = between.windows(part.len()).position(|window| window.eq_ignore_ascii_case(part));
        at.is_some_and(|at| {
            between = &between[at + part.len()..];
            true
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("php*-fpm", "php8.2-fpm", true),
            ("php*-fpm", "php-fp", false),
            ("*nginx*error*", "web1/nginx/error.log.1", true),
            ("haproxy", "HAProxy", true),
            ("haproxy", "haproxy2", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(wildcard(pattern, text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
