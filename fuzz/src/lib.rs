//! What each fuzz target does with its bytes. Each function panics where something that must always hold
//! does not, and says whether the bytes reached the format that they are for. `tests/fuzz.rs` calls the same
//! functions on the inputs of `tests/data/fuzz`.
//!
//! The last byte, which is also read, chooses the settings; so a file of any format is an input as it is.

use std::{
    convert::Infallible,
    io::{Cursor, Write},
    path::PathBuf,
};

use sendcontact::{
    cli::check_settings,
    domain::{CheckedRow, Message, Recipient, RowCheck, visible},
    formats::{Format, ReadOptions},
    green_api::check_answer,
    i18n::Language,
    ingest::{
        IngestOptions, Inputs, NumberLengths, NumberRules, OpenedInputs, RecipientArg, check_number,
    },
};

/// A target.
pub type Target = fn(&[u8]) -> bool;

/// Every target by its name, which is also that of its folder of inputs.
pub const TARGETS: [(&str, Target); 11] = [
    ("csv", csv),
    ("vcard", vcard),
    ("xlsx", xlsx),
    ("ods", ods),
    ("xls", xls),
    ("xml2003", xml2003),
    ("html", html),
    ("package", package),
    ("number", number),
    ("answer", answer),
    ("settings", settings),
];

/// What parts the parts of a package in one input.
const PART: u8 = 0x1E;

/// The parts of an .xlsx file that an input may bring along, in this order.
const OF_XLSX: [&str; 4] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
];

/// Leads to the parts of [`OF_XLSX`].
const RELATIONS: &str = "<Relationships>\
<Relationship Id='rId1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>\
<Relationship Id='rId2' Type='x/sharedStrings' Target='sharedStrings.xml'/>\
<Relationship Id='rId3' Type='x/styles' Target='styles.xml'/></Relationships>";

const WORKBOOK: &[u8] = b"<workbook><sheets><sheet name='A' r:id='rId1'/></sheets></workbook>";

/// Delimited text.
pub fn csv(bytes: &[u8]) -> bool {
    read(bytes, bytes, Some(Format::Csv))
}

/// Contact cards.
pub fn vcard(bytes: &[u8]) -> bool {
    read(bytes, bytes, Some(Format::Vcard))
}

/// An .xlsx file of the parts in [`OF_XLSX`], with [`PART`] between them; the others stay as they are.
pub fn xlsx(bytes: &[u8]) -> bool {
    let mut parts: Vec<(&str, &[u8])> = vec![("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes())];
    parts.extend(OF_XLSX.into_iter().zip(bytes.split(|byte| *byte == PART)));
    if parts.len() <= OF_XLSX.len() {
        parts.push(("xl/workbook.xml", WORKBOOK));
    }
    read(&packed(&parts), bytes, Some(Format::Xlsx))
}

/// An .ods file with this `content.xml`.
pub fn ods(bytes: &[u8]) -> bool {
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet";
    read(
        &packed(&[("mimetype", mimetype), ("content.xml", bytes)]),
        bytes,
        Some(Format::Ods),
    )
}

/// An .xls file with this stream of records.
pub fn xls(bytes: &[u8]) -> bool {
    let compound = || -> std::io::Result<Vec<u8>> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new()))?;
        file.create_stream("/Workbook")?.write_all(bytes)?;
        Ok(file.into_inner().into_inner())
    };
    read(&compound().unwrap(), bytes, Some(Format::Xls))
}

/// A workbook in the XML of Excel 2003.
pub fn xml2003(bytes: &[u8]) -> bool {
    read(bytes, bytes, Some(Format::Xml2003))
}

/// A web page.
pub fn html(bytes: &[u8]) -> bool {
    read(bytes, bytes, Some(Format::Html))
}

/// The bytes of a ZIP archive or a compound file themselves.
pub fn package(bytes: &[u8]) -> bool {
    let is_package = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0");
    is_package && read(bytes, bytes, None)
}

/// A cell with a phone number, below a line with the country and signs for the other settings: `*` any
/// length, `!` strict, `#` a number cell.
pub fn number(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let (head, cell) = text.split_once('\n').unwrap_or(("", text));
    let country = head.trim_end_matches(['*', '!', '#']);
    let has = |sign| head[country.len()..].contains(sign);
    let lengths = if has('*') {
        NumberLengths::Any
    } else {
        NumberLengths::Documented
    };
    let numbers = NumberRules {
        country: country.parse().ok(),
        strict: has('!'),
        lengths,
        are_results: false,
    };
    let _is_number = check_number(cell, has('#'), numbers);
    if let Err(error) = RecipientArg::parse(cell, numbers) {
        let _said = [Language::En, Language::Ru].map(|language| error.localized(language));
    }
    true
}

