//! Signs beyond ASCII, and what they cost in their positions. Names have quotation marks, dashes and trade marks in
//! certain positions; an encoding that is mistaken for another puts signs anywhere.

use super::script::Script;

/// One point of `Look::score`.
pub(super) const POINT: i32 = 10;

pub(super) const NO_BREAK_SPACE: char = '\u{A0}';

/// A sign in a word.
pub(super) struct Sign {
    pub(super) char: char,
    pub(super) before: Option<char>,
    pub(super) after: Option<char>,
    /// Whether a later quotation mark closes what this sign may open.
    pub(super) closes_behind: bool,
}

impl Sign {
    /// Returns the cost: 0 where names have the sign.
    pub(super) fn cost(&self) -> i32 {
        let stands_beside = self.follows() || self.precedes();
        if self.char == char::REPLACEMENT_CHARACTER {
            4 * POINT
        } else if self.is_never_there() {
            3 * POINT
        } else if self.is_seldom_there() {
            2 * POINT
        } else if matches!(self.char, '–' | '—') && self.follows() && self.precedes() {
            if self.after.is_some_and(char::is_lowercase) {
                POINT
            } else {
                POINT - 3
            }
        } else if self.char == '∆' && self.follows() {
            POINT
        } else if self.is_usual() {
            0
        } else if stands_beside {
            3 * POINT
        } else {
            POINT
        }
    }

    /// Whether it comes directly after a letter.
    fn follows(&self) -> bool {
        self.before.is_some_and(|char| Script::of(char).is_letter())
    }

    /// Whether it comes directly before a letter.
    fn precedes(&self) -> bool {
        self.after.is_some_and(|char| Script::of(char).is_letter())
    }

    fn is_never_there(&self) -> bool {
        let is_cyrillic = |char: char| Script::of(char) == Script::Cyrillic;
        let is_before_small = self
            .after
            .is_some_and(|char| is_cyrillic(char) && char.is_lowercase());
        let begins_small_word = !self.follows() && is_before_small && !self.closes_behind;
        begins_small_word
            || match self.char {
                '€' => self.before.is_some_and(is_cyrillic),
                '№' => self.follows() && self.precedes(),
                'ª' | 'º' => self.precedes(),
                'µ' | '¡' | '¿' => self.follows(),
                'ﬂ' => !self.precedes(),
                _ => false,
            }
    }

    fn is_seldom_there(&self) -> bool {
        let (follows, precedes) = (self.follows(), self.precedes());
        let is_in_small_word = follows && self.after.is_some_and(char::is_lowercase);
        let opens_nothing = precedes && !self.closes_behind;
        let is_beside_signs =
            || self.before.is_some_and(ends_no_word) || self.after.is_some_and(ends_no_word);
        let is_inside = follows && precedes;
        match self.char {
            '«' => is_in_small_word,
            '»' => is_in_small_word || (opens_nothing && !follows),
            NO_BREAK_SPACE | '\u{AD}' => is_beside_signs(),
            '€' => is_inside || self.after.is_some_and(|after| !after.is_ascii()),
            '‚' => is_inside || opens_nothing,
            '°' | '§' | '•' | '†' | '©' | '®' | '™' | '…' | '“' | '”' | '„' => {
                is_inside
            }
            _ => false,
        }
    }

    /// Whether names have the sign in the positions that are not already excluded as never or seldom used.
    fn is_usual(&self) -> bool {
        match self.char {
            '·' => self.is_catalan_or_initials(),
            '¹' | '²' | '³' => !self.precedes(),
            '\u{2000}'..='\u{200F}' | '\u{2600}'..='\u{2BFF}' => true,
            other => "’‘´\u{A0}\u{AD}№«»›‹°€§•†©®™…ªº–—“”„‚ﬁﬂ∆µ¡¿".contains(other),
        }
    }

    /// Whether it is the point in `Gal·la` or `A·B`.
    fn is_catalan_or_initials(&self) -> bool {
        let is_l = |char: Option<char>| matches!(char, Some('l' | 'L'));
        let is_capital = |char: Option<char>| char.is_some_and(char::is_uppercase);
        (is_l(self.before) && is_l(self.after))
            || (is_capital(self.before) && is_capital(self.after))
    }
}

/// Whether the sign never has a space or a soft hyphen beside it.
fn ends_no_word(char: char) -> bool {
    Script::of(char) == Script::Sign && !"«»“”’–—№…".contains(char)
}
