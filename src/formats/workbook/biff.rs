//! The records of an .xls file: kind, length and data; texts may continue in further records (source: \[MS-XLS\] 2.1.4,
//! 2.5.293). What must stay true: no length in the file is trusted.

use encoding_rs::{Encoding, WINDOWS_1252};

const CONTINUE: u16 = 0x003C;

/// A record, together with the data of the records that continue it.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
    further: Vec<&'a [u8]>,
}

/// How a file encodes its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StringEncoding {
    /// Since Excel 97: UTF-16, or only its lower bytes.
    Unicode,
    /// Before Excel 97: one of the Windows encodings.
    Bytes(&'static Encoding),
}

/// The records from a position of a stream onwards; one error if a record is cut off.
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

/// The error of a record that is shorter than its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordTooShort;

impl<'a> Records<'a> {
    pub(super) const fn new(stream: &'a [u8]) -> Self {
        Self { rest: stream }
    }

    fn one(&mut self) -> Option<Result<(u16, &'a [u8]), RecordTooShort>> {
        let mut fields = Fields {
            data: self.rest,
            further: &[],
        };
        let (kind, length) = (fields.word().ok()?, fields.word().ok()?);
        let Some((data, rest)) = fields.data.split_at_checked(usize::from(length)) else {
            self.rest = &[];
            return Some(Err(RecordTooShort));
        };
        self.rest = rest;
        Some(Ok((kind, data)))
    }

    fn is_continued(&self) -> bool {
        self.rest.starts_with(&CONTINUE.to_le_bytes())
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, RecordTooShort>;

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, data) = match self.one()? {
            Ok(record) => record,
            Err(short) => return Some(Err(short)),
        };
        let mut further = Vec::new();
        while self.is_continued() {
            match self.one()? {
                Ok((_, data)) => further.push(data),
                Err(short) => return Some(Err(short)),
            }
        }
        Some(Ok(Record {
            kind,
            data,
            further,
        }))
    }
}

impl<'a> Record<'a> {
    /// Returns the fields, from the first one.
    pub(super) fn fields(&self) -> Fields<'a, '_> {
        Fields {
            data: self.data,
            further: &self.further,
        }
    }
}

/// The fields of a record, one after the other.
pub(super) struct Fields<'a, 'r> {
    data: &'a [u8],
    further: &'r [&'a [u8]],
}

impl Fields<'_, '_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], RecordTooShort> {
        if self.data.is_empty() {
            self.go_further()?;
        }
        let (field, rest) = self.data.split_first_chunk().ok_or(RecordTooShort)?;
        self.data = rest;
        Ok(*field)
    }

    fn go_further(&mut self) -> Result<(), RecordTooShort> {
        (self.data, self.further) = self
            .further
            .split_first()
            .map(|(first, rest)| (*first, rest))
            .ok_or(RecordTooShort)?;
        Ok(())
    }

    pub(super) fn byte(&mut self) -> Result<u8, RecordTooShort> {
        self.take().map(|[byte]| byte)
    }

    pub(super) fn word(&mut self) -> Result<u16, RecordTooShort> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn long(&mut self) -> Result<u32, RecordTooShort> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn double(&mut self) -> Result<f64, RecordTooShort> {
        self.take().map(f64::from_le_bytes)
    }

    /// Reads eight bytes that are a number or something else.
    pub(super) fn eight(&mut self) -> Result<[u8; 8], RecordTooShort> {
        self.take()
    }

    pub(super) const fn left(&self) -> usize {
        self.data.len()
    }

    pub(super) fn skip(&mut self, mut count: usize) -> Result<(), RecordTooShort> {
        while count > self.data.len() {
            count -= self.data.len();
            self.go_further()?;
        }
        self.data = &self.data[count..];
        Ok(())
    }

    /// Reads a text of this many letters whose first byte says how it is encoded.
    pub(super) fn text(
        &mut self,
        length: usize,
        letters: StringEncoding,
    ) -> Result<String, RecordTooShort> {
        let StringEncoding::Bytes(encoding) = letters else {
            let flags = self.byte()?;
            return self.unicode(length, flags);
        };
        let (bytes, rest) = self.data.split_at_checked(length).ok_or(RecordTooShort)?;
        self.data = rest;
        Ok(encoding.decode_without_bom_handling(bytes).0.into_owned())
    }

    /// Reads a text of the shared string table; its phonetic data are skipped. `fonts` says which fonts raise, lower or
    /// strike out text; the second result is whether digits of the text are in such a font.
    pub(super) fn rich_text(&mut self, fonts: &[bool]) -> Result<(String, bool), RecordTooShort> {
        let (length, flags) = (usize::from(self.word()?), self.byte()?);
        let runs = if flags & 8 == 0 {
            0
        } else {
            usize::from(self.word()?)
        };
        let spoken = if flags & 4 == 0 { 0 } else { self.long()? };
        let text = self.unicode(length, flags)?;
        let mut starts = Vec::new();
        for _ in 0..runs {
            let (start, font) = (self.split_word()?, self.split_word()?);
            let is_apart = fonts.get(font_index(font)).copied().unwrap_or(false);
            starts.push((usize::from(start), is_apart));
        }
        self.skip(usize::try_from(spoken).map_err(|_| RecordTooShort)?)?;
        let digits_apart = has_digits_apart(&text, &starts);
        Ok((text, digits_apart))
    }

    /// Reads a word that may be continued in a further record.
    fn split_word(&mut self) -> Result<u16, RecordTooShort> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// Reads UTF-16 or its lower bytes. If a text continues in a further record, that record states its encoding again.
    fn unicode(&mut self, length: usize, flags: u8) -> Result<String, RecordTooShort> {
        let (mut units, mut is_wide) = (Vec::new(), flags & 1 != 0);
        while units.len() < length {
            if self.data.is_empty() {
                self.go_further()?;
                is_wide = self.byte()? & 1 != 0;
            }
            units.push(if is_wide {
                self.word()?
            } else {
                u16::from(self.byte()?)
            });
        }
        Ok(String::from_utf16_lossy(&units))
    }
}

