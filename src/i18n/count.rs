//! A number with its noun: English has two forms, Russian three.

/// `1 card`, `2 cards`.
pub(super) fn en(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", en_form(count, one, many))
}

/// The form of an English word that stands with the number.
pub(super) const fn en_form<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// `1 карточка`, `2 карточки`, `5 карточек`.
pub(super) fn ru(count: u64, one: &str, few: &str, many: &str) -> String {
    format!("{count} {}", ru_form(count, one, few, many))
}

/// The form of a Russian word that stands with the number (source: Unicode CLDR, plural rules).
pub(super) const fn ru_form<'a>(count: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
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
    fn a_number_takes_its_form_of_the_noun() {
        for (count, english, russian) in [
            (0, "0 cards", "0 карточек"),
            (1, "1 card", "1 карточка"),
            (2, "2 cards", "2 карточки"),
            (4, "4 cards", "4 карточки"),
            (5, "5 cards", "5 карточек"),
            (11, "11 cards", "11 карточек"),
            (12, "12 cards", "12 карточек"),
            (14, "14 cards", "14 карточек"),
            (21, "21 cards", "21 карточка"),
            (22, "22 cards", "22 карточки"),
            (100, "100 cards", "100 карточек"),
            (101, "101 cards", "101 карточка"),
            (111, "111 cards", "111 карточек"),
            (1_000_002, "1000002 cards", "1000002 карточки"),
        ] {
            assert_eq!(en(count, "card", "cards"), english);
            assert_eq!(ru(count, "карточка", "карточки", "карточек"), russian);
        }
    }
}
