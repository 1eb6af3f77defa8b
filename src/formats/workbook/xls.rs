//! Reads Excel workbooks before Excel 2007 (source: \[MS-XLS\]; BIFF 8 and BIFF 5 in a compound file). The stream of
//! records and the cells of one sheet are held in memory; the format limits both, because a sheet has at most 65,536
//! rows.
//!
//! We read the format ourselves, because the crate `calamine` panics on damaged files and does not report which rows
//! are hidden.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use super::biff::{Fields, Record, RecordTooShort, Records, StringEncoding, letters_of};
use super::styles::Style;
use super::{Position, ROW_TEXT, Sheet, SheetSource};
use crate::formats::messages::{Damage, FileSentence};
use crate::formats::number_format::NumberFormat;
use crate::formats::problem::{FileProblem, FileProblemCode};
use crate::formats::table::{Cell, RowKind, Rows, TableRow};
use crate::formats::value::{self, Epoch};

const COLUMNS: u16 = 256;

/// The flag of a row that is hidden, by hand or by a filter (`fDyZero`).
const NOT_SHOWN: u16 = 0x20;

/// The flag of a font that strikes out text (`fStrikeOut`).
const STRUCK_OUT: u16 = 0x08;

/// How many bytes of text the cells of one sheet may refer to: one long text can be in every cell.
const SHEET_TEXT: usize = 512 << 20;

pub(super) struct Workbook {
    stream: Arc<Vec<u8>>,
    position: Position,
    sheets: Vec<Sheet>,
    /// The position of each sheet in the stream.
    starts: Vec<usize>,
    shared: Shared,
}

/// Data that the cells of all sheets refer to.
#[derive(Debug)]
struct Shared {
    letters: StringEncoding,
    epoch: Epoch,
    texts: Vec<String>,
    /// The texts in which digits are raised, lowered or struck out, in ascending order.
    digits_apart: Vec<usize>,
    /// Whether each font raises, lowers or strikes out text.
    fonts: Vec<bool>,
    /// The number of the format for each cell style.
    styles: Vec<u16>,
    /// The formats of this workbook.
    formats: HashMap<u16, Style>,
}

impl Workbook {
    pub(super) fn open(mut file: File, path: &Path) -> Result<Self, FileProblem> {
        let position = Position::new(path);
        let mut bytes = Vec::new();
        let all = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
        all.map_err(|error| FileProblem::unreadable(path, None, &error))?;
        let stream = Arc::new(workbook_stream(bytes, &position)?);
        let shared = Shared {
            letters: StringEncoding::Unicode,
            epoch: Epoch::Of1900,
            texts: Vec::new(),
            digits_apart: Vec::new(),
            fonts: Vec::new(),
            styles: Vec::new(),
            formats: HashMap::new(),
        };
        let mut book = Self {
            stream,
            position,
            sheets: Vec::new(),
            starts: Vec::new(),
            shared,
        };
        book.read_globals()?;
        if book.sheets.is_empty() {
            return Err(book.position.damaged(Damage::NoSheet));
        }
        Ok(book)
    }

    /// Reads the records before the sheets.
    fn read_globals(&mut self) -> Result<(), FileProblem> {
        let stream = Arc::clone(&self.stream);
        for record in Records::new(&stream) {
            let record = record.map_err(|RecordTooShort| cut_off(&self.position))?;
            match record.kind {
                0x000A => return Ok(()),
                0x002F => return Err(self.position.encrypted()),
                _ => self
                    .read_global(&record)
                    .map_err(|RecordTooShort| cut_off(&self.position))?,
            }
        }
        Err(cut_off(&self.position))
    }

