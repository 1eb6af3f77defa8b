//! The format of the results file, for both its writer and its reader: its headings, and the mark that keeps a cell of
//! delimited text from running as a formula. Both are defined here once, because the reader must understand what the
//! writer writes.

use std::borrow::Cow;

use crate::i18n::Language;

/// The number of our columns; those after them are the input's own.
pub const COLUMNS: usize = 16;

/// The heading of each column in English, with the names of the API, and in Russian.
const HEADINGS: [(&str, &str); COLUMNS] = [
    ("row", "Строка"),
    ("source", "Файл"),
    ("campaign", "Кампания"),
    ("status", "Статус"),
    ("recipient", "Получатель"),
    ("phoneContact", "Телефон контакта"),
    ("firstName", "Имя"),
    ("middleName", "Отчество"),
    ("lastName", "Фамилия"),
    ("company", "Компания"),
    ("idMessage", "idMessage"),
    ("delivery", "Доставка"),
    ("error", "Ошибка"),
    ("explanation", "Пояснение"),
    ("attempts", "Попытки"),
    ("sentAt", "Отправлено"),
];

/// The heading of the column after ours in the results of several instances, in English and in Russian.
const INSTANCE: (&str, &str) = ("instance", "Инстанс");

/// Returns the text that ends a cell whose content was cut.
#[must_use]
pub const fn cut_mark(language: Language) -> &'static str {
    match language {
        Language::En => " … (cut: a cell takes no more)",
        Language::Ru => " … (обрезано: в ячейку больше не входит)",
    }
}

/// Returns the heading of the column that names the instance of a row. Only the results of a campaign with several
/// instances have this column, right after ours.
#[must_use]
pub const fn instance_heading(language: Language) -> &'static str {
    match language {
        Language::En => INSTANCE.0,
        Language::Ru => INSTANCE.1,
    }
}

/// Returns the headings of our columns.
#[must_use]
pub fn headings(language: Language) -> [&'static str; COLUMNS] {
    HEADINGS.map(|(english, russian)| match language {
        Language::En => english,
        Language::Ru => russian,
    })
}

/// The index of the column that results of older versions lack.
const CAMPAIGN: usize = 2;

/// The index of the column of times; its heading may end with their zone, in brackets.
pub const SENT_AT: usize = 15;

/// The order of our columns in a workbook: first what a person looks for first. Delimited text has the order of
/// [`headings`].
pub const WORKBOOK_ORDER: [usize; COLUMNS] = [
    0, 3, 4, 6, 7, 8, 9, 11, 13, 5, 10, 12, 14, SENT_AT, 1, CAMPAIGN,
];

/// The mark that distinguishes a column of the input from one of ours with the same heading, in English and in Russian.
const OF_INPUT: (&str, &str) = (" (list)", " (из списка)");

/// Returns the heading of a column of the input, marked if it would equal one of our headings in this language.
#[must_use]
pub fn own_heading(heading: &str, language: Language) -> Cow<'_, str> {
    if !is_ours(heading, language) {
        return Cow::Borrowed(heading);
    }
    Cow::Owned(format!("{heading}{}", of_input(language)))
}

const fn of_input(language: Language) -> &'static str {
    match language {
        Language::En => OF_INPUT.0,
        Language::Ru => OF_INPUT.1,
    }
}

/// Returns a heading without the mark of [`own_heading`]; any other heading is unchanged.
#[must_use]
pub fn plain_heading(heading: &str) -> &str {
    [(Language::En, OF_INPUT.0), (Language::Ru, OF_INPUT.1)]
        .into_iter()
        .find_map(|(language, mark)| {
            let plain = heading.strip_suffix(mark)?;
            is_ours(plain, language).then_some(plain)
        })
        .unwrap_or(heading)
}

/// Whether a person would take it for one of our headings.
fn is_ours(heading: &str, language: Language) -> bool {
    let heading = heading.trim().to_lowercase();
    headings(language)
        .into_iter()
        .chain([instance_heading(language)])
        .any(|ours| ours.to_lowercase() == heading)
}

/// The columns by which a row of a results file is known again: its place, campaign and status, and its two numbers.
const NEEDED: [usize; 6] = [0, 1, CAMPAIGN, 3, 4, 5];

/// The columns that record where a row came from and what happened to it. A table with half of them is or was a results
/// file.
const BOOKKEEPING: [usize; 10] = [0, 1, CAMPAIGN, 3, 10, 11, 12, 13, 14, SENT_AT];

/// Where a results file has our columns. The user may have moved some of them, inserted others, or removed those that do
/// not identify a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultsLayout {
    positions: [Option<u16>; COLUMNS],
    instance: Option<u16>,
}

impl ResultsLayout {
    /// Returns the layout of a table with these headings, in either language; `None` if it is not a results file.
    #[must_use]
    pub fn of(found: &[String]) -> Option<Self> {
        [Language::En, Language::Ru]
            .into_iter()
            .find_map(|language| {
                let layout = Self::find(found, language);
                let is_clear = || layout.unclear(found, language).is_empty();
                (layout.is_as_written() || is_clear()).then_some(layout)
            })
    }

