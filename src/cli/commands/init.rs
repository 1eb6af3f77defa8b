//! Writes a settings file with every option and its default, commented out. The file is generated from the declared
//! options, so that none is missing.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::Path,
};

use clap::{Arg, ArgAction, Command, CommandFactory, builder::PossibleValue};

use crate::cli::{
    args::{Arguments, russian, setup::InitArguments},
    config::{self, ParsedCommandLine, SettingsFileError, trusted},
    exit::{CommandError, Exit},
    options::error::SettingsError,
    output::ui::Ui,
};
use crate::i18n::{Language, messages};

messages! {
    /// Texts in a new settings file and about it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum InitMessage {
        Written { path: String } =
            en "{path} was created; only you can read it. Uncomment the settings that you need.",
            ru "Создан {path}, читать его можете только вы. Раскомментируйте (уберите #) нужные строки.",
        WrittenTrusted { path: String, command: String } =
            en "{path} is trusted in its present form. After each change, run {command}",
            ru "Файл {path} доверенный в его нынешнем виде. После каждого изменения выполните {command}",
        Head =
            en "Settings of sendcontact. Uncomment the settings that you need. The active profile:",
            ru "Настройки sendcontact. Раскомментируйте (уберите #) нужные строки. Действующий профиль:",
        HeadToken =
            en "Or token-command with a program that prints the token, or token itself if only you can read this \
                file.",
            ru "Или token-command с программой, которая его выводит, или сам token, если файл читаете только вы.",
        HeadProfiles =
            en "The settings of a profile override those above; --profile selects another profile.",
            ru "Настройки профиля важнее тех, что выше; другой профиль выбирает --profile.",
        HeadInstances =
            en "Each instance of a campaign needs its own id and token, and may have its own rate, hours and caps; \
                --instance selects instances.",
            ru "У каждого инстанса кампании свой id и токен, а если нужно, и свои темп, часы и лимиты; инстансы \
                выбирает --instance.",
    }
}

/// Example values, in TOML, for options without a default.
const EXAMPLES: [(&str, &str); 35] = [
    ("id-instance", "\"1101000001\""),
    ("token-file", "\"~/.green-api-token\""),
    ("instance", "[\"sales\", \"support\"]"),
    ("recipients", "[\"guests.csv\"]"),
    ("contacts", "[\"managers.vcf\"]"),
    ("country", "\"RU\""),
    ("map", "[\"phoneContact=Мой телефон\"]"),
    ("match", "\"Менеджер\""),
    ("suppress", "[\"stop.csv\"]"),
    ("encoding", "\"windows-1251\""),
    ("delimiter", "\";\""),
    ("sheet", "\"Sheet1\""),
    ("campaign", "\"spring\""),
    ("ledger", "\"spring.ledger\""),
    (
        "database",
        "\"postgresql://sendcontact@db.example/sendcontact\"",
    ),
    ("database-schema", "\"sendcontact\""),
    ("results", "\"spring-results.csv\""),
    ("out-dir", "\"sent\""),
    ("locale", "\"ru\""),
    ("limit", "5"),
    ("log-file", "\"sendcontact.log\""),
    (
        "notify-command",
        "[\"mail\", \"-s\", \"sendcontact\", \"you@example.com\"]",
    ),
    ("problems", "\"problems.csv\""),
    ("start-at", "\"2026-11-24 10:00\""),
    ("until", "\"2026-11-27 19:00\""),
    ("window", "[\"10:00-13:00\", \"14:00-19:00\"]"),
    ("days", "\"mon-fri\""),
    ("holidays", "\"holidays.txt\""),
    ("time-zone", "\"Europe/Moscow\""),
    ("daily-cap", "200"),
    ("new-recipients-per-day", "50"),
    ("warm-up", "\"20x10\""),
    ("spacing", "\"8s..20s\""),
    ("check-budget", "1000"),
    ("not-again-within", "\"30d\""),
];

