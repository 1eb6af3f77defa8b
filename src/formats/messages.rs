//! Why a file cannot be used, and what to do about it.

use crate::i18n::{Language, Shown, count, lists, messages};

messages! {
    /// A place in a file.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum FilePlace {
        Row { path: String, row: u64 } = en "{path}, row {row}", ru "{path}, строка {row}",
        Part { path: String, part: FilePart } = en "{path}, {part}", ru "{path}, {part}",
        RowOfPart { path: String, part: FilePart, row: u64 } =
            en "{path}, {part}, row {row}",
            ru "{path}, {part}, строка {row}",
    }
}

messages! {
    /// A sheet of a workbook, or a table of a page.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum FilePart {
        Sheet { name: String } = en "sheet \"{name}\"", ru "лист «{name}»",
        Table { number: u64 } = en "table {number}", ru "таблица {number}",
    }
}

messages! {
    /// A sentence about a whole file.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum FileSentence {
        Missing =
            en "there is no such file. Check the name and the folder.",
            ru "такого файла нет. Проверьте имя и папку.",
        Unreadable { reason: String } =
            en "cannot be read: {reason}. Check that it is a file and that you may open it.",
            ru "прочитать не удалось: {reason}. Проверьте, что это файл и что вам можно его открыть.",
        Empty =
            en "the file is empty. Check that the export has finished.",
            ru "файл пуст. Проверьте, что выгрузка завершилась.",
        OnlyHeadings =
            en "the table has headings but no rows below them. Check that this is the right file and that its export \
                has finished.",
            ru "в таблице есть заголовки, но под ними нет строк. Проверьте, тот ли это файл и завершилась ли выгрузка.",
        NoRows =
            en "the table has no rows. Check that this is the right file and that its export has finished.",
            ru "в таблице нет строк. Проверьте, тот ли это файл и завершилась ли выгрузка.",
        NoCards =
            en "the file has no contacts. Check that this is the right file and that its export has finished.",
            ru "в файле нет контактов. Проверьте, тот ли это файл и завершилась ли выгрузка.",
        OnlyGroups { groups: u64 } =
            en "the file has only {groups} and no contacts. Export the contacts themselves."
                [groups = count::en(*groups, "group", "groups")],
            ru "в файле нет контактов, есть только {groups}. Выгрузите сами контакты."
                [groups = count::ru(*groups, "группа", "группы", "групп")],
        Foreign { content: Content } =
            en "this is {content}. Give a table as .xlsx or CSV UTF-8, or a vCard file.",
            ru "это {content}. Укажите таблицу в формате CSV UTF-8 или .xlsx либо файл vCard.",
        ForeignSheet { content: Content } =
            en "this is {content}, which sendcontact cannot read. Open it in a spreadsheet program, save it as .xlsx \
                and give that file.",
            ru "это {content}, такие файлы мы не читаем. Откройте файл в Excel, сохраните как .xlsx и укажите тот файл.",
        ForeignDocument { content: Content } =
            en "this is {content}, not a table. Copy its table into a spreadsheet, save it as .xlsx and give that \
                file.",
            ru "это {content}, а не таблица. Скопируйте таблицу из него в Excel, сохраните как .xlsx и укажите тот файл.",
        ForeignData { content: Content } =
            en "this is {content}, which sendcontact cannot read. Export the list as .xlsx, CSV UTF-8 or vCard and \
                give that file.",
            ru "это {content}, такие файлы мы не читаем. Выгрузите список как .xlsx, CSV UTF-8 или vCard и укажите тот \
                файл.",
        NumbersDocument =
            en "this is an Apple Numbers (or Pages, or Keynote) document, which sendcontact cannot read. In Numbers \
                choose File, Export To, Excel, and give that file.",
            ru "это документ Apple Numbers (или Pages, или Keynote), такие файлы мы не читаем. В Numbers выберите \
                «Файл», «Экспортировать в», «Excel» и укажите тот файл.",
        GoogleShortcut =
            en "this is only a link to a Google sheet; the rows are not in the file. Open the sheet in a browser, \
                choose File, Download, Microsoft Excel (.xlsx), and give that file.",
            ru "это только ссылка на Google Таблицу, самих строк в файле нет. Откройте таблицу в браузере, выберите \
                «Файл», «Скачать», «Microsoft Excel (.xlsx)» и укажите тот файл.",
        NoWorkbookInside =
            en "this is an Office file without a workbook. Give a table as .xlsx or CSV UTF-8, or a vCard file.",
            ru "это файл Office, но не книга с таблицей. Укажите таблицу .xlsx или CSV UTF-8 либо файл vCard.",
        BinaryWorkbook =
            en "this is a binary Excel workbook (.xlsb), which sendcontact cannot read. Open it in a spreadsheet \
                program, save it as .xlsx and give that file.",
            ru "это двоичная книга Excel (.xlsb), такие мы не читаем. Откройте её в Excel, сохраните как .xlsx и \
                укажите тот файл.",
        DelimiterUnusable { asked: char } =
            en "{asked:?} cannot separate cells. Use one of ; , | or a tab.",
            ru "{asked:?} не может разделять ячейки. Укажите ; , | или tab.",
        EncodingUnheard { label: String } =
            en "there is no encoding named \"{label}\". Use, for example, utf-8, utf-16le, windows-1251, \
                windows-1252, koi8-r or ibm866.",
            ru "кодировки «{label}» нет. Укажите, например, utf-8, utf-16le, windows-1251, windows-1252, koi8-r или \
                ibm866.",
        NotAsNamed { named: &'static str, shown: &'static str } =
            en "the first bytes show that the file is {shown}, so it cannot be read as {named}. Remove --encoding, or \
                name another encoding.",
            ru "первые байты показывают, что файл в {shown}, и прочитать его как {named} нельзя. Уберите --encoding \
                или укажите другую кодировку.",
        TextLost =
            en "the letters of this row, and of many others, were replaced by ?, _ or \u{FFFD} when the table was \
                saved, and cannot be restored. Open the original table, save it as \"CSV UTF-8\" and give that file.",
            ru "буквы этой и многих других строк при сохранении превратились в ?, _ или \u{FFFD}, и вернуть их уже \
                нельзя. Откройте исходную таблицу, сохраните её как «CSV UTF-8» и укажите тот файл.",
        UnclosedQuote =
            en "a quotation mark opens a cell in this row and swallows the rows after it. Close or remove the mark; \
                if the cell is correct, remove its line breaks.",
            ru "в этой строке кавычка открывает ячейку и поглощает строки после неё. Закройте кавычку или удалите её; \
                если ячейка верна, уберите из неё переносы строк.",
        RowTooLong { mebibytes: u64 } =
            en "this row is longer than {mebibytes} MiB, too long for a table of contacts. Export the table again.",
            ru "эта строка длиннее {mebibytes} МиБ, для таблицы контактов это слишком много. Выгрузите таблицу \
                заново.",
        Nul =
            en "this row contains a NUL character, so the file is damaged or binary. Export the table again.",
            ru "в этой строке есть символ NUL: файл повреждён или двоичный. Выгрузите таблицу заново.",
        NotInEncoding { encoding: &'static str } =
            en "the letters of this row are not {encoding}, but the file is read as {encoding}. Save the original \
                table as \"CSV UTF-8\" and give that file, or set the right encoding with --encoding.",
            ru "буквы этой строки не в {encoding}, а файл читается в этой кодировке. Сохраните исходную таблицу как \
                «CSV UTF-8» и укажите тот файл или укажите верную кодировку: --encoding.",
        NotUtf8 =
            en "the letters of this row are not UTF-8, but the file is read as UTF-8. Save the original table as \
                \"CSV UTF-8\" again, or, if the whole file is in another encoding, set it with --encoding (for \
                example windows-1251).",
            ru "буквы этой строки не в UTF-8, а файл читается в этой кодировке. Сохраните исходную таблицу заново как \
                «CSV UTF-8» или, если весь файл в другой кодировке, укажите её: --encoding windows-1251.",

        SheetMissing { asked: String, sheets: Sheets } =
            en "there is no sheet \"{asked}\"; the sheets are {sheets}. Choose one with --sheet, by name or by \
                number.",
            ru "листа «{asked}» нет, есть {sheets}. Укажите один из них по имени или номеру: --sheet.",
        TableMissing { asked: String, tables: Sheets } =
            en "this is a web page, and it has no table \"{asked}\"; the tables with rows are {tables}. Give the number \
                of one of them with --sheet.",
            ru "это веб-страница, и таблицы «{asked}» на ней нет; таблицы со строками: {tables}. Укажите номер одной из \
                них: --sheet.",
        NoSheets { asked: String, format: &'static str } =
            en "--sheet {asked} names a sheet, but a {format} file has no sheets. Remove --sheet, or give the \
                workbook itself. In one run, --sheet applies to every file.",
            ru "--sheet {asked} — это лист, а в файле {format} листов нет. Уберите --sheet или укажите саму книгу. В \
                одном запуске --sheet относится ко всем файлам.",
        SheetsHidden { sheets: Sheets } =
            en "all its sheets are hidden: {sheets}. Choose the right one with --sheet.",
            ru "все её листы скрыты: {sheets}. Укажите нужный: --sheet.",
        WorkbookDamaged { damage: Damage } =
            en "the workbook is damaged: {damage}. Open it in a spreadsheet program and save it again as .xlsx; if it \
                does not open there either, export it again.",
            ru "книга повреждена: {damage}. Откройте её в Excel и сохраните заново как .xlsx; если она и там не \
                открывается, выгрузите её ещё раз.",
        WorkbookEncrypted =
            en "the workbook is protected by a password. Open it in a spreadsheet program, save it without the \
                password and give that file.",
            ru "книга защищена паролем. Откройте её, сохраните без пароля и укажите тот файл.",
        WorkbookTooLong =
            en "something here is far longer than any list of contacts needs. Copy the columns with contacts into a \
                new workbook and give that file.",
            ru "здесь что-то намного длиннее, чем нужно списку контактов. Скопируйте столбцы с контактами в новую книгу \
                и укажите её.",
        PageDamaged { damage: Damage } =
            en "this is a web page, regardless of its name, and {damage}. Export the table again, or open it in a \
                spreadsheet program, save it as .xlsx and give that file.",
            ru "на самом деле это веб-страница, и {damage}. Выгрузите таблицу заново или откройте её в Excel, \
                сохраните как .xlsx и укажите тот файл.",
        PageTooLong =
            en "a cell or a tag here is far longer than any list of contacts needs. Export the table again.",
            ru "ячейка или тег здесь намного длиннее, чем нужно списку контактов. Выгрузите таблицу заново.",
        PageNotInEncoding { encoding: &'static str } =
            en "a letter here cannot be read as {encoding}, the encoding that the page declares. Set the right \
                encoding with --encoding, or export the table again.",
            ru "букву здесь нельзя прочитать в {encoding}, а страница указывает эту кодировку. Укажите верную: \
                --encoding, или выгрузите таблицу заново.",

        VcardAlone =
            en "a vCard file holds contacts but does not say who gets them. Give it as --contacts, or as \
                --recipients.",
            ru "в файле vCard есть контакты, но не сказано, кому их отправить. Укажите его как --contacts или как \
                --recipients.",
        PeopleAlone { columns: Vec<String>, hints: Vec<Hint> } =
            en "each row holds one person, and no column says who gets the contact. To send these contacts to your \
                --recipients, give the file as --contacts. To send your --contacts to these people, give it as \
                --recipients. If a column does hold the recipient, set it with --map recipient=COLUMN. The columns \
                are {columns}.{hints}"
                [columns = lists::en(columns, ", "), hints = all(hints)],
            ru "в каждой строке один человек, и ни в одном столбце не указано, кто получит контакт. Чтобы отправить \
                эти контакты вашим --recipients, укажите файл как --contacts. Чтобы отправить этим людям ваши \
                --contacts, укажите его как --recipients. Если получатель всё же есть в таблице, укажите столбец: \
                --map recipient=СТОЛБЕЦ. Столбцы: {columns}.{hints}"
                [columns = lists::ru(columns, ", "), hints = all(hints)],
        NoRecipientColumn { columns: Vec<String>, hints: Vec<Hint> } =
            en "no column says who gets the contact. Set it with --map recipient=COLUMN, or give the recipients with \
                --recipients. The columns are {columns}.{hints}"
                [columns = lists::en(columns, ", "), hints = all(hints)],
            ru "ни в одном столбце не указано, кто получит контакт. Укажите столбец: --map recipient=СТОЛБЕЦ, или \
                укажите получателей: --recipients. Столбцы: {columns}.{hints}"
                [columns = lists::ru(columns, ", "), hints = all(hints)],
        NoNumberColumn { columns: Vec<String>, hints: Vec<Hint> } =
            en "no column holds the contact's number. Set it with --map phoneContact=COLUMN, or give the contacts \
                with --contacts. The columns are {columns}.{hints}"
                [columns = lists::en(columns, ", "), hints = all(hints)],
            ru "ни в одном столбце нет номера контакта. Укажите столбец: --map phoneContact=СТОЛБЕЦ, или укажите \
                контакты: --contacts. Столбцы: {columns}.{hints}"
                [columns = lists::ru(columns, ", "), hints = all(hints)],
        SeveralPeople { columns: Vec<String> } =
            en "each row holds several people: these headings occur more than once ({columns}), so it is not certain which \
                number belongs to which name. Set the columns of one person by their letters, for example --map firstName=A \
                --map phoneContact=B, or remove the columns of the others."
                [columns = lists::en(columns, ", ")],
            ru "в каждой строке несколько человек: эти заголовки повторяются ({columns}), поэтому нельзя понять, чей номер \
                относится к какому имени. Укажите столбцы одного человека буквами, например --map firstName=A --map \
                phoneContact=B, или удалите столбцы остальных."
                [columns = lists::ru(columns, ", ")],
        NamesOfRecipient { columns: Vec<String> } =
            en "it is not certain whether {columns} is the name of the recipient or of the contact. If it is the contact's, write \
                so in the heading (\"Contact name\") or set it with --map firstName=COLUMN; otherwise set the column of the \
                contact's name so."
                [columns = lists::en(columns, ", ")],
            ru "нельзя понять, чьё имя в {columns}: получателя или контакта. Если контакта, напишите это в заголовке («Имя \
                контакта») или укажите столбец: --map firstName=СТОЛБЕЦ. Если получателя, укажите так столбец с именем контакта."
                [columns = lists::ru(columns, ", ")],
        ResultsIncomplete { columns: Vec<String> } =
            en "these are results of sendcontact, but a column is missing or occurs twice ({columns}), so it is not certain which \
                rows were sent. Give the file with each of these columns once; they may be moved or hidden. To use it as a new \
                list, keep only the columns from the recipient to the company."
                [columns = lists::en(columns, ", ")],
            ru "это результаты sendcontact, но столбца в них нет или он повторяется ({columns}), поэтому нельзя понять, какие \
                строки уже отправлены. Дайте файл, в котором каждый из этих столбцов есть один раз; их можно переставить или \
                скрыть. Чтобы взять его как новый список, оставьте только столбцы от получателя до компании."
                [columns = lists::ru(columns, ", ")],
        ListNotUnderstood { first: Vec<String> } =
            en "this is given as a stop list, but names nobody: no heading is known as that of a phone or a chat id, and \
                no cell holds a number. Name the column \"Phone\" or \"chatId\", or, if this is not about people to leave \
                out, remove it. Its first row is {first}."
                [first = lists::en(first, ", ")],
            ru "это указано как стоп-лист, но никого не называет: нет известного заголовка для телефона или chat id, и ни \
                в одной ячейке нет номера. Назовите столбец «Телефон» или chatId, а если здесь нет людей, которым нельзя \
                писать, уберите это из стоп-листа. Первая строка: {first}."
                [first = lists::ru(first, ", ")],
    }
}

messages! {
    /// An option that may help with a table whose columns are not understood.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Hint {
        FirstRowIsData =
            en "The first row seems to hold data, not headings: with --no-header the columns are named A, B, C and so on.",
            ru "Похоже, в первой строке данные, а не заголовки: с --no-header столбцы называются A, B, C и так далее.",
        OtherSheets { sheets: Vec<String> } =
            en "The workbook has other sheets ({sheets}): --sheet selects one." [sheets = lists::en(sheets, ", ")],
            ru "В книге есть и другие листы ({sheets}): лист задаёт --sheet." [sheets = lists::ru(sheets, ", ")],
        OneColumn =
            en "Only one column was found: --delimiter sets the character that separates the cells.",
            ru "Найден только один столбец: знак, который разделяет ячейки, задаёт --delimiter.",
    }
}

messages! {
    /// What a file is, if it is not a valid input.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Content {
        Png = en "a PNG picture", ru "картинка PNG",
        Jpeg = en "a JPEG picture", ru "картинка JPEG",
        Gif = en "a GIF picture", ru "картинка GIF",
        Pdf = en "a PDF document", ru "документ PDF",
        Gzip = en "a gzip archive", ru "архив gzip",
        Rar = en "a RAR archive", ru "архив RAR",
        SevenZip = en "a 7-Zip archive", ru "архив 7-Zip",
        Zip = en "a ZIP archive", ru "архив ZIP",
        Database = en "a database", ru "база данных",
        OldExcel =
            en "an Excel file in a format from before 1995, which some programs still write",
            ru "файл Excel в формате до 1995 года (его до сих пор пишут некоторые программы)",
        Lotus = en "a Lotus 1-2-3 workbook", ru "книга Lotus 1-2-3",
        Quattro = en "a Quattro Pro workbook", ru "книга Quattro Pro",
        Works = en "a Microsoft Works spreadsheet", ru "таблица Microsoft Works",
        Dbase = en "a dBase or FoxPro table (.dbf)", ru "таблица dBase или FoxPro (.dbf)",
        OldOpenOffice = en "an OpenOffice 1 spreadsheet (.sxc)", ru "таблица OpenOffice 1 (.sxc)",
        FlatOpenDocument = en "a flat OpenDocument spreadsheet (.fods)", ru "таблица OpenDocument одним файлом XML (.fods)",
        WebArchive = en "a web archive or a mail (MHTML, .mht)", ru "веб-архив или письмо (MHTML, .mht)",
        Sylk = en "a spreadsheet in the SYLK format (.slk)", ru "таблица в формате SYLK (.slk)",
        Dif = en "a spreadsheet in the DIF format (.dif)", ru "таблица в формате DIF (.dif)",
        Rtf = en "an RTF document", ru "документ RTF",
        Word = en "a text document (Word, Writer)", ru "текстовый документ (Word, Writer)",
        Slides = en "a presentation", ru "презентация",
        Json = en "a JSON file", ru "файл JSON",
        Xml = en "an XML file without a workbook or a web page", ru "файл XML, но не книга и не веб-страница",
        Program = en "a program", ru "программа",
        NoText = en "not a text", ru "не текст",
    }
}

