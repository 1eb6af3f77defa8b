//! Splits a full name in one cell into first, middle and last name and company. It splits only on evidence: a
//! patronymic, a well-known given name, a comma, or the order that the heading states. Any other name stays whole, as
//! the first name: a contact that shows the name as written is never wrong.

use std::borrow::Cow;

/// The order of the names, according to the heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameOrder {
    /// `ФИО`.
    FamilyFirst,
    /// `Имя, Фамилия`.
    GivenFirst,
    /// `Name`.
    Untold,
}

/// Legal forms of companies, compared as whole words.
const LEGAL_FORMS: [&str; 49] = [
    "ооо",
    "оао",
    "зао",
    "пао",
    "нао",
    "ао",
    "ип",
    "чп",
    "фоп",
    "тов",
    "тоо",
    "одо",
    "чуп",
    "ано",
    "нко",
    "тсж",
    "снт",
    "гск",
    "гуп",
    "муп",
    "фгуп",
    "гбу",
    "гбуз",
    "гбоу",
    "мбоу",
    "мбу",
    "фгбу",
    "фгбоу",
    "мфо",
    "кфх",
    "банк",
    "llc",
    "llp",
    "ltd",
    "inc",
    "corp",
    "gmbh",
    "plc",
    "pty",
    "limited",
    "oy",
    "kg",
    "srl",
    "bv",
    "sarl",
    "spa",
    "jsc",
    "ooo",
    "pjsc",
];

/// Words after a patronymic that are part of it.
const PATRONYMIC_WORDS: [&str; 7] = ["оглы", "оглу", "кызы", "гызы", "кизи", "уулу", "улы"];

const PATRONYMIC_ENDINGS: [&str; 7] = ["вич", "вна", "ична", "ьич", "мич", "кич", "тич"];

/// Given names that show which of two words is the given name.
const GIVEN_NAMES: &str = " александр александра алексей алена алина алиса алла анастасия анатолий \
    ангелина андрей анна антон антонина аркадий арсений артем артур богдан борис вадим валентин валентина \
    валерий валерия василий вера вероника виктор виктория виталий владимир владислав всеволод вячеслав \
    галина геннадий георгий герман глеб григорий давид дамир данила даниил дарья денис диана дмитрий \
    евгений евгения егор екатерина елена елизавета жанна захар зинаида зоя иван игорь илья инна ирина \
    камилла карина кирилл кристина ксения лариса лев леонид лидия лилия людмила любовь макар максим \
    маргарита марина мария марк матвей милана михаил надежда наталья наталия никита николай нина оксана \
    олег олеся ольга павел петр полина раиса регина ринат роман руслан рустам савелий светлана семен сергей \
    снежана софия софья станислав степан тамара тарас татьяна тимофей тимур ульяна федор филипп эдуард эльвира \
    эльмира эмма юлия юрий яна яков ярослав ";

/// Splits a full name into first, middle and last name and company.
pub(super) fn split(name: &str, order: NameOrder) -> [Cow<'_, str>; 4] {
    let [first, middle, last, company] = if is_company(name) {
        ["", "", "", name].map(Cow::Borrowed)
    } else {
        let people = person(name, order).unwrap_or([name.to_owned(), String::new(), String::new()]);
        let [first, middle, last] = people.map(Cow::Owned);
        [first, middle, last, Cow::Borrowed("")]
    };
    [first, middle, last, company]
}

