//! In: a [`Source`]. Out: its [`Member`]s one after the other, as streams of plain text.
//! Promise: what a file is shows in its content, never in its name; what can be read of a damaged file is read, and
//! what cannot is said; memory does not grow with the file; one file is open at a time.
//! Why a callback and not an iterator: a member of a bundle is a view into a stream that the bundle also reads, and
//! must be gone before the next one begins.

mod bundle;
mod decode;
pub mod document;
mod foreign;
mod gzip;
mod kind;
mod salvage;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::io::{self, Read, Seek};
use std::sync::Arc;

use rustc_hash::FxHasher;

use crate::model::source::{Origin, Source};
use crate::model::trouble::Trouble;
use document::{Document, Marks};
use foreign::Foreign;
use kind::{Codec, Encoding, Kind};
pub use salvage::PlainFile;
use salvage::{Ending, Salvage};
use text::{Headed, Utf16};

/// How many layers of compression and bundling are opened: `a.tar.gz!/b.tar.gz!/c.gz` has five. The bound is for
/// files that hold themselves.
const MAX_LAYERS: u32 = 6;

/// One text: a file, or a file within a bundle.
pub struct Member<'a> {
    /// The name of the source, or `bundle.tar.gz!/var/log/x`. Unique within the source.
    pub name: String,
    /// Time of the last change in seconds since 1970-01-01T00:00:00Z: as the bundle or the gzip header states it, else
    /// as the file system does.
    pub modified: Option<i64>,
    /// The text, in UTF-8 or as it was written. It never fails: a fault ends it and shows in [`Opened::troubles`].
    pub reader: &'a mut dyn Read,
    /// The file, when `reader` reads it byte by byte as it is: seeking or reading here moves `reader` too.
    pub plain_file: Option<&'a PlainFile>,
    /// What the lines that `reader` gives stand for, where they are not the physical ones.
    pub marks: Option<Marks>,
}

/// What became of a source.
#[derive(Debug, Default)]
pub struct Opened {
    /// How many members were handed to the caller.
    pub members: u64,
    /// What could not be read, and what was left out.
    pub troubles: Vec<Trouble>,
    /// The error with which the caller ended the reading.
    pub stopped: Option<io::Error>,
}

/// Hands every text that `source` holds to `each`. An error from `each` ends the reading of this source.
pub fn open(source: &Source, each: &mut dyn FnMut(Member<'_>) -> io::Result<()>) -> Opened {
    let mut opening =
        Opening { source, each, opened: Opened::default(), skipped: BTreeMap::new(), names: HashMap::default() };
    let item = Item { name: source.name.clone(), modified: source.modified };
    let result = match &source.origin {
        Origin::StandardInput => opening.stream(item, "standard input", None, &mut io::stdin().lock(), 0),
        Origin::File(path) => match File::open(path) {
            Ok(file) => opening.file(item, file.into()),
            Err(error) => {
                let message =
                    format!("cannot be opened ({error}): check its permissions, or run as a user who may read it");
                opening.opened.troubles.push(Trouble::lost(&source.name, message));
                Ok(())
            }
        },
    };
    opening.opened.stopped = result.err();
    opening.finish()
}

/// What is known of a stream before it is read.
struct Item {
    name: String,
    modified: Option<i64>,
}

/// The reading of one source.
struct Opening<'a> {
    source: &'a Source,
    each: &'a mut dyn FnMut(Member<'_>) -> io::Result<()>,
    opened: Opened,
    /// What was skipped, by reason: how many, and the first.
    skipped: BTreeMap<&'static str, (u64, String, &'static Foreign)>,
    /// How often a name came up. Hashes, because a bundle may hold a million names.
    names: HashMap<u64, u32, BuildHasherDefault<FxHasher>>,
}

