use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::domain::{ProblemCode, RowCheck, WarningCode};
use crate::formats::FileProblemCode;

/// A folder of files for one test.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn inputs(&self, inputs: &[&str], recipients: &[&str], contacts: &[&str]) -> Inputs {
        let who = |text: &&str| match self.path(text) {
            file if file.exists() => RecipientArg::File(file),
            _ => RecipientArg::parse(text, NumberRules::default()).unwrap(),
        };
        Inputs {
            inputs: inputs.iter().map(|name| self.path(name)).collect(),
            recipients: recipients.iter().map(who).collect(),
            contacts: contacts.iter().map(|name| self.path(name)).collect(),
            suppress: Vec::new(),
        }
    }
}

fn entries(inputs: &Inputs, options: &IngestOptions) -> (Vec<CheckedRow>, Vec<u64>) {
    let opened = OpenedInputs::open(inputs, options).unwrap();
    let mut entries = Vec::new();
    let rows = opened.read(&mut |entry| {
        entries.push(entry);
        Ok::<(), Infallible>(())
    });
    (
        entries,
        rows.unwrap()
            .into_iter()
            .map(|counted| counted.rows)
            .collect(),
    )
}

/// `source:row recipient <- number names` or `source:row code column value` for each entry.
fn told(inputs: &Inputs, options: &IngestOptions) -> Vec<String> {
    let line = |entry: &CheckedRow| {
        let place = format!("{}:{}", entry.place.source, entry.place.row);
        match &entry.finding {
            RowCheck::Message(message) | RowCheck::Suppressed(message, _) => {
                let names = message.contact.names().join(" ");
                format!(
                    "{place} {} <- {} {}",
                    message.recipient,
                    message.contact.phone(),
                    names.trim()
                )
            }
            RowCheck::Problem(problem, _) => {
                format!(
                    "{place} {} [{}] [{}]",
                    problem.code.as_str(),
                    problem.column,
                    problem.value
                )
            }
        }
    };
    entries(inputs, options).0.iter().map(line).collect()
}

fn open_error(inputs: &Inputs) -> OpenError {
    OpenedInputs::open(inputs, &IngestOptions::default())
        .err()
        .unwrap()
}

fn file_code(inputs: &Inputs) -> FileProblemCode {
    match open_error(inputs) {
        OpenError::Header(HeaderError::File(problem)) => problem.code(),
        other @ (OpenError::Nothing
        | OpenError::NoContacts
        | OpenError::NoRecipients
        | OpenError::NoMatch(_)
        | OpenError::Header(_)) => panic!("{other}"),
    }
}

#[test]
fn each_row_of_an_input_is_a_message_or_a_problem() {
    let table = "\
Телефон получателя;Телефон контакта;Имя;Компания;Город
79001234567;79001234568;Артем;Велосипед;Москва

+7 900 123-45-67;79001234568;Артем
;79001234568;Артем;;
79001234567;7,9001E+10;Артем;;
79001234567;;Артем;;
79001234567;79001234568;;;
79001234567;79001234568;????;;
79001234567;79001234568;Артем;Велосипед;Москва;центр
120363025246125486;79001234568;Артем;;
";
    let desk = Desk::new(&[("a.csv", table)]);
    let inputs = desk.inputs(&["a.csv"], &[], &[]);
    assert_eq!(
        told(&inputs, &IngestOptions::default()),
        [
            "0:2 79001234567 <- 79001234568 Артем   Велосипед",
            "0:4 79001234567 <- 79001234568 Артем",
            "0:5 recipient_missing [Телефон получателя] []",
            "0:6 phone_scientific [Телефон контакта] [7,9001E+10]",
            "0:7 phone_missing [Телефон контакта] []",
            "0:8 name_missing [Имя] []",
            "0:9 name_mojibake [Имя] [????]",
            "0:10 row_shape [] [центр]",
            "0:11 recipient_invalid [Телефон получателя] [120363025246125486]",
        ]
    );
    let (entries, rows) = entries(&inputs, &IngestOptions::default());
    assert_eq!(rows, [9]);
    assert_eq!(entries[0].own_cells, ["Москва"]);
    assert_eq!(entries[1].own_cells, [""]);
    assert_eq!(entries[1].warnings[0].code, WarningCode::PhoneNormalised);
    let RowCheck::Problem(_, written) = &entries[3].finding else {
        panic!()
    };
    assert_eq!(
        (written.recipient.as_str(), written.phone_contact.as_str()),
        ("79001234567", "7,9001E+10")
    );
    assert_eq!(written.names[0], "Артем");
}

#[test]
fn sources_are_told_before_any_row() {
    let desk = Desk::new(&[
        (
            "may/a.csv",
            "Кому;Телефон;Имя;Город\n79001234567;79001234568;Артем;Москва\n",
        ),
        (
            "june/a.csv",
            "chatId,phoneContact,company\n79001234567@c.us,79001234568,Велосипед\n",
        ),
        ("b.csv", "Кому;Телефон;Имя\n79001234567;79001234568;Артем\n"),
    ]);
    let inputs = desk.inputs(&["may/a.csv", "june/a.csv", "b.csv"], &[], &[]);
    let opened = OpenedInputs::open(&inputs, &IngestOptions::default()).unwrap();
    let names: Vec<&str> = opened
        .sources()
        .iter()
        .map(|source| source.name.as_str())
        .collect();
    assert_eq!(names, ["may/a.csv", "june/a.csv", "b.csv"]);
    let source = &opened.sources()[0];
    assert_eq!(
        (source.layout.delimiter, source.own_columns.as_slice()),
        (Some(';'), &["Город".to_owned()][..])
    );
    assert_eq!(source.used[1], (Field::PhoneContact, "Телефон".to_owned()));
}

