//! Every command that the pages and the manual show is typed as it stands, in a folder with the samples, and the
//! program accepts it; every option that they name exists.

#![cfg(unix)] // The commands of the pages are for a POSIX shell.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;
use stand_in::{
    Cluster, Desk, Ran, Received, Reply, Service, TOKEN, accepted, authorized, each, table,
};

/// Commands that cannot end here, with what they need. They must be understood all the same.
const NOT_RUN: [(&str, &str); 5] = [
    ("simulate", "it ends with Ctrl-C"),
    ("pause", "a run that sends"),
    ("resume", "a run that is paused"),
    ("cancel", "a run that sends"),
    ("man | man", "a reader of manuals"),
];

/// Commands that send to the account of a real service: here they show their plan.
const REAL_ACCOUNT: [&str; 3] = ["--instance sales", "--instance support", "--profile both"];

/// The page whose commands use a database.
const OF_DATABASE: &str = "many-machines.md";

/// What stands for a word of the user's own.
const PLACEHOLDERS: [(&str, &str); 5] = [
    (" FILE", " clients.csv"),
    (" FOLDER", " clients"),
    (" FROM", " clients.ledger"),
    (" TO", " copy.ledger"),
    (" NAME", " sales"),
];

struct Page {
    name: String,
    text: String,
}

/// The pages for users.
fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap();
    let docs = docs
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file());
    ["README.md", "README.ru.md", "CONTRIBUTING.md"]
        .iter()
        .map(|name| root.join(name))
        .chain(docs)
        .map(|path| Page {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

impl Page {
    /// Its lines inside and outside of code blocks.
    fn parts(&self) -> (Vec<&str>, String) {
        let (mut code, mut prose, mut is_code) = (Vec::new(), String::new(), false);
        for line in self.text.lines() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if is_code {
                code.push(line);
            } else {
                prose += line;
                prose.push('\n');
            }
        }
        (code, prose)
    }

    /// Its code in the middle of sentences.
    fn spans(&self) -> Vec<String> {
        let (_, prose) = self.parts();
        let spans = prose.split('`').skip(1).step_by(2);
        spans
            .map(|span| span.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// The whole commands that it shows.
    fn commands(&self) -> Vec<String> {
        let (code, _) = self.parts();
        let code = code.join("\n").replace("\\\n", " ");
        let shown = code.lines().map(str::trim).map(str::to_owned);
        let all = shown.chain(self.spans());
        all.filter_map(|line| {
            let typed = line.strip_prefix("cargo run -- ");
            let typed = typed.map(|typed| format!("sendcontact {typed}"));
            let is_command = |line: &String| {
                line.strip_prefix("sendcontact ")
                    .is_some_and(|rest| rest.starts_with(|sign: char| sign.is_ascii_lowercase()))
            };
            typed.or(Some(line)).filter(is_command)
        })
        .collect()
    }
}

/// The service: every contact is accepted, and nothing else has happened.
fn service() -> Service {
    Service::start(|number, request: &Received| {
        let asks = |method: &str| request.path.contains(&format!("/{method}/"));
        match () {
            () if request.is_send() => accepted(number),
            () if asks("getStateInstance") => authorized(),
            () if asks("getSettings") => Reply::Answer(
                200,
                json!({"wid": "11001234567@c.us", "delaySendMessagesMilliseconds": 500})
                    .to_string(),
            ),
            () if asks("getMessagesCount") => Reply::Answer(200, json!({"count": 0}).to_string()),
            () => Reply::Answer(200, "[]".into()),
        }
    })
}

/// A folder with the samples, two campaigns that were sent, and the settings file of the page about instances.
fn desk(service: &Service) -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("samples")).unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for file in fs::read_dir(samples).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        // What the first command of the README has left there is no sample.
        if name.contains("-simulated") {
            continue;
        }
        for copy in [name.clone(), format!("samples/{name}")] {
            fs::copy(file.path(), desk.path(&copy)).unwrap();
        }
    }
    desk.write("list.csv", table(2));
    desk.write("faults.json", "{}");
    for folder in [
        "clients",
        "lists",
        "bin",
        ".local/share/bash-completion/completions",
    ] {
        fs::create_dir_all(desk.path(folder)).unwrap();
    }
    for (list, more) in [("clients.csv", None), ("list.csv", Some("--simulate"))] {
        let words: Vec<&str> = ["send", list, "-q"].into_iter().chain(more).collect();
        let ran = desk.run_to(service, &words);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    desk.write(".green-api-token", TOKEN);
    desk.write(".green-api-sales", TOKEN);
    for private in [".green-api-token", ".green-api-sales"] {
        let only_mine = fs::Permissions::from_mode(0o600);
        fs::set_permissions(desk.path(private), only_mine).unwrap();
    }
    // The store of passwords that the pages name.
    desk.write("bin/pass", format!("#!/bin/sh\necho {TOKEN}\n"));
    fs::set_permissions(desk.path("bin/pass"), fs::Permissions::from_mode(0o755)).unwrap();
    desk
}

/// The first settings of the page about instances.
static INSTANCES: LazyLock<String> = LazyLock::new(|| {
    let page = pages().into_iter().find(|page| page.name == "instances.md");
    let text = page.unwrap().text;
    let block = text.split("```toml\n").nth(1).unwrap();
    block.split("```").next().unwrap().to_owned()
});

/// An empty database.
fn database(cluster: &Cluster) -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let name = format!("page{}", MADE.fetch_add(1, Ordering::Relaxed));
    let _ = cluster.query(&format!("CREATE DATABASE {name}"));
    cluster.url().replace("/postgres", &format!("/{name}"))
}

