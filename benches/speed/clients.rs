//! The yardsticks, each a process of its own: requests with nothing around them, and a table that is
//! only split into cells.

use std::{
    cell::Cell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use sendcontact::{
    domain::{Contact, Message, Names, Outcome, Phone, Recipient},
    green_api::{Client, Instance, PhoneAs, ServiceClock, TimeOuts},
    rate_limit::RateLimiter,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{JoinSet, LocalSet},
    time::sleep_until,
};

use crate::run::TOKEN;

/// Requests under way at once.
pub const CONNECTIONS: usize = 64;

/// Every contact is this one.
pub fn message(number: u64) -> Message {
    let names = Names {
        first: "Артём".into(),
        last: "Евпаторийский".into(),
        company: "ООО Велосипед 7".into(),
        ..Names::default()
    };
    let contact = Phone::from_digits("79160007919").unwrap();
    let recipient = Phone::try_from(79_000_000_000 + number).unwrap();
    Message {
        recipient: Recipient::Phone(recipient),
        contact: Contact::new(contact, names).unwrap(),
    }
}

/// The body that the program sends for it.
pub fn body() -> String {
    let contact = serde_json::to_string(&message(0).contact).unwrap();
    format!(r#"{{"phoneNumber":79000000000,"contact":{contact}}}"#)
}

pub fn path() -> String {
    format!("/waInstance1101000001/sendContact/{TOKEN}")
}

/// Bytes written to sockets and read from them: no client can be faster.
pub fn raw(url: &str, contacts: usize) {
    let address = url.trim_start_matches("http://").to_owned();
    let body = body();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n",
        path()
    );
    let request = Rc::new(format!(
        "{head}content-length: {}\r\n\r\n{body}",
        body.len()
    ));
    on_each_connection(contacts, move |left| {
        let (address, request) = (address.clone(), Rc::clone(&request));
        async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut answer = Vec::with_capacity(4096);
            while left.take() {
                stream.write_all(request.as_bytes()).await.unwrap();
                answer.clear();
                while !answer.ends_with(b"}") {
                    assert_ne!(
                        stream.read_buf(&mut answer).await.unwrap(),
                        0,
                        "the server has gone"
                    );
                }
            }
        }
    });
}

/// A bare loop over the HTTP client that the program uses, set up as the program sets it up.
pub fn reqwest(url: &str, contacts: usize) {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        phone_number: Phone,
        contact: Contact,
    }
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent("bare")
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(1024)
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .no_proxy()
        .build()
        .unwrap();
    let url: reqwest::Url = format!("{url}{}", path()).parse().unwrap();
    let body = Rc::new(Body {
        phone_number: Phone::try_from(79_000_000_000).unwrap(),
        contact: message(0).contact,
    });
    on_each_connection(contacts, move |left| {
        let (client, url, body) = (client.clone(), url.clone(), Rc::clone(&body));
        async move {
            while left.take() {
                let answer = client.post(url.clone()).json(&*body).send().await.unwrap();
                assert!(answer.status().is_success());
                answer.bytes().await.unwrap();
            }
        }
    });
}

/// Cards that are still to be sent.
#[derive(Clone)]
struct Left(Rc<Cell<usize>>);

impl Left {
    /// Whether there is one more.
    fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}

fn on_each_connection<F: Future<Output = ()> + 'static>(
    contacts: usize,
    connection: impl Fn(Left) -> F,
) {
    let left = Left(Rc::new(Cell::new(contacts)));
    let all = LocalSet::new();
    for _ in 0..CONNECTIONS {
        all.spawn_local(connection(left.clone()));
    }
    runtime().block_on(all);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The client and the pace of the program in a plain loop: the engine without its ledger.
pub fn ours(url: &str, contacts: u64, rate: f64) {
    let instance = Instance::new(url, "1101000001", SecretString::from(TOKEN), false).unwrap();
    let time_outs = TimeOuts {
        connect: Duration::from_secs(10),
        whole: Duration::from_secs(30),
    };
    let client = Client::new(
        &instance,
        time_outs,
        ServiceClock::new(|| jiff::Timestamp::UNIX_EPOCH, || Duration::ZERO),
    )
    .unwrap();
    let message = Arc::new(message(0));
    runtime().block_on(async {
        let mut pace = RateLimiter::new(rate.to_string().parse().unwrap(), Instant::now());
        let mut under_way = JoinSet::new();
        let mut left = contacts;
        while left > 0 || !under_way.is_empty() {
            let now = Instant::now();
            while left > 0
                && under_way.len() < CONNECTIONS
                && let Ok(slot) = pace.take(now)
            {
                left -= 1;
                let (client, message) = (client.clone(), Arc::clone(&message));
                under_way
                    .spawn(async move { (slot, client.send_contact(&message, PhoneAs::PhoneNumber).await) });
            }
            tokio::select! {
                Some(answer) = under_way.join_next() => {
                    let (slot, outcome) = answer.unwrap();
                    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
                    pace.answered(slot, Instant::now());
                }
                () = sleep_until(pace.next().into()), if left > 0 && under_way.len() < CONNECTIONS => {}
            }
        }
    });
}

/// Parts a table into cells and does nothing with them.
pub fn records(path: &str) {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .from_path(path)
        .unwrap();
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        cells += record.len();
    }
    println!("{cells}");
}
