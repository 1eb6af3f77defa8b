//! The script of a character, as far as encodings distinguish scripts.

/// What a character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Not a letter: a digit, a combining mark, ASCII punctuation, an emoji.
    None,
    /// A sign beyond ASCII that a single-byte encoding has, or a control character.
    Sign,
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Thai,
    /// Chinese characters and Japanese syllables.
    Han,
    /// Half-width Japanese syllables.
    HalfKana,
    Hangul,
    /// Scripts that no single-byte encoding has.
    Far,
    /// Phonetic letters, which no name has.
    Phonetic,
}

impl Script {
    pub(super) fn of(char: char) -> Self {
        if char.is_ascii() {
            return if char.is_ascii_alphabetic() {
                Self::Latin
            } else {
                Self::None
            };
        }
        match char {
            '\u{80}'..='\u{BF}'
            | '×'
            | '÷'
            | 'ƒ'
            | '\u{2B0}'..='\u{2B9}'
            | '\u{2BD}'..='\u{2FF}' => Self::Sign,
            '\u{2000}'..='\u{2BFF}' | '\u{F8FF}' | '\u{FFFD}' | '\u{FB01}' | '\u{FB02}' => {
                Self::Sign
            }
            '\u{C0}'..='\u{24F}'
            | 'ɓ'
            | 'ɔ'
            | 'ɖ'
            | 'ɗ'
            | 'ə'
            | 'ɛ'
            | 'ɣ'
            | 'ɩ'
            | 'ʋ'
            | '\u{1E00}'..='\u{1EFF}' => Self::Latin,
            '\u{300}'..='\u{36F}' | '\u{2BA}'..='\u{2BC}' => Self::None,
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{400}'..='\u{52F}' => Self::Cyrillic,
            other => Self::of_the_east(other),
        }
    }

    fn of_the_east(char: char) -> Self {
        match char {
            '\u{590}'..='\u{5FF}' => Self::Hebrew,
            '\u{600}'..='\u{6FF}' => Self::Arabic,
            '\u{E00}'..='\u{E7F}' => Self::Thai,
            '\u{3005}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' => Self::Han,
            '\u{FF66}'..='\u{FF9F}' => Self::HalfKana,
            '\u{AC00}'..='\u{D7A3}' => Self::Hangul,
            '\u{250}'..='\u{2AF}' | '\u{1D00}'..='\u{1DBF}' => Self::Phonetic,
            letter if letter.is_alphabetic() => Self::Far,
            _ => Self::None,
        }
    }

    pub(super) const fn is_letter(self) -> bool {
        !matches!(self, Self::None | Self::Sign)
    }
}
