//! The ledger's own thread, and the one channel to it: a disk that takes its time stalls neither
//! answers nor the clock. Each turn of the engine is one transaction and one `fsync`.

use std::{collections::VecDeque, sync::mpsc, thread};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::crash_points::{self, Point};
use crate::domain::{Contact, IdMessage, Message, Names, Phone, Recipient};

use super::{
    Ledger, LedgerError,
    book::{Book, Page},
    explain,
    sql::{self, PendingRecord},
    state::State,
};

/// Rows that are read ahead at a time.
const PAGE: usize = 512;

/// Names a row of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowId(pub(super) i64);

#[cfg(test)]
impl RowId {
    /// A row of no ledger.
    pub(crate) const fn for_tests(id: i64) -> Self {
        Self(id)
    }
}

/// What became of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which row.
    pub row: RowId,
    /// What became of it.
    pub verdict: Verdict,
}

/// What becomes of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service queued the card.
    Accepted(IdMessage),
    /// The service refused the card, with these words.
    Failed(String),
    /// Nobody knows, for this reason.
    Unknown(String),
    /// It is pending again: the request was sent, and it is proved that the service took nothing.
    NotTaken,
    /// It is pending again: no request was sent.
    NotSent,
}

/// One turn: what is recorded together.
#[derive(Debug, Default)]
pub struct Turn {
    /// Outcomes that have come.
    pub settle: Vec<Settlement>,
    /// At most this many pending rows are begun.
    pub begin: usize,
    /// The wall clock, in milliseconds since 1970.
    pub now: i64,
}

/// A message whose intent is on disk. It counts as unknown until it is settled.
#[derive(Debug)]
pub struct Begun {
    /// Which row.
    pub row: RowId,
    /// The row number that the spreadsheet shows.
    pub number: u64,
    /// What to send.
    pub message: Message,
}

/// A turn that is on disk.
#[derive(Debug)]
pub struct Committed {
    /// Begun in this turn, in the order of the input.
    pub begun: Vec<Begun>,
    /// No row is pending any more.
    pub exhausted: bool,
}

/// The engine's way to the ledger while a run lasts.
#[derive(Debug)]
pub struct Door {
    turns: mpsc::Sender<(Turn, Answer)>,
    thread: thread::JoinHandle<Ledger>,
}

/// A turn that is not on disk, none of it.
#[derive(Debug)]
pub struct Broken {
    /// Why.
    pub error: LedgerError,
    /// The outcomes of the turn, to be tried once more.
    pub settle: Vec<Settlement>,
}

type Answer = oneshot::Sender<Result<Committed, Broken>>;

impl Door {
    /// Gives the ledger a thread of its own.
    ///
    /// # Errors
    /// [`LedgerError::Machine`] when the system gives no thread.
    pub fn open(ledger: Ledger) -> Result<Self, LedgerError> {
        ledger.without_book()?;
        let (turns, waiting) = mpsc::channel::<(Turn, Answer)>();
        let path = ledger.path.clone();
        let thread = thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || keep(ledger, &waiting))
            .map_err(|error| super::machine(&path, &error))?;
        Ok(Self { turns, thread })
    }

    /// Records a turn. The answer comes when it is on disk; after an error nothing of the turn is.
    #[must_use]
    pub fn commit(&self, turn: Turn) -> oneshot::Receiver<Result<Committed, Broken>> {
        let (answer, receiver) = oneshot::channel();
        // A thread that is gone drops the sender, and the receiver says so.
        let _gone = self.turns.send((turn, answer));
        receiver
    }

    /// Takes the ledger back; nothing if its thread broke down.
    #[must_use]
    pub fn close(self) -> Option<Ledger> {
        drop(self.turns);
        self.thread.join().ok()
    }
}

fn keep(mut ledger: Ledger, turns: &mpsc::Receiver<(Turn, Answer)>) -> Ledger {
    let mut queue = Queue::default();
    while let Ok((turn, answer)) = turns.recv() {
        let committed =
            queue.commit(&mut ledger, &turn).map_err(|error| Broken { error, settle: turn.settle });
        // An engine that is gone needs no answer.
        let _gone = answer.send(committed);
    }
    ledger
}

/// Pending rows in the order of the input, those that came back first.
#[derive(Default)]
struct Queue {
    ahead: VecDeque<PendingRecord>,
    read_to: i64,
    wrap: bool,
}

