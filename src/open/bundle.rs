//! In: a tar or zip file. Out: its files, each through the same stages as a file on the disk.
//! Promise: nothing is unpacked to the disk; a damaged entry costs that entry, and a damaged bundle what follows.
//! Why not unpack first: a support bundle may be larger than the free disk of a server in trouble, and names in it
//! may point anywhere.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use super::foreign::ENCRYPTED_ENTRY;
use super::salvage::{Ending, Stepwise};
use super::{Item, Opening};
use crate::model::trouble::Trouble;

/// What is read behind the last entry, so that a checksum of the compression around it is verified: the blocks that
/// tar fills up to are far smaller.
const REST: u64 = 1 << 20;

/// The files of a tar stream. `ending` is that of the stream: if it failed, that is already reported.
pub(super) fn tar(
    opening: &mut Opening<'_>,
    bundle: &Item,
    from: &mut dyn Read,
    ending: &Ending,
    layers: u32,
) -> io::Result<()> {
    let mut archive = tar::Archive::new(&mut *from);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            broken(opening, bundle, "tar", &error, ending);
            return Ok(());
        }
    };
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                broken(opening, bundle, "tar", &error, ending);
                return Ok(());
            }
        };
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            continue;
        }
        let modified = entry.header().mtime().ok().and_then(|time| i64::try_from(time).ok()).filter(|time| *time != 0);
        let item = Item { name: member_name(bundle, &entry.path_bytes()), modified: modified.or(bundle.modified) };
        let size = entry.size();
        opening.stream(item, "the tar entry", Some(size), &mut entry, layers)?;
    }
    io::copy(&mut from.take(REST), &mut io::sink())?;
    Ok(())
}

/// The files of a zip file on the disk, by the list at its end: it knows sizes that the entries themselves may not.
pub(super) fn seekable_zip(opening: &mut Opening<'_>, bundle: &Item, mut file: &File, layers: u32) -> io::Result<()> {
    let mut archive = match zip::ZipArchive::new(BufReader::new(file)) {
        Ok(archive) => archive,
        Err(_) => {
            // Cut off: the list is gone, the entries before the cut are there.
            file.rewind()?;
            let ending = Ending::default();
            return streamed_zip(opening, bundle, &mut BufReader::new(file), &ending, layers);
        }
    };
    for index in 0..archive.len() {
        let (name, encrypted) = match archive.by_index_data(index) {
            Ok(entry) if entry.is_dir() || entry.is_symlink() => continue,
            Ok(entry) => (member_name(bundle, entry.name_raw()), entry.encrypted()),
            Err(_) => continue,
        };
        if encrypted {
            opening.skip(name, &ENCRYPTED_ENTRY);
            continue;
        }
        match archive.by_index(index) {
            Ok(entry) => {
                let modified = zip_time(&entry).or(bundle.modified);
                opening.stream(Item { name, modified }, "the zip entry", None, &mut Stepwise(entry), layers)?;
            }
            Err(error) => opening.opened.troubles.push(Trouble::lost(name, unreadable(&error))),
        }
    }
    Ok(())
}

/// The files of a zip stream, in the order in which they stand.
pub(super) fn streamed_zip(
    opening: &mut Opening<'_>,
    bundle: &Item,
    mut from: &mut dyn Read,
    ending: &Ending,
    layers: u32,
) -> io::Result<()> {
    loop {
        match zip::read::read_zipfile_from_stream(&mut from) {
            Ok(Some(entry)) => {
                if entry.is_dir() {
                    continue;
                }
                let name = member_name(bundle, entry.name_raw());
                let modified = zip_time(&entry).or(bundle.modified);
                opening.stream(Item { name, modified }, "the zip entry", None, &mut Stepwise(entry), layers)?;
            }
            Ok(None) => return Ok(()),
            Err(zip::result::ZipError::Io(error)) => {
                broken(opening, bundle, "zip", &error, ending);
                return Ok(());
            }
            Err(error) => {
                let message = format!(
                    "{}; the entries behind it cannot be found in a stream: give the zip file by its path, or unpack it",
                    unreadable(&error)
                );
                opening.opened.troubles.push(Trouble::partial(&bundle.name, message));
                return Ok(());
            }
        }
    }
}

fn broken(opening: &mut Opening<'_>, bundle: &Item, what: &str, error: &io::Error, ending: &Ending) {
    if !ending.failed() {
        let message = format!("the {what} file ends early or is damaged ({error}); the files before were read");
        opening.opened.troubles.push(Trouble::partial(&bundle.name, message));
    }
}

fn unreadable(error: &zip::result::ZipError) -> String {
    format!("a zip entry cannot be read ({error})")
}

/// `bundle.tar.gz!/var/log/x`, however the bundle spells the beginning of the path.
fn member_name(bundle: &Item, path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    let mut rest = path.as_ref();
    while let Some(shorter) = rest.strip_prefix("./").or_else(|| rest.strip_prefix('/')) {
        rest = shorter;
    }
    format!("{}!/{rest}", bundle.name)
}

/// The time that a zip entry states: exact where the extra field is there, else the wall clock of the machine that
/// packed it, taken as UTC: a day at most off, which is enough to find the year of a log.
fn zip_time<R: Read>(entry: &zip::read::ZipFile<'_, R>) -> Option<i64> {
    let exact = entry.extra_data_fields().find_map(|field| match field {
        zip::ExtraField::ExtendedTimestamp(times) => times.mod_time(),
        _ => None,
    });
    if let Some(seconds) = exact {
        return Some(i64::from(seconds));
    }
    let wall = entry.last_modified()?;
    let number = |value: u8| i8::try_from(value).ok();
    let year = i16::try_from(wall.year()).ok()?;
    let date = jiff::civil::Date::new(year, number(wall.month())?, number(wall.day())?).ok()?;
    let time = jiff::civil::Time::new(number(wall.hour())?, number(wall.minute())?, number(wall.second())?, 0).ok()?;
    Some(date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}
