//! Decides what each column is. A table is read in a role: as a complete input, as recipients or as contacts. The role
//! and the other columns decide whether a plain phone column is the recipient or the contact.

use std::path::Path;

use crate::domain::{
    results::{self, ResultsLayout},
    visible,
};
use crate::formats::{FileProblem, FileProblemCode, Format, Layout, TableRow};
use crate::formats::{FileSentence, Hint};

use super::columns::{self, Field, Meaning};
use super::full_name::NameOrder;
pub use super::header_error::HeaderError;
pub(super) use super::heading_map::PhoneColumn;
use super::heading_map::{HeadingMap, letters, position};
use super::name_columns::{NAMES, NameColumns, of_several_people, perhaps_of_recipient};
use super::normalize;

/// What a file is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Recipient and contact in each row.
    Messages,
    /// A recipient in each row.
    Recipients,
    /// A contact in each row.
    Contacts,
}

impl Role {
    /// Whether this role uses the field.
    const fn asks_for(self, field: Field) -> bool {
        let is_of_recipient = matches!(
            field,
            Field::ChatId | Field::PhoneNumber | Field::Recipient | Field::TimeZone
        );
        match self {
            Self::Messages => true,
            Self::Recipients => is_of_recipient,
            Self::Contacts => !is_of_recipient,
        }
    }
}

/// The columns of a table, by their positions from 0. If a field has several columns, they are tried in this order.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) headings: Vec<String>,
    pub(super) chat_ids: Vec<usize>,
    pub(super) phone_numbers: Vec<PhoneColumn>,
    pub(super) recipients: Vec<usize>,
    pub(super) phone_contacts: Vec<PhoneColumn>,
    /// First, middle and last name and company.
    pub(super) names: [Vec<usize>; 4],
    /// Our own columns, if the table is a results file.
    pub(super) results: Option<ResultsLayout>,
    /// Full names, for rows whose first, middle and last name are blank.
    pub(super) full_names: Vec<(usize, NameOrder)>,
    /// Other identifiers of contacts: e-mail addresses, UIDs.
    pub(super) keys: Vec<usize>,
    /// The column that names the contact of each recipient (`--match`).
    pub(super) match_column: Option<usize>,
    /// The recipient's time zone; the column is also among `own_columns`.
    pub(super) time_zone: Option<usize>,
    /// The columns of the input that become no part of a message; the results keep them.
    pub(super) own_columns: Vec<usize>,
    /// Headings with look-alike letters, and how they were read.
    pub(super) lookalikes: Vec<(String, String)>,
}

/// The options of the user about columns.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MappingOptions<'a> {
    /// `--map`.
    pub(super) columns: &'a [(Field, String)],
    /// `--match`.
    pub(super) match_column: Option<&'a str>,
    /// How the table is read; used for hints if its columns are not understood.
    pub(super) layout: Option<&'a Layout>,
}

/// Returns the headings of a table: its first row or, without a header, the letters of the columns.
pub(super) fn headings(first: &TableRow, no_header: bool) -> Vec<String> {
    let heading = |(index, text): (usize, &String)| {
        if no_header {
            letters(index)
        } else {
            visible(text).into_owned()
        }
    };
    first
        .cells
        .iter()
        .map(|cell| &cell.text)
        .enumerate()
        .map(heading)
        .collect()
}

/// Builds the error for a results file whose rows cannot be identified. Read as a list, it would be sent to people who
/// already have the contact.
fn incomplete_results(path: &Path, unclear: &[&str]) -> HeaderError {
    let columns = unclear.iter().map(|heading| (*heading).to_owned());
    let sentence = FileSentence::ResultsIncomplete {
        columns: columns.collect(),
    };
    FileProblem::new(FileProblemCode::ResultsIncomplete, path, None, sentence).into()
}

/// Counts the headings with a known meaning.
pub(super) fn understood(headings: &[String]) -> usize {
    headings
        .iter()
        .filter(|heading| columns::meaning(heading).is_some())
        .count()
}

