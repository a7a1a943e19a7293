//! Addresses as nearly all logs write them.

/// The numbers of an address of the fourth version in its usual form, `10.0.2.1`; whatever else is an address is left to
/// the library, which takes several times as long.
pub fn four_numbers(text: &[u8]) -> Option<[u8; 4]> {
    let mut numbers = [0; 4];
    let (mut at, mut number, mut digits) = (0, 0_u32, 0);
    for &byte in text {
        match byte {
            b'0'..=b'9' if digits < 3 && (digits == 0 || number > 0) => {
                number = number * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && at < 3 => {
                numbers[at] = u8::try_from(number).ok()?;
                (at, number, digits) = (at + 1, 0, 0);
            }
            _ => return None,
        }
    }
    numbers[3] = u8::try_from(number).ok()?;
    (at == 3 && digits > 0).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    proptest! {
        #[test]
        fn four_numbers_are_the_library_s(text in "[0-9]{0,4}[.][0-9]{0,3}[.][0-9]{1,3}[.][0-9]{0,3}[.:a]?") {
            let library = text.parse::<Ipv4Addr>().ok().map(|address| address.octets());
            prop_assert_eq!(four_numbers(text.as_bytes()), library);
        }
    }
}
