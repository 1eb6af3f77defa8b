//! What keeps a cell from running as a formula. By column, not by look: our own columns never
//! begin with a trigger, and free text that does gets one apostrophe, which our reader takes off.

use std::borrow::Cow;

/// Free text as it goes into a cell of a CSV file. A text that already has the guard gets one
/// more, so that taking one off always gives the text back.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches('\'').trim_start_matches([' ', '\u{a0}']);
    let triggers = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];
    if bare.starts_with(triggers) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_spreadsheet_would_run_gets_one_apostrophe() {
        for text in
            ["=HYPERLINK(1)", "+7 (900) 123-45-67", "-5", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1", "\r=1"]
        {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "Артём", "79001234567", "'quoted'", "a=b", "O'Brien"] {
            assert_eq!(guarded(text), text);
        }
    }
}
