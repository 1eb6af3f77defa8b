//! The program as a Russian-speaking office worker meets it.

use stand_in::{Desk, Ran, table};

#[test]
fn help_is_in_the_language_that_was_typed_or_that_of_the_environment() {
    let desk = Desk::new();
    let help = desk.run(&["send", "-h", "--lang", "ru"]).stdout;
    assert!(
        help.contains("Запуск: sendcontact send [ПАРАМЕТРЫ] [ФАЙЛ]..."),
        "{help}"
    );
    for heading in ["Аргументы:", "Параметры:", "Столбцы:", "Темп и лимиты:"]
    {
        assert!(
            help.lines().any(|line| line == heading),
            "{heading}: {help}"
        );
    }
    assert!(help.contains("--limit <N>"), "{help}");
    assert!(help.contains("[по умолчанию: 10m]"), "{help}");

    let of_environment = desk
        .command(&["help", "check"])
        .env("LC_ALL", "ru_RU.UTF-8")
        .output()
        .unwrap();
    let of_environment = String::from_utf8(of_environment.stdout).unwrap();
    assert!(
        of_environment.contains("Запуск: sendcontact check"),
        "{of_environment}"
    );
    assert!(
        of_environment.contains("- any:        Любой"),
        "{of_environment}"
    );
    assert!(
        of_environment.lines().all(|line| line == line.trim_end()),
        "{of_environment}"
    );

    let english = desk
        .command(&["send", "--help", "--lang=en"])
        .env("LC_ALL", "ru_RU.UTF-8")
        .output()
        .unwrap();
    assert!(
        String::from_utf8(english.stdout)
            .unwrap()
            .contains("Usage: sendcontact send")
    );
}

const HELP: &[&str] = &["send", "--help"];
const WRONG_OPTION: &[&str] = &["send", "list.csv", "--frob"];

/// A settings file and what is in it, a command line, and whether it is answered in Russian.
const LANGUAGES_OF_FILES: [(&str, &str, &[&str], bool); 14] = [
    ("sendcontact.toml", "lang = \"ru\"\n", HELP, true),
    ("sendcontact.toml", "lang = \"ru\"\n", WRONG_OPTION, true),
    ("sendcontact.toml", "lang = \"ru\"\n", &["sned"], true),
    (
        "sendcontact.toml",
        "lang = \"ru\"\n",
        &["--no-settings", "sned"],
        false,
    ),
    (
        "sendcontact.toml",
        "lang = \"ru\"\n",
        &["sned", "--lang", "en"],
        false,
    ),
    (
        "config/sendcontact/sendcontact.toml",
        "lang = \"ru\"\n",
        HELP,
        true,
    ),
    (
        "config/sendcontact/sendcontact.toml",
        "lang = \"ru\"\n",
        &["init"],
        true,
    ),
    (
        "own.toml",
        "lang = \"ru\"\n",
        &["sned", "--settings", "own.toml"],
        true,
    ),
    (
        "own.toml",
        "lang = \"ru\"\n",
        &["--settings=own.toml", "send", "-h"],
        true,
    ),
    (
        "lists/sendcontact.toml",
        "lang = \"ru\"\n",
        &["send", "lists/list.csv", "--frob"],
        true,
    ),
    (
        "sendcontact.toml",
        "lang = \"en\"\n[profiles.ru]\nlang = \"ru\"\n",
        &["sned", "--profile", "ru"],
        true,
    ),
    // A file that cannot be read says nothing, and help comes all the same.
    (
        "sendcontact.toml",
        "lang = \"ru\"\nlang = = 1\n",
        HELP,
        false,
    ),
    ("sendcontact.toml", "lang = \"klingon\"\n", HELP, false),
    (
        "own.toml",
        "lang = \"ru\"\n",
        &["--settings", "none.toml", "send", "-h"],
        false,
    ),
];

#[test]
fn help_and_errors_and_init_are_in_the_language_that_a_settings_file_names() {
    for (file, settings, words, russian) in LANGUAGES_OF_FILES {
        let desk = Desk::new();
        std::fs::create_dir_all(desk.path("config/sendcontact")).unwrap();
        std::fs::create_dir_all(desk.path("lists")).unwrap();
        desk.write("lists/list.csv", table(1));
        desk.write(file, settings);
        let ran = desk.run(words);
        let mut said = ran.stdout + &ran.stderr;
        if words == ["init"] {
            said = desk.read("sendcontact.toml");
        } else {
            let is_help = words.iter().any(|word| ["-h", "--help"].contains(word));
            assert_eq!(ran.code, if is_help { 0 } else { 2 }, "{words:?} {said}");
        }
        // Help in English has examples in Russian.
        let first = said.lines().next().unwrap_or_default();
        let is_russian =
            !said.contains("Usage:") && first.chars().any(|letter| ('а'..='я').contains(&letter));
        assert_eq!(is_russian, russian, "{file} {settings} {words:?}: {said}");
    }
}

