//! Text tables as they come from real programs, each made here byte by byte, and tables of random
//! cells: what is written in any shape is read back cell for cell, or refused with its row.

use std::fmt::Write as _;
use std::io::Write as _;

use encoding_rs::{
    Encoding, IBM866, KOI8_R, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252, X_MAC_CYRILLIC,
};

use super::{Cell, FileProblem, Input, Layout, ReadOptions, RowFault, TableRow, open};

const PEOPLE: &str = "Имя;Телефон\r\nАртём Евпаторийский;79001234567\r\nОльга;79001234568\r\n";

/// How a file is read: its layout, and its rows as `number:cell|cell`.
fn read(bytes: &[u8], reading: &ReadOptions) -> Result<(Layout, Vec<String>), FileProblem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let Input::Table(mut table) = open(file.path(), reading)? else {
        panic!("no table")
    };
    let (mut row, mut rows) = (TableRow::default(), Vec::new());
    while table.read_row(&mut row)? {
        let cells: Vec<&str> = row
            .cells
            .iter()
            .map(|cell: &Cell| cell.text.as_str())
            .collect();
        let fault = if row.fault == Some(RowFault::BadQuotes) {
            "!"
        } else {
            ""
        };
        rows.push(format!("{}:{}{fault}", row.number, cells.join("|")));
    }
    Ok((table.layout().clone(), rows))
}

fn rows(bytes: &[u8]) -> Vec<String> {
    read(bytes, &ReadOptions::default()).unwrap().1
}

fn refused(bytes: &[u8]) -> (&'static str, Option<u64>) {
    let problem = read(bytes, &ReadOptions::default()).unwrap_err();
    (problem.code().as_str(), problem.row())
}

/// A text in an encoding, with what comes before it in the file.
fn encoded(mark: &[u8], encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let units = || text.encode_utf16();
    let bytes: Vec<u8> = if encoding == UTF_16LE {
        units().flat_map(u16::to_le_bytes).collect()
    } else if encoding == UTF_16BE {
        units().flat_map(u16::to_be_bytes).collect()
    } else {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text} has letters that {} has not", encoding.name());
        bytes.into_owned()
    };
    [mark, &bytes].concat()
}

/// A program, the mark and the encoding that it writes, and what that is read as.
type Written<'a> = (
    &'a str,
    &'a [u8],
    &'static Encoding,
    &'a str,
    Option<&'a str>,
);

#[test]
fn every_encoding_that_programs_write_is_found_out_and_a_guess_is_shown() {
    let guessed = Some("Артём Евпаторийский");
    let table: &[Written] = &[
        (
            "a Russian Excel, CSV",
            b"",
            WINDOWS_1251,
            "windows-1251",
            guessed,
        ),
        ("Excel, CSV UTF-8", b"\xEF\xBB\xBF", UTF_8, "UTF-8", None),
        ("Google Sheets", b"", UTF_8, "UTF-8", None),
        (
            "Excel, Unicode text",
            b"\xFF\xFE",
            UTF_16LE,
            "UTF-16LE",
            None,
        ),
        (
            "UTF-16 of the other order",
            b"\xFE\xFF",
            UTF_16BE,
            "UTF-16BE",
            None,
        ),
        ("UTF-16 without a mark", b"", UTF_16LE, "UTF-16LE", None),
        (
            "UTF-16 of the other order without a mark",
            b"",
            UTF_16BE,
            "UTF-16BE",
            None,
        ),
        ("old 1C, CSV (MS-DOS)", b"", IBM866, "IBM866", guessed),
        ("old Unix", b"", KOI8_R, "KOI8-R", guessed),
        (
            "Excel of a Mac, CSV (Macintosh)",
            b"",
            X_MAC_CYRILLIC,
            "x-mac-cyrillic",
            guessed,
        ),
    ];
    for (program, mark, encoding, name, example) in table {
        for delimiter in [";", ",", "\t", "|"] {
            for line_end in ["\r\n", "\n", "\r"] {
                let text = PEOPLE.replace(';', delimiter).replace("\r\n", line_end);
                let (layout, rows) =
                    read(&encoded(mark, encoding, &text), &ReadOptions::default()).unwrap();
                let expected = [
                    "1:Имя|Телефон",
                    "2:Артём Евпаторийский|79001234567",
                    "3:Ольга|79001234568",
                ];
                assert_eq!(rows, expected, "{program}, {delimiter:?}, {line_end:?}");
                assert_eq!(
                    (layout.encoding, layout.example.as_deref()),
                    (*name, *example),
                    "{program}"
                );
                assert_eq!(layout.delimiter, delimiter.chars().next(), "{program}");
            }
        }
    }
    let german = encoded(b"", WINDOWS_1252, "Name;Telefon\nJürgen Groß;79001234567\n");
    let (layout, rows) = read(&german, &ReadOptions::default()).unwrap();
    assert_eq!(
        (layout.encoding, layout.example.as_deref()),
        ("windows-1252", Some("Jürgen Groß"))
    );
    assert_eq!(rows[1], "2:Jürgen Groß|79001234567");
}

