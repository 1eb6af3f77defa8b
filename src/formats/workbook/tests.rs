use std::io::Write;

use zip::CompressionMethod;

use super::super::{Input, open};
use super::*;

/// A file that `tests/data/make.py` made.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn table(path: &Path, reading: &ReadOptions) -> Result<Table, FileProblem> {
    match open(path, reading)? {
        Input::Table(table) => Ok(table),
        Input::Cards(_) => panic!("no table"),
    }
}

/// Every row as `number:cell|cell`, numbers with a sign after them, and how many are hidden.
fn read(path: &Path, reading: &ReadOptions) -> Result<(Vec<String>, u64), FileProblem> {
    let mut table = table(path, reading)?;
    let (mut row, mut rows) = (TableRow::default(), Vec::new());
    while table.read_row(&mut row)? {
        let cell =
            |cell: &super::super::Cell| cell.text.clone() + if cell.numeric { "#" } else { "" };
        rows.push(format!(
            "{}:{}",
            row.number,
            row.cells.iter().map(cell).collect::<Vec<_>>().join("|")
        ));
    }
    Ok((rows, table.hidden_rows()))
}

fn code(read: Result<(Vec<String>, u64), FileProblem>) -> &'static str {
    read.map_or_else(|problem| problem.code().as_str(), |_| "none")
}

/// A workbook with one sheet of these rows, and with the given parts instead of its own.
fn xlsx(rows: &str, parts: &[(&str, &str)]) -> tempfile::NamedTempFile {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData><autoFilter/></worksheet>");
    let own = [
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name='Лист1' r:id='a'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='a' Type='x/worksheet' Target='/xl/sheet.xml'/>\
                 <Relationship Id='b' Type='x/sharedStrings' Target='strings.xml'/>\
                 <Relationship Id='c' Type='x/styles' Target='../xl/styles.xml'/></Relationships>",
        ),
        ("xl/sheet.xml", &sheet),
    ];
    let is_replaced = |name: &str| parts.iter().any(|(other, _)| *other == name);
    let own = own.into_iter().filter(|(name, _)| !is_replaced(name));
    packed(own.chain(parts.iter().copied()))
}