impl Header {
    /// Finds the columns of the table at `path` from its headings and the options of the user.
    pub(super) fn new(
        path: &Path,
        role: Role,
        headings: Vec<String>,
        mapping: MappingOptions<'_>,
    ) -> Result<Self, HeaderError> {
        let mapped: Vec<_> = mapping
            .columns
            .iter()
            .filter(|(field, _)| role.asks_for(*field))
            .collect();
        let map = HeadingMap::new(path, &headings, &mapped)?;
        let match_column = mapping.match_column.filter(|_| role == Role::Recipients);
        let mut header = Self {
            match_column: match_column
                .map(|column| find_match_column(path, &headings, column))
                .transpose()?,
            ..Self::default()
        };
        if role != Role::Contacts {
            header.time_zone = map.columns(Field::TimeZone).first().copied();
            header.find_recipients(&map, role);
        }
        if role != Role::Recipients {
            header.find_contact(&map, role);
        }
        header.find_own_columns(path, &headings)?;
        header.refuse_unclear_people(path, &map, role, &headings)?;
        let lookalike =
            |(index, right): &(usize, String)| (headings[*index].clone(), right.clone());
        header.lookalikes = map.lookalikes.iter().map(lookalike).collect();
        let has_people =
            !map.plain_phones().is_empty() || !map.columns(Field::PhoneContact).is_empty();
        header.headings = headings;
        if header.results.is_some() {
            for index in &header.own_columns {
                let heading = &mut header.headings[*index];
                *heading = results::plain_heading(heading).to_owned();
            }
        }
        header.check(path, role, has_people, mapping)?;
        Ok(header)
    }

    /// Finds the columns that become no part of a message; in a results file, only those that were so when it was
    /// written.
    fn find_own_columns(&mut self, path: &Path, headings: &[String]) -> Result<(), HeaderError> {
        self.own_columns = (0..headings.len())
            .filter(|index| !self.uses(*index))
            .collect();
        self.results = ResultsLayout::of(headings);
        let unclear = ResultsLayout::unclear_in(headings);
        if !unclear.is_empty() {
            return Err(incomplete_results(path, &unclear));
        }
        if let Some(results) = self.results {
            let is_own = |index: &usize| results.name_at(*index).is_none();
            self.own_columns.retain(is_own);
        }
        Ok(())
    }

    /// Returns each used column with its field, in the order of the fields.
    pub(super) fn used(&self) -> Vec<(Field, String)> {
        let of = |field, indexes: &[usize]| {
            indexes
                .iter()
                .map(move |index| (field, *index))
                .collect::<Vec<(Field, usize)>>()
        };
        let phones = |columns: &[PhoneColumn]| {
            columns
                .iter()
                .map(|column| column.index)
                .collect::<Vec<_>>()
        };
        let mut used = of(Field::ChatId, &self.chat_ids);
        used.extend(of(Field::PhoneNumber, &phones(&self.phone_numbers)));
        used.extend(of(Field::Recipient, &self.recipients));
        used.extend(of(Field::PhoneContact, &phones(&self.phone_contacts)));
        for (field, indexes) in NAMES.into_iter().zip(&self.names) {
            used.extend(of(field, indexes));
        }
        used.extend(
            self.full_names
                .iter()
                .map(|(index, _)| (Field::FirstName, *index)),
        );
        used.extend(self.time_zone.map(|index| (Field::TimeZone, index)));
        used.into_iter()
            .map(|(field, index)| (field, self.headings[index].clone()))
            .collect()
    }

    /// Returns the own columns that nothing is read from, if `--match` compares these keys of contacts.
    pub(super) fn unread(&self, keys: &[usize]) -> Vec<usize> {
        let full_names = self.full_names.iter().map(|(index, _)| *index);
        let phones = self.phone_numbers.iter().chain(&self.phone_contacts);
        let labels = phones.filter_map(|column| column.label);
        let read: Vec<usize> = full_names
            .chain(labels)
            .chain(keys.iter().copied())
            .chain(self.match_column)
            .chain(self.time_zone)
            .collect();
        let own = self.own_columns.iter().copied();
        own.filter(|index| !read.contains(index)).collect()
    }

