//! The program as a Russian-speaking office worker meets it.

use stand_in::Desk;

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
