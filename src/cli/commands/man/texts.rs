//! Texts of the manual pages beside the options.

/// The environment variables that the program reads.
pub(super) const ENVIRONMENT: [(&str, &str); 16] = [
    ("GREEN_API_URL", "Address of the service, as --api-url."),
    (
        "GREEN_API_ID_INSTANCE",
        "Instance to send from, as --id-instance.",
    ),
    (
        "GREEN_API_TOKEN",
        "The token, apiTokenInstance in the console. It is never an argument.",
    ),
    (
        "GREEN_API_TOKEN_FILE",
        "File with the token, as --token-file.",
    ),
    (
        "SENDCONTACT_DATABASE_URL",
        "PostgreSQL database that holds the campaigns, as --database. It may contain the password.",
    ),
    (
        "SENDCONTACT_DATABASE_URL_FILE",
        "File with that URL, which only you can read.",
    ),
    (
        "PGPASSWORD",
        "Password of the database, if its URL contains none.",
    ),
    (
        "PGPASSFILE",
        "File with the passwords of databases; ~/.pgpass if it is not set.",
    ),
    (
        "SENDCONTACT_PROFILE",
        "Profile in the settings file, as --profile.",
    ),
    (
        "SENDCONTACT_STATE_DIR",
        "Folder of the send histories, instead of that of the user.",
    ),
    (
        "XDG_CONFIG_HOME",
        "Folder of the user's settings; ~/.config if it is not set.",
    ),
    (
        "XDG_STATE_HOME",
        "Folder of the send histories; ~/.local/state if it is not set.",
    ),
    (
        "LC_ALL, LC_MESSAGES, LANG",
        "Language of the messages; the first that is set decides. --lang comes before them.",
    ),
    ("TZ", "Time zone of hours and times that name none."),
    ("NO_COLOR", "No color, if it is not empty."),
    (
        "HTTPS_PROXY, ALL_PROXY",
        "Proxy for requests to the service over https.",
    ),
];

/// The files that the program reads or writes.
pub(super) const FILES: [(&str, &str); 8] = [
    (
        "NAME.ledger",
        "The record of the campaign, beside the first input. Keep it: it is what prevents a second sending.",
    ),
    (
        "NAME-results.csv, NAME-results.xlsx",
        "The results, beside the ledger.",
    ),
    (
        "NAME-not-sent.csv, NAME-not-delivered.csv, ...",
        "What report --only writes.",
    ),
    (
        "./sendcontact.toml",
        "Settings of this folder and of the folder of the input. What chooses a service or a command needs sendcontact trust.",
    ),
    (
        "~/.config/sendcontact/sendcontact.toml",
        "The user's own settings.",
    ),
    (
        "~/.local/state/sendcontact",
        "What each instance has sent, over all campaigns of this machine.",
    ),
    (
        "~/.pgpass",
        "Passwords of databases, a line host:port:database:user:password each. Only you may read it.",
    ),
    (
        "NAME.ledger-lock, NAME.ledger-control, NAME.ledger-wal, NAME.ledger-shm",
        "Beside the ledger while a run works on it.",
    ),
];

/// Returns the examples of a page: what each does, and how it is typed.
pub(super) fn examples(page: &str) -> &'static [(&'static str, &'static str)] {
    EXAMPLES
        .iter()
        .find(|(name, _)| *name == page)
        .map_or(&[], |(_, examples)| examples)
}

/// The examples of a page: what each does, and how it is typed.
type Examples = &'static [(&'static str, &'static str)];

