//! Reads one vCard, as a contact to send or as a recipient.

use crate::domain::{Contact, Problem, ProblemCode, RawCells, Recipient, is_blank};
use crate::formats::{Card, CardPhone, PhoneKind};
use crate::i18n::Sentence;

use super::choice::{Candidate, choose};
use super::columns::Field;
use super::header::Role;
use super::names::{self, Name};
use super::numbers::{NumberRules, Parsed, clipped, read_number};
use super::recipients::read_recipient;
use super::row::{ContactKeys, MatchCell, Row};
use super::rows::phone_code;

const PHONE: &str = "TEL";

/// A card, and the role of its file.
pub(super) struct VcardRow<'a> {
    pub(super) card: &'a Card,
    pub(super) role: Role,
}

/// Returns which property becomes which field.
pub(super) fn used(role: Role) -> Vec<(Field, String)> {
    let fields: &[(Field, &str)] = match role {
        Role::Recipients => &[(Field::PhoneNumber, PHONE)],
        Role::Contacts | Role::Messages => &[
            (Field::PhoneContact, PHONE),
            (Field::FirstName, "N"),
            (Field::MiddleName, "N"),
            (Field::LastName, "N"),
            (Field::Company, "ORG"),
        ],
    };
    fields
        .iter()
        .map(|(field, property)| (*field, (*property).to_owned()))
        .collect()
}

/// Returns the properties that are kept beside the results: the name of a recipient, so that the user sees who it was.
pub(super) fn own_properties(role: Role) -> Vec<String> {
    match role {
        Role::Recipients => vec!["FN".to_owned()],
        Role::Contacts | Role::Messages => Vec::new(),
    }
}

impl Row for VcardRow<'_> {
    fn number(&self) -> u64 {
        self.card.number
    }

    fn fault(&self) -> Option<Problem> {
        let fault = self.card.fault?;
        Some(Problem {
            code: ProblemCode::CardDamaged,
            column: String::new(),
            value: String::new(),
            sentence: Sentence::CardDamaged {
                line: self.card.line,
                fault,
            },
        })
    }

    fn recipient(&self, numbers: NumberRules) -> Result<Parsed<Recipient>, Problem> {
        let read = |number: &str| {
            let reading = read_recipient(number, false, numbers);
            reading.map_err(|found| problem(found.code, number, found.sentence))
        };
        let missing = || problem(ProblemCode::RecipientMissing, "", no_number(self.card));
        choose(offered(self.card, read)).unwrap_or_else(|| Err(missing()))
    }

    fn contact(&self, numbers: NumberRules) -> Result<Parsed<Contact>, Problem> {
        let read = |number: &str| {
            let reading = read_number(number, false, numbers);
            reading.map_err(|found| problem(phone_code(&found), number, found.sentence))
        };
        let missing = || problem(ProblemCode::PhoneMissing, "", no_number(self.card));
        let phone = choose(offered(self.card, read)).unwrap_or_else(|| Err(missing()))?;
        names::contact(phone, self.names())
    }

    fn time_zone(&self) -> Result<Option<String>, Problem> {
        Ok(None)
    }

    fn written(&self) -> RawCells {
        let number = numbers_of(self.card)
            .next()
            .filter(|_| self.card.fault.is_none());
        let number = number.unwrap_or_default().to_owned();
        match self.role {
            Role::Recipients => RawCells {
                recipient: number,
                ..RawCells::default()
            },
            Role::Contacts | Role::Messages => RawCells {
                phone_contact: number,
                names: self.names().map(Name::shown),
                ..RawCells::default()
            },
        }
    }

    fn own_cells(&self) -> Vec<String> {
        match self.role {
            Role::Recipients => vec![self.card.formatted.clone()],
            Role::Contacts | Role::Messages => Vec::new(),
        }
    }

    fn keys(&self) -> ContactKeys {
        let Card {
            formatted,
            uid,
            emails,
            ..
        } = self.card;
        let bare_uid = uid.strip_prefix("urn:uuid:").unwrap_or(uid);
        let uids = [uid, bare_uid].into_iter().map(str::to_owned);
        ContactKeys {
            names: self.names().map(|name| name.text.into_owned()),
            full_names: vec![formatted.clone()],
            ids: uids.chain(emails.iter().cloned()).collect(),
        }
    }

    fn match_cell(&self) -> Option<MatchCell<'_>> {
        None
    }
}