/// An answer of the service: status, header and body, each on a line of its own.
pub fn answer(bytes: &[u8]) -> bool {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let mut line = || {
        lines
            .next()
            .map(String::from_utf8_lossy)
            .unwrap_or_default()
            .into_owned()
    };
    let (status, header) = (line(), line());
    let Ok(status) = status.parse() else {
        return false;
    };
    check_answer(
        status,
        &header,
        lines.next().unwrap_or_default(),
        "d75b3a66374942c5b3c019c698abc2067e151558",
    );
    true
}

/// The text of a settings file, once as one that is trusted and once as one that is not.
pub fn settings(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    check_settings(text, true);
    check_settings(text, false);
    true
}

/// A ZIP archive of these parts, none of them packed: so a change in the input stays one in the part.
fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let pack = || -> zip::result::ZipResult<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in parts {
            writer.start_file(*name, options)?;
            writer.write_all(bytes)?;
        }
        Ok(writer.finish()?.into_inner())
    };
    pack().unwrap()
}

/// Reads a file as the program does; false if it turned out to be of another format.
fn read(file: &[u8], chooses: &[u8], format: Option<Format>) -> bool {
    let choice = chooses.last().copied().unwrap_or_default();
    let has = |bit: u8| choice & (1 << bit) != 0;
    let mut place = tempfile::NamedTempFile::new().unwrap();
    place.write_all(file).unwrap();
    let settings = IngestOptions {
        reading: ReadOptions {
            include_hidden: has(0),
            ..ReadOptions::default()
        },
        numbers: NumberRules {
            country: if has(3) { None } else { "RU".parse().ok() },
            strict: has(5),
            are_results: false,
            lengths: if has(2) {
                NumberLengths::Any
            } else {
                NumberLengths::Documented
            },
        },
        no_header: has(6),
        ..IngestOptions::default()
    };
    let as_contacts = has(4) || format == Some(Format::Vcard);
    let mut inputs = inputs(place.path().to_owned(), as_contacts);
    if has(7) {
        inputs.suppress = vec![place.path().to_owned()];
    }
    match OpenedInputs::open(&inputs, &settings) {
        Ok(intake) => {
            let is_of_format = intake
                .sources()
                .iter()
                .all(|source| format.is_none_or(|format| source.layout.format == format));
            check(intake, settings.numbers);
            is_of_format
        }
        Err(error) => {
            let _said = [Language::En, Language::Ru].map(|language| error.localized(language));
            true
        }
    }
}

fn inputs(path: PathBuf, as_contacts: bool) -> Inputs {
    if as_contacts {
        let recipient = RecipientArg::parse("79001234567", NumberRules::default()).unwrap();
        Inputs {
            recipients: vec![recipient],
            contacts: vec![path],
            ..Inputs::default()
        }
    } else {
        Inputs {
            inputs: vec![path],
            ..Inputs::default()
        }
    }
}

/// Reads every row: each is told once, in order, and what would be sent is what the API takes.
fn check(intake: OpenedInputs, numbers: NumberRules) {
    let (mut entries, mut last) = (0, 0);
    let counted = intake.read(&mut |entry| -> Result<(), Infallible> {
        entries += 1;
        assert!(
            entry.place.row > last,
            "row {} after {last}",
            entry.place.row
        );
        last = entry.place.row;
        check_entry(&entry, numbers);
        Ok(())
    });
    match counted {
        Ok(counted) => assert_eq!(
            counted.iter().map(|counted| counted.rows).sum::<u64>(),
            entries
        ),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn check_entry(entry: &CheckedRow, numbers: NumberRules) {
    for language in [Language::En, Language::Ru] {
        for warning in &entry.warnings {
            assert!(!warning.sentence.localized(language).is_empty());
        }
    }
    match &entry.finding {
        RowCheck::Message(message) | RowCheck::Suppressed(message, _) => {
            check_message(message, numbers);
        }
        RowCheck::Problem(problem, _) => {
            for language in [Language::En, Language::Ru] {
                assert!(!problem.sentence.localized(language).is_empty());
            }
        }
    }
}

fn check_message(message: &Message, numbers: NumberRules) {
    let phone = message.contact.phone();
    let any = numbers.lengths == NumberLengths::Any;
    assert!(any || phone.has_documented_length(), "{phone}");
    let names = message.contact.names();
    assert!(names.iter().any(|name| !name.is_empty()));
    for name in names {
        assert_eq!(visible(name), name, "a name is sent as it is seen");
    }
    if let Recipient::Phone(phone) = &message.recipient {
        assert!(any || phone.has_documented_length(), "{phone}");
    }
}
