//! Runs the simulator on a port of this machine until it is stopped.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use crate::cli::{
    args::SimulateArguments,
    exit::{CommandError, Exit},
    options::error::SettingsError,
    output::{stdout::write_raw, ui::Ui},
    session::runtime,
};
use crate::{
    i18n::messages,
    platform::{SYSTEM, System},
    simulator::{Script, Simulator},
    terminal::quote::quoted,
};

messages! {
    /// What is printed once the simulator listens.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum SimulateMessage {
        Simulating { url: String } =
            en "See what it has received at {url}/simulator/received. Ctrl-C stops it.",
            ru "Что он получил: {url}/simulator/received. Остановить: Ctrl-C.",
    }
}

pub(crate) fn simulate(arguments: &SimulateArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let script = script(arguments)?;
    let (id_instance, token) = (script.id_instance.clone(), script.token.clone());
    runtime::runtime()?.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
        let simulator =
            Simulator::start(address, script)
                .await
                .map_err(|source| CommandError::Machine {
                    what: "the simulator cannot listen on this port",
                    source,
                })?;
        // Unescaped: the simulator's token is not secret, and has to be shown.
        let settings = [
            ("GREEN_API_URL", simulator.url()),
            ("GREEN_API_ID_INSTANCE", id_instance),
            ("GREEN_API_TOKEN", token),
        ];
        write_raw(&settings.map(|(name, value)| setting(name, &value)).concat())?;
        ui.print(&SimulateMessage::Simulating {
            url: simulator.url(),
        });
        tokio::signal::ctrl_c()
            .await
            .map_err(|source| CommandError::Machine {
                what: "Ctrl-C cannot be handled",
                source,
            })?;
        Ok(Exit::Done)
    })
}

/// Returns a line that sets a variable when it is pasted: into PowerShell on Windows, else into a shell.
fn setting(name: &str, value: &str) -> String {
    match SYSTEM {
        System::Windows => format!("$env:{name}=\"{value}\"\n"),
        System::Unix => format!("export {name}={}\n", quoted(value)),
    }
}

fn script(arguments: &SimulateArguments) -> Result<Script, SettingsError> {
    let Some(path) = &arguments.script else {
        return Ok(Script::default());
    };
    let wrong = |reason: String| SettingsError::Script {
        path: path.clone(),
        reason,
    };
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}