fn packed<'a>(parts: impl Iterator<Item = (&'a str, &'a str)>) -> tempfile::NamedTempFile {
    let mut writer = zip::ZipWriter::new(tempfile::NamedTempFile::new().unwrap());
    for (name, text) in parts {
        let method = if name == "mimetype" {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn people_are_read_alike_from_every_workbook() {
    let mut expected = vec![
        "2:|Список клиентов",
        "4:|Имя|Телефон|Компания|Добавлен",
        "5:|Анна|79001234567#|ООО \"Лютик\"|2026-07-14",
        "6:|Олена|380123456789#|Р&Б <дом>|2026-07-14T12:00:00",
        "7:|Иван|+7 (900) 123-45-69| два  пробела ",
        "8:|Пётр|79001234570|первая\nвторая",
        "11:|Вера|79001234572|TRUE|#N/A",
        "12:|Глеб|79001234573#|0.1#|#DIV/0!",
        "13:|Даша|79001234574#|ИП Ким",
        "14:|Егор|79001234575#|\r остаётся",
    ];
    for name in ["people-libreoffice.xlsx", "people.xls"] {
        let (rows, hidden) = read(&data(name), &ReadOptions::default()).unwrap();
        assert_eq!(
            (rows, hidden),
            (expected.iter().map(|row| (*row).to_owned()).collect(), 1),
            "{name}"
        );
    }
    // LibreOffice forgets that a value is a truth, and a number that it takes for a date.
    expected[6] = "11:|Вера|79001234572|1#|#N/A";
    expected[8] = "13:|Даша|-000-32768-01-01T00:00:00|ИП Ким";
    assert_eq!(
        read(&data("people.ods"), &ReadOptions::default())
            .unwrap()
            .0,
        expected
    );
}

#[test]
fn a_formula_that_was_never_calculated_is_an_empty_cell() {
    let (rows, _) = read(&data("people.xlsx"), &ReadOptions::default()).unwrap();
    assert_eq!(rows[2], "5:|Анна|79001234567#|ООО \"Лютик\"");
    assert_eq!(rows[6], "11:|Вера");
}

#[test]
fn rows_that_a_filter_hides_are_left_out_and_counted() {
    for name in ["filtered.xlsx", "filtered.xls", "filtered.ods"] {
        let seen = [
            "1:Имя|Город|Телефон",
            "2:Анна|Москва|79001110001#",
            "4:Пётр|Москва|79001110003#",
        ];
        let (rows, hidden) = read(&data(name), &ReadOptions::default()).unwrap();
        assert_eq!(
            (&rows[..], hidden),
            (&seen.map(str::to_owned)[..], 2),
            "{name}"
        );
        let all = ReadOptions {
            include_hidden: true,
            ..ReadOptions::default()
        };
        let (rows, hidden) = read(&data(name), &all).unwrap();
        assert_eq!((rows.len(), hidden), (5, 0), "{name}");
        assert_eq!(rows[4], "5:Вера|Тула|79001110004#");
    }
}

#[test]
fn texts_in_the_cells_themselves_and_the_binary_format_of_programs_are_read() {
    let (rows, _) = read(&data("inline.xlsx"), &ReadOptions::default()).unwrap();
    assert_eq!(
        rows,
        [
            "1:Имя|Телефон",
            "2: Анна & Ко |79001234567",
            "3:Иван|79001234568#"
        ]
    );
    let (rows, hidden) = read(&data("xlwt.xls"), &ReadOptions::default()).unwrap();
    assert_eq!(
        rows,
        ["2:Имя|Телефон", "3:Анна|79001234567#", "5:Иван|79001234569"]
    );
    assert_eq!(hidden, 1);
}

#[test]
fn the_first_sheet_that_is_visible_and_not_empty_is_read_unless_one_is_named() {
    let others = ["Черновик", "Пустой", "Клиенты", "Архив"];
    for name in ["people.xlsx", "people.xls", "people.ods"] {
        let chosen = |asked: Option<&str>| {
            let reading = ReadOptions {
                sheet: asked.map(str::to_owned),
                ..ReadOptions::default()
            };
            let layout = table(&data(name), &reading).unwrap().layout().clone();
            let rest: Vec<_> = others
                .iter()
                .filter(|other| layout.sheet.as_deref() != Some(**other))
                .collect();
            assert_eq!(
                layout.other_sheets.iter().collect::<Vec<_>>(),
                rest,
                "{name}"
            );
            layout.sheet.unwrap()
        };
        assert_eq!(chosen(None), "Клиенты");
        assert_eq!(chosen(Some(" архив ")), "Архив");
        assert_eq!(chosen(Some("1")), "Черновик");
        let unknown = ReadOptions {
            sheet: Some("5".to_owned()),
            ..ReadOptions::default()
        };
        let problem = table(&data(name), &unknown).err().unwrap();
        assert_eq!(problem.code(), FileProblemCode::SheetMissing);
        assert!(
            problem
                .to_string()
                .contains("\"Черновик\" (hidden), \"Пустой\", "),
            "{problem}"
        );
    }
}

#[test]
fn every_sheet_is_read_if_all_are_asked_for() {
    let every = ReadOptions {
        every_part: true,
        ..ReadOptions::default()
    };
    for name in ["people.xlsx", "people.xls", "people.ods"] {
        let mut table = table(&data(name), &every).unwrap();
        let (mut row, mut sheets) = (TableRow::default(), Vec::new());
        loop {
            let mut rows = 0;
            while table.read_row(&mut row).unwrap() {
                rows += 1;
            }
            let part = table
                .part()
                .map(|part| part.localized(crate::i18n::Language::En));
            sheets.push((part.unwrap(), rows));
            if !table.next_part().unwrap() {
                break;
            }
        }
        let expected = [
            ("Черновик", 1),
            ("Пустой", 0),
            ("Клиенты", 11),
            ("Архив", 2),
        ];
        let expected = expected.map(|(name, rows)| (format!("sheet \"{name}\""), rows));
        assert_eq!(sheets, expected, "{name}");
    }
}

#[test]
fn a_password_is_told() {
    for name in ["locked.xlsx", "locked.xls", "locked.ods"] {
        assert_eq!(
            code(read(&data(name), &ReadOptions::default())),
            "workbook_encrypted",
            "{name}"
        );
    }
}

#[test]
fn a_workbook_that_is_cut_off_or_changed_is_never_read_as_if_it_were_whole() {
    for name in [
        "people-libreoffice.xlsx",
        "people.xls",
        "people.ods",
        "filtered.xlsx",
    ] {
        let bytes = std::fs::read(data(name)).unwrap();
        let whole = read(&data(name), &ReadOptions::default()).unwrap();
        let phones = |(rows, hidden): &(Vec<String>, u64)| {
            let phone = |row: &String| row.split('|').nth(2).map(str::to_owned);
            (rows.iter().map(phone).collect::<Vec<_>>(), *hidden)
        };
        for part in 1..8 {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&bytes[..bytes.len() * part / 8]).unwrap();
            assert_eq!(
                code(read(file.path(), &ReadOptions::default())),
                "workbook_damaged",
                "{name} {part}"
            );
        }
        for at in (0..bytes.len())
            .step_by(bytes.len() / 150)
            .filter(|_| !name.ends_with("xls"))
        {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&changed).unwrap();
            match read(file.path(), &ReadOptions::default()) {
                Ok(seen) => assert_eq!(phones(&seen), phones(&whole), "{name} {at}"),
                Err(problem) => assert_ne!(problem.to_string(), ""),
            }
        }
    }
}

