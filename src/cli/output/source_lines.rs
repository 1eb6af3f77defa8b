//! What a plan says about each input file and each stop list.

use std::fmt::Write as _;

use crate::{
    formats::{FilePart, Format},
    i18n::{self, Language, Sentence, count, messages},
    ingest::{Source, SourceCounts, Suppression, UnreadEntry},
    terminal::Terminal,
};

messages! {
    /// How a file is read, and what a stop list contains.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum SourceMessage {
        ByTabs = en "separated by tabs", ru "разделитель — табуляция",
        ByDelimiter { delimiter: char } = en "separated by {delimiter}", ru "разделитель {delimiter}",
        HeadingsIn { row: u64 } =
            en "headings in row {row}; the rows above it were skipped",
            ru "заголовки в строке {row}, строки выше пропущены",
        EncodingGuessed { example: String } =
            en "the encoding was detected from the text (check: \"{example}\"); --encoding sets another",
            ru "кодировка определена по содержимому (проверьте: «{example}»); другую задаёт --encoding",
        Unwrapped =
            en "each row was inside one quoted cell; that cell was split into columns",
            ru "каждая строка была целиком в одной ячейке в кавычках; эта ячейка разделена на столбцы",
        SheetRead { sheet: String, others: String } =
            en "sheet {sheet}; not read: {others}; --sheet selects another",
            ru "лист {sheet}; не прочитаны: {others}; другой лист задаёт --sheet",
        IsResults =
            en "this is a results file: in its campaign, each row counts as the row that it came from; in another \
                campaign it is a list",
            ru "это файл результатов: в своей кампании каждая строка заменяет ту, из которой получена; в другой \
                кампании это просто список",
        ListRead { path: String, chats: u64 } =
            en "{path}: {chats}" [chats = count::en(*chats, "chat", "chats")],
            ru "{path}: {chats}" [chats = count::ru(*chats, "чат", "чата", "чатов")],
        SheetsRead { sheets: u64 } =
            en "{sheets} read" [sheets = count::en(*sheets, "sheet", "sheets")],
            ru "прочитано листов: {sheets}",
        TablesRead { tables: u64 } =
            en "{tables} read" [tables = count::en(*tables, "table", "tables")],
            ru "прочитано таблиц: {tables}",
        ListEmpty =
            en "this list excludes nobody: check that it is the right file",
            ru "этот список никого не исключает: проверьте, тот ли это файл",
        ListUnread { entries: u64, examples: String } =
            en "{entries} nobody: {examples}"
                [entries = count::en(
                    *entries,
                    "entry could not be read for certain and may exclude",
                    "entries could not be read for certain and may exclude"
                )],
            ru "{entries}: {examples}" [entries = count::ru(
                *entries,
                "запись не удалось прочитать надёжно, она может никого не исключить",
                "записи не удалось прочитать надёжно, они могут никого не исключить",
                "записей не удалось прочитать надёжно, они могут никого не исключить"
            )],
        ListEntry { row: u64, cell: String } = en "row {row} \"{cell}\"", ru "строка {row} «{cell}»",
        ListEntryOf { part: FilePart, row: u64, cell: String } =
            en "{part}, row {row} \"{cell}\"",
            ru "{part}, строка {row} «{cell}»",
    }
}

/// Returns the name of a file and how it is read.
pub(crate) fn layout(source: &Source, language: Language) -> String {
    let layout = &source.layout;
    let mut text = format!(
        "{}: {}",
        i18n::shown(&source.name),
        format_name(layout.format)
    );
    if !layout.format.is_workbook() {
        // Writing to a string cannot fail.
        let _ = write!(text, ", {}", layout.encoding);
    }
    let delimiter = layout.delimiter.map(|delimiter| match delimiter {
        '\t' => SourceMessage::ByTabs,
        delimiter => SourceMessage::ByDelimiter { delimiter },
    });
    let headings = source
        .header_row
        .filter(|row| *row > 1)
        .map(|row| SourceMessage::HeadingsIn { row });
    for part in [delimiter, headings].into_iter().flatten() {
        // Writing to a string cannot fail.
        let _ = write!(text, ", {}", part.localized(language));
    }
    text
}