/// A wrong command line, and what is said about it.
const WRONG: &[(&[&str], &str)] = &[
    (
        &["sned"],
        "нет команды «sned»\n\n  Подсказка: похожая команда — ",
    ),
    (
        &["send", "a.csv", "--lmit", "3"],
        "нет параметра --lmit\n\n  Подсказка: похожий параметр — --limit\n",
    ),
    (
        &["send", "--rate", "abc"],
        "значение «abc» не подходит для --rate <N>: нужно число сообщений в секунду",
    ),
    (&["send", "--rate"], "не указано значение: --rate <N>"),
    (
        &["send", "--limit", "0"],
        "значение «0» не подходит для --limit <N>: нужно число не меньше 1",
    ),
    (&["send", "--limit", "x"], "нужно целое число"),
    (
        &["send", "--concurrency", "2000"],
        "нужно число от 1 до 1024",
    ),
    (&["send", "--timeout", "x"], "x — не продолжительность"),
    (&["send", "--max-failures", "x"], "x — не число строк"),
    (
        &["check", "-q", "-v"],
        "вместе с --verbose... нельзя указывать --quiet",
    ),
    (
        &["ledger", "copy"],
        "не указано обязательное: <ОТКУДА>, <КУДА>",
    ),
    (&["resolve", "--resend", "x"], "x — не номера строк"),
    (
        &["report", "--as", "pdf"],
        "значение «pdf» не подходит для --as <ФОРМАТ>\n  [возможные значения: csv, ",
    ),
    (&["status", "a", "b"], "лишнее слово «b»"),
    (
        &["send", "--limit", "1", "--limit", "2"],
        "параметр указан несколько раз: --limit <N>",
    ),
    (
        &["send", "--confirm"],
        "Подсказка: посмотрите план с --dry-run",
    ),
    (
        &["schedule", "--every", "x", "--at", "10:00", "--", "send"],
        "«x» — не день недели",
    ),
    (
        &["schedule", "--every", "day", "--at", "x", "--", "send"],
        "x — не время дня",
    ),
];

#[test]
fn a_wrong_command_line_is_refused_in_russian() {
    let desk = Desk::new();
    for (words, said) in WRONG {
        let ran = desk.run(&[*words, &["--lang", "ru"]].concat());
        let ran = if words.contains(&"--") {
            desk.run(&[&["--lang", "ru"], *words].concat())
        } else {
            ran
        };
        assert_eq!(ran.code, 2, "{words:?} {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{words:?} {}", ran.stderr);
        for english in ["error:", "Usage", "OPTIONS", "For more", "tip:", "to pass"] {
            assert!(!ran.stderr.contains(english), "{words:?} {}", ran.stderr);
        }
    }
    let bare = desk.run(&["--lang", "ru"]);
    assert_eq!(bare.code, 2, "{}", bare.stderr);
    assert!(
        bare.stderr.contains("\nКоманды:\n") || bare.stderr.contains("не указано, какая команда"),
        "{}",
        bare.stderr
    );
}

#[test]
fn what_was_typed_wrongly_controls_no_terminal_in_russian_either() {
    let ran = Desk::new().run(&["--lang", "ru", "send", "--\u{1b}[31mrate"]);
    assert!(
        ran.stderr.contains(r"нет параметра --\u{1b}[31mrate"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_new_settings_file_is_in_russian() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["init", "--lang", "ru"]).code, 0);
    let file = desk.read("sendcontact.toml");
    let prose: Vec<&str> = file
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .collect();
    assert!(prose.len() > 40, "{file}");
    for line in prose {
        assert!(
            line.contains(|letter| matches!(letter, 'а'..='я')),
            "{line}"
        );
    }
}

const SEMICOLONS: &str = "Телефон получателя;Телефон контакта;Имя\n79001234567;12345;Анна\n";

