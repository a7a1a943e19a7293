//! In: a reader that may fail half-way. Out: a reader that ends there.
//! Promise: every byte that came before the fault is handed on, the fault is kept for the report, and after it
//! nothing is read again.
//! Why not pass the error up: each stage behind would have to say again that half a log is better than none.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// A decoder that fails in the middle of a call takes the bytes of that call with it, so calls are kept small:
/// at most this much is lost before a fault. Smaller steps were no use, since decoders work in such windows.
const STEP: usize = 32 * 1024;

/// How a stream ended. Shared between the reader and the code that reports on it.
#[derive(Debug, Default)]
pub(super) struct Ending {
    fault: RefCell<Option<io::Error>>,
    failed: Cell<bool>,
    reached: Cell<bool>,
    bytes: Cell<u64>,
}

impl Ending {
    /// Whether the stream ended in a fault.
    pub(super) fn failed(&self) -> bool {
        self.failed.get()
    }

    /// Whether the stream was read to its end, sound or not.
    pub(super) fn reached(&self) -> bool {
        self.reached.get()
    }

    /// How many bytes it gave.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.get()
    }

    /// The fault, once.
    pub(super) fn take_fault(&self) -> Option<io::Error> {
        self.fault.borrow_mut().take()
    }
}

/// A reader that turns the first error of `inner` into the end of the stream.
pub(super) struct Salvage<'a> {
    inner: &'a mut dyn Read,
    ending: &'a Ending,
    step: usize,
}

impl<'a> Salvage<'a> {
    /// For decoders and bundles.
    pub(super) fn stepwise(inner: &'a mut dyn Read, ending: &'a Ending) -> Self {
        Self { inner, ending, step: STEP }
    }

    /// For files as they lie on the disk: a call either gives bytes or fails, so the caller's size is right.
    pub(super) fn whole(inner: &'a mut dyn Read, ending: &'a Ending) -> Self {
        Self { inner, ending, step: usize::MAX }
    }
}

impl Read for Salvage<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.ending.reached() {
            return Ok(0);
        }
        let step = buffer.len().min(self.step);
        loop {
            match self.inner.read(&mut buffer[..step]) {
                Ok(0) => {
                    self.ending.reached.set(true);
                    return Ok(0);
                }
                Ok(count) => {
                    self.ending.bytes.set(self.ending.bytes() + count as u64);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ending.reached.set(true);
                    self.ending.failed.set(true);
                    *self.ending.fault.borrow_mut() = Some(error);
                    return Ok(0);
                }
            }
        }
    }
}