messages! {
    /// What is broken in a workbook or a page.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Damage {
        TablesHidden =
            en "all its tables are hidden; --include-hidden reads what is hidden",
            ru "все таблицы в ней скрыты (скрытое читается с --include-hidden)",
        NoTable = en "it contains no table", ru "в ней нет таблицы",
        NoSheet = en "it has no sheet", ru "в ней нет листов",
        NoWorkbook = en "it contains no workbook", ru "самой книги в файле нет",
        SheetNowhere { name: String } =
            en "it has no sheet \"{name}\"",
            ru "листа «{name}» в ней нет",
        TableCutOff = en "it is cut off: the table has no end", ru "она обрезана: у таблицы нет конца",
        Records = en "its records are damaged or cut off", ru "её записи испорчены или обрезаны",
        Compound { reason: String } =
            en "its compound file is damaged or cut off ({reason})",
            ru "составной файл испорчен или обрезан ({reason})",
        Package { reason: String } =
            en "its ZIP package is damaged or cut off ({reason})",
            ru "пакет ZIP испорчен или обрезан ({reason})",
        Contents { reason: String } =
            en "{reason}",
            ru "её содержимое испорчено ({reason})",
    }
}

/// The sheets of a workbook, and which of them are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheets(pub Vec<(String, bool)>);

impl Shown for Sheets {
    type As = String;

    fn shown(&self, language: Language) -> String {
        let sheet = |(name, is_hidden): &(String, bool)| {
            let name = name.shown(language);
            match (language, is_hidden) {
                (Language::En, false) => format!("\"{name}\""),
                (Language::En, true) => format!("\"{name}\" (hidden)"),
                (Language::Ru, false) => format!("«{name}»"),
                (Language::Ru, true) => format!("«{name}» (скрыт)"),
            }
        };
        self.0.iter().map(sheet).collect::<Vec<_>>().join(", ")
    }
}

/// Joins hints, each after a space.
fn all(hints: &[String]) -> String {
    hints.iter().flat_map(|hint| [" ", hint]).collect()
}
