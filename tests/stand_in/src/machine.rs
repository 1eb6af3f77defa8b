//! A machine that sends a campaign of a database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::{Cluster, Desk, Proxy, Ran, Received, Service, TOKEN, signal};

/// A machine: a folder and a state of its own, and the address of a database.
#[derive(Debug)]
pub struct Machine<'a> {
    pub desk: Desk,
    pub url: String,
    service: &'a Service,
}

impl<'a> Machine<'a> {
    /// One with these instances in its settings. The id of an instance comes from its name.
    #[must_use]
    pub fn new(cluster: &Cluster, service: &'a Service, instances: &[&str]) -> Self {
        let desk = Desk::new();
        let mut settings = format!("api-url = \"{}\"\n", service.url());
        for name in instances {
            desk.write(&format!("{name}.token"), TOKEN);
            let id = instance_id(name);
            write!(
                settings,
                "[instances.{name}]\nid-instance = {id}\ntoken-file = \"{name}.token\"\n"
            )
            .unwrap();
        }
        desk.settings(settings);
        Self {
            desk,
            url: cluster.url(),
            service,
        }
    }

    /// The same, which reaches its database over this network.
    #[must_use]
    pub fn over(self, proxy: &Proxy) -> Self {
        Self {
            url: Cluster::url_at(proxy.port()),
            ..self
        }
    }

    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.desk.command(arguments);
        command.env("SENDCONTACT_DATABASE_URL", &self.url);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let ran = Ran::of(self.command(arguments).output().unwrap());
        assert!(!format!("{ran:?}").contains(TOKEN), "{ran:?}");
        ran
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Nobody had a contact twice, and only one instance wrote to each person.
    pub fn nobody_is_written_to_twice(&self) {
        self.service.nobody_is_written_to_twice();
    }
}

/// The id of an instance of this name.
#[must_use]
pub fn instance_id(name: &str) -> String {
    let number = name.bytes().fold(0, |number: u32, byte| {
        (number * 31 + u32::from(byte)) % 10_000
    });
    format!("110100{number:04}")
}

/// What a program did that was started.
#[must_use]
pub fn ended(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

/// What a program did that was interrupted until it ended: two signals that come at once may count as one.
#[must_use]
pub fn interrupted_until_it_ended(mut child: Child) -> Ran {
    while child.try_wait().unwrap().is_none() {
        signal("-INT", child.id());
        thread::sleep(Duration::from_millis(50));
    }
    ended(child)
}

impl Received {
    /// The path of a request names its instance.
    #[must_use]
    pub fn instance(&self) -> String {
        let rest = self.path.strip_prefix("/waInstance").unwrap();
        rest.split('/').next().unwrap().to_owned()
    }
}

impl Service {
    /// Nobody had a contact twice, and only one instance wrote to each person.
    pub fn nobody_is_written_to_twice(&self) {
        let mut times = self.times();
        times.retain(|_, times| *times > 1);
        assert!(times.is_empty(), "{times:?}");
        let mut writers = BTreeMap::<String, BTreeSet<String>>::new();
        for send in self.sends() {
            writers
                .entry(send.chat())
                .or_default()
                .insert(send.instance());
        }
        writers.retain(|_, writers| writers.len() > 1);
        assert!(writers.is_empty(), "{writers:?}");
    }
}