impl VcardRow<'_> {
    /// Returns the parts of N, or else FN as a first name; and the company.
    fn names(&self) -> [Name<'_>; 4] {
        let Card {
            given,
            additional,
            family,
            formatted,
            organization,
            ..
        } = self.card;
        let [given, additional, family] =
            [given, additional, family].map(|part| Name::read("N", part));
        let has_parts = [&given, &additional, &family]
            .iter()
            .any(|part| !part.is_blank());
        // If only a company is known, programs repeat it as FN.
        let shown = if formatted == organization {
            ""
        } else {
            formatted
        };
        let first = if has_parts {
            given
        } else {
            Name::read("FN", shown)
        };
        [first, additional, family, Name::read("ORG", organization)]
    }
}

/// Reads each number of a card.
fn offered<T>(
    card: &Card,
    read: impl Fn(&str) -> Result<Parsed<T>, Problem>,
) -> impl Iterator<Item = Candidate<'_, T>> {
    numbers_of(card).map(move |written| Candidate {
        written,
        column: "",
        reading: read(written),
    })
}

/// Returns the numbers of a card, best first: preferred, with a WhatsApp id, mobile, work, other. The WhatsApp id of a
/// number comes before its text; a fax, a pager and the number of an assistant are left out.
fn numbers_of(card: &Card) -> impl Iterator<Item = &str> {
    let mut phones: Vec<&CardPhone> = card
        .phones
        .iter()
        .filter(|phone| rank(phone).is_some())
        .collect();
    phones.sort_by_key(|phone| rank(phone));
    let texts = phones
        .into_iter()
        .flat_map(|phone| [phone.waid.as_deref(), Some(phone.value.as_str())]);
    texts.flatten().filter(|text| !is_blank(text))
}

/// Ranks a number: the smallest is tried first; `None` for one that is never used. Phones of Apple prefer the first
/// number of each card, so a preferred one at work or at home comes after WhatsApp and mobiles.
fn rank(phone: &CardPhone) -> Option<(bool, bool, bool, bool, PhoneKind)> {
    if !phone.kind.is_telephone() {
        return None;
    }
    let is_at_place = matches!(phone.kind, PhoneKind::Work | PhoneKind::Home);
    let is_mobile = phone.kind == PhoneKind::Mobile;
    Some((
        !phone.preferred || is_at_place,
        phone.waid.is_none(),
        !is_mobile,
        !phone.preferred,
        phone.kind,
    ))
}

/// Returns the sentence for a card without a telephone; it names the kinds of number that the card has.
fn no_number(card: &Card) -> Sentence {
    let line = card.line;
    let number_of_kind = |kind| {
        card.phones
            .iter()
            .find(|phone| phone.kind == kind)
            .map(|phone| clipped(&phone.value))
    };
    if let Some(value) = number_of_kind(PhoneKind::Fax) {
        Sentence::OnlyFax { line, value }
    } else if let Some(value) = number_of_kind(PhoneKind::Pager) {
        Sentence::OnlyPager { line, value }
    } else if let Some(value) = number_of_kind(PhoneKind::Data) {
        Sentence::OnlyData { line, value }
    } else if let Some(value) = number_of_kind(PhoneKind::Assistant) {
        Sentence::OnlyAssistant { line, value }
    } else {
        Sentence::NoTelephone { line }
    }
}