/// Writes the named settings file, or else the one of this folder.
pub(crate) fn init(
    arguments: &InitArguments,
    typed: &ParsedCommandLine,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let named = typed.arguments.file.settings.as_deref();
    let path = named.unwrap_or(Path::new(config::NAME));
    match write(
        path,
        &text(&Arguments::command(), ui.language),
        arguments.force,
    ) {
        Ok(()) => {
            ui.print(&InitMessage::Written {
                path: path.display().to_string(),
            });
            trust(path, ui);
            Ok(Exit::Done)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let fault = SettingsFileError::Exists {
                path: path.display().to_string(),
            };
            Err(SettingsError::from(fault).into())
        }
        Err(source) => Err(CommandError::Machine {
            what: "the settings file cannot be written",
            source,
        }),
    }
}

/// Trusts the new file, if it needs trust. Without a config folder nothing can be trusted.
fn trust(path: &Path, ui: &Ui) {
    let is_own = config::user_settings_path()
        .is_some_and(|own| own.canonicalize().ok() == path.canonicalize().ok());
    if is_own || path.file_name().is_none_or(|name| name != config::NAME) {
        return;
    }
    let Ok((file, text)) = config::read_to_trust(path, &Arguments::command()) else {
        return;
    };
    if trusted::add(path, &text).is_ok() {
        let path = path.display().to_string();
        ui.print(&InitMessage::WrittenTrusted {
            path,
            command: file.trust_command(),
        });
    }
}

/// Writes the whole file atomically, readable only by its owner, because a token may be put into it.
fn write(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let placed = if force {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    placed.map(drop).map_err(|error| error.error)
}

/// Generates the text of the file. Sentences begin with `# `, settings with `#` alone.
fn text(program: &Command, language: Language) -> String {
    let mut text = prose(&InitMessage::Head, language) + "#profile = \"second\"\n";
    for (key, option) in config::options(program)
        .into_iter()
        .filter(|(_, option)| !option.is_hide_set())
    {
        let _ = writeln!(text, "\n# {}", sentence(option, language));
        if key == "token-file" {
            text += &prose(&InitMessage::HeadToken, language);
        }
        let _ = writeln!(text, "#{key} = {}", value(key, option));
    }
    let ending = [
        (InitMessage::HeadProfiles, SECOND),
        (InitMessage::HeadInstances, INSTANCES),
    ];
    text + &ending
        .map(|(head, tables)| format!("\n{}{tables}", prose(&head, language)))
        .concat()
}

const SECOND: &str = "\
#[profiles.second]
#id-instance = \"1101000002\"
#token-command = [\"pass\", \"show\", \"green-api\"]
";

const INSTANCES: &str = "\
#[instances.sales]
#id-instance = \"1101000003\"
#token-file = \"~/.green-api-sales\"
#daily-cap = 200

#[instances.support]
#id-instance = \"1101000004\"
#token-file = \"~/.green-api-support\"
";

fn prose(message: &InitMessage, language: Language) -> String {
    format!("# {}\n", message.localized(language))
}

/// Describes what the option does, what values it takes, and which variable sets it.
fn sentence(option: &Arg, language: Language) -> String {
    let help = option
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let help = match language {
        Language::En => help.as_str(),
        Language::Ru => russian::text(&help),
    };
    let words: Vec<String> = option
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let words = if words.is_empty() || !option.get_action().takes_values() {
        String::new()
    } else {
        format!(" ({})", words.join(", "))
    };
    let variable = option
        .get_env()
        .map(|name| format!(" [{}]", name.to_string_lossy()))
        .unwrap_or_default();
    format!("{help}{words}{variable}")
}

fn value(key: &str, option: &Arg) -> String {
    let default = option
        .get_default_values()
        .first()
        .map(|value| value.to_string_lossy());
    let example = EXAMPLES
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, value)| (*value).to_owned());
    match (option.get_action(), default, example) {
        (ArgAction::SetTrue, _, _) => "false".to_owned(),
        (ArgAction::Count, _, _) => "0".to_owned(),
        (_, Some(default), _) if default.parse::<f64>().is_ok() => default.into_owned(),
        (_, Some(default), _) => format!("{default:?}"),
        (_, None, Some(example)) => example,
        (_, None, None) => {
            let words = option.get_possible_values();
            format!(
                "{:?}",
                words
                    .first()
                    .map(PossibleValue::get_name)
                    .unwrap_or_default()
            )
        }
    }
}