#[test]
fn a_chat_id_wins_over_its_own_number_and_stops_beside_another() {
    let table = "\
chatId;phoneNumber;phoneContact;firstName
79001234567@c.us;+79001234567;79001234568;A
;79001234567;79001234568;B
79001234567;;79001234568;C
79001234567@c.us;79007654321;79001234568;D
120363043968066561@g.us;79001234567;79001234568;E
120650379300963@lid;;79001234568;F
5215512345678@c.us;525512345678;79001234568;G
5511987654321@c.us;551187654321;79001234568;H
5511987654321@c.us;551123456789;79001234568;I
";
    let desk = Desk::new(&[("a.csv", table)]);
    assert_eq!(
        told(
            &desk.inputs(&["a.csv"], &[], &[]),
            &IngestOptions::default()
        ),
        [
            "0:2 79001234567@c.us <- 79001234568 A",
            "0:3 79001234567 <- 79001234568 B",
            "0:4 79001234567 <- 79001234568 C",
            "0:5 recipient_invalid [chatId, phoneNumber] [79001234567@c.us / 79007654321]",
            "0:6 recipient_invalid [chatId, phoneNumber] [120363043968066561@g.us / 79001234567]",
            "0:7 120650379300963@lid <- 79001234568 F",
            "0:8 5215512345678@c.us <- 79001234568 G",
            "0:9 5511987654321@c.us <- 79001234568 H",
            "0:10 recipient_invalid [chatId, phoneNumber] [5511987654321@c.us / 551123456789]",
        ]
    );
}

#[test]
fn several_phone_columns_offer_the_best_good_one() {
    let table = "\
Имя;Рабочий телефон;Мобильный телефон;Рабочий факс
A;+74951234567;+79001234568;+74951234568
B;+74951234567;;+74951234568
C;+74951234567;123;
D;;;+74951234568
";
    let google = "\
First Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value
A,Work,+7 495 123-45-67,Mobile,+7 900 123-45-68
B,Work Fax,+7 495 123-45-67,,
";
    let desk = Desk::new(&[("a.csv", table), ("google.csv", google)]);
    let inputs = desk.inputs(&[], &["79001234567"], &["a.csv", "google.csv"]);
    assert_eq!(
        told(&inputs, &IngestOptions::default()),
        [
            "0:2 79001234567 <- 79001234568 A",
            "0:3 79001234567 <- 74951234567 B",
            "0:4 79001234567 <- 74951234567 C",
            "0:5 phone_missing [Мобильный телефон] []",
            "1:2 79001234567 <- 79001234568 A",
            "1:3 phone_missing [Phone 1 - Value] []",
        ]
    );
}

#[test]
fn every_recipient_gets_every_card_and_a_problem_is_told_once() {
    let desk = Desk::new(&[
        (
            "people.csv",
            "Имя;Телефон\nА;79001234561\nБ;нет\nВ;79001234562\n",
        ),
        ("cards.csv", "Имя;Телефон;Отдел\nX;79001234568;1\nY;123;2\n"),
        (
            "more.vcf",
            "BEGIN:VCARD\nVERSION:3.0\nFN:Z\nN:;Z;;;\nTEL:+79001234569\nEND:VCARD\n",
        ),
    ]);
    let cards = ["cards.csv", "more.vcf"];
    let inputs = desk.inputs(
        &[],
        &["people.csv", "79001234563", "79001234567@c.us"],
        &cards,
    );
    assert_eq!(
        told(&inputs, &IngestOptions::default()),
        [
            "0:2 79001234561 <- 79001234568 X",
            "0:2 79001234561 <- 79001234569 Z",
            "0:3 recipient_invalid [Телефон] [нет]",
            "0:4 79001234562 <- 79001234568 X",
            "0:4 79001234562 <- 79001234569 Z",
            "1:2 79001234563 <- 79001234568 X",
            "1:2 79001234567@c.us <- 79001234568 X",
            "1:3 phone_invalid [Телефон] [123]",
            "2:1 79001234563 <- 79001234569 Z",
            "2:1 79001234567@c.us <- 79001234569 Z",
        ]
    );
    let (entries, rows) = entries(&inputs, &IngestOptions::default());
    assert_eq!(rows, [3, 2, 1]);
    assert_eq!(entries[0].own_cells, ["А"]);
    assert_eq!(entries[5].own_cells, ["1"]);
}

#[test]
fn what_was_repaired_on_either_side_stands_at_the_pair() {
    let desk = Desk::new(&[("cards.csv", "Имя;Телефон\nX;8 900 123-45-68\n")]);
    let numbers = NumberRules {
        country: "RU".parse().ok(),
        ..NumberRules::default()
    };
    let options = IngestOptions {
        numbers,
        ..IngestOptions::default()
    };
    let who = RecipientArg::parse("9001234567", numbers).unwrap();
    let inputs = Inputs {
        recipients: vec![who],
        ..desk.inputs(&[], &[], &["cards.csv"])
    };
    let warnings = &entries(&inputs, &options).0[0].warnings;
    let texts: Vec<String> = warnings
        .iter()
        .filter(|warning| warning.code == WarningCode::PhoneNormalised)
        .map(|warning| warning.sentence.localized(Language::En))
        .collect();
    assert_eq!(
        texts,
        [
            "\"9001234567\" was read as 79001234567",
            "\"8 900 123-45-68\" was read as 79001234568"
        ]
    );
}

#[test]
fn our_results_are_an_input_again() {
    let table = "\
row,source,status,recipient,phoneContact,firstName,middleName,lastName,company,idMessage,delivery,error,explanation,attempts,sentAt,Имя,Телефон
2,a.csv,failed,79001234567@c.us,79001234568,'=Артем,,,Велосипед,,,e,x,1,,'-Иван,123
3,a.csv,invalid,нет,'+7 900 123-45-68,,,,'@co,,,e,x,0,,,
";
    let desk = Desk::new(&[("a-results.csv", table)]);
    let inputs = desk.inputs(&["a-results.csv"], &[], &[]);
    assert_eq!(
        told(&inputs, &IngestOptions::default()),
        [
            "0:2 79001234567@c.us <- 79001234568 =Артем   Велосипед",
            "0:3 recipient_invalid [recipient] [нет]",
        ]
    );
    let (entries, _) = entries(&inputs, &IngestOptions::default());
    assert_eq!(entries[0].own_cells, ["-Иван", "123"]);
    let RowCheck::Problem(_, written) = &entries[1].finding else {
        panic!()
    };
    assert_eq!(
        (written.phone_contact.as_str(), written.names[3].as_str()),
        ("+7 900 123-45-68", "@co")
    );
}

