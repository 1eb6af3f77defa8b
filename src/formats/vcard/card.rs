//! One vCard as the parser read it: names, numbers and the kinds of the numbers, all as written. `ingest` decides which
//! number is taken.

use std::borrow::Cow;

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};

use super::card_phone::{CardPhone, phones, text};
use super::person::{self, CardOwner};
use super::property::Property;
use crate::i18n::CardFault;

/// One contact card. Its texts are trimmed; an empty text means that it is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The ordinal of the card in the file, from 1.
    pub number: u64,
    /// The line of its BEGIN, from 1.
    pub line: u64,
    /// Given name, from N.
    pub given: String,
    /// Additional names, from N.
    pub additional: String,
    /// Family name, from N.
    pub family: String,
    /// The display name, from FN.
    pub formatted: String,
    /// The organization, from ORG, without its units.
    pub organization: String,
    /// The numbers, in the order of the card.
    pub phones: Vec<CardPhone>,
    /// The e-mail addresses, in the order of the card.
    pub emails: Vec<String>,
    /// The UID.
    pub uid: String,
    /// Whether it is a group of people; [`super::Cards::read_card`] returns none of them.
    pub is_group: bool,
    /// Why this card cannot be read. Apart from its place, and the numbers that are known, the card is empty then.
    pub fault: Option<CardFault>,
}

/// Reads the properties of one card, one per line. If it may belong to two people, only its numbers are read.
pub(super) fn read(properties: &str) -> Result<Card, CardFault> {
    let text = format!("BEGIN:VCARD\n{}END:VCARD\n", with_bare_types(properties));
    let parsed = VCard::parse(text).map_err(|_| CardFault::NoCard)?;
    let is_group = match person::owner(properties) {
        CardOwner::Several(fault) => {
            return Ok(Card {
                phones: phones(&parsed),
                ..Card::broken(fault)
            });
        }
        CardOwner::Group => true,
        CardOwner::Person => false,
    };
    let formatted = first(&parsed, &VCardProperty::Fn);
    let name = parsed
        .properties(&VCardProperty::N)
        .map(|entry| parts(entry, &formatted))
        .find(|name| !name.is_empty());
    let mut name = separated(name.unwrap_or_default(), &formatted).into_iter();
    let family = name.next().unwrap_or_default();
    Ok(Card {
        given: name.next().unwrap_or_default(),
        additional: name.next().unwrap_or_default(),
        family,
        formatted,
        organization: first(&parsed, &VCardProperty::Org),
        phones: phones(&parsed),
        emails: all(&parsed, &VCardProperty::Email).collect(),
        uid: first(&parsed, &VCardProperty::Uid),
        is_group,
        ..Card::default()
    })
}

/// Rewrites `TYPE="work,pref"` as `TYPE=work,pref`: inside quotation marks the parser drops types that RFC 6350 does
/// not have.
fn with_bare_types(properties: &str) -> Cow<'_, str> {
    if !properties.contains('"') {
        return Cow::Borrowed(properties);
    }
    let mut text = String::with_capacity(properties.len());
    for line in properties.split_inclusive('\n') {
        let value = Property::parse(line.as_bytes())
            .value
            .map_or(0, <[u8]>::len);
        let (head, value) = line.split_at(line.len() - value);
        for part in head.split_inclusive(';') {
            let words = !part.trim_end_matches(':').contains(':') && part.matches('"').count() == 2;
            let is_type = part
                .get(..5)
                .is_some_and(|name| name.eq_ignore_ascii_case("TYPE="));
            let bare = words && is_type;
            text.push_str(&if bare {
                Cow::Owned(part.replace('"', ""))
            } else {
                Cow::Borrowed(part)
            });
        }
        text.push_str(value);
    }
    Cow::Owned(text)
}

impl Card {
    /// Returns a card that cannot be read, with the reason.
    pub(super) fn broken(fault: CardFault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }
}

/// Returns the parts of a name, or none if all are empty.
fn parts(entry: &VCardEntry, formatted: &str) -> Vec<String> {
    let part = |value| part(value, formatted);
    let parts: Vec<String> = entry.values.iter().map(part).collect();
    if parts.iter().all(String::is_empty) {
        Vec::new()
    } else {
        parts
    }
}