    fn read_global(&mut self, record: &Record<'_>) -> Result<(), RecordTooShort> {
        let mut fields = record.fields();
        match record.kind {
            0x0042 if self.shared.letters != StringEncoding::Unicode => {
                self.shared.letters = letters_of(fields.word()?);
            }
            0x0809 if fields.word()? != 0x0600 => self.shared.letters = letters_of(1252),
            0x0022 if fields.word()? == 1 => self.shared.epoch = Epoch::Of1904,
            0x0031 => {
                fields.skip(2)?;
                let is_struck = fields.word()? & STRUCK_OUT != 0;
                fields.skip(4)?;
                self.shared.fonts.push(is_struck || fields.word()? != 0);
            }
            0x00E0 => {
                fields.skip(2)?;
                self.shared.styles.push(fields.word()?);
            }
            0x041E => {
                let (id, letters) = (fields.word()?, self.shared.letters);
                let length = if letters == StringEncoding::Unicode {
                    fields.word()?
                } else {
                    fields.byte()?.into()
                };
                let code = fields.text(usize::from(length), letters)?;
                self.shared.formats.insert(id, Style::new(&code));
            }
            0x0085 => self.list_sheet(fields)?,
            0x00FC => {
                fields.skip(4)?;
                for _ in 0..fields.long()? {
                    let (text, is_apart) = fields.rich_text(&self.shared.fonts)?;
                    if is_apart {
                        self.shared.digits_apart.push(self.shared.texts.len());
                    }
                    self.shared.texts.push(text);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a worksheet to the list; charts and macro sheets are left out.
    fn list_sheet(&mut self, mut fields: Fields<'_, '_>) -> Result<(), RecordTooShort> {
        let start = usize::try_from(fields.long()?).map_err(|_| RecordTooShort)?;
        let (visibility, kind, length) = (fields.byte()?, fields.byte()?, fields.byte()?);
        if kind == 0 {
            let name = fields.text(usize::from(length), self.shared.letters)?;
            self.sheets.push(Sheet {
                name,
                hidden: visibility & 3 != 0,
            });
            self.starts.push(start);
        }
        Ok(())
    }
}

impl SheetSource for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + Send>, FileProblem> {
        let stream = self
            .stream
            .get(self.starts[sheet]..)
            .ok_or_else(|| cut_off(&self.position))?;
        let mut cells = SheetCells {
            shared: &self.shared,
            rows: BTreeMap::new(),
            hidden: HashSet::new(),
            length: 0,
        };
        match cells.read(stream) {
            Ok(()) if cells.length > SHEET_TEXT => Err(self.position.too_long()),
            Ok(()) => Ok(Box::new(SheetRows {
                position: self.position.clone(),
                rows: cells.rows.into_iter(),
                hidden: cells.hidden,
            })),
            Err(RecordTooShort) => Err(cut_off(&self.position)),
        }
    }
}

/// Returns the stream of records. A compound file may contain many other things, such as an encrypted .xlsx.
fn workbook_stream(bytes: Vec<u8>, position: &Position) -> Result<Vec<u8>, FileProblem> {
    let damaged = |error: io::Error| {
        position.damaged(Damage::Compound {
            reason: error.to_string(),
        })
    };
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.is_stream("/EncryptedPackage") {
        return Err(position.encrypted());
    }
    let Some(name) = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| file.is_stream(name))
    else {
        let sentence = FileSentence::NoWorkbookInside;
        return Err(FileProblem::new(
            FileProblemCode::FileBinary,
            &position.path,
            None,
            sentence,
        ));
    };
    let mut stream = Vec::new();
    file.open_stream(name)
        .and_then(|mut source| source.read_to_end(&mut stream))
        .map_err(damaged)?;
    Ok(stream)
}

fn cut_off(position: &Position) -> FileProblem {
    position.damaged(Damage::Records)
}

/// The cell of a formula whose text is in the next record.
#[derive(Debug, Clone, Copy)]
struct CellPlace {
    row: u16,
    column: u16,
    style: u16,
}

/// Collects the cells of one sheet, whose records need not be in order.
struct SheetCells<'a> {
    shared: &'a Shared,
    rows: BTreeMap<u16, BTreeMap<u16, Cell>>,
    hidden: HashSet<u16>,
    length: usize,
}

impl SheetCells<'_> {
    /// Reads to the end of the sheet. Charts inside it are skipped.
    fn read(&mut self, stream: &[u8]) -> Result<(), RecordTooShort> {
        let (mut depth, mut formula) = (0_usize, None);
        for record in Records::new(stream) {
            let record = record?;
            match record.kind {
                0x0809 => depth += 1,
                0x000A if depth <= 1 => return Ok(()),
                0x000A => depth -= 1,
                0x0006 if depth == 1 => formula = self.read_formula(record.fields())?,
                0x0207 if depth == 1 => {
                    if let Some(place) = formula.take() {
                        let mut fields = record.fields();
                        let length = usize::from(fields.word()?);
                        let text = fields.text(length, self.shared.letters)?;
                        self.put(place.row, place.column, self.text(text, place.style))?;
                    }
                }
                kind if depth == 1 => self.read_cell(kind, record.fields())?,
                _ => {}
            }
            if self.length > SHEET_TEXT {
                return Ok(());
            }
        }
        Err(RecordTooShort)
    }