/// Returns the name of a format as people write it.
const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Csv => "CSV",
        Format::Vcard => "vCard",
        Format::Xlsx => "XLSX",
        Format::Xls => "XLS",
        Format::Ods => "ODS",
        Format::Xml2003 => "XML 2003",
        Format::Html => "HTML",
    }
}

/// Describes which column became which field: on one line if there is room, else one line each.
pub(crate) fn columns(source: &Source, terminal: Terminal) -> Vec<String> {
    let columns: Vec<_> = source
        .used
        .iter()
        .map(|(field, column)| (field.to_string(), column))
        .chain(
            source
                .match_column
                .iter()
                .chain(&source.key_columns)
                .map(|column| ("--match".to_owned(), column)),
        )
        .collect();
    let arrow = |(field, column): &(String, &String)| format!("{field} ← {column}");
    let line = columns.iter().map(arrow).collect::<Vec<_>>().join(", ");
    if terminal.is_too_long(line.chars().count()) {
        let widest = columns.iter().map(|(field, _)| field.len()).max();
        let widest = widest.unwrap_or_default();
        columns
            .iter()
            .map(|(field, column)| i18n::shown(&format!("{field:widest$} ← {column}")).into_owned())
            .collect()
    } else if line.is_empty() {
        Vec::new()
    } else {
        vec![i18n::shown(&line).into_owned()]
    }
}

/// Returns notes about a file beside its columns.
pub(crate) fn notes(source: &Source, counted: SourceCounts, language: Language) -> Vec<String> {
    let layout = &source.layout;
    let mut notes = Vec::new();
    if let Some(example) = &layout.example {
        notes.push(
            SourceMessage::EncodingGuessed {
                example: example.clone(),
            }
            .localized(language),
        );
    }
    if layout.double_quoted {
        notes.push(SourceMessage::Unwrapped.localized(language));
    }
    if let Some(sheet) = layout
        .sheet
        .clone()
        .filter(|_| !layout.other_sheets.is_empty())
    {
        let others = layout.other_sheets.join(", ");
        notes.push(SourceMessage::SheetRead { sheet, others }.localized(language));
    }
    if source.is_results {
        notes.push(SourceMessage::IsResults.localized(language));
    }
    for (heading, known) in &source.lookalikes {
        let (heading, known) = (heading.clone(), known.clone());
        notes.push(Sentence::HeadingLookalike { heading, known }.localized(language));
    }
    if counted.hidden > 0 {
        notes.push(
            Sentence::HiddenRows {
                rows: counted.hidden,
            }
            .localized(language),
        );
    }
    if let Some(tables) = counted.other_tables.sentence() {
        notes.push(tables.localized(language));
    }
    if counted.groups > 0 {
        notes.push(
            Sentence::GroupsSkipped {
                groups: counted.groups,
            }
            .localized(language),
        );
    }
    notes
}

/// Describes what was read from a stop list.
pub(crate) fn suppression(list: &Suppression, language: Language) -> String {
    let Suppression {
        path,
        chats,
        unread,
        examples,
        sheets,
        tables,
    } = list;
    let mut text = SourceMessage::ListRead {
        path: path.display().to_string(),
        chats: *chats,
    }
    .localized(language);
    for (parts, read) in [
        (*sheets, SourceMessage::SheetsRead { sheets: *sheets }),
        (*tables, SourceMessage::TablesRead { tables: *tables }),
    ] {
        if parts > 1 {
            let _ = write!(text, ", {}", read.localized(language));
        }
    }
    if *chats == 0 {
        let _ = write!(text, "; {}", SourceMessage::ListEmpty.localized(language));
    }
    if *unread > 0 {
        let entry = |entry: &UnreadEntry| {
            let (row, cell) = (entry.row, entry.text.clone());
            match entry.part.clone() {
                Some(part) => SourceMessage::ListEntryOf { part, row, cell },
                None => SourceMessage::ListEntry { row, cell },
            }
            .localized(language)
        };
        let examples = examples.iter().map(entry).collect::<Vec<_>>().join(", ");
        let unread = SourceMessage::ListUnread {
            entries: *unread,
            examples,
        }
        .localized(language);
        let _ = write!(text, "; {unread}");
    }
    text
}
