//! Where the signatures stand: those of the program as text, each of which is compiled when it is first asked for, and
//! what was added to them or took their place.

use super::signature::{Signature, SignatureText};
use crate::detect::catalogue::Layouts;
use crate::detect::layout::Family;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::OnceLock;

/// All texts of the program, one behind the other.
const TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/signatures.txt"));
/// The anchors of all of them, in the same order, a line each.
const ANCHORS: &str = include_str!(concat!(env!("OUT_DIR"), "/anchors.txt"));
/// For each text, as three numbers of four bytes: which line of `SCOPES`, where its anchors end in `ANCHORS`, and where
/// it ends in `TEXTS`.
const INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/signature_index.bin"));
/// Names of layouts and families that signatures may be met in, with commas.
const SCOPES: &str = include_str!(concat!(env!("OUT_DIR"), "/scopes.txt"));
/// A line for each text.
const IDS: &str = include_str!(concat!(env!("OUT_DIR"), "/signature_ids.txt"));

/// Signatures by number and id, and what they may be met in.
#[derive(Debug, Default)]
pub(super) struct Store {
    list: Vec<Slot>,
    /// Names of layouts and families, with commas.
    scopes: Vec<Cow<'static, str>>,
    /// The ids of the program's, a line each.
    ids: &'static str,
    /// Made when the first is looked for.
    by_id: OnceLock<FxHashMap<Cow<'static, str>, usize>>,
    /// The id and family of each layout.
    layouts: Vec<(String, Family)>,
}

#[derive(Debug)]
struct Slot {
    /// Its names in [`Store::scopes`].
    scope: usize,
    /// Its text; empty for what was compiled from the start.
    text: &'static [u8],
    /// The anchors of that text, a line each.
    anchors: &'static [u8],
    compiled: OnceLock<Box<Signature>>,
}

impl Store {
    /// The signatures of the program. Of their texts nothing is read.
    pub(super) fn embedded() -> Self {
        let (mut list, mut text_at, mut anchors_at) = (Vec::with_capacity(INDEX.len() / 12), 0, 0);
        for [a, b, c, d, e, f, g, h, i, j, k, l] in INDEX.as_chunks().0 {
            let number = |bytes: [&u8; 4]| u32::from_le_bytes(bytes.map(|byte| *byte)) as usize;
            let (anchors_end, text_end) = (number([e, f, g, h]), number([i, j, k, l]));
            list.push(Slot {
                scope: number([a, b, c, d]),
                text: &TEXTS.as_bytes()[text_at..text_end],
                anchors: &ANCHORS.as_bytes()[anchors_at..anchors_end],
                compiled: OnceLock::new(),
            });
            (text_at, anchors_at) = (text_end, anchors_end);
        }
        Self { list, scopes: SCOPES.lines().map(Cow::from).collect(), ids: IDS, ..Self::default() }
    }

    /// Adds signatures; one of the same id as one before takes its place.
    pub(super) fn add(&mut self, texts: Vec<SignatureText>) -> Result<(), String> {
        for text in texts {
            let (id, names) = (text.id.clone(), text.layouts.join(","));
            let compiled = Signature::compile(text).map_err(|error| format!("signature `{id}`: {error}"))?;
            self.scopes.push(names.into());
            let compiled = OnceLock::from(Box::new(compiled));
            let slot = Slot { scope: self.scopes.len() - 1, text: b"", anchors: b"", compiled };
            match self.find(&id) {
                Some(index) => self.list[index] = slot,
                None => {
                    self.list.push(slot);
                    if let Some(by_id) = self.by_id.get_mut() {
                        by_id.insert(id.into(), self.list.len() - 1);
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, index: usize) -> &Signature {
        let slot = &self.list[index];
        slot.compiled.get_or_init(|| Box::new(compile(slot.text)))
    }

    /// The anchors of a signature, none of which is compiled for that.
    pub(super) fn anchors(&self, index: usize) -> impl Iterator<Item = &[u8]> {
        let slot = &self.list[index];
        let compiled = if slot.text.is_empty() { self.get(index).anchors.as_slice() } else { &[] };
        let written = slot.anchors.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        written.chain(compiled.iter().map(String::as_bytes))
    }

    pub(super) fn find(&self, id: &str) -> Option<usize> {
        // What was added is put there by the adding.
        let by_id = self.by_id.get_or_init(|| self.ids.lines().map(Cow::from).zip(0..).collect());
        by_id.get(id).copied()
    }

    /// Says which layouts there are.
    pub(super) fn cover(&mut self, layouts: &Layouts) {
        self.layouts = layouts.iter().map(|(_, layout)| (layout.text.id.clone(), layout.text.family)).collect();
    }

    pub(super) fn layouts(&self) -> usize {
        self.layouts.len()
    }

    /// The signatures that may be met in a layout: those that name it, or its family.
    pub(super) fn of_layout(&self, layout: usize) -> Vec<usize> {
        let (id, family) = &self.layouts[layout];
        // A name that a layout has is that layout's alone.
        let is_family = !self.layouts.iter().any(|(id, _)| id == family.id());
        let is_meant = |name: &str| name == id || is_family && name == family.id();
        let meant: Vec<bool> = self.scopes.iter().map(|names| names.split(',').any(is_meant)).collect();
        let members = self.list.iter().enumerate().filter(|(_, slot)| meant[slot.scope]);
        members.map(|(index, _)| index).collect()
    }
}

#[expect(clippy::expect_used, reason = "a constant that the build wrote; a test compiles each")]
fn compile(text: &[u8]) -> Signature {
    let text: SignatureText = serde_json::from_slice(text).expect("a signature of the program");
    Signature::compile(text).expect("a signature of the program")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_id_and_met_in_the_layouts_that_it_names() {
        let layouts = Layouts::embedded().unwrap();
        let mut store = Store::embedded();
        store.cover(&layouts);
        for index in 0..store.len() {
            let text = &store.get(index).text;
            assert_eq!(store.find(&text.id), Some(index));
            assert!(store.anchors(index).eq(store.get(index).anchors.iter().map(String::as_bytes)), "{}", text.id);
        }
        for (layout, _) in layouts.iter() {
            let names = |index: &usize| {
                store.get(*index).text.layouts.iter().any(|name| layouts.resolve(name).contains(&layout))
            };
            assert_eq!(store.of_layout(layout), (0..store.len()).filter(names).collect::<Vec<_>>());
        }
        assert_eq!(store.find("no-such"), None);
    }

    #[test]
    fn a_later_one_takes_the_place_of_an_earlier_one() {
        let mut store = Store::embedded();
        let (before, id) = (store.len(), store.get(3).text.id.clone());
        let again = SignatureText { title: "again".into(), ..store.get(3).text.clone() };
        let anchors: Vec<Vec<u8>> = store.anchors(3).map(<[u8]>::to_vec).collect();
        let new = SignatureText { id: "one-more".into(), ..again.clone() };
        store.add(vec![again, new.clone(), SignatureText { title: "and again".into(), ..new }]).unwrap();
        assert_eq!((store.len(), store.find(&id), store.find("one-more")), (before + 1, Some(3), Some(before)));
        assert_eq!(store.anchors(before).collect::<Vec<_>>(), anchors);
        assert_eq!((store.get(3).text.title.as_str(), store.get(before).text.title.as_str()), ("again", "and again"));
    }
}
