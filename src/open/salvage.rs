//! In: a reader that may fail half-way. Out: a reader that ends there.
//! Promise: every byte that came before the fault is handed on, the fault is kept for the report, and after it
//! nothing is read again.
//! Why not pass the error up: each stage behind would have to say again that half a log is better than none.

use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// At most this much is lost before a fault. Smaller steps were no use, since decoders work in such windows.
const STEP: usize = 32 * 1024;

/// A decoder that fails in the middle of a call takes the bytes of that call with it, so its calls are kept small.
pub(super) struct Stepwise<R>(pub(super) R);

impl<R: Read> Read for Stepwise<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = buffer.len().min(STEP);
        self.0.read(&mut buffer[..step])
    }
}

/// How a stream ended. Shared between the reader and the code that reports on it.
#[derive(Debug, Default)]
pub(super) struct Ending {
    fault: Mutex<Option<io::Error>>,
    failed: AtomicBool,
    reached: AtomicBool,
    bytes: AtomicU64,
}

impl Ending {
    /// Whether the stream ended in a fault.
    pub(super) fn failed(&self) -> bool {
        self.failed.load(Relaxed)
    }

    /// Whether the stream was read to its end, sound or not.
    pub(super) fn reached(&self) -> bool {
        self.reached.load(Relaxed)
    }

    /// How many bytes it gave.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// The fault, once.
    pub(super) fn take_fault(&self) -> Option<io::Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Reads from `inner`, and notes how that went. The first error is the end of the stream.
    fn note(&self, inner: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.reached() {
            return Ok(0);
        }
        loop {
            match inner.read(buffer) {
                Ok(0) => {
                    self.reached.store(true, Relaxed);
                    return Ok(0);
                }
                Ok(count) => {
                    self.bytes.fetch_add(count as u64, Relaxed);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.reached.store(true, Relaxed);
                    self.failed.store(true, Relaxed);
                    *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    return Ok(0);
                }
            }
        }
    }
}

/// A reader that turns the first error of `inner` into the end of the stream.
pub(super) struct Salvage<'a> {
    inner: &'a mut dyn Read,
    ending: &'a Ending,
}

impl<'a> Salvage<'a> {
    pub(super) fn new(inner: &'a mut dyn Read, ending: &'a Ending) -> Self {
        Self { inner, ending }
    }
}

impl Read for Salvage<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.ending.note(&mut self.inner, buffer)
    }
}

/// A file as it lies on the disk, which may be read from any thread. Its clones are at the same place of the file. A call
/// either gives bytes or fails, so that none are lost however many are asked for.
#[derive(Debug, Clone)]
pub struct PlainFile {
    file: Arc<File>,
    ending: Arc<Ending>,
}

impl PlainFile {
    pub(super) fn new(file: Arc<File>) -> Self {
        Self { file, ending: Arc::default() }
    }

    /// The file: seeking here moves all clones.
    pub fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn ending(&self) -> &Ending {
        &self.ending
    }
}

impl Read for PlainFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.ending.note(&mut &*self.file, buffer)
    }
}
