//! Rows are read, checked and taken at the same time where the machine has several processors, and handed out in the order
//! in which they stand.

use std::{
    io, iter, mem,
    num::NonZero,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::{self, Scope},
};

use crate::formats::{Card, FileProblem, TableRow};

/// A block goes on to the next thread when it has so many rows, or its rows so many bytes.
const ROWS: usize = 128;
const BYTES: usize = 1 << 18;

/// So many blocks may wait for each thread.
const BLOCKS: usize = 2;

/// One thread takes what so many check; more would only hold more rows.
const MOST_THREADS: usize = 8;

/// A row with more bytes is not filled anew: it would keep its room, and in time every row of every block would be as long.
const REUSED: usize = 1 << 12;

/// What is read.
pub(super) trait Unit: Default + Send {
    /// The memory that it takes, as far as that can be much.
    fn bytes(&self) -> usize;
}

impl Unit for TableRow {
    fn bytes(&self) -> usize {
        // A row of separators alone has cells by the hundred thousand.
        let texts = self.cells.iter().map(|cell| cell.text.len());
        mem::size_of_val(&*self.cells) + texts.sum::<usize>()
    }
}

impl Unit for Card {
    fn bytes(&self) -> usize {
        let names = [&self.given, &self.additional, &self.family, &self.formatted];
        let texts = names.into_iter().chain([&self.organization, &self.uid]);
        let phones = self.phones.iter().map(|phone| &phone.value);
        let texts = texts.chain(phones).chain(&self.emails);
        texts.map(String::len).sum()
    }
}

/// Reads rows until `read` gives false, checks each, and hands what comes of them to `take` in their order. An error of
/// reading comes after the rows before it.
pub(super) fn in_order<R: Unit, T: Send, E: From<FileProblem>>(
    mut read: impl FnMut(&mut R) -> Result<bool, FileProblem> + Send,
    check: impl Fn(&R) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    if processors > 1 {
        let done = thread::scope(|scope| {
            let checked = start(scope, processors.min(MOST_THREADS), &mut read, &check)?;
            Ok::<_, io::Error>(take_all(&checked, &mut take))
        });
        // Without threads nothing was read.
        if let Ok(done) = done {
            return done;
        }
    }
    let mut row = R::default();
    while read(&mut row)? {
        take(check(&row))?;
    }
    Ok(())
}

/// Rows that go from thread to thread together, and the error that ended the reading behind them.
struct Block<T> {
    rows: Vec<T>,
    /// How many of the rows count: the others are of an earlier block.
    filled: usize,
    problem: Option<FileProblem>,
}

/// Starts a thread that reads, and several that check. The first block comes from the first of the
/// receivers, the next from the second, and so on around.
fn start<'scope, 'env, R: Unit + 'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    threads: usize,
    read: &'env mut (impl FnMut(&mut R) -> Result<bool, FileProblem> + Send),
    check: &'env (impl Fn(&R) -> T + Sync),
) -> io::Result<Vec<Receiver<Block<T>>>> {
    let (used, reusable) = channel();
    let (mut blocks, mut checked) = (Vec::new(), Vec::new());
    for number in 0..threads {
        let (to_check, waiting) = sync_channel(BLOCKS);
        let (done, to_take) = sync_channel(BLOCKS);
        let used = used.clone();
        thread::Builder::new()
            .name(format!("check {number}"))
            .spawn_scoped(scope, move || check_all(&waiting, &done, &used, check))?;
        blocks.push(to_check);
        checked.push(to_take);
    }
    thread::Builder::new()
        .name("read".to_owned())
        .spawn_scoped(scope, move || read_all(&blocks, &reusable, read))?;
    Ok(checked)
}

/// Ends when nobody waits for blocks any more, too.
fn read_all<R: Unit>(
    blocks: &[SyncSender<Block<R>>],
    reusable: &Receiver<Vec<R>>,
    read: &mut impl FnMut(&mut R) -> Result<bool, FileProblem>,
) {
    for to_check in iter::repeat(blocks).flatten() {
        let mut block = Block {
            rows: reusable.try_recv().unwrap_or_default(),
            filled: 0,
            problem: None,
        };
        let more = fill(&mut block, read).unwrap_or_else(|problem| {
            block.problem = Some(problem);
            false
        });
        if to_check.send(block).is_err() || !more {
            return;
        }
    }
}

/// Fills a block; whether there may be more rows.
fn fill<R: Unit>(
    block: &mut Block<R>,
    read: &mut impl FnMut(&mut R) -> Result<bool, FileProblem>,
) -> Result<bool, FileProblem> {
    let mut bytes = 0;
    while block.filled < ROWS && bytes < BYTES {
        if block.filled == block.rows.len() {
            block.rows.push(R::default());
        }
        let row = &mut block.rows[block.filled];
        if !read(row)? {
            return Ok(false);
        }
        bytes += row.bytes();
        block.filled += 1;
    }
    Ok(true)
}