    /// Returns the headings that make a results file unusable, because they are missing or occur twice; empty for any
    /// other table.
    #[must_use]
    pub fn unclear_in(found: &[String]) -> Vec<&'static str> {
        if Self::of(found).is_some() {
            return Vec::new();
        }
        for language in [Language::En, Language::Ru] {
            let layout = Self::find(found, language);
            let has = |column: &&usize| layout.positions[**column].is_some();
            if BOOKKEEPING.iter().filter(has).count() * 2 >= BOOKKEEPING.len() {
                let ours = headings(language);
                let unclear = layout.unclear(found, language).into_iter();
                return unclear.map(|column| ours[column]).collect();
            }
        }
        Vec::new()
    }

    fn find(found: &[String], language: Language) -> Self {
        let mut instance = (0..=u16::MAX).zip(found).filter(|(_, heading)| {
            heading.trim().to_lowercase() == instance_heading(language).to_lowercase()
        });
        Self {
            positions: std::array::from_fn(|column| places(found, column, language).next()),
            instance: instance.next().map(|(position, _)| position),
        }
    }

    /// Returns the needed columns that are missing, and any of our columns that occurs twice: nobody knows which is meant.
    fn unclear(&self, found: &[String], language: Language) -> Vec<usize> {
        let is_missing =
            |column: usize| NEEDED.contains(&column) && self.positions[column].is_none();
        let is_twice = |column: usize| places(found, column, language).nth(1).is_some();
        (0..COLUMNS)
            .filter(|column| is_missing(*column) || is_twice(*column))
            .collect()
    }

    /// Whether the first columns are ours, in an order in which they are written; older versions wrote no campaign. Then
    /// a later column with one of our headings is the input's own.
    fn is_as_written(&self) -> bool {
        let position = |column: usize| self.positions[column].map(usize::from);
        let is_first = |(place, column): (usize, usize)| position(column) == Some(place);
        let old = (0..COLUMNS).filter(|column| *column != CAMPAIGN);
        (0..COLUMNS).enumerate().all(is_first)
            || WORKBOOK_ORDER.into_iter().enumerate().all(is_first)
            || old.enumerate().all(is_first)
    }

    /// Returns which of our columns has this position, by its name in the API; `None` for a column of the input.
    #[must_use]
    pub fn name_at(self, position: usize) -> Option<&'static str> {
        let ours = headings(Language::En).into_iter().zip(self.positions);
        ours.chain([(INSTANCE.0, self.instance)])
            .find(|(_, known)| known.map(usize::from) == Some(position))
            .map(|(name, _)| name)
    }

    /// Returns the position of one of our columns, by its name.
    #[must_use]
    pub fn position(self, name: &str) -> Option<usize> {
        let column = headings(Language::En).iter().position(|ours| *ours == name);
        self.positions[column?].map(usize::from)
    }
}

/// Returns the positions of the headings that are that of one of our columns, in any case. That of the times may have
/// their zone after it.
fn places(
    found: &[String],
    column: usize,
    language: Language,
) -> impl Iterator<Item = u16> + use<'_> {
    let ours = headings(language)[column].to_lowercase();
    let is_ours = move |heading: &String| {
        let heading = heading.trim().to_lowercase();
        let rest = heading.strip_prefix(ours.as_str());
        let has_zone = |rest: &str| {
            column == SENT_AT && rest.starts_with(" (") && !heading.ends_with(of_input(language))
        };
        rest.is_some_and(|rest| rest.is_empty() || has_zone(rest))
    };
    let positions = (0..=u16::MAX).zip(found);
    positions
        .filter(move |(_, heading)| is_ours(heading))
        .map(|(position, _)| position)
}

/// Returns free text in the form for a cell of delimited text: one `'` is put before a text that a spreadsheet would
/// run as a formula. A text that already has one gets another, so that [`unguarded`] always restores the original.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_run(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns a text without the `'` of [`guarded`]; any other text is unchanged.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| is_run(rest))
        .unwrap_or(text)
}