/// Returns the position of a font among the records of fonts: no font has the number 4 (source: \[MS-XLS\] 2.5.129).
fn font_index(number: u16) -> usize {
    usize::from(number) - usize::from(number > 4)
}

/// Whether a text has digits in one of its runs that is raised, lowered or struck out; a run is where it begins in UTF-16, and
/// whether it is so.
fn has_digits_apart(text: &str, runs: &[(usize, bool)]) -> bool {
    if !runs.iter().any(|(_, is_apart)| *is_apart) {
        return false;
    }
    let (mut runs, mut is_apart) = (runs.iter().peekable(), false);
    for (at, unit) in text.encode_utf16().enumerate() {
        while let Some((_, next)) = runs.next_if(|(start, _)| *start <= at) {
            is_apart = *next;
        }
        if is_apart && char::from_u32(unit.into()).is_some_and(char::is_numeric) {
            return true;
        }
    }
    false
}

/// Returns the encoding of a code page of Windows, DOS or the Macintosh.
pub(super) fn letters_of(code_page: u16) -> StringEncoding {
    let label = match code_page {
        1200 => return StringEncoding::Unicode,
        866 => "ibm866".to_owned(),
        10007 => "x-mac-cyrillic".to_owned(),
        10000 => "macintosh".to_owned(),
        number => format!("windows-{number}"),
    };
    StringEncoding::Bytes(Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    #[test]
    fn a_text_goes_on_in_further_records_however_they_write_it() {
        // "АБcd": two wide letters, then two narrow ones; one run of looks and two bytes of speech.
        let start = [4, 0, 1 | 4 | 8, 1, 0, 2, 0, 0, 0, 0x10, 0x04, 0x11, 0x04];
        let stream = [
            record(0x00FC, &start),
            record(CONTINUE, &[0, b'c', b'd', 9, 9, 9]),
            record(CONTINUE, &[9, 9, 9, 1, 0, 0, b'e']),
            record(0x000A, &[]),
        ];
        let stream = stream.concat();
        let records: Vec<_> = Records::new(&stream).map(Result::unwrap).collect();
        assert_eq!(
            records.iter().map(|record| record.kind).collect::<Vec<_>>(),
            [0x00FC, 0x000A]
        );
        let mut fields = records[0].fields();
        assert_eq!(fields.rich_text(&[]), Ok(("АБcd".to_owned(), false)));
        assert_eq!(fields.rich_text(&[]), Ok(("e".to_owned(), false)));
        assert_eq!(fields.byte(), Err(RecordTooShort));
    }

    #[test]
    fn digits_in_a_font_that_raises_or_strikes_out_are_told() {
        let fonts = [false, false, false, false, true];
        for (runs, expected) in [
            (&[(2_u16, 5_u16)][..], true),
            (&[(2, 3)], false),
            (&[(0, 5), (1, 0)], false),
            (&[(0, 5), (4, 0)], true),
            (&[], false),
        ] {
            let length = u16::try_from(runs.len()).unwrap();
            let mut data = [&[4, 0, 8][..], &length.to_le_bytes(), b"a12b"].concat();
            data.extend(
                runs.iter()
                    .flat_map(|(start, font)| [start.to_le_bytes(), font.to_le_bytes()].concat()),
            );
            let record = Record {
                kind: 0x00FC,
                data: &data,
                further: Vec::new(),
            };
            let read = record.fields().rich_text(&fonts);
            assert_eq!(read, Ok(("a12b".to_owned(), expected)), "{runs:?}");
        }
    }

    #[test]
    fn letters_before_unicode_are_in_the_encoding_of_the_file() {
        let record = Record {
            kind: 4,
            data: b"\xC0\xED\xED\xE0",
            further: Vec::new(),
        };
        assert_eq!(
            record.fields().text(4, letters_of(1251)).as_deref(),
            Ok("Анна")
        );
        assert_eq!(
            record.fields().text(5, letters_of(1251)),
            Err(RecordTooShort)
        );
        assert_eq!(letters_of(1200), StringEncoding::Unicode);
    }

    #[test]
    fn a_record_that_is_cut_off_is_told_once() {
        let stream = [record(1, b"ab"), vec![2, 0, 9, 0, 1]].concat();
        let seen: Vec<_> = Records::new(&stream)
            .map(|record| record.map(|record| record.kind))
            .collect();
        assert_eq!(seen, [Ok(1), Err(RecordTooShort)]);
    }
}
