//! Files whose lines and cards have run into one another, made at random: whatever is lost, no name comes
//! out with the number of another person; and where only the cards have run together, everybody comes out.

use std::io::Write;

use super::super::{Input, ReadOptions, open};

const NAMES: [&str; 6] = [
    "Анна Зимина",
    "Пётр Лосев",
    "Oleg Kim",
    "ANNA HOTEL",
    "Jo B",
    "Ольга",
];

fn number(person: usize) -> String {
    format!("+7900123450{person}")
}

/// The lines of a card; `style` says which of the names it has and in what order.
fn lines(person: usize, style: u8, has_number: bool) -> Vec<String> {
    let name = NAMES[person];
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    let parts = format!("N:{family};{given};;;");
    let mut lines = vec!["BEGIN:VCARD".to_owned(), "VERSION:3.0".to_owned()];
    match style {
        0 => lines.push(parts),
        1 => lines.push(format!("FN:{name}")),
        2 => lines.extend([parts, format!("FN:{name}")]),
        _ => lines.extend([format!("FN:{name}"), parts]),
    }
    if has_number {
        lines.push(format!("TEL;TYPE=CELL:{}", number(person)));
    }
    let more = [
        format!("EMAIL:{person}@example.com"),
        "NOTE:ok".to_owned(),
        "X-A:b".to_owned(),
    ];
    lines.extend(more.into_iter().take(usize::from(style)));
    lines.push("END:VCARD".to_owned());
    lines
}

/// Every card that is not damaged: its names and its numbers.
fn read(text: &str) -> Vec<(String, String)> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let Ok(Input::Cards(mut cards)) = open(file.path(), &ReadOptions::default()) else {
        return Vec::new();
    };
    let mut seen = Vec::new();
    while let Some(card) = cards.read_card().unwrap() {
        if card.fault.is_none() {
            let names = [card.given, card.family, card.formatted].join(" ");
            let numbers = card
                .phones
                .iter()
                .map(|phone| phone.value.clone())
                .collect::<Vec<_>>();
            seen.push((names, numbers.join(" ")));
        }
    }
    seen
}

/// Who is meant by a text, as far as somebody is.
fn people(text: &str, of: impl Fn(usize) -> Vec<String>) -> Vec<usize> {
    (0..NAMES.len())
        .filter(|person| of(*person).iter().any(|word| text.contains(word.as_str())))
        .collect()
}

#[test]
fn no_name_comes_out_with_the_number_of_another_whatever_has_run_together() {
    let ends = [
        "\n", "\n", "\n", "\r\n", "", " ", "\t", "\0", "\u{FEFF}", "\n ", "\r", "\u{A0}",
    ];
    for seed in 0..4_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let style = random.u8(..4);
        let mut text = String::new();
        for person in 0..random.usize(2..NAMES.len()) {
            for line in lines(person, style, random.u8(..3) > 0) {
                let is_marker = line.ends_with("VCARD");
                if is_marker && random.u8(..4) == 0 {
                    continue;
                }
                text += &if is_marker && random.bool() {
                    line.to_lowercase()
                } else {
                    line
                };
                let often = if is_marker { ends.len() } else { 5 };
                text += ends[random.usize(..often)];
            }
        }
        for (names, numbers) in read(&text) {
            let named = people(&names, |person| {
                NAMES[person].split(' ').map(str::to_owned).collect()
            });
            let called = people(&numbers, |person| vec![number(person)]);
            // "ANNA" is nobody else's, for case counts.
            let one = named.len() <= 1
                && called.len() <= 1
                && (called.is_empty() || named.is_empty() || called == named);
            assert!(one, "seed {seed}: {names:?} has {numbers:?} in\n{text:?}");
        }
    }
}

#[test]
fn cards_that_have_run_together_at_their_ends_all_come_out() {
    let between = [
        "",
        " ",
        "\t",
        "\0",
        "\u{FEFF}",
        "\u{A0}\0 ",
        "\n",
        "\r\n\u{1A}",
    ];
    for seed in 0..2_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (style, count) = (random.u8(..4), random.usize(2..NAMES.len()));
        let mut text = String::new();
        for person in 0..count {
            let mut lines = lines(person, style, true);
            let ends = random
                .choice(["END:VCARD", "end:vcard", "End : vCard", "item1.END:VCARD"])
                .unwrap();
            let begins = random
                .choice([
                    "BEGIN:VCARD",
                    "begin:vcard",
                    " Begin:\tvCard",
                    "home.begin:vcard",
                ])
                .unwrap();
            let last = lines.len() - 1;
            (lines[0], lines[last]) = (begins.to_owned(), ends.to_owned());
            // The end of the last value may be glued too, where a group is not taken for a part of it.
            let is_glued = random.bool() && !ends.starts_with("item1");
            let end = lines.pop().unwrap();
            text += &(lines.join("\r\n") + if is_glued { "" } else { "\r\n" } + &end);
            text += between[random.usize(..between.len())];
        }
        let seen = read(&text);
        assert_eq!(seen.len(), count, "seed {seed}: {seen:?} in\n{text:?}");
        for (person, (names, numbers)) in seen.iter().enumerate() {
            assert!(
                NAMES[person].split(' ').all(|word| names.contains(word)),
                "seed {seed}: {names}\n{text:?}"
            );
            assert_eq!(*numbers, number(person), "seed {seed}:\n{text:?}");
        }
    }
}
