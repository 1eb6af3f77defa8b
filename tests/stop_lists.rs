//! Stop lists of every shape, as `check` reads them: whoever is anywhere on a list gets nothing, and a list that is not
//! understood stops the run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write;

use serde_json::Value;
use stand_in::{Desk, Ran, Service};

/// People of the list: the last digits of 7900100000X.
const PEOPLE: u64 = 8;

fn phone(person: u64) -> String {
    format!("7900100000{person}")
}

/// Replaces `#3` by the number of person 3.
fn with_phones(text: &str) -> String {
    (0..PEOPLE).fold(text.to_owned(), |text, person| {
        text.replace(&format!("#{person}"), &phone(person))
    })
}

/// A desk with a list of all people and a stop list.
fn desk(name: &str, stop: impl AsRef<[u8]>) -> Desk {
    let desk = Desk::new();
    let rows: Vec<String> = (0..PEOPLE)
        .map(|person| format!("{},79160000001,Анна\n", phone(person)))
        .collect();
    let heading = "phoneNumber,phoneContact,firstName\n";
    desk.write("list.csv", format!("{heading}{}", rows.concat()));
    desk.write(name, stop);
    desk
}

/// The people whom a stop list leaves out, and the line of the plan about the list.
fn left_out(name: &str, stop: impl AsRef<[u8]>) -> (Vec<u64>, String) {
    let desk = desk(name, stop);
    let arguments = ["check", "list.csv", "--suppress", name];
    let ran = desk.run(&[&arguments[..], &["--json"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let suppressed = rows.filter(|row| row["status"] == "suppressed");
    let person = |row: Value| row["row"].as_u64().unwrap() - 2;
    let plan = desk.run(&arguments).stdout;
    let line = plan
        .lines()
        .find(|line| line.trim_start().starts_with("Suppress"));
    (
        suppressed.map(person).collect(),
        line.unwrap().replace("Suppress", "").trim().to_owned(),
    )
}

/// A workbook in the XML of Excel 2003; of each sheet its name, whether it is hidden, and its rows.
fn workbook(sheets: &[(&str, bool, &str)]) -> String {
    let sheet = |(name, is_hidden, rows): &(&str, bool, &str)| {
        let cell = |text: &str| format!("<Cell><Data ss:Type='String'>{text}</Data></Cell>");
        let row = |row: &str| {
            let (attribute, cells) = match row.strip_prefix('!') {
                Some(cells) => (" ss:Hidden='1'", cells),
                None => ("", row),
            };
            let cells: String = cells.split(';').map(cell).collect();
            format!("<Row{attribute}>{cells}</Row>")
        };
        let rows: String = with_phones(rows).lines().map(row).collect();
        let visible = if *is_hidden {
            "<WorksheetOptions xmlns='urn:schemas-microsoft-com:office:excel'>\
             <Visible>SheetHidden</Visible></WorksheetOptions>"
        } else {
            ""
        };
        format!(
            "<Worksheet ss:Name='{name}'><Table><Column ss:Index='2' ss:Hidden='1'/>{rows}</Table>{visible}</Worksheet>"
        )
    };
    let sheets: String = sheets.iter().map(sheet).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{sheets}</Workbook>"
    )
}

/// An .xlsx file with these sheets, each as its XML.
fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut add = |name: &str, text: &str| {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    };
    let (mut list, mut relations) = (Vec::new(), Vec::new());
    for (number, (name, xml)) in (1..).zip(sheets) {
        list.push(format!(
            "<sheet name='{name}' sheetId='{number}' r:id='r{number}'/>"
        ));
        relations.push(format!(
            "<Relationship Id='r{number}' Type='x/worksheet' Target='sheet{number}.xml'/>"
        ));
        add(&format!("xl/sheet{number}.xml"), &with_phones(xml));
    }
    add(
        "xl/workbook.xml",
        &format!("<workbook><sheets>{}</sheets></workbook>", list.concat()),
    );
    add(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships>{}</Relationships>", relations.concat()),
    );
    writer.finish().unwrap().into_inner()
}

#[test]
fn whoever_is_on_any_sheet_of_a_stop_list_gets_nothing() {
    let sheets = [
        ("Стоп", false, "Телефон\n#0"),
        ("Пустой", false, ""),
        (
            "Архив",
            true,
            "Отписались в ноябре\n\nИмя;Телефон\nАнна;#1\n!Олег;#2",
        ),
        ("Без заголовка", false, "#3;просил\n#4;тоже"),
        ("Заметка", false, "Обновить в пятницу"),
        ("Ещё", false, "Кто;Номер абонента\nИра;#5"),
    ];
    let (people, line) = left_out("stop.xls", workbook(&sheets));
    assert_eq!(people, [0, 1, 2, 3, 4, 5]);
    assert_eq!(line, "stop.xls: 6 chats, 5 sheets read");
    let (people, line) = left_out("stop.xls", workbook(&sheets[2..3]));
    assert_eq!((people, line.as_str()), (vec![1, 2], "stop.xls: 2 chats"));
    let sheet = |person: &str| {
        format!(
            "<worksheet><sheetData><row r='1'><c r='A1'><v>{person}</v></c></row></sheetData></worksheet>"
        )
    };
    let (people, line) = left_out(
        "stop.xlsx",
        xlsx(&[("a", &sheet("#6")), ("b", &sheet("#7"))]),
    );
    assert_eq!(
        (people, line.as_str()),
        (vec![6, 7], "stop.xlsx: 2 chats, 2 sheets read")
    );
}

#[test]
fn whoever_is_in_any_table_of_a_stop_list_gets_nothing() {
    let column = |person: &str| {
        format!("<table><tr><td>Телефон</td></tr><tr><td>{person}</td></tr></table>")
    };
    let wide = "<table><tr><td>Имя<td>Телефон<tr><td>Анна<td>#2</table>";
    let hidden = "<div hidden><table><tr><td>Телефон<tr hidden><td>#3</table></div>";
    let hidden_column = "<table><tr><td>Имя<td style='display:none'>Телефон<td>Город\
        <tr><td>Анна<td style='display:none'>#4<td>Москва<tr><td>Олег<td style='display:none'>#5</table>";
    let invisible =
        "<table><tr><td>Телефон<td>Имя<tr><td style='visibility:hidden'>#3<td>Анна</table>";
    let frame = |inside: &str| format!("<table><tr><td>Меню</td><td>{inside}</td></tr></table>");
    for (page, expected, counted) in [
        (
            column("#0") + &column("#1"),
            vec![0, 1],
            "2 chats, 2 tables read",
        ),
        (
            column("#0") + &column("#1") + wide,
            vec![0, 1, 2],
            "3 chats, 3 tables read",
        ),
        (
            column("#0") + hidden + hidden_column,
            vec![0, 3, 4, 5],
            "4 chats, 3 tables read",
        ),
        (
            column("#0") + invisible,
            vec![0, 3],
            "2 chats, 2 tables read",
        ),
        (
            column("٧٩٠٠١٠٠٠٠٠٠") + &column("#1"),
            vec![0, 1],
            "2 chats, 2 tables read",
        ),
        (
            frame(&(column("#0") + &frame(&column("#1")))) + &frame(wide),
            vec![0, 1, 2],
            "3 chats, 3 tables read",
        ),
        (
            "<table></table>".to_owned() + &column("#0"),
            vec![0],
            "1 chat",
        ),
        (column("#0"), vec![0], "1 chat"),
    ] {
        let (people, line) = left_out("stop.xls", format!("<html>{}</html>", with_phones(&page)));
        assert_eq!(
            (people, line),
            (expected, format!("stop.xls: {counted}")),
            "{page}"
        );
    }
}

#[test]
fn whoever_is_named_in_any_digits_and_columns_of_a_stop_list_gets_nothing() {
    let arabic = "٧٩٠٠١٠٠٠٠٠٠";
    let wide = "７９００１００００００";
    for (stop, expected) in [
        (format!("{arabic}\n#1\n"), vec![0, 1]),
        (format!("{arabic}\n"), vec![0]),
        (format!("{wide}\n#1\n"), vec![0, 1]),
        (format!("Имя;{arabic}\nИмя;Телефон\nАнна;#1\n"), vec![0, 1]),
        ("Анна, тел. #0\nТелефон\n#1\n+7 900 100-00-02 (Олег)\n".to_owned(), vec![0, 1, 2]),
        ("Имя;Телефон\nАнна;#0\nТелефон;Имя\n#1;Олег\n".to_owned(), vec![0, 1]),
        ("Имя;Телефон\nРомашка; ООО;#0\nАнна;#1\n".to_owned(), vec![0, 1]),
        ("Phone 1 - Label;Phone 1 - Value\nHome Fax;#0\nPager;#1\n;#2\n".to_owned(), vec![0, 1, 2]),
        ("Имя;Телефон;Рабочий факс\nАнна;#0;#1\n".to_owned(), vec![0, 1]),
        ("Факс\n#0\n".to_owned(), vec![0]),
        ("chatId;Телефон\n120363043968066561@g.us;#0\n#1@c.us;\n".to_owned(), vec![0, 1]),
        (
            "row,source,status,recipient,phoneContact,firstName,middleName,lastName,company,idMessage,delivery,error,\
             explanation,attempts,sentAt,Телефон\n2,a.csv,accepted,#0,#1,A,,,,,,,,1,,#2\n"
                .to_owned(),
            vec![0],
        ),
    ] {
        let (people, _) = left_out("stop.csv", with_phones(&stop));
        assert_eq!(people, expected, "{stop}");
    }
}

fn stopped(stop: &[u8], language: &str) -> Ran {
    let desk = desk("stop.xls", stop);
    let service = Service::accepting();
    let send = [
        "send",
        "list.csv",
        "--suppress",
        "stop.xls",
        "--lang",
        language,
    ];
    let ran = desk.run_to(&service, &send);
    assert_eq!((ran.code, service.sends().len()), (3, 0), "{ran:?}");
    ran
}

#[test]
fn a_part_of_a_stop_list_that_is_not_understood_stops_the_run_and_is_named() {
    let good =
        "<worksheet><sheetData><row r='1'><c r='A1'><v>#0</v></c></row></sheetData></worksheet>";
    let list = "<table><tr><td>Телефон<tr><td>#0</table>";
    let page = |more: &str| with_phones(&format!("<html>{list}{more}</html>")).into_bytes();
    let book = workbook(&[
        ("Стоп", false, "Телефон\n#0"),
        ("Люди", true, "Кто;Где\nАнна;Москва"),
    ]);
    for (stop, said) in [
        (
            book.into_bytes(),
            "sheet \"Люди\": this is given as a stop list",
        ),
        (xlsx(&[("a", good), ("b", &good[..50])]), "sheet \"b\""),
        (
            page("<table><tr><td>Кто<td>Где<tr><td>Анна<td>Москва</table>"),
            "table 2: this is given",
        ),
        (
            page("<table><tr><td>Телефон<tr><td>7900"),
            "table 2: this is a web page",
        ),
        (
            "Анна\nОлег\n".as_bytes().to_vec(),
            "stop.xls: this is given as",
        ),
    ] {
        let ran = stopped(&stop, "en");
        assert!(ran.stderr.contains("stop.xls"), "{ran:?}");
        assert!(
            ran.stderr.replace("\n  ", " ").contains(said),
            "{said}: {ran:?}"
        );
    }
    let book = workbook(&[
        ("Стоп", false, "Телефон\n#0"),
        ("Люди", true, "Кто;Где\nАнна;Москва"),
    ]);
    let ran = stopped(book.as_bytes(), "ru");
    assert!(
        ran.stderr
            .contains("лист «Люди»: это указано как стоп-лист"),
        "{ran:?}"
    );
}

#[test]
fn an_entry_that_is_not_read_is_shown_with_its_sheet() {
    let book = workbook(&[
        ("Стоп", false, "Телефон\n#0"),
        ("Ещё", false, "Телефон\n9001000001\n#2"),
    ]);
    let (people, line) = left_out("stop.xls", book);
    assert_eq!(people, [0, 2]);
    assert!(
        line.ends_with("sheet \"Ещё\", row 2 \"9001000001\""),
        "{line}"
    );
}