impl Queue {
    fn commit(&mut self, ledger: &mut Ledger, turn: &Turn) -> Result<Committed, LedgerError> {
        let Ledger { connection, path, book, .. } = ledger;
        let explain = |error: rusqlite::Error| explain(path, &error);
        let page = book.as_mut().filter(|_| writes_in_book(turn)).map(Book::page).transpose()?;
        let transaction = connection.transaction().map_err(explain)?;
        for settlement in &turn.settle {
            if let Some(page) = page.as_ref().filter(|_| went_not(&settlement.verdict)) {
                let (chat, card, at) = sql::sending(&transaction, settlement.row.0).map_err(explain)?;
                page.take_back(&chat, &card, at)?;
            }
            settle(&transaction, settlement).map_err(explain)?;
            self.wrap |= matches!(settlement.verdict, Verdict::NotTaken | Verdict::NotSent);
        }
        let mut begun = Vec::with_capacity(turn.begin);
        let mut exhausted = false;
        while begun.len() < turn.begin && !exhausted {
            match self.next(&transaction).map_err(explain)? {
                Some(record) => {
                    sql::begin(&transaction, record.id, turn.now).map_err(explain)?;
                    let next = read(record).map_err(explain)?;
                    page.as_ref().map_or(Ok(()), |page| page.enter(&next.message, turn.now))?;
                    begun.push(next);
                }
                None => exhausted = true,
            }
        }
        crash_points::pass(Point::BeforeCommit);
        // First the book: two files are never written at once, and what is in it and not in the
        // ledger is a card too many, not one too few.
        page.map_or(Ok(()), Page::turn_over)?;
        crash_points::pass(Point::BetweenBooks);
        transaction.commit().map_err(explain)?;
        crash_points::pass(Point::AfterCommit);
        Ok(Committed { begun, exhausted })
    }

    fn next(&mut self, connection: &Connection) -> rusqlite::Result<Option<PendingRecord>> {
        if self.ahead.is_empty() {
            self.read_ahead(connection)?;
        }
        if self.ahead.is_empty() && self.wrap {
            self.wrap = false;
            self.read_to = 0;
            self.read_ahead(connection)?;
        }
        Ok(self.ahead.pop_front())
    }

    fn read_ahead(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let page = sql::pending_after(connection, self.read_to, PAGE)?;
        self.read_to = page.last().map_or(self.read_to, |record| record.position);
        self.ahead.extend(page);
        Ok(())
    }
}

/// Whether a turn changes what the instance has sent.
fn writes_in_book(turn: &Turn) -> bool {
    turn.begin > 0 || turn.settle.iter().any(|settlement| went_not(&settlement.verdict))
}

/// Whether a card that was begun reached nobody. Of one whose fate is unknown nobody can say so.
const fn went_not(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Failed(_) | Verdict::NotTaken | Verdict::NotSent => true,
        Verdict::Accepted(_) | Verdict::Unknown(_) => false,
    }
}

fn settle(transaction: &rusqlite::Transaction<'_>, settlement: &Settlement) -> rusqlite::Result<()> {
    let id = settlement.row.0;
    match &settlement.verdict {
        Verdict::Accepted(id_message) => sql::accept(transaction, id, id_message.as_str()),
        Verdict::Failed(error) => sql::close(transaction, id, State::Failed, error),
        Verdict::Unknown(error) => sql::close(transaction, id, State::Unknown, error),
        Verdict::NotTaken => sql::give_back(transaction, id, true),
        Verdict::NotSent => sql::give_back(transaction, id, false),
    }
}

/// What was checked on its way in is read back as it was; anything else is damage.
fn read(record: PendingRecord) -> rusqlite::Result<Begun> {
    let [first, middle, last, company] = record.names;
    let names = Names { first, middle, last, company };
    let message = recipient(&record.recipient).zip(Phone::from_digits(&record.phone_contact).ok()).and_then(
        |(recipient, phone)| Some(Message { recipient, contact: Contact::new(phone, &names).ok()? }),
    );
    message
        .map(|message| Begun { row: RowId(record.id), number: record.number, message })
        .ok_or(rusqlite::Error::IntegralValueOutOfRange(2, record.id))
}

fn recipient(text: &str) -> Option<Recipient> {
    if text.contains('@') {
        text.parse().ok().map(Recipient::Chat)
    } else {
        Phone::from_digits(text).ok().map(Recipient::Phone)
    }
}
