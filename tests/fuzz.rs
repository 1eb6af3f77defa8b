//! Files that were damaged at random: whatever they hold, the reading neither panics nor hangs, and
//! every number that comes out is one that the API takes.
//!
//! A short run is part of the tests; `FUZZ_ROUNDS=1000000 cargo test --release --test fuzz` is a long one. What
//! the coverage-guided targets found (`fuzz/`, docs/delivery.md) stands in `tests/data/fuzz` and is read again here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{convert::Infallible, fs, path::Path};

use sendcontact::{
    domain::{Recipient, RowCheck},
    ingest::{IngestOptions, Inputs, NumberRules, OpenedInputs, RecipientArg},
};

#[path = "../fuzz/src/lib.rs"]
mod targets;

/// What damage is made of: the characters that the formats live by.
const PARTS: [&[u8]; 30] = [
    b"\"",
    b";",
    b",",
    b"\t",
    b"\r",
    b"\n",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"=",
    b"BEGIN:VCARD\n",
    b"END:VCARD\n",
    b"END:VCARD BEGIN:VCARD",
    b"KIND:group\n",
    b"\x1A",
    b"TEL;CELL:",
    b"ENCODING=QUOTED-PRINTABLE",
    b"=D0=\n",
    b"<td>",
    b"<table><tr hidden><td x:num=1>",
    b"<style>.x{display:none}</style>",
    b"<Row ss:Index=\"9\" ss:Hidden=\"1\"><Cell ss:MergeDown=\"2\">",
    b"</table>",
    b"<!--",
    b"&#1234567890;",
    b"7,9E+10",
    b"\xD0",
    b"sep=|\n",
    b" ::: ",
    b"PK\x03\x04",
];

fn damaged(seed: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..12) {
        let place = random.usize(..=bytes.len());
        match random.u8(..4) {
            0 => bytes.truncate(place),
            1 => drop(bytes.splice(
                place..place,
                PARTS[random.usize(..PARTS.len())].iter().copied(),
            )),
            2 if place < bytes.len() => bytes[place] ^= 1 << random.u8(..8),
            _ => {
                let end = (place + random.usize(..40)).min(bytes.len());
                drop(bytes.drain(place..end));
            }
        }
    }
    bytes
}

fn read(path: &Path, as_contacts: bool, settings: &IngestOptions) {
    let recipient = RecipientArg::parse("79001234567", NumberRules::default()).unwrap();
    let path = path.to_owned();
    let inputs = if as_contacts {
        Inputs {
            recipients: vec![recipient],
            contacts: vec![path],
            ..Inputs::default()
        }
    } else {
        Inputs {
            inputs: vec![path],
            ..Inputs::default()
        }
    };
    // A file that cannot be used is refused; that is an answer too.
    let Ok(opened) = OpenedInputs::open(&inputs, settings) else {
        return;
    };
    let _read = opened.read(&mut |entry| -> Result<(), Infallible> {
        if let RowCheck::Message(message) = &entry.finding {
            let card = message.contact.phone().as_u64();
            assert!(
                (10_000_000_000..1_000_000_000_000).contains(&card),
                "{card}"
            );
            assert!(message.contact.names().iter().any(|name| !name.is_empty()));
            if let Recipient::Phone(phone) = &message.recipient {
                assert!(phone.as_u64() >= 10_000_000_000, "{phone}");
            }
        }
        Ok(())
    });
}

#[test]
fn no_damage_makes_the_reading_panic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Vec::new();
    for folder in ["samples", "tests/data", "tests/data/cases"] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let ending = path
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_file()
                && ["csv", "vcf", "xls", "xlsx", "ods", "html"].contains(&ending.as_str())
            {
                seeds.push(fs::read(path).unwrap());
            }
        }
    }
    let rounds = std::env::var("FUZZ_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(1_500);
    let mut random = fastrand::Rng::with_seed(rounds);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    let russian = NumberRules {
        country: Some("RU".parse().unwrap()),
        ..NumberRules::default()
    };
    for round in 0..rounds {
        let bytes = damaged(&seeds[random.usize(..seeds.len())], &mut random);
        fs::write(&path, &bytes).unwrap();
        let numbers = if round % 2 == 0 {
            NumberRules::default()
        } else {
            russian
        };
        let settings = IngestOptions {
            numbers,
            ..IngestOptions::default()
        };
        read(&path, random.bool(), &settings);
    }
}

#[test]
fn every_input_that_fuzzing_kept_is_read_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz");
    for (name, target) in targets::TARGETS {
        let mut inputs = 0;
        for file in fs::read_dir(folder.join(name)).unwrap() {
            let path = file.unwrap().path();
            // The name of an input that panics comes before the panic.
            eprintln!("{}", path.display());
            target(&fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no inputs");
    }
}