#[test]
fn the_table_of_problems_opens_in_the_spreadsheet_that_the_list_came_from() {
    let desk = Desk::new();
    desk.write("list.csv", SEMICOLONS);
    assert_eq!(
        desk.run(&["check", "list.csv", "--problems", "p.csv", "--lang", "ru"])
            .code,
        4
    );
    let records = desk.results("p.csv", b';');
    assert_eq!(
        records[0],
        ["Файл", "Строка", "Код", "Столбец", "Значение", "Пояснение"]
    );
    assert_eq!(
        records[1][..5],
        [
            "list.csv",
            "2",
            "phone_invalid",
            "Телефон контакта",
            "12345"
        ]
    );

    // English headings, the list's own delimiter.
    assert_eq!(
        desk.run(&["check", "list.csv", "--problems", "q.csv"]).code,
        4
    );
    assert_eq!(desk.results("q.csv", b';')[0][5], "explanation");
    desk.write("commas.csv", SEMICOLONS.replace(';', ","));
    assert_eq!(
        desk.run(&["check", "commas.csv", "--problems", "r.csv", "--lang", "ru"])
            .code,
        4
    );
    assert_eq!(desk.results("r.csv", b',')[1][2], "phone_invalid");

    // A list that cannot be read leaves a table without rows.
    desk.write("empty.csv", "");
    assert_eq!(
        desk.run(&["check", "empty.csv", "--problems", "s.csv", "--lang", "ru"])
            .code,
        3
    );
    assert_eq!(desk.results("s.csv", b';').len(), 1);
}

#[test]
fn times_are_those_of_the_local_clock_and_name_its_zone() {
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    assert_eq!(
        desk.run(&["send", "list.csv", "--simulate", "--quiet"])
            .code,
        0
    );
    let text = |words: &[&str]| {
        let mut command = desk.command(words);
        command.env("TZ", "Europe/Moscow");
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    };
    let campaign = "list-simulated";
    let brief = text(&["status", campaign, "--brief", "--lang", "ru"]);
    assert!(
        brief.lines().next().unwrap().ends_with(" (Europe/Moscow)"),
        "{brief}"
    );
    assert!(!brief.contains("UTC"), "{brief}");
    let (date, _) = brief
        .strip_prefix("list-simulated, ")
        .unwrap()
        .split_at("30.11.2026".len());
    assert_eq!(date.matches('.').count(), 2, "{brief}");

    let runs = text(&["status", campaign, "--runs", "--lang", "ru"]);
    assert!(
        runs.contains("Время указано по поясу Europe/Moscow."),
        "{runs}"
    );
    assert!(runs.contains(date), "{runs}");
    assert!(text(&["status", campaign, "--runs"]).contains("Times are those of Europe/Moscow."));

    text(&[
        "report",
        campaign,
        "--as",
        "html",
        "--results",
        "page.html",
        "--lang",
        "ru",
    ]);
    let page = desk.read("page.html");
    assert!(page.contains(">Начало (Europe/Moscow)<"), "{page}");
    assert!(
        page.contains(&format!(">{date} ")) && !page.contains("UTC"),
        "{page}"
    );
}

#[test]
fn results_are_written_again_as_the_last_run_was_asked_to_write_them() {
    let desk = Desk::new();
    desk.write("list.csv", table(2));
    let heading = |name: &str, delimiter| desk.results(name, delimiter)[0][0].clone();
    let send = ["send", "list.csv", "--simulate", "--quiet"];
    let asked = [&send[..], &["--headers", "ru", "--locale", "ru", "--xlsx"]].concat();
    assert_eq!(desk.run(&asked).code, 0);
    let (table, workbook) = ("list-simulated-results.csv", "list-simulated-results.xlsx");
    assert_eq!(heading(table, b';'), "Строка");

    // `report`, and the next `send`, without a word about it.
    for words in [&["report", "list-simulated"][..], &send] {
        for name in [table, workbook] {
            std::fs::remove_file(desk.path(name)).unwrap();
        }
        assert_eq!(desk.run(words).code, 0, "{words:?}");
        assert_eq!(heading(table, b';'), "Строка", "{words:?}");
        assert!(desk.path(workbook).is_file(), "{words:?}");
    }

    // What is typed comes first; `report` does not change what is kept, `send` does.
    let english = [
        "report",
        "list-simulated",
        "--headers",
        "en",
        "--delimiter",
        ",",
    ];
    assert_eq!(desk.run(&english).code, 0);
    assert_eq!(heading(table, b','), "row");
    assert_eq!(desk.run(&["report", "list-simulated"]).code, 0);
    assert_eq!(heading(table, b';'), "Строка");
    assert_eq!(
        desk.run(&[&send[..], &["--headers", "en"]].concat()).code,
        0
    );
    assert_eq!(desk.run(&["report", "list-simulated"]).code, 0);
    assert_eq!(heading(table, b';'), "row");

    // A file that is named is the only one.
    std::fs::remove_file(desk.path(workbook)).unwrap();
    assert_eq!(
        desk.run(&["report", "list-simulated", "--results", "x.csv"])
            .code,
        0
    );
    assert!(!desk.path(workbook).exists());
    assert_eq!(heading("x.csv", b';'), "row");
}

