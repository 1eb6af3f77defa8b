//! Tables of people, made up: two numbers in each row, names in Cyrillic, a column that is not used;
//! about a hundred bytes a row. No number occurs twice, so that none can be remembered, and they are
//! in no order, as in a real list.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType};
use rust_xlsxwriter::Workbook;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::run::{role, run_well};

/// The formats, and the name of a file in each.
pub const CSV: &str = "people.csv";
pub const WRITTEN: &str = "written.csv";
pub const PLUS: &str = "plus.csv";
pub const WORLD: &str = "world.csv";
pub const WINDOWS_1251: &str = "windows-1251.csv";
pub const XLSX: &str = "people.xlsx";
pub const ODS: &str = "people.ods";
pub const VCARDS: &str = "people.vcf";
/// A table whose second row of data has a number that is none.
pub const BAD: &str = "bad.csv";

/// The number in [`BAD`] that is none.
pub const BAD_NUMBER: &str = "31337";

/// Makes a file of so many rows in a process of its own, whose memory does not count for us.
pub fn make(kind: &str, rows: u64, path: &str) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    match kind {
        CSV => table(&mut out, rows, |number| number.to_string()),
        WRITTEN => table(&mut out, rows, written),
        PLUS => table(&mut out, rows, |number| format!("+{number}")),
        WORLD => {
            let numbers = of_all_countries();
            let of = |number: u64| &numbers[usize::try_from(number).unwrap() % numbers.len()];
            table(&mut out, rows, |number| format!("+{}", of(number)));
        }
        BAD => {
            let second = mobile(1);
            let bad = |number: u64| {
                if number == second {
                    BAD_NUMBER.to_owned()
                } else {
                    number.to_string()
                }
            };
            table(&mut out, rows, bad);
        }
        WINDOWS_1251 => windows_1251(&mut out, rows),
        XLSX => xlsx(Path::new(path), rows),
        ODS => ods(out, rows),
        VCARDS => vcards(&mut out, rows),
        other => panic!("no input is called {other}"),
    }
}

/// The file of this kind and size in the folder; made if it is not there.
pub fn input(folder: &Path, kind: &str, rows: u64) -> PathBuf {
    let path = folder.join(format!("{rows}-{kind}"));
    if !path.exists() {
        run_well(
            &mut role(["make", kind, &rows.to_string(), path.to_str().unwrap()]),
            &[0],
        );
    }
    path
}

/// A Russian mobile; in no order, as in a real list, and none twice: the modulus is a prime.
const fn mobile(number: u64) -> u64 {
    79_100_000_000 + number * 618_033_989 % 99_999_989
}

/// The numbers of contacts are none of those of the recipients.
const FIRST_CONTACT: u64 = 50_000_000;

const HEADINGS: [&str; 6] = [
    "phoneNumber",
    "phoneContact",
    "firstName",
    "lastName",
    "company",
    "Город",
];
const FIRST: [&str; 8] = [
    "Артём",
    "Мария",
    "Анна",
    "Иван",
    "Ольга",
    "Пётр",
    "Екатерина",
    "Дмитрий",
];
const LAST: [&str; 7] = [
    "Евпаторийский",
    "Орлова",
    "Смирнова",
    "Кузнецов",
    "Попова",
    "Васильев",
    "Соколов",
];

/// One made-up row.
struct Person {
    recipient: u64,
    contact: u64,
    first: &'static str,
    last: &'static str,
    company: String,
}

fn people(rows: u64) -> impl Iterator<Item = Person> {
    let of = |words: &'static [&str], row: u64| words[usize::try_from(row).unwrap() % words.len()];
    (0..rows).map(move |row| Person {
        recipient: mobile(row),
        contact: mobile(row + FIRST_CONTACT),
        first: of(&FIRST, row),
        last: of(&LAST, row),
        company: format!("ООО Велосипед {}", row % 1000),
    })
}

/// `+7 (900) 123-45-67`.
fn written(number: u64) -> String {
    let digits = number.to_string();
    format!(
        "+{} ({}) {}-{}-{}",
        &digits[..1],
        &digits[1..4],
        &digits[4..7],
        &digits[7..9],
        &digits[9..]
    )
}