/// Returns one part of a name. A comma separates several names (`Philip,Paul`, RFC 6350), but programs also write commas
/// of the text without escaping them: such a comma is followed by a space, or stands in FN too.
fn part(value: &VCardValue, formatted: &str) -> String {
    let VCardValue::Component(names) = value else {
        return text(value);
    };
    let close = |text: &str| text.split_whitespace().collect::<String>();
    let is_shown = close(formatted).contains(&close(&names.join(",")));
    let mut part = String::new();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let is_text = is_shown || name.starts_with(char::is_whitespace);
        match (part.is_empty(), is_text) {
            (true, _) => {}
            (false, true) => part.push(','),
            (false, false) => part.push(' '),
        }
        part.push_str(name.trim_end());
    }
    part.trim().to_owned()
}

/// Splits a name whose separators were escaped (`Doe\;John`), so that they look like part of the family name. The split
/// counts if FN has no other words; otherwise FN is the name. A name that really contains such characters has them in
/// FN too.
fn separated(parts: Vec<String>, formatted: &str) -> Vec<String> {
    let Some((family, others)) = parts.split_first() else {
        return parts;
    };
    let separator = [';', ','].into_iter().find(|sign| family.contains(*sign));
    let is_whole = others.iter().any(|part| !part.is_empty()) || family == formatted;
    let Some(separator) = separator.filter(|_| !is_whole) else {
        return parts;
    };
    let split: Vec<String> = family
        .split(separator)
        .map(|part| part.trim().to_owned())
        .collect();
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    let known: Vec<String> = split.iter().flat_map(|part| words(part)).collect();
    let is_confirmed = words(formatted).iter().all(|word| known.contains(word));
    match separator {
        ';' if is_confirmed => split,
        ';' => Vec::new(),
        // Without FN, `Doe, Jr.` is as likely as `Doe, John`.
        _ if is_confirmed && split.len() == 2 && !formatted.is_empty() => split,
        _ => parts,
    }
}

fn first(card: &VCard, property: &VCardProperty) -> String {
    all(card, property).next().unwrap_or_default()
}