    fn read_cell(&mut self, kind: u16, mut fields: Fields<'_, '_>) -> Result<(), RecordTooShort> {
        if !matches!(
            kind,
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x00BD | 0x0208
        ) {
            return Ok(());
        }
        let (row, column) = (fields.word()?, fields.word()?);
        match kind {
            0x0208 => {
                fields.skip(8)?;
                if fields.word()? & NOT_SHOWN != 0 {
                    self.hidden.insert(row);
                }
                return Ok(());
            }
            0x00BD => return self.read_numbers(row, column, fields),
            _ => {}
        }
        let style = fields.word()?;
        let cell = match kind {
            0x0203 => self.number(fields.double()?, style),
            0x027E => self.number(packed(fields.long()?), style),
            0x0205 => {
                let (value, is_error) = (fields.byte()?, fields.byte()?);
                named_value(if is_error == 0 {
                    truth(value)
                } else {
                    error(value)
                })
            }
            0x00FD => {
                let index = usize::try_from(fields.long()?).map_err(|_| RecordTooShort)?;
                let text = self.shared.texts.get(index).ok_or(RecordTooShort)?;
                let digits_apart = self.shared.digits_apart.binary_search(&index).is_ok();
                Cell {
                    digits_apart,
                    ..self.text(text.clone(), style)
                }
            }
            _ => {
                let length = usize::from(fields.word()?);
                self.text(fields.text(length, self.shared.letters)?, style)
            }
        };
        self.put(row, column, cell)
    }

    /// Reads the numbers of adjacent cells; the last field is the column of the last one.
    fn read_numbers(
        &mut self,
        row: u16,
        first: u16,
        mut fields: Fields<'_, '_>,
    ) -> Result<(), RecordTooShort> {
        let mut column = first;
        while fields.left() >= 6 {
            let (style, number) = (fields.word()?, packed(fields.long()?));
            self.put(row, column, self.number(number, style))?;
            column = column.saturating_add(1);
        }
        Ok(())
    }

    /// Reads the last result of a formula. If that is a text, which is in the next record, returns the place of the
    /// cell.
    fn read_formula(
        &mut self,
        mut fields: Fields<'_, '_>,
    ) -> Result<Option<CellPlace>, RecordTooShort> {
        let (row, column, style) = (fields.word()?, fields.word()?, fields.word()?);
        let cell = match fields.eight()? {
            [0, .., 0xFF, 0xFF] => return Ok(Some(CellPlace { row, column, style })),
            [1, _, value, .., 0xFF, 0xFF] => named_value(truth(value)),
            [2, _, value, .., 0xFF, 0xFF] => named_value(error(value)),
            // LibreOffice stores 0 for a formula that it has not calculated: no value is better than a wrong one.
            [.., 0xFF, 0xFF] | [0, 0, 0, 0, 0, 0, 0, 0] => Cell::default(),
            number => self.number(f64::from_le_bytes(number), style),
        };
        self.put(row, column, cell)?;
        Ok(None)
    }