    /// Finds the recipients. Tries, in this order: columns that name the recipient, plain phones if they can be nothing
    /// else, a column that may hold only a name, the number of a contact in a list of people, and a column that is only
    /// called a number.
    fn find_recipients(&mut self, map: &HeadingMap<'_>, role: Role) {
        self.chat_ids = map.columns(Field::ChatId);
        self.phone_numbers = map.ranked(map.columns(Field::PhoneNumber));
        self.recipients = map.columns(Field::Recipient);
        let is_alone = |header: &Self| {
            header.chat_ids.is_empty()
                && header.phone_numbers.is_empty()
                && header.recipients.is_empty()
        };
        if is_alone(self) && role == Role::Recipients {
            self.phone_numbers = map.certain_phones();
        }
        if is_alone(self) {
            self.recipients = map.meaning(Meaning::Addressee);
        }
        if is_alone(self) && role == Role::Recipients {
            self.phone_numbers = map.ranked(map.columns(Field::PhoneContact));
        }
        if is_alone(self) && role == Role::Recipients {
            self.phone_numbers = map.plain_phones();
        }
    }

    fn find_contact(&mut self, map: &HeadingMap<'_>, role: Role) {
        self.phone_contacts = map.ranked(map.columns(Field::PhoneContact));
        let may_be_plain = role == Role::Contacts || self.has_recipients();
        if self.phone_contacts.is_empty() && may_be_plain {
            self.phone_contacts = self.without_recipients(map.certain_phones());
        }
        if self.phone_contacts.is_empty() && role == Role::Contacts {
            self.phone_contacts = map.ranked(map.meaning(Meaning::Named(Field::PhoneNumber)));
        }
        if self.phone_contacts.is_empty() && may_be_plain {
            self.phone_contacts = self.without_recipients(map.plain_phones());
        }
        self.keys = map.meaning(Meaning::Key);
        let mut names = NameColumns::find(map);
        let mut phones = self.phone_contacts.iter().map(|column| column.index);
        if phones.clone().any(|index| map.is_of_contact(index)) {
            names = names.contact_first(map);
        }
        if let (Some(recipient), Some(phone)) = (self.recipient_columns().min(), phones.next()) {
            names = names.without_recipient(map, recipient, phone);
        }
        (self.names, self.full_names) = (names.parts, names.full);
    }

    /// Refuses a table of which it is not certain which name belongs to which number.
    fn refuse_unclear_people(
        &self,
        path: &Path,
        map: &HeadingMap<'_>,
        role: Role,
        headings: &[String],
    ) -> Result<(), FileProblem> {
        if self.results.is_some() {
            return Ok(());
        }
        let full = self.full_names.iter().map(|(index, _)| *index);
        let parts = self.names[..3].iter().flatten().copied();
        let names: Vec<usize> = parts.chain(full).collect();
        let phones = match role {
            Role::Recipients => &self.phone_numbers,
            Role::Messages | Role::Contacts => &self.phone_contacts,
        };
        let phones: Vec<usize> = phones.iter().map(|column| column.index).collect();
        let shown = |columns: Vec<usize>| -> Vec<String> {
            let column = |index: usize| format!("{} ({})", headings[index], letters(index));
            columns.into_iter().map(column).collect()
        };
        let several = of_several_people(map, &names, &phones, role == Role::Messages);
        let perhaps = match (self.recipient_columns().min(), phones.first()) {
            (Some(recipient), Some(phone)) if role == Role::Messages => {
                perhaps_of_recipient(map, &names, recipient, *phone)
            }
            (_, _) => Vec::new(),
        };
        let sentence = if !several.is_empty() {
            FileSentence::SeveralPeople {
                columns: shown(several),
            }
        } else if !perhaps.is_empty() {
            FileSentence::NamesOfRecipient {
                columns: shown(perhaps),
            }
        } else {
            return Ok(());
        };
        let code = FileProblemCode::ColumnsAmbiguous;
        Err(FileProblem::new(code, path, None, sentence))
    }

