//! See `xls` in `src/lib.rs`.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if sendcontact_fuzz::xls(bytes) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