    fn number(&self, number: f64, style: u16) -> Cell {
        let mut cell = Cell::default();
        let id = self.format_of(style);
        let style = self.shared.formats.get(&id);
        let is_date = style.map_or_else(
            || value::is_built_in_date(u32::from(id)),
            |style| style.is_date,
        );
        match value::date(number, self.shared.epoch).filter(|_| is_date) {
            Some(date) => cell.text = date,
            None => NumberFormat::write_number(
                style.and_then(Style::number_format),
                value::decimal(number),
                &mut cell,
            ),
        }
        cell
    }

    fn text(&self, text: String, style: u16) -> Cell {
        let mut cell = Cell {
            text,
            ..Cell::default()
        };
        let style = self.shared.formats.get(&self.format_of(style));
        NumberFormat::apply_to_text(style.and_then(Style::number_format), &mut cell);
        cell
    }

    /// Returns the number of the format of a cell style.
    fn format_of(&self, style: u16) -> u16 {
        let styles = &self.shared.styles;
        styles.get(usize::from(style)).copied().unwrap_or(0)
    }

    fn put(&mut self, row: u16, column: u16, cell: Cell) -> Result<(), RecordTooShort> {
        if column >= COLUMNS {
            return Err(RecordTooShort);
        }
        if !cell.text.is_empty() {
            self.length += cell.text.len();
            self.rows.entry(row).or_default().insert(column, cell);
        }
        Ok(())
    }
}

fn named_value(name: &str) -> Cell {
    Cell {
        text: name.to_owned(),
        ..Cell::default()
    }
}

/// Decodes a number that is packed into 30 bits (source: \[MS-XLS\] 2.5.217).
fn packed(bits: u32) -> f64 {
    let number = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 {
        number
    } else {
        number / 100.0
    }
}

const fn truth(value: u8) -> &'static str {
    if value == 0 { "FALSE" } else { "TRUE" }
}

/// Returns the text of a formula error (source: \[MS-XLS\] 2.5.10).
const fn error(value: u8) -> &'static str {
    match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// The rows of one sheet that have cells.
struct SheetRows {
    position: Position,
    rows: std::collections::btree_map::IntoIter<u16, BTreeMap<u16, Cell>>,
    hidden: HashSet<u16>,
}

impl Rows for SheetRows {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        let Some((index, cells)) = self.rows.next() else {
            return Ok(RowKind::End);
        };
        row.begin(u64::from(index) + 1);
        self.position.row = Some(row.number);
        if cells.values().map(|cell| cell.text.len()).sum::<usize>() > ROW_TEXT {
            return Err(self.position.too_long());
        }
        for (column, cell) in cells {
            *row.cell(usize::from(column)) = cell;
        }
        row.finish();
        Ok(if self.hidden.contains(&index) {
            RowKind::HiddenRow
        } else {
            RowKind::Row
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::super::{Input, ReadOptions, open};
    use super::*;

    fn record(kind: u16, data: &[&[u8]]) -> Vec<u8> {
        let data = data.concat();
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), &data].concat()
    }

    /// A length and a text of the lower bytes of UTF-16.
    fn narrow(text: &str) -> Vec<u8> {
        let length = u16::try_from(text.len()).unwrap();
        [&length.to_le_bytes()[..], &[0], text.as_bytes()].concat()
    }

    /// The stream of a workbook of one sheet whose cells have style 1, which has this number format.
    fn stream(code: &str, cells: &[Vec<u8>]) -> Vec<u8> {
        let begin = record(0x0809, &[&[0, 6, 5, 0]]);
        let globals = [
            begin.clone(),
            record(0x041E, &[&164_u16.to_le_bytes(), &narrow(code)]),
            record(0x00E0, &[&[0; 20]]),
            record(0x00E0, &[&[0, 0], &164_u16.to_le_bytes(), &[0; 16]]),
            record(0x0085, &[&[0; 4], &[0, 0, 1, 0, b'a']]),
            record(0x000A, &[]),
        ];
        let mut stream = globals.concat();
        let start = u32::try_from(stream.len()).unwrap().to_le_bytes();
        let sheet = stream.len() - record(0x000A, &[]).len() - 9;
        stream[sheet..sheet + 4].copy_from_slice(&start);
        [stream, begin, cells.concat(), record(0x000A, &[])].concat()
    }