    /// Returns the columns that may name the people of a stop list: those of the recipients, and every other column of
    /// phones, chat ids and faxes. The other columns of a results file are not about its recipients.
    pub(super) fn people(&self) -> Vec<usize> {
        let names_people = |index: &usize| {
            let heading = &self.headings[*index];
            columns::meaning(heading).is_some_and(columns::names_person)
                || columns::is_of_machine(heading)
        };
        let others = self.own_columns.iter().copied().filter(names_people);
        let others = others.filter(|_| self.results.is_none());
        self.recipient_columns().chain(others).collect()
    }

    /// Whether a cell under the heading of a phone holds at least so many digits, no letters, and is no date.
    pub(super) fn has_number_under_phone(&self, row: &TableRow, least: usize) -> bool {
        let contacts = self.phone_contacts.iter().map(|column| column.index);
        let mut columns = self.recipient_columns().chain(contacts);
        columns.any(|index| {
            let text = row.cells.get(index).map_or("", |cell| &cell.text);
            let is_number = || {
                !text.contains(char::is_alphabetic) && !normalize::is_date(&normalize::plain(text))
            };
            normalize::digits(text) >= least && is_number()
        })
    }

    fn without_recipients(&self, mut columns: Vec<PhoneColumn>) -> Vec<PhoneColumn> {
        columns.retain(|column| !self.phone_numbers.contains(column));
        columns
    }

    fn has_names(&self) -> bool {
        self.names[..3].iter().any(|columns| !columns.is_empty())
    }

    fn has_recipients(&self) -> bool {
        self.recipient_columns().next().is_some()
    }

    fn recipient_columns(&self) -> impl Iterator<Item = usize> + '_ {
        let phones = self.phone_numbers.iter().map(|column| column.index);
        self.chat_ids
            .iter()
            .chain(&self.recipients)
            .copied()
            .chain(phones)
    }

    fn uses(&self, index: usize) -> bool {
        let phones = self
            .phone_numbers
            .iter()
            .chain(&self.phone_contacts)
            .map(|column| &column.index);
        let mut used = phones
            .chain(&self.chat_ids)
            .chain(&self.recipients)
            .chain(self.names.iter().flatten());
        let is_name = !self.has_names()
            && self
                .full_names
                .iter()
                .any(|(full_name_column, _)| *full_name_column == index);
        is_name || used.any(|used| *used == index)
    }

    fn check(
        &self,
        path: &Path,
        role: Role,
        has_people: bool,
        mapping: MappingOptions<'_>,
    ) -> Result<(), FileProblem> {
        let columns = || self.headings.clone();
        let sentence = if role == Role::Messages && !self.has_recipients() && has_people {
            FileSentence::PeopleAlone {
                columns: columns(),
                hints: self.hints(mapping),
            }
        } else if role != Role::Contacts && !self.has_recipients() {
            FileSentence::NoRecipientColumn {
                columns: columns(),
                hints: self.hints(mapping),
            }
        } else if role != Role::Recipients && self.phone_contacts.is_empty() {
            FileSentence::NoNumberColumn {
                columns: columns(),
                hints: self.hints(mapping),
            }
        } else {
            return Ok(());
        };
        Err(FileProblem::new(
            FileProblemCode::NoPhoneColumn,
            path,
            None,
            sentence,
        ))
    }

    /// Returns hints for a table whose columns are not understood.
    fn hints(&self, mapping: MappingOptions<'_>) -> Vec<Hint> {
        let mut hints = Vec::new();
        if self
            .headings
            .iter()
            .any(|heading| normalize::is_number(heading))
        {
            hints.push(Hint::FirstRowIsData);
        }
        if let Some(layout) = mapping.layout {
            let has_separator =
                |heading: &String| heading.contains([',', ';', '|', '/', ':', '^', '~', '#', '*']);
            if layout.format == Format::Csv
                && layout.delimiter.is_none()
                && self.headings.iter().any(has_separator)
            {
                hints.push(Hint::OneColumn);
            }
            if !layout.other_sheets.is_empty() {
                hints.push(Hint::OtherSheets {
                    sheets: layout.other_sheets.clone(),
                });
            }
        }
        hints
    }
}