/// What must be there for a command of the page about databases.
fn prepare_database(desk: &Desk, service: &Service, url: &str, line: &str) {
    if line.contains("copy db:clients") {
        fs::remove_file(desk.path("clients.ledger")).unwrap();
    }
    // A campaign that is there cannot be copied into it.
    if !line.ends_with("db:clients") {
        let mut send = desk.to(service, &["send", "clients.csv", "-q"]);
        let ran = Ran::of(send.env("SENDCONTACT_DATABASE_URL", url).output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

/// Types a command into a shell.
fn typed(desk: &Desk, service: &Service, database: Option<&str>, command: &str) -> Ran {
    let own = desk.to(service, &[]);
    let program = Path::new(own.get_program()).parent().unwrap();
    let variables = own
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)))
        .filter(|(name, _)| *name != "GREEN_API_TOKEN");
    let mut shell = Command::new("/bin/sh");
    let database = database.map(|url| ("SENDCONTACT_DATABASE_URL", url));
    shell
        .args(["-c", command])
        .current_dir(desk.folder.path())
        .env_clear()
        .envs(variables)
        .envs(database)
        .env("HOME", desk.folder.path())
        .env("GREEN_API_TOKEN_FILE", desk.path(".green-api-token"))
        .env(
            "PATH",
            format!(
                "{}:{}:/usr/bin:/bin",
                program.display(),
                desk.path("bin").display()
            ),
        );
    Ran::of(shell.stdin(Stdio::null()).output().unwrap())
}

/// Runs a command as far as it can be run here, and says what is wrong.
fn fault(page: &str, command: &str, cluster: Option<&Cluster>) -> Option<String> {
    if page == OF_DATABASE && cluster.is_none() {
        return None;
    }
    let service = service();
    let desk = desk(&service);
    let database = cluster.filter(|_| page == OF_DATABASE).map(database);
    let mut line = command.to_owned();
    for (placeholder, word) in PLACEHOLDERS {
        if line.split(' ').any(|word| word == placeholder.trim()) {
            line = line.replace(placeholder, word);
        }
    }
    // A comment is no part of it.
    let mut line = line.split(" #").next().unwrap().trim().to_owned();
    let name = line.trim_start_matches("sendcontact ").to_owned();
    if NOT_RUN.iter().any(|(start, _)| name.starts_with(start)) {
        line = line.split(" | ").next().unwrap().to_owned() + " --help";
    }
    if name.starts_with("track") && name.contains("--watch") {
        line += " --for 1s";
    }
    if name.starts_with("reconcile") && name.contains("--wait") {
        line = line.replace("5m", "1s");
    }
    let is_of_instances = REAL_ACCOUNT.iter().any(|words| line.contains(words));
    let mut settings = INSTANCES.clone();
    if page == OF_DATABASE {
        let here = service.url();
        let there = settings.replace("https://1101.api.green-api.com", &here);
        settings = format!("api-url = \"{here}\"\n{there}");
    } else if is_of_instances && name.starts_with("send") {
        line += " --dry-run";
    }
    if name.starts_with("trust") || is_of_instances {
        for folder in ["", "clients/", "lists/"] {
            desk.write(&format!("{folder}sendcontact.toml"), &settings);
        }
    }
    if is_of_instances {
        desk.trust(".");
    }
    if let Some(url) = &database {
        prepare_database(&desk, &service, url, &line);
    }
    let ran = typed(&desk, &service, database.as_deref(), &line);
    let expected: &[i32] = match name.split(' ').next().unwrap() {
        // The page shows what a wrong name is answered.
        "status" if name.starts_with("status nothing") => &[2],
        // The lists have rows with problems, or not all is delivered yet.
        "send" | "check" | "settings" => &[0, 4],
        "track" => &[0, 5],
        _ => &[0],
    };
    let is_accepted = expected.contains(&ran.code)
        && !ran.stderr.contains("Usage:")
        && !ran.stderr.contains("not found")
        && !format!("{ran:?}").contains(TOKEN);
    (!is_accepted).then(|| format!("{page}: {line}\n  {ran:?}"))
}

