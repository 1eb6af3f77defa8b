//! Decides which columns hold the names of the contact. A row may hold two people, the recipient and the contact, or two
//! contacts; a name of one of them must never be sent with the number of the other.

use super::columns::{self, Field, Meaning};
use super::full_name::NameOrder;
use super::heading_map::HeadingMap;

pub(super) const NAMES: [Field; 4] = [
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::Company,
];

/// The columns of names, by their positions from 0.
#[derive(Debug, Default)]
pub(super) struct NameColumns {
    /// First, middle and last name and company.
    pub(super) parts: [Vec<usize>; 4],
    /// Full names.
    pub(super) full: Vec<(usize, NameOrder)>,
}

impl NameColumns {
    /// Finds every column of a name.
    pub(super) fn find(map: &HeadingMap<'_>) -> Self {
        let mut found = Self {
            parts: NAMES.map(|field| map.columns(field)),
            full: Vec::new(),
        };
        for order in [
            NameOrder::FamilyFirst,
            NameOrder::GivenFirst,
            NameOrder::Untold,
        ] {
            let columns = map.meaning(Meaning::FullName(order));
            let columns = columns.into_iter().map(|index| (index, order));
            found.full.extend(columns);
        }
        found
    }

    /// Puts the names first whose headings say that they are the contact's.
    pub(super) fn contact_first(mut self, map: &HeadingMap<'_>) -> Self {
        let comes_later = |index: usize| !map.is_named(index) && !map.is_of_contact(index);
        for columns in &mut self.parts {
            columns.sort_by_key(|index| comes_later(*index));
        }
        self.full.sort_by_key(|(index, _)| comes_later(*index));
        self
    }

    /// Leaves out the names of the recipient, whose first column is at `recipient`; the number of the contact is at
    /// `phone`. If two columns hold the same kind of name, the contact's is the one whose heading says so, or that is on
    /// the contact's side of the recipient.
    pub(super) fn without_recipient(
        mut self,
        map: &HeadingMap<'_>,
        recipient: usize,
        phone: usize,
    ) -> Self {
        let is_marked = |index: usize| map.is_named(index) || map.is_of_contact(index);
        let is_beside =
            |index: usize| map.is_named(index) || (index > recipient) == (phone > recipient);
        let [.., company] = &mut self.parts;
        for is_ours in [&is_marked as &dyn Fn(usize) -> bool, &is_beside] {
            if company.iter().any(|index| is_ours(*index)) {
                company.retain(|index| is_ours(*index));
            }
        }
        for is_ours in [&is_marked as &dyn Fn(usize) -> bool, &is_beside] {
            if self.are_of_two(is_ours) {
                self.retain_people(is_ours);
            }
        }
        self
    }

    fn retain_people(&mut self, is_ours: impl Fn(usize) -> bool) {
        for columns in &mut self.parts[..3] {
            columns.retain(|index| is_ours(*index));
        }
        self.full.retain(|(index, _)| is_ours(*index));
    }

    /// Whether the same kind of name is in a column that is ours and in one that is not; a full name is of every kind.
    fn are_of_two(&self, is_ours: impl Fn(usize) -> bool) -> bool {
        let has = |columns: &[usize], ours: bool| columns.iter().any(|one| is_ours(*one) == ours);
        let full: Vec<usize> = self.full.iter().map(|(index, _)| *index).collect();
        self.parts[..3].iter().any(|columns| {
            [true, false].map(|ours| has(columns, ours) || has(&full, ours)) == [true, true]
        })
    }
}

/// Returns those of these names that may be the recipient's: all of them are on the recipient's side of its column, no
/// heading says whose they are, and one of the columns that are not understood may hold the contact's name.
pub(super) fn perhaps_of_recipient(
    map: &HeadingMap<'_>,
    names: &[usize],
    recipient: usize,
    phone: usize,
) -> Vec<usize> {
    let is_beside_recipient = |index: &usize| {
        let is_certain = map.is_named(*index) || map.is_of_contact(*index);
        !is_certain && (*index > recipient) != (phone > recipient)
    };
    let beside_phone = if phone > recipient {
        phone - 1
    } else {
        phone + 1
    };
    let mut others = map.unknown();
    let has_other =
        others.any(|(index, heading)| index == beside_phone || columns::is_of_employee(heading));
    if has_other && names.iter().all(is_beside_recipient) {
        names.to_vec()
    } else {
        Vec::new()
    }
}

/// Returns the columns of a table that holds several people in each row under equal headings, such as
/// `Имя, Телефон, Имя, Телефон`, if more than one of them is used. Which number belongs to which name is not certain.
pub(super) fn of_several_people(
    map: &HeadingMap<'_>,
    names: &[usize],
    phones: &[usize],
    has_recipient: bool,
) -> Vec<usize> {
    let used_names = map.repeated(names, HeadingMap::is_mapped);
    if has_recipient && !used_names.is_empty() {
        return used_names;
    }
    let all = |is_such: fn(Meaning) -> bool| map.repeated(&map.with(is_such), |_, _| false);
    let (all_names, all_phones) = (all(is_name), all(is_phone));
    let is_used = !used_names.is_empty() || !map.repeated(phones, HeadingMap::is_mapped).is_empty();
    if all_names.is_empty() || all_phones.is_empty() || !is_used {
        return Vec::new();
    }
    let mut columns: Vec<usize> = all_names.into_iter().chain(all_phones).collect();
    columns.sort_unstable();
    columns
}

/// Whether a column with this meaning holds the name of a person.
const fn is_name(meaning: Meaning) -> bool {
    match meaning {
        Meaning::FullName(_) => true,
        Meaning::Named(field) | Meaning::Synonym(field) => matches!(
            field,
            Field::FirstName | Field::MiddleName | Field::LastName
        ),
        Meaning::Addressee | Meaning::Phone(_) | Meaning::Key => false,
    }
}

const fn is_phone(meaning: Meaning) -> bool {
    let is_of_contact = matches!(
        meaning,
        Meaning::Named(Field::PhoneContact) | Meaning::Synonym(Field::PhoneContact)
    );
    is_of_contact || columns::names_person(meaning)
}