#[test]
fn the_first_russian_letter_may_stand_in_the_last_row() {
    let latin = "Name;Phone\r\n".to_owned() + &"Anna;79001234567\r\n".repeat(50_000);
    let bytes = [
        latin.as_bytes(),
        &encoded(b"", WINDOWS_1251, "Иван;79001234568"),
    ]
    .concat();
    let (layout, rows) = read(&bytes, &ReadOptions::default()).unwrap();
    assert_eq!(
        (layout.encoding, layout.example.as_deref()),
        ("windows-1251", Some("Иван"))
    );
    assert_eq!(rows[50_001], "50002:Иван|79001234568");
}

#[test]
fn one_broken_row_never_makes_other_letters_of_all_the_rest() {
    let whole = PEOPLE.as_bytes();
    let ivan = encoded(b"", WINDOWS_1251, "Иван;79001234569\n");
    let table: [(&[&[u8]], u64); 5] = [
        (&[whole, &ivan, whole], 4),
        (&[b"\xEF\xBB\xBF", whole, &ivan], 4),
        (&[&encoded(b"", WINDOWS_1251, &PEOPLE.repeat(20)), whole], 1),
        (&[whole, "Мария".as_bytes().split_at(9).0], 4),
        (
            &[&encoded(b"\xFF\xFE", UTF_16LE, PEOPLE), b"\x00\xD8;\x00"],
            4,
        ),
    ];
    for (parts, row) in table {
        let bytes = parts.concat();
        assert_eq!(
            refused(&bytes),
            ("encoding_unknown", Some(row)),
            "{:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn a_person_may_name_the_encoding_and_is_followed_or_refused() {
    let named = |label: &str| ReadOptions {
        encoding: Some(label.to_owned()),
        ..ReadOptions::default()
    };
    for (label, mark, encoding, told) in [
        ("koi8-r", &b""[..], KOI8_R, Ok("KOI8-R")),
        ("cp866", b"", IBM866, Ok("IBM866")),
        (
            "macintosh-cyrillic",
            b"",
            X_MAC_CYRILLIC,
            Err("encoding_unknown"),
        ),
        ("x-mac-cyrillic", b"", X_MAC_CYRILLIC, Ok("x-mac-cyrillic")),
        (
            "windows-1251",
            b"\xEF\xBB\xBF",
            WINDOWS_1251,
            Ok("windows-1251"),
        ),
        (
            "windows-1251",
            b"\xFF\xFE",
            WINDOWS_1251,
            Ok("windows-1251"),
        ),
        (
            "windows-1251",
            b"\xEF\xBB\xBF",
            UTF_8,
            Err("encoding_unknown"),
        ),
        ("windows-1251", b"", UTF_16LE, Err("encoding_unknown")),
        ("utf-8", b"\xFF\xFE", UTF_16LE, Err("encoding_unknown")),
        ("utf-16", b"\xEF\xBB\xBF", UTF_8, Err("encoding_unknown")),
        ("utf-16", b"\xFE\xFF", UTF_16BE, Ok("UTF-16BE")),
        ("utf-16be", b"", UTF_16BE, Ok("UTF-16BE")),
        ("utf-8", b"", WINDOWS_1251, Err("encoding_unknown")),
        (
            "windows-1253",
            b"",
            encoding_rs::WINDOWS_1253,
            Ok("windows-1253"),
        ),
    ] {
        let greek = encoding.name() == "windows-1253";
        let text = if greek {
            PEOPLE.replace(|letter: char| !letter.is_ascii(), "ω")
        } else {
            PEOPLE.to_owned()
        };
        let seen = read(&encoded(mark, encoding, &text), &named(label));
        let seen = seen.map(|(layout, rows)| (layout.encoding, layout.example, rows.len()));
        let told = told.map(|name| (name, None, 3));
        assert_eq!(
            seen.map_err(|problem| problem.code().as_str()),
            told,
            "{label}"
        );
    }
}

#[test]
fn tables_come_out_whole_whatever_shape_programs_give_them() {
    let table: &[(&str, &str, &[&str])] = &[
        (
            "blank rows",
            "Имя;Т\r\n\r\nА;1\r\n;\r\nБ;2\r\n",
            &["1:Имя|Т", "3:А|1", "5:Б|2"],
        ),
        (
            "ghost columns and rows",
            "Имя;Т;;;\nА;1;;;\n;;;;\n;;;;\n",
            &["1:Имя|Т|||", "2:А|1|||"],
        ),
        (
            "all line ends at once",
            "Имя;Т\r\nА;1\nБ;2\rВ;3",
            &["1:Имя|Т", "2:А|1", "3:Б|2", "4:В|3"],
        ),
        (
            "a line break in a cell",
            "Имя;Т;О\n\"А\r\nБ\";1;х\nВ;3;х\n",
            &["1:Имя|Т|О", "2:А\r\nБ|1|х", "3:В|3|х"],
        ),
        (
            "one in a table of two columns",
            "Имя;Т\n\"А; Б\nв\";1\nВ;3\n",
            &["1:Имя|Т", "2:А; Б\nв|1", "3:В|3"],
        ),
        (
            "a comma in a heading",
            "Имя, Фамилия;Т\nА;1\n",
            &["1:Имя, Фамилия|Т", "2:А|1"],
        ),
        (
            "a comma in a quoted heading",
            "\"Имя, Фамилия\",Т\nА,1\n",
            &["1:Имя, Фамилия|Т", "2:А|1"],
        ),
        (
            "decimal commas",
            "Имя;Сумма;Т\nА;1,50;1\nБ;2,50;2\n",
            &["1:Имя|Сумма|Т", "2:А|1,50|1", "3:Б|2,50|2"],
        ),
        (
            "commas in tabbed text",
            "Имя\tТ\nА, Б\t1\nВ, Г\t2\n",
            &["1:Имя|Т", "2:А, Б|1", "3:В, Г|2"],
        ),
        (
            "the end mark of DOS",
            "Имя;Т\r\nА;1\r\n\u{1A}",
            &["1:Имя|Т", "2:А|1"],
        ),
        (
            "one behind a value and a line end",
            "Имя;Т\nА;1\u{1A}\r\n\u{1A}\0",
            &["1:Имя|Т", "2:А|1"],
        ),
        (
            "numbers alone",
            "79001234567\n79001234568\n",
            &["1:79001234567", "2:79001234568"],
        ),
        (
            "rows of unlike width",
            "Имя;Т\nА;1;2\nБ\nВ;3\n",
            &["1:Имя|Т", "2:А|1|2", "3:Б", "4:В|3"],
        ),
        (
            "marks not doubled",
            "Имя;Т\n\"ООО \"А\"\";1\n",
            &["1:Имя|Т", "2:ООО А\"\"|1!"],
        ),
        (
            "sep=",
            "sep=,\r\nИмя,Т\r\nА;Б,1\r\n",
            &["2:Имя|Т", "3:А;Б|1"],
        ),
        (
            "sep= quoted",
            "\"sep=;\"\nИмя;Т\nА,Б;1\n",
            &["2:Имя|Т", "3:А,Б|1"],
        ),
        (
            "sep= of a tab",
            "sep=\\t\nИмя\tТ\nА;Б\t1\n",
            &["2:Имя|Т", "3:А;Б|1"],
        ),
    ];
    for (shape, text, expected) in table {
        for (mark, encoding) in [
            (&b""[..], UTF_8),
            (b"\xEF\xBB\xBF", UTF_8),
            (b"\xFF\xFE", UTF_16LE),
        ] {
            assert_eq!(
                rows(&encoded(mark, encoding, text)),
                *expected,
                "{shape}, {}",
                encoding.name()
            );
        }
    }
}

#[test]
fn rows_that_a_spreadsheet_put_in_one_cell_each_are_read_from_the_inside_and_it_is_told() {
    let text =
        "Имя,Т,О\r\n\"А,1,\"\"б, в\"\"\"\r\nГ,2,д\r\n\"Е,3,\"\"ООО \"\"\"\"Ж\"\"\"\"\"\"\"\r\n";
    let (layout, rows) = read(&encoded(b"", WINDOWS_1251, text), &ReadOptions::default()).unwrap();
    assert_eq!((layout.delimiter, layout.double_quoted), (Some(','), true));
    assert_eq!(
        rows,
        ["1:Имя|Т|О", "2:А|1|б, в", "3:Г|2|д", "4:Е|3|ООО \"Ж\""]
    );
    assert!(
        !read(PEOPLE.as_bytes(), &ReadOptions::default())
            .unwrap()
            .0
            .double_quoted
    );
}

#[test]
fn damage_is_refused_with_its_row() {
    let rows = |count: usize| "Анна;79001234567\n".repeat(count);
    let table: &[(&str, Vec<u8>, &str, Option<u64>)] = &[
        (
            "32 people behind a mark",
            format!("Имя;Т\n\"{}", rows(32)).into(),
            "unclosed_quote",
            Some(2),
        ),
        (
            "a mark before and one behind",
            format!("Имя;Т\n{}\"{}Вера\";79001234568\n", rows(2), rows(32)).into(),
            "unclosed_quote",
            Some(4),
        ),
        ("a NUL", b"a;b\n1;2\n3;\0\n".to_vec(), "file_nul", Some(3)),
        (
            "a NUL in UTF-16",
            encoded(b"\xFF\xFE", UTF_16LE, "a;b\n\0;2\n"),
            "file_nul",
            Some(2),
        ),
        (
            "a picture",
            [b"\x89PNG\r\n\x1A\n".to_vec(), vec![0; 99]].concat(),
            "file_binary",
            None,
        ),
        (
            "100 MB in one line",
            format!("Имя;Т\n{}", "x".repeat(100 << 20)).into(),
            "line_too_long",
            Some(2),
        ),
        (
            "an English Excel",
            "???;???????\r\n????;79001234567\r\n".into(),
            "text_lost",
            Some(1),
        ),
        (
            "another one",
            "sep=;\nName;Phone\n_____;7900\n____ ____;7901\n".into(),
            "text_lost",
            Some(3),
        ),
        (
            "lost before",
            "Name;T\nA\u{FFFD}\u{FFFD};1\nB\u{FFFD};2\n".into(),
            "text_lost",
            Some(2),
        ),
    ];
    for (damage, bytes, code, row) in table {
        assert_eq!(refused(bytes), (*code, *row), "{damage}");
    }
}

/// A cell of the letters that make tables hard; every fifth is empty.
fn cell(random: &mut fastrand::Rng, letters: &[char]) -> String {
    let length = if random.u8(..5) == 0 {
        0
    } else {
        random.usize(1..8)
    };
    (0..length)
        .map(|_| letters[random.usize(..letters.len())])
        .collect()
}

#[test]
fn what_is_written_in_any_shape_is_read_back() {
    let letters: Vec<char> = "АннаБорисяё\"\"'\n,;|\t x=".chars().collect();
    let encodings: [(&[u8], _); 8] = [
        (b"", UTF_8),
        (b"\xEF\xBB\xBF", UTF_8),
        (b"", UTF_16LE),
        (b"\xFF\xFE", UTF_16LE),
        (b"\xFE\xFF", UTF_16BE),
        (b"", WINDOWS_1251),
        (b"", IBM866),
        (b"", KOI8_R),
    ];
    for seed in 0..1_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mark, encoding) = encodings[random.usize(..encodings.len())];
        let delimiter = *random.choice(b";,\t|").unwrap();
        let columns = random.usize(2..6);
        // Headings and a last column without marks, as every table of contacts has one.
        let mut table = vec![
            (0..columns)
                .map(|column| format!("Столбец {column}"))
                .collect::<Vec<_>>(),
        ];
        for row in 0..random.usize(3..40) {
            let mut cells: Vec<_> = (1..columns).map(|_| cell(&mut random, &letters)).collect();
            cells.push(format!("{}", 79_001_234_567 + row as u64));
            table.push(cells);
        }
        let crlf = random.bool();
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(if random.bool() {
                csv::QuoteStyle::Necessary
            } else {
                csv::QuoteStyle::Always
            })
            .terminator(if crlf {
                csv::Terminator::CRLF
            } else {
                csv::Terminator::Any(b'\n')
            })
            .from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let given = ReadOptions {
            delimiter: Some(char::from(delimiter)),
            ..ReadOptions::default()
        };
        let found_out = ReadOptions::default();
        let reading = if random.bool() { &given } else { &found_out };
        let expected: Vec<String> = (1..)
            .zip(&table)
            .map(|(number, row)| written(number, row))
            .collect();
        let seen = read(&encoded(mark, encoding, &text), reading);
        let (_, rows) = seen.unwrap_or_else(|problem| panic!("seed {seed}: {problem}\n{text}"));
        assert_eq!(rows, expected, "seed {seed}, {}", encoding.name());
    }
}

fn written(number: usize, row: &[String]) -> String {
    let mut line = String::new();
    write!(line, "{number}:{}", row.join("|")).unwrap();
    line
}

#[test]
fn no_bytes_at_all_make_the_reader_fall() {
    let parts: [&[u8]; 16] = [
        b"\"",
        b"\"\"",
        b";",
        b",",
        b"\t",
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xFF\xFE",
        b"\xEF\xBB\xBF",
        b"\xC0\xED",
        "я".as_bytes(),
        b"79001234567",
        b"BEGIN:VCARD\n",
        b"sep=",
    ];
    for seed in 0..3_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bytes = Vec::new();
        for _ in 0..random.usize(..60) {
            bytes.extend_from_slice(parts[random.usize(..parts.len())]);
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        match open(file.path(), &ReadOptions::default()) {
            Ok(Input::Table(mut table)) => {
                let mut row = TableRow::default();
                while table.read_row(&mut row).is_ok_and(|more| more) {}
            }
            Ok(Input::Cards(mut cards)) => while cards.read_card().unwrap().is_some() {},
            Err(problem) => assert!(!problem.to_string().is_empty()),
        }
    }
}
