//! A number with its noun: English has two forms, Russian three.

/// Returns text such as `1 contact` or `2 contacts`.
pub(crate) fn en(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", en_form(count, one, many))
}

/// Returns the form of an English word that goes with the number.
pub(crate) const fn en_form<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// Returns the Russian pronoun for this number of things: 21 things are plural, although their noun is in the singular.
pub(crate) const fn pronoun<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// Returns text such as `1 контакт`, `2 контакта` or `5 контактов`.
pub(crate) fn ru(count: u64, one: &str, few: &str, many: &str) -> String {
    format!("{count} {}", ru_form(count, one, few, many))
}

/// Returns the form of a Russian word that goes with the number (source: Unicode CLDR, plural rules).
const fn ru_form<'a>(count: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        (_, _) => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pronoun_is_of_one_thing_only_where_there_is_one() {
        let pronouns = [1, 2, 21].map(|things| pronoun(things, "его", "их"));
        assert_eq!(pronouns, ["его", "их", "их"]);
    }

    #[test]
    fn a_number_takes_its_form_of_the_noun() {
        for (count, english, russian) in [
            (0, "0 contacts", "0 контактов"),
            (1, "1 contact", "1 контакт"),
            (2, "2 contacts", "2 контакта"),
            (4, "4 contacts", "4 контакта"),
            (5, "5 contacts", "5 контактов"),
            (11, "11 contacts", "11 контактов"),
            (12, "12 contacts", "12 контактов"),
            (14, "14 contacts", "14 контактов"),
            (21, "21 contacts", "21 контакт"),
            (22, "22 contacts", "22 контакта"),
            (100, "100 contacts", "100 контактов"),
            (101, "101 contacts", "101 контакт"),
            (111, "111 contacts", "111 контактов"),
            (1_000_002, "1000002 contacts", "1000002 контакта"),
        ] {
            assert_eq!(en(count, "contact", "contacts"), english);
            assert_eq!(ru(count, "контакт", "контакта", "контактов"), russian);
        }
    }
}
