//! A table of valid phone numbers. The phone-number library needs regular expressions for each country, which take half
//! a megabyte of memory and many times as long.
//!
//! The table is a graph that is walked digit by digit; `valid_numbers.py` generates it and names its source. A node has
//! eleven little-endian integers of 16 bits: first a bit mask of total lengths, in which bit n says that every number
//! with n digits that reaches this node is valid, then the next node for each of the digits 0 to 9. Bit 0 of the mask
//! marks the end of the calling code.

/// No number is valid at node 0; the last node is the root.
static TABLE: &[u8] = include_bytes!("valid_numbers.bin");

/// The size of a node, in bytes.
const NODE: usize = 22;

/// The size of an integer of a node, in bytes.
const INTEGER: usize = 2;

/// Returns the length of the calling code, if the digits are a valid number as written. `None` if the number is not
/// valid, or if the table cannot tell: then the library decides.
pub(super) fn code_length(digits: &str) -> Option<usize> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut node = TABLE.len() / NODE - 1;
    let mut code_length = None;
    for (read, digit) in digits.bytes().enumerate() {
        node = integer(node, 1 + usize::from(digit - b'0'))?;
        let lengths = integer(node, 0)?;
        if lengths & 1 != 0 {
            code_length = Some(read + 1);
        }
        if node == 0 {
            return None;
        }
        if lengths.checked_shr(u32::try_from(digits.len()).ok()?)? & 1 != 0 {
            return code_length;
        }
    }
    None
}

/// Returns one of the integers of a node.
fn integer(node: usize, place: usize) -> Option<usize> {
    let bytes = TABLE.get(node * NODE + place * INTEGER..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes).into())
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber};

    use super::{super::known, *};

    /// What the library makes of digits: whether they are valid as they are written, and the length of their code.
    fn by_library(digits: &str) -> Option<usize> {
        let number: PhoneNumber = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
        let known = known(&number).filter(|known| known.valid && known.digits == digits)?;
        Some(known.code_length)
    }

    /// Digits that lead far into the table, from a calling code on.
    fn digits(random: &mut Rng, code: i32) -> String {
        let mut digits = code.to_string();
        let mut node = TABLE.len() / NODE - 1;
        for digit in digits.bytes() {
            node = integer(node, 1 + usize::from(digit - b'0')).unwrap();
        }
        let length = random.usize(7..=13);
        while digits.len() < length {
            let ways: Vec<u8> = (0..10)
                .filter(|digit| integer(node, 1 + usize::from(*digit)).unwrap() != 0)
                .collect();
            let digit = match random.choice(&ways) {
                Some(digit) if random.u32(..30) > 0 => *digit,
                Some(_) | None => random.u8(..10),
            };
            node = integer(node, 1 + usize::from(digit)).unwrap();
            digits.push(char::from(b'0' + digit));
        }
        digits
    }

    /// Compares so many numbers of every calling code.
    fn agrees_with_the_library(seed: u64, of_each: u32) {
        let mut random = Rng::with_seed(seed);
        let (mut valid, mut left, mut codes) = (0, 0, 0);
        for code in PHONE_NUMBER_UTIL.get_supported_calling_codes() {
            let before = valid;
            for _ in 0..of_each {
                let digits = digits(&mut random, code);
                match (code_length(&digits), by_library(&digits)) {
                    (Some(ours), library) => assert_eq!(Some(ours), library, "{digits}"),
                    (None, Some(_)) => left += 1,
                    (None, None) => continue,
                }
                valid += 1;
            }
            codes += u32::from(valid > before);
        }
        println!("{valid} valid numbers, {left} of them not in the table");
        assert!(codes > 200, "{codes} codes");
        assert!(
            left * 100 < valid,
            "{left} of {valid} are left to the library"
        );
    }

    #[test]
    fn what_the_table_calls_valid_the_library_parses_to_itself() {
        agrees_with_the_library(7, 600);
    }

    /// `cargo test --release --lib -- --ignored --nocapture of_five_million`
    #[test]
    #[ignore = "takes minutes"]
    fn of_five_million_numbers_the_library_says_the_same() {
        agrees_with_the_library(8, 24_000);
    }

    #[test]
    fn what_is_no_number_is_not_in_the_table() {
        for text in [
            "",
            "7",
            "0",
            "+79001234567",
            "7900123456a",
            "０",
            "79001234567890123456",
        ] {
            assert_eq!(code_length(text), None, "{text}");
        }
        assert_eq!(code_length("79001234567"), Some(1));
        assert_eq!(code_length("380671234567"), Some(3));
    }
}