fn problem(code: ProblemCode, value: &str, sentence: Sentence) -> Problem {
    Problem {
        code,
        column: PHONE.to_owned(),
        value: value.to_owned(),
        sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WarningCode;
    use crate::i18n::{CardFault, Language};

    fn phone(value: &str, waid: Option<&str>, preferred: bool, kind: PhoneKind) -> CardPhone {
        CardPhone {
            value: value.to_owned(),
            waid: waid.map(str::to_owned),
            preferred,
            kind,
        }
    }

    fn person(phones: Vec<CardPhone>) -> Card {
        Card {
            number: 3,
            line: 20,
            given: "Артем".into(),
            phones,
            ..Card::default()
        }
    }

    fn contact(card: &Card) -> Result<Parsed<Contact>, Problem> {
        VcardRow {
            card,
            role: Role::Contacts,
        }
        .contact(NumberRules::default())
    }

    #[test]
    fn the_best_number_that_is_good_is_taken() {
        let home = || phone("+79001234561", None, false, PhoneKind::Home);
        let work = || phone("+79001234562", None, false, PhoneKind::Work);
        let mobile = || phone("+79001234563", None, false, PhoneKind::Mobile);
        let whatsapp = || phone("", Some("79001234564"), false, PhoneKind::Other);
        let preferred = || phone("+79001234565", None, true, PhoneKind::Other);
        let fax = || phone("+79001234566", None, true, PhoneKind::Fax);
        let first = |kind| phone("+79001234567", None, true, kind);
        let assistant = || phone("+79001234568", None, false, PhoneKind::Assistant);
        let broken = || phone("123", None, true, PhoneKind::Mobile);
        for (phones, expected) in [
            (
                vec![home(), work(), mobile(), whatsapp(), preferred(), fax()],
                79_001_234_565,
            ),
            (vec![home(), work(), mobile(), whatsapp()], 79_001_234_564),
            (vec![home(), work(), mobile(), fax()], 79_001_234_563),
            (vec![home(), work()], 79_001_234_562),
            (vec![broken(), home()], 79_001_234_561),
            (vec![first(PhoneKind::Work), mobile()], 79_001_234_563),
            (vec![first(PhoneKind::Home), whatsapp()], 79_001_234_564),
            (vec![work(), first(PhoneKind::Home)], 79_001_234_567),
        ] {
            let found = contact(&person(phones)).unwrap();
            assert_eq!(found.value.phone().as_u64(), expected);
            assert!(
                found
                    .warnings
                    .iter()
                    .any(|warning| warning.code == WarningCode::MultiplePhones)
            );
        }
        let found = contact(&person(vec![assistant(), home()])).unwrap();
        assert_eq!(found.value.phone().as_u64(), 79_001_234_561);
        let same = phone(
            "+7 900 123-45-67",
            Some("79001234567"),
            false,
            PhoneKind::Mobile,
        );
        assert!(contact(&person(vec![same])).unwrap().warnings.is_empty());
    }

    #[test]
    fn a_contact_without_a_telephone_says_which_number_it_has() {
        let number_of_kind = |kind| phone("+79001234566", None, true, kind);
        for (phones, words) in [
            (
                vec![
                    number_of_kind(PhoneKind::Fax),
                    number_of_kind(PhoneKind::Pager),
                ],
                "line 20 has only a fax number, +79001234566",
            ),
            (
                vec![number_of_kind(PhoneKind::Pager)],
                "only a pager number",
            ),
            (
                vec![number_of_kind(PhoneKind::Data)],
                "only the number of a modem",
            ),
            (
                vec![number_of_kind(PhoneKind::Assistant)],
                "only the number of an assistant",
            ),
            (vec![], "has no telephone number"),
        ] {
            let problem = contact(&person(phones)).unwrap_err();
            assert_eq!(
                (problem.code, problem.column.as_str()),
                (ProblemCode::PhoneMissing, "TEL")
            );
            let said = problem.sentence.localized(Language::En);
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn a_name_falls_back_from_its_parts_to_the_shown_name_and_the_company() {
        let named = |given: &str, formatted: &str, organization: &str| {
            let mut card = person(vec![phone("79001234567", None, false, PhoneKind::Other)]);
            card.given = given.to_owned();
            card.formatted = formatted.to_owned();
            card.organization = organization.to_owned();
            contact(&card)
                .map(|found| found.value.names().map(str::to_owned))
                .map_err(|problem| problem.code)
        };
        let of = |first: &str, company: &str| {
            Ok([first.into(), String::new(), String::new(), company.into()])
        };
        assert_eq!(
            named("Артем", "Артем Е.", "Велосипед"),
            of("Артем", "Велосипед")
        );
        assert_eq!(named("", "Артем Е.", ""), of("Артем Е.", ""));
        assert_eq!(named("", "Велосипед", "Велосипед"), of("", "Велосипед"));
        assert_eq!(named("", "", ""), Err(ProblemCode::NameMissing));
    }

    #[test]
    fn a_card_can_stand_for_a_recipient() {
        let mut card = person(vec![phone("+79001234567", None, false, PhoneKind::Mobile)]);
        card.formatted = "Артем".to_owned();
        let row = VcardRow {
            card: &card,
            role: Role::Recipients,
        };
        assert_eq!(
            row.recipient(NumberRules::default())
                .unwrap()
                .value
                .to_string(),
            "79001234567"
        );
        assert_eq!(
            (row.number(), row.own_cells()),
            (3, vec!["Артем".to_owned()])
        );
    }

    #[test]
    fn a_damaged_card_says_where_it_is() {
        let card = Card {
            number: 2,
            line: 9,
            fault: Some(CardFault::Cut),
            ..Card::default()
        };
        let problem = VcardRow {
            card: &card,
            role: Role::Contacts,
        }
        .fault()
        .unwrap();
        assert_eq!(problem.code, ProblemCode::CardDamaged);
        let said = problem.sentence.localized(Language::En);
        assert!(
            said.starts_with("the vCard in line 9 cannot be read: the file ends"),
            "{said}"
        );
        let said = problem.sentence.localized(Language::Ru);
        assert!(
            said.starts_with("карточку vCard в строке 9 файла прочитать нельзя: файл обрывается"),
            "{said}"
        );
    }
}
