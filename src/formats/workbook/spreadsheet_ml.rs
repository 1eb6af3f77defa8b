//! Reads workbooks in the XML of Excel 2003 (source: the XML Spreadsheet Reference of Excel 2002): one plain file with
//! all sheets, which many programs write and name `.xls`. Whether a sheet is hidden is written after its rows, so the
//! file is read to its end once to list the sheets, and once more for the rows. A file that is not valid XML or is cut
//! off is therefore refused before any row is handed out.

use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::spreadsheet_ml_rows::{SHEET, SheetRows};
use super::spreadsheet_ml_styles::Styles;
use super::xml::{Token, Xml, XmlError};
use super::{Position, Sheet, SheetSource};
use crate::formats::charset;
use crate::formats::messages::Damage;
use crate::formats::problem::FileProblem;
use crate::formats::table::Rows;

/// The depths of the elements, each inside the one before it.
const SHEET_PART: usize = SHEET + 1;
const SHEET_OPTION: usize = SHEET_PART + 1;

pub(super) struct Workbook {
    file: File,
    encoding: &'static Encoding,
    position: Position,
    sheets: Vec<Sheet>,
    styles: Arc<Styles>,
}

impl Workbook {
    /// Opens the file at its beginning; `named` is the encoding that the user named or that the bytes show.
    pub(super) fn open(
        mut file: File,
        path: &Path,
        named: Option<&'static Encoding>,
    ) -> Result<Self, FileProblem> {
        let position = Position::new(path);
        let encoding = charset::xml_encoding(&mut file, named);
        let encoding = encoding.map_err(|error| FileProblem::unreadable(path, None, &error))?;
        let mut book = Self {
            file,
            encoding,
            position,
            sheets: Vec::new(),
            styles: Arc::default(),
        };
        let mut xml = book.xml()?;
        book.list_sheets(&mut xml)
            .map_err(|error| book.position.xml_problem(error))?;
        if book.sheets.is_empty() {
            return Err(book.position.damaged(Damage::NoSheet));
        }
        Ok(book)
    }

    fn list_sheets(&mut self, xml: &mut Xml) -> Result<(), XmlError> {
        loop {
            xml.renew();
            match xml.next()? {
                Token::Open if xml.depth() == SHEET && xml.name() == "Worksheet" => {
                    let name = xml.attribute("Name")?.unwrap_or_default();
                    let hidden = read_sheet_visibility(xml)?;
                    self.sheets.push(Sheet { name, hidden });
                }
                Token::Open if xml.depth() == SHEET && xml.name() == "Styles" => {
                    self.styles = Arc::new(Styles::read(xml)?);
                }
                Token::Open | Token::Close | Token::Text => {}
                Token::End => return Ok(()),
            }
        }
    }

    /// Returns the encoding in which the file is read.
    pub(super) const fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Returns the XML from the beginning of the file. All readers share one position in the file, so they must be used
    /// one after the other.
    fn xml(&self) -> Result<Xml, FileProblem> {
        let source = || -> io::Result<File> {
            let mut file = self.file.try_clone()?;
            file.rewind()?;
            Ok(file)
        };
        let file =
            source().map_err(|error| FileProblem::unreadable(&self.position.path, None, &error))?;
        Ok(Xml::new(Box::new(
            DecodeReaderBytesBuilder::new()
                .encoding(Some(self.encoding))
                .build(file),
        )))
    }
}

impl SheetSource for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + Send>, FileProblem> {
        let mut xml = self.xml()?;
        go_to_sheet(&mut xml, sheet).map_err(|error| self.position.xml_problem(error))?;
        Ok(Box::new(SheetRows::new(
            xml,
            self.position.clone(),
            self.encoding,
            Arc::clone(&self.styles),
        )))
    }
}

fn go_to_sheet(xml: &mut Xml, sheet: usize) -> Result<(), XmlError> {
    for _ in 0..sheet {
        next_sheet(xml)?;
        xml.skip_long()?;
    }
    next_sheet(xml)?;
    Ok(())
}