#[test]
fn a_table_without_a_header_is_read_by_letters_and_numbers() {
    let desk = Desk::new(&[(
        "a.csv",
        "Артем;79001234567;79001234568\nОльга;79001234567;79001234569\n",
    )]);
    let column = |field, name: &str| (field, name.to_owned());
    let columns = vec![
        column(Field::Recipient, "B"),
        column(Field::PhoneContact, "3"),
        column(Field::FirstName, "a"),
    ];
    let options = IngestOptions {
        columns,
        no_header: true,
        ..IngestOptions::default()
    };
    let inputs = desk.inputs(&["a.csv"], &[], &[]);
    assert_eq!(
        told(&inputs, &options),
        [
            "0:1 79001234567 <- 79001234568 Артем",
            "0:2 79001234567 <- 79001234569 Ольга",
        ]
    );
}

#[test]
fn whole_names_are_parted_where_the_row_has_no_other() {
    let table = "\
Наименование;ФИО;Фамилия;Телефон
;Евпаторийский Артём Петрович;;79001234561
;Ким Чен;Пак;79001234562
ООО «Ромашка»;;;79001234563
ООО «Ромашка»;Ким Чен;;79001234566
";
    let desk = Desk::new(&[
        ("a.csv", table),
        (
            "b.csv",
            "Наименование;Компания;Телефон\nООО Лютик;;79001234564\nООО Лютик;Завод;79001234565\n",
        ),
    ]);
    assert_eq!(
        told(
            &desk.inputs(&[], &["79001234567"], &["a.csv", "b.csv"]),
            &IngestOptions::default()
        ),
        [
            "0:2 79001234567 <- 79001234561 Артём Петрович Евпаторийский",
            "0:3 79001234567 <- 79001234562 Пак",
            "0:4 79001234567 <- 79001234563 ООО «Ромашка»",
            "0:5 79001234567 <- 79001234566 Чен  Ким ООО «Ромашка»",
            "1:2 79001234567 <- 79001234564 ООО Лютик",
            "1:3 79001234567 <- 79001234565 ООО Лютик   Завод",
        ]
    );
}

#[test]
fn headings_are_found_below_titles_and_no_person_is_taken_for_a_title() {
    let report = "\
Список клиентов;;
Тел. офиса +7 495 123-45-67;;
на 14.07.2026;;
;;
№;Контактное лицо;Телефон
1;Анна;79001234561
2;Олег;79001234562
";
    let list = "Анна;79001234561\nОлег;79001234562\nИмя;Телефон\nИра;79001234563\n";
    let desk = Desk::new(&[("report.csv", report), ("list.csv", list)]);
    let inputs = desk.inputs(&[], &["79001234567"], &["report.csv"]);
    let opened = OpenedInputs::open(&inputs, &IngestOptions::default()).unwrap();
    assert_eq!(opened.sources()[0].header_row, Some(5));
    assert_eq!(
        told(&inputs, &IngestOptions::default()),
        [
            "0:6 79001234567 <- 79001234561 Анна",
            "0:7 79001234567 <- 79001234562 Олег"
        ]
    );
    assert_eq!(entries(&inputs, &IngestOptions::default()).1, [2]);
    let inputs = desk.inputs(&[], &["79001234567"], &["list.csv"]);
    assert_eq!(file_code(&inputs), FileProblemCode::NoPhoneColumn);
}

#[test]
fn no_row_above_other_headings_is_lost() {
    let shape = |row: usize, value: &str| format!("0:{row} row_shape [] [{value}]");
    let numbers = NumberRules {
        country: "PL".parse().ok(),
        ..NumberRules::default()
    };
    let options = IngestOptions {
        numbers,
        ..IngestOptions::default()
    };
    let below = "First name;Last name;Phone\nJan;Kowalski;512345680\n";
    let desk = Desk::new(&[
        (
            "short.csv",
            &format!("Name;Phone\nAnna;512345678\n\n{below}"),
        ),
        (
            "empty.csv",
            &format!("Name;Phone\nAnna;\nOlga;brak\n{below}"),
        ),
        ("none.csv", "Anna;512345678\nName;Phone\nJan;512345680\n"),
        ("two.csv", &format!("Name;Phone\n{below}")),
    ]);
    let read = |name| told(&desk.inputs(&[], &["79001234567"], &[name]), &options);
    let other = |row| {
        [
            shape(row, "First name, Last name, Phone"),
            shape(row + 1, "Jan, Kowalski, 512345680"),
        ]
    };
    let [headings, jan] = other(4);
    let anna = "0:2 79001234567 <- 48512345678 Anna".to_owned();
    assert_eq!(read("short.csv"), [anna, headings.clone(), jan.clone()]);
    let lines = read("empty.csv");
    assert_eq!(lines[0], "0:2 phone_missing [Phone] []");
    assert_eq!(lines[1], "0:3 phone_invalid [Phone] [brak]");
    assert_eq!(lines[2..], [headings, jan]);
    let jan = |row| format!("0:{row} 79001234567 <- 48512345680 Jan");
    let above = shape(1, "Anna, 512345678");
    assert_eq!(read("none.csv"), [above, jan(3)]);
    assert_eq!(read("two.csv"), [jan(3) + "  Kowalski"]);
}

#[test]
fn a_row_with_a_number_in_any_form_is_no_title() {
    for first in [
        "Имя;٧٩٠٠١٢٣٤٥٦٧",
        "Имя;７９００１２３４５６７",
        "Имя;+7 900 123–45–67",
        "Имя;79001234567@c.us",
        "Имя;79001234567, 79001234568",
        "Имя;=\"79001234567\"",
    ] {
        let table = format!("{first}\nИмя;Телефон\nИра;79001234563\n");
        let desk = Desk::new(&[("list.csv", &table)]);
        let inputs = desk.inputs(&[], &["79001234567"], &["list.csv"]);
        assert_eq!(
            file_code(&inputs),
            FileProblemCode::NoPhoneColumn,
            "{first}"
        );
    }
}

