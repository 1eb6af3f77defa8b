//! The digest of the input. An input with the digest of the last import is not read again.

use std::{
    fs::{self, File},
    io,
};

use sha2::{Digest, Sha256};

use crate::cli::options::inputs::{self, InputOptions};

/// Computes the digest of every file, of how it is to be read, and of the version of the program, because another
/// version may read it differently. `None` if a file cannot be read, which the import reports; `None` also if one is a
/// pipe, which can be read only once.
pub(crate) fn compute(source: &InputOptions) -> Option<String> {
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