/// Advances to the beginning of the next sheet; returns `false` at the end of the file.
fn next_sheet(xml: &mut Xml) -> Result<bool, XmlError> {
    loop {
        xml.renew();
        match xml.next()? {
            Token::Open if xml.depth() == SHEET && xml.name() == "Worksheet" => return Ok(true),
            Token::Open | Token::Close | Token::Text => {}
            Token::End => return Ok(false),
        }
    }
}

/// Reads the sheet that has just begun to its end. Returns whether it is hidden, by hand or by a program
/// (`SheetVeryHidden`).
fn read_sheet_visibility(xml: &mut Xml) -> Result<bool, XmlError> {
    let (mut tables, mut hidden) = (0, false);
    while xml.depth() >= SHEET {
        xml.renew();
        if xml.next()? != Token::Open || xml.depth() != SHEET_PART {
            continue;
        }
        match xml.name() {
            "WorksheetOptions" => hidden = read_option_visibility(xml)?.unwrap_or(hidden),
            "Table" => {
                tables += 1;
                xml.skip_long()?;
            }
            _ => xml.skip_long()?,
        }
    }
    if tables > 1 {
        return Err(XmlError::Broken(
            "a sheet has more than one table".to_owned(),
        ));
    }
    Ok(hidden)
}

/// Reads the options of a sheet. Returns whether they hide it, if they say so.
fn read_option_visibility(xml: &mut Xml) -> Result<Option<bool>, XmlError> {
    let (mut visibility, mut is_inside) = (None, false);
    while xml.depth() >= SHEET_PART {
        xml.renew();
        match xml.next()? {
            Token::Open => is_inside = xml.depth() == SHEET_OPTION && xml.name() == "Visible",
            Token::Close => is_inside = false,
            Token::Text if is_inside && !xml.text().trim().is_empty() => {
                visibility = Some(xml.text().trim() != "SheetVisible");
            }
            Token::Text => {}
            Token::End => break,
        }
    }
    Ok(visibility)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use encoding_rs::WINDOWS_1251;

    use super::super::super::{Cell, Format, Input, Layout, ReadOptions, Table, open};
    use super::*;
    use crate::formats::table::TableRow;

    const PROLOG: &str = "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n";

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::with_suffix(".xls").unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn table(path: &Path, reading: &ReadOptions) -> Result<Table, FileProblem> {
        match open(path, reading)? {
            Input::Table(table) => Ok(table),
            Input::Cards(_) => panic!("no table"),
        }
    }

    /// How a file is read, every row as `number:cell|cell`, numbers with a sign after them, and how many
    /// rows are hidden.
    fn read(path: &Path, reading: &ReadOptions) -> Result<(Layout, Vec<String>, u64), FileProblem> {
        let mut table = table(path, reading)?;
        assert_eq!(table.layout().format, Format::Xml2003);
        let (mut row, mut rows) = (TableRow::default(), Vec::new());
        while table.read_row(&mut row)? {
            let cell = |cell: &Cell| cell.text.clone() + if cell.numeric { "#" } else { "" };
            rows.push(format!(
                "{}:{}",
                row.number,
                row.cells.iter().map(cell).collect::<Vec<_>>().join("|")
            ));
        }
        Ok((table.layout().clone(), rows, table.hidden_rows()))
    }

    /// The rows of the only sheet of a workbook, and how many are hidden.
    fn rows(rows: &str) -> Result<(String, u64), FileProblem> {
        let book = book(&[sheet("Лист1", rows, "")]);
        read(file(book.as_bytes()).path(), &ReadOptions::default())
            .map(|(_, rows, hidden)| (rows.join(";"), hidden))
    }

    fn book(sheets: &[String]) -> String {
        format!(
            "{PROLOG}<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
             xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{}</Workbook>\n",
            sheets.concat()
        )
    }

    fn sheet(name: &str, rows: &str, visibility: &str) -> String {
        format!(
            "<Worksheet ss:Name=\"{name}\"><Table>{rows}</Table><x:WorksheetOptions><x:Unsynced/>\
             <x:Visible>{visibility}</x:Visible><x:Panes><x:Pane><x:Visible>SheetHidden</x:Visible></x:Pane>\
             </x:Panes></x:WorksheetOptions></Worksheet>"
        )
    }

    /// A row of texts.
    fn row(cells: &[&str]) -> String {
        let cell = |text: &&str| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>");
        format!("<Row>{}</Row>", cells.iter().map(cell).collect::<String>())
    }

    #[test]
    fn what_excel_2003_writes_is_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/excel2003.xls");
        let (layout, rows, hidden) = read(&path, &ReadOptions::default()).unwrap();
        let expected = [
            "1:Имя|Телефон",
            "4:Анна|79001234567#",
            "5:|79001234568",
            "7:Р&Б <дом>||a\nb",
        ];
        assert_eq!((&rows[..], hidden), (&expected.map(str::to_owned)[..], 1));
        assert_eq!(
            (layout.sheet.as_deref(), layout.encoding),
            (Some("Лист1"), "UTF-8")
        );
        let all = ReadOptions {
            include_hidden: true,
            ..ReadOptions::default()
        };
        assert_eq!(read(&path, &all).unwrap().1[3], "6:Скрытый||1#");
    }

    #[test]
    fn the_first_sheet_that_is_shown_and_not_empty_is_read_unless_one_is_named() {
        let book = book(&[
            sheet("Черновик", &row(&["Имя", "1"]), "SheetHidden"),
            sheet("Скрытый", &row(&["Имя", "2"]), " SheetVeryHidden\n"),
            "<Worksheet ss:Name=\"Пустой\"/>".to_owned(),
            sheet("Чистый", "<Column/><Row/>", ""),
            sheet("Клиенты", &row(&["Имя", "3"]), "SheetVisible"),
            sheet("Архив &amp; Ко", &row(&["Имя", "4"]), ""),
        ]);
        let file = file(book.as_bytes());
        let asked = |sheet: Option<&str>| {
            let reading = ReadOptions {
                sheet: sheet.map(str::to_owned),
                ..ReadOptions::default()
            };
            read(file.path(), &reading).map(|(layout, rows, _)| (layout, rows.join(";")))
        };
        let (layout, rows) = asked(None).unwrap();
        assert_eq!(
            (layout.sheet.as_deref(), rows.as_str()),
            (Some("Клиенты"), "1:Имя|3")
        );
        assert_eq!(
            layout.other_sheets,
            ["Черновик", "Скрытый", "Пустой", "Чистый", "Архив & Ко"]
        );
        assert_eq!(asked(Some("архив & ко")).unwrap().1, "1:Имя|4");
        assert_eq!(asked(Some("1")).unwrap().1, "1:Имя|1");
        assert_eq!(asked(Some("Пустой")).unwrap().1, "");
        let problem = asked(Some("Итоги")).unwrap_err();
        assert_eq!(problem.code().as_str(), "sheet_missing");
        assert!(
            problem.to_string().contains("\"Скрытый\" (hidden)"),
            "{problem}"
        );
    }

    #[test]
    fn a_workbook_whose_sheets_are_all_hidden_is_told() {
        let book = book(&[sheet("Черновик", &row(&["Имя", "1"]), "SheetHidden")]);
        let problem = read(file(book.as_bytes()).path(), &ReadOptions::default()).unwrap_err();
        assert_eq!(problem.code().as_str(), "sheet_missing");
        assert!(problem.to_string().contains("--sheet"), "{problem}");
    }

    #[test]
    fn every_kind_of_value_is_read_with_all_its_digits() {
        let cell = |kind: &str, value: &str| {
            format!("<Row><Cell><Data ss:Type='{kind}'>{value}</Data></Cell></Row>")
        };
        for (kind, value, expected) in [
            ("Number", "79001234567", "1:79001234567#"),
            ("Number", "7.9001234567E10", "1:79001234567#"),
            ("Number", " 79001234567.5 ", "1:79001234567.5#"),
            ("Number", "0.79001234567", "1:0.79001234567#"),
            ("Number", "79001234567,5", "1:79001234567,5"),
            ("String", " +7 900&#10;1 &lt;b&gt; ", "1: +7 900\n1 <b> "),
            (
                "String",
                "<B>Анна</B><Font html:Color='#FF0000'> Петрова</Font>",
                "1:Анна Петрова",
            ),
            ("String", "_x000D_", "1:_x000D_"),
            ("Boolean", "0", "1:FALSE"),
            ("Boolean", "1", "1:TRUE"),
            ("DateTime", "2026-07-14T00:00:00.000", "1:2026-07-14"),
            (
                "DateTime",
                "2026-07-14T12:30:00.000",
                "1:2026-07-14T12:30:00",
            ),
            ("Error", "#N/A", "1:#N/A"),
            ("String", "", ""),
        ] {
            assert_eq!(
                rows(&cell(kind, value)).unwrap().0,
                expected,
                "{kind} {value}"
            );
        }
        assert_eq!(
            rows("<Row><Cell ss:Formula='=1+1'/><Cell><Data>a</Data></Cell></Row>")
                .unwrap()
                .0,
            "1:|a"
        );
    }

    #[test]
    fn the_digits_that_a_number_format_adds_are_read_whatever_gives_a_cell_its_style() {
        let styles = "<Styles><Style ss:ID='Default'><NumberFormat/></Style>\
             <Style ss:ID='us'><NumberFormat ss:Format='&quot;+1 &quot;0'/></Style>\
             <Style ss:ID='bold' ss:Parent='us'><Font ss:Bold='1'/></Style>\
             <Style ss:ID='loop' ss:Parent='loop'/><Style ss:ID='no' ss:Parent='us'><NumberFormat/></Style>\
             <Style ss:ID='text'><NumberFormat ss:Format='&quot;+7&quot;@'/></Style></Styles>";
        let cell = |attributes: &str, kind: &str| {
            format!("<Cell {attributes}><Data ss:Type='{kind}'>9175551235</Data></Cell>")
        };
        let number = |attributes: &str| cell(attributes, "Number");
        let row = |attributes: &str, cells: String| format!("<Row {attributes}>{cells}</Row>");
        let (us, plain) = ("+1 9175551235#", "9175551235#");
        let table = "<Table>".to_owned();
        for (begin, row, expected) in [
            (table.clone(), row("", number("ss:StyleID='us'")), us),
            (table.clone(), row("", number("ss:StyleID='bold'")), us),
            (table.clone(), row("", number("ss:StyleID='no'")), plain),
            (table.clone(), row("", number("ss:StyleID='loop'")), plain),
            (table.clone(), row("", number("ss:StyleID='gone'")), plain),
            (table.clone(), row("ss:StyleID='us'", number("")), us),
            (
                table.clone(),
                row("ss:StyleID='us'", number("ss:StyleID='no'")),
                plain,
            ),
            (
                table.clone() + "<Column ss:Index='1' ss:StyleID='us'/>",
                row("", number("")),
                us,
            ),
            (
                table.clone() + "<Column/><Column ss:StyleID='us' ss:Span='2'/>",
                row("", number("ss:Index='4'")),
                "|||+1 9175551235#",
            ),
            (
                table.clone() + "<Column/><Column ss:StyleID='us'/>",
                row("", number("") + &number("") + &number("")),
                "9175551235#|+1 9175551235#|9175551235#",
            ),
            (
                "<Table ss:StyleID='us'><Column ss:StyleID='no'/>".to_owned(),
                row("", number("") + &number("")),
                "9175551235#|+1 9175551235#",
            ),
            (
                table,
                row("", cell("ss:StyleID='text'", "String")),
                "+79175551235",
            ),
        ] {
            let book = format!(
                "{PROLOG}<Workbook>{styles}<Worksheet ss:Name='a'>{begin}{row}</Table></Worksheet></Workbook>"
            );
            let (_, rows, _) = read(file(book.as_bytes()).path(), &ReadOptions::default()).unwrap();
            assert_eq!(rows, [format!("1:{expected}")], "{begin} {row}");
        }
        let default = styles.replace("<NumberFormat/>", "<NumberFormat ss:Format='+0'/>");
        let book = format!(
            "{PROLOG}<Workbook>{default}<Worksheet ss:Name='a'><Table>{}</Table></Worksheet></Workbook>",
            row("", number("") + &number("ss:StyleID='loop'"))
        );
        let (_, rows, _) = read(file(book.as_bytes()).path(), &ReadOptions::default()).unwrap();
        assert_eq!(rows, ["1:+9175551235#|9175551235#"]);
    }

    #[test]
    fn rows_and_cells_keep_their_numbers_and_hidden_rows_are_left_out() {
        let value = |attributes: &str, value: &str| {
            format!("<Cell {attributes}><Data ss:Type=\"String\">{value}</Data></Cell>")
        };
        let (a, b) = (value("", "a"), value("", "b"));
        let table = [
            (
                format!("<Row ss:Index=\"3\">{a}</Row><Row>{b}</Row>"),
                "3:a;4:b",
                0,
            ),
            (
                format!("<Row ss:Span=\"2\" ss:Hidden=\"1\"/><Row>{a}</Row>"),
                "4:a",
                0,
            ),
            (
                format!("<Row>{a}{}</Row>", value("ss:Index=\"4\"", "d")),
                "1:a|||d",
                0,
            ),
            (
                format!("<Row>{}{b}</Row>", value("ss:MergeAcross=\"2\"", "a")),
                "1:a|||b",
                0,
            ),
            (
                format!(
                    "<Row>{}{b}</Row><Row><Cell/>{b}</Row>",
                    value("ss:MergeDown=\"1\"", "a")
                ),
                "1:a|b;2:|b",
                0,
            ),
            (
                format!(
                    "<Row>{}</Row><Row>{}</Row>",
                    value("ss:MergeDown=\"1\"", "a"),
                    value("ss:Index=\"1\"", "b")
                ),
                "1:a;2:b",
                0,
            ),
            (
                format!("<Row ss:Hidden=\"1\">{a}</Row><Row ss:Hidden=\"0\">{b}</Row>"),
                "2:b",
                1,
            ),
            (
                format!(
                    "<Row ss:AutoFitHeight='0' ss:Height='0'>{a}</Row><Row ss:Height='15'>{b}</Row>"
                ),
                "2:b",
                1,
            ),
            (
                format!("<Column ss:Hidden=\"1\"/><Column ss:Span=\"3\"/><Row>{a}</Row>"),
                "1:a",
                0,
            ),
            (
                format!("<Row>{a}<Cell><Comment><ss:Data>x</ss:Data></Comment></Cell>{b}</Row>"),
                "1:a||b",
                0,
            ),
            (
                format!(
                    "<Row><Cell><Data>a</Data><NamedCell ss:Name=\"_FilterDatabase\"/></Cell>{b}</Row>"
                ),
                "1:a|b",
                0,
            ),
        ];
        for (given, expected, hidden) in table {
            assert_eq!(
                rows(&given).unwrap(),
                (expected.to_owned(), hidden),
                "{given}"
            );
        }
        let book = book(&[sheet("a", "", "").replace(
            "<Table>",
            &format!(
                "<Table ss:TopCell=\"3\" ss:LeftCell=\"2\"><Row>{a}{}</Row>",
                value("ss:Index='3'", "c")
            ),
        )]);
        assert_eq!(
            read(file(book.as_bytes()).path(), &ReadOptions::default())
                .unwrap()
                .1,
            ["3:|a||c"]
        );
    }

    #[test]
    fn what_leaves_a_place_in_doubt_is_refused_with_its_row() {
        let a = "<Cell><Data>a</Data></Cell>";
        let long = format!("<Row>{}</Row>", a.replace('a', &"x".repeat(2 << 20)));
        let entity = format!("<Row>{}</Row>", a.replace(">a<", ">&x;<"));
        let table: [(&str, &str, Option<u64>); 9] = [
            (
                "<Row ss:Index=\"2\"/><Row ss:Index=\"2\"/>",
                "workbook_damaged",
                None,
            ),
            ("<Row ss:Index=\"1048577\"/>", "workbook_damaged", None),
            (
                &format!("<Row><Cell ss:Index=\"3\"/><Cell ss:Index=\"3\"/>{a}</Row>"),
                "workbook_damaged",
                Some(1),
            ),
            (
                &format!("<Row><Cell ss:Index=\"0\"/>{a}</Row>"),
                "workbook_damaged",
                Some(1),
            ),
            (
                &format!("<Row><Cell ss:Index=\"16385\"/>{a}</Row>"),
                "workbook_damaged",
                Some(1),
            ),
            (
                "<Row><Cell><Data>a</Data><Data>b</Data></Cell></Row>",
                "workbook_damaged",
                Some(1),
            ),
            (
                &format!("<Row><Cell ss:MergeDown=\"1\"><Data>a</Data></Cell></Row><Row>{a}</Row>"),
                "workbook_damaged",
                Some(2),
            ),
            (&long, "line_too_long", Some(1)),
            (&entity, "workbook_damaged", None),
        ];
        for (given, code, row) in table {
            let problem = rows(given).unwrap_err();
            let shown = &given[..given.len().min(100)];
            assert_eq!(
                (problem.code().as_str(), problem.row()),
                (code, row),
                "{shown}"
            );
        }
    }

    #[test]
    fn what_is_cut_off_or_no_xml_is_refused() {
        let whole = book(&[
            sheet("a", &row(&["Имя", "79001234567"]), ""),
            sheet("b", &row(&["Имя", "79001234568"]), ""),
        ]);
        let end = whole.trim_end().len();
        for length in (PROLOG.len() + 20..end - 1).filter(|length| whole.is_char_boundary(*length))
        {
            let problem = read(
                file(&whole.as_bytes()[..length]).path(),
                &ReadOptions::default(),
            )
            .unwrap_err();
            assert_eq!(
                problem.code().as_str(),
                "workbook_damaged",
                "{}",
                &whole[..length]
            );
        }
        for (from, to) in [
            ("<Table>", "<Table><Row><Cell>"),
            ("</Table>", "</Table><Table/>"),
            ("<Table>", "<br><Table>"),
            (PROLOG, "<br>\n<b>Notice</b>: x\n"),
        ] {
            let problem = read(
                file(whole.replace(from, to).as_bytes()).path(),
                &ReadOptions::default(),
            )
            .unwrap_err();
            assert_eq!(problem.code().as_str(), "workbook_damaged", "{to}");
        }
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;&x;&x;\">]>";
        let bomb = whole.replace(PROLOG, bomb).replacen("Имя", "&y;", 1);
        let problem = read(file(bomb.as_bytes()).path(), &ReadOptions::default()).unwrap_err();
        assert!(
            problem.to_string().contains("nobody knows &y;"),
            "{problem}"
        );
    }

    #[test]
    fn prefixes_marks_quotes_and_encodings_of_real_programs_are_read() {
        let people = row(&["Анна", "79001234567"]);
        let plain = book(&[sheet("Лист1", &people, "")]);
        let prefixed = plain
            .replace("<W", "<ss:W")
            .replace("</W", "</ss:W")
            .replace("<Table", "<ss:Table")
            .replace("</Table", "</ss:Table")
            .replace("<Row", "<ss:Row")
            .replace("</Row", "</ss:Row")
            .replace("<Cell", "<ss:Cell")
            .replace("</Cell", "</ss:Cell")
            .replace("<Data", "<ss:Data")
            .replace("</Data", "</ss:Data")
            .replace('"', "'")
            .replace('\n', "\r\n");
        let declared = plain.replace("1.0\"?>", "1.0\" encoding=\"windows-1251\"?>");
        let wide = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        let windows = |text: &str| WINDOWS_1251.encode(text).0.into_owned();
        let named = ReadOptions {
            encoding: Some("windows-1251".to_owned()),
            ..ReadOptions::default()
        };
        let found = ReadOptions::default();
        let table = [
            (prefixed.into_bytes(), &found, "UTF-8"),
            (format!("\u{FEFF}{plain}").into_bytes(), &found, "UTF-8"),
            (format!("\u{FEFF}{declared}").into_bytes(), &named, "UTF-8"),
            (wide(&format!("\u{FEFF}{plain}")), &found, "UTF-16LE"),
            (wide(&plain), &named, "UTF-16LE"),
            (windows(&declared), &found, "windows-1251"),
            (windows(&plain), &named, "windows-1251"),
            (
                windows(&declared.replace("windows-1251", "koi8-r")),
                &named,
                "windows-1251",
            ),
        ];
        for (bytes, reading, encoding) in table {
            let (layout, rows, _) = read(file(&bytes).path(), reading).unwrap();
            assert_eq!(
                (rows.as_slice(), layout.encoding),
                (&["1:Анна|79001234567".to_owned()][..], encoding)
            );
        }
        let problem = read(file(&windows(&plain)).path(), &found).unwrap_err();
        assert_eq!(
            (problem.code().as_str(), problem.row()),
            ("encoding_unknown", Some(1))
        );
    }
}