    /// The cells of the only row of such a workbook; numbers with a sign after them.
    fn read(code: &str, cells: &[Vec<u8>]) -> Vec<(String, Option<Arc<str>>)> {
        read_from("/Workbook", code, cells)
    }

    /// The same of a workbook in a stream of this name.
    fn read_from(name: &str, code: &str, cells: &[Vec<u8>]) -> Vec<(String, Option<Arc<str>>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut compound = cfb::CompoundFile::create(file.reopen().unwrap()).unwrap();
        let mut part = compound.create_stream(name).unwrap();
        part.write_all(&stream(code, cells)).unwrap();
        drop(part);
        compound.flush().unwrap();
        let Ok(Input::Table(mut table)) = open(file.path(), &ReadOptions::default()) else {
            panic!("no table")
        };
        let mut row = TableRow::default();
        assert!(table.read_row(&mut row).unwrap());
        let cell = |cell: Cell| {
            let sign = if cell.numeric { "#" } else { "" };
            (cell.text + sign, cell.unclear_format)
        };
        row.cells.into_iter().map(cell).collect()
    }

    #[test]
    fn the_digits_that_a_number_format_adds_are_read() {
        let place = |column: u8, style: u8| [0, 0, column, 0, style, 0];
        let number = 9_175_551_235_f64.to_le_bytes();
        let cells = [
            record(0x0203, &[&place(0, 1), &number]),
            record(0x0203, &[&place(1, 0), &number]),
            record(
                0x00BD,
                &[&[0, 0, 2, 0, 1, 0], &0x16_u32.to_le_bytes(), &[2, 0]],
            ),
            record(0x0006, &[&place(3, 1), &number]),
            record(0x0204, &[&place(4, 1), &narrow("9175551235")]),
            record(0x0006, &[&place(5, 1), &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF]]),
            record(0x0207, &[&narrow("9175551236")]),
            record(0x0204, &[&place(6, 1), &narrow("Tel")]),
        ];
        let read_as = |code: &str| {
            let cells = read(code, &cells);
            assert!(cells.iter().all(|(_, unclear)| unclear.is_none()), "{code}");
            let texts: Vec<_> = cells.into_iter().map(|(text, _)| text).collect();
            texts.join("|")
        };
        assert_eq!(
            read_as("\"+1 \"(000) 000-0000"),
            "+1 (917) 555-1235#|9175551235#|+1 (000) 000-0005#|+1 (917) 555-1235#|9175551235|9175551236|Tel"
        );
        assert_eq!(
            read_as("0;0;0;\"+1 \"@"),
            "9175551235#|9175551235#|5#|9175551235#|+1 9175551235|+1 9175551236|Tel"
        );
        let unclear = read("\"+1 \"0.0", &cells[..2]);
        assert_eq!(
            unclear,
            [
                ("9175551235#".to_owned(), Some("\"+1 \"0.0".into())),
                ("9175551235#".to_owned(), None)
            ]
        );
    }

    #[test]
    fn the_stream_of_excel_95_is_read_too() {
        let number = record(0x0203, &[&[0; 6], &79_001_234_567_f64.to_le_bytes()]);
        let cells = read_from("/Book", "0", &[number]);
        assert_eq!(cells, [("79001234567#".to_owned(), None)]);
    }

    #[test]
    fn numbers_in_thirty_bits_are_read() {
        let table = [
            (0x3FF0_0000, 1.0),
            (0x3FF0_0001, 0.01),
            (0x0000_000A, 2.0),
            (0x0000_0323, 2.0),
            (0xFFFF_FFFE, -1.0),
        ];
        for (bits, expected) in table {
            assert!(
                (packed(bits) - expected).abs() < 1e-12,
                "{bits:x}: {}",
                packed(bits)
            );
        }
    }
}