#[test]
fn a_binary_workbook_that_lies_about_itself_is_refused_and_never_believed() {
    let bytes = std::fs::read(data("people.xls")).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x80;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&changed).unwrap();
        drop(read(file.path(), &ReadOptions::default())); // must neither panic nor ask for all memory
    }
}

#[test]
fn the_name_of_a_file_does_not_matter() {
    for (name, suffix) in [
        ("inline.xlsx", ".csv"),
        ("inline.xlsx", ".xls"),
        ("people.xls", ".xlsx"),
    ] {
        let mut file = tempfile::NamedTempFile::with_suffix(suffix).unwrap();
        file.write_all(&std::fs::read(data(name)).unwrap()).unwrap();
        assert_eq!(
            read(file.path(), &ReadOptions::default()),
            read(&data(name), &ReadOptions::default()),
            "{name} as {suffix}"
        );
    }
}

#[test]
fn cells_are_read_however_a_program_writes_them() {
    let strings = "<sst><si><t>один</t><rPh><t>odin</t></rPh></si>\
                       <si><r><t xml:space='preserve'>д </t></r><r><t>ва_x000A_</t></r></si><si/></sst>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='dd.mm.yy'/></numFmts>\
                      <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>\
                      <cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/></cellXfs></styleSheet>";
    let table = [
        (
            "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
            "1:1#|2#;2:3#",
        ),
        (
            "<row r='3'><c r='B3'><v>1</v></c><c><v>2</v></c></row>",
            "3:|1#|2#",
        ),
        (
            "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c></row>",
            "1:один|д ва\n",
        ),
        (
            "<row><c t='inlineStr'><is><r><t>а</t></r><rPh><t>x</t></rPh><r><t>б</t></r></is></c></row>",
            "1:аб",
        ),
        (
            "<row><c t='str'><f>A1&amp;\"x\"</f><v>а&amp;&#x431;</v></c></row>",
            "1:а&б",
        ),
        (
            "<row><c t='str'><f>\"\"</f><v></v></c><c t='b'><v>0</v></c></row>",
            "1:|FALSE",
        ),
        (
            "<row><c t='e'><v>#VALUE!</v></c><c t='d'><v>2026-07-14</v></c></row>",
            "1:#VALUE!|2026-07-14",
        ),
        (
            "<row><c s='1'><v>46217</v></c><c s='2'><v>46217.5</v></c></row>",
            "1:2026-07-14|2026-07-14T12:00:00",
        ),
        (
            "<row><c s='1'><v>79001234567</v></c><c s='9'><v>7.9E+10</v></c></row>",
            "1:79001234567#|79000000000#",
        ),
        (
            "<row><c t='s' r='XFD1'><v>0</v></c></row><!-- --><row hidden='true'><c><v>1</v></c></row>",
            "hidden",
        ),
        ("<x:row><x:c><x:v>1</x:v></x:c></x:row>", "1:1#"),
        (
            "<row ht='0' customHeight='1'><c><v>1</v></c></row><row ht='15'><c><v>2</v></c></row>",
            "2:2#",
        ),
        (
            "<row><c><v>79001234567.5</v></c><c><v>7.90012345675E9</v></c></row>",
            "1:79001234567.5#|7900123456.75#",
        ),
    ];
    for (rows, expected) in table {
        let file = xlsx(
            rows,
            &[("xl/strings.xml", strings), ("XL\\Styles.xml", styles)],
        );
        let (seen, hidden) = read(file.path(), &ReadOptions::default()).unwrap();
        if expected == "hidden" {
            assert_eq!(
                (seen.len(), hidden, seen[0].matches('|').count()),
                (1, 1, COLUMNS - 1)
            );
        } else {
            assert_eq!(seen.join(";"), expected, "{rows}");
        }
    }
    let since_1904 = "<workbook><workbookPr date1904='1'/><sheets><sheet name='a' r:id='a'/></sheets></workbook>";
    let parts = [("xl/styles.xml", styles), ("xl/workbook.xml", since_1904)];
    let file = xlsx("<row><c s='1'><v>44755</v></c></row>", &parts);
    assert_eq!(
        read(file.path(), &ReadOptions::default()).unwrap().0,
        ["1:2026-07-14"]
    );
}

