//! The encodings that people mix up, in both directions: from letters back to the bytes that they were decoded from,
//! and from bytes to letters. Conversion is strict: it fails for anything that an encoding does not have.

use std::sync::LazyLock;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, ISO_8859_5, KOI8_R, KOI8_U, MACINTOSH,
    SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, X_MAC_CYRILLIC,
};

/// An encoding other than UTF-8. ISO 8859-1 is treated as windows-1252, whose undefined bytes are the control
/// characters U+0080–U+009F.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodePage {
    Windows1250,
    Windows1251,
    Windows1252,
    Windows1253,
    Windows1254,
    Windows1255,
    Windows1256,
    Windows1257,
    Windows874,
    Koi8R,
    Koi8U,
    Iso8859Part2,
    Iso8859Part5,
    Macintosh,
    MacCyrillic,
    Dos437,
    Dos850,
    Dos866,
    Gbk,
    Big5,
    ShiftJis,
    EucKr,
}

use CodePage::{
    Big5 as Big5Page, Dos437, Dos850, Dos866, EucKr, Gbk, Iso8859Part2, Iso8859Part5, Koi8R, Koi8U,
    MacCyrillic, Macintosh, ShiftJis, Windows874, Windows1250, Windows1251, Windows1252,
    Windows1253, Windows1254, Windows1255, Windows1256, Windows1257,
};

/// The upper halves of the two code pages that the Encoding Standard does not have.
const DOS_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
                       αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
const DOS_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
                       ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

/// The encodings for Cyrillic letters.
const CYRILLIC: [CodePage; 6] = [Windows1251, Koi8R, Koi8U, Dos866, MacCyrillic, Iso8859Part5];

/// The encodings for the Latin letters of names.
const LATIN: [CodePage; 6] = [
    Windows1252,
    Windows1250,
    Windows1254,
    Dos850,
    Macintosh,
    Dos437,
];

/// The encodings for other letters.
const OTHER: [CodePage; 8] = [
    Windows1253,
    Windows1255,
    Windows1256,
    Windows874,
    Gbk,
    Big5Page,
    ShiftJis,
    EucKr,
];

impl CodePage {
    /// The encodings in which bytes of another encoding are mistakenly read.
    pub(super) const READ_AS: [Self; 19] = [
        Windows1252,
        Windows1251,
        Windows1250,
        Windows1254,
        Windows1257,
        Windows1253,
        Koi8R,
        Koi8U,
        Dos866,
        Dos437,
        Dos850,
        Macintosh,
        MacCyrillic,
        Iso8859Part5,
        Iso8859Part2,
        Gbk,
        ShiftJis,
        Big5Page,
        EucKr,
    ];

