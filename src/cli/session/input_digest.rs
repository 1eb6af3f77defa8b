//! Whether the input is still what the ledger was filled from: then a run that continues has nothing
//! to read again.

use std::{
    fs::{self, File},
    io,
};

use sha2::{Digest, Sha256};

use crate::cli::options::inputs::{self, InputOptions};

/// A digest of every file, of how it is to be read, and of this version of the program, which may read
/// it otherwise than the last one; nothing if a file cannot be read, for whoever reads it says why, and
/// nothing if one is a pipe: it can be read only once, and not here.
pub(crate) fn of(source: &InputOptions) -> Option<String> {
    let mut hash = Sha256::new();
    let InputOptions {
        inputs,
        settings,
        settings_files: _,
    } = source;
    hash.update(format!(
        "{} {inputs:?} {settings:?}",
        env!("CARGO_PKG_VERSION")
    ));
    let paths = inputs::input_files(inputs);
    if !paths
        .iter()
        .all(|path| fs::metadata(path).is_ok_and(|file| file.is_file()))
    {
        return None;
    }
    for path in paths {
        let mut file = Sha256::new();
        io::copy(&mut File::open(path).ok()?, &mut file).ok()?;
        hash.update(file.finalize());
    }
    Some(format!("{:x}", hash.finalize()))
}
