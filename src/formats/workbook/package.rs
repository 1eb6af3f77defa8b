//! The ZIP package of a workbook, and readers for its parts that own their source. The crate `zip` locates each part;
//! its own readers borrow the archive, so a row reader could not store one. The checksum of a part is verified at its
//! end: a damaged digit must not be read as a number.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::formats::encoding::Source;
use crate::formats::messages::Damage;

/// An open package.
pub(super) struct Package {
    archive: ZipArchive<File>,
    file: File,
}

/// The location of a part in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartLocation {
    start: u64,
    length: u64,
    /// The unpacked length according to the package, which may be wrong.
    pub(super) unpacked: u64,
    checksum: u32,
    deflated: bool,
}

/// Why a part cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum PartError {
    #[error("a part is damaged")]
    Damaged(Damage),
    #[error("a part is encrypted")]
    Encrypted,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Package {
    pub(super) fn open(file: File) -> Result<Self, PartError> {
        let archive = ZipArchive::new(file.try_clone()?).map_err(of_zip)?;
        Ok(Self { archive, file })
    }

    /// Finds the part with this name. Case and the kind of slash do not matter, as in Excel.
    pub(super) fn find(&mut self, name: &str) -> Result<Option<PartLocation>, PartError> {
        let same = |other: &[u8]| {
            let other = other.strip_prefix(b"/").unwrap_or(other);
            let plain = other
                .iter()
                .map(|byte| if *byte == b'\\' { b'/' } else { *byte });
            plain
                .map(|byte| byte.to_ascii_lowercase())
                .eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
        };
        let Some(index) = self.archive.file_names_raw().position(same) else {
            return Ok(None);
        };
        let entry = self.archive.by_index_raw(index).map_err(of_zip)?;
        if entry.encrypted() {
            return Err(PartError::Encrypted);
        }
        let method = entry.compression();
        if ![CompressionMethod::Stored, CompressionMethod::Deflated].contains(&method) {
            return Err(damaged(format!(
                "{name} uses a compression that workbooks do not use"
            )));
        }
        let start = entry
            .data_start()
            .ok_or_else(|| damaged(format!("{name} has no position")))?;
        Ok(Some(PartLocation {
            start,
            length: entry.compressed_size(),
            unpacked: entry.size(),
            checksum: entry.crc32(),
            deflated: method == CompressionMethod::Deflated,
        }))
    }

    /// Returns a reader of the part; it owns its source and is independent of other readers.
    pub(super) fn read(&self, place: PartLocation) -> Result<Source, PartError> {
        let stretch = FileRange {
            file: self.file.try_clone()?,
            at: place.start,
            left: place.length,
        };
        let stretch = BufReader::with_capacity(32 * 1024, stretch);
        let bytes = if place.deflated {
            PartBytes::Deflated(Box::new(DeflateDecoder::new(stretch)))
        } else {
            PartBytes::Stored(stretch)
        };
        Ok(Box::new(PartReader {
            bytes,
            checksum: Crc::new(),
            expected: place.checksum,
        }))
    }
}

/// Reads a part, and unpacks it on the way.
struct PartReader {
    bytes: PartBytes,
    checksum: Crc,
    expected: u32,
}

enum PartBytes {
    Stored(BufReader<FileRange>),
    Deflated(Box<DeflateDecoder<BufReader<FileRange>>>),
}

impl Read for PartReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.bytes {
            PartBytes::Stored(bytes) => bytes.read(buffer)?,
            PartBytes::Deflated(bytes) => bytes.read(buffer)?,
        };
        self.checksum.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.checksum.sum() != self.expected {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "its checksum does not match",
            ));
        }
        Ok(read)
    }
}

/// A range of a file whose handle is shared, so each read first seeks to its own position.
struct FileRange {
    file: File,
    at: u64,
    left: u64,
}

impl Read for FileRange {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(self.at))?;
        let read = (&self.file).take(self.left).read(buffer)?;
        let length = u64::try_from(read).map_err(io::Error::other)?;
        self.at += length;
        self.left -= length;
        Ok(read)
    }
}

const fn damaged(reason: String) -> PartError {
    PartError::Damaged(Damage::Contents { reason })
}

fn of_zip(error: ZipError) -> PartError {
    let broken = |error: &dyn Display| {
        PartError::Damaged(Damage::Package {
            reason: error.to_string(),
        })
    };
    if let ZipError::Io(error) = error {
        return if error.kind() == io::ErrorKind::UnexpectedEof {
            broken(&error)
        } else {
            error.into()
        };
    }
    broken(&error)
}
