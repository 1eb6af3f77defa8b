//! In which encoding a page is written: what a person says, its mark, what the page says of itself,
//! else UTF-8 if the whole file is, else windows-1251, in which older Russian programs export.

use std::fs::File;
use std::io::{self, Read, Seek};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

/// Bytes in which a page must name its encoding; browsers look at less.
const HEAD: u64 = 16 * 1024;

/// The encoding of a page; the file stands at its beginning before and after.
pub(super) fn found(file: &mut File, named: Option<&'static Encoding>) -> io::Result<&'static Encoding> {
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.rewind()?;
    let marked = Encoding::for_bom(&head).map(|(encoding, _)| encoding);
    if let Some(encoding) = named.or(marked).or_else(|| declared(&head)) {
        return Ok(encoding);
    }
    let encoding = if is_utf8(file)? { UTF_8 } else { WINDOWS_1251 };
    file.rewind()?;
    Ok(encoding)
}

/// `charset=windows-1251` of HTML or `encoding="utf-8"` of XML. What can be read here is not UTF-16,
/// whatever it says.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.to_ascii_lowercase();
    let behind =
        |key: &[u8]| head.windows(key.len()).position(|window| window == key).map(|at| at + key.len());
    let at = behind(b"charset=").or_else(|| behind(b"encoding="))?;
    let rest =
        head[at..].strip_prefix(b"\"").or_else(|| head[at..].strip_prefix(b"'")).unwrap_or(&head[at..]);
    let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let label: Vec<u8> = rest.iter().copied().take_while(is_label).collect();
    let encoding = Encoding::for_label(&label)?;
    Some(if [UTF_16LE, UTF_16BE].contains(&encoding) { UTF_8 } else { encoding })
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
            (b"<meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\">", "windows-1251"),
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
            assert_eq!(found(&mut file, None).unwrap().name(), *expected, "{:?}", bytes.get(..60));
            assert_eq!(file.stream_position().unwrap(), 0);
        }
    }
}
