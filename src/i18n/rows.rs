//! Messages about rows: problems, repairs, and the results of lookups and decisions. The ledger stores these by name: a
//! name never changes its meaning, and none is removed.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Language, SentDay, count, lists, messages};

messages! {
    /// A sentence about one row. Its fields hold what the file contains, short enough for a line.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Sentence {
        NameCleaned { value: String, name: String } =
            en "the name \"{value}\" contains control characters; it is sent as \"{name}\"",
            ru "в имени «{value}» есть управляющие символы, отправляем «{name}»",

        // Numbers that cannot be read.
        NumberMissing =
            en "the number is missing; enter it with its country code",
            ru "номера нет. Впишите его вместе с кодом страны.",
        NoDigits { value: String } =
            en "\"{value}\" has no digits; enter the number with its country code",
            ru "в «{value}» нет цифр. Впишите номер вместе с кодом страны.",
        TooLongForNumber { value: String } =
            en "\"{value}\" continues for more than a thousand characters; leave only the number",
            ru "«{value}» и дальше — больше тысячи знаков. Оставьте только номер.",
        ChatIdForNumber { value: String } =
            en "\"{value}\" is a chat id, but this cell needs a number; leave only the digits before the @",
            ru "«{value}» — это chat id, а здесь нужен номер. Оставьте цифры до знака @.",
        SpreadsheetError { value: String } =
            en "\"{value}\" is what a spreadsheet shows for an error or a column that is too narrow; fix the cell in \
                the original table and export it again",
            ru "«{value}» — так таблица показывает ошибку или слишком узкий столбец. Исправьте ячейку в исходной \
                таблице и выгрузите её заново.",
        TakenForSum { value: String } =
            en "\"{value}\" looks like a number that the spreadsheet calculated as a formula; set the column to Text \
                in the original table and enter the number again",
            ru "«{value}» — похоже, таблица приняла номер за формулу и вычислила её. Задайте столбцу формат \
                «Текстовый» в исходной таблице и впишите номер заново.",
        DateForNumber { value: String } =
            en "\"{value}\" is a date; check whether the columns are mixed up",
            ru "«{value}» — это дата. Проверьте, не перепутаны ли столбцы.",
        LetterInNumber { value: String, letter: char } =
            en "\"{value}\" contains the letter {letter}; check the number and leave only its digits",
            ru "в номере «{value}» есть буква {letter}. Проверьте номер и оставьте только цифры.",
        SignInNumber { value: String, sign: char } =
            en "\"{value}\" contains the character {sign}; write the number with digits only"
                [sign = shown_sign(*sign)],
            ru "в номере «{value}» есть знак {sign}. Запишите номер одними цифрами."
                [sign = shown_sign(*sign)],
        DigitsHidden { value: String, sign: char } =
            en "in \"{value}\" the character {sign} may stand for hidden digits; enter the whole number, without it"
                [sign = shown_sign(*sign)],
            ru "в «{value}» за знаком {sign} могут скрываться цифры. Впишите номер целиком, без этого знака."
                [sign = shown_sign(*sign)],
        DigitsFormatted { value: String } =
            en "digits of \"{value}\" are raised, lowered or struck out, so they may be a footnote or deleted; leave \
                only the number in the cell, without such formatting",
            ru "в «{value}» есть цифры в верхнем или нижнем индексе или зачёркнутые — это может быть сноска или \
                удалённый текст. Оставьте в ячейке только номер, без такого оформления.",
        LetterBeforeDigits { value: String } =
            en "\"{value}\" has a letter directly before its digits; check the number and write only its digits",
            ru "в «{value}» буква стоит вплотную к цифрам. Проверьте номер и запишите его одними цифрами.",
        NotATelephone { value: String } =
            en "\"{value}\" is not a telephone; enter a phone number",
            ru "«{value}» — это не телефон. Укажите номер телефона.",
        NumberForbidden { value: String, words: String } =
            en "\"{words}\" is written beside the number \"{value}\"; remove these words if the number may be used, otherwise \
                remove the number",
            ru "рядом с номером «{value}» написано «{words}». Если этот номер можно использовать, удалите эти слова, иначе \
                удалите номер.",
        LeadingZero { value: String } =
            en "\"{value}\" begins with 0, as numbers do inside a country; set the country with --country, or replace \
                the 0 with + and the country code",
            ru "«{value}» начинается с 0 — так номера пишут внутри страны. Укажите страну (например, --country DE) \
                или запишите номер с + и кодом страны вместо 0.",
        PlusZero { value: String } =
            en "\"{value}\" has a 0 after its +, but no country code begins with 0; write the country code",
            ru "в «{value}» после + стоит 0, а код страны с нуля не начинается. Впишите код страны.",
        DigitsApart { value: String, digits: String } =
            en "the digits {digits} in \"{value}\" may not belong to the number; leave only the number in the cell",
            ru "цифры {digits} в «{value}» могут не относиться к номеру. Оставьте в ячейке только номер.",
        NotInOneRun { value: String, digits: String } =
            en "\"{value}\" would become {digits}, but the cell shows something else; write the number with + and the \
                country code",
            ru "«{value}» превратилось бы в {digits}, а в ячейке написано другое. Запишите номер с + и кодом страны.",
        Fraction { value: String } =
            en "\"{value}\" is a number with a fraction, but a phone number has none; enter the phone number as text",
            ru "«{value}» — число с дробной частью, а у номера телефона её не бывает. Впишите номер как текст.",
        DigitsReordered { value: String, sign: char } =
            en "\"{value}\" has the invisible character {sign} between its digits, which changes their order on the \
                screen; type the number again" [sign = shown_sign(*sign)],
            ru "в «{value}» между цифрами стоит невидимый знак {sign}, который меняет их порядок на экране. Наберите \
                номер заново." [sign = shown_sign(*sign)],
        LengthUndocumented { value: String, digits: u64 } =
            en "\"{value}\" has {digits} with its country code, but GREEN-API documents only 11 or 12; give another \
                number, or send it as it is with --number-lengths any"
                [digits = count::en(*digits, "digit", "digits")],
            ru "в номере «{value}» вместе с кодом страны {digits}, а GREEN-API описывает только 11 или 12. Укажите \
                другой номер или отправьте этот как есть: --number-lengths any."
                [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        NoRangeAbroad { value: String, digits: String } =
            en "\"{value}\" is in a range that its country has not assigned; check the digits; if they are right, \
                write the number as {digits}, without other characters",
            ru "номеров вида «{value}» в этой стране не выдают. Проверьте цифры; если они верны, запишите номер как \
                {digits}, без других знаков.",
        NoRangeStrict { value: String } =
            en "\"{value}\" is in a range that its country has not assigned; correct it, or remove --strict-phones to \
                send it as it is",
            ru "номеров вида «{value}» в этой стране не выдают. Исправьте номер или уберите --strict-phones, \
                чтобы отправить как есть.",
        EightOfCountry { value: String, country: String } =
            en "\"{value}\" is not a national number of {country}; correct it; if it is a number of another country, \
                write it with + and the country code",
            ru "«{value}» — не номер страны {country}. Исправьте его, а если это номер другой страны, запишите его с \
                + и кодом страны.",
        EightWithoutCountry { value: String } =
            en "\"{value}\" begins with 8, the prefix for calls within Russia; add --country RU to read such numbers \
                as 7…, or write the number with + and the country code",
            ru "«{value}» начинается с 8 — так номера набирают внутри России. Добавьте --country RU, чтобы такие \
                номера читались как 7…, или запишите номер с + и кодом страны.",
        Ambiguous { one: u64, other: u64 } =
            en "the number can be read as +{one} or as +{other}; write the right one, with its +",
            ru "номер можно прочитать и как +{one}, и как +{other}. Запишите тот, который нужен, вместе с +.",
        FormatUnclear { value: String, format: String } =
            en "the cell holds \"{value}\", but its number format {format} adds digits or a +, and it is not certain \
                which number the cell shows; set the format to Text and enter the number with + and the country code",
            ru "в ячейке хранится «{value}», но её числовой формат «{format}» добавляет цифры или +, и какой номер она \
                показывает, точно не известно. Задайте формат «Текстовый» и впишите номер с + и кодом страны.",
        TooFewDigits { value: String, digits: u64 } =
            en "\"{value}\" has {digits}, but a number with its country code has 11 or 12; add the country code, or, \
                if all such numbers are of one country, set it with --country"
                [digits = count::en(*digits, "digit", "digits")],
            ru "в номере «{value}» {digits}, а вместе с кодом страны их должно быть 11 или 12. Допишите код страны \
                или, если все такие номера одной страны, укажите её: --country RU."
                [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        NotOfCountry { value: String, country: String } =
            en "\"{value}\" is not a number of {country}; correct it, or write it with + and the country code",
            ru "«{value}» — не номер страны {country}. Исправьте его или запишите с + и кодом страны.",
        NoCountry { value: String } =
            en "\"{value}\" is not a number of any country; check for an extra or a missing digit, or a wrong country \
                code",
            ru "«{value}» — не номер ни одной страны. Проверьте, нет ли лишней или пропущенной цифры и верен ли код \
                страны.",
        WrongLength { value: String, digits: u64 } =
            en "\"{value}\" has {digits} with its country code, but GREEN-API accepts only 11 or 12; correct it or \
                give another number" [digits = count::en(*digits, "digit", "digits")],
            ru "в номере «{value}» вместе с кодом страны {digits}, а GREEN-API принимает только 11 или 12. Исправьте \
                номер или укажите другой." [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        Shortened { value: String } =
            en "the spreadsheet shows {value}, and the last digits are lost; set the column to Text in the original \
                table, or give the workbook itself (.xlsx), and try again",
            ru "{value} — таблица показала номер как число, и последние цифры потеряны. Откройте исходную таблицу, \
                задайте столбцу формат «Текстовый» (или сохраните её как .xlsx и укажите этот файл) и повторите.",

        // Recipients that cannot be read.
        NoChatId { value: String } =
            en "\"{value}\" is not a chat id: a chat id looks like 79001234567@c.us, 79001234567-1581234048@g.us, \
                120363043968066561@g.us or 120650379300963@lid",
            ru "«{value}» — не chat id. Он выглядит так: 79001234567@c.us, 79001234567-1581234048@g.us, \
                120363043968066561@g.us или 120650379300963@lid.",
        ChatOfNoCountry { id: String } =
            en "\"{id}\" contains a number of no country; correct its digits: the country code comes first, not the 8 \
                of national calls",
            ru "в «{id}» — не номер ни одной страны. Исправьте цифры: сначала код страны, а не 8.",
        GroupRounded { value: String } =
            en "{value} is a number cell, and a spreadsheet keeps only 15 of its digits; copy the group id again into \
                a column set to Text, with @g.us at its end",
            ru "{value} — числовая ячейка, а таблица хранит только 15 цифр числа. Скопируйте id группы заново в \
                столбец с форматом «Текстовый», с окончанием @g.us.",
        GroupBare { value: String } =
            en "\"{value}\" looks like a group id without its ending; if it is a group, write {value}@g.us",
            ru "«{value}» похоже на id группы, но без окончания. Если это группа, запишите {value}@g.us.",
        TwoRecipients { recipients: String, columns: Vec<String> } =
            en "the row has two recipients, {recipients}; leave only the right one in {columns}"
                [columns = lists::en(columns, " and ")],
            ru "в строке два разных получателя: {recipients}. Оставьте в столбцах {columns} только нужного."
                [columns = lists::ru(columns, " и ")],
        NoTimeZone { value: String } =
            en "\"{value}\" is not a time zone: write Europe/Samara, UTC+5 with its sign, MSK+2 or a large Russian \
                city",
            ru "«{value}» — не часовой пояс. Напишите МСК+2, UTC+5 (со знаком), Europe/Samara или большой город России.",
        RecipientMissing { columns: Vec<String> } =
            en "no recipient; fill in {columns}" [columns = lists::en(columns, " or ")],
            ru "получатель не указан. Заполните {columns}." [columns = lists::ru(columns, " или ")],

        // Cards and rows that cannot be used.
        PhoneMissing { columns: Vec<String> } =
            en "the contact has no number; fill in {columns}" [columns = lists::en(columns, " or ")],
            ru "у контакта нет номера. Заполните {columns}." [columns = lists::ru(columns, " или ")],
        NameMissing { columns: Vec<String> } =
            en "the contact has no name; fill in {columns}" [columns = lists::en(columns, " or ")],
            ru "у контакта нет имени. Заполните {columns}." [columns = lists::ru(columns, " или ")],
        NoNameColumn =
            en "the table has no column for the contact's name; set one with --map firstName=COLUMN, or lastName or \
                company",
            ru "в таблице нет столбца с именем контакта. Укажите его: --map firstName=СТОЛБЕЦ, или lastName, или \
                company.",
        NameMisread { value: String } =
            en "the letters of the name \"{value}\" are damaged; export the table again as \"CSV UTF-8\" or give the \
                workbook itself",
            ru "в имени «{value}» испорчены буквы. Сохраните таблицу заново как «CSV UTF-8» или укажите саму книгу \
                (.xlsx).",
        NameMisreadAs { value: String, likely: String } =
            en "the letters of the name \"{value}\" are damaged; it was probably \"{likely}\"; export the table again \
                as \"CSV UTF-8\", give the workbook itself, or enter the name again",
            ru "в имени «{value}» испорчены буквы; скорее всего, это «{likely}». Сохраните таблицу заново как «CSV \
                UTF-8», укажите саму книгу (.xlsx) или впишите имя заново.",
        NameEncoded { value: String } =
            en "the name \"{value}\" is still encoded, and the code is cut off or wrong; enter the name itself, or \
                export the table again",
            ru "имя «{value}» осталось закодированным, а код оборван или ошибочен. Впишите само имя или выгрузите \
                таблицу заново.",
        NamePlaceholders { value: String, columns: Vec<String> } =
            en "the contact has no name: programs write \"{value}\" for an empty value; fill in {columns}"
                [columns = lists::en(columns, " or ")],
            ru "у контакта нет имени: «{value}» программы пишут вместо пустого значения. Заполните {columns}."
                [columns = lists::ru(columns, " или ")],
        NameIsError { value: String } =
            en "the name \"{value}\" is a spreadsheet error, not a name; fix the formula or enter the name itself",
            ru "«{value}» — это ошибка таблицы, а не имя. Исправьте формулу или впишите само имя.",
        NameIsCut { value: String } =
            en "the name \"{value}\" was cut off at the size limit of a cell; take the row from the original table, \
                or from results as .csv",
            ru "имя «{value}» обрезано: в ячейку Excel больше не помещается. Возьмите строку из исходной таблицы или \
                из результатов в .csv.",
        Surplus { columns: u64, beyond: String } =
            en "the row has more cells than the table has columns ({columns}), so its values may be under the wrong \
                headings. Delete the extra cells ({beyond}) or give each of their columns a heading; in a CSV file, put a cell \
                that contains the delimiter into quotation marks",
            ru "в строке больше ячеек, чем столбцов в таблице ({columns}), и значения могли сдвинуться. Удалите лишнее \
                ({beyond}) или дайте каждому столбцу заголовок; в файле CSV возьмите в кавычки ячейку, в которой стоит \
                разделитель.",
        AboveHeadings { row: u64 } =
            en "this row is above the headings in row {row}, but has a number under the heading of a phone; move it below the \
                headings, or delete it if it is no person",
            ru "эта строка стоит над заголовками строки {row}, но под заголовком телефона в ней номер. Перенесите её под \
                заголовки или удалите, если это не человек.",
        OtherHeadings { row: u64 } =
            en "row {row} holds other headings than the table, or the same in another order, so it is not certain what the \
                cells in it and below it mean; move row {row} and all rows below it to a file of their own, or, if it is \
                no row of headings, correct or delete it",
            ru "в строке {row} другие заголовки, чем у таблицы, или те же в другом порядке, и неизвестно, что значат ячейки \
                в ней и под ней. Перенесите строку {row} и все строки под ней в отдельный файл, а если это не заголовки, \
                исправьте или удалите её.",
        BadQuotes =
            en "a quoted cell contains a single quotation mark, so its text may have been read wrongly; double the \
                mark (\"\") or remove it",
            ru "внутри ячейки в кавычках стоит одиночная кавычка, поэтому текст ячейки мог прочитаться неверно. \
                Удвойте её (\"\") или уберите.",
        NotKnownAsCorrected =
            en "this row could not be read with certainty in the original list, and it is not known whether it has been \
                corrected since; if it has, empty its cell \"error\" and send the file again",
            ru "в исходном списке эту строку не удалось прочитать надёжно, и неизвестно, исправили ли её с тех пор. Если \
                исправили, очистите в ней ячейку «Ошибка» (error) и отправьте файл снова.",
        CardDamaged { line: u64, fault: CardFault } =
            en "the vCard in line {line} cannot be read: {fault}",
            ru "карточку vCard в строке {line} файла прочитать нельзя: {fault}",
        NoTelephone { line: u64 } =
            en "the contact in line {line} has no telephone number; add one (TEL)",
            ru "у контакта в строке {line} файла нет номера телефона. Добавьте его (TEL).",
        OnlyFax { line: u64, value: String } =
            en "the contact in line {line} has only a fax number, {value}; add a telephone number (TEL), or remove \
                FAX from its TYPE if a person answers there",
            ru "у контакта в строке {line} файла есть только факс, {value}. Добавьте номер телефона (TEL) или уберите FAX \
                из TYPE, если по этому номеру отвечает человек.",
        OnlyPager { line: u64, value: String } =
            en "the contact in line {line} has only a pager number, {value}; add a telephone number (TEL)",
            ru "у контакта в строке {line} файла есть только пейджер, {value}. Добавьте номер телефона (TEL).",
        OnlyData { line: u64, value: String } =
            en "the contact in line {line} has only the number of a modem, a telex or another line without voice, \
                {value}; add a telephone number (TEL)",
            ru "у контакта в строке {line} файла есть только номер модема, телекса или другой линии без голоса, {value}. \
                Добавьте номер телефона (TEL).",
        OnlyAssistant { line: u64, value: String } =
            en "the contact in line {line} has only the number of an assistant, {value}; add the person's own number (TEL)",
            ru "у контакта в строке {line} файла есть только номер помощника, {value}. Добавьте номер самого человека (TEL).",

        // Cards that --match looks for.
        CardUnnamed { column: String } =
            en "no contact is named; enter the contact's name in \"{column}\"",
            ru "не указано, какой контакт отправить. Впишите имя в столбец «{column}».",
        CardHasProblem { value: String, row: u64 } =
            en "the contact \"{value}\" has a problem of its own, reported at row {row}; fix it there",
            ru "у контакта «{value}» есть своя проблема, она указана у строки {row}. Исправьте её там.",
        CardMissing { value: String } =
            en "no contact \"{value}\" in --contacts; enter the name, the number, the UID or the e-mail address as \
                it is there, or add the contact",
            ru "в --contacts нет контакта «{value}». Впишите имя, номер, UID или адрес почты так, как там, или \
                добавьте контакт.",
        CardAmbiguous { value: String, cards: u64, shown: String } =
            en "{cards} \"{value}\" in --contacts ({shown}); enter the number of the right one"
                [cards = count::en(*cards, "contact", "contacts")],
            ru "в --contacts {cards} «{value}» ({shown}). Впишите номер того, который нужен."
                [cards = count::ru(*cards, "контакт", "контакта", "контактов")],

        // What was repaired or noticed.
        NoRange { value: String } =
            en "{value} is in a range that its country has not assigned; check its digits",
            ru "номеров вида {value} в этой стране не выдают; проверьте цифры",
        LengthUnusual { value: String, digits: u64 } =
            en "{value} has {digits}, but GREEN-API documents only 11 or 12; it is sent because of --number-lengths \
                any"
                [digits = count::en(*digits, "digit", "digits")],
            ru "в номере {value} {digits}, а GREEN-API описывает только 11 или 12; он будет отправлен, так задано в \
                --number-lengths any" [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        Normalised { value: String, phone: u64 } =
            en "\"{value}\" was read as {phone}",
            ru "«{value}» прочитано как {phone}",
        CountryAssumed { value: String, country: String } =
            en "\"{value}\" was read as a number of {country} (--country)",
            ru "«{value}» прочитано как номер страны {country} (по --country)",
        FromFloat { value: String, digits: String } =
            en "the spreadsheet stores \"{value}\" as a number; it was read as {digits}",
            ru "таблица хранит «{value}» как число; прочитано как {digits}",
        Rounded { phone: u64 } =
            en "{phone} comes from a number cell and ends in five zeros: if a spreadsheet rounded it, it is a \
                different number",
            ru "номер {phone} взят из числовой ячейки и кончается на пять нулей: если таблица его округлила, это \
                другой номер",
        ExtensionDropped { value: String, digits: String } =
            en "the extension {digits} of \"{value}\" was left out",
            ru "добавочный {digits} из «{value}» отброшен",
        SeveralPhones { taken: String, left: String } =
            en "several numbers: {taken} is used, not used: {left}",
            ru "несколько номеров: взят {taken}, не взяты: {left}",
        LidUnchecked { id: String } =
            en "{id} hides the number, so it cannot be checked; if it is wrong, it blocks the whole queue of the \
                instance",
            ru "{id} скрывает номер, проверить его нельзя; если он неверен, он задержит всю очередь инстанса",
        NameDecoded { value: String, decoded: String } =
            en "\"{value}\" was decoded to \"{decoded}\"",
            ru "«{value}» раскодировано: «{decoded}»",
        NamePlaceholder { value: String } =
            en "programs write \"{value}\" for an empty value; it was left out of the name",
            ru "«{value}» программы пишут вместо пустого значения; в имя это не вошло",
        HeadingLookalike { heading: String, known: String } =
            en "the heading \"{heading}\" contains letters of another alphabet that look the same; it was read as \
                \"{known}\"",
            ru "в заголовке «{heading}» есть похожие буквы другого алфавита; он прочитан как «{known}»",
        ColumnUnused { column: String } =
            en "the column \"{column}\" is not used",
            ru "столбец «{column}» не используется",
        HiddenRows { rows: u64 } =
            en "{rows} skipped; --include-hidden reads hidden rows too"
                [rows = count::en(*rows, "hidden row was", "hidden rows were")],
            ru "{rows}; чтобы читать и скрытые, добавьте --include-hidden" [rows = count::ru(
                *rows,
                "скрытая строка пропущена",
                "скрытые строки пропущены",
                "скрытых строк пропущено"
            )],
        GroupsSkipped { groups: u64 } =
            en "{groups} skipped: a group is not a contact"
                [groups = count::en(*groups, "group of contacts was", "groups of contacts were")],
            ru "{groups}: группа — не контакт" [groups = count::ru(
                *groups,
                "группа контактов пропущена",
                "группы контактов пропущены",
                "групп контактов пропущено"
            )],

        OtherTables { tables: u64, first: u64 } =
            en "{tables} not read; --sheet {first} reads table {first} instead of this one"
                [tables = count::en(*tables, "other table of the page was", "other tables of the page were")],
            ru "{tables}; чтобы вместо этой прочитать таблицу {first}, добавьте --sheet {first}" [tables = count::ru(
                *tables,
                "другая таблица страницы не прочитана",
                "другие таблицы страницы не прочитаны",
                "других таблиц страницы не прочитано"
            )],

        // Why a row was suppressed.
        SentBefore { campaign: String, day: SentDay } =
            en "This instance sent the same contact to this person on {day}{campaign}; --again sends it once more."
                [campaign = in_campaign(campaign, " in the campaign ", ("\"", "\""))],
            ru "Этот инстанс уже отправил тот же контакт этому человеку {day}{campaign}; отправить ещё раз: --again."
                [campaign = in_campaign(campaign, " в кампании ", ("«", "»"))],

        SentUnderOtherId { campaign: String, day: SentDay } =
            en "Another row{campaign} sent the same contact to this person on {day}, under another of their chat ids."
                [campaign = in_campaign(campaign, " of the campaign ", ("\"", "\""))],
            ru "Другая строка{campaign} отправила тот же контакт этому человеку {day}, под другим его chat id."
                [campaign = in_campaign(campaign, " кампании ", ("«", "»"))],

        WrittenRecently { campaign: String, day: SentDay } =
            en "This person got a contact on {day}{campaign}, which --not-again-within counts as recent; run the same \
                command again later."
                [campaign = in_campaign(campaign, " in the campaign ", ("\"", "\""))],
            ru "Этот человек получил контакт {day}{campaign}, для --not-again-within это недавно; повторите ту же \
                команду позже."
                [campaign = in_campaign(campaign, " в кампании ", ("«", "»"))],

        ChangedSince { was: String } =
            en "This person already had this number in this campaign, as \"{was}\"; only the spelling has changed. \
                --resend-changed sends a second contact.",
            ru "Этот человек уже получил этот номер в этой кампании, с подписью «{was}»: изменилось только написание. \
                Отправить второй контакт: --resend-changed.",

        // How an unknown row became accepted.
        FoundInQueue =
            en "The answer was lost; the contact was found in the instance's queue.",
            ru "Ответ потерялся; контакт нашёлся в очереди инстанса.",
        FoundInJournal =
            en "The answer was lost; the contact was found in the instance's journal.",
            ru "Ответ потерялся; контакт нашёлся в журнале инстанса.",
        TimeNotTold =
            en "The service's time was unknown when the contact was sent, so no look-up can prove that the service \
                did not accept it.",
            ru "При отправке время сервиса было неизвестно, поэтому никакой поиск не докажет, что сервис не принял \
                контакт.",
        AssumedSent =
            en "Marked as sent by your decision; there is no idMessage.",
            ru "Считается отправленной по вашему решению; idMessage нет.",

        // Why it is doubtful that an accepted row was sent.
        SentWhileRestricted =
            en "Doubtful: WhatsApp restricted this number then, and the service may show \"sent\" for what never left.",
            ru "Под сомнением: WhatsApp тогда ограничивал этот номер, и сервис мог показать «отправлено» для того, что не \
                ушло.",

        /// A text that an earlier version wrote into a ledger; it is shown unchanged.
        Written { text: String } =
            en "{text}",
            ru "{text}",
    }
}

messages! {
    /// Why a card of a vCard file cannot be read.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum CardFault {
        TooLarge =
            en "it is larger than 4 MiB, even without its pictures; export it again",
            ru "она больше 4 МиБ даже без картинок. Выгрузите её заново.",
        Outside =
            en "there is text outside of any vCard; put BEGIN:VCARD before it and END:VCARD after it, or remove it",
            ru "здесь текст вне карточек vCard. Поставьте перед ним BEGIN:VCARD, а после него END:VCARD, или удалите \
                его.",
        Cut =
            en "the file ends in the middle of this vCard; export it again, or complete the vCard",
            ru "файл обрывается на её середине. Выгрузите его заново или допишите карточку.",
        SeveralPeople =
            en "it seems to hold two contacts, because a name, the UID or the VERSION appears twice; put END:VCARD \
                and BEGIN:VCARD between them, or export the file again",
            ru "похоже, в ней два контакта: имя, UID или VERSION указаны дважды. Поставьте между ними END:VCARD и \
                BEGIN:VCARD или выгрузите файл заново.",
        LinesJoined =
            en "several of its lines are joined into one; put each property, BEGIN:VCARD and END:VCARD on its own \
                line, or export the file again",
            ru "несколько её строк слились в одну. Поставьте каждое поле, BEGIN:VCARD и END:VCARD на отдельную строку или \
                выгрузите файл заново.",
        NoCard =
            en "the parser does not recognize it as a vCard; export it again",
            ru "это не похоже на карточку vCard. Выгрузите её заново.",
        Unreadable =
            en "its letters are not UTF-8, and it names no matching charset; set it with --encoding (for example \
                windows-1251), or export the vCard as version 3.0 or 4.0",
            ru "её буквы не в UTF-8, а подходящая кодировка в ней не указана. Укажите её: --encoding windows-1251, \
                или выгрузите карточку как vCard 3.0 или 4.0.",
        SevenBit =
            en "it is in UTF-7 or another encoding that is not supported; export it as vCard 3.0 or 4.0",
            ru "она в UTF-7 или другой кодировке, которую мы не читаем. Выгрузите её как vCard 3.0 или 4.0.",
        Nul =
            en "it contains a NUL character, so the file is damaged; export it again",
            ru "в ней есть символ NUL: файл повреждён. Выгрузите её заново.",
    }
}

/// Returns the campaign in the quotation marks of its language; nothing if its name is not known.
fn in_campaign(campaign: &str, words: &str, (open, close): (&str, &str)) -> String {
    if campaign.is_empty() {
        String::new()
    } else {
        format!("{words}{open}{campaign}{close}")
    }
}

/// Returns a character in a form that people can find: one that is invisible on paper is shown by its code point.
fn shown_sign(sign: char) -> String {
    let is_seen = sign.is_ascii_graphic() || sign.is_alphanumeric();
    if is_seen {
        sign.to_string()
    } else {
        format!("U+{:04X}", u32::from(sign))
    }
}

impl Sentence {
    /// Parses what the ledger stores; a text of an earlier version stays as it is.
    #[must_use]
    pub fn kept(text: String) -> Self {
        serde_json::from_str(&text).unwrap_or(Self::Written { text })
    }

    /// Returns the same sentence with its day in this zone, if it has a day.
    #[must_use]
    pub fn by_clocks_of(&self, zone: &TimeZone) -> Cow<'_, Self> {
        let mut local = self.clone();
        if let Self::SentBefore { day, .. }
        | Self::SentUnderOtherId { day, .. }
        | Self::WrittenRecently { day, .. } = &mut local
        {
            *day = day.by_clocks_of(zone);
            return Cow::Owned(local);
        }
        Cow::Borrowed(self)
    }

    /// Returns the form in which the ledger stores it.
    #[must_use]
    pub fn to_keep(&self) -> String {
        // Named texts and numbers can always be serialized as JSON.
        serde_json::to_string(self).unwrap_or_else(|_| self.localized(Language::En))
    }
}