#[test]
fn what_is_wrong_inside_a_workbook_is_told_with_its_row() {
    let long = format!(
        "<row><c t='str'><v>{}</v></c></row>",
        "x".repeat(ROW_TEXT + 1)
    );
    let endless = format!("<row><c><f>{}</f></c></row>", "x".repeat(9 << 20));
    let deep = format!("<row>{}", "<a>".repeat(300));
    let table = [
        (
            "<row r='7'><c t='s'><v>0</v></c></row>",
            "workbook_damaged",
            Some(7),
        ),
        ("<row r='2'/><row r='2'/>", "workbook_damaged", None),
        ("<row r='1048577'/>", "workbook_damaged", None),
        (
            "<row r='2'><c r='XFE2'><v>1</v></c></row>",
            "workbook_damaged",
            Some(2),
        ),
        (
            "<row r='2'><c r='7'><v>1</v></c></row>",
            "workbook_damaged",
            Some(2),
        ),
        (
            "<row r='2'><c><v>&what;</v></c></row>",
            "workbook_damaged",
            Some(2),
        ),
        ("<row r='2'><c></row>", "workbook_damaged", Some(2)),
        (&long, "line_too_long", Some(1)),
        (&endless, "line_too_long", Some(1)),
        (&deep, "line_too_long", Some(1)),
    ];
    for (rows, code, row) in table {
        let problem = read(xlsx(rows, &[]).path(), &ReadOptions::default()).unwrap_err();
        assert_eq!(
            (problem.code().as_str(), problem.row()),
            (code, row),
            "{}",
            &rows[..rows.len().min(60)]
        );
    }
}

#[test]
fn a_package_without_what_it_needs_is_told() {
    let root = |target: &str| {
        format!(
            "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='{target}'/></Relationships>"
        )
    };
    let (binary, nowhere) = (root("xl/workbook.bin"), root("/xl/none.xml"));
    let hidden =
        "<workbook><sheets><sheet name='a' state='veryHidden' r:id='a'/></sheets></workbook>";
    let table = [
        (("_rels/.rels", binary.as_str()), "format_unsupported"),
        (("_rels/.rels", nowhere.as_str()), "workbook_damaged"),
        (("xl/workbook.xml", "<workbook/>"), "workbook_damaged"),
        (
            (
                "xl/workbook.xml",
                "<workbook><sheets><sheet name='a' r:id='z'/></sheets></workbook>",
            ),
            "workbook_damaged",
        ),
        (("xl/workbook.xml", hidden), "sheet_missing"),
        (("xl/workbook.xml", "<workbook>"), "workbook_damaged"),
        (
            ("xl/sheet.xml", "<worksheet><sheetData>"),
            "workbook_damaged",
        ),
        (("xl/sheet.xml", "<worksheet/>"), "none"),
    ];
    for (part, expected) in table {
        let file = xlsx("<row><c><v>1</v></c></row>", &[part]);
        assert_eq!(
            code(read(file.path(), &ReadOptions::default())),
            expected,
            "{part:?}"
        );
    }
}