fn find_match_column(path: &Path, headings: &[String], column: &str) -> Result<usize, HeaderError> {
    position(headings, column).ok_or_else(|| HeaderError::MatchMissing {
        path: path.to_owned(),
        column: column.to_owned(),
        found: headings.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn header(role: Role, headings: &str, mapped: &[(Field, &str)]) -> Result<Header, HeaderError> {
        let headings = headings.split(';').map(str::to_owned).collect();
        let mapped: Vec<_> = mapped
            .iter()
            .map(|(field, column)| (*field, (*column).to_owned()))
            .collect();
        Header::new(
            Path::new("a.csv"),
            role,
            headings,
            MappingOptions {
                columns: &mapped,
                ..MappingOptions::default()
            },
        )
    }

    fn used(role: Role, headings: &str, mapped: &[(Field, &str)]) -> String {
        let header = header(role, headings, mapped).unwrap();
        let used: Vec<_> = header
            .used()
            .iter()
            .map(|(field, heading)| format!("{field}={heading}"))
            .collect();
        let own: Vec<_> = header
            .own_columns
            .iter()
            .map(|index| header.headings[*index].as_str())
            .collect();
        format!("{} own {}", used.join(" "), own.join(","))
    }

    #[test]
    fn a_plain_phone_column_means_what_its_role_and_its_neighbours_say() {
        use Role::{Contacts, Messages, Recipients};
        for (role, headings, expected) in [
            (Recipients, "Имя;Телефон", "phoneNumber=Телефон own Имя"),
            (
                Recipients,
                "firstName;phoneContact",
                "phoneNumber=phoneContact own firstName",
            ),
            (Recipients, "chatId;WhatsApp", "chatId=chatId own WhatsApp"),
            (Recipients, "Кому;Телефон", "phoneNumber=Телефон own Кому"),
            (
                Recipients,
                "Кому;Примечание",
                "recipient=Кому own Примечание",
            ),
            (
                Recipients,
                "recipient;phoneContact",
                "recipient=recipient own phoneContact",
            ),
            (
                Contacts,
                "Имя;Телефон",
                "phoneContact=Телефон firstName=Имя own ",
            ),
            (
                Contacts,
                "phoneNumber;company",
                "phoneContact=phoneNumber company=company own ",
            ),
            (
                Contacts,
                "ФИО;Тел.;ИНН",
                "phoneContact=Тел. firstName=ФИО own ИНН",
            ),
            (
                Messages,
                "Кому;Телефон;Имя",
                "recipient=Кому phoneContact=Телефон firstName=Имя own ",
            ),
            (
                Messages,
                "Телефон получателя;Телефон контакта;Телефон;Фамилия",
                "phoneNumber=Телефон получателя phoneContact=Телефон контакта lastName=Фамилия own Телефон",
            ),
            (
                Messages,
                "Получатель;Номер получателя;Телефон;Имя",
                "phoneNumber=Номер получателя phoneContact=Телефон firstName=Имя own Получатель",
            ),
            (
                Messages,
                "chatId;phoneNumber;phoneContact;firstName;Имя;middleName;lastName;company",
                "chatId=chatId phoneNumber=phoneNumber phoneContact=phoneContact firstName=firstName \
                 middleName=middleName lastName=lastName company=company own Имя",
            ),
        ] {
            assert_eq!(used(role, headings, &[]), expected, "{role:?} {headings}");
        }
    }

    #[test]
    fn exports_of_address_books_are_read_mobile_first_and_never_a_fax() {
        for (headings, expected) in [
            (
                "Обращение;Имя;Отчество;Фамилия;Организация;Рабочий факс;Рабочий телефон;Телефон переносной",
                "phoneContact=Телефон переносной phoneContact=Рабочий телефон firstName=Имя \
                 middleName=Отчество lastName=Фамилия company=Организация own Обращение,Рабочий факс",
            ),
            (
                "First Name;Last Name;Organization Name;Phone 1 - Label;Phone 1 - Value",
                "phoneContact=Phone 1 - Value firstName=First Name lastName=Last Name \
                 company=Organization Name own Phone 1 - Label",
            ),
            (
                "Name;Given Name;Additional Name;Family Name;Organization 1 - Name;E-mail 1 - Value;Phone 1 - Type;\
                 Phone 1 - Value;Phone 2 - Type;Phone 2 - Value",
                "phoneContact=Phone 1 - Value phoneContact=Phone 2 - Value firstName=Given Name \
                 middleName=Additional Name lastName=Family Name company=Organization 1 - Name \
                 firstName=Name own Name,E-mail 1 - Value,Phone 1 - Type,Phone 2 - Type",
            ),
            (
                "First Name;Middle Name;Last Name;Company;Business Fax;Business Phone;Home Phone;Mobile Phone;\
                 Other Phone;Pager;Telex;ISDN",
                "phoneContact=Mobile Phone phoneContact=Business Phone phoneContact=Home Phone \
                 phoneContact=Other Phone firstName=First Name middleName=Middle Name lastName=Last Name \
                 company=Company own Business Fax,Pager,Telex,ISDN",
            ),
            (
                "Имя;Фамилия;Организация;Рабочий телефон;Номер факса;Номер пейджера;Номер сотового телефона",
                "phoneContact=Номер сотового телефона phoneContact=Рабочий телефон firstName=Имя \
                 lastName=Фамилия company=Организация own Номер факса,Номер пейджера",
            ),
            (
                "Полное имя контакта;Компания контакта;Рабочий прямой телефон;Мобильный телефон;Факс",
                "phoneContact=Мобильный телефон phoneContact=Рабочий прямой телефон \
                 company=Компания контакта firstName=Полное имя контакта own Факс",
            ),
            (
                "Наименование;ИНН;Контактное лицо;Телефон;Телефакс",
                "phoneContact=Телефон firstName=Наименование firstName=Контактное лицо own ИНН,Телефакс",
            ),
            (
                "Имя, Фамилия;Контакт: Мобильный телефон;Факс",
                "phoneContact=Контакт: Мобильный телефон firstName=Имя, Фамилия own Факс",
            ),
        ] {
            assert_eq!(used(Role::Contacts, headings, &[]), expected);
        }
    }

    #[test]
    fn only_the_exact_name_of_the_field_makes_a_phone_number_the_recipients() {
        use Role::{Contacts, Messages, Recipients};
        for headings in [
            "first_name;last_name;phone_number;mobile_phone",
            "id;name;phone_number;whatsapp",
            "Name;PhoneNumber;Mobile",
            "Name;PHONENUMBER;Mobile",
            "name;phone_number;mobile",
        ] {
            let error = header(Messages, headings, &[]).unwrap_err();
            let said = error.to_string();
            assert!(said.contains("each row holds one person"), "{said}");
        }
        for (role, headings, expected) in [
            (
                Contacts,
                "name;phone_number;mobile",
                "phoneContact=mobile phoneContact=phone_number firstName=name own ",
            ),
            (
                Recipients,
                "name;phone_number;whatsapp_number",
                "phoneNumber=whatsapp_number phoneNumber=phone_number own name",
            ),
            (
                Messages,
                "chat_id;phone_number;phone_contact;first_name",
                "chatId=chat_id phoneNumber=phone_number phoneContact=phone_contact firstName=first_name own ",
            ),
            (
                Messages,
                "phoneNumber;Телефон;Имя",
                "phoneNumber=phoneNumber phoneContact=Телефон firstName=Имя own ",
            ),
        ] {
            assert_eq!(used(role, headings, &[]), expected, "{role:?} {headings}");
        }
    }

    #[test]
    fn a_column_that_is_only_called_a_number_is_a_phone_if_no_other_is() {
        use Role::{Contacts, Messages, Recipients};
        for (role, headings, expected) in [
            (
                Contacts,
                "Номер;ФИО;Телефон",
                "phoneContact=Телефон firstName=ФИО own Номер",
            ),
            (
                Contacts,
                "Number;Name;Home phone",
                "phoneContact=Home phone firstName=Name own Number",
            ),
            (
                Contacts,
                "Номер:;Имя;Доп. телефон;Phone 1 - Value",
                "phoneContact=Phone 1 - Value phoneContact=Доп. телефон firstName=Имя own Номер:",
            ),
            (
                Contacts,
                "Номер;phoneNumber;company",
                "phoneContact=phoneNumber company=company own Номер",
            ),
            (
                Contacts,
                "Номер;ФИО",
                "phoneContact=Номер firstName=ФИО own ",
            ),
            (
                Contacts,
                "Контакт;Номер;Имя",
                "phoneContact=Номер phoneContact=Контакт firstName=Имя own ",
            ),
            (
                Recipients,
                "Номер;ФИО;Телефон",
                "phoneNumber=Телефон own Номер,ФИО",
            ),
            (
                Recipients,
                "Номер;Телефон контакта",
                "phoneNumber=Телефон контакта own Номер",
            ),
            (Recipients, "Номер;Кому", "recipient=Кому own Номер"),
            (Recipients, "Контакт;Кому", "phoneNumber=Контакт own Кому"),
            (Recipients, "Имя;Номер", "phoneNumber=Номер own Имя"),
            (
                Messages,
                "Номер;Кому;Телефон;Имя",
                "recipient=Кому phoneContact=Телефон firstName=Имя own Номер",
            ),
            (
                Messages,
                "Кому;Номер;Имя",
                "recipient=Кому phoneContact=Номер firstName=Имя own ",
            ),
        ] {
            assert_eq!(used(role, headings, &[]), expected, "{role:?} {headings}");
        }
    }

    #[test]
    fn our_results_are_an_input_again_whatever_columns_follow() {
        for (language, expected) in [
            (
                Language::En,
                "recipient=recipient phoneContact=phoneContact firstName=firstName middleName=middleName \
                 lastName=lastName company=company",
            ),
            (
                Language::Ru,
                "recipient=Получатель phoneContact=Телефон контакта firstName=Имя middleName=Отчество \
                 lastName=Фамилия company=Компания",
            ),
        ] {
            let headings = format!(
                "{};Имя;firstName;Телефон",
                crate::domain::results::headings(language).join(";")
            );
            let expected = format!("{expected} own Имя,firstName,Телефон");
            assert_eq!(used(Role::Messages, &headings, &[]), expected);
        }
    }

    #[test]
    fn map_wins_and_takes_headings_letters_and_numbers() {
        let mapped = [
            (Field::Recipient, "Тел. клиента"),
            (Field::PhoneContact, "c"),
            (Field::Company, "1"),
        ];
        assert_eq!(
            used(
                Role::Messages,
                "Фирма;тел.  клиента;Телефон агента;Имя",
                &mapped
            ),
            "recipient=тел.  клиента phoneContact=Телефон агента firstName=Имя company=Фирма own "
        );
        let error =
            header(Role::Messages, "Кому;Телефон", &[(Field::Company, "Фирма")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "--map company=Фирма: a.csv has no such column; it has \"Кому\", \"Телефон\""
        );
    }

    #[test]
    fn a_table_without_the_columns_it_needs_says_what_it_has() {
        for (role, headings, option) in [
            (Role::Messages, "Имя;Телефон", "give the file as --contacts"),
            (
                Role::Messages,
                "Имя;phoneContact",
                "give it as --recipients",
            ),
            (Role::Messages, "Имя;ИНН", "--map recipient=COLUMN"),
            (Role::Messages, "Кому;Имя", "--map phoneContact=COLUMN"),
            (Role::Recipients, "Имя;ИНН", "--map recipient=COLUMN"),
            (Role::Contacts, "Имя;ИНН", "--map phoneContact=COLUMN"),
        ] {
            let error = header(role, headings, &[]).unwrap_err();
            let HeaderError::File(problem) = error else {
                panic!("{error}")
            };
            assert_eq!(problem.code(), FileProblemCode::NoPhoneColumn);
            let said = problem.to_string();
            assert!(said.contains(option) && said.contains("\"Имя\""), "{said}");
        }
    }
}
