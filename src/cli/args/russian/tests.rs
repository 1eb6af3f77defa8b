use super::*;

/// What the options and commands declare: headings, names of values, and texts.
#[derive(Default)]
struct Declared {
    headings: Vec<String>,
    values: Vec<String>,
    texts: Vec<String>,
}

impl Declared {
    fn read() -> Self {
        let mut declared = Self::default();
        let mut program = Arguments::command();
        program.build();
        declared.add(&program);
        declared
    }

    fn add(&mut self, command: &Command) {
        let texts = [command.get_about(), command.get_after_help()];
        self.texts
            .extend(texts.into_iter().flatten().map(ToString::to_string));
        for option in command
            .get_arguments()
            .filter(|option| !option.is_hide_set())
        {
            let texts = [option.get_help(), option.get_long_help()];
            let of_values = option.get_possible_values();
            let texts = texts.into_iter().flatten().cloned();
            let texts = texts.chain(
                of_values
                    .iter()
                    .filter_map(|value| value.get_help().cloned()),
            );
            self.texts.extend(texts.map(|text| text.to_string()));
            self.headings
                .extend(option.get_help_heading().map(ToString::to_string));
            if option.get_action().takes_values() {
                let names = option.get_value_names().into_iter().flatten();
                self.values.extend(names.map(ToString::to_string));
            }
        }
        for command in command.get_subcommands() {
            self.add(command);
        }
    }
}

#[test]
fn every_text_of_the_help_has_a_russian_one_and_every_russian_one_is_used() {
    let declared = Declared::read();
    for (what, declared, table) in [
        ("heading", &declared.headings, HEADINGS),
        ("value", &declared.values, VALUES),
        ("text", &declared.texts, TEXTS),
    ] {
        let lacking: Vec<_> = declared
            .iter()
            .filter(|text| !table.iter().any(|(en, _)| is_same(en, text)))
            .collect();
        assert!(
            lacking.is_empty(),
            "no Russian {what} in src/cli/args/russian/texts.rs for {lacking:#?}"
        );
        let unused: Vec<_> = table
            .iter()
            .filter(|(en, _)| !declared.iter().any(|text| is_same(en, text)))
            .collect();
        assert!(
            unused.is_empty(),
            "no command or option has this {what}: {unused:#?}"
        );
        for (at, (en, _)) in table.iter().enumerate() {
            let first = table.iter().position(|(other, _)| is_same(en, other));
            assert_eq!(first, Some(at), "twice: {en}");
        }
    }
}

/// Words that are the same in both languages: options, names of products, and what is typed.
fn russian_only(text: &str) -> bool {
    let english = [
        " the ",
        " and ",
        " with ",
        " or ",
        " of ",
        " for ",
        " to ",
        "default",
        "possible",
        "Usage",
        "Options",
        "Arguments",
        "Commands",
        "Print ",
        "OPTIONS",
        "COMMAND]",
    ];
    let lower = format!(" {text} ");
    english.iter().all(|word| !lower.contains(word))
}

#[test]
fn the_whole_help_of_every_command_is_russian() {
    let mut commands: Vec<Vec<String>> = vec![Vec::new()];
    for command in Arguments::command().get_subcommands() {
        commands.push(vec![command.get_name().to_owned()]);
    }
    commands.push(vec!["ledger".to_owned(), "copy".to_owned()]);
    for command in commands {
        for flag in ["-h", "--help"] {
            let words = ["sendcontact".to_owned()].into_iter();
            let words = words.chain(command.clone()).chain([flag.to_owned()]);
            let help = program().try_get_matches_from(words).unwrap_err();
            let help = without_english(&help.render().to_string());
            let mut english = help.lines().filter(|line| !russian_only(line));
            assert_eq!(english.next(), None, "{command:?} {flag}\n{help}");
            assert!(help.contains("\nЗапуск: sendcontact"), "{help}");
            assert!(help.contains("\nПараметры:\n"), "{help}");
        }
    }
}