/// A table as text, as a web page and as a workbook.
fn in_every_format(table: &str) -> [(&'static str, String); 3] {
    let cells = |open: &str, close: &str, row: &str| {
        let cells = row.split(';').map(|cell| format!("{open}{cell}{close}"));
        cells.collect::<Vec<_>>().concat()
    };
    let rows = |open: &str, close: &str, cell: [&str; 2]| {
        let rows = table.lines().map(|row| cells(cell[0], cell[1], row));
        let rows: Vec<String> = rows.map(|row| format!("{open}{row}{close}")).collect();
        rows.concat()
    };
    let page = rows("<tr>", "</tr>", ["<td>", "</td>"]);
    let sheet = rows(
        "<Row>",
        "</Row>",
        ["<Cell><Data ss:Type='String'>", "</Data></Cell>"],
    );
    [
        ("a.csv", table.to_owned()),
        ("a.html", format!("<html><table>{page}</table></html>")),
        (
            "a.xml",
            format!(
                "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
                 <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
                 xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
                 <Worksheet ss:Name='a'><Table>{sheet}</Table></Worksheet></Workbook>"
            ),
        ),
    ]
}

#[test]
fn below_other_headings_no_row_is_guessed_at() {
    let table = "phoneNumber;phoneContact;firstName;Город
79001000001;79160000001;Анна;Москва
phoneNumber;phoneContact;firstName;Город
79001000002;79160000002;Олег;Москва
phoneContact;phoneNumber;firstName;Город
79160000003;79001000003;Пётр;Москва
phoneNumber;phoneContact;firstName;Город
79001000004;79160000004;Ира;Самара
";
    for (name, text) in in_every_format(table) {
        let desk = Desk::new(&[(name, &text)]);
        let inputs = desk.inputs(&[name], &[], &[]);
        let expected = [
            "0:2 79001000001 <- 79160000001 Анна",
            "0:3 recipient_invalid [phoneNumber] [phoneNumber]",
            "0:4 79001000002 <- 79160000002 Олег",
            "0:5 row_shape [] [phoneContact, phoneNumber, firstName, Город]",
            "0:6 row_shape [] [79160000003, 79001000003, Пётр, Москва]",
            "0:7 row_shape [] [phoneNumber, phoneContact, firstName, Город]",
            "0:8 row_shape [] [79001000004, 79160000004, Ира, Самара]",
        ];
        assert_eq!(told(&inputs, &IngestOptions::default()), expected, "{name}");
        // In the results nothing is under a heading that may be wrong, for they are an input again.
        let (rows, _) = entries(&inputs, &IngestOptions::default());
        let RowCheck::Problem(problem, written) = &rows[4].finding else {
            panic!("{:?}", rows[4])
        };
        assert_eq!(*written, crate::domain::RawCells::default());
        let said = problem.sentence.localized(Language::En);
        assert!(said.contains("move row 5 and all rows below it"), "{said}");
    }
}

#[test]
fn below_other_headings_that_a_filter_hides_no_row_is_guessed_at() {
    let row = |is_hidden: bool, cells: &str| {
        let hidden = if is_hidden { " hidden" } else { "" };
        format!("<tr{hidden}><td>{}</tr>", cells.replace(';', "<td>"))
    };
    let first = row(false, "phoneNumber;phoneContact;firstName");
    let other = row(true, "phoneContact;phoneNumber;firstName");
    let swapped = row(false, "79160000002;79001000002;Пётр");
    let data = "79001000001;79160000001;Анна";
    for (is_hidden, expected) in [
        (false, vec!["0:2 79001000001 <- 79160000001 Анна"]),
        (true, Vec::new()),
    ] {
        let page = format!(
            "<html><table>{first}{}{other}{swapped}</table></html>",
            row(is_hidden, data)
        );
        let desk = Desk::new(&[("a.html", &page)]);
        let inputs = desk.inputs(&["a.html"], &[], &[]);
        let problem = "0:4 row_shape [] [79160000002, 79001000002, Пётр]";
        let expected = [&expected[..], &[problem]].concat();
        assert_eq!(told(&inputs, &IngestOptions::default()), expected);
    }
}

#[test]
fn below_other_headings_neither_recipients_nor_contacts_are_guessed_at() {
    let contacts = "Имя;Телефон\nАнна;79160000001\nТелефон менеджера;Имя;Телефон\n79160000002;Олег;79160000003\n";
    let recipients = "Телефон;Имя\n79001000001;Ира\nИмя;Телефон\nПётр;79001000002\n";
    let desk = Desk::new(&[("c.csv", contacts), ("r.csv", recipients)]);
    let inputs = desk.inputs(&[], &["r.csv"], &["c.csv"]);
    assert_eq!(
        told(&inputs, &IngestOptions::default()),
        [
            "0:2 79001000001 <- 79160000001 Анна",
            "0:3 row_shape [] [Имя, Телефон]",
            "0:4 row_shape [] [Пётр, 79001000002]",
            "1:3 row_shape [] [Телефон менеджера, Имя, Телефон]",
            "1:4 row_shape [] [79160000002, Олег, 79160000003]",
        ]
    );
}

#[test]
fn each_recipient_gets_the_card_that_its_row_names() {
    let people = "\
Телефон;Менеджер
79001234561;Евпаторийский Артем
79001234562;орлова мария
79001234563;+7 900 123-45-69
79001234564;anna@example.com
79001234565;Пётр
79001234566;Ким
79001234567;
79001234568;Лютик
79001234569;4f-5
79001234570;Орлова Мария Сергеевна
79001234571;Сломанный
";
    let cards = "\
Имя;Отчество;Фамилия;Компания;Телефон;E-mail;UID
Артём;Петрович;Евпаторийский;;79001234568;;4F-5
Мария;Сергеевна;Орлова;;79001234569;;
Анна;;Ким;;79001234570;anna@example.com;
Ольга;;Ким;;79001234571;;
;;;Лютик;79001234572;;
Анна Ким;;;;79001234573;;
Сломанный;;;;123;;
";
    let desk = Desk::new(&[("people.csv", people), ("cards.csv", cards)]);
    let options = IngestOptions {
        match_column: Some("менеджер".to_owned()),
        ..IngestOptions::default()
    };
    let inputs = desk.inputs(&[], &["people.csv"], &["cards.csv"]);
    assert_eq!(
        told(&inputs, &options),
        [
            "0:2 79001234561 <- 79001234568 Артём Петрович Евпаторийский",
            "0:3 79001234562 <- 79001234569 Мария Сергеевна Орлова",
            "0:4 79001234563 <- 79001234569 Мария Сергеевна Орлова",
            "0:5 79001234564 <- 79001234570 Анна  Ким",
            "0:6 card_missing [Менеджер] [Пётр]",
            "0:7 card_missing [Менеджер] [Ким]",
            "0:8 card_missing [Менеджер] []",
            "0:9 79001234568 <- 79001234572 Лютик",
            "0:10 79001234569 <- 79001234568 Артём Петрович Евпаторийский",
            "0:11 79001234570 <- 79001234569 Мария Сергеевна Орлова",
            "0:12 card_missing [Менеджер] [Сломанный]",
            "1:8 phone_invalid [Телефон] [123]",
        ]
    );
    let desk = Desk::new(&[
        ("people.csv", "Телефон;Менеджер\n79001234561;ким анна\n"),
        ("cards.csv", cards),
    ]);
    let entries = entries(&desk.inputs(&[], &["people.csv"], &["cards.csv"]), &options).0;
    let RowCheck::Problem(problem, written) = &entries[0].finding else {
        panic!()
    };
    assert_eq!(
        (problem.code, written.recipient.as_str()),
        (ProblemCode::CardAmbiguous, "79001234561")
    );
    let said = problem.sentence.localized(Language::En);
    assert!(
        said.contains("79001234570") && said.contains("79001234573"),
        "{said}"
    );
}

/// Pairs recipients, one for each cell, with the contacts of a file by `--match`; returns what [`told`] returns, without
/// the rows of the contacts, and the codes of the warnings.
fn matched(cells: &[&str], (name, contacts): (&str, &str)) -> Vec<String> {
    let mut people = "Телефон;Менеджер\n".to_owned();
    for (row, cell) in cells.iter().enumerate() {
        writeln!(people, "{};\"{cell}\"", 79_001_110_001 + row).unwrap();
    }
    let desk = Desk::new(&[("people.csv", &people), (name, contacts)]);
    let options = IngestOptions {
        match_column: Some("менеджер".to_owned()),
        ..IngestOptions::default()
    };
    let inputs = desk.inputs(&[], &["people.csv"], &[name]);
    let answer = |entry: &CheckedRow| match &entry.finding {
        RowCheck::Message(message) | RowCheck::Suppressed(message, _) => {
            let codes = entry.warnings.iter().map(|warning| warning.code.as_str());
            let codes: Vec<_> = codes.collect();
            format!("{} {}", message.contact.phone(), codes.join(" "))
                .trim()
                .to_owned()
        }
        RowCheck::Problem(problem, _) => problem.code.as_str().to_owned(),
    };
    let entries = entries(&inputs, &options).0;
    let of_people = entries.iter().filter(|entry| entry.place.source == 0);
    of_people.map(answer).collect()
}

#[test]
fn a_placeholder_names_no_contact() {
    let cells = [
        "-",
        "—",
        "...",
        "нет",
        "Нет данных",
        "н/д",
        "None",
        "null",
        "0",
        "0.0",
        "00",
        "#Н/Д",
        "#N/A",
        "#n/a",
        "####",
        "#ERROR!",
        "Err:502",
        "'-",
        "&#45;",
        "{{manager}}",
        "(пусто)",
        "00000000-0000-0000-0000-000000000000",
        "***",
        "\u{200B}",
        ",",
        "NULL",
    ];
    let missing = vec!["card_missing"; cells.len()];
    for key in [str::to_owned, str::to_uppercase] {
        let (mut table, mut uids) = (
            "ФИО;Телефон;E-mail\n".to_owned(),
            "ФИО;Телефон;UID\n".to_owned(),
        );
        let mut cards = String::new();
        for (row, cell) in cells.iter().enumerate() {
            let (number, key) = (79_001_230_001 + row, key(cell));
            writeln!(table, "Петров Пётр;{number};\"{key}\"").unwrap();
            writeln!(uids, "\"{key}\";{number};\"{key}\"").unwrap();
            writeln!(
                cards,
                "BEGIN:VCARD\nN:Петров;Пётр\nTEL:+{number}\nEMAIL:{key}\nUID:{key}\nEND:VCARD"
            )
            .unwrap();
        }
        for contacts in [
            ("table.csv", table.as_str()),
            ("uids.csv", &uids),
            ("cards.vcf", &cards),
        ] {
            assert_eq!(matched(&cells, contacts), missing, "{contacts:?}");
        }
    }
    // Nothing is left of these names without the middle name.
    let middle = "Имя;Отчество;Фамилия;Телефон\n;Петрович;;79001230002\n-;Ильич;-;79001230003\n";
    assert_eq!(matched(&cells, ("table.csv", middle)), missing);
}

#[test]
fn what_a_placeholder_resembles_still_names_a_contact() {
    let table = "Фамилия;Телефон;UID\nNull;79001230001;10\nНет-нет;79001230002;0-1\n💐;79001230003;#12\nОрлов;79001230004;Null\n";
    assert_eq!(
        matched(
            &["Null", "10", "нет-нет", "0-1", "💐", "#12", "0010"],
            ("table.csv", table)
        ),
        [
            "79001230001",
            "79001230001",
            "79001230002",
            "79001230002",
            "79001230003",
            "79001230003",
            "card_missing"
        ]
    );
}

#[test]
fn a_cell_that_names_two_contacts_is_ambiguous() {
    let table = "ФИО;Телефон;E-mail;UID\nИванов Иван;79001230001;ivan@x.ru;7\nПетров Пётр;79001230002;petr@x.ru;8\n\
                 Сидоров Сидор Ильич;79001230003;;9\n";
    for cell in [
        "79001230001, 79001230002",
        "+79001230001; +79001230002",
        "79001230002 / 79001230001",
        "79001230002/79001230001",
        "79001230001\n79001230002",
        "+79001230001+79001230002",
        "Петров Пётр +79001230001",
        "+79001230001 (Петров Пётр)",
        "79001230001, Пётр Петров",
        "Петров +79001230001",
        "Сидоров Сидор, +7 900 123-00-01",
        "менеджер Петров, тел. +7 (900) 123-00-01",
        "Иванов Иван, Петров Пётр",
        "Иванов Иван / Сидоров Сидор",
        "Иванов Иван\nПетров Пётр",
        "ivan@x.ru, petr@x.ru",
        "ivan@x.ru petr@x.ru",
        "ivan@x.ru; +79001230002",
        "7, 8",
    ] {
        assert_eq!(
            matched(&[cell], ("table.csv", table)),
            ["card_ambiguous"],
            "{cell}"
        );
    }
}

#[test]
fn what_stands_beside_the_number_of_a_contact_is_reported_unless_it_is_part_of_its_name() {
    let table = "ФИО;Телефон;Компания;UID\nИванов Иван Петрович;79001230001;Ромашка;7\nОрлова Ольга;79001230002;;900\n";
    for (cell, expected) in [
        ("79001230001", "79001230001"),
        ("+7 (900) 123-00-01", "79001230001"),
        ("тел. +7 900 123-00-01", "79001230001"),
        ("Иванов И. П. +79001230001", "79001230001"),
        ("Иванов Иван, 79001230001", "79001230001"),
        ("+79001230001 (Ромашка)", "79001230001"),
        ("79001230001, +7 900 123-00-01", "79001230001"),
        ("+79001230001 доб. 5", "79001230001"),
        ("79001230001, 79001239999", "79001230001 multiple_phones"),
        (
            "79001230001, факс 79001230002",
            "79001230001 multiple_phones",
        ),
        ("+79001230001 (старший)", "79001230001 phone_normalised"),
        ("Сидоров, +79001230001", "79001230001 phone_normalised"),
        ("Петров Пётр +79009999999", "card_missing"),
        ("Иванов, Иван", "79001230001"),
        ("Иванов Иван, Кузнецов", "card_missing"),
    ] {
        assert_eq!(matched(&[cell], ("table.csv", table)), [expected], "{cell}");
    }
}

#[test]
fn a_match_needs_a_table_with_the_column() {
    let card =
        "BEGIN:VCARD\nVERSION:3.0\nFN:Z\nN:;Z;;;\nUID:urn:uuid:4f\nTEL:+79001234569\nEND:VCARD\n";
    let desk = Desk::new(&[
        ("a.csv", "Телефон;Карточка\n79001234567;4F\n"),
        ("card.vcf", card),
    ]);
    let options = |column: &str| IngestOptions {
        match_column: Some(column.to_owned()),
        ..IngestOptions::default()
    };
    let inputs = desk.inputs(&[], &["a.csv"], &["card.vcf"]);
    assert_eq!(
        told(&inputs, &options("b")),
        ["0:2 79001234567 <- 79001234569 Z"]
    );
    let error =
        |inputs: &Inputs, column| OpenedInputs::open(inputs, &options(column)).err().unwrap();
    assert!(error(&inputs, "Кто").to_string().contains("\"Карточка\""));
    for recipients in [
        &["79001234567"][..],
        &["card.vcf"],
        &["a.csv", "79001234567"],
    ] {
        let inputs = desk.inputs(&[], recipients, &["card.vcf"]);
        assert!(
            matches!(error(&inputs, "2"), OpenError::NoMatch(_)),
            "{recipients:?}"
        );
    }
}

#[test]
fn nobody_on_a_list_is_written_to() {
    let list = "Кому;Телефон;Имя\n79001234561;79001234568;A\n79001234562@c.us;79001234568;A\n\
                    120363043968066561@g.us;79001234568;A\n79001234563;79001234568;A\nнет;79001234568;A\n\
                    79001234568;79001234568;A\n79001234564;79001234568;A\n79001234565;79001234568;A\n";
    let card = "BEGIN:VCARD\nFN:Z\nTEL;CELL:+79001234560\nTEL;WORK:+79001234563\nEND:VCARD\n";
    let results = "row,source,status,recipient,phoneContact,firstName,middleName,lastName,company,idMessage,\
                       delivery,error,explanation,attempts,sentAt\n2,a.csv,accepted,79001234564,79001234568,A,,,,,,,,1,\n";
    let desk = Desk::new(&[
        ("a.csv", list),
        (
            "plain.txt",
            "+7 900 123-45-61\nнет\n120363043968066561@g.us\n12\n",
        ),
        (
            "people.csv",
            "Имя;Телефон\nБ;79001234562, 79001234565\nВ;\n",
        ),
        ("card.vcf", card),
        ("results.csv", results),
    ]);
    let paths = ["plain.txt", "people.csv", "card.vcf", "results.csv"];
    let suppress = paths.iter().map(|name| desk.path(name)).collect();
    let inputs = Inputs {
        suppress,
        ..desk.inputs(&["a.csv"], &[], &[])
    };
    let suppressed_chats: Vec<u64> = entries(&inputs, &IngestOptions::default())
        .0
        .iter()
        .filter(|entry| matches!(entry.finding, RowCheck::Suppressed(..)))
        .map(|entry| entry.place.row)
        .collect();
    assert_eq!(suppressed_chats, [2, 3, 4, 5, 8, 9]);
    let opened = OpenedInputs::open(&inputs, &IngestOptions::default()).unwrap();
    let lists = opened.suppressions();
    let counts: Vec<_> = lists.iter().map(|list| (list.chats, list.unread)).collect();
    assert_eq!(counts, [(2, 2), (2, 1), (2, 0), (1, 0)]);
    let examples = lists[0].examples.iter();
    let examples: Vec<_> = examples
        .map(|entry| (entry.row, entry.text.as_str()))
        .collect();
    assert_eq!(examples, [(2, "нет"), (4, "12")]);
}

#[test]
fn a_list_that_cannot_be_read_stops_everything() {
    let desk = Desk::new(&[
        ("a.csv", "Кому;Телефон;Имя\n79001234567;79001234568;A\n"),
        ("empty.txt", ""),
        ("headings.csv", "Телефон\n"),
    ]);
    let listed = |name| Inputs {
        suppress: vec![desk.path(name)],
        ..desk.inputs(&["a.csv"], &[], &[])
    };
    assert_eq!(file_code(&listed("none.csv")), FileProblemCode::FileMissing);
    assert_eq!(file_code(&listed("empty.txt")), FileProblemCode::FileEmpty);
    let opened = OpenedInputs::open(&listed("headings.csv"), &IngestOptions::default()).unwrap();
    assert_eq!(
        (
            opened.suppressions()[0].chats,
            opened.suppressions()[0].unread
        ),
        (0, 0)
    );
}

#[test]
fn a_warning_names_the_columns_of_several_phones() {
    let desk = Desk::new(&[(
        "a.csv",
        "Имя;Рабочий телефон;Мобильный телефон\nA;74951234567;79001234568\n",
    )]);
    let (entries, _) = entries(
        &desk.inputs(&[], &["79001234567"], &["a.csv"]),
        &IngestOptions::default(),
    );
    assert_eq!(
        entries[0].warnings[0].sentence.localized(Language::En),
        "several numbers: 79001234568 (Мобильный телефон) is used, not used: 74951234567 (Рабочий \
             телефон)"
    );
}

#[test]
fn quotation_marks_that_do_not_match_stop_their_row_alone() {
    let table = "Кому;Телефон;Компания\n\
                     79001234567;79001234568;\"ООО \"Лютик\"\"\n\
                     79001234567;79001234568;\"ООО \"\"Лютик\"\"\"\n";
    let desk = Desk::new(&[("a.csv", table)]);
    let told = told(
        &desk.inputs(&["a.csv"], &[], &[]),
        &IngestOptions::default(),
    );
    assert!(told[0].starts_with("0:2 bad_quotes"), "{}", told[0]);
    assert_eq!(told[1], "0:3 79001234567 <- 79001234568 ООО \"Лютик\"");
}

#[test]
fn a_file_that_cannot_serve_is_refused_before_anything_is_told() {
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Z\nTEL:+79001234569\nEND:VCARD\n";
    let desk = Desk::new(&[
        ("head.csv", "Кому;Телефон;Имя\n"),
        ("phone.csv", "Имя;Телефон\nА;79001234567\n"),
        ("card.vcf", card),
    ]);
    for (name, code) in [
        ("head.csv", FileProblemCode::NoRows),
        ("phone.csv", FileProblemCode::NoPhoneColumn),
        ("card.vcf", FileProblemCode::NoPhoneColumn),
        ("none.csv", FileProblemCode::FileMissing),
    ] {
        assert_eq!(file_code(&desk.inputs(&[name], &[], &[])), code, "{name}");
    }
}

#[test]
fn recipients_and_cards_need_each_other() {
    let desk = Desk::new(&[]);
    let opened = |recipients: &[&str], contacts: &[&str]| {
        open_error(&desk.inputs(&[], recipients, contacts))
    };
    assert!(matches!(opened(&[], &[]), OpenError::Nothing));
    assert!(matches!(
        opened(&["79001234567"], &[]),
        OpenError::NoContacts
    ));
    assert!(matches!(opened(&[], &["a.csv"]), OpenError::NoRecipients));
}

#[test]
fn an_answer_of_whoever_is_told_stops_the_reading() {
    let desk = Desk::new(&[("a.csv", "Кому;Телефон;Имя\n1;2;3\n1;2;3\n")]);
    let opened = OpenedInputs::open(
        &desk.inputs(&["a.csv"], &[], &[]),
        &IngestOptions::default(),
    )
    .unwrap();
    let mut told = 0;
    let stopped = opened.read(&mut |entry| {
        told += 1;
        let RowCheck::Problem(problem, _) = entry.finding else {
            panic!()
        };
        assert_eq!(problem.code, ProblemCode::RecipientInvalid);
        Err(std::fmt::Error)
    });
    assert!(matches!(stopped, Err(ReadError::Consumer(_))) && told == 1);
    assert!(Path::new(&desk.path("a.csv")).exists());
}

/// What a table says as contacts of one recipient: number and names of each row, or its problem.
fn contacts_of(table: &str) -> Vec<String> {
    let desk = Desk::new(&[("a.csv", table)]);
    let inputs = desk.inputs(&[], &["79110000001"], &["a.csv"]);
    let lines = told(&inputs, &IngestOptions::default());
    let without_place = |line: String| {
        let text = line.replace("79110000001 <- ", "");
        text.split_once(' ').unwrap_or_default().1.to_owned()
    };
    lines.into_iter().map(without_place).collect()
}

#[test]
fn the_recipients_name_is_never_sent_with_the_contacts_number() {
    for (headings, row, expected) in [
        (
            "Имя;Телефон получателя;Имя контакта;Телефон контакта",
            "Анна;79001110001;Пётр;79001110009",
            "Пётр",
        ),
        (
            "ФИО;Телефон получателя;ФИО контакта;Телефон контакта",
            "Ким Анна;79001110001;Чехов Антон;79001110009",
            "Антон  Чехов",
        ),
        (
            "First Name;Recipient phone;Contact First Name;Contact Phone",
            "Anna;79001110001;Peter;79001110009",
            "Peter",
        ),
        (
            "Name;Recipient;Contact name;Contact phone",
            "Anna Kim;79001110001;Peter;79001110009",
            "Peter",
        ),
        (
            "Фамилия;Имя;Телефон получателя;Фамилия контакта;Имя контакта;Телефон контакта",
            "Ким;Анна;79001110001;Чехов;;79001110009",
            "Чехов",
        ),
        (
            "Компания;Получатель;Контактное лицо;Телефон;Компания контакта",
            "Лютик;79001110001;Пётр;79001110009;Спица",
            "Пётр   Спица",
        ),
        (
            "Контрагент;Телефон получателя;Контактное лицо;Телефон",
            "ООО Лютик;79001110001;Пётр;79001110009",
            "Пётр",
        ),
        (
            "Имя;Телефон получателя;Имя;Телефон",
            "Анна;79001110001;Пётр;79001110009",
            "Пётр",
        ),
        (
            "Телефон;Имя;Телефон получателя;Имя",
            "79001110009;Пётр;79001110001;Анна",
            "Пётр",
        ),
        (
            "Имя;Телефон получателя;Фамилия;Телефон",
            "Пётр;79001110001;Чехов;79001110009",
            "Пётр  Чехов",
        ),
        (
            "firstName;Получатель;lastName;Телефон контакта;Имя контакта",
            "Пётр;79001110001;Чехов;79001110009;Анна",
            "Пётр  Чехов",
        ),
    ] {
        let desk = Desk::new(&[("a.csv", &format!("{headings}\n{row}\n"))]);
        let inputs = desk.inputs(&["a.csv"], &[], &[]);
        let expected = format!("0:2 79001110001 <- 79001110009 {expected}");
        let lines = told(&inputs, &IngestOptions::default());
        assert_eq!(lines, [expected], "{headings}");
    }
    let table = "Наименование;Телефон получателя;ФИО;Телефон\nАнна;79001110001;;79001110009\n";
    let desk = Desk::new(&[("a.csv", table)]);
    assert_eq!(
        told(
            &desk.inputs(&["a.csv"], &[], &[]),
            &IngestOptions::default()
        ),
        ["0:2 name_missing [ФИО] []"]
    );
}

#[test]
fn a_name_beside_the_recipient_is_refused_if_the_contact_may_have_another() {
    let read = |headings: &str, columns: Vec<(Field, String)>| {
        let table = format!("{headings}\n79001110009;Олег;79001110001;79001110009\n");
        let desk = Desk::new(&[("a.csv", &table)]);
        let options = IngestOptions {
            columns,
            ..IngestOptions::default()
        };
        let inputs = desk.inputs(&["a.csv"], &[], &[]);
        OpenedInputs::open(&inputs, &options)
            .err()
            .map(|error| error.to_string())
    };
    for headings in [
        "Имя;Телефон получателя;Менеджер;Телефон",
        "ФИО;Кому;Врач;Телефон",
        "Имя;Телефон получателя;Телефон;Менеджер",
        "Телефон;Кто;Телефон получателя;Имя",
    ] {
        let said = read(headings, Vec::new()).unwrap_or_default();
        assert!(
            said.contains("is the name of the recipient or"),
            "{headings}: {said}"
        );
        for column in ["Имя", "Менеджер"]
            .into_iter()
            .filter(|column| headings.contains(column))
        {
            let mapped = vec![(Field::FirstName, column.to_owned())];
            assert_eq!(read(headings, mapped), None, "{headings} {column}");
        }
    }
    for headings in [
        "Имя;Телефон получателя;Телефон;Город",
        "Кому;Имя;Телефон;Менеджер",
        "Имя контакта;Кому;Менеджер;Телефон",
        "firstName;chatId;Менеджер;phoneContact",
        "Имя;Кому;;Телефон",
    ] {
        assert_eq!(read(headings, Vec::new()), None, "{headings}");
    }
}

#[test]
fn a_table_of_several_people_a_row_is_refused_unless_map_says_whose_it_is() {
    let row = "Олег;79001110001;Пётр;79001110009\n";
    for headings in [
        "Имя;Телефон;Имя;Телефон",
        "Имя;Телефон;Имя.1;Телефон.1",
        "Имя;Телефон;Имя 2;Телефон 2",
        "ФИО;Моб. тел.;ФИО;Моб. тел.",
        "Name;Phone;Name_2;Phone_2",
    ] {
        let desk = Desk::new(&[("a.csv", &format!("{headings}\n{row}"))]);
        let refused = [
            desk.inputs(&[], &["79110000001"], &["a.csv"]),
            desk.inputs(&[], &["a.csv"], &["a.csv"]),
        ];
        for inputs in &refused {
            let code = file_code(inputs);
            assert_eq!(code, FileProblemCode::ColumnsAmbiguous, "{headings}");
        }
        let mapped = IngestOptions {
            columns: vec![
                (Field::PhoneContact, "D".to_owned()),
                (Field::FirstName, "C".to_owned()),
            ],
            ..IngestOptions::default()
        };
        let expected = ["0:2 79110000001 <- 79001110009 Пётр"];
        assert_eq!(told(&refused[0], &mapped), expected, "{headings}");
    }
    for headings in [
        "Имя;Телефон;Фамилия;Телефон",
        "Имя;Телефон;Город;Телефон 2",
        "Имя;Телефон;Имя;Город",
    ] {
        let table = format!("{headings}\nОлег;79001110001;;\n");
        let read = contacts_of(&table);
        assert_eq!(read, ["79001110001 Олег"], "{headings}");
    }
    let twice = "Получатель;Имя;Телефон;Имя\n79001110001;Олег;79001110009;Пётр\n";
    let desk = Desk::new(&[("a.csv", twice)]);
    let code = file_code(&desk.inputs(&["a.csv"], &[], &[]));
    assert_eq!(code, FileProblemCode::ColumnsAmbiguous);
}

#[test]
fn a_full_name_fills_what_the_other_names_of_its_row_lack() {
    for (table, expected) in [
        (
            "Name;Surname;Phone\nJohn;Smith;79001110001\n",
            "John  Smith",
        ),
        (
            "name;last_name;phone\nJohn Smith;Smith;79001110001\n",
            "John  Smith",
        ),
        (
            "Фамилия;Имя Отчество;Телефон\nИванова;Анна Петровна;79001110001\n",
            "Анна Петровна Иванова",
        ),
        (
            "Фамилия;И.О.;Телефон\nИванова;А.П.;79001110001\n",
            "А.П.  Иванова",
        ),
        (
            "Отчество;ФИО;Телефон\nПетровна;Иванова Анна Петровна;79001110001\n",
            "Анна Петровна Иванова",
        ),
        (
            "Наименование;Имя;Телефон\nООО Лютик;Анна;79001110001\n",
            "Анна   ООО Лютик",
        ),
    ] {
        assert_eq!(contacts_of(table), [format!("79001110001 {expected}")]);
    }
    let damaged = "Name;Surname;Phone\nРђСЂС‚РµРј;Smith;79001110001\n";
    let problem = ["name_mojibake [Name] [РђСЂС‚РµРј]"];
    assert_eq!(contacts_of(damaged), problem);
}