/// Whether a spreadsheet would run the text if its apostrophes and leading spaces were removed (source: OWASP's list
/// for CSV injection, and the full-width signs that Excel treats like ASCII ones).
fn is_run(text: &str) -> bool {
    const TRIGGERS: [char; 12] = [
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
    ];
    text.trim_start_matches('\'')
        .trim_start_matches([' ', '\u{a0}'])
        .starts_with(TRIGGERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_spreadsheet_would_run_gets_one_apostrophe() {
        for text in [
            "=HYPERLINK(1)",
            "+7 (900) 123-45-67",
            "-5",
            "@SUM(A1)",
            "\t=1",
            " =1",
            "\u{a0}=1",
            "＝1",
            "'=1",
            "\r=1",
            "\nx",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in [
            "",
            "Артём",
            "79001234567",
            "'quoted'",
            "a=b",
            "O'Brien",
            "'",
        ] {
            assert_eq!(guarded(text), text);
        }
    }

    /// Every text of up to four of these signs.
    #[test]
    fn taking_one_apostrophe_off_gives_every_text_back() {
        let signs = [
            "'", "=", " ", "\u{a0}", "\t", "\n", "＝", "7", "я", "\"", ";",
        ];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            texts = texts
                .iter()
                .flat_map(|text| signs.iter().map(move |sign| format!("{text}{sign}")))
                .chain(texts.clone())
                .collect();
        }
        for text in texts {
            assert_eq!(unguarded(&guarded(&text)), text);
        }
    }

    #[test]
    fn results_are_known_by_their_headings_in_either_language() {
        for language in [Language::En, Language::Ru] {
            let mut found: Vec<String> = headings(language).map(str::to_owned).to_vec();
            let layout = ResultsLayout::of(&found).unwrap();
            assert_eq!(
                (layout.position("campaign"), layout.position("status")),
                (Some(2), Some(3)),
                "{language:?}"
            );
            found.push(instance_heading(language).to_owned());
            found.push("Город".to_owned());
            let layout = ResultsLayout::of(&found).unwrap();
            assert_eq!(layout.name_at(16), Some("instance"));
            assert_eq!(layout.name_at(17), None);
            assert!(ResultsLayout::unclear_in(&found).is_empty());
            found[3] = "state".to_owned();
            assert_eq!(ResultsLayout::of(&found), None, "{language:?}");
            let unclear = ResultsLayout::unclear_in(&found);
            assert_eq!(unclear, [headings(language)[3]], "{language:?}");
        }
    }

    #[test]
    fn columns_may_be_moved_removed_and_written_in_capitals() {
        for language in [Language::En, Language::Ru] {
            let mut found: Vec<String> = headings(language).map(str::to_uppercase).to_vec();
            found.rotate_left(5);
            found.insert(2, "Заметка".to_owned());
            let last_name = headings(language)[8].to_uppercase();
            found.retain(|heading| *heading != last_name);
            let layout = ResultsLayout::of(&found).unwrap();
            let recipient = layout.position("recipient").unwrap();
            assert_eq!(found[recipient], headings(language)[4].to_uppercase());
            assert_eq!(layout.name_at(recipient), Some("recipient"));
            assert_eq!(layout.position("lastName"), None);
            assert_eq!(layout.name_at(2), None);
        }
        let list = [
            "phoneNumber",
            "idMessage",
            "status",
            "firstName",
            "lastName",
        ];
        let list = list.map(str::to_owned);
        assert_eq!(ResultsLayout::of(&list), None);
        assert!(ResultsLayout::unclear_in(&list).is_empty());
    }

    #[test]
    fn a_heading_that_occurs_twice_makes_a_results_file_unclear() {
        for column in [4, 6] {
            let mut found: Vec<String> = headings(Language::En).map(str::to_owned).to_vec();
            found.insert(2, headings(Language::En)[column].to_uppercase());
            assert_eq!(ResultsLayout::of(&found), None);
            let unclear = ResultsLayout::unclear_in(&found);
            assert_eq!(unclear, [headings(Language::En)[column]]);
        }
    }

    #[test]
    fn a_workbook_has_its_own_order_and_its_times_name_their_zone() {
        for language in [Language::En, Language::Ru] {
            let ours = headings(language);
            let mut found: Vec<String> = WORKBOOK_ORDER
                .map(|column| ours[column].to_owned())
                .to_vec();
            found[13] += " (Europe/Moscow)";
            found.push("Город".to_owned());
            let layout = ResultsLayout::of(&found).unwrap();
            assert_eq!(layout.name_at(COLUMNS), None);
            for (name, position) in [
                ("row", 0),
                ("status", 1),
                ("firstName", 3),
                ("campaign", 15),
            ] {
                assert_eq!(layout.position(name), Some(position), "{name}");
            }
        }
    }

    #[test]
    fn a_column_of_the_input_is_told_apart_from_ours_and_read_as_it_was() {
        for (heading, language, shown) in [
            ("Имя", Language::Ru, "Имя (из списка)"),
            ("имя", Language::Ru, "имя (из списка)"),
            ("Имя", Language::En, "Имя"),
            ("status", Language::En, "status (list)"),
            ("instance", Language::En, "instance (list)"),
            ("Город", Language::Ru, "Город"),
            ("Город (из списка)", Language::Ru, "Город (из списка)"),
        ] {
            assert_eq!(own_heading(heading, language), shown);
            assert_eq!(plain_heading(shown), heading);
        }
    }

    #[test]
    fn results_of_an_older_version_have_no_campaign() {
        let mut found: Vec<String> = headings(Language::Ru).map(str::to_owned).to_vec();
        found.remove(CAMPAIGN);
        let layout = ResultsLayout::of(&found).unwrap();
        assert_eq!(
            (layout.position("campaign"), layout.position("status")),
            (None, Some(2))
        );
        assert_eq!(layout.name_at(14), Some("sentAt"));
        found.swap(5, 6);
        assert_eq!(ResultsLayout::of(&found), None);
        assert_eq!(ResultsLayout::unclear_in(&found), ["Кампания"]);
    }
}