/// Numbers that the API takes, many of each country and in no order. There are fewer of them than rows, so some come again.
fn of_all_countries() -> Vec<u64> {
    let mobile = PhoneNumberType::Mobile;
    let mobiles = PHONE_NUMBER_UTIL
        .get_supported_regions()
        .filter_map(|region| {
            PHONE_NUMBER_UTIL
                .get_example_number_for_type_and_region(region, mobile)
                .ok()
        });
    let mut numbers = Vec::new();
    for example in mobiles {
        let digits = example.to_string().trim_start_matches('+').to_owned();
        if !matches!(digits.len(), 11 | 12) {
            continue;
        }
        let begin: u64 = digits.parse().unwrap();
        let begin = begin - begin % 1_000;
        let are_valid = |number: &u64| {
            let read = PHONE_NUMBER_UTIL.parse(format!("+{number}"), None);
            read.is_ok_and(|read| read.is_valid())
        };
        numbers.extend((begin..begin + 1_000).filter(are_valid));
    }
    let length = u64::try_from(numbers.len()).unwrap();
    numbers.sort_by_key(|number| number * 618_033_989 % (length | 1));
    numbers
}

fn table(out: &mut impl Write, rows: u64, show: impl Fn(u64) -> String) {
    writeln!(out, "{}", HEADINGS.join(";")).unwrap();
    for Person {
        recipient,
        contact,
        first,
        last,
        company,
    } in people(rows)
    {
        writeln!(
            out,
            "{};{};{first};{last};{company};Москва",
            show(recipient),
            show(contact)
        )
        .unwrap();
    }
}

fn windows_1251(out: &mut impl Write, rows: u64) {
    let mut lines = Vec::new();
    table(&mut lines, rows.min(1), |number| number.to_string());
    for Person {
        recipient,
        contact,
        first,
        last,
        company,
    } in people(rows).skip(1)
    {
        writeln!(
            lines,
            "{recipient};{contact};{first};{last};{company};Москва"
        )
        .unwrap();
        if lines.len() > 1 << 20 {
            out.write_all(&encoded(&lines)).unwrap();
            lines.clear();
        }
    }
    out.write_all(&encoded(&lines)).unwrap();
}

fn encoded(lines: &[u8]) -> Vec<u8> {
    encoding_rs::WINDOWS_1251
        .encode(std::str::from_utf8(lines).unwrap())
        .0
        .into_owned()
}

/// With a table of texts, as spreadsheets write them; the numbers are number cells.
#[expect(clippy::cast_precision_loss, reason = "eleven digits fit")]
fn xlsx(path: &Path, rows: u64) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_low_memory().unwrap();
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write(0, column, heading).unwrap();
    }
    for (row, person) in (1..).zip(people(rows)) {
        sheet.write(row, 0, person.recipient as f64).unwrap();
        sheet.write(row, 1, person.contact as f64).unwrap();
        for (column, text) in (2..).zip([person.first, person.last, &person.company, "Москва"])
        {
            sheet.write(row, column, text).unwrap();
        }
    }
    workbook.save(path).unwrap();
}

fn ods(out: impl Write + std::io::Seek, rows: u64) {
    const CONTENT: &str = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content "#,
        r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" "#,
        r#"xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#,
        r#"xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">"#,
        r#"<office:body><office:spreadsheet><table:table table:name="People">"#
    );
    let mut archive = ZipWriter::new(out);
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("mimetype", stored).unwrap();
    archive
        .write_all(b"application/vnd.oasis.opendocument.spreadsheet")
        .unwrap();
    archive
        .start_file("content.xml", SimpleFileOptions::default().large_file(true))
        .unwrap();
    archive.write_all(CONTENT.as_bytes()).unwrap();
    ods_row(&mut archive, &HEADINGS);
    for Person {
        recipient,
        contact,
        first,
        last,
        company,
    } in people(rows)
    {
        let [recipient, contact] = [recipient, contact].map(|number| number.to_string());
        ods_row(
            &mut archive,
            &[&recipient, &contact, first, last, &company, "Москва"],
        );
    }
    let end = "</table:table></office:spreadsheet></office:body></office:document-content>";
    archive.write_all(end.as_bytes()).unwrap();
    archive.finish().unwrap();
}

fn ods_row(out: &mut impl Write, cells: &[&str; 6]) {
    let mut row = String::from("<table:table-row>");
    for cell in cells {
        row += r#"<table:table-cell office:value-type="string"><text:p>"#;
        row += cell;
        row += "</text:p></table:table-cell>";
    }
    row += "</table:table-row>";
    out.write_all(row.as_bytes()).unwrap();
}

fn vcards(out: &mut impl Write, rows: u64) {
    for Person {
        contact,
        first,
        last,
        company,
        ..
    } in people(rows)
    {
        write!(
            out,
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{first} {last}\r\nN:{last};{first};;;\r\nORG:{company}\r\n\
             TEL;TYPE=CELL:+{contact}\r\nEND:VCARD\r\n"
        )
        .unwrap();
    }
}