/// Splits a full name beside its known first, middle and last name. A known part stays as it is; the full name fills
/// the others. If there is no first name, it is whatever the full name has besides the known parts.
pub(super) fn split_beside(name: &str, order: NameOrder, known: [&str; 3]) -> [String; 4] {
    let known = known.map(comparable);
    let rest: Vec<String> = words(name)
        .into_iter()
        .filter(|word| {
            let word = comparable(word);
            !known
                .iter()
                .any(|part| part.split(' ').any(|known| known == word))
        })
        .map(|word| word.trim_matches(',').to_owned())
        .collect();
    let nobody = || [const { String::new() }; 3];
    if is_company(name) {
        let is_only_company = rest.len() == words(name).len();
        let company = Some(name.to_owned()).filter(|_| is_only_company);
        let [first, middle, last] = nobody();
        return [first, middle, last, company.unwrap_or_default()];
    }
    let agrees = |parts: &[String; 3]| {
        let mut parts = parts.iter().zip(&known);
        parts.all(|(part, known)| known.is_empty() || comparable(part) == *known)
    };
    let parts = person(name, order);
    // Under `ФИО` another family name than the known one is that of somebody else.
    let is_other = order == NameOrder::FamilyFirst
        && parts.as_ref().is_some_and(|[_, _, last]| {
            !known[2].is_empty() && !last.is_empty() && comparable(last) != known[2]
        });
    let [first, middle, last] = match (parts.filter(agrees), rest.as_slice()) {
        (Some(parts), _) => parts,
        (None, _) if is_other || !known[0].is_empty() => nobody(),
        (None, [first, middle]) if known[1].is_empty() && is_patronymic(middle) => {
            [first.clone(), middle.clone(), String::new()]
        }
        (None, rest) => [rest.join(" "), String::new(), String::new()],
    };
    [first, middle, last, String::new()]
}

/// Returns the name in the form in which parts of names are compared.
fn comparable(name: &str) -> String {
    name.trim_matches([' ', ','])
        .to_lowercase()
        .replace('ё', "е")
}

fn is_company(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words = lower
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty());
    name.contains(['«', '»']) || words.any(|word| LEGAL_FORMS.contains(&word))
}

/// Returns first, middle and last name, if the words show which is which.
fn person(name: &str, order: NameOrder) -> Option<[String; 3]> {
    if let Some((family, others)) = name.split_once(',') {
        return after_comma(family, others, order);
    }
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.iter().all(|word| is_written_in(word, is_cyrillic)) {
        cyrillic(&words, order)
    } else if words
        .iter()
        .all(|word| is_written_in(word, |char| char.is_alphabetic() && !is_cyrillic(char)))
    {
        latin(&words, order)
    } else {
        None
    }
}

/// Splits `Иванова, Анна Петровна`; under the heading `Имя, Фамилия` the order is reversed.
fn after_comma(before: &str, after: &str, order: NameOrder) -> Option<[String; 3]> {
    if after.contains(',') {
        return None;
    }
    let (before, after) = (words(before), words(after));
    match (before.as_slice(), after.as_slice(), order) {
        ([given], [family], NameOrder::GivenFirst)
        | ([family], [given], NameOrder::FamilyFirst | NameOrder::Untold) => {
            Some([given.clone(), String::new(), family.clone()])
        }
        ([family], [given, middle], _) => Some([given.clone(), middle.clone(), family.clone()]),
        (_, _, _) => None,
    }
}

/// Returns the words of a name; `Гасан оглы` is one word.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match words.last_mut() {
            Some(before) if PATRONYMIC_WORDS.contains(&word.to_lowercase().as_str()) => {
                before.push(' ');
                before.push_str(word);
            }
            Some(_) | None => words.push(word.to_owned()),
        }
    }
    words
}

fn cyrillic(words: &[&str], order: NameOrder) -> Option<[String; 3]> {
    let named =
        |first: &str, middle: &str, last: &str| Some([first, middle, last].map(str::to_owned));
    match words {
        [first, middle, last] if is_patronymic(middle) => named(first, middle, last),
        [last, first, middle] if is_patronymic(middle) => named(first, middle, last),
        // A given name at either end contradicts the heading.
        [last, first, middle]
            if order == NameOrder::FamilyFirst
                && are_written_alike(words)
                && !is_given(last)
                && !is_given(middle) =>
        {
            named(first, middle, last)
        }
        [first, middle]
            if is_patronymic(middle)
                && (is_given(first) || is_of_woman(middle) && !is_family_of_woman(first)) =>
        {
            named(first, middle, "")
        }
        [one, other] => match (is_given(one), is_given(other), order) {
            (true, false, _) => named(one, "", other),
            (false, true, _) => named(other, "", one),
            (_, _, NameOrder::Untold) => None,
            (_, _, _) if !are_written_alike(words) => None,
            (_, _, NameOrder::GivenFirst) => named(one, "", other),
            (_, _, NameOrder::FamilyFirst) => named(other, "", one),
        },
        _ => None,
    }
}