#[test]
fn equal_rows_and_cells_of_an_open_workbook_are_each_read() {
    let content = "<office:document-content><office:body><office:spreadsheet><table:table table:name='a'>\
            <table:shapes><draw:frame><table:table-row><text:p>x</text:p></table:table-row></draw:frame></table:shapes>\
            <table:table-row table:number-rows-repeated='3'><table:table-cell table:number-columns-repeated='9'/>\
            </table:table-row>\
            <table:table-row table:number-rows-repeated='2'>\
            <table:table-cell office:value-type='float' office:value='7.9E10' table:number-columns-repeated='2'/>\
            <table:table-cell office:value-type='float' office:value='79001234567.5'/>\
            <table:covered-table-cell><text:p>x</text:p></table:covered-table-cell>\
            <table:table-cell><office:annotation><text:p>note</text:p></office:annotation>\
            <text:p>a<text:s text:c='2'/>b<text:tab/></text:p> <text:p>c<text:span>d</text:span></text:p>\
            </table:table-cell></table:table-row>\
            <table:table-row table:visibility='collapse' table:number-rows-repeated='4'>\
            <table:table-cell office:boolean-value='true'/></table:table-row>\
            <table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>\
            </table:table></office:spreadsheet></office:body></office:document-content>";
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content),
    ];
    let (rows, hidden) = read(packed(parts.into_iter()).path(), &ReadOptions::default()).unwrap();
    let row = "79000000000#|79000000000#|79001234567.5#||a  b\t\ncd";
    assert_eq!(
        (rows, hidden),
        (vec![format!("4:{row}"), format!("5:{row}")], 4)
    );
}

/// Styles 1 to 3: a format that adds digits, one that adds them to texts, and one that cannot be applied.
const ADDING_STYLES: &str = "<styleSheet><numFmts>\
    <numFmt numFmtId='164' formatCode='&quot;+1 &quot;(000) 000-0000'/>\
    <numFmt numFmtId='165' formatCode='&quot;+1 &quot;@'/>\
    <numFmt numFmtId='166' formatCode='&quot;+1 &quot;0.00'/></numFmts>\
    <cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='166'/></cellXfs></styleSheet>";

#[test]
fn the_digits_that_a_number_format_adds_are_read() {
    for (cell, expected) in [
        ("<c s='1'><v>9175551235</v></c>", "+1 (917) 555-1235#"),
        ("<c s='1'><v>9.175551235E9</v></c>", "+1 (917) 555-1235#"),
        (
            "<c s='1'><f>A2</f><v>9175551235</v></c>",
            "+1 (917) 555-1235#",
        ),
        ("<c s='0'><v>9175551235</v></c>", "9175551235#"),
        ("<c s='9'><v>9175551235</v></c>", "9175551235#"),
        ("<c s='1' t='str'><v>9175551235</v></c>", "9175551235"),
        ("<c s='2' t='str'><v>9175551235</v></c>", "+1 9175551235"),
        (
            "<c s='2' t='inlineStr'><is><t>917 555-1235</t></is></c>",
            "+1 917 555-1235",
        ),
        ("<c s='2' t='s'><v>0</v></c>", "+1 9175551236"),
        ("<c s='2' t='str'><v>Телефон</v></c>", "Телефон"),
        ("<c s='1' t='b'><v>1</v></c>", "TRUE"),
    ] {
        let parts = [
            ("xl/styles.xml", ADDING_STYLES),
            ("xl/strings.xml", "<sst><si><t>9175551236</t></si></sst>"),
        ];
        let file = xlsx(&format!("<row>{cell}</row>"), &parts);
        assert_eq!(
            read(file.path(), &ReadOptions::default()).unwrap().0,
            [format!("1:{expected}")],
            "{cell}"
        );
    }
}

#[test]
fn a_format_that_cannot_be_applied_is_named_at_its_cell_only() {
    let rows = "<row><c s='3'><v>9175551235</v></c></row><row><c s='0'><v>9175551235</v></c></row>";
    let file = xlsx(rows, &[("xl/styles.xml", ADDING_STYLES)]);
    let mut table = table(file.path(), &ReadOptions::default()).unwrap();
    let mut row = TableRow::default();
    for expected in [Some("\"+1 \"0.00"), None] {
        assert!(table.read_row(&mut row).unwrap());
        assert_eq!(
            (
                row.cells[0].text.as_str(),
                row.cells[0].unclear_format.as_deref()
            ),
            ("9175551235", expected)
        );
    }
}

#[test]
fn the_text_that_an_open_workbook_shows_is_read_where_it_has_more_than_the_number() {
    for (value, shown, expected) in [
        ("9175551234", "+1 (917) 555-1234", "+1 (917) 555-1234#"),
        ("79001234567", "+79001234567", "+79001234567#"),
        ("15112345678", "015112345678", "015112345678#"),
        ("79001234567", "79 001 234 567,00", "79001234567#"),
        ("79001234567", "7,90E+10", "79001234567#"),
        ("79001234567", "###", "79001234567#"),
        ("79001234567.5", "+79001234568", "79001234567.5#"),
    ] {
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name='a'><table:table-row>\
             <table:table-cell office:value-type='float' office:value='{value}'>\
             <office:annotation><text:p>+99</text:p></office:annotation><text:p>{shown}</text:p></table:table-cell>\
             <table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>\
             </table:table></office:spreadsheet></office:body></office:document-content>"
        );
        let parts = [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", &content),
        ];
        let file = packed(parts.into_iter());
        assert_eq!(
            read(file.path(), &ReadOptions::default()).unwrap().0,
            [format!("1:{expected}|b")],
            "{shown}"
        );
    }
}

