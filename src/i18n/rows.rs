//! What is wrong with a row, what was repaired in it, and what a look-up or a person made of it.
//! The ledger keeps these by their names: a name never changes its meaning, and none is taken away.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use serde::{Deserialize, Serialize};

use super::{Language, count, lists, sentences};

sentences! {
    /// A sentence about one row. Its fields hold what the file writes, short enough for a line.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Sentence {
        NameCleaned { value: String, name: String } =
            en "the name \"{value}\" has control characters in it; it goes as \"{name}\"",
            ru "в имени «{value}» есть управляющие символы, отправляем «{name}»",

        // Numbers that cannot be read.
        NumberMissing =
            en "there is no number",
            ru "номера нет. Впишите его вместе с кодом страны.",
        NoDigits { value: String } =
            en "\"{value}\" holds no digits; write the number with its country code",
            ru "в «{value}» нет цифр. Впишите номер вместе с кодом страны.",
        TooLongForNumber { value: String } =
            en "\"{value}\" goes on for more than a thousand characters; leave only the number",
            ru "«{value}» и дальше — больше тысячи знаков. Оставьте только номер.",
        ChatIdForNumber { value: String } =
            en "\"{value}\" is a chat id where only a number can stand; leave the digits before the @",
            ru "«{value}» — это chat id, а здесь может стоять только номер. Оставьте цифры до знака @.",
        SpreadsheetError { value: String } =
            en "\"{value}\" is what the spreadsheet shows for an error or a column that is too narrow; repair the \
                cell in the original table and export again",
            ru "«{value}» — так таблица показывает ошибку или слишком узкий столбец. Исправьте ячейку в исходной \
                таблице и выгрузите её заново.",
        TakenForSum { value: String } =
            en "\"{value}\" looks like a number that the spreadsheet took for a sum; set the column to Text in the \
                original table and write the number again",
            ru "«{value}» — похоже, таблица приняла номер за формулу и вычислила её. Задайте столбцу формат \
                «Текстовый» в исходной таблице и впишите номер заново.",
        DateForNumber { value: String } =
            en "\"{value}\" is a date; check whether the columns are mixed up",
            ru "«{value}» — это дата. Проверьте, не перепутаны ли столбцы.",
        LetterInNumber { value: String, letter: char } =
            en "\"{value}\" has the letter {letter} in it; leave only the digits that are meant",
            ru "в номере «{value}» есть буква {letter}. Проверьте номер и оставьте только цифры.",
        SignInNumber { value: String, sign: char } =
            en "\"{value}\" has the sign {sign} in it; write the number with digits only"
                [sign = shown_sign(*sign)],
            ru "в номере «{value}» есть знак {sign}. Запишите номер одними цифрами."
                [sign = shown_sign(*sign)],
        LetterBeforeDigits { value: String } =
            en "\"{value}\" has a letter right before its digits; write the digits that are meant",
            ru "в «{value}» буква стоит вплотную к цифрам. Проверьте номер и запишите его одними цифрами.",
        NotATelephone { value: String } =
            en "\"{value}\" is no telephone; write the number of a phone",
            ru "«{value}» — это не телефон. Укажите номер телефона.",
        LeadingZero { value: String } =
            en "\"{value}\" begins with 0, as numbers are written within one country; name the country with \
                --country, or write + and the country code instead of the 0",
            ru "«{value}» начинается с 0 — так номера пишут внутри страны. Назовите страну (например, --country DE) \
                или запишите номер с + и кодом страны вместо 0.",
        PlusZero { value: String } =
            en "\"{value}\" has a 0 behind its +, and no country code begins with 0; write the country code",
            ru "в «{value}» после + стоит 0, а код страны с нуля не начинается. Впишите код страны.",
        DigitsApart { value: String, digits: String } =
            en "the digits {digits} in \"{value}\" may not belong to the number; leave only the number in the cell",
            ru "цифры {digits} в «{value}» могут не относиться к номеру. Оставьте в ячейке только номер.",
        NotInOneRun { value: String, digits: String } =
            en "\"{value}\" would become {digits}, which is not what the cell shows; write the number with + and the \
                country code",
            ru "«{value}» превратилось бы в {digits}, а в ячейке написано другое. Запишите номер с + и кодом страны.",
        Fraction { value: String } =
            en "\"{value}\" is a number with a fraction, and no phone number has one; write the phone number as text",
            ru "«{value}» — число с дробной частью, а у номера телефона её не бывает. Впишите номер как текст.",
        DigitsReordered { value: String, sign: char } =
            en "\"{value}\" has the invisible character {sign} between its digits, which changes the order in which \
                they are shown; type the number again" [sign = shown_sign(*sign)],
            ru "в «{value}» между цифрами стоит невидимый знак {sign}, который меняет их порядок на экране. Наберите \
                номер заново." [sign = shown_sign(*sign)],
        LengthUndocumented { value: String, digits: u64 } =
            en "\"{value}\" has {digits} with its country code, and GREEN-API documents only 11 or 12; give another \
                number, or send it as it is with --number-lengths any"
                [digits = count::en(*digits, "digit", "digits")],
            ru "в номере «{value}» вместе с кодом страны {digits}, а GREEN-API описывает только 11 или 12. Укажите \
                другой номер или отправьте этот как есть: --number-lengths any."
                [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        NoRangeAbroad { value: String, digits: String } =
            en "\"{value}\" is in no range that its country has given out; check its digits, and if they are right \
                write it as {digits}, without any other sign",
            ru "номеров вида «{value}» в этой стране не выдают. Проверьте цифры; если они верны, запишите номер как \
                {digits}, без других знаков.",
        NoRangeStrict { value: String } =
            en "\"{value}\" is in no range that its country has given out; correct it, or leave out --strict-phones \
                to send it as it is",
            ru "номеров вида «{value}» в этой стране не выдают. Исправьте номер или уберите --strict-phones, \
                чтобы отправить как есть.",
        EightOfCountry { value: String, country: String } =
            en "\"{value}\" is no number of {country} in national form; correct it, or write + and the country code \
                if it is a number of another country",
            ru "«{value}» — не номер страны {country}. Исправьте его, а если это номер другой страны, запишите его с \
                + и кодом страны.",
        EightWithoutCountry { value: String } =
            en "\"{value}\" begins with 8, as numbers are dialled within Russia; add --country RU to read such \
                numbers as 7…, or write + and the country code",
            ru "«{value}» начинается с 8 — так номера набирают внутри России. Добавьте --country RU, чтобы такие \
                номера читались как 7…, или запишите номер с + и кодом страны.",
        Ambiguous { one: u64, other: u64 } =
            en "the number can be read both as +{one} and as +{other}; write the one that is meant, with its +",
            ru "номер можно прочитать и как +{one}, и как +{other}. Запишите тот, который нужен, вместе с +.",
        TooFewDigits { value: String, digits: u64 } =
            en "\"{value}\" has {digits}, and a number with its country code has 11 or 12; add the country code, or \
                name the country with --country if all such numbers are of one country"
                [digits = count::en(*digits, "digit", "digits")],
            ru "в номере «{value}» {digits}, а вместе с кодом страны их должно быть 11 или 12. Допишите код страны \
                или, если все такие номера одной страны, назовите её: --country RU."
                [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        NotOfCountry { value: String, country: String } =
            en "\"{value}\" is no number of {country}; correct it, or write + and the country code",
            ru "«{value}» — не номер страны {country}. Исправьте его или запишите с + и кодом страны.",
        NoCountry { value: String } =
            en "\"{value}\" is a number of no country; look for a digit too many or too few, or a wrong country code",
            ru "«{value}» — не номер ни одной страны. Проверьте, нет ли лишней или пропущенной цифры и верен ли код \
                страны.",
        WrongLength { value: String, digits: u64 } =
            en "\"{value}\" comes to {digits} with its country code, and GREEN-API takes only 11 or 12; correct it or \
                give another number" [digits = count::en(*digits, "digit", "digits")],
            ru "в номере «{value}» вместе с кодом страны {digits}, а GREEN-API принимает только 11 или 12. Исправьте \
                номер или укажите другой." [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        Shortened { value: String } =
            en "the spreadsheet shows {value} and has lost the last digits; set the column to Text in the original \
                table, or give the workbook itself (.xlsx), and start again",
            ru "{value} — таблица показала номер как число, и последние цифры потеряны. Откройте исходную таблицу, \
                задайте столбцу формат «Текстовый» (или сохраните её как .xlsx и укажите этот файл) и повторите.",

        // Recipients that cannot be read.
        NoChatId { value: String } =
            en "\"{value}\" is no chat id: a chat id looks like 79001234567@c.us, 79001234567-1581234048@g.us, \
                120363043968066561@g.us or 120650379300963@lid",
            ru "«{value}» — не chat id. Он выглядит так: 79001234567@c.us, 79001234567-1581234048@g.us, \
                120363043968066561@g.us или 120650379300963@lid.",
        ChatOfNoCountry { id: String } =
            en "\"{id}\" holds a number of no country; correct its digits, with the country code first and not the 8 \
                of national calls",
            ru "в «{id}» — не номер ни одной страны. Исправьте цифры: сначала код страны, а не 8.",
        GroupRounded { value: String } =
            en "{value} is a number cell, and a spreadsheet keeps only 15 digits of it; copy the group id again into \
                a column set to Text, with @g.us at its end",
            ru "{value} — числовая ячейка, а таблица хранит только 15 цифр числа. Скопируйте id группы заново в \
                столбец с форматом «Текстовый», с окончанием @g.us.",
        GroupBare { value: String } =
            en "\"{value}\" has the form of a group id but not its ending; write {value}@g.us if it is a group",
            ru "«{value}» похоже на id группы, но без окончания. Если это группа, запишите {value}@g.us.",
        TwoRecipients { recipients: String, columns: Vec<String> } =
            en "the row names two recipients, {recipients}; leave only the right one of them in {columns}"
                [columns = lists::en(columns, " and ")],
            ru "в строке два разных получателя: {recipients}. Оставьте в столбцах {columns} только нужного."
                [columns = lists::ru(columns, " и ")],
        NoTimeZone { value: String } =
            en "\"{value}\" is no time zone: write Europe/Samara, UTC+5 with its sign, MSK+2 or a large Russian city",
            ru "«{value}» — не часовой пояс. Напишите МСК+2, UTC+5 (со знаком), Europe/Samara или большой город России.",
        RecipientMissing { columns: Vec<String> } =
            en "nobody is named who gets the card; fill in {columns}" [columns = lists::en(columns, " or ")],
            ru "не указано, кто получит карточку. Заполните {columns}." [columns = lists::ru(columns, " или ")],

        // Cards and rows that cannot be used.
        PhoneMissing { columns: Vec<String> } =
            en "the card has no number; fill in {columns}" [columns = lists::en(columns, " or ")],
            ru "на карточке нет номера. Заполните {columns}." [columns = lists::ru(columns, " или ")],
        NameMissing { columns: Vec<String> } =
            en "the card has no name; fill in {columns}" [columns = lists::en(columns, " or ")],
            ru "на карточке нет имени. Заполните {columns}." [columns = lists::ru(columns, " или ")],
        NoNameColumn =
            en "the table has no column for the card's name; name one with --map firstName=COLUMN, or lastName or \
                company",
            ru "в таблице нет столбца с именем для карточки. Назовите его: --map firstName=СТОЛБЕЦ, или lastName, \
                или company.",
        NameMisread { value: String } =
            en "the name \"{value}\" has lost its letters on the way; export the table again as \"CSV UTF-8\" or give \
                the workbook itself",
            ru "в имени «{value}» испорчены буквы. Сохраните таблицу заново как «CSV UTF-8» или укажите саму книгу \
                (.xlsx).",
        NameMisreadAs { value: String, likely: String } =
            en "the letters of the name \"{value}\" are damaged; it was probably \"{likely}\"; export the table again \
                as \"CSV UTF-8\", give the workbook itself, or write the name again",
            ru "в имени «{value}» испорчены буквы; скорее всего, это «{likely}». Сохраните таблицу заново как «CSV \
                UTF-8», укажите саму книгу (.xlsx) или впишите имя заново.",
        NameEncoded { value: String } =
            en "the name \"{value}\" is still encoded, and its encoding is cut off or wrong; write the name itself, or \
                export the table again",
            ru "имя «{value}» осталось закодированным, а код оборван или ошибочен. Впишите само имя или выгрузите \
                таблицу заново.",
        NamePlaceholders { value: String, columns: Vec<String> } =
            en "the contact has no name: \"{value}\" is what a program writes for nothing; fill in {columns}"
                [columns = lists::en(columns, " or ")],
            ru "у контакта нет имени: «{value}» программа пишет вместо пустого значения. Заполните {columns}."
                [columns = lists::ru(columns, " или ")],
        NameIsError { value: String } =
            en "the name \"{value}\" is an error of the spreadsheet, not a name; repair its formula or write the name \
                itself",
            ru "«{value}» — это ошибка таблицы, а не имя. Исправьте формулу или впишите само имя.",
        NameIsCut { value: String } =
            en "the name \"{value}\" was cut off where a cell of a workbook ends; take the row from the original table, \
                or from results as .csv",
            ru "имя «{value}» обрезано там, где кончается ячейка книги. Возьмите строку из исходной таблицы или из \
                результатов в .csv.",
        Surplus { columns: u64, beyond: String } =
            en "the row has more cells than the table has columns ({columns}), so its values may stand under wrong \
                headings; put the cell that holds the delimiter into quotation marks, or delete what is too many: \
                {beyond}",
            ru "в строке больше ячеек, чем столбцов в таблице ({columns}), и значения могли сдвинуться. Возьмите в \
                кавычки ячейку, в которой стоит разделитель, или удалите лишнее: {beyond}.",
        BadQuotes =
            en "a quotation mark inside a quoted cell is not doubled, so its text cannot be trusted; write \"\" for \
                each mark inside the cell, or take the marks out",
            ru "кавычка внутри ячейки, взятой в кавычки, не удвоена, и её тексту нельзя доверять. Пишите \"\" вместо \
                каждой кавычки внутри ячейки или уберите их.",
        CardDamaged { line: u64, fault: CardFault } =
            en "the card in line {line} cannot be read: {fault}" [fault = fault.localized(Language::En)],
            ru "карточку в строке {line} файла прочитать нельзя: {fault}" [fault = fault.localized(Language::Ru)],
        NoTelephone { line: u64 } =
            en "the card in line {line} has no telephone number; add one (TEL)",
            ru "на карточке в строке {line} файла нет номера телефона. Добавьте его (TEL).",
        OnlyFax { line: u64, value: String } =
            en "the contact in line {line} has only a fax number, {value}; add a telephone number (TEL), or take FAX out \
                of its TYPE if a person answers there",
            ru "у контакта в строке {line} файла есть только факс, {value}. Добавьте номер телефона (TEL) или уберите FAX \
                из TYPE, если по этому номеру отвечает человек.",
        OnlyPager { line: u64, value: String } =
            en "the contact in line {line} has only a pager number, {value}; add a telephone number (TEL)",
            ru "у контакта в строке {line} файла есть только пейджер, {value}. Добавьте номер телефона (TEL).",
        OnlyData { line: u64, value: String } =
            en "the contact in line {line} has only the number of a modem, a telex or another line without a voice, \
                {value}; add a telephone number (TEL)",
            ru "у контакта в строке {line} файла есть только номер модема, телекса или другой линии без голоса, {value}. \
                Добавьте номер телефона (TEL).",

        // Cards that --match looks for.
        CardUnnamed { column: String } =
            en "no card is named; write the name of the card into \"{column}\"",
            ru "не указано, чью карточку отправить. Впишите имя в столбец «{column}».",
        CardHasProblem { value: String, row: u64 } =
            en "the card of \"{value}\" has a problem of its own, told at its row {row}; repair it there",
            ru "с карточкой «{value}» есть своя проблема, она названа у её строки {row}. Исправьте её там.",
        CardMissing { value: String } =
            en "no card of \"{value}\" in --contacts; write the name, the number, the UID or the e-mail address \
                as the card has it, or add the card",
            ru "в --contacts нет карточки «{value}». Впишите имя, номер, UID или адрес почты так, как на карточке, \
                или добавьте её.",
        CardAmbiguous { value: String, cards: u64, shown: String } =
            en "{cards} of \"{value}\" in --contacts ({shown}); write the number of the one that is meant"
                [cards = count::en(*cards, "card", "cards")],
            ru "в --contacts {cards} «{value}» ({shown}). Впишите номер той, которая нужна."
                [cards = count::ru(*cards, "карточка", "карточки", "карточек")],

        // What was repaired or noticed.
        NoRange { value: String } =
            en "{value} is in no range that its country has given out; check its digits",
            ru "номеров вида {value} в этой стране не выдают; проверьте цифры",
        LengthUnusual { value: String, digits: u64 } =
            en "{value} has {digits}, and GREEN-API documents only 11 or 12; it goes as --number-lengths any says"
                [digits = count::en(*digits, "digit", "digits")],
            ru "в номере {value} {digits}, а GREEN-API описывает только 11 или 12; он будет отправлен, как велит \
                --number-lengths any" [digits = count::ru(*digits, "цифра", "цифры", "цифр")],
        Normalised { value: String, phone: u64 } =
            en "\"{value}\" was read as {phone}",
            ru "«{value}» прочитано как {phone}",
        CountryAssumed { value: String, country: String } =
            en "\"{value}\" was read as a number of {country}, as --country says",
            ru "«{value}» прочитано как номер страны {country}, как велит --country",
        FromFloat { value: String, digits: String } =
            en "the spreadsheet keeps \"{value}\" as a number; it was read as {digits}",
            ru "таблица хранит «{value}» как число; прочитано как {digits}",
        Rounded { phone: u64 } =
            en "{phone} comes from a number cell and ends in five zeros: if a spreadsheet has rounded it, it is \
                another number",
            ru "номер {phone} взят из числовой ячейки и кончается на пять нулей: если таблица его округлила, это \
                другой номер",
        ExtensionDropped { value: String, digits: String } =
            en "the extension {digits} of \"{value}\" was left out",
            ru "добавочный {digits} из «{value}» отброшен",
        SeveralPhones { taken: String, left: String } =
            en "of several numbers {taken} was taken, and left out: {left}",
            ru "из нескольких номеров взят {taken}, не взяты: {left}",
        LidUnchecked { id: String } =
            en "{id} hides the number and cannot be checked; if it is wrong, it holds up the whole queue of the \
                instance",
            ru "{id} скрывает номер, проверить его нельзя; если он неверен, он задержит всю очередь инстанса",
        NameDecoded { value: String, decoded: String } =
            en "\"{value}\" was decoded to \"{decoded}\"",
            ru "«{value}» раскодировано: «{decoded}»",
        NamePlaceholder { value: String } =
            en "\"{value}\" is what a program writes for nothing; it was left out of the name",
            ru "«{value}» программа пишет вместо пустого значения; в имя это не вошло",
        HeadingLookalike { heading: String, known: String } =
            en "the heading \"{heading}\" has letters of another alphabet that look the same; it was read as \"{known}\"",
            ru "в заголовке «{heading}» есть похожие буквы другого алфавита; он прочитан как «{known}»",
        ColumnUnused { column: String } =
            en "the column \"{column}\" is not used",
            ru "столбец «{column}» не используется",
        HiddenRows { rows: u64 } =
            en "{rows} left out; --include-hidden reads such rows too"
                [rows = count::en(*rows, "hidden row was", "hidden rows were")],
            ru "{rows}; чтобы читать и скрытые, добавьте --include-hidden" [rows = count::ru(
                *rows,
                "скрытая строка пропущена",
                "скрытые строки пропущены",
                "скрытых строк пропущено"
            )],
        GroupsSkipped { groups: u64 } =
            en "{groups} left out: a group is not a contact"
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

        // Why a row was left out.
        SentBefore { campaign: String, day: String } =
            en "This instance sent the same contact to this person on {day}{campaign}; --again sends it once more."
                [campaign = in_campaign(campaign, " in the campaign ", ("\"", "\""))],
            ru "Этот инстанс уже отправил тот же контакт этому человеку {day}{campaign}; отправить ещё раз: --again."
                [campaign = in_campaign(campaign, " в кампании ", ("«", "»"))],

        // How an unknown row became accepted.
        FoundInQueue =
            en "The answer was lost; the card was found in the instance's queue.",
            ru "Ответ потерялся; карточка нашлась в очереди инстанса.",
        FoundInJournal =
            en "The answer was lost; the card was found in the instance's journal.",
            ru "Ответ потерялся; карточка нашлась в журнале инстанса.",
        TimeNotTold =
            en "When it was handed over, the service's time was not known: no look-up can prove that the service did not take \
                it.",
            ru "Когда карточку передавали, время сервиса было неизвестно: никакой поиск не докажет, что сервис её не принял.",
        AssumedSent =
            en "Counted as sent because you said so; there is no idMessage.",
            ru "Считается отправленной по вашему решению; idMessage нет.",

        /// What an earlier version wrote into a ledger; it is shown as it stands.
        Written { text: String } =
            en "{text}",
            ru "{text}",
    }
}

sentences! {
    /// Why a card of a vCard file cannot be read.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum CardFault {
        TooLarge =
            en "it is larger than 4 MiB, even without its pictures; export it again",
            ru "она больше 4 МиБ даже без картинок. Выгрузите её заново.",
        Outside =
            en "text stands here outside of any card; put BEGIN:VCARD before and END:VCARD behind it, or remove it",
            ru "здесь текст вне карточек. Поставьте перед ним BEGIN:VCARD, а после него END:VCARD, или удалите его.",
        Cut =
            en "the file ends in the middle of this card; export it again, or complete the card",
            ru "файл обрывается на её середине. Выгрузите его заново или допишите карточку.",
        SeveralPeople =
            en "it seems to hold two contacts, because a name, the UID or the VERSION is there twice; put END:VCARD and \
                BEGIN:VCARD between them, or export the file again",
            ru "похоже, в ней два контакта: имя, UID или VERSION указаны дважды. Поставьте между ними END:VCARD и \
                BEGIN:VCARD или выгрузите файл заново.",
        LinesJoined =
            en "several of its lines have become one; put each property, BEGIN:VCARD and END:VCARD on a line of its own, \
                or export the file again",
            ru "несколько её строк слились в одну. Поставьте каждое поле, BEGIN:VCARD и END:VCARD на отдельную строку или \
                выгрузите файл заново.",
        NoCard =
            en "the parser does not take this for a card; export it again",
            ru "это не похоже на карточку. Выгрузите её заново.",
        Unreadable =
            en "its letters are not UTF-8, and it names no charset that fits them; name it with --encoding (for \
                example windows-1251), or export the card as vCard 3.0 or 4.0",
            ru "её буквы не в UTF-8, а подходящая кодировка в ней не названа. Назовите её: --encoding windows-1251, \
                или выгрузите карточку как vCard 3.0 или 4.0.",
        SevenBit =
            en "it is in UTF-7 or another encoding that is not read; export it as vCard 3.0 or 4.0",
            ru "она в UTF-7 или другой кодировке, которую мы не читаем. Выгрузите её как vCard 3.0 или 4.0.",
        Nul =
            en "a NUL character stands in it, as in a damaged file; export it again",
            ru "в ней стоит символ NUL, как в повреждённом файле. Выгрузите её заново.",
    }
}

/// The campaign in its language's quotation marks; nothing if its name is not known.
fn in_campaign(campaign: &str, words: &str, (open, close): (&str, &str)) -> String {
    if campaign.is_empty() { String::new() } else { format!("{words}{open}{campaign}{close}") }
}

/// A sign as a person can find it: one that leaves no trace on paper goes by its code point.
fn shown_sign(sign: char) -> String {
    let is_seen = sign.is_ascii_graphic() || sign.is_alphanumeric();
    if is_seen { sign.to_string() } else { format!("U+{:04X}", u32::from(sign)) }
}

impl Sentence {
    /// Reads what the ledger keeps; a text of an earlier version stays as it is.
    #[must_use]
    pub fn kept(text: String) -> Self {
        serde_json::from_str(&text).unwrap_or(Self::Written { text })
    }

    /// The form in which the ledger keeps it.
    #[must_use]
    pub fn to_keep(&self) -> String {
        // Texts and numbers under names can always be written as JSON.
        serde_json::to_string(self).unwrap_or_else(|_| self.localized(Language::En))
    }
}
