//! Handles a change of the database server: finds what was sent but is not recorded on the new server.

use std::time::Duration;

use tokio::time::sleep;

use super::messages::ReconcileMessage;
use crate::{
    cli::{
        args::ReconcileArguments, exit::CommandError, output::ui::Ui,
        session::connect::InstanceConnection,
    },
    follow_up,
    green_api::Inspector,
    ledger::Ledger,
};

/// If the server has changed, asks every instance what it has sent, and then accepts the new server. Returns whether
/// sending from this server is allowed.
pub(super) async fn check(
    arguments: &ReconcileArguments,
    connections: &[InstanceConnection],
    ledger: &mut Ledger,
    ui: &Ui,
) -> Result<bool, CommandError> {
    let Some(change) = ledger.server_change()? else {
        return Ok(true);
    };
    ui.print_indented(&ReconcileMessage::OtherServer {
        since: change.since.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    });
    if change.shown_in > Duration::ZERO && !arguments.accept_server {
        ui.print_indented(&ReconcileMessage::Waiting {
            seconds: change.shown_in.as_secs() + 1,
        });
        sleep(change.shown_in).await;
    }
    let mut is_known = true;
    for (instance, connection) in connections.iter().enumerate() {
        let mut inspector = Inspector::new(&connection.client);
        let possibly_sent =
            follow_up::mark_possibly_sent(&mut inspector, ledger, instance, change.since).await?;
        let mut messages = Vec::new();
        if possibly_sent.rows > 0 {
            let rows = possibly_sent.rows as u64;
            messages.push(ReconcileMessage::MarkedUnknown { rows });
        }
        if let Some(trouble) = &possibly_sent.trouble {
            is_known = false;
            let trouble = trouble.localized(ui.language);
            messages.push(ReconcileMessage::NotAccepted { trouble });
        }
        for message in messages {
            let text = message.localized(ui.language);
            eprintln_lossy!("  {}{text}", connection.prefix);
        }
    }
    let absent = ledger.absent_instances()?;
    if !absent.is_empty() && !arguments.accept_server {
        is_known = false;
        ui.print_indented(&ReconcileMessage::NotAsked {
            instances: absent.join(", "),
        });
    }
    if is_known || arguments.accept_server {
        ledger.accept_server()?;
        ui.print_indented(&ReconcileMessage::Accepted);
    }
    Ok(is_known || arguments.accept_server)
}