const EXAMPLES: &[(&str, Examples)] = &[
    (
        "sendcontact",
        &[
            (
                "Look at a list, send five contacts, then the rest:",
                "sendcontact check clients.csv",
            ),
            ("", "sendcontact send clients.csv --limit 5"),
            ("", "sendcontact send clients.csv"),
            ("See who got them:", "sendcontact track clients --watch"),
            (
                "Try it without an account:",
                "sendcontact send clients.csv --simulate",
            ),
        ],
    ),
    (
        "sendcontact-send",
        &[
            (
                "Send a list within these hours, a few seconds apart:",
                "sendcontact send clients.csv --window 10:00-19:00 --days mon-fri --spacing 8s..20s",
            ),
            (
                "Send two contacts to everyone of a list:",
                "sendcontact send --recipients clients.xlsx --contacts managers.vcf",
            ),
            (
                "Show the plan and send nothing:",
                "sendcontact send clients.csv --dry-run",
            ),
            (
                "Send refused contacts once more:",
                "sendcontact send clients.csv --retry-failed",
            ),
        ],
    ),
    (
        "sendcontact-check",
        &[
            (
                "Show what would be sent, with Russian numbers in national form:",
                "sendcontact check clients.csv --country RU",
            ),
            (
                "Write every problem into a table:",
                "sendcontact check clients.csv --problems problems.csv",
            ),
        ],
    ),
    (
        "sendcontact-status",
        &[
            (
                "What a campaign is doing, what it has come to, and what to do:",
                "sendcontact status clients",
            ),
            (
                "All campaigns of this folder, or of the database:",
                "sendcontact status",
            ),
            (
                "A message for a chat:",
                "sendcontact status clients --brief",
            ),
        ],
    ),
    (
        "sendcontact-report",
        &[
            (
                "The rows to correct, in a file that can be sent:",
                "sendcontact report clients --only not-sent",
            ),
            (
                "The people who did not get the contact, as a workbook:",
                "sendcontact report clients --only not-delivered --as xlsx",
            ),
            (
                "A page with figures and a chart:",
                "sendcontact report clients --as html",
            ),
        ],
    ),
    (
        "sendcontact-reconcile",
        &[
            (
                "Look unknown contacts up until the journal must show them:",
                "sendcontact reconcile clients --wait 5m",
            ),
            (
                "Send again what the service provably did not accept:",
                "sendcontact reconcile clients --resend-absent",
            ),
        ],
    ),
    (
        "sendcontact-resolve",
        &[
            (
                "Mark two unknown rows as sent, because you saw them in WhatsApp:",
                "sendcontact resolve clients --assume-sent 5,7",
            ),
            (
                "Send an unknown row again; it may arrive twice:",
                "sendcontact resolve clients --resend 9",
            ),
        ],
    ),
    (
        "sendcontact-track",
        &[
            (
                "Ask until the delivery of every contact is final, at most 30 minutes:",
                "sendcontact track clients --watch",
            ),
            (
                "Ask once, for a program:",
                "sendcontact track clients --json",
            ),
        ],
    ),
    (
        "sendcontact-pause",
        &[(
            "Let the run start nothing more, and stay:",
            "sendcontact pause clients",
        )],
    ),
    (
        "sendcontact-resume",
        &[("Let a paused run go on:", "sendcontact resume clients")],
    ),
    (
        "sendcontact-cancel",
        &[(
            "Let the run end after the contacts in progress:",
            "sendcontact cancel clients",
        )],
    ),
    (
        "sendcontact-ledger",
        &[(
            "Make a safe copy while a run is on:",
            "sendcontact ledger copy clients.ledger copy.ledger",
        )],
    ),
    (
        "sendcontact-ledger-copy",
        &[(
            "Make a safe copy while a run is on:",
            "sendcontact ledger copy clients.ledger copy.ledger",
        )],
    ),
    (
        "sendcontact-simulate",
        &[(
            "Run a simulator on a free port:",
            "sendcontact simulate --port 0",
        )],
    ),
    (
        "sendcontact-settings",
        &[(
            "Show every setting of send and where it comes from:",
            "sendcontact settings",
        )],
    ),
    (
        "sendcontact-init",
        &[("Write a settings file here:", "sendcontact init")],
    ),
    (
        "sendcontact-trust",
        &[(
            "Trust the settings file of a folder:",
            "sendcontact trust lists",
        )],
    ),
    (
        "sendcontact-completions",
        &[(
            "Completions for bash:",
            "sendcontact completions bash > ~/.local/share/bash-completion/completions/sendcontact",
        )],
    ),
    (
        "sendcontact-man",
        &[
            ("Read the manual:", "sendcontact man | man -l -"),
            ("Write all pages:", "sendcontact man man1"),
        ],
    ),
    (
        "sendcontact-schedule",
        &[(
            "A timer of systemd for ten o'clock on weekdays:",
            "sendcontact schedule --as systemd --every weekdays --at 10:00 -- send clients.csv",
        )],
    ),
    (
        "sendcontact-doctor",
        &[
            ("Check everything that a run needs:", "sendcontact doctor"),
            (
                "Also check a campaign, and print JSON:",
                "sendcontact doctor clients --json",
            ),
        ],
    ),
    (
        "sendcontact-opt-outs",
        &[(
            "Add everyone who wrote a stop word since yesterday:",
            "sendcontact opt-outs --out opt-outs.csv",
        )],
    ),
];