impl Opening<'_> {
    /// A file on the disk. Two kinds profit from seeking: plain text, where the caller may, and zip, whose list of
    /// contents stands at the end.
    fn file(&mut self, item: Item, file: Arc<File>) -> io::Result<()> {
        let mut bytes = &*file;
        let mut head = Vec::with_capacity(kind::HEAD);
        let seekable = bytes.take(kind::HEAD as u64).read_to_end(&mut head).is_ok() && bytes.rewind().is_ok();
        match kind::tell(&head) {
            Kind::Text(Encoding::Bytes) if seekable => {
                let plain = PlainFile::new(file);
                let name = item.name.clone();
                self.give(item, &head, &mut plain.clone(), Some(&plain))?;
                self.settle(&name, "the file", None, plain.ending());
                Ok(())
            }
            Kind::Zip if seekable => bundle::seekable_zip(self, &item, &file, 1),
            _ => self.stream(item, "the file", None, &mut bytes, 0),
        }
    }

    /// Reads a stream that may fail, and reports how it ended. `size` is what it should have given.
    fn stream(
        &mut self,
        item: Item,
        what: &str,
        size: Option<u64>,
        from: &mut dyn Read,
        layers: u32,
    ) -> io::Result<()> {
        let ending = Ending::default();
        let name = item.name.clone();
        self.layer(item, &mut Salvage::new(from, &ending), &ending, layers)?;
        self.settle(&name, what, size, &ending);
        Ok(())
    }

    /// Finds out what a stream is, and goes one layer down or hands it to the caller.
    fn layer(&mut self, mut item: Item, from: &mut dyn Read, ending: &Ending, layers: u32) -> io::Result<()> {
        let mut headed = Headed::new(from)?;
        if headed.head().is_empty() && ending.failed() {
            return Ok(());
        }
        let kind = kind::tell(headed.head());
        if layers >= MAX_LAYERS && matches!(kind, Kind::Packed(_) | Kind::Tar | Kind::Zip) {
            self.skip(item.name, &foreign::TOO_DEEP);
            return Ok(());
        }
        match kind {
            Kind::Text(encoding) => self.text(item, encoding, headed),
            Kind::Padded => self.padded(item, headed),
            Kind::Foreign(foreign) => {
                self.skip(item.name, foreign);
                Ok(())
            }
            Kind::Packed(codec) => {
                if codec == Codec::Gzip {
                    item.modified = gzip_time(headed.head()).or(item.modified);
                }
                self.packed(item, codec, &mut headed, layers)
            }
            Kind::Tar => bundle::tar(self, &item, &mut headed, ending, layers + 1),
            Kind::Zip => bundle::streamed_zip(self, &item, &mut headed, ending, layers + 1),
        }
    }

    fn packed(&mut self, item: Item, codec: Codec, from: &mut dyn Read, layers: u32) -> io::Result<()> {
        match decode::decode(codec, from) {
            Ok(mut plain) => self.stream(item, &format!("the {} data", codec.name()), None, &mut plain, layers + 1),
            Err(error) => {
                let message = format!("the {} decoder cannot start ({error})", codec.name());
                self.opened.troubles.push(Trouble::lost(item.name, message));
                Ok(())
            }
        }
    }

    fn padded(&mut self, item: Item, mut headed: Headed<'_>) -> io::Result<()> {
        let padding = headed.skip_padding()?;
        if headed.head().is_empty() {
            self.skip(item.name, &foreign::NULS);
            return Ok(());
        }
        let kind = kind::tell_text(headed.head());
        match foreign::behind_padding(padding, headed.head()).map_or(kind, Kind::Foreign) {
            Kind::Text(encoding) => {
                let message = format!(
                    "{padding} NUL bytes before the first line were left out: the file was truncated while a program \
                     went on writing to it (logrotate `copytruncate`), so what it held before is in the rotated copy"
                );
                self.opened.troubles.push(Trouble::note(&item.name, message));
                self.text(item, encoding, headed)
            }
            Kind::Foreign(foreign) => {
                self.skip(item.name, foreign);
                Ok(())
            }
            Kind::Padded | Kind::Packed(_) | Kind::Tar | Kind::Zip => Ok(()),
        }
    }

    fn text(&mut self, item: Item, encoding: Encoding, mut headed: Headed<'_>) -> io::Result<()> {
        match encoding {
            Encoding::Bytes => self.give_headed(item, headed),
            Encoding::Utf8Marked => {
                headed.skip(3);
                self.give_headed(item, headed)
            }
            Encoding::Utf16 { big_endian, marked } => {
                headed.skip(if marked { 2 } else { 0 });
                self.give_headed(item, Headed::new(&mut Utf16::new(&mut headed, big_endian))?)
            }
        }
    }

    fn give_headed(&mut self, item: Item, mut headed: Headed<'_>) -> io::Result<()> {
        let head = headed.head().to_vec();
        self.give(item, &head, &mut headed, None)
    }

    /// Hands a text, which begins with `head`, to the caller.
    fn give(
        &mut self,
        item: Item,
        head: &[u8],
        reader: &mut dyn Read,
        plain_file: Option<&PlainFile>,
    ) -> io::Result<()> {
        self.opened.members += 1;
        let name = self.unique(item.name);
        if !document::begins(head) {
            return (self.each)(Member { name, modified: item.modified, reader, plain_file, marks: None });
        }
        let (mut document, marks) = Document::new(reader);
        let member = Member {
            name: name.clone(),
            modified: item.modified,
            reader: &mut document,
            plain_file: None,
            marks: Some(marks),
        };
        (self.each)(member)?;
        self.opened.troubles.extend(document.overlong().map(|message| Trouble::partial(name, message)));
        Ok(())
    }

    /// A tar file to which newer copies were appended holds the same name twice.
    fn unique(&mut self, name: String) -> String {
        let times = self.names.entry(BuildHasherDefault::<FxHasher>::default().hash_one(&name)).or_insert(0);
        *times += 1;
        if *times == 1 {
            return name;
        }
        let numbered = format!("{name}#{times}");
        let message = format!("the bundle holds {name} more than once: all copies are read, so lines may count twice");
        self.opened.troubles.push(Trouble::note(&numbered, message));
        numbered
    }

    fn skip(&mut self, name: String, foreign: &'static Foreign) {
        self.skipped.entry(foreign.what).or_insert((0, name, foreign)).0 += 1;
    }

    /// Reports a stream that did not end as it should.
    fn settle(&mut self, name: &str, what: &str, size: Option<u64>, ending: &Ending) {
        let bytes = ending.bytes();
        let message = match (ending.take_fault(), size) {
            (Some(error), _) if error.kind() == io::ErrorKind::UnexpectedEof => {
                format!("{what} ends early, after {bytes} bytes: cut off, or still being written; they were read")
            }
            (Some(error), _) => format!("{what} is damaged after {bytes} bytes ({error}); what stands before was read"),
            (None, Some(size)) if ending.reached() && bytes < size => {
                format!("{what} ends early: {bytes} of {size} bytes were there, and were read")
            }
            _ => return,
        };
        let trouble = if bytes == 0 { Trouble::lost(name, message) } else { Trouble::partial(name, message) };
        self.opened.troubles.push(trouble);
    }

    /// One trouble a reason: a bundle of a whole system holds hundreds of files that are no logs.
    fn finish(mut self) -> Opened {
        for (count, first, foreign) in self.skipped.into_values() {
            let advice = if foreign.advice.is_empty() { String::new() } else { format!(": {}", foreign.advice) };
            let (name, message) = match count {
                1 => (first, format!("is {} and was skipped{advice}", foreign.what)),
                _ => (
                    self.source.name.clone(),
                    format!("{count} of its files were skipped, each {}, such as {first}{advice}", foreign.what),
                ),
            };
            let trouble = if foreign.lost { Trouble::lost(name, message) } else { Trouble::note(name, message) };
            self.opened.troubles.push(trouble);
        }
        self.opened.troubles.sort();
        self.opened
    }
}

/// The time that a gzip header states (RFC 1952, MTIME): that of the file before it was compressed. A copy or a
/// checkout changes the time in the file system, and leaves this one. 0 means that none is stated.
fn gzip_time(head: &[u8]) -> Option<i64> {
    let stated = head.get(4..8)?;
    let seconds = u32::from_le_bytes([stated[0], stated[1], stated[2], stated[3]]);
    (seconds != 0).then_some(i64::from(seconds))
}