/// Ends when no more blocks come, or nobody takes them any more.
fn check_all<R: Unit, T>(
    waiting: &Receiver<Block<R>>,
    done: &SyncSender<Block<T>>,
    used: &Sender<Vec<R>>,
    check: &impl Fn(&R) -> T,
) {
    for Block {
        mut rows,
        filled,
        problem,
    } in waiting
    {
        let checked = Block {
            rows: rows[..filled].iter().map(check).collect(),
            filled,
            problem,
        };
        for row in rows.iter_mut().filter(|row| row.bytes() > REUSED) {
            *row = R::default();
        }
        // Who reads may have come to the end.
        let _ = used.send(rows);
        if done.send(checked).is_err() {
            return;
        }
    }
}

fn take_all<T, E: From<FileProblem>>(
    checked: &[Receiver<Block<T>>],
    take: &mut impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    for block in iter::repeat(checked)
        .flatten()
        .map_while(|next| next.recv().ok())
    {
        block.rows.into_iter().try_for_each(&mut *take)?;
        if let Some(problem) = block.problem {
            return Err(problem.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        path::Path,
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use super::*;
    use crate::formats::{Cell, FileProblemCode, FileSentence};

    #[derive(Debug)]
    enum Ended {
        Reading,
        Taking,
    }

    impl From<FileProblem> for Ended {
        fn from(_: FileProblem) -> Self {
            Self::Reading
        }
    }

    /// Numbers the rows from 1, without an end.
    fn endless() -> impl FnMut(&mut TableRow) -> Result<bool, FileProblem> + Send {
        let mut number = 0;
        move |row| {
            number += 1;
            row.number = number;
            Ok(true)
        }
    }

    #[test]
    fn what_comes_of_the_rows_comes_in_their_order() {
        for rows in [0, 1, 127, 128, 129, 10_000] {
            let mut read = endless();
            let mut taken = Vec::new();
            let done: Result<(), Ended> = in_order(
                |row: &mut TableRow| Ok(read(row)? && row.number <= rows),
                |row| {
                    // Some take longer than others.
                    let work = if row.number / 128 % 3 == 0 { 3_000 } else { 0 };
                    (0..work).fold(row.number, |number, _| std::hint::black_box(number))
                },
                |number| {
                    taken.push(number);
                    Ok(())
                },
            );
            done.unwrap();
            assert!(taken.into_iter().eq(1..=rows), "{rows}");
        }
    }

    #[test]
    fn an_error_of_reading_comes_after_the_rows_before_it() {
        let mut read = endless();
        let mut taken = 0;
        let damaged = |row: &TableRow| {
            let code = FileProblemCode::NoRows;
            let problem = FileProblem::new(code, Path::new("x"), None, FileSentence::NoRows);
            (row.number < 1_000).then_some(true).ok_or(problem)
        };
        let done = in_order(
            |row: &mut TableRow| read(row).and_then(|_| damaged(row)),
            |row| row.number,
            |number| {
                taken = number;
                Ok(())
            },
        );
        assert!(matches!(done, Err(Ended::Reading)));
        assert_eq!(taken, 999);
    }

    #[test]
    fn an_error_of_taking_ends_it() {
        let take = |number| {
            if number < 700 {
                Ok(())
            } else {
                Err(Ended::Taking)
            }
        };
        let done = in_order(endless(), |row: &TableRow| row.number, take);
        assert!(matches!(done, Err(Ended::Taking)));
    }

    #[test]
    fn little_is_read_ahead_where_rows_are_long() {
        const LONG: usize = BYTES / 2;
        let reads = AtomicUsize::new(0);
        let (mut read, mut taken, mut most) = (endless(), 0, 0);
        let done: Result<(), Ended> = in_order(
            |row: &mut TableRow| {
                reads.fetch_add(1, SeqCst);
                row.cells = vec![Cell {
                    text: "x".repeat(LONG),
                    numeric: false,
                }];
                Ok(read(row)? && row.number <= 500)
            },
            |_| (),
            |()| {
                taken += 1;
                most = most.max(reads.load(SeqCst) - taken);
                Ok(())
            },
        );
        done.unwrap();
        let processors = thread::available_parallelism().unwrap().get();
        let blocks = processors.min(MOST_THREADS) * (2 * BLOCKS + 2) + 2;
        assert!(most <= blocks * BYTES / LONG, "{most}");
    }

    #[test]
    fn long_rows_keep_no_room_for_the_next_ones() {
        let row = |cells: &[&str]| TableRow {
            cells: cells
                .iter()
                .map(|text| Cell {
                    text: (*text).to_owned(),
                    numeric: false,
                })
                .collect(),
            ..TableRow::default()
        };
        let (to_check, waiting) = sync_channel(1);
        let (done, _to_take) = sync_channel(1);
        let (used, reusable) = channel();
        let block = Block {
            rows: vec![
                row(&["short"]),
                row(&[&"x".repeat(REUSED)]),
                row(&["two", "cells"]),
                row(&vec![""; REUSED]),
            ],
            filled: 4,
            problem: None,
        };
        to_check.send(block).unwrap();
        drop(to_check);
        check_all(&waiting, &done, &used, &|_: &TableRow| ());
        let cells: Vec<usize> = reusable
            .recv()
            .unwrap()
            .iter()
            .map(|row| row.cells.len())
            .collect();
        assert_eq!(cells, [1, 0, 2, 0]);
    }
}