/// Whether all words begin with a capital letter, or none does: `Салон красоты` is no name of a person.
fn are_written_alike(words: &[&str]) -> bool {
    let is_capital = |word: &&str| word.starts_with(char::is_uppercase);
    words.iter().all(is_capital) || !words.iter().any(is_capital)
}

/// A name in Latin letters is written given name first, unless the heading says otherwise: then nobody knows.
fn latin(words: &[&str], order: NameOrder) -> Option<[String; 3]> {
    match words {
        _ if order == NameOrder::FamilyFirst => None,
        [first, last] => Some([*first, "", *last].map(str::to_owned)),
        [first, middle, last] => Some([*first, *middle, *last].map(str::to_owned)),
        _ => None,
    }
}

fn is_patronymic(word: &str) -> bool {
    let word = word.to_lowercase();
    match word.split_once(' ') {
        Some((_, last)) => PATRONYMIC_WORDS.contains(&last),
        None => {
            word.chars().count() > 4
                && PATRONYMIC_ENDINGS
                    .iter()
                    .any(|ending| word.ends_with(ending))
        }
    }
}

/// Whether a patronymic is that of a woman: no given or family name ends so. That of a man may be a family name
/// (`Роман Абрамович`).
fn is_of_woman(patronymic: &str) -> bool {
    let word = patronymic.to_lowercase();
    word.ends_with("овна") || word.ends_with("евна") || word.ends_with("ична")
}

/// Whether a word looks like the family name of a woman, so that `Лукина Петровна` has no given name.
fn is_family_of_woman(word: &str) -> bool {
    let word = word.to_lowercase().replace('ё', "е");
    ["ова", "ева", "ина", "ына", "ая"]
        .iter()
        .any(|ending| word.ends_with(ending))
}

fn is_given(word: &str) -> bool {
    let word = word.to_lowercase().replace('ё', "е");
    GIVEN_NAMES.contains(&format!(" {word} "))
}

fn is_written_in(word: &str, is_letter: impl Fn(char) -> bool) -> bool {
    let is_sign = |char| matches!(char, '-' | '\'' | '’' | '‐' | ' ');
    word.chars().next().is_some_and(&is_letter)
        && word.chars().all(|char| is_letter(char) || is_sign(char))
}