    /// Returns the encodings whose bytes are mistaken for this one. UTF-8 is not included, because it is mistaken for
    /// every one.
    pub(super) fn taken_for_it(self) -> &'static [Self] {
        static PAIRS: LazyLock<Vec<(CodePage, Vec<CodePage>)>> = LazyLock::new(|| {
            let all = || CYRILLIC.into_iter().chain(LATIN).chain(OTHER);
            let of = |read| {
                (
                    read,
                    all().filter(|written| written.is_taken_for(read)).collect(),
                )
            };
            CodePage::READ_AS.map(of).into()
        });
        PAIRS
            .iter()
            .find(|(read, _)| *read == self)
            .map_or(&[], |(_, taken)| taken)
    }

    fn is_taken_for(self, read: Self) -> bool {
        let is_latin = LATIN.contains(&read) || [Windows1257, Iso8859Part2].contains(&read);
        if read.is_of_two_bytes() || read == Windows1253 {
            return self == Windows1251;
        }
        match (self, read) {
            (same, other) if same == other => false,
            // The first has all letters of the second in the same places; or, for the Macintosh and DOS, nobody reads
            // files of old Macintoshes under DOS.
            (Koi8R, Koi8U)
            | (Koi8U, Koi8R)
            | (Windows1252, Windows1254)
            | (Dos437, Dos850)
            | (MacCyrillic, Dos866)
            | (Dos866, MacCyrillic) => false,
            (written, _) => !OTHER.contains(&written) || is_latin,
        }
    }

    pub(super) fn is_cyrillic(self) -> bool {
        CYRILLIC.contains(&self)
    }

    pub(super) fn is_latin(self) -> bool {
        LATIN.contains(&self)
    }

    /// Whether Windows programs write this encoding by default.
    pub(super) const fn is_of_windows(self) -> bool {
        matches!(
            self,
            Self::Windows1250 | Self::Windows1251 | Self::Windows1252 | Self::Windows1254
        )
    }

    /// Whether files in the Latin encoding are likely to be read in this one. If Cyrillic letters come out, both must
    /// be of Windows, of DOS or of the Macintosh; otherwise one must be of Windows.
    pub(super) fn is_likely_misreading_of(self, latin: Self) -> bool {
        match self {
            Windows1251 | Dos437 | Dos850 | Macintosh => latin.is_of_windows(),
            Dos866 => [Dos437, Dos850].contains(&latin),
            MacCyrillic => latin == Macintosh,
            Koi8R | Koi8U => latin == Windows1252,
            Iso8859Part5 => false,
            Windows1250 | Windows1252 | Windows1253 | Windows1254 | Windows1255 | Windows1256
            | Windows1257 | Windows874 | Iso8859Part2 | Gbk | Big5Page | ShiftJis | EucKr => true,
        }
    }

    /// Whether it encodes each character beyond ASCII in two bytes.
    pub(super) const fn is_of_two_bytes(self) -> bool {
        matches!(self, Self::Gbk | Self::Big5 | Self::ShiftJis | Self::EucKr)
    }

    /// Returns the byte that has no letter, if there is exactly one.
    pub(super) fn byte_without_letter(self) -> Option<u8> {
        (self == Windows1251).then_some(0x98)
    }

    fn encoding(self) -> Option<&'static Encoding> {
        Some(match self {
            Self::Windows1250 => WINDOWS_1250,
            Self::Windows1251 => WINDOWS_1251,
            Self::Windows1252 => WINDOWS_1252,
            Self::Windows1253 => WINDOWS_1253,
            Self::Windows1254 => WINDOWS_1254,
            Self::Windows1255 => WINDOWS_1255,
            Self::Windows1256 => WINDOWS_1256,
            Self::Windows1257 => WINDOWS_1257,
            Self::Windows874 => WINDOWS_874,
            Self::Koi8R => KOI8_R,
            Self::Koi8U => KOI8_U,
            Self::Iso8859Part2 => ISO_8859_2,
            Self::Iso8859Part5 => ISO_8859_5,
            Self::Macintosh => MACINTOSH,
            Self::MacCyrillic => X_MAC_CYRILLIC,
            Self::Dos866 => IBM866,
            Self::Gbk => GBK,
            Self::Big5 => BIG5,
            Self::ShiftJis => SHIFT_JIS,
            Self::EucKr => EUC_KR,
            Self::Dos437 | Self::Dos850 => return None,
        })
    }

    /// Returns the bytes that were decoded as these letters; `None` if this encoding does not have all of them.
    pub(super) fn bytes(self, text: &str) -> Option<Vec<u8>> {
        if let (true, Some(encoding)) = (self.is_of_two_bytes(), self.encoding()) {
            let (bytes, _, is_lossy) = encoding.encode(text);
            return (!is_lossy).then(|| bytes.into_owned());
        }
        let table = &TABLES[self as usize];
        text.chars().map(|char| table.byte(char)).collect()
    }

    /// Returns what a program shows for bytes that it mistakes for this encoding.
    #[cfg(test)]
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self.encoding() {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            None => bytes
                .iter()
                .filter_map(|byte| TABLES[self as usize].char(*byte))
                .collect(),
        }
    }

    /// Decodes bytes in this encoding; `None` if they are not valid in it.
    pub(super) fn text(self, bytes: &[u8]) -> Option<String> {
        if let (true, Some(encoding)) = (self.is_of_two_bytes(), self.encoding()) {
            return encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(Into::into);
        }
        let table = &TABLES[self as usize];
        bytes
            .iter()
            .map(|byte| table.char(*byte).filter(|char| !is_blank(*char)))
            .collect()
    }
}

/// Whether it is a control character, the no-break space or the soft hyphen, which no name holds.
const fn is_blank(char: char) -> bool {
    matches!(char, '\u{7F}'..='\u{A0}' | '\u{AD}')
}

/// The upper half of a single-byte encoding.
struct Table {
    chars: Vec<Option<char>>,
    /// The byte of each letter, sorted by letter.
    bytes: Vec<(char, u8)>,
}

impl Table {
    fn new(page: CodePage) -> Self {
        let own = if page == Dos437 { DOS_437 } else { DOS_850 };
        let decoded = |encoding: &'static Encoding, byte: u8| {
            encoding
                .decode_without_bom_handling_and_without_replacement(&[byte])?
                .chars()
                .next()
        };
        let chars: Vec<Option<char>> = match page.encoding() {
            Some(encoding) => (0x80..=0xFF).map(|byte| decoded(encoding, byte)).collect(),
            None => own.chars().map(Some).collect(),
        };
        let known = (0x80..=0xFF)
            .zip(&chars)
            .filter_map(|(byte, char)| Some(((*char)?, byte)));
        let mut bytes: Vec<(char, u8)> = known.collect();
        bytes.sort_unstable();
        Self { chars, bytes }
    }

    /// Returns the byte of a letter. For a control character of U+0080–U+009F that is its own byte: decoders produce it
    /// from a byte that has no letter.
    fn byte(&self, char: char) -> Option<u8> {
        if char.is_ascii() {
            return u8::try_from(char).ok();
        }
        let known = self.bytes.binary_search_by_key(&char, |(known, _)| *known);
        let control =
            || matches!(char, '\u{80}'..='\u{9F}').then(|| u8::try_from(u32::from(char)).ok())?;
        known.map_or_else(|_| control(), |index| Some(self.bytes[index].1))
    }

    fn char(&self, byte: u8) -> Option<char> {
        if byte.is_ascii() {
            Some(char::from(byte))
        } else {
            self.chars[usize::from(byte) - 0x80]
        }
    }
}

/// The tables in the order of the variants; those of two-byte encodings are empty.
static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    [
        Windows1250,
        Windows1251,
        Windows1252,
        Windows1253,
        Windows1254,
        Windows1255,
        Windows1256,
        Windows1257,
        Windows874,
        Koi8R,
        Koi8U,
        Iso8859Part2,
        Iso8859Part5,
        Macintosh,
        MacCyrillic,
        Dos437,
        Dos850,
        Dos866,
    ]
    .map(Table::new)
    .into()
});
