//! All layouts that a run knows: the embedded ones, and those of `--patterns`.

use super::layout::{Family, Layout, LayoutText};
use serde::Deserialize;

/// The layouts, in the order of their ids' files; the index of a layout is its identity within a run.
#[derive(Debug)]
pub struct Layouts {
    list: Vec<Layout>,
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
        let texts: Vec<LayoutText> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/layouts.json")))?;
        let mut layouts = Self { list: Vec::new() };
        for text in texts {
            layouts.add(text).map_err(anyhow::Error::msg)?;
        }
        Ok(layouts)
    }

    /// Adds a layout, or replaces the one with the same id.
    pub fn add(&mut self, text: LayoutText) -> Result<(), String> {
        let id = text.id.clone();
        let layout = Layout::compile(text).map_err(|error| format!("layout `{id}`: {error}"))?;
        match self.list.iter_mut().find(|known| known.text.id == id) {
            Some(known) => *known = layout,
            None => self.list.push(layout),
        }
        Ok(())
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

    /// The layouts that `names` stand for: ids, or families.
    pub fn resolve(&self, name: &str) -> Vec<usize> {
        let family = if self.find(name).is_some() { None } else { Family::from_id(name) };
        let named = |layout: &Layout| layout.text.id == name || family == Some(layout.text.family);
        self.iter().filter(|(_, layout)| named(layout)).map(|(index, _)| index).collect()
    }
}

/// Whether `text` is what `pattern` describes, where `*` stands for any run of characters. Case counts not.
pub fn wildcard(pattern: &str, text: &[u8]) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default().as_bytes();
    if text.len() < first.len() || !text[..first.len()].eq_ignore_ascii_case(first) {
        return false;
    }
    let mut at = first.len();
    let mut rest: Vec<&str> = parts.collect();
    let Some(last) = rest.pop() else { return at == text.len() };
    for part in rest {
        let found = text[at..]
            .windows(part.len().max(1))
            .position(|window| part.is_empty() || window.eq_ignore_ascii_case(part.as_bytes()));
        match found {
            Some(offset) => at += offset + part.len(),
            None => return false,
        }
    }
    text.len() >= at + last.len() && text[text.len() - last.len()..].eq_ignore_ascii_case(last.as_bytes())
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