const fn is_cyrillic(char: char) -> bool {
    matches!(char, '\u{400}'..='\u{52F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use NameOrder::{FamilyFirst, GivenFirst, Untold};

    #[test]
    fn the_words_of_a_name_tell_their_order() {
        for (order, name, expected) in [
            (
                FamilyFirst,
                "Евпаторийский Артём Петрович",
                "Артём|Петрович|Евпаторийский|",
            ),
            (
                Untold,
                "Евпаторийский Артём Петрович",
                "Артём|Петрович|Евпаторийский|",
            ),
            (
                FamilyFirst,
                "Артём Петрович Евпаторийский",
                "Артём|Петрович|Евпаторийский|",
            ),
            (
                Untold,
                "Абрамович Роман Аркадьевич",
                "Роман|Аркадьевич|Абрамович|",
            ),
            (
                Untold,
                "Роман Аркадьевич Абрамович",
                "Роман|Аркадьевич|Абрамович|",
            ),
            (Untold, "Абрамович Роман", "Роман||Абрамович|"),
            (Untold, "Толстая Анна Ильинична", "Анна|Ильинична|Толстая|"),
            (Untold, "Кузьмин Пётр Лукич", "Пётр|Лукич|Кузьмин|"),
            (Untold, "Алиев Вагиф Гасан оглы", "Вагиф|Гасан оглы|Алиев|"),
            (
                Untold,
                "Алиева Лейла Гасан кызы",
                "Лейла|Гасан кызы|Алиева|",
            ),
            (Untold, "Анна Петровна", "Анна|Петровна||"),
            (FamilyFirst, "Коваль Ирина", "Ирина||Коваль|"),
            (FamilyFirst, "Ирина Коваль", "Ирина||Коваль|"),
            (FamilyFirst, "Ким Чен", "Чен||Ким|"),
            (FamilyFirst, "Ким Чен Ын", "Чен|Ын|Ким|"),
            (GivenFirst, "Чен Ким", "Чен||Ким|"),
            (GivenFirst, "Анна, Ким", "Анна||Ким|"),
            (Untold, "Ким, Анна", "Анна||Ким|"),
            (Untold, "Ким, Анна Петровна", "Анна|Петровна|Ким|"),
            (
                Untold,
                "Анна-Мария Салтыкова-Щедрина",
                "Анна-Мария Салтыкова-Щедрина|||",
            ),
            (Untold, "John Smith", "John||Smith|"),
            (Untold, "John Ronald Tolkien", "John|Ronald|Tolkien|"),
            (FamilyFirst, "Smith, John", "John||Smith|"),
            (Untold, "Sean O'Neil", "Sean||O'Neil|"),
        ] {
            assert_eq!(split(name, order).join("|"), expected, "{name} {order:?}");
        }
    }

    #[test]
    fn a_patronymic_of_a_woman_is_no_given_name() {
        for (order, name, expected) in [
            (FamilyFirst, "Дана Борисовна", "Дана|Борисовна||"),
            (FamilyFirst, "Гульнара Ринатовна", "Гульнара|Ринатовна||"),
            (Untold, "Айгуль Сериковна", "Айгуль|Сериковна||"),
            (FamilyFirst, "Милорад Павич", "Павич||Милорад|"),
            (FamilyFirst, "Абрамович Роман", "Роман||Абрамович|"),
            (Untold, "Лукина Петровна", "Лукина Петровна|||"),
        ] {
            assert_eq!(split(name, order).join("|"), expected, "{name} {order:?}");
        }
    }

    #[test]
    fn a_full_name_fills_what_its_known_parts_lack() {
        for (order, name, known, expected) in [
            (Untold, "John", ["", "", "Smith"], "John|||"),
            (Untold, "John Smith", ["", "", "Smith"], "John||Smith|"),
            (Untold, "Smith, John", ["", "", "Smith"], "John||Smith|"),
            (Untold, "Mary Ann", ["", "", "Smith"], "Mary Ann|||"),
            (Untold, "John", ["", "Smith", ""], "John|||"),
            (Untold, "Smith", ["", "", "Smith"], "|||"),
            (
                GivenFirst,
                "Анна Петровна",
                ["", "", "Иванова"],
                "Анна|Петровна||",
            ),
            (GivenFirst, "А.П.", ["", "", "Иванова"], "А.П.|||"),
            (
                FamilyFirst,
                "Иванова Анна Петровна",
                ["", "Петровна", ""],
                "Анна|Петровна|Иванова|",
            ),
            (
                FamilyFirst,
                "Иванова Анна",
                ["Анна", "", ""],
                "Анна||Иванова|",
            ),
            (FamilyFirst, "Иванова Анна", ["Пётр", "", ""], "|||"),
            (FamilyFirst, "Ким Чен", ["", "", "Пак"], "|||"),
            (Untold, "ООО Лютик", ["Анна", "", ""], "|||ООО Лютик"),
            (Untold, "Анна ООО Лютик", ["Анна", "", ""], "|||"),
        ] {
            let split = split_beside(name, order, known);
            assert_eq!(split.join("|"), expected, "{name} {known:?}");
        }
    }

    #[test]
    fn what_cannot_be_parted_stays_whole() {
        for name in [
            "Анна",
            "Чен Ким",
            "Иванов И.И.",
            "Ирина Марина",
            "Olga Ким",
            "Juan Carlos de la Cruz",
            "Менеджер 2",
            "李小龙",
            "Анна, Пётр, Иван",
            "",
        ] {
            assert_eq!(split(name, Untold).join("|"), format!("{name}|||"));
        }
        for name in [
            "Анна и Мария",
            "Салон красоты",
            "Салон красоты Анна",
            "Самозанятый Иванов Иван",
            "Ivanov Ivan",
        ] {
            assert_eq!(split(name, FamilyFirst).join("|"), format!("{name}|||"));
        }
    }

    #[test]
    fn a_company_is_no_person() {
        for name in [
            "ООО Ромашка",
            "ИП Ким Е.А.",
            "АО «Лютик»",
            "Ромашка, ЗАО",
            "«Спица»",
            "Acme LLC",
            "Acme, Ltd.",
        ] {
            assert_eq!(split(name, Untold).join("|"), format!("|||{name}"));
        }
        assert_eq!(split("Ипатов Аоки", FamilyFirst).join("|"), "Аоки||Ипатов|");
    }
}