fn assert_accepted(commands: &[(String, String)]) {
    let cluster = commands
        .iter()
        .any(|(page, _)| page == OF_DATABASE)
        .then(Cluster::start)
        .flatten();
    each(commands, 2, |(page, command)| {
        let fault = fault(page, command, cluster.as_ref());
        assert!(fault.is_none(), "{}", fault.unwrap());
    });
}

#[test]
fn every_command_of_the_pages_is_accepted() {
    let commands: BTreeSet<(String, String)> = pages()
        .iter()
        .flat_map(|page| {
            let commands = page.commands().into_iter();
            commands.map(|command| (page.name.clone(), command))
        })
        .collect();
    let commands: Vec<_> = commands.into_iter().collect();
    assert!(commands.len() > 50, "{commands:#?}");
    for name in ["README.md", "README.ru.md", "results.md", "settings.md"] {
        let of_page = commands.iter().filter(|(page, _)| page == name);
        assert!(of_page.count() > 5, "{name}: {commands:#?}");
    }
    assert_accepted(&commands);
}

#[test]
fn every_command_of_the_manual_and_the_help_is_accepted() {
    let service = service();
    let desk = desk(&service);
    let mut commands = BTreeSet::new();
    for language in ["en", "ru"] {
        let ran = desk.run(&["man", language, "--lang", language]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for file in fs::read_dir(desk.path(language)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let text = text
                .replace("\\-", "-")
                .replace("\\fB", "")
                .replace("\\fR", "");
            let examples = text.lines().filter_map(|line| {
                let start = line.find("sendcontact ")?;
                let is_example = |before: &str| line[..start].ends_with(before);
                let is_whole = start == 0 || is_example("Example: ") || is_example("Пример: ");
                let command = &line[start..];
                // The heading goes on with a dash, and the synopsis has its options in brackets.
                let begun = command["sendcontact ".len()..].starts_with(char::is_alphabetic);
                let is_typed = is_whole && begun && !command.contains(['[', '<']);
                is_typed.then(|| command.to_owned())
            });
            commands.extend(examples.map(|command| (name.clone(), command)));
        }
    }
    let commands: Vec<_> = commands.into_iter().collect();
    assert!(commands.len() > 30, "{commands:#?}");
    assert_accepted(&commands);
}

#[test]
fn a_command_with_a_wrong_option_would_be_found() {
    for wrong in [
        "sendcontact check clients.csv --nonsense",
        "sendcontact pause clients --nonsense",
        "sendcontact send clients.csv --instance sales --nonsense",
        "sendcontact report clients --only nobody",
        "sendcontact status no-such-campaign",
        "sendcontact nonsense",
    ] {
        assert!(fault("a page", wrong, None).is_some(), "{wrong}");
    }
    let page = Page {
        name: "a page".to_owned(),
        text: "Type `sendcontact\nsettings`, not `sendcontact`.\n\n```sh\nsendcontact send a.csv \\\n    -q # now\n```\n"
            .to_owned(),
    };
    let shown = [
        "sendcontact send a.csv      -q # now",
        "sendcontact settings",
    ];
    assert_eq!(page.commands(), shown);
}

/// The long options of each command, as its help shows them.
fn options(desk: &Desk, command: &[&str]) -> BTreeSet<String> {
    let words = [command, &["--help"]].concat();
    let ran = desk.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    long_options(&ran.stdout).collect()
}

fn long_options(text: &str) -> impl Iterator<Item = String> {
    let is_of_word = |sign: char| sign.is_ascii_lowercase() || sign == '-';
    let words = text.split(move |sign: char| !is_of_word(sign));
    words
        .filter(|word| word.len() > 3 && word.starts_with("--"))
        .map(str::to_owned)
}

#[test]
fn every_option_that_the_pages_name_exists() {
    let desk = Desk::new();
    let help = desk.run(&["--help"]).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands: Vec<&str> = commands
        .lines()
        .map_while(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help" && name.starts_with(|sign: char| sign.is_ascii_lowercase()))
        .filter(|name| help.contains(&format!("\n  {name} ")))
        .collect();
    assert_eq!(commands.len(), 20, "{help}");
    let of_command = |name: &str| options(&desk, &[name]);
    let mut all: BTreeSet<String> = commands.iter().flat_map(|name| of_command(name)).collect();
    all.extend(options(&desk, &[]));
    let users = pages().into_iter();
    for page in users.filter(|page| page.name != "CONTRIBUTING.md") {
        for span in page.spans() {
            let first = span.split(' ').next().unwrap();
            let named: Vec<String> = long_options(&span).collect();
            let known = match first {
                _ if first.starts_with("--") => &all,
                _ if commands.contains(&first) => &of_command(first),
                _ => continue,
            };
            for option in named {
                assert!(known.contains(&option), "{}: `{span}`", page.name);
            }
        }
    }
}