/// Returns the first non-empty part of every entry of a property.
fn all(card: &VCard, property: &VCardProperty) -> impl Iterator<Item = String> {
    let entries = card
        .entries
        .iter()
        .filter(move |entry| entry.name == *property);
    entries.filter_map(|entry| entry.values.iter().map(text).find(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::card_phone::PhoneKind;
    use super::*;

    fn phone(lines: &str) -> (String, Option<String>, bool, PhoneKind) {
        let card = read(&format!("{lines}\n")).unwrap();
        let phone = card.phones.first().unwrap();
        (
            phone.value.clone(),
            phone.waid.clone(),
            phone.preferred,
            phone.kind,
        )
    }

    #[test]
    fn a_number_comes_with_what_tells_it_apart() {
        use PhoneKind::{Assistant, Data, Fax, Home, Mobile, Other, Pager, Work};
        for (lines, value, waid, preferred, kind) in [
            ("TEL:+7 900 123-45-67", "+7 900 123-45-67", "", false, Other),
            ("TEL;CELL:79001234567", "79001234567", "", false, Mobile),
            (
                "TEL;VALUE=uri:tel:9161234567;phone-context=+1",
                "+19161234567",
                "",
                false,
                Other,
            ),
            (
                "TEL;VALUE=uri:tel:+79001234567;phone-context=+1",
                "+79001234567",
                "",
                false,
                Other,
            ),
            (
                "TEL;VALUE=uri:tel:1234;phone-context=example.com",
                "1234",
                "",
                false,
                Other,
            ),
            ("TEL;CELL;PREF:79001234567", "79001234567", "", true, Mobile),
            (
                "TEL;TYPE=CELL,PREF:79001234567",
                "79001234567",
                "",
                true,
                Mobile,
            ),
            (
                "TEL;TYPE=\"cell,pref\":79001234567",
                "79001234567",
                "",
                true,
                Mobile,
            ),
            (
                "TEL;TYPE=\"a:b\";TYPE=\"pref\";X=\"c;d\":7900",
                "7900",
                "",
                true,
                Other,
            ),
            (
                "TEL;TYPE=\"work, PREF\":79001234567",
                "79001234567",
                "",
                true,
                Work,
            ),
            (
                "TEL;type=WORK;type=pref:79001234567",
                "79001234567",
                "",
                true,
                Work,
            ),
            (
                "TEL;PREF=1;TYPE=home:79001234567",
                "79001234567",
                "",
                true,
                Home,
            ),
            ("TEL;WORK;FAX:79001234567", "79001234567", "", false, Fax),
            (
                "TEL;TYPE=pager:79001234567",
                "79001234567",
                "",
                false,
                Pager,
            ),
            ("TEL;TYPE=fax,voice,msg:7900", "7900", "", false, Other),
            ("TEL;WORK;VOICE;FAX:7900", "7900", "", false, Work),
            ("TEL;TYPE=pager;TYPE=voice:7900", "7900", "", false, Other),
            ("TEL;TYPE=\"fax,text\":7900", "7900", "", false, Other),
            ("TEL;TYPE=fax,msg:7900", "7900", "", false, Fax),
            ("TEL;TYPE=fax,cell:7900", "7900", "", false, Mobile),
            ("TEL;MODEM:7900", "7900", "", false, Data),
            ("TEL;WORK;ISDN:7900", "7900", "", false, Data),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:_$!<Assistant>!$_",
                "7900",
                "",
                false,
                Assistant,
            ),
            ("TEL;X-TELEX:7900", "7900", "", false, Data),
            (
                "TEL:+7 495 1234567 (факс)",
                "+7 495 1234567 (факс)",
                "",
                false,
                Fax,
            ),
            (
                "TEL;VOICE:т/ф 4951234567",
                "т/ф 4951234567",
                "",
                false,
                Other,
            ),
            (
                "TEL;TYPE=\"voice,cell\";VALUE=uri:tel:+7-900;ext=102",
                "+7-900 ext. 102",
                "",
                false,
                Mobile,
            ),
            (
                "TEL;VALUE=uri:TEL:+14186569254",
                "+14186569254",
                "",
                false,
                Other,
            ),
            (
                "item1.TEL;waid=79001230000:+7 900",
                "+7 900",
                "79001230000",
                false,
                Other,
            ),
            (
                "item1.TEL;WAID=79001230000",
                "",
                "79001230000",
                false,
                Other,
            ),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:_$!<HomeFAX>!$_",
                "7900",
                "",
                false,
                Fax,
            ),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:Мобильный",
                "7900",
                "",
                false,
                Mobile,
            ),
            (
                "item1.TEL:7900\nitem2.X-ABLabel:Факс",
                "7900",
                "",
                false,
                Other,
            ),
            ("TEL;X-IPHONE:7900", "7900", "", false, Mobile),
            (
                "item1.TEL;VOICE:7900\nitem1.X-ABLabel:Факс сотрудника",
                "7900",
                "",
                false,
                Fax,
            ),
            (
                "item1.TEL;CELL:7900\nitem1.X-ABLabel:fax",
                "7900",
                "",
                false,
                Fax,
            ),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:Тел./факс",
                "7900",
                "",
                false,
                Other,
            ),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:Телефакс",
                "7900",
                "",
                false,
                Fax,
            ),
            (
                "item1.TEL;FAX:7900\nitem1.X-ABLabel:Телефон",
                "7900",
                "",
                false,
                Other,
            ),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:_$!<Pager>!$_",
                "7900",
                "",
                false,
                Pager,
            ),
        ] {
            let waid = (!waid.is_empty()).then(|| waid.to_owned());
            assert_eq!(
                phone(lines),
                (value.to_owned(), waid, preferred, kind),
                "{lines}"
            );
        }
    }

    #[test]
    fn a_label_counts_however_a_program_writes_it() {
        use PhoneKind::{Fax, Mobile, Other, Pager, Work};
        for (lines, kind) in [
            ("item1.TEL:7900\nITEM1.X-ABLABEL:Fax", Fax),
            ("Item1.TEL:7900\nitem1.X-ABLabel:Факс", Fax),
            (
                "item1.TEL:7900\nitem1.X-ABLabel:Дача\nitem1.X-ABLabel:Факс",
                Fax,
            ),
            ("item1.TEL:7900\nitem1.X-LABEL:fax", Fax),
            (
                "TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D0=A4=D0=B0=D0=BA=D1=81):7900",
                Fax,
            ),
            (
                "TEL;X-CUSTOM(CHARSET=WINDOWS-1251,ENCODING=QUOTED-PRINTABLE,=D4=E0=EA=F1):7900",
                Fax,
            ),
            (
                "TEL;CELL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D0=A4=D0=B0=D0=BA=D1=81):7900",
                Fax,
            ),
            ("TEL;X-CUSTOM(fax):7900", Fax),
            ("TEL;x-custom=Факс:7900", Fax),
            ("TEL;LABEL=Fax:7900", Fax),
            ("TEL;LABEL=\"Fax, 2nd floor\":7900", Fax),
            ("TEL;label=Пейджер;TYPE=work:7900", Pager),
            ("TEL;X-LABEL=office fax:7900", Fax),
            ("TEL;TYPE=X-Fax:7900", Fax),
            ("TEL;TYPE=WORK;X-EVOLUTION-UI-SLOT=1:7900", Work),
            ("TEL;LABEL=Телефон/факс:7900", Other),
            ("TEL;LABEL=Мобильный:7900", Mobile),
            ("TEL;TYPE=fax;LABEL=Телефон:7900", Other),
            (
                "TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D0=94):7900",
                Other,
            ),
        ] {
            assert_eq!(phone(lines).3, kind, "{lines}");
        }
    }

    #[test]
    fn the_most_preferred_number_is_preferred_and_never_a_fax() {
        for (lines, preferred) in [
            (
                "TEL;PREF=2:1\nTEL;PREF=1:2\nTEL:3\n",
                &[false, true, false][..],
            ),
            ("TEL;FAX;PREF:1\nTEL;PREF=50:2\n", &[false, true]),
            ("TEL;FAX;PREF=1:1\nTEL;CELL;PREF=1:2\n", &[false, true]),
            ("TEL;CELL:1\nTEL:\nTEL;WORK:2\n", &[false, false]),
        ] {
            let seen: Vec<_> = read(lines)
                .unwrap()
                .phones
                .iter()
                .map(|phone| phone.preferred)
                .collect();
            assert_eq!(seen, preferred, "{lines}");
        }
    }

    #[test]
    fn names_come_as_the_card_parts_them() {
        for (lines, expected) in [
            (
                "N:Иванова;Анна;Петровна;;\nFN:Анна Иванова",
                ["Анна", "Петровна", "Иванова", "Анна Иванова", ""],
            ),
            ("N:Doe;John", ["John", "", "Doe", "", ""]),
            (
                "N:;;;;\nN:Doe;Philip,Paul",
                ["Philip Paul", "", "Doe", "", ""],
            ),
            (
                "N:Doe;Philip,Paul\nFN:Philip Paul Doe",
                ["Philip Paul", "", "Doe", "Philip Paul Doe", ""],
            ),
            ("N:Ромашка, ООО;;;;", ["", "", "Ромашка, ООО", "", ""]),
            (
                "N:Ромашка,ООО;;;;\nFN:Ромашка, ООО",
                ["", "", "Ромашка,ООО", "Ромашка, ООО", ""],
            ),
            ("N:Ромашка,;;;;", ["", "", "Ромашка", "", ""]),
            (
                "N:Doe, John;;;;\nFN:John Doe",
                ["John", "", "Doe", "John Doe", ""],
            ),
            (
                "ORG:Рога\\; копыта, ООО;Склад",
                ["", "", "", "", "Рога; копыта, ООО"],
            ),
            ("ORG:;Склад\nFN:  a ", ["", "", "", "a", "Склад"]),
            ("FN:\nFN:b\nthis is no property", ["", "", "", "b", ""]),
            (
                "N:Doe\\;John\\;Q\\;\\;;;;;\nFN:John Q Doe",
                ["John", "Q", "Doe", "John Q Doe", ""],
            ),
            ("N:Doe\\;John;;;", ["John", "", "Doe", "", ""]),
            (
                "N:Doe\\;John;;;\nFN:Johnny Doe",
                ["", "", "", "Johnny Doe", ""],
            ),
            (
                "N:;Doe\\;John;;\nFN:John Doe",
                ["Doe;John", "", "", "John Doe", ""],
            ),
            (
                "N:Doe\\;Co;;;;\nFN:Doe\\;Co",
                ["", "", "Doe;Co", "Doe;Co", ""],
            ),
            (
                "N:Doe\\, John;;;;\nFN:John Doe",
                ["John", "", "Doe", "John Doe", ""],
            ),
            (
                "N:Doe\\, Jr.;John;;;\nFN:John Doe",
                ["John", "", "Doe, Jr.", "John Doe", ""],
            ),
        ] {
            let card = read(&format!("{lines}\n")).unwrap();
            let seen = [
                card.given,
                card.additional,
                card.family,
                card.formatted,
                card.organization,
            ];
            assert_eq!(seen.each_ref().map(String::as_str), expected, "{lines}");
        }
    }

    #[test]
    fn addresses_and_uid_are_kept() {
        let card = read("UID:urn:uuid:4f\nEMAIL;TYPE=work:a@b.c\nitem1.EMAIL:d@e.f\n").unwrap();
        assert_eq!(
            (card.uid.as_str(), card.emails),
            ("urn:uuid:4f", vec!["a@b.c".into(), "d@e.f".into()])
        );
    }
}
