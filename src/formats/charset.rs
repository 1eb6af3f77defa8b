//! Determines the encoding of a web page or a plain XML file: what the user says, else its byte order mark, else what
//! the file declares. A page without a declaration is UTF-8 if the whole file is valid UTF-8, else windows-1251, in
//! which older Russian programs export. XML without a declaration is UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

/// The bytes within which a file must declare its encoding; browsers look at fewer.
const HEAD: u64 = 16 * 1024;

/// Returns the encoding of a page. The file is at its beginning before and after.
pub(super) fn page_encoding(
    file: &mut File,
    named: Option<&'static Encoding>,
) -> io::Result<&'static Encoding> {
    let head = head(file)?;
    let said = declared(&head, b"charset").or_else(|| declared(&head, b"encoding"));
    if let Some(encoding) = named.or_else(|| marked(&head)).or(said) {
        return Ok(encoding);
    }
    let encoding = if is_utf8(file)? { UTF_8 } else { WINDOWS_1251 };
    file.rewind()?;
    Ok(encoding)
}

/// Returns the encoding of an XML file. The file is at its beginning before and after. Only the first tag counts,
/// `<?xml … ?>`: `x:CharSet="204"` in a style is not an encoding.
pub(super) fn xml_encoding(
    file: &mut File,
    named: Option<&'static Encoding>,
) -> io::Result<&'static Encoding> {
    let head = head(file)?;
    let end = head.windows(2).position(|pair| pair == b"?>").unwrap_or(0);
    let prolog = &head[..end];
    let is_prolog = prolog.trim_ascii_start().starts_with(b"<?xml");
    let said = if is_prolog {
        declared(prolog, b"encoding")
    } else {
        None
    };
    Ok(marked(&head).or(named).or(said).unwrap_or(UTF_8))
}

fn head(file: &mut File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head)
}

fn marked(head: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding)
}

/// Returns the first encoding that is assigned to a key, as `charset=windows-1251` in HTML or `encoding="utf-8"` in
/// XML. A declared UTF-16 is ignored: bytes that can be read here are not UTF-16.
fn declared(head: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let head = head.to_ascii_lowercase();
    let places = head
        .windows(key.len())
        .enumerate()
        .filter(|(_, window)| *window == key);
    let encoding = places
        .map(|(at, _)| at + key.len())
        .find_map(|end| assigned(&head[end..]))?;
    Some(if [UTF_16LE, UTF_16BE].contains(&encoding) {
        UTF_8
    } else {
        encoding
    })
}

/// Returns the encoding after `=`, with or without quotation marks.
fn assigned(text: &[u8]) -> Option<&'static Encoding> {
    let value = text
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let is_label =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let length = value
        .iter()
        .position(|byte| !is_label(byte))
        .unwrap_or(value.len());
    Encoding::for_label(&value[..length])
}

fn is_utf8(file: &mut File) -> io::Result<bool> {
    let (mut buffer, mut held) = (vec![0; 64 * 1024], 0);
    loop {
        let read = file.read(&mut buffer[held..])?;
        let bytes = &buffer[..held + read];
        match std::str::from_utf8(bytes) {
            Ok(_) if read == 0 => return Ok(true),
            Ok(_) => held = 0,
            Err(error) if error.error_len().is_some() || read == 0 => return Ok(false),
            Err(error) => {
                let (start, end) = (error.valid_up_to(), bytes.len());
                buffer.copy_within(start..end, 0);
                held = end - start;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_page_is_in_the_encoding_that_it_names_or_that_fits() {
        let cyrillic = "<td>Анна".repeat(20_000);
        let (windows, _, _) = WINDOWS_1251.encode(&cyrillic);
        let late = [cyrillic.as_bytes(), b"\xC0"].concat();
        let table: &[(&[u8], &str)] = &[
            (
                b"<meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\">",
                "windows-1251",
            ),
            (b"<META CHARSET='UTF-8'>", "UTF-8"),
            (b"<?xml version=\"1.0\" encoding=\"koi8-r\"?>", "KOI8-R"),
            (b"\xEF\xBB\xBF<meta charset=windows-1251>", "UTF-8"),
            (b"<meta charset=utf-16>", "UTF-8"),
            (cyrillic.as_bytes(), "UTF-8"),
            (&windows, "windows-1251"),
            (&late, "windows-1251"),
            (b"<td>a", "UTF-8"),
        ];
        for (bytes, expected) in table {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            assert_eq!(
                page_encoding(&mut file, None).unwrap().name(),
                *expected,
                "{:?}",
                bytes.get(..60)
            );
            assert_eq!(file.stream_position().unwrap(), 0);
        }
    }

    #[test]
    fn xml_is_in_the_encoding_of_its_first_tag_and_else_in_utf_8() {
        let font = "<Font x:CharSet=\"koi8-r\" encoding=\"koi8-r\"/>";
        let table = [
            (
                "<?xml version='1.0' encoding = 'windows-1251'?>",
                None,
                "windows-1251",
            ),
            (
                "\n<?xml version=\"1.0\" encoding=\"utf-16\"?>",
                None,
                "UTF-8",
            ),
            ("<?xml version=\"1.0\"?>", None, "UTF-8"),
            ("<Workbook>", None, "UTF-8"),
            (
                "<?xml version=\"1.0\" encoding=\"koi8-r\"?>",
                Some(WINDOWS_1251),
                "windows-1251",
            ),
            (
                "\u{FEFF}<?xml version=\"1.0\" encoding=\"koi8-r\"?>",
                Some(WINDOWS_1251),
                "UTF-8",
            ),
        ];
        for (start, named, expected) in table {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(format!("{start}{font}").as_bytes()).unwrap();
            assert_eq!(
                xml_encoding(&mut file, named).unwrap().name(),
                expected,
                "{start}"
            );
        }
    }
}
