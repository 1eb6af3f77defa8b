//! Quotes words for a shell.

use crate::platform::{SYSTEM, System};

/// Quotes a word for the shell of this system; letters of any alphabet need no quotes.
#[must_use]
pub fn quoted(word: &str) -> String {
    match SYSTEM {
        System::Windows => quoted_for_windows(word),
        System::Unix => quoted_for_sh(word),
    }
}

fn is_plain(char: char, marks: &str) -> bool {
    char.is_alphanumeric() || marks.contains(char)
}

fn quoted_for_sh(word: &str) -> String {
    if !word.is_empty() && word.chars().all(|char| is_plain(char, "-_./:=@%+,")) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Quotes a word in double quotes, which both cmd and PowerShell understand.
fn quoted_for_windows(word: &str) -> String {
    if !word.is_empty() && word.chars().all(|char| is_plain(char, "-_./:=+\\")) {
        word.to_owned()
    } else {
        format!("\"{}\"", word.replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_only_where_the_shell_would_change_it() {
        for (word, sh, windows) in [
            ("lists/clients", "lists/clients", "lists/clients"),
            ("список.csv", "список.csv", "список.csv"),
            ("список май.csv", "'список май.csv'", "\"список май.csv\""),
            ("it's", r"'it'\''s'", "\"it's\""),
            ("$HOME;rm", "'$HOME;rm'", "\"$HOME;rm\""),
            ("", "''", "\"\""),
            (r"C:\lists\a b", r"'C:\lists\a b'", "\"C:\\lists\\a b\""),
            (r"C:\lists\a", r"'C:\lists\a'", r"C:\lists\a"),
            ("firstName=Имя", "firstName=Имя", "firstName=Имя"),
            ("10%", "10%", "\"10%\""),
        ] {
            assert_eq!(quoted_for_sh(word), sh);
            assert_eq!(quoted_for_windows(word), windows);
        }
    }
}