/// Whether the digits of each cell in the only row are raised, lowered or struck out.
fn digits_apart(path: &Path) -> Vec<bool> {
    let mut table = table(path, &ReadOptions::default()).unwrap();
    let mut row = TableRow::default();
    assert!(table.read_row(&mut row).unwrap());
    row.cells.iter().map(|cell| cell.digits_apart).collect()
}

#[test]
fn digits_that_are_raised_lowered_or_struck_out_are_told() {
    let run = |looks: &str, text: &str| format!("<r><rPr>{looks}</rPr><t>{text}</t></r>");
    let texts = [
        (
            run("<b/>", "+49 30 1234567") + &run("<vertAlign val='superscript'/>", "2"),
            true,
        ),
        (
            run("", "+49 30 1234567") + &run("<vertAlign val='subscript'/>", "2"),
            true,
        ),
        (run("<strike/>", "+49 30 1234567") + &run("", "8"), true),
        (run("<strike val='1'/>", "7") + "<r><t>8</t></r>", true),
        (run("<strike/>", "Anna") + "<r><t>8</t></r>", false),
        (
            run("<strike val='0'/><vertAlign val='baseline'/>", "7"),
            false,
        ),
        ("<t>+49 30 1234567</t>".to_owned(), false),
    ];
    let expected = texts.each_ref().map(|(_, expected)| *expected);
    let inline = |(text, _): &(String, bool)| format!("<c t='inlineStr'><is>{text}</is></c>");
    let cells: String = texts.iter().map(inline).collect();
    let file = xlsx(&format!("<row>{cells}</row>"), &[]);
    assert_eq!(digits_apart(file.path()), expected);

    let shared = |(text, _): &(String, bool)| format!("<si>{text}</si>");
    let strings = format!(
        "<sst>{}</sst>",
        texts.iter().map(shared).collect::<String>()
    );
    let cell = |index: usize| format!("<c t='s'><v>{index}</v></c>");
    let cells: String = (0..texts.len()).map(cell).collect();
    let file = xlsx(
        &format!("<row>{cells}</row>"),
        &[("xl/strings.xml", &strings)],
    );
    assert_eq!(digits_apart(file.path()), expected);
}

#[test]
fn digits_of_other_workbooks_that_are_raised_or_struck_out_are_told() {
    let style = |name: &str, looks: &str| {
        format!(
            "<style:style style:name='{name}' style:family='text'><style:text-properties {looks}/></style:style>"
        )
    };
    let styles = [
        style("T1", "style:text-position='super 58%'"),
        style("T2", "style:text-line-through-style='solid'"),
        style(
            "T3",
            "style:text-position='0% 100%' style:text-line-through-style='none'",
        ),
    ];
    let cell = |style: &str| {
        format!(
            "<table:table-cell><text:p>12<text:span text:style-name='{style}'>3</text:span>4</text:p></table:table-cell>"
        )
    };
    let content = format!(
        "<office:document-content><office:automatic-styles>{}</office:automatic-styles><office:body>\
         <office:spreadsheet><table:table table:name='a'><table:table-row>{}</table:table-row></table:table>\
         </office:spreadsheet></office:body></office:document-content>",
        styles.concat(),
        ["T1", "T2", "T3", "T4"].map(cell).concat()
    );
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ];
    let file = packed(parts.into_iter());
    assert_eq!(digits_apart(file.path()), [true, true, false, false]);

    let cell =
        |tag: &str| format!("<Cell><Data ss:Type=\"String\">12<{tag}>3</{tag}>4</Data></Cell>");
    let book = format!(
        "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"a\"><Table><Row>{}</Row>\
         </Table></Worksheet></Workbook>\n",
        ["Sup", "S", "B", "Sub"].map(cell).concat()
    );
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(book.as_bytes()).unwrap();
    assert_eq!(digits_apart(file.path()), [true, true, false, true]);
}
