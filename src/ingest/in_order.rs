//! Reads and checks rows on several threads, and hands out the results in the order of the rows.

use std::{
    io, iter, mem,
    num::NonZero,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::{self, Scope},
};

use crate::formats::{Card, FileProblem, TableRow};

/// The limits at which a block is full, in rows and in bytes of memory.
const BLOCK_ROWS: usize = 128;
const BLOCK_BYTES: usize = 1 << 18;

/// The capacity of each channel, in blocks.
const CHANNEL_BLOCKS: usize = 2;

/// The limit of checking threads. More would be idle, because one thread takes the results.
const MAX_THREADS: usize = 8;

/// The most memory, in bytes, that a reused row may keep. A larger row is dropped: it would keep its capacity, and in
/// time every row of every block would be as large.
const MAX_REUSED_BYTES: usize = 1 << 12;

/// A row or a vCard whose memory can be estimated.
pub(super) trait HeapSize {
    /// Returns the bytes of memory that it holds, apart from small parts.
    fn heap_bytes(&self) -> usize;
}

impl HeapSize for TableRow {
    fn heap_bytes(&self) -> usize {
        // A row of only separators has hundreds of thousands of empty cells.
        let texts = self.cells.iter().map(|cell| cell.text.len());
        mem::size_of_val(&*self.cells) + texts.sum::<usize>()
    }
}

impl HeapSize for Card {
    fn heap_bytes(&self) -> usize {
        let names = [&self.given, &self.additional, &self.family, &self.formatted];
        let texts = names.into_iter().chain([&self.organization, &self.uid]);
        let phones = self.phones.iter().map(|phone| &phone.value);
        let texts = texts.chain(phones).chain(&self.emails);
        texts.map(String::len).sum()
    }
}

/// Calls `read` until it returns false, `check` for each row, and `take` for each result, in the order of the rows.
/// With one processor all of it happens on this thread.
///
/// # Errors
/// An error of `read`, after the rows before it were taken; or an error of `take`, at once.
pub(super) fn in_order<R: HeapSize + Default + Send, T: Send, E: From<FileProblem>>(
    mut read: impl FnMut(&mut R) -> Result<bool, FileProblem> + Send,
    check: impl Fn(&R) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    if processors > 1 {
        let done = thread::scope(|scope| {
            let checked = start(scope, processors.min(MAX_THREADS), &mut read, &check)?;
            Ok::<_, io::Error>(take_all(&checked, &mut take))
        });
        // If a thread could not be started, nothing has been read yet.
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

/// Rows, or the results of rows, on their way to the next thread.
struct Block<T> {
    rows: Vec<T>,
    /// How many of the rows are used. The others are left over from an earlier block and will be overwritten.
    filled: usize,
    /// The error that ended the reading after these rows.
    problem: Option<FileProblem>,
}

/// Starts the reading thread and the checking threads. Blocks are dealt to the checking threads in turn; reading their
/// receivers in turn preserves the order.
fn start<'scope, 'env, R: HeapSize + Default + Send + 'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    threads: usize,
    read: &'env mut (impl FnMut(&mut R) -> Result<bool, FileProblem> + Send),
    check: &'env (impl Fn(&R) -> T + Sync),
) -> io::Result<Vec<Receiver<Block<T>>>> {
    let (used, reusable) = channel();
    let (mut blocks, mut checked) = (Vec::new(), Vec::new());
    for number in 0..threads {
        let (to_check, waiting) = sync_channel(CHANNEL_BLOCKS);
        let (done, to_take) = sync_channel(CHANNEL_BLOCKS);
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

/// Reads blocks until the input ends, or until the receivers are dropped.
fn read_all<R: HeapSize + Default>(
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

/// Fills a block. Returns false at the end of the input.
fn fill<R: HeapSize + Default>(
    block: &mut Block<R>,
    read: &mut impl FnMut(&mut R) -> Result<bool, FileProblem>,
) -> Result<bool, FileProblem> {
    let mut bytes = 0;
    while block.filled < BLOCK_ROWS && bytes < BLOCK_BYTES {
        if block.filled == block.rows.len() {
            block.rows.push(R::default());
        }
        let row = &mut block.rows[block.filled];
        if !read(row)? {
            return Ok(false);
        }
        bytes += row.heap_bytes();
        block.filled += 1;
    }
    Ok(true)
}

/// Checks blocks until the input ends, or until the receiver of the results is dropped.
fn check_all<R: HeapSize + Default, T>(
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
        for row in rows
            .iter_mut()
            .filter(|row| row.heap_bytes() > MAX_REUSED_BYTES)
        {
            *row = R::default();
        }
        // The reading thread may have ended.
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
        const LONG: usize = BLOCK_BYTES / 2;
        let reads = AtomicUsize::new(0);
        let (mut read, mut taken, mut most) = (endless(), 0, 0);
        let done: Result<(), Ended> = in_order(
            |row: &mut TableRow| {
                reads.fetch_add(1, SeqCst);
                row.cells = vec![Cell {
                    text: "x".repeat(LONG),
                    ..Cell::default()
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
        let blocks = processors.min(MAX_THREADS) * (2 * CHANNEL_BLOCKS + 2) + 2;
        assert!(most <= blocks * BLOCK_BYTES / LONG, "{most}");
    }

    #[test]
    fn long_rows_keep_no_room_for_the_next_ones() {
        let row = |cells: &[&str]| TableRow {
            cells: cells
                .iter()
                .map(|text| Cell {
                    text: (*text).to_owned(),
                    ..Cell::default()
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
                row(&[&"x".repeat(MAX_REUSED_BYTES)]),
                row(&["two", "cells"]),
                row(&vec![""; MAX_REUSED_BYTES]),
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
