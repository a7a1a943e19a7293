//! Bytes of a log as text.

use std::borrow::Cow;

/// The bytes as text; what is no UTF-8 becomes U+FFFD.
///
/// The library's own walks over a text character by character. Whether it is UTF-8 at all is told from many bytes at
/// once, and nearly every line is.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_library_has_it(bytes in prop::collection::vec(prop_oneof![Just(b'a'), Just(0xC3), Just(0xA4), any::<u8>()], 0..40)) {
            prop_assert_eq!(lossy(&bytes), String::from_utf8_lossy(&bytes));
        }
    }
}