#[test]
fn the_delimiter_and_the_language_of_the_results_are_kept_too() {
    let desk = Desk::new();
    // A list that has no delimiter of its own.
    desk.write(
        "guests.vcf",
        "BEGIN:VCARD\nVERSION:3.0\nN:Kim;Anna;;;\nTEL:+79001234561\nEND:VCARD\n",
    );
    let heading = |delimiter| desk.results("guests-simulated-results.csv", delimiter)[0].len();
    let send = [
        "send",
        "--contacts",
        "guests.vcf",
        "--recipients",
        "79000000001",
        "--simulate",
    ];
    let asked = ["--delimiter", ";", "--lang", "ru", "--limit", "1"];
    let ran = desk.run(&[&send[..], &asked].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        heading(b';') > 1,
        "{:?}",
        desk.read("guests-simulated-results.csv")
    );
    let ran = desk.run(&["report", "guests-simulated"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        heading(b';') > 1,
        "{:?}",
        desk.read("guests-simulated-results.csv")
    );
    // What is typed comes first.
    assert_eq!(
        desk.run(&["report", "guests-simulated", "--locale", "en"])
            .code,
        0
    );
    assert!(heading(b',') > 1);
}

const NO_RECIPIENT: [&str; 2] = [
    "No recipient; fill in \"phoneNumber\".",
    "Получатель не указан. Заполните «phoneNumber».",
];

/// A command, and the status and the explanation that it writes.
const EXPLAINED: [(&[&str], &str, &str); 7] = [
    (
        &["send", "list.csv", "--simulate", "-q", "--lang", "ru"],
        "invalid",
        NO_RECIPIENT[1],
    ),
    // As the run was asked, whatever the language here is.
    (&["report", "list-simulated"], "invalid", NO_RECIPIENT[1]),
    (
        &["report", "list-simulated", "--lang", "en"],
        "invalid",
        NO_RECIPIENT[0],
    ),
    (
        &["report", "list-simulated", "--locale", "en"],
        "invalid",
        NO_RECIPIENT[0],
    ),
    (
        &["report", "list-simulated", "--locale", "en", "--lang", "ru"],
        "invalid",
        NO_RECIPIENT[1],
    ),
    (
        &["report", "list-simulated", "--headers", "ru"],
        "с ошибкой",
        NO_RECIPIENT[1],
    ),
    (
        &[
            "report",
            "list-simulated",
            "--headers",
            "ru",
            "--lang",
            "en",
        ],
        "с ошибкой",
        NO_RECIPIENT[0],
    ),
];

#[test]
fn explanations_are_in_the_language_of_the_run_and_statuses_in_that_of_the_headings() {
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "phoneNumber,phoneContact,firstName\n,79001234568,Anna\n79000000001,79001234568,Anna\n",
    );
    let row = || {
        let rows = desk.results("list-simulated-results.csv", b',');
        let cell = |row: usize, name: [&str; 2]| {
            let column = rows[0]
                .iter()
                .position(|heading| name.contains(&heading.as_str()));
            rows[row][column.unwrap()].clone()
        };
        (
            cell(1, ["status", "Статус"]),
            cell(1, ["explanation", "Пояснение"]),
        )
    };
    for (words, status, explanation) in EXPLAINED {
        let ran = desk.run(words);
        assert!([0, 4].contains(&ran.code), "{ran:?}");
        assert_eq!(
            row(),
            (status.to_owned(), explanation.to_owned()),
            "{words:?}"
        );
    }
}

#[test]
fn counts_are_told_in_russian_words_alone() {
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let ran = desk.run(&["send", "list.csv", "--simulate", "--lang", "ru"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr
            .contains("\n  принято              3\n  всего строк          3\n"),
        "{}",
        ran.stderr
    );
    let status = desk
        .run(&["status", "list-simulated", "--lang", "ru"])
        .stdout;
    assert!(
        status.contains("  принято              3\n") && !status.contains("accepted"),
        "{status}"
    );
    let track = desk.run(&[
        "track",
        "list-simulated",
        "--simulate",
        "--lang",
        "ru",
        "--quiet",
    ]);
    assert!(
        track.stdout.ends_with("  принято              3\n") && !track.stdout.contains("accepted"),
        "{track:?}"
    );
}

#[test]
fn the_help_lists_only_options_of_the_database_under_its_heading() {
    let desk = Desk::new();
    for command in ["status", "track", "reconcile", "report", "send", "doctor"] {
        let help = desk.run(&[command, "--help", "--lang", "en"]).stdout;
        let (_, below) = help.split_once("\nDatabase:\n").unwrap();
        let group = below
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with(' '));
        for option in group.map(str::trim).filter(|line| line.starts_with("--")) {
            assert!(option.starts_with("--database"), "{command}: {help}");
        }
    }
}
