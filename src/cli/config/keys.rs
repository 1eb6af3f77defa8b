//! The keys that a settings file may have, and where each may be used.

use clap::Arg;

/// The ways to give a token; a table may use at most one of them.
pub(super) const TOKEN_KEYS: [&str; 3] = ["token-file", "token-command", "token"];

/// Options that can only be typed.
pub(crate) const COMMAND_LINE_ONLY: [&str; 8] = [
    "help",
    "version",
    "settings",
    "no-settings",
    "profile",
    "unsuppress",
    "again",
    "resend-changed",
];

/// Settings that an instance may have of its own; all others belong to the campaign.
pub(super) const INSTANCE_KEYS: [&str; 25] = [
    "address-as",
    "api-url",
    "check-budget",
    "check-memory",
    "check-recipients",
    "concurrency",
    "daily-cap",
    "days",
    "holidays",
    "id-instance",
    "if-unknown",
    "insecure-http",
    "new-recipients-per-day",
    "no-wait",
    "rate",
    "recipient-time-zone",
    "retry-for",
    "spacing",
    "time-zone",
    "timeout",
    "token",
    "token-command",
    "token-file",
    "warm-up",
    "window",
];

/// Options that mean the same in every command; all others are for [`CAMPAIGN_COMMANDS`].
pub(super) const KEYS_OF_EVERY_COMMAND: [&str; 14] = [
    "api-url",
    "database",
    "database-schema",
    "id-instance",
    "headers",
    "insecure-http",
    "instance",
    "locale",
    "log-file",
    "log-json",
    "notify-command",
    "quiet",
    "timeout",
    "verbose",
];

/// Commands that accept every setting of the file.
pub(super) const CAMPAIGN_COMMANDS: [&str; 3] = ["send", "check", "settings"];

/// Keys that name a file that is written, or whose contents are sent. In a settings file that is not trusted they count
/// only if the file is inside the folder of the settings file. A recipient that is no file there is somebody's number.
pub(super) const FILE_KEYS: [&str; 8] = [
    "ledger",
    "results",
    "out-dir",
    "log-file",
    "campaign",
    "problems",
    "contacts",
    "recipients",
];

/// Keys of which no value is stricter than another, though hours and caps depend on them.
pub(super) const WITHOUT_ORDER: [&str; 3] = ["time-zone", "recipient-time-zone", "if-late"];

/// Keys that limit when contacts are sent, and how many a day.
pub(super) const OF_TIME: [&str; 8] = [
    "window",
    "days",
    "holidays",
    "start-at",
    "until",
    "daily-cap",
    "new-recipients-per-day",
    "warm-up",
];

/// Whether a key decides where the token and the contacts go, or that they go nowhere (`simulate`), which account sends,
/// what is run, which record of sent contacts counts, or how long a contact counts as sent.
pub(super) fn requires_trust(key: &str) -> bool {
    let keys = [
        "api-url",
        "simulate",
        "insecure-http",
        "token-file",
        "token",
        "id-instance",
        "instance",
        "instances",
        "database",
        "database-schema",
        "remember",
    ];
    keys.contains(&key) || key.ends_with("-command")
}

/// Returns every option that a settings file may set, by its long name: the options of `send` and `check`, and the
/// global options.
pub(crate) fn options(program: &clap::Command) -> Vec<(&str, &Arg)> {
    let commands = ["send", "check"]
        .into_iter()
        .filter_map(|name| program.find_subcommand(name));
    let mut options: Vec<(&str, &Arg)> = Vec::new();
    for option in commands
        .chain([program])
        .flat_map(clap::Command::get_arguments)
    {
        let Some(key) = option.get_long() else {
            continue;
        };
        if !COMMAND_LINE_ONLY.contains(&key) && options.iter().all(|(known, _)| *known != key) {
            options.push((key, option));
        }
    }
    options
}

/// Returns every key that a settings file may have, except `profile` and `profiles`.
pub(super) fn known_keys(program: &clap::Command) -> Vec<String> {
    let options = options(program).into_iter().map(|(key, _)| key);
    let tokens = TOKEN_KEYS.into_iter().filter(|key| *key != "token-file");
    options.chain(tokens).map(str::to_owned).collect()
}
